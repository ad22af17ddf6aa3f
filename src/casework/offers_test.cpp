// The shipped tables of offers and authority against their own cases, and what must never be.

#include "casework/offers.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace casework {
namespace {

decision::Model model(const std::string& file) {
  auto loaded = decision::Model::load("decisions/" + file);
  CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
  return std::move(*loaded);
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// Every case of the CSV beside the table, and every row of the table by some case.
void expect_cases(const std::string& file, std::size_t at_least) {
  const decision::Model tables = model(file + ".dmn");
  std::ifstream in("decisions/" + file + ".tests.csv");
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const std::vector<std::string> names = cells(line);
  std::set<std::string> numbers;
  for (const auto& input : tables.inputs())
    if (input.type_ref == "number") numbers.insert(input.name);
  std::size_t count = 0;
  while (std::getline(in, line)) {
    const std::vector<std::string> values = cells(line);
    ASSERT_EQ(values.size(), names.size()) << line;
    decision::Context inputs;
    for (std::size_t i = 2; i < names.size(); ++i) {
      if (names[i].starts_with("expect_")) continue;
      const bool number = numbers.contains(names[i]);
      inputs.set(names[i], number
                               ? decision::Value(static_cast<std::int64_t>(std::stoll(values[i])))
                               : decision::Value(values[i]));
    }
    const auto answer = tables.evaluate(values[1], inputs);
    ASSERT_EQ(answer.value.kind(), decision::Kind::context) << line;
    for (std::size_t i = 2; i < names.size(); ++i) {
      if (!names[i].starts_with("expect_")) continue;
      const decision::Value* got = answer.value.context().find(names[i].substr(7));
      ASSERT_NE(got, nullptr) << names[i];
      EXPECT_EQ(got->text(), values[i]) << values[0] << ": " << names[i];
    }
    ++count;
  }
  EXPECT_GE(count, at_least);
}

TEST(Offers, theTablesAnswerTheirOwnCases) {
  expect_cases("offer", 40);
  expect_cases("authority", 25);
}

const std::vector<std::string> flags = {"none",  "dispute",  "complaint", "hardship",
                                        "plan",  "lost",     "deceased",  "counsel",
                                        "minor", "bankrupt", "cease"};
const std::vector<std::string> buckets = {"M0", "M1", "M2", "M3", "M4", "M5", "M6", "M6+"};
const std::vector<std::string> approaches = {"negotiate", "relief", "press", "formal"};

// One account a bucket and approach, of every flag in turn by the argument.
book::BookView make_book() {
  const std::size_t rows = buckets.size() * approaches.size() * 2;
  column::Sheet accounts(rows), customers(1);
  std::vector<std::string> numbers;
  const auto bucket = accounts.add_codes("bucket", buckets);
  const auto approach = accounts.add_codes("approach", approaches);
  const auto status = accounts.add_codes("status", {"open", "charged_off"});
  accounts.add_codes("balance_band", {"large"});
  accounts.add<std::int8_t>("broken_promises");
  const auto fill = [&](const char* name, std::int64_t value) {
    for (auto& cell : accounts.add<std::int64_t>(name)) cell = value;
  };
  fill("late_fee_fen", 12'345);
  fill("interest_fen", 100'001);
  fill("principal_fen", 3'000'000);
  fill("balance_fen", 3'112'346);
  fill("overdue_fen", 500'000);
  for (auto& rate : accounts.add<std::int32_t>("daily_rate_ppm")) rate = 500;
  const auto owner = accounts.add<std::int32_t>("customer_row");
  const auto order = accounts.add<std::int32_t>("account_order");
  for (std::size_t i = 0; i < rows; ++i) {
    bucket[i] = static_cast<std::int16_t>(i % buckets.size());
    approach[i] = static_cast<std::int16_t>(i / buckets.size() % approaches.size());
    status[i] = static_cast<std::int16_t>(i / (buckets.size() * approaches.size()));
    owner[i] = 0;
    order[i] = static_cast<std::int32_t>(i);
    numbers.push_back("62220000" + std::to_string(1000 + i));
  }
  accounts.add_texts("account_no", {numbers.begin(), numbers.end()});
  customers.add_texts("customer_no", {"C1"});
  customers.add<std::int32_t>("first_account");
  customers.add<std::int32_t>("account_count")[0] = static_cast<std::int32_t>(rows);
  return {kernel::Date::from_ymd(2026, 11, 20), "e", std::move(accounts), std::move(customers)};
}

TEST(Offers, whatMustNeverBeOfferedNeverIs) {
  const auto offers = model("offer.dmn"), authority = model("authority.dmn");
  const book::BookView book = make_book();
  int made = 0;
  for (const std::string& flag : flags) {
    for (const char* role : {"collector", "lead", "analyst", "admin"}) {
      for (std::size_t row = 0; row < book.accounts().rows(); ++row) {
        const auto all = decide_offers(offers, authority, book, row, flag, role);
        ASSERT_TRUE(all) << all.error().message << " " << flag << " " << role << " " << row;
        ASSERT_EQ(all->size(), 5u);
        for (const Offer& offer : *all) {
          EXPECT_NE(offer.because.rule_id, "");
          EXPECT_NE(offer.because.annotation, "");
          if (!offer.offered) continue;
          ++made;
          // Only who has no hold, or is in hardship, is offered anything.
          EXPECT_TRUE(flag == "none" || flag == "hardship") << flag << " " << offer.kind;
          EXPECT_GT(offer.limit, 0);
          if (offer.unit == "bps") {
            EXPECT_LE(offer.limit, 10'000);
          }
          if (offer.kind == "instalment_plan") {
            EXPECT_LE(offer.limit, 60);
          }
          if (offer.kind == "principal_discount") {
            EXPECT_EQ(offer.authority == "approve" ? offer.approver : "committee", "committee");
            EXPECT_NE(offer.authority, "may") << role;
            EXPECT_LE(offer.limit, 3'000);
          }
          EXPECT_EQ(offer.authority == "may",
                    offer.approver == "none" && offer.authority != "never");
          EXPECT_LE(offer.given_fen, offer.component_fen);
          if (std::string_view(role) == "analyst") {
            EXPECT_EQ(offer.authority, "never");
          }
          ASSERT_TRUE(offer.authority_because);
        }
      }
    }
  }
  EXPECT_GT(made, 500);
}

TEST(Offers, hardshipGetsReliefAndNotLessThanAnybodyElse) {
  const auto offers = model("offer.dmn"), authority = model("authority.dmn");
  const book::BookView book = make_book();
  for (std::size_t row = 0; row < book.accounts().rows(); ++row) {
    const auto plain = decide_offers(offers, authority, book, row, "none", "lead");
    const auto hardship = decide_offers(offers, authority, book, row, "hardship", "lead");
    ASSERT_TRUE(plain && hardship);
    for (std::size_t i = 0; i < plain->size(); ++i) {
      EXPECT_GE((*hardship)[i].limit, (*plain)[i].limit) << (*plain)[i].kind << " row " << row;
    }
  }
}

TEST(Offers, amountsToTheFen) {
  const auto offers = model("offer.dmn"), authority = model("authority.dmn");
  const book::BookView book = make_book();
  // Row 11: M3, relief, open.
  const auto all = decide_offers(offers, authority, book, 11, "none", "collector");
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)[0].given_fen.fen(), 12'345);  // the whole late fee
  EXPECT_EQ((*all)[0].worth_fen.fen(), 3'112'346 - 12'345);
  EXPECT_EQ((*all)[0].authority, "may");         // 123.45 yuan
  EXPECT_EQ((*all)[1].given_fen.fen(), 20'000);  // a fifth of 1,000.01, rounded down
  EXPECT_EQ((*all)[1].authority, "approve");
  EXPECT_EQ((*all)[1].approver, "lead");
  EXPECT_EQ((*all)[4].limit, 60);
  EXPECT_EQ(all->at(4).per_period_fen->fen(), 51'873);  // 3,112,346 / 60, up
  // Hardship in M3: three months, 0.05 % a day of the principal not charged.
  const auto hardship = decide_offers(offers, authority, book, 11, "hardship", "lead");
  EXPECT_EQ((*hardship)[3].limit, 90);
  EXPECT_EQ((*hardship)[3].given_fen.fen(), 135'000);
  EXPECT_EQ((*hardship)[3].approver, "head");
}

}  // namespace
}  // namespace casework
