#pragma once
// Which case goes to which collector, so that the whole is worth most; exact, pure, the same for
// the same input. What enters: cases best first, who fits each need, places. What leaves: a desk
// for each case. Never true: a desk past its capacity, or one that does not fit the need. Why:
// decision 0034.

#include <cstdint>
#include <vector>

namespace allocation {

// Worth is counted in points of priority (priority.dmn gives 0 to 1000), to the thousandth.
//
//   a case given a place                    + its priority
//   … at the collector who has it already   + continuity_points of the collector
//   the k-th of a collector's n places      − load_points × (2k − 1) / 2n
//
// The last is least, over collectors who can take each other's cases, when all have the same share
// of their places in use. Giving one more case a place comes before any of this.
inline constexpr std::int64_t points_unit = 1'000;
inline constexpr std::int64_t points_max = 1'000;  // of continuity_points and load_points
// A priority further from 0 than this is worth no more.
inline constexpr std::int64_t priority_max = 1'000'000;

struct PlanCase {
  std::int32_t priority = 0;
  std::int32_t need = 0;     // a row of PlanInput::fitting
  std::int32_t before = -1;  // the desk that has it and fits it; −1: none
};

struct PlanDesk {
  int capacity = 0, used = 0;                           // used by hands, perhaps past capacity
  std::int64_t continuity_points = 0, load_points = 0;  // 0 to points_max
};

struct PlanInput {
  std::vector<PlanCase> cases;  // by priority, highest first: of equals the earlier one wins
  std::vector<std::vector<std::int32_t>> fitting;  // by need: desks that fit it, ascending
  std::vector<PlanDesk> desks;
};

// What the k-th place of a desk in use costs, thousandths of a point; k from 1 to capacity.
std::int64_t place_cost(const PlanDesk& desk, std::int64_t k);

std::vector<std::int32_t> decide_plan(const PlanInput& input);  // desk by case; −1: none

}  // namespace allocation
