// The night's allocation is the best there is: beside LEMON's cost scaling over single cases and
// collectors, on made-up nights of every kind of shortage.
#include <gtest/gtest.h>

#include "tests/allocation/exact.h"
#include "tests/nights.h"

namespace {

using tests::NightShape;

struct Night {
  tests::MadeNight made;
  tests::Book book;
  tests::NightAnswer answer;

  allocation::NightInput input() const {
    return {.allocation = tests::allocation_table(),
            .collectors = made.collectors,
            .standing = tests::standing_of(made.standing)};
  }
};

Night night_of(tests::MadeNight made) {
  tests::Book book = tests::book_of(made.cases);
  Night night{std::move(made), std::move(book), {}};
  const auto done = tests::decide_night(night.book, night.input());
  CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
  night.answer =
      tests::answer_of(night.book, night.made.collectors, night.made.standing, tests::accounts_date,
                       kernel::Instant::china(tests::accounts_date, 0));
  return night;
}

void expect_best(const NightShape& shape, unsigned seed, tests::Arcs arcs) {
  SCOPED_TRACE(seed);
  const Night night = night_of(tests::NightMaker(shape, seed).make());
  const tests::SeenNight seen =
      tests::see(night.book.accounts, night.book.customers, night.input());
  EXPECT_EQ(tests::faults(seen), std::vector<std::string>());
  const tests::SeenWorth worth = tests::worth(seen), best = tests::best(seen, arcs);
  EXPECT_EQ(worth.given, best.given);
  EXPECT_EQ(worth.points, best.points);
}

TEST(Best, of_small_nights) {
  for (unsigned seed = 0; seed < 300; ++seed)
    expect_best({.customers = 5 + seed % 50, .collectors = 3 + seed % 11}, seed,
                tests::Arcs::pairs);
}

TEST(Best, where_places_are_short) {
  for (unsigned seed = 0; seed < 60; ++seed)
    expect_best({.customers = 120, .collectors = 20, .places_percent = 30 + static_cast<int>(seed)},
                seed, tests::Arcs::pairs);
}

TEST(Best, where_places_are_plenty) {
  for (unsigned seed = 0; seed < 20; ++seed)
    expect_best({.customers = 120, .collectors = 20, .places_percent = 300, .bound_percent = 0},
                seed, tests::Arcs::pairs);
}

TEST(Best, where_skills_are_scarce_and_regions_many) {
  for (unsigned seed = 0; seed < 40; ++seed)
    expect_best({.customers = 200,
                 .collectors = 60,
                 .places_percent = 90,
                 .skill_percent = 8,
                 .bound_percent = 95},
                seed, tests::Arcs::pairs);
}

TEST(Best, where_nobody_or_everybody_had_a_collector) {
  for (unsigned seed = 0; seed < 20; ++seed)
    for (const int had : {0, 100})
      expect_best({.customers = 150, .collectors = 25, .had_percent = had, .hand_percent = 10},
                  seed, tests::Arcs::pairs);
}

TEST(Best, of_a_branch) {
  for (unsigned seed = 0; seed < 3; ++seed)
    expect_best({.customers = 3'000, .collectors = 60, .places_percent = 80}, seed,
                tests::Arcs::needs);
}

TEST(Best, a_branch_with_nothing_new_keeps_everybody_in_whatever_order_it_is_read) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    const NightShape shape{
        .customers = 2'000, .collectors = 50, .places_percent = 60 + 20 * static_cast<int>(seed)};
    const Night first = night_of(tests::NightMaker(shape, seed).make());
    tests::MadeNight again = first.made;
    std::reverse(again.cases.begin(), again.cases.end());
    std::reverse(again.collectors.begin(), again.collectors.end());
    EXPECT_EQ(night_of(again).answer.allotments, first.answer.allotments);
    again.standing = first.answer.allotments;
    EXPECT_EQ(night_of(again).answer.allotments, first.answer.allotments);
  }
}

}  // namespace
