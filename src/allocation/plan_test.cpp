#include "allocation/plan.h"

#include <gtest/gtest.h>

#include <numeric>

namespace allocation {
namespace {

using Desks = std::vector<std::int32_t>;

PlanDesk desk(int capacity, std::int64_t continuity_points = 100, std::int64_t load_points = 60) {
  return {capacity, 0, continuity_points, load_points};
}

TEST(Plan, a_collector_is_kept_unless_another_case_is_that_much_more_urgent) {
  PlanInput plan{.cases = {{199, 0, -1}, {100, 0, 0}}, .fitting = {{0}}, .desks = {desk(1)}};
  EXPECT_EQ(decide_plan(plan), (Desks{-1, 0}));
  plan.cases[0].priority = 201;
  EXPECT_EQ(decide_plan(plan), (Desks{0, -1}));
  // Where it comes to the same, nothing changes.
  plan.cases[0].priority = 200;
  EXPECT_EQ(decide_plan(plan), (Desks{-1, 0}));
}

TEST(Plan, one_more_case_is_given_whatever_it_costs_others) {
  // The second can go to 0 alone, so the first has to leave it, and the third desk 1.
  const PlanInput plan{.cases = {{900, 0, 0}, {500, 2, 1}, {1, 1, -1}},
                       .fitting = {{0, 1}, {0}, {1, 2}},
                       .desks = {desk(1, 1'000), desk(1, 1'000), desk(1, 1'000, 1'000)}};
  EXPECT_EQ(decide_plan(plan), (Desks{1, 2, 0}));
}

TEST(Plan, load_is_shared_by_capacity_across_skills) {
  // Twelve cases only desk 0 fits, twelve more that both fit: all of the latter go to desk 1.
  PlanInput plan{.fitting = {{0}, {0, 1}}, .desks = {desk(40), desk(20)}};
  for (int i = 0; i < 24; ++i) plan.cases.push_back({500, i % 2, -1});
  const Desks given = decide_plan(plan);
  EXPECT_EQ(std::count(given.begin(), given.end(), 0), 16);
  EXPECT_EQ(std::count(given.begin(), given.end(), 1), 8);
}

TEST(Plan, who_is_full_by_hands_gets_nothing) {
  PlanInput plan{.cases = {{500, 0, -1}}, .fitting = {{0, 1}}, .desks = {desk(2), desk(9)}};
  plan.desks[0].used = 3;
  plan.desks[1].used = 8;
  EXPECT_EQ(decide_plan(plan), (Desks{1}));
}

TEST(Plan, the_worth_of_the_cases_is_shared_too) {
  PlanInput plan{.fitting = {{0, 1, 2}}, .desks = {desk(40), desk(40), desk(80)}};
  for (std::int32_t priority = 100; priority > 20; --priority) plan.cases.push_back({priority});
  const Desks given = decide_plan(plan);
  std::vector<int> cases(3), points(3);
  for (std::size_t i = 0; i < given.size(); ++i) {
    ++cases[static_cast<std::size_t>(given[i])];
    points[static_cast<std::size_t>(given[i])] += plan.cases[i].priority;
  }
  EXPECT_EQ(cases, (std::vector<int>{20, 20, 40}));
  EXPECT_NEAR(points[0], points[1], 60);
  EXPECT_NEAR(points[0] * 2, points[2], 120);
}

TEST(Plan, nobody_to_give_to_and_nothing_to_give) {
  EXPECT_EQ(decide_plan({}), Desks());
  EXPECT_EQ(decide_plan({.cases = {{500, 0, -1}}, .fitting = {{}}, .desks = {desk(1)}}), Desks{-1});
  EXPECT_EQ(decide_plan({.cases = {}, .fitting = {{0}}, .desks = {desk(1)}}), Desks());
}

TEST(Plan, priorities_beyond_reason_do_no_harm) {
  const std::int32_t most = std::numeric_limits<std::int32_t>::max();
  const PlanInput plan{
      .cases = {{most, 0, -1}, {0, 0, -1}, {-most, 0, -1}}, .fitting = {{0}}, .desks = {desk(2)}};
  EXPECT_EQ(decide_plan(plan), (Desks{0, 0, -1}));
}

TEST(Plan, what_places_cost_in_words_and_figures) {
  // A half full day has cost a quarter of load_points a place, a full one half of them.
  const PlanDesk one = desk(10, 0, 60);
  std::int64_t half = 0, full = 0;
  for (int k = 1; k <= 10; ++k) (k <= 5 ? half : full) += place_cost(one, k);
  EXPECT_EQ(half, 5 * 15 * points_unit);
  EXPECT_EQ(half + full, 10 * 30 * points_unit);
}

}  // namespace
}  // namespace allocation
