// Lowering of decision tables: an index for each input, and columns of outputs by rule.

#include <algorithm>
#include <map>

#include "decision/cell_tests.h"
#include "decision/column_graph.h"
#include "decision/column_leaf.h"
#include "decision/column_lower.h"
#include "decision/compare.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

constexpr int kScaleMax = 12;
constexpr std::size_t kRulesMax = 20'000;
constexpr std::size_t kInputsMax = 48;

NodePtr anything_node() {
  auto node = std::make_shared<Node>();
  node->kind = NodeKind::anything;
  return node;
}

bool gives_list(const Table& table) {
  HitPolicy policy = table.info.hit_policy;
  return policy == HitPolicy::rule_order || policy == HitPolicy::output_order ||
         (policy == HitPolicy::collect && table.info.aggregation == Aggregation::none);
}

// A constant entry as the table gives it: coerced to the type of its column.
std::optional<Value> constant_entry(const Node& node, const TableOutput& output) {
  if (!is_constant(node)) return std::nullopt;
  Evaluator evaluator;
  Value value = evaluator.evaluate(node, Scope{});
  if (!output.type) return value;
  return coerced(value, *output.type).value_or(Value());
}

std::optional<ColumnKind> kind_of(const Value& value) {
  if (value.kind() == Kind::number) return ColumnKind::number;
  if (value.kind() == Kind::boolean) return ColumnKind::boolean;
  if (value.kind() == Kind::string) return ColumnKind::string;
  return std::nullopt;
}

}  // namespace

std::optional<Lowered> Lowering::table(const Table& table, const Bindings& names) {
  if (table.rules.empty() || table.rules.size() > kRulesMax) return refuse("a table has no rows");
  TablePlan plan;
  plan.owner = table.owner;
  plan.hit_policy = table.info.hit_policy;
  plan.aggregation = table.info.aggregation;
  plan.rules = table.rules.size();
  plan.collects = gives_list(table) || plan.hit_policy == HitPolicy::collect;
  for (const TableInput& input : table.inputs) {
    plan.checks_allowed |= input.allowed != nullptr || (input.type && input.type->allowed);
  }
  plan.words = (plan.rules + (plan.checks_allowed ? 2 : 0) + 63) / 64;
  if (!table_order(table, plan) || !table_inputs(table, names, plan)) return std::nullopt;
  if (plan.inputs.size() > kInputsMax) return refuse("a table has too many inputs");
  std::optional<Lowered> result;
  if (gives_list(table)) {
    result = Lowered{};
    result->table = static_cast<int>(plan_.table_plans.size());
  } else {
    result = table_outputs(table, names, plan);
  }
  if (!result) return std::nullopt;
  build_graph(plan_.indexes, plan);
  fill_leaves(plan);
  Step step;
  step.kind = StepKind::table;
  step.index = plan_.table_plans.size();
  plan_.steps.push_back(step);
  plan_.table_plans.push_back(std::move(plan));
  return result;
}

// Bits stand in the order in which rules win: by the ranks of their outputs, else as written.
bool Lowering::table_order(const Table& table, TablePlan& plan) {
  for (std::size_t rule = 0; rule < plan.rules; ++rule) {
    plan.order.push_back(static_cast<std::int32_t>(rule));
  }
  bool ranked =
      plan.hit_policy == HitPolicy::priority || plan.hit_policy == HitPolicy::output_order;
  if (!ranked) return true;
  std::vector<std::vector<std::size_t>> ranks(plan.rules);
  for (std::size_t rule = 0; rule < plan.rules; ++rule) {
    for (std::size_t i = 0; i < table.outputs.size(); ++i) {
      const Node& entry = *table.rules[rule].outputs[i];
      if (!is_constant(entry)) {
        refuse("outputs with a priority are calculated");
        return false;
      }
      Evaluator evaluator;
      ranks[rule].push_back(output_rank(table.outputs[i], evaluator.evaluate(entry, Scope{})));
    }
  }
  std::stable_sort(plan.order.begin(), plan.order.end(), [&](std::int32_t a, std::int32_t b) {
    return ranks[static_cast<std::size_t>(a)] < ranks[static_cast<std::size_t>(b)];
  });
  return true;
}

bool Lowering::table_inputs(const Table& table, const Bindings& names, TablePlan& plan) {
  for (std::size_t column = 0; column < table.inputs.size(); ++column) {
    auto value = expression(*table.inputs[column].expression, names);
    if (!value) return false;
    if (value->list >= 0) {
      plan.columns.push_back(-1);
      if (!list_index(table, column, value->list, names, plan)) return false;
      continue;
    }
    int reg = value->single;
    if (value->is_null) {  // an input that no column gives: null in every row
      Step step;
      step.kind = StepKind::constant;
      step.flag = true;
      step.immediate = -1;
      reg = emit(step, ColumnKind::boolean);
    } else if (reg < 0) {
      refuse("an input of a table is a context or a list");
      return false;
    }
    const TypePtr& type = table.inputs[column].type;
    if (type && !value->is_null && !type->any) {
      Type plain = *type;
      plain.allowed = nullptr;  // what is not allowed is asked by the index
      if (!constrained_single(reg, plain)) return false;
    }
    plan.columns.push_back(reg);
    if (!table_index(table, column, reg, names, plan)) return false;
  }
  return true;
}

// Tests that the interpreter can be asked about when compiling make the index; each of the others
// is calculated for every row, and is an input of its own.
bool Lowering::table_index(const Table& table, std::size_t column, int reg, const Bindings& names,
                           TablePlan& plan) {
  const TableInput& input = table.inputs[column];
  IndexRequest request = request_for(reg);
  request.bits = plan.rules + (plan.checks_allowed ? 2 : 0);
  std::map<std::string, std::size_t> by_text;
  std::vector<NodePtr> odd;
  std::vector<std::vector<std::uint32_t>> odd_bits;
  std::vector<std::uint32_t> free;
  for (std::uint32_t bit = 0; bit < plan.rules; ++bit) {
    auto rule = static_cast<std::size_t>(plan.order[bit]);
    if (table.rules[rule].tests[column]->kind == NodeKind::anything) {
      free.push_back(bit);
      continue;
    }
    const NodePtr test = folded(table.rules[rule].tests[column], names);
    bool plain = is_indexable(*test, request.kind, request.dictionary < 0);
    if (!plain) free.push_back(bit);
    auto& questions = plain ? request.questions : odd;
    auto& bits_of = plain ? request.bits_of : odd_bits;
    const std::string& text = table.info.rules[rule].inputs[column];
    auto [known, added] = by_text.try_emplace(text, questions.size());
    if (added) {
      questions.push_back(test);
      bits_of.emplace_back();
    }
    bits_of[known->second].push_back(bit);
  }
  for (std::uint32_t which = 0; plan.checks_allowed && which < 2; ++which) {
    NodePtr allowed = which == 0 ? input.allowed : input.type ? input.type->allowed : nullptr;
    auto bit = static_cast<std::uint32_t>(plan.rules) + which;
    if (!allowed) {
      free.push_back(bit);
      continue;
    }
    if (!is_indexable(*allowed, request.kind, request.dictionary < 0)) {
      refuse("the allowed values of an input are not simple");
      return false;
    }
    request.questions.push_back(allowed);
    request.bits_of.push_back({bit});
  }
  request.questions.push_back(anything_node());
  request.bits_of.push_back(std::move(free));
  auto index = build_index(request);
  if (!index) {
    refuse("input " + table.info.inputs[column].expression + " of " + table.owner +
           " has too many classes of values");
    return false;
  }
  plan_.complaining |= index->complaining;
  if (plan.checks_allowed) {  // null is always allowed, and a class of its own
    std::vector<std::uint64_t> bits(&index->class_bits[index->null_class * index->words],
                                    &index->class_bits[(index->null_class + 1) * index->words]);
    for (std::size_t bit = plan.rules; bit < plan.rules + 2; ++bit) {
      bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    index->null_class = index->classes++;
    index->class_bits.insert(index->class_bits.end(), bits.begin(), bits.end());
  }
  plan.inputs.push_back(reg);
  plan.indexes.push_back(plan_.indexes.size());
  plan_.indexes.push_back(std::move(*index));
  Lowered value;
  value.single = reg;
  return odd_tests(table, column, value, names, odd_bits, odd, plan);
}

// A list is asked for words; each test is an input of its own.
bool Lowering::list_index(const Table& table, std::size_t column, int list, const Bindings& names,
                          TablePlan& plan) {
  const TableInput& input = table.inputs[column];
  const Type* type = input.type.get();
  bool words = type == nullptr || type->any ||
               (type->kind == Kind::list && !type->allowed && !type->element->allowed &&
                (type->element->any || type->element->kind == Kind::string));
  if (input.allowed || !words) {
    refuse("an input of a table is a list, but not one of any words");
    return false;
  }
  std::map<std::string, std::size_t> by_text;
  std::vector<NodePtr> questions;
  std::vector<std::vector<std::uint32_t>> bits_of;
  for (std::uint32_t bit = 0; bit < plan.rules; ++bit) {
    auto rule = static_cast<std::size_t>(plan.order[bit]);
    const NodePtr& test = table.rules[rule].tests[column];
    if (test->kind == NodeKind::anything) continue;
    auto [known, added] =
        by_text.try_emplace(table.info.rules[rule].inputs[column], questions.size());
    if (added) {
      questions.push_back(test);
      bits_of.emplace_back();
    }
    bits_of[known->second].push_back(bit);
  }
  Lowered value;
  value.list = list;
  return odd_tests(table, column, value, names, bits_of, questions, plan);
}

bool Lowering::odd_tests(const Table& table, std::size_t column, const Lowered& input,
                         const Bindings& names,
                         const std::vector<std::vector<std::uint32_t>>& bits_of,
                         const std::vector<NodePtr>& questions, TablePlan& plan) {
  for (std::size_t i = 0; i < questions.size(); ++i) {
    auto truth = odd_test(input, *questions[i], names);
    if (!truth || plan.inputs.size() > kInputsMax) {
      refuse("input " + table.info.inputs[column].expression + " of " + table.owner +
             " has tests that are more than comparisons");
      return false;
    }
    auto holds = std::make_shared<Node>();
    holds->kind = NodeKind::tests;
    holds->kids = {literal_node(true)};
    holds->negated = questions[i]->negated;
    IndexRequest request = request_for(*truth);
    request.bits = plan.rules + (plan.checks_allowed ? 2 : 0);
    std::vector<std::uint32_t> free;
    for (std::uint32_t bit = 0; bit < request.bits; ++bit) {
      if (!std::binary_search(bits_of[i].begin(), bits_of[i].end(), bit)) free.push_back(bit);
    }
    request.questions = {holds, anything_node()};
    request.bits_of = {bits_of[i], std::move(free)};
    plan.inputs.push_back(*truth);
    plan.indexes.push_back(plan_.indexes.size());
    plan_.indexes.push_back(*build_index(request));
  }
  return true;
}

std::optional<Lowered> Lowering::table_outputs(const Table& table, const Bindings& names,
                                               TablePlan& plan) {
  if (plan.aggregation == Aggregation::count && plan.hit_policy == HitPolicy::collect) {
    TableOutputPlan output;
    output.out = add_register(ColumnKind::number, 0);
    if (!constant_default(table, 0, 0, output)) return std::nullopt;
    plan.outputs.push_back(output);
    Lowered count;
    count.single = output.out;
    return count;
  }
  Lowered result;
  bool aggregates = plan.hit_policy == HitPolicy::collect;
  if (aggregates && table.outputs.size() > 1) return refuse("it aggregates several outputs");
  bool all_constant = true;
  for (std::size_t column = 0; column < table.outputs.size(); ++column) {
    TableOutputPlan output;
    bool constant = std::all_of(table.rules.begin(), table.rules.end(), [&](const auto& rule) {
      return is_constant(*rule.outputs[column]);
    });
    all_constant &= constant;
    bool lowered = constant ? constant_output(table, column, output)
                            : calculated_output(table, column, names, output);
    if (!lowered) return std::nullopt;
    bool has_null = std::find(output.nulls.begin(), output.nulls.end(), 1) != output.nulls.end();
    if (aggregates && (has_null || info(output.out).kind != ColumnKind::number)) {
      return refuse("it aggregates what are not numbers");
    }
    if (plan.hit_policy == HitPolicy::any && has_null) return refuse("an output is null");
    result.entries.emplace_back(table.outputs[column].name, output.out);
    plan.outputs.push_back(std::move(output));
  }
  bool needs_constant = aggregates || plan.hit_policy == HitPolicy::any;
  if (needs_constant && !all_constant) return refuse("outputs to compare or add are calculated");
  for (std::size_t rule = 0; plan.hit_policy == HitPolicy::any && rule < plan.rules; ++rule) {
    auto same = [&](std::size_t other) {
      return std::all_of(plan.outputs.begin(), plan.outputs.end(), [&](const auto& output) {
        return output.values[rule] == output.values[other];
      });
    };
    std::size_t first = 0;
    while (!same(first)) ++first;
    plan.output_class.push_back(static_cast<std::int32_t>(first));
  }
  if (table.outputs.size() == 1) {
    result.single = result.entries[0].second;
    result.entries.clear();
  }
  return result;
}

bool Lowering::constant_output(const Table& table, std::size_t column, TableOutputPlan& output) {
  std::vector<Value> values;
  std::optional<ColumnKind> kind;
  int scale = 0;
  for (const TableRule& rule : table.rules) {
    auto value = constant_entry(*rule.outputs[column], table.outputs[column]);
    values.push_back(value.value_or(Value()));
    if (values.back().is_null()) continue;
    auto this_kind = kind_of(values.back());
    if (!this_kind || (kind && kind != this_kind)) {
      refuse("an output is no number, string or boolean");
      return false;
    }
    kind = this_kind;
    if (*kind == ColumnKind::number) scale = std::max(scale, values.back().number().scale());
  }
  const NodePtr& fallback = table.outputs[column].default_entry;
  if (fallback && is_constant(*fallback)) {
    Evaluator evaluator;
    Value value = evaluator.evaluate(*fallback, Scope{});
    if (value.kind() == Kind::number) scale = std::max(scale, value.number().scale());
  }
  const TypePtr& type = table.outputs[column].type;
  if (!kind && type && type->kind == Kind::number) kind = ColumnKind::number;
  if (!kind || scale > kScaleMax) {
    refuse("an output is always null, or has too many digits");
    return false;
  }
  output.out = add_register(*kind, scale);
  for (const Value& value : values) {
    output.nulls.push_back(value.is_null() ? 1 : 0);
    output.values.push_back(value.is_null() ? -1 : 0);
    if (value.kind() == Kind::boolean) output.values.back() = value.boolean() ? 1 : 0;
    if (value.kind() == Kind::string) {
      int code = pool_code(value.string());
      output.values.back() = code;
      plan_.registers[static_cast<std::size_t>(output.out)].codes.push_back(code);
    }
    if (value.kind() == Kind::number) {
      auto scaled = value.number().to_scaled(scale);
      if (!scaled) {
        refuse("an output has too many digits");
        return false;
      }
      output.values.back() = *scaled;
    }
  }
  return constant_default(table, column, scale, output);
}

bool Lowering::constant_default(const Table& table, std::size_t column, int scale,
                                TableOutputPlan& output) {
  const NodePtr& fallback = table.outputs[column].default_entry;
  if (!fallback) return true;
  if (!is_constant(*fallback)) {
    refuse("a default output is calculated");
    return false;
  }
  Evaluator evaluator;
  Value value = evaluator.evaluate(*fallback, Scope{});
  if (value.is_null()) return true;
  if (kind_of(value) != info(output.out).kind) {
    refuse("a default output is of another kind");
    return false;
  }
  if (info(output.out).dictionary >= 0) {
    refuse("a default output is a constant beside strings of a column");
    return false;
  }
  output.default_null = false;
  if (value.kind() == Kind::boolean) output.default_value = value.boolean() ? 1 : 0;
  if (value.kind() == Kind::string) {
    output.default_value = pool_code(value.string());
    plan_.registers[static_cast<std::size_t>(output.out)].codes.push_back(
        static_cast<int>(output.default_value));
  }
  if (value.kind() == Kind::number) {
    auto scaled = value.number().to_scaled(scale);
    if (!scaled) {
      refuse("a default output has too many digits");
      return false;
    }
    output.default_value = *scaled;
  }
  return true;
}

// Every distinct entry is calculated for all rows of a block; the rule that fires picks one.
bool Lowering::calculated_output(const Table& table, std::size_t column, const Bindings& names,
                                 TableOutputPlan& output) {
  std::map<std::string, int> by_text;
  int scale = 0;
  std::optional<RegisterInfo> shape;
  const TypePtr& type = table.outputs[column].type;
  for (std::size_t rule = 0; rule < table.rules.size(); ++rule) {
    const std::string& text = table.info.rules[rule].outputs[column];
    auto [known, added] = by_text.try_emplace(text, -1);
    if (added) {
      auto value = expression(*table.rules[rule].outputs[column], names);
      if (value) value = constrained(*value, type);
      if (!value) return false;
      if (!value->is_null && !same_shape(value->single, shape)) return false;
      known->second = value->single;
      if (!value->is_null) scale = std::max(scale, info(value->single).scale);
    }
    output.registers.push_back(known->second);
  }
  if (!shape) {
    refuse("an output is always null");
    return false;
  }
  for (int& reg : output.registers) {
    if (reg < 0) reg = null_register(*shape);
    if (shape->kind == ColumnKind::number) reg = rescaled(reg, scale);
  }
  output.out = add_register(shape->kind, scale);
  plan_.registers.back().codes = shape->codes;
  plan_.registers.back().dictionary = shape->dictionary;
  return constant_default(table, column, scale, output);
}

// Whether a register can stand in one column with those seen before it.
bool Lowering::same_shape(int reg, std::optional<RegisterInfo>& shape) {
  if (reg < 0) {
    refuse("an output is a context");
    return false;
  }
  const RegisterInfo& got = info(reg);
  if (shape && (shape->kind != got.kind || shape->dictionary != got.dictionary)) {
    refuse("an output is of two kinds");
    return false;
  }
  if (!shape) {
    shape = got;
  } else {
    shape->codes.insert(shape->codes.end(), got.codes.begin(), got.codes.end());
  }
  return true;
}

}  // namespace decision
