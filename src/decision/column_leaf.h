#pragma once
// What each leaf of a table says: output values, aggregates, first rows.

#include "decision/column_plan.h"

namespace decision {

struct Aggregate {
  std::int64_t value = 0;
  bool null = false;
  bool overflow = false;
};
// Of the rules (1-based) that match; the table aggregates.
Aggregate aggregate_of(const TablePlan& plan, std::span<const std::int32_t> rules);

// Fills leaf_values and the like of a plan whose graph and outputs are there.
void fill_leaves(TablePlan& plan);

}  // namespace decision
