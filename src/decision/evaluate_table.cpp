// Decision tables: which rules match, and what the hit policy makes of them.

#include <algorithm>

#include "decision/compare.h"
#include "decision/evaluate.h"
#include "decision/table.h"

namespace decision {

std::size_t output_rank(const TableOutput& output, const Value& value) {
  if (!output.allowed || output.allowed->kind != NodeKind::tests) return 0;
  const auto& listed = output.allowed->kids;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    Evaluator evaluator;
    if (meets(value, evaluator.evaluate(*listed[i], Scope{}))) return i;
  }
  return listed.size();
}

std::optional<List> Evaluator::table_inputs(const Table& table, const Scope& scope) {
  List values;
  for (std::size_t i = 0; i < table.inputs.size(); ++i) {
    const TableInput& input = table.inputs[i];
    const std::string what = table.owner + ", input " + table.info.inputs[i].expression;
    Value given = evaluate(*input.expression, scope);
    Value value = typed(given, input.type, what);
    if (value.is_null() && !given.is_null()) return std::nullopt;
    if (!value.is_null() && input.allowed && !passes(*input.allowed, value, scope)) {
      complain(what + ": " + value.source(60) + " is not one of " +
               table.info.inputs[i].allowed_values);
      return std::nullopt;
    }
    values.push_back(std::move(value));
  }
  return values;
}

FiredRow fired_row_of(const Table& table, std::size_t rule) {
  const RuleText& text = table.info.rules[rule];
  FiredRow row{table.owner, static_cast<int>(rule) + 1, text.id, "", {}};
  for (const std::string& annotation : text.annotations) {
    if (!annotation.empty()) row.annotation += (row.annotation.empty() ? "" : "; ") + annotation;
  }
  return row;
}

void Evaluator::fire(const Table& table, std::size_t rule, const List& inputs) {
  FiredRow row = fired_row_of(table, rule);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    row.inputs.emplace_back(table.info.inputs[i].expression, inputs[i]);
  }
  fired_.push_back(std::move(row));
}

Value Evaluator::rule_output(const Table& table, std::size_t rule, const Scope& scope) {
  const auto& entries = table.rules[rule].outputs;
  auto entry = [&](std::size_t i) {
    Value value = evaluate(*entries[i], scope);
    return typed(value, table.outputs[i].type, table.owner + ", row " + std::to_string(rule + 1));
  };
  if (entries.size() == 1) return entry(0);
  Context values;
  for (std::size_t i = 0; i < entries.size(); ++i) values.set(table.outputs[i].name, entry(i));
  return values;
}

Value Evaluator::no_rule(const Table& table, const Scope& scope) {
  Context values;
  bool any = false;
  for (const TableOutput& output : table.outputs) {
    Value value = output.default_entry ? evaluate(*output.default_entry, scope) : Value();
    any |= output.default_entry != nullptr;
    if (table.outputs.size() == 1 && any) return value;
    values.set(output.name, value);
  }
  if (any) return values;
  if (table.info.hit_policy == HitPolicy::collect) {
    if (table.info.aggregation == Aggregation::none) return List{};
    if (table.info.aggregation == Aggregation::count) return 0;
  }
  complain(table.owner + ": no rule matches");
  return {};
}

Value Evaluator::table(const Table& table, const Scope& scope) {
  auto inputs = table_inputs(table, scope);
  if (!inputs) return {};
  std::vector<std::size_t> matching;
  for (std::size_t rule = 0; rule < table.rules.size(); ++rule) {
    const auto& tests = table.rules[rule].tests;
    bool matches = true;
    for (std::size_t i = 0; i < tests.size() && matches; ++i) {
      matches = passes(*tests[i], (*inputs)[i], scope);
    }
    if (matches) matching.push_back(rule);
    if (matches && table.info.hit_policy == HitPolicy::first) break;
  }
  if (matching.empty()) return no_rule(table, scope);
  if (table.info.hit_policy == HitPolicy::unique && matching.size() > 1) {
    complain(table.owner + ": rows " + std::to_string(matching[0] + 1) + " and " +
             std::to_string(matching[1] + 1) + " both match, and the hit policy is unique");
    return {};
  }
  bool ranked = table.info.hit_policy == HitPolicy::priority ||
                table.info.hit_policy == HitPolicy::output_order;
  if (ranked) matching = ranked_rules(table, std::move(matching), scope);
  bool single = table.info.hit_policy <= HitPolicy::first;
  if (single && table.info.hit_policy != HitPolicy::any) matching.resize(1);
  Value result = table_outputs(table, matching, scope);
  if (table.info.hit_policy == HitPolicy::any && result.is_null()) return result;
  if (single) matching.resize(1);
  for (std::size_t rule : matching) fire(table, rule, *inputs);
  return result;
}

std::vector<std::size_t> Evaluator::ranked_rules(const Table& table, std::vector<std::size_t> rules,
                                                 const Scope& scope) {
  std::vector<std::pair<std::vector<std::size_t>, std::size_t>> ranked;
  for (std::size_t rule : rules) {
    std::vector<std::size_t> ranks;
    for (std::size_t i = 0; i < table.outputs.size(); ++i) {
      Value value = evaluate(*table.rules[rule].outputs[i], scope);
      ranks.push_back(output_rank(table.outputs[i], value));
    }
    ranked.emplace_back(std::move(ranks), rule);
  }
  std::sort(ranked.begin(), ranked.end());  // equal ranks keep the order of the rows
  std::transform(ranked.begin(), ranked.end(), rules.begin(),
                 [](const auto& entry) { return entry.second; });
  return rules;
}

Value Evaluator::table_outputs(const Table& table, const std::vector<std::size_t>& rules,
                               const Scope& scope) {
  List values;
  for (std::size_t rule : rules) values.push_back(rule_output(table, rule, scope));
  switch (table.info.hit_policy) {
    case HitPolicy::any:
      if (std::any_of(values.begin(), values.end(),
                      [&](const Value& value) { return !(value == values[0]); })) {
        complain(table.owner + ": rows match with different outputs, and the hit policy is any");
        return {};
      }
      return values[0];
    case HitPolicy::unique:
    case HitPolicy::priority:
    case HitPolicy::first:
      return values[0];
    case HitPolicy::rule_order:
    case HitPolicy::output_order:
      return values;
    case HitPolicy::collect:
      return aggregate(table, values);
  }
  return {};
}

Value Evaluator::aggregate(const Table& table, const List& values) {
  Aggregation how = table.info.aggregation;
  if (how == Aggregation::none) return values;
  if (how == Aggregation::count) return static_cast<std::int64_t>(values.size());
  Value result = values[0];
  bool orderable = feel_order(result, result).has_value();
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (how == Aggregation::sum) {
      result = arithmetic(Op::add, result, values[i]);
      continue;
    }
    auto order = feel_order(values[i], result);
    orderable &= order.has_value();
    if (order && (how == Aggregation::min ? *order < 0 : *order > 0)) result = values[i];
  }
  bool fits = how == Aggregation::sum ? !result.is_null() : orderable;
  if (!fits) complain(table.owner + ": the outputs cannot be aggregated");
  return fits ? result : Value();
}

}  // namespace decision
