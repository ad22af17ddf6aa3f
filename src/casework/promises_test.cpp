// When is a promise kept? Pure, against decisions/promise.dmn.

#include <gtest/gtest.h>

#include "casework/types.h"

namespace casework {
namespace {

using kernel::Date;
using kernel::Instant;
using kernel::Money;

const Date kMade = Date::from_ymd(2026, 11, 10), kDue = Date::from_ymd(2026, 11, 15);

Promise promise(std::int64_t id, Date made = kMade, Date due = kDue) {
  return {.promise_id = PromiseId(id),
          .customer_no = "C1",
          .account_no = "A1",
          .amount_fen = Money::from_fen(100'000),
          .due_date = due,
          .made_at = Instant::china(made, 600),
          .made_by = "li.na"};
}

std::vector<std::string> states(std::vector<Promise> promises, std::vector<Payment> payments,
                                Date today) {
  const auto rules = PromiseRules::load("decisions");
  CHECK_MSG(static_cast<bool>(rules), rules ? "" : rules.error().message.c_str());
  const auto decided = decide_promises(*rules, std::move(promises), payments, today);
  CHECK(static_cast<bool>(decided));
  std::vector<std::string> words;
  for (const PromiseState& state : *decided) words.push_back(state.state);
  return words;
}

using Words = std::vector<std::string>;

Payment paid(std::int64_t fen, Date on, const char* account_no = "A1") {
  return {account_no, on, Money::from_fen(fen)};
}

TEST(promise, a_table_of_cases) {
  struct Case {
    const char* name;
    std::vector<Payment> payments;
    int days_after_due;
    const char* state;
  };
  const std::vector<Case> cases = {
      {"nothing yet, the day before", {}, -1, "open"},
      {"nothing yet, on the day", {}, 0, "open"},
      {"nothing, the day after", {}, 1, "broken"},
      {"all of it", {paid(100'000, kDue)}, 0, "kept"},
      {"ninety-five per cent", {paid(95'000, kDue)}, 1, "kept"},
      {"a fen less", {paid(94'999, kDue)}, 1, "broken"},
      {"in two parts", {paid(50'000, kMade), paid(45'000, kDue)}, 1, "kept"},
      {"before it was promised", {paid(100'000, kMade.plus_days(-1))}, 1, "broken"},
      {"on another account", {paid(100'000, kDue, "A2")}, 1, "broken"},
      {"late, on the last day of grace", {paid(100'000, kDue.plus_days(3))}, 4, "kept"},
      {"late, after grace", {paid(100'000, kDue.plus_days(4))}, 5, "broken"},
      {"not counted before it is paid", {paid(100'000, kDue.plus_days(2))}, 1, "broken"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(states({promise(1)}, c.payments, kDue.plus_days(c.days_after_due)), Words{c.state})
        << c.name;
}

TEST(promise, a_later_one_takes_the_place_of_an_open_one) {
  const Promise first = promise(1), second = promise(2, kMade.plus_days(2), kDue.plus_days(10));
  EXPECT_EQ(states({second, first}, {}, kDue.plus_days(5)), (Words{"replaced", "open"}));
  EXPECT_EQ(states({first, second}, {paid(100'000, kMade)}, kDue), (Words{"kept", "open"}));
  const Promise much_later = promise(3, kDue.plus_days(20), kDue.plus_days(30));
  EXPECT_EQ(states({first, much_later}, {}, kDue.plus_days(21)), (Words{"broken", "open"}))
      << "one broken by then stays broken";
}

TEST(promise, old_ones_no_longer_steer_the_night) {
  const auto rules = PromiseRules::load("decisions");
  ASSERT_TRUE(rules);
  EXPECT_EQ(*rules->decide_shown("kept", 30), "kept");
  EXPECT_EQ(*rules->decide_shown("kept", 31), "none");
  EXPECT_EQ(*rules->decide_shown("broken", 90), "broken");
  EXPECT_EQ(*rules->decide_shown("broken", 91), "none");
  EXPECT_EQ(*rules->decide_shown("open", -30), "open");
}

}  // namespace
}  // namespace casework
