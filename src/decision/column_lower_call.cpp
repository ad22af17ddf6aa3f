// Lowering of calls: min and max, rounding, and knowledge models, which are written in place.

#include <algorithm>

#include "decision/cell_tests.h"
#include "decision/column_lower.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

constexpr int kScaleMax = 12;

Lowered single(int reg) {
  Lowered value;
  value.single = reg;
  return value;
}

}  // namespace

std::optional<Lowered> Lowering::call(const Node& node, const Bindings& names) {
  const Node& callee = *node.kids[0];
  if (callee.kind != NodeKind::name) return refuse("it calls a function that is calculated");
  if (auto bound = names.find(callee.text); bound != names.end()) {
    if (bound->second.knowledge == nullptr) return refuse("it calls what is no function");
    return knowledge(bound->second, node, names);
  }
  const std::string& name = callee.text;
  if (!node.names.empty()) return refuse("it calls " + name + "() with named arguments");
  if (name == "min") return extreme(node, names, StepKind::minimum);
  if (name == "max") return extreme(node, names, StepKind::maximum);
  if (name == "floor") return rounding(node, names, RoundingMode::floor);
  if (name == "ceiling") return rounding(node, names, RoundingMode::ceiling);
  if (name == "decimal") return rounding(node, names, RoundingMode::half_even);
  if (name == "round up") return rounding(node, names, RoundingMode::up);
  if (name == "round down") return rounding(node, names, RoundingMode::down);
  if (name == "round half up") return rounding(node, names, RoundingMode::half_up);
  if (name == "round half down") return rounding(node, names, RoundingMode::half_down);
  bool one = node.kids.size() == 2;
  if (name == "abs" && one) {
    auto reg = number(*node.kids[1], names);
    if (!reg) return std::nullopt;
    plan_.null_complains.push_back(*reg);
    Step step;
    step.kind = StepKind::absolute;
    step.in[0] = *reg;
    return single(emit(step, ColumnKind::number, info(*reg).scale));
  }
  if (name == "not" && one) {
    auto value = expression(*node.kids[1], names);
    if (!value) return std::nullopt;
    if (!is_kind(*value, ColumnKind::boolean)) return refuse("not() of what is no boolean");
    plan_.null_complains.push_back(value->single);
    Step step;
    step.kind = StepKind::invert;
    step.in[0] = value->single;
    return single(emit(step, ColumnKind::boolean));
  }
  if (name == "list contains" && node.kids.size() == 3) return list_contains(node, names);
  return refuse("it calls " + name + "()");
}

// Whether a list that is an input contains a word: a column of its own.
std::optional<Lowered> Lowering::list_contains(const Node& node, const Bindings& names) {
  auto list = expression(*node.kids[1], names);
  if (!list) return std::nullopt;
  const Node& word = *node.kids[2];
  bool plain =
      list->list >= 0 && word.kind == NodeKind::literal && word.value.kind() == Kind::string;
  if (!plain) return refuse("list contains() asks for more than a word in a list of words");
  ListInput& input = plan_.lists[static_cast<std::size_t>(list->list)];
  auto known = std::find_if(input.words.begin(), input.words.end(),
                            [&](const auto& entry) { return entry.first == word.value.string(); });
  if (known == input.words.end()) {
    input.words.emplace_back(word.value.string(), plan_.inputs.size());
    known = std::prev(input.words.end());
    plan_.inputs.push_back({input.name + " " + word.value.source(), ColumnKind::boolean, 0});
  }
  Step load;
  load.kind = StepKind::load;
  load.index = known->second;
  int reg = emit(load, ColumnKind::boolean);
  plan_.registers.back().column = static_cast<int>(load.index);
  return single(reg);
}

std::optional<Lowered> Lowering::extreme(const Node& node, const Bindings& names, StepKind kind) {
  std::vector<NodePtr> items(node.kids.begin() + 1, node.kids.end());
  if (items.size() == 1 && items[0]->kind == NodeKind::list) items = items[0]->kids;
  if (items.empty()) return refuse("min() or max() of nothing");
  std::optional<int> best;
  for (const NodePtr& item : items) {
    auto reg = number(*item, names);
    if (!reg) return std::nullopt;
    plan_.null_complains.push_back(*reg);
    if (!best) {
      best = reg;
      continue;
    }
    if (!align(*best, *reg)) return refuse("too many digits");
    Step step;
    step.kind = kind;
    step.in = {*best, *reg, 0};
    best = emit(step, ColumnKind::number, info(*best).scale);
  }
  return single(*best);
}

std::optional<Lowered> Lowering::rounding(const Node& node, const Bindings& names,
                                          RoundingMode mode) {
  if (node.kids.size() < 2 || node.kids.size() > 3) return refuse("a rounding is called wrongly");
  auto reg = number(*node.kids[1], names);
  if (!reg) return std::nullopt;
  plan_.null_complains.push_back(*reg);
  std::int64_t scale = 0;
  if (node.kids.size() == 3) {
    Evaluator evaluator;
    Value given = is_constant(*node.kids[2]) ? evaluator.evaluate(*node.kids[2], Scope{}) : Value();
    auto whole = given.to_int64();
    if (!whole || *whole < 0 || *whole > kScaleMax) return refuse("a scale is not constant");
    scale = *whole;
  }
  if (info(*reg).scale <= scale) return single(*reg);
  Step step;
  step.kind = StepKind::rescale;
  step.in[0] = *reg;
  step.shift = static_cast<int>(scale) - info(*reg).scale;
  step.mode = mode;
  return single(emit(step, ColumnKind::number, static_cast<int>(scale)));
}

std::optional<Lowered> Lowering::knowledge(const Lowered& callee, const Node& node,
                                           const Bindings& names) {
  const Knowledge& knowledge = *callee.knowledge;
  if (node.kids.size() != knowledge.parameters.size() + 1) {
    return refuse("a knowledge model is called with too few or too many arguments");
  }
  auto inner = bindings(*callee.home, knowledge.required);
  if (!inner) return std::nullopt;
  for (std::size_t i = 0; i < knowledge.parameters.size(); ++i) {
    std::string name = node.names.empty() ? knowledge.parameters[i] : node.names[i];
    auto parameter = std::find(knowledge.parameters.begin(), knowledge.parameters.end(), name);
    if (parameter == knowledge.parameters.end()) return refuse("an argument has another name");
    auto at = static_cast<std::size_t>(parameter - knowledge.parameters.begin());
    auto argument = expression(*node.kids[i + 1], names);
    if (!argument) return std::nullopt;
    const TypePtr& type = knowledge.types[at];
    if (type && type->allowed) return refuse("a parameter has allowed values");
    argument = constrained(*argument, type);
    if (!argument) return std::nullopt;
    (*inner)[name] = *argument;
  }
  if (calls_hidden(*knowledge.body, *inner)) return std::nullopt;
  auto value = expression(*knowledge.body, *inner);
  if (!value || value->table >= 0) return refuse("a knowledge model gives a list");
  return constrained(*value, knowledge.result);
}

}  // namespace decision
