// The work list of more people than are written at once: the same bytes by any number of threads.

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "flow/report.h"
#include "tests/files.h"
#include "tests/stores.h"

namespace flow {
namespace {

constexpr std::size_t people = 30'000;

// People of one account each, held by four collectors in turn, the fifth by nobody, the sixth
// without work.
book::Sheets sheets() {
  book::Sheets sheets;
  sheets.accounts = column::Sheet(people);
  sheets.customers = column::Sheet(people);
  column::Sheet& accounts = sheets.accounts;
  const auto collector = accounts.add_codes("collector", {"wang", "li", "zhao", "chen"});
  const auto team = accounts.add_codes("team", {"early", "none"});
  const auto priority = accounts.add<std::int32_t>("priority");
  for (const char* name : {"bucket", "grade", "treatment", "channel", "work", "promise", "flag"}) {
    accounts.add_codes(name, {"a \"word\", quoted"});
  }
  for (const char* name : {"dpd", "bucket_row", "grade_row", "treatment_row", "allocation_row"}) {
    accounts.add<std::int32_t>(name);
  }
  for (const char* name : {"overdue_fen", "balance_fen"}) accounts.add<std::int64_t>(name);
  const auto order = accounts.add<std::int32_t>("account_order");
  const auto lead = sheets.customers.add<std::int32_t>("lead_account");
  const auto first = sheets.customers.add<std::int32_t>("first_account");
  const auto count = sheets.customers.add<std::int32_t>("account_count");
  std::vector<std::string> numbers;
  for (std::size_t row = 0; row < people; ++row) {
    const std::size_t turn = row % 6;
    collector[row] = turn < 4 ? static_cast<std::int16_t>(turn) : std::int16_t{-1};
    team[row] = turn < 5 ? 0 : 1;
    priority[row] = static_cast<std::int32_t>(row * 7'919 % 1'000);
    order[row] = lead[row] = first[row] = static_cast<std::int32_t>(row);
    count[row] = 1;
    numbers.push_back("N" + std::to_string(100'000 + row));
  }
  const std::vector<std::string_view> views(numbers.begin(), numbers.end());
  accounts.add_texts("account_no", views);
  sheets.customers.add_texts("customer_no", views);
  return sheets;
}

std::string saved(const book::Sheets& sheets, unsigned threads) {
  const tests::Folder folder;
  const auto done = save_worklist(sheets, folder.path() / "worklist.csv", threads);
  EXPECT_TRUE(done) << done.error().message;
  return tests::read_file(folder.path() / "worklist.csv");
}

TEST(Worklist, IsTheSameByAnyNumberOfThreads) {
  const book::Sheets book = sheets();
  const std::string alone = saved(book, 1);
  EXPECT_TRUE(saved(book, 2) == alone);
  EXPECT_TRUE(saved(book, 5) == alone);
}

TEST(Worklist, RanksEachCollectorsPeopleByPriorityThenNumber) {
  const book::Sheets book = sheets();
  const column::Codes collector_of = book.accounts.codes("collector");
  const auto priority = book.accounts.get<std::int32_t>("priority");
  std::istringstream in(saved(book, 3));
  std::string line;
  std::getline(in, line);
  std::map<std::string, std::pair<std::int32_t, std::size_t>> last;
  std::map<std::string, std::int64_t> ranks;
  std::vector<std::string> collectors;
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string rank, collector, team, customer_no, account_no;
    for (std::string* field : {&rank, &collector, &team, &customer_no, &account_no})
      std::getline(fields, *field, ',');
    if (ranks[collector] == 0) collectors.push_back(collector);
    EXPECT_EQ(std::stoll(rank), ++ranks[collector]) << line;
    ASSERT_EQ(customer_no.substr(0, 1), "N") << line;
    EXPECT_EQ(account_no, customer_no) << line;
    const std::size_t row = std::stoul(customer_no.substr(1)) - 100'000;
    ASSERT_LT(row, people) << line;
    EXPECT_EQ(collector_of.at(row), collector) << line;
    const std::pair place(-priority[row], row);
    if (ranks[collector] > 1) {
      EXPECT_LT(last[collector], place) << line;
    }
    last[collector] = place;
  }
  EXPECT_EQ(collectors, (std::vector<std::string>{"chen", "li", "wang", "zhao", ""}));
  for (const std::string& collector : collectors) EXPECT_EQ(ranks[collector], 5'000);
}

}  // namespace
}  // namespace flow
