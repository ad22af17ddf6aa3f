#include "experiment/split.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "experiment/units.h"

namespace experiment {
namespace {

// Persons 0 to n − 1 with one account each; every tenth has a second number, owned by the next.
struct Book {
  column::Sheet accounts{0}, customers{0};
  PersonOf person_of;
};

Book make_book(std::size_t n) {
  Book book{column::Sheet(n), column::Sheet(n), {}};
  std::mt19937_64 random(7);
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string digits = std::to_string(i);
    numbers.push_back("C" + std::string(7 - digits.size(), '0') + digits);
    if (i % 10 == 1) book.person_of[numbers[i - 1]] = book.person_of[numbers[i]] = numbers[i - 1];
  }
  book.customers.add_texts("customer_no", {numbers.begin(), numbers.end()});
  const auto first = book.customers.add<std::int32_t>("first_account");
  const auto count = book.customers.add<std::int32_t>("account_count");
  const auto order = book.accounts.add<std::int32_t>("account_order");
  const auto dpd = book.accounts.add<std::int32_t>("dpd");
  const auto overdue = book.accounts.add<std::int64_t>("overdue_fen");
  const auto bucket = book.accounts.add_codes("bucket", {"M0", "M1", "M2"});
  const auto flag = book.accounts.add_codes("flag", {"none", "complaint"});
  for (std::size_t i = 0; i < n; ++i) {
    first[i] = order[i] = static_cast<std::int32_t>(i);
    count[i] = 1;
    dpd[i] = static_cast<std::int32_t>(random() % 61);
    bucket[i] = static_cast<std::int16_t>(dpd[i] == 0 ? 0 : dpd[i] <= 30 ? 1 : 2);
    overdue[i] = dpd[i] > 0 ? static_cast<std::int64_t>(1'000 + random() % 90'000) : 0;
    flag[i] = static_cast<std::int16_t>(i % 37 == 5 ? 1 : 0);
  }
  return book;
}

Request asked(std::int64_t share_bps, std::string seed = "7") {
  return {.name = "e1", .share_bps = share_bps, .seed = std::move(seed), .strata = {"bucket"}};
}

Split split_of(const Book& book, const Request& request,
               std::map<std::string, std::string> held = {},
               std::map<std::string, bool, std::less<>> elsewhere = {}) {
  return decide_split({.accounts = book.accounts,
                       .customers = book.customers,
                       .asked = request,
                       .person_of = book.person_of,
                       .held = std::move(held),
                       .elsewhere = std::move(elsewhere)});
}

TEST(Split, isExactInEachStratumAndInAll) {
  const Book book = make_book(4'000);
  for (const std::int64_t share : {100, 1'000, 3'333, 5'000, 9'900}) {
    const Split split = split_of(book, asked(share));
    std::int64_t sum = 0;
    for (const StratumLine& line : split.report.strata) {
      EXPECT_NEAR(static_cast<double>(line.challenger),
                  static_cast<double>(line.persons * share) / 10'000, 1.0)
          << line.stratum;
      sum += line.persons;
    }
    EXPECT_EQ(sum, split.report.persons);
    EXPECT_NEAR(static_cast<double>(split.report.challenger),
                static_cast<double>(sum * share) / 10'000, 1.0);
  }
}

TEST(Split, theSeedGivesItAndAnotherSeedAnother) {
  const Book book = make_book(2'000);
  const auto arms = [&](const Request& request) {
    std::string text;
    for (const Assigned& one : split_of(book, request).assigned) text += one.arm + ",";
    return text;
  };
  EXPECT_EQ(arms(asked(5'000)), arms(asked(5'000)));
  EXPECT_NE(arms(asked(5'000)), arms(asked(5'000, "8")));
  Request other = asked(5'000);
  other.name = "e2";
  EXPECT_NE(arms(asked(5'000)), arms(other));
}

TEST(Split, aPersonsNumbersShareAnArmAndNobodyHeldOrElsewhereTakesPart) {
  const Book book = make_book(3'000);
  const Split plain = split_of(book, asked(5'000));
  const std::string one = plain.assigned.at(4).customer_no, other = plain.assigned.at(9).person_no;
  const Split split = split_of(book, asked(5'000), {{one, "dispute"}}, {{other, true}});
  std::map<std::string, std::set<std::string>> arms;
  for (const Assigned& row : split.assigned) {
    arms[row.person_no].insert(row.arm);
    EXPECT_NE(row.customer_no, one);
    EXPECT_NE(row.person_no, other);
  }
  std::size_t persons = 0;
  for (const auto& [person, of] : arms) persons += of.size();
  EXPECT_EQ(persons, arms.size());
  std::map<std::string, std::int64_t> left_out;
  for (const LeftOut& line : split.report.left_out) left_out[line.reason] = line.persons;
  EXPECT_GT(left_out["complaint"], 0);
  EXPECT_EQ(left_out["dispute"], 1);
  EXPECT_EQ(left_out["other_experiment"], 1);
}

TEST(Split, onlyTheBucketsAskedForTakePart) {
  const Book book = make_book(2'000);
  Request request = asked(5'000);
  request.buckets = {"M2"};
  const Split split = split_of(book, request);
  ASSERT_EQ(split.report.strata.size(), 1u);
  EXPECT_EQ(split.report.strata[0].stratum, "M2");
}

TEST(Split, balanceIsSmallAndTheShareOfNewcomersIsTheShare) {
  const Book book = make_book(6'000);
  for (const BalanceLine& line : split_of(book, asked(5'000)).report.balance) {
    EXPECT_LT(std::abs(line.difference), 0.1) << line.name;
  }
  int challengers = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string person = "P" + std::to_string(i);
    challengers += is_challenger(split_number("7", "e1", person), 3'000) ? 1 : 0;
    EXPECT_NE(split_number("7", "e1", person), order_number("7", "e1", person));
  }
  EXPECT_NEAR(challengers, 6'000, 200);
}

TEST(Split, aNumberOfBothArmsIsCounted) {
  std::vector<Assigned> rows = {{"A", "A", "challenger", "", 0},
                                {"B", "B", "champion", "", 0},
                                {"C", "C", "champion", "", 0}};
  EXPECT_EQ(count_shared(rows, {{"A", "B"}, {"B", "C"}, {"A", "Z"}}), 1);
}

}  // namespace
}  // namespace experiment
