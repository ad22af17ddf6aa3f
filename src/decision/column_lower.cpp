#include "decision/column_lower.h"

#include <algorithm>

#include "decision/cell_tests.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

constexpr int kScaleMax = 12;
constexpr int kDepthMax = 60;

std::optional<ColumnKind> column_kind(Kind kind) {
  if (kind == Kind::number) return ColumnKind::number;
  if (kind == Kind::boolean) return ColumnKind::boolean;
  if (kind == Kind::string) return ColumnKind::string;
  return std::nullopt;
}

Lowered single(int reg) {
  Lowered value;
  value.single = reg;
  return value;
}

Lowered null_value() {
  Lowered value;
  value.is_null = true;
  return value;
}

}  // namespace

std::nullopt_t Lowering::refuse(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  return std::nullopt;
}

int Lowering::add_register(ColumnKind kind, int scale) {
  plan_.registers.push_back({kind, scale, -1, {}, -1});
  return static_cast<int>(plan_.registers.size()) - 1;
}

int Lowering::emit(Step step, ColumnKind kind, int scale) {
  step.out = add_register(kind, scale);
  plan_.steps.push_back(step);
  return step.out;
}

int Lowering::pool_code(const std::string& text) {
  auto [found, added] = pool_.try_emplace(text, static_cast<int>(plan_.pool.size()));
  if (added) plan_.pool.push_back(text);
  return found->second;
}

bool Lowering::is_kind(const Lowered& value, ColumnKind kind) const {
  return value.single >= 0 && info(value.single).kind == kind;
}

std::optional<Lowered> Lowering::decision(const Definitions& model, std::size_t index) {
  const Decision& decision = model.decisions[index];
  if (auto known = done_.find(&decision); known != done_.end()) return known->second;
  auto names = bindings(model, decision.required);
  if (!names || calls_hidden(*decision.body, *names)) return std::nullopt;
  auto value = expression(*decision.body, *names);
  if (!value) return std::nullopt;
  if (value->table < 0) value = constrained(*value, decision.type);
  if (!value) return std::nullopt;
  done_[&decision] = *value;
  return value;
}

std::optional<Lowered> Lowering::input(const InputData& input) {
  if (auto known = done_.find(&input); known != done_.end()) return known->second;
  auto column = std::find_if(plan_.inputs.begin(), plan_.inputs.end(),
                             [&](const ColumnType& type) { return type.name == input.name; });
  for (std::size_t i = 0; i < plan_.lists.size(); ++i) {
    if (plan_.lists[i].name != input.name) continue;
    Lowered list;
    list.list = static_cast<int>(i);
    return done_[&input] = list;
  }
  if (column == plan_.inputs.end()) return done_[&input] = null_value();
  Step load;
  load.kind = StepKind::load;
  load.index = static_cast<std::size_t>(column - plan_.inputs.begin());
  int reg = emit(load, column->kind, column->scale);
  plan_.registers.back().column = static_cast<int>(load.index);
  if (column->kind == ColumnKind::string) {
    plan_.registers.back().dictionary = static_cast<int>(load.index);
  }
  auto value = constrained(single(reg), input.type);
  if (value) done_[&input] = *value;
  return value;
}

std::optional<Lowered> Lowering::constrained(Lowered value, const TypePtr& type) {
  if (!type || type->any || value.is_null) return value;
  if (value.list >= 0) return refuse("a list is the answer of a decision");
  if (value.single >= 0) return constrained_single(value.single, *type);
  if (type->kind != Kind::context || value.entries.empty()) return refuse("a type is not simple");
  for (const auto& [name, field] : type->fields) {
    auto entry = std::find_if(value.entries.begin(), value.entries.end(),
                              [&, key = name](const auto& e) { return e.first == key; });
    if (entry == value.entries.end()) return refuse("an entry \"" + name + "\" is missing");
    auto fits = constrained_single(entry->second, *field);
    if (!fits) return std::nullopt;
    if (fits->single != entry->second) return refuse("an entry may not conform to its type");
  }
  return value;
}

std::optional<Lowered> Lowering::constrained_single(int reg, const Type& type) {
  if (type.any) return single(reg);
  const RegisterInfo known = info(reg);
  if (column_kind(type.kind) != known.kind) return refuse("a value is not a " + type.name);
  if (!type.allowed) return single(reg);
  bool from_pool = known.kind == ColumnKind::string && known.dictionary < 0;
  auto conforms_code = [&](int code) {
    return conforms(plan_.pool[static_cast<std::size_t>(code)], type);
  };
  if (from_pool && std::all_of(known.codes.begin(), known.codes.end(), conforms_code)) {
    return single(reg);
  }
  auto index = build_test(request_for(reg), type.allowed);
  if (!index) return refuse("the allowed values of " + type.name + " are not simple");
  plan_.complaining |= index->complaining;
  Step step;
  step.kind = StepKind::constrain;
  step.in[0] = reg;
  step.index = plan_.indexes.size();
  plan_.indexes.push_back(std::move(*index));
  int out = emit(step, known.kind, known.scale);
  plan_.registers.back() = known;
  plan_.registers.back().column = -1;
  return single(out);
}

IndexRequest Lowering::request_for(int reg) const {
  IndexRequest request;
  request.kind = info(reg).kind;
  request.scale = info(reg).scale;
  request.dictionary = info(reg).dictionary;
  request.pool = &plan_.pool;
  request.codes = info(reg).codes;
  return request;
}

std::optional<Lowered> Lowering::expression(const Node& node, const Bindings& names) {
  if (++depth_ > kDepthMax) return refuse("it is nested too deeply");
  struct Leave {
    int& depth;
    ~Leave() { --depth; }
  } leave{depth_};
  switch (node.kind) {
    case NodeKind::literal:
      return literal(node.value);
    case NodeKind::name: {
      auto found = names.find(node.text);
      if (found == names.end()) return refuse("\"" + node.text + "\" is not a column");
      return found->second;
    }
    case NodeKind::member:
      return member(node, names);
    case NodeKind::binary:
      return binary(node, names);
    case NodeKind::negate: {
      auto reg = number(*node.kids[0], names);
      if (!reg) return std::nullopt;
      Step step;
      step.kind = StepKind::negate;
      step.in[0] = *reg;
      return single(emit(step, ColumnKind::number, info(*reg).scale));
    }
    case NodeKind::conjunction:
    case NodeKind::disjunction:
      return logic(node, names);
    case NodeKind::conditional:
      return conditional(node, names);
    case NodeKind::between:
      return between(node, names);
    case NodeKind::in:
      return in(node, names);
    case NodeKind::call:
      return call(node, names);
    case NodeKind::table:
      return table(*node.table, names);
    case NodeKind::context:
      return context(node, names);
    default:
      return refuse("it uses more than arithmetic, comparisons and tables");
  }
}

std::optional<Lowered> Lowering::literal(const Value& value) {
  if (value.is_null()) return null_value();
  Step step;
  step.kind = StepKind::constant;
  if (value.kind() == Kind::boolean) {
    step.immediate = value.boolean() ? 1 : 0;
    return single(emit(step, ColumnKind::boolean));
  }
  if (value.kind() == Kind::string) {
    step.immediate = pool_code(value.string());
    int reg = emit(step, ColumnKind::string);
    plan_.registers.back().codes = {static_cast<int>(step.immediate)};
    return single(reg);
  }
  if (value.kind() != Kind::number) return refuse("a constant is no number, string or boolean");
  int scale = value.number().scale();
  auto scaled = value.number().to_scaled(scale);
  if (scale > kScaleMax || !scaled) return refuse("a number has too many digits");
  step.immediate = *scaled;
  return single(emit(step, ColumnKind::number, scale));
}

int Lowering::null_register(const RegisterInfo& shape) {
  const RegisterInfo model = shape;  // emitting moves the registers
  Step step;
  step.kind = StepKind::constant;
  step.flag = true;
  step.immediate = -1;
  int reg = emit(step, model.kind, model.scale);
  plan_.registers.back().dictionary = model.dictionary;
  return reg;
}

std::optional<Lowered> Lowering::member(const Node& node, const Bindings& names) {
  auto value = expression(*node.kids[0], names);
  if (!value) return std::nullopt;
  for (const auto& [name, reg] : value->entries) {
    if (name == node.text) return single(reg);
  }
  return refuse("\"" + node.text + "\" is taken of something that is no context");
}

std::optional<int> Lowering::number(const Node& node, const Bindings& names) {
  auto value = expression(node, names);
  if (!value) return std::nullopt;
  if (!is_kind(*value, ColumnKind::number)) return refuse("an operand is not a number");
  return value->single;
}

int Lowering::rescaled(int reg, int scale) {
  if (info(reg).scale == scale) return reg;
  Step step;
  step.kind = StepKind::rescale;
  step.in[0] = reg;
  step.shift = scale - info(reg).scale;
  return emit(step, ColumnKind::number, scale);
}

bool Lowering::align(int& left, int& right) {
  int scale = std::max(info(left).scale, info(right).scale);
  left = rescaled(left, scale);
  right = rescaled(right, scale);
  return scale <= kScaleMax;
}

std::optional<Lowered> Lowering::binary(const Node& node, const Bindings& names) {
  if (is_constant(node)) {
    Evaluator evaluator;
    Value value = evaluator.evaluate(node, Scope{});
    plan_.complaining |= !evaluator.take_messages().empty();
    return literal(value);
  }
  if (node.op >= Op::equal) return comparison(node.op, node, names);
  auto left = number(*node.kids[0], names);
  if (!left) return std::nullopt;
  if (node.op == Op::divide && is_constant(*node.kids[1])) return divided(*left, *node.kids[1]);
  auto right = number(*node.kids[1], names);
  if (!right) return std::nullopt;
  return arithmetic(node.op, *left, *right);
}

// By a constant whose inverse has few digits: as a product with the inverse.
std::optional<Lowered> Lowering::divided(int left, const Node& divisor) {
  Evaluator evaluator;
  Value by = evaluator.evaluate(divisor, Scope{});
  if (by.kind() != Kind::number || by.number().is_zero()) return refuse("it divides by nothing");
  auto inverse = Decimal(1).over(by.number());
  int digits = inverse ? inverse->scale() : kScaleMax + 1;
  bool exact = inverse && digits + info(left).scale <= kScaleMax &&
               inverse->times(by.number()) == Decimal(1);
  auto factor = exact ? inverse->to_scaled(digits) : std::nullopt;
  if (!factor) return refuse("it divides by what is not exact in whole numbers");
  if (*factor == 1) {
    Step step;
    step.kind = StepKind::rescale;  // by nothing: only the scale changes
    step.in[0] = left;
    return single(emit(step, ColumnKind::number, info(left).scale + digits));
  }
  auto right = literal(*inverse);
  return right ? arithmetic(Op::multiply, left, right->single) : std::nullopt;
}

// A context, whose entries see those before them; a boxed one may end with its result.
std::optional<Lowered> Lowering::context(const Node& node, const Bindings& names) {
  Lowered result;
  Bindings inner = names;
  for (std::size_t i = 0; i < node.kids.size(); ++i) {
    auto value = expression(*node.kids[i], inner);
    if (value && i < node.types.size() && value->single >= 0) {
      value = constrained(*value, node.types[i]);
    }
    if (!value) return std::nullopt;
    if (node.names[i].empty()) return value;
    bool twice = std::any_of(result.entries.begin(), result.entries.end(),
                             [&](const auto& entry) { return entry.first == node.names[i]; });
    if (value->single < 0 || twice) return refuse("an entry of a context is no plain value");
    result.entries.emplace_back(node.names[i], value->single);
    inner[node.names[i]] = *value;
  }
  if (result.entries.empty()) return refuse("a context is empty");
  return result;
}

std::optional<Lowered> Lowering::arithmetic(Op op, int left, int right) {
  Step step;
  int scale = info(left).scale + info(right).scale;
  if (op == Op::multiply) {
    step.kind = StepKind::multiply;
    if (scale > kScaleMax) return refuse("a product has too many digits");
  } else if (op == Op::add || op == Op::subtract) {
    step.kind = op == Op::add ? StepKind::add : StepKind::subtract;
    if (!align(left, right)) return refuse("a sum has too many digits");
    scale = info(left).scale;
  } else {
    return refuse(std::string("\"") + op_text(op) + "\" is not exact in whole numbers");
  }
  step.in = {left, right, 0};
  return single(emit(step, ColumnKind::number, scale));
}

std::optional<Lowered> Lowering::comparison(Op op, const Node& node, const Bindings& names) {
  auto left = expression(*node.kids[0], names);
  auto right = left ? expression(*node.kids[1], names) : std::nullopt;
  if (!right) return std::nullopt;
  if (left->single < 0 || right->single < 0) return refuse("it compares with null or a context");
  Step step;
  step.kind = StepKind::compare;
  step.op = op;
  int a = left->single;
  int b = right->single;
  if (info(a).kind != info(b).kind) return refuse("it compares values of two kinds");
  bool ordered = op != Op::equal && op != Op::not_equal;
  if (info(a).kind == ColumnKind::string) {
    bool literal_right = is_constant(*node.kids[1]);
    if (info(a).dictionary < 0 && info(b).dictionary < 0 && !ordered) {
      step.in = {a, b, 0};
      return single(emit(step, ColumnKind::boolean));
    }
    if (ordered || !literal_right) return refuse("it compares two columns of strings");
    auto tests = std::make_shared<Node>();
    tests->kind = NodeKind::tests;
    tests->kids = {node.kids[1]};
    tests->negated = op == Op::not_equal;
    return test_bit(a, tests);
  }
  if (info(a).kind == ColumnKind::boolean && ordered) return refuse("booleans have no order");
  if (info(a).kind == ColumnKind::number && !align(a, b)) return refuse("too many digits");
  step.in = {a, b, 0};
  return single(emit(step, ColumnKind::boolean));
}

std::optional<Lowered> Lowering::test_bit(int reg, NodePtr tests) {
  auto index = build_test(request_for(reg), tests);
  if (!index) return refuse("a test is more than comparisons with constants");
  plan_.complaining |= index->complaining;
  Step step;
  step.kind = StepKind::look_up;
  step.in[0] = reg;
  step.index = plan_.indexes.size();
  plan_.indexes.push_back(std::move(*index));
  return single(emit(step, ColumnKind::boolean));
}

std::optional<Lowered> Lowering::logic(const Node& node, const Bindings& names) {
  auto left = expression(*node.kids[0], names);
  auto right = left ? expression(*node.kids[1], names) : std::nullopt;
  if (!right) return std::nullopt;
  if (!is_kind(*left, ColumnKind::boolean) || !is_kind(*right, ColumnKind::boolean)) {
    return refuse("an operand is not a boolean");
  }
  Step step;
  step.kind = node.kind == NodeKind::conjunction ? StepKind::both : StepKind::either;
  step.in = {left->single, right->single, 0};
  return single(emit(step, ColumnKind::boolean));
}

std::optional<Lowered> Lowering::conditional(const Node& node, const Bindings& names) {
  auto condition = expression(*node.kids[0], names);
  auto yes = condition ? expression(*node.kids[1], names) : std::nullopt;
  auto no = yes ? expression(*node.kids[2], names) : std::nullopt;
  if (!no) return std::nullopt;
  if (!is_kind(*condition, ColumnKind::boolean)) return refuse("a condition is not a boolean");
  for (Lowered* side : {&*yes, &*no}) {
    const Lowered& other = side == &*yes ? *no : *yes;
    if (!side->is_null || other.single < 0) continue;
    side->single = null_register(info(other.single));
  }
  if (yes->single < 0 || no->single < 0) return refuse("a branch is no number, string or boolean");
  int a = yes->single;
  int b = no->single;
  if (info(a).kind != info(b).kind || info(a).dictionary != info(b).dictionary) {
    return refuse("the branches are of two kinds");
  }
  if (info(a).kind == ColumnKind::number && !align(a, b)) return refuse("too many digits");
  Step step;
  step.kind = StepKind::choose;
  step.in = {condition->single, a, b};
  RegisterInfo merged = info(a);
  merged.codes.insert(merged.codes.end(), info(b).codes.begin(), info(b).codes.end());
  merged.column = -1;
  int out = emit(step, merged.kind, merged.scale);
  merged.scale = info(out).scale;
  plan_.registers.back() = merged;
  return single(out);
}

std::optional<Lowered> Lowering::between(const Node& node, const Bindings& names) {
  auto reg = number(*node.kids[0], names);
  auto low = reg ? number(*node.kids[1], names) : std::nullopt;
  auto high = low ? number(*node.kids[2], names) : std::nullopt;
  if (!high) return std::nullopt;
  if (!is_constant(*node.kids[1]) || !is_constant(*node.kids[2])) {
    return refuse("the bounds of \"between\" are not constant");
  }
  int sides[2] = {*low, *high};
  for (int i = 0; i < 2; ++i) {
    int left = *reg;
    int right = sides[i];
    if (!align(left, right)) return refuse("too many digits");
    Step step;
    step.kind = StepKind::compare;
    step.op = i == 0 ? Op::greater_equal : Op::less_equal;
    step.in = {left, right, 0};
    sides[i] = emit(step, ColumnKind::boolean);
  }
  Step step;
  step.kind = StepKind::both;
  step.in = {sides[0], sides[1], 0};
  return single(emit(step, ColumnKind::boolean));
}

// Null where the value is null; the bounds are constant.
std::optional<Lowered> Lowering::in_range(int reg, const Node& range) {
  if (!is_constant(*range.kids[0]) || !is_constant(*range.kids[1])) {
    return refuse("the bounds of a range are not constant");
  }
  auto low = expression(*range.kids[0], {});
  auto high = low ? expression(*range.kids[1], {}) : std::nullopt;
  if (!high || low->single < 0 || high->single < 0) return refuse("a range has an open end");
  auto above = compared(range.low_closed ? Op::greater_equal : Op::greater, reg, low->single);
  auto below = compared(range.high_closed ? Op::less_equal : Op::less, reg, high->single);
  if (!above || !below) return refuse("a range is not of numbers");
  Step step;
  step.kind = StepKind::both;
  step.in = {*above, *below, 0};
  return single(emit(step, ColumnKind::boolean));
}

std::optional<Lowered> Lowering::in(const Node& node, const Bindings& names) {
  auto value = expression(*node.kids[0], names);
  if (!value) return std::nullopt;
  if (value->single < 0) return refuse("it looks for a context in a list");
  const Node& first = *node.kids[1]->kids[0];
  if (node.kids[1]->kids.size() == 1 && first.kind == NodeKind::range && !node.kids[1]->negated) {
    return in_range(value->single, first);
  }
  return test_bit(value->single, node.kids[1]);
}

}  // namespace decision
