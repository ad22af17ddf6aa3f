#include "decision/column_leaf.h"

#include <algorithm>

namespace decision {

Aggregate aggregate_of(const TablePlan& plan, std::span<const std::int32_t> rules) {
  const TableOutputPlan& output = plan.outputs[0];
  bool counts = plan.aggregation == Aggregation::count;
  Aggregate result;
  if (rules.empty()) {
    if (!output.default_null) return {output.default_value, false, false};
    return {counts ? 0 : -1, !counts, false};
  }
  if (counts) return {static_cast<std::int64_t>(rules.size()), false, false};
  result.value = plan.aggregation == Aggregation::sum
                     ? 0
                     : output.values[static_cast<std::size_t>(rules[0] - 1)];
  for (std::int32_t rule : rules) {
    std::int64_t value = output.values[static_cast<std::size_t>(rule - 1)];
    if (plan.aggregation == Aggregation::sum) {
      result.overflow |= __builtin_add_overflow(result.value, value, &result.value);
    } else if (plan.aggregation == Aggregation::min) {
      result.value = std::min(result.value, value);
    } else {
      result.value = std::max(result.value, value);
    }
  }
  return result;
}

namespace {

void put_leaf(TableOutputPlan& output, std::int64_t value, bool null) {
  output.leaf_values.push_back(null ? -1 : value);
  output.leaf_nulls.push_back(null ? 1 : 0);
}

void fill_aggregates(TablePlan& plan) {
  TableOutputPlan& output = plan.outputs[0];
  put_leaf(output, -1, true);
  plan.overflow.push_back(0);
  for (std::size_t leaf = kNoRule; leaf + 1 < plan.list_begin.size(); ++leaf) {
    std::span<const std::int32_t> rules(plan.list_rules.data() + plan.list_begin[leaf],
                                        plan.list_rules.data() + plan.list_begin[leaf + 1]);
    Aggregate result = aggregate_of(plan, rules);
    put_leaf(output, result.value, result.null);
    plan.overflow.push_back(result.overflow ? 1 : 0);
  }
}

}  // namespace

void fill_leaves(TablePlan& plan) {
  if (plan.hit_policy == HitPolicy::collect && plan.aggregation != Aggregation::none) {
    if (plan.graph.rest.empty()) fill_aggregates(plan);  // else they are added up row by row
    return;
  }
  if (plan.collects) return;
  for (TableOutputPlan& output : plan.outputs) {
    if (!output.registers.empty()) continue;
    put_leaf(output, -1, true);
    put_leaf(output, output.default_value, output.default_null);
    for (std::size_t rule = 0; rule < plan.rules; ++rule) {
      put_leaf(output, output.values[rule], output.nulls[rule] != 0);
      output.null_rules |= output.nulls[rule] != 0;
    }
  }
}

}  // namespace decision
