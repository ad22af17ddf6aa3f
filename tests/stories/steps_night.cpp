#include <gtest/gtest.h>

#include <algorithm>

#include "tests/stories/world.h"

namespace stories {
namespace {

void expect_component(World& world, const std::string& account_no, const std::string& yuan,
                      const char* column) {
  const auto book = world.book();
  const auto amounts = book->accounts().get<std::int64_t>(column);
  EXPECT_EQ(amounts[world.account_row(account_no)], parse_yuan_fen(yuan)) << column;
}

}  // namespace

void add_night_steps(Book<World>& book) {
  book.add("the night of {date} is run", [](World& world, const Arguments& a, const Step&) {
    world.run_night(parse_date(a[0]));
  });
  book.add("both runs of {date} gave the same bytes",
           [](World& world, const Arguments&, const Step&) {
             ASSERT_GE(world.night_bytes.size(), 2U);
             EXPECT_EQ(world.night_bytes.back(), *(world.night_bytes.end() - 2));
           });
  book.add("account {account} is {days} days past due in bucket {bucket}",
           [](World& world, const Arguments& a, const Step&) {
             const auto today = world.book();
             const std::size_t row = world.account_row(a[0]);
             EXPECT_EQ(std::to_string(today->accounts().get<std::int32_t>("dpd")[row]), a[1]);
             EXPECT_EQ(today->accounts().codes("bucket").at(row), a[2]);
           });
  book.add("account {account} owes {yuan} of principal",
           [](World& world, const Arguments& a, const Step&) {
             expect_component(world, a[0], a[1], "principal_fen");
           });
  book.add("account {account} owes {yuan} of interest",
           [](World& world, const Arguments& a, const Step&) {
             expect_component(world, a[0], a[1], "interest_fen");
           });
  book.add("account {account} has a promise that is {state}",
           [](World& world, const Arguments& a, const Step&) {
             EXPECT_EQ(world.book()->accounts().codes("promise").at(world.account_row(a[0])),
                       a[1]);
           });
  book.add("the history of {account} has {count} changes of bucket",
           [](World& world, const Arguments& a, const Step&) {
             const auto changes = world.store().read([&](store::Transaction& tx) {
               return book::load_bucket_changes(tx, a[0]).size();
             });
             ASSERT_TRUE(changes) << changes.error().message;
             EXPECT_EQ(std::to_string(*changes), a[1]);
           });
}

}  // namespace stories
