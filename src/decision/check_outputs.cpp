// What a table gives: outputs of the right type, among the output values, and none in vain.

#include <algorithm>
#include <set>

#include "decision/check_table.h"
#include "decision/compare.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

// The value of an expression that depends on nothing.
std::optional<Value> constant_of(const Node& node) {
  const CellTests tests = tests_of(node);
  if (node.kind == NodeKind::list || !tests.understood || tests.constants.size() != 1) {
    return std::nullopt;
  }
  const bool plain = node.kind == NodeKind::literal || node.kind == NodeKind::negate ||
                     node.kind == NodeKind::call || node.kind == NodeKind::binary;
  if (!plain) return std::nullopt;
  Evaluator evaluator;
  return evaluator.evaluate(node, Scope{});
}

}  // namespace

void TableCheck::read_outputs() {
  for (const TableRule& rule : table_.rules) {
    std::vector<std::optional<Value>> values;
    for (const NodePtr& entry : rule.outputs) values.push_back(constant_of(*entry));
    outputs_.push_back(std::move(values));
  }
}

bool TableCheck::outputs_known(std::size_t row) const {
  return std::all_of(outputs_[row].begin(), outputs_[row].end(),
                     [](const auto& value) { return value.has_value(); });
}

bool TableCheck::same_outputs(std::size_t a, std::size_t b) const {
  return outputs_[a] == outputs_[b];
}

std::vector<std::vector<std::size_t>> TableCheck::ranks() const {
  std::vector<std::vector<std::size_t>> ranks(table_.rules.size());
  for (std::size_t row = 0; row < ranks.size(); ++row) {
    for (std::size_t i = 0; i < table_.outputs.size(); ++i) {
      ranks[row].push_back(output_rank(table_.outputs[i], *outputs_[row][i]));
    }
  }
  return ranks;
}

void TableCheck::check_outputs() {
  for (std::size_t i = 0; i < table_.outputs.size(); ++i) {
    for (std::size_t row = 0; row < table_.rules.size(); ++row) {
      if (outputs_[row][i]) check_output(row + 1, i, *outputs_[row][i]);
    }
    const NodePtr& fallback = table_.outputs[i].default_entry;
    const auto value = fallback ? constant_of(*fallback) : std::nullopt;
    if (value) check_output(0, i, *value);
  }
}

// row_1 is 0 for the default.
void TableCheck::check_output(std::size_t row_1, std::size_t output, const Value& value) {
  const TableOutput& column = table_.outputs[output];
  const std::string name = column.name.empty() ? table_.owner : column.name;
  std::optional<Say> fault;
  if (value.is_null()) return;
  const bool counts = table_.info.aggregation == Aggregation::count;
  const bool typed = column.type && !column.type->any && !counts;
  if (typed && !conforms(value, *column.type, Allowed::ignored) && !coerced(value, *column.type)) {
    fault = say::wrong_output(name, value.source(), column.type->name);
  } else if (column.allowed) {
    Evaluator evaluator;
    if (!evaluator.passes(*column.allowed, value, Scope{})) {
      fault = say::not_listed(name, value.source());
    }
  }
  if (!fault) return;
  if (row_1 == 0) {
    report(*fault, "error", 0, name, nullptr);
    return;
  }
  const Context example = case_in(row_box(row_1 - 1, false));
  report(*fault, "error", row_1, name, row_takes(row_1 - 1, example) ? &example : nullptr);
}

void TableCheck::check_unreachable() {
  for (std::size_t i = 0; i < table_.outputs.size(); ++i) {
    OutputValues given = std::vector<Value>{};
    std::set<std::string> seen;
    auto add = [&](const std::optional<Value>& value) {
      if (!value) given.reset();
      if (given && seen.insert(value->source()).second) given->push_back(*value);
    };
    for (std::size_t row = 0; row < table_.rules.size(); ++row) {
      if (!dead_[row] && !idle_[row]) add(outputs_[row][i]);
    }
    const TableOutput& column = table_.outputs[i];
    if (column.default_entry) add(constant_of(*column.default_entry));
    gives_.push_back(given);
    // Where rows add up, the list is what may be said, not a promise of this table alone.
    if (!single_hit()) continue;
    if (!given || !column.allowed || column.allowed->kind != NodeKind::tests) continue;
    for (const NodePtr& listed : column.allowed->kids) {
      const auto value = constant_of(*listed);
      if (!value || value->is_null()) continue;
      if (std::find(given->begin(), given->end(), *value) != given->end()) continue;
      const std::string name = column.name.empty() ? table_.owner : column.name;
      report(say::unreachable_output(name, value->source()), "warning", 0, name, nullptr);
    }
  }
}

}  // namespace decision
