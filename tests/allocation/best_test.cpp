// The night's allocation is the best there is: beside LEMON's cost scaling over single cases and
// collectors, on made-up nights of every kind of shortage.
#include <gtest/gtest.h>

#include "tests/allocation/exact.h"
#include "tests/nights.h"

namespace {

using tests::NightShape;

const decision::Model& table() {
  static const decision::Model model = [] {
    auto loaded = decision::Model::load("decisions/allocation.dmn");
    CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
    return std::move(*loaded);
  }();
  return model;
}

void expect_best(const NightShape& shape, unsigned seed, tests::Arcs arcs) {
  SCOPED_TRACE(seed);
  tests::MadeNight made = tests::NightMaker(shape, seed).make();
  tests::Book book = tests::book_of(made.cases);
  const allocation::NightInput input{.date = tests::accounts_date,
                                     .now = kernel::Instant::china(tests::accounts_date, 0),
                                     .allocation = table(),
                                     .collectors = std::move(made.collectors),
                                     .standing = std::move(made.standing)};
  const auto answer = allocation::decide_night(book.accounts, book.customers, input);
  ASSERT_TRUE(answer) << answer.error().message;
  const tests::SeenNight seen = tests::see(book.accounts, book.customers, input);
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

}  // namespace
