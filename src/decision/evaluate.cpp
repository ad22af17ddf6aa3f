#include "decision/evaluate.h"

#include <algorithm>

#include "decision/builtins.h"
#include "decision/compare.h"
#include "decision/properties.h"

namespace decision {

namespace {

constexpr std::int64_t kStepsMax = 2'000'000;
constexpr int kNestingMax = 500;
const char* const kTooManySteps = "the calculation takes too many steps";

Value truth(const std::optional<bool>& answer) {
  return answer ? Value(*answer) : Value();
}

}  // namespace

const Value* Scope::find(std::string_view name) const {
  for (const Scope* level = this; level != nullptr; level = level->outer) {
    if (level->values == nullptr) continue;
    if (const Value* value = level->values->find(name)) return value;
  }
  return nullptr;
}

bool Evaluator::exhausted() const {
  return steps_ > kStepsMax;
}

void Evaluator::spend(std::int64_t steps) {
  if (steps_ <= kStepsMax && steps_ + steps > kStepsMax) complain(kTooManySteps);
  steps_ = std::min(steps_ + steps, kStepsMax + 1);
}

// Copying, comparing or writing a value takes as long as it is large.
void Evaluator::spend_on(const Value& value) {
  if (value.kind() == Kind::string) {
    spend(static_cast<std::int64_t>(value.string().size() / 64));
  } else if (value.kind() >= Kind::list) {
    spend(static_cast<std::int64_t>(value.weight() / 8));
  }
}

void Evaluator::complain(std::string message) {
  constexpr std::size_t kMessagesMax = 100;
  if (messages_.size() < kMessagesMax) messages_.push_back(std::move(message));
}

bool Evaluator::too_deep() {
  if (nesting_ <= kNestingMax) return false;
  complain("the calculation is nested too deeply");
  return true;
}

Value Evaluator::evaluate(const Node& node, const Scope& scope) {
  Nesting nesting(*this);
  if (too_deep()) return {};
  spend(1);
  if (exhausted()) return {};
  Value value = evaluate_kind(node, scope);
  if (value.kind() == Kind::string && value.string().size() > 256) spend_on(value);
  return value;
}

Value Evaluator::evaluate_kind(const Node& node, const Scope& scope) {
  switch (node.kind) {
    case NodeKind::literal:
      return node.value;
    case NodeKind::name:
      return name(node, scope);
    case NodeKind::member:
      return member(node, scope);
    case NodeKind::filter:
      return filter(node, scope);
    case NodeKind::call:
      return call_node(node, scope);
    case NodeKind::negate:
      return negated(evaluate(*node.kids[0], scope));
    case NodeKind::binary:
      return binary(node, scope);
    case NodeKind::conjunction:
    case NodeKind::disjunction:
      return logic(node, scope);
    case NodeKind::between:
      return between(node, scope);
    case NodeKind::in:
      return in(node, scope);
    case NodeKind::instance_of:
      return instance_of(node, scope);
    case NodeKind::conditional:
      return conditional(node, scope);
    case NodeKind::for_loop:
      return for_loop(node, scope);
    case NodeKind::some:
    case NodeKind::every:
      return quantified(node, scope);
    case NodeKind::list:
      return list(node, scope);
    case NodeKind::context:
      return context(node, scope);
    case NodeKind::function:
      return make_function(node, scope);
    case NodeKind::range:
    case NodeKind::span:
      return range(node, scope);
    case NodeKind::test:
      return test_as_range(node, scope);
    case NodeKind::tests: {
      const Value* input = scope.find("?");
      return passes(node, input != nullptr ? *input : Value(), scope);
    }
    case NodeKind::anything:
      return true;
    case NodeKind::table:
      return table(*node.table, scope);
    case NodeKind::error:
      complain(node.text);
      return {};
  }
  return {};
}

Value Evaluator::name(const Node& node, const Scope& scope) {
  if (const Value* value = scope.find(node.text)) return *value;
  if (const BuiltIn* built_in = find_built_in(node.text)) {
    auto function = std::make_shared<Function>();
    function->name = node.text;
    function->built_in = built_in;
    return std::shared_ptr<const Function>(std::move(function));
  }
  complain("\"" + node.text + "\" is not known here");
  return {};
}

// Long chains (1 + 1 + …) lean to the left: they are walked, not recursed into.
Value Evaluator::binary(const Node& node, const Scope& scope) {
  std::vector<const Node*> chain{&node};
  while (chain.back()->kids[0]->kind == NodeKind::binary) {
    chain.push_back(chain.back()->kids[0].get());
  }
  Value left = evaluate(*chain.back()->kids[0], scope);
  for (; !chain.empty(); chain.pop_back()) {
    left = combined(*chain.back(), left, evaluate(*chain.back()->kids[1], scope));
    if (chain.size() > 1) spend(1);
  }
  return left;
}

Value Evaluator::combined(const Node& node, const Value& left, const Value& right) {
  spend_on(left);
  spend_on(right);
  if (exhausted()) return {};
  bool compares = node.op >= Op::equal;
  Value result = compares ? truth(compare(node.op, left, right)) : arithmetic(node.op, left, right);
  if (result.is_null() && !left.is_null() && !right.is_null()) {
    complain(left.source(40) + " " + op_text(node.op) + " " + right.source(40) + " has no answer");
  }
  return result;
}

// Three-valued: anything but true and false counts as unknown. Chains as in binary().
Value Evaluator::logic(const Node& node, const Scope& scope) {
  bool decisive = node.kind == NodeKind::disjunction;  // this value settles it
  std::vector<const Node*> chain{&node};
  while (chain.back()->kids[0]->kind == node.kind) chain.push_back(chain.back()->kids[0].get());
  bool unknown = false;
  for (bool first = true; !chain.empty(); chain.pop_back()) {
    const auto& kids = chain.back()->kids;
    for (std::size_t i = first ? 0 : 1; i < kids.size(); ++i) {
      Value value = evaluate(*kids[i], scope);
      if (value.kind() != Kind::boolean) {
        unknown = true;
      } else if (value.boolean() == decisive) {
        return decisive;
      }
    }
    first = false;
  }
  return unknown ? Value() : Value(!decisive);
}

// In a box, a condition that is no boolean is a mistake; in FEEL's "if" it counts as false.
Value Evaluator::conditional(const Node& node, const Scope& scope) {
  Value condition = evaluate(*node.kids[0], scope);
  bool odd = condition.kind() != Kind::boolean && !condition.is_null();
  if (odd && node.text == "boxed") {
    complain("a condition is not a boolean");
    return {};
  }
  return evaluate(*node.kids[condition.is_true() ? 1 : 2], scope);
}

Value Evaluator::between(const Node& node, const Scope& scope) {
  Value value = evaluate(*node.kids[0], scope);
  auto above = compare(Op::greater_equal, value, evaluate(*node.kids[1], scope));
  auto below = compare(Op::less_equal, value, evaluate(*node.kids[2], scope));
  if ((above && !*above) || (below && !*below)) return false;
  return above && below ? Value(true) : Value();
}

// In one range, the answer may be unknown; in a list of tests it is not.
Value Evaluator::in(const Node& node, const Scope& scope) {
  Value value = evaluate(*node.kids[0], scope);
  const Node& tests = *node.kids[1];
  if (tests.kids.size() == 1 && tests.kids[0]->kind == NodeKind::range && !tests.negated) {
    Value range = evaluate(*tests.kids[0], scope);
    return range.kind() == Kind::range ? truth(in_range(value, range.range())) : Value();
  }
  return passes(tests, value, scope);
}

Value Evaluator::instance_of(const Node& node, const Scope& scope) {
  Value value = evaluate(*node.kids[0], scope);
  const Type& type = *node.types[0];
  if (value.is_null()) return type.kind == Kind::null && !type.any;
  return conforms(value, type, Allowed::ignored);
}

Value Evaluator::member(const Node& node, const Scope& scope) {
  return member_of(evaluate(*node.kids[0], scope), node.text);
}

Value Evaluator::member_of(const Value& value, const std::string& name) {
  if (value.kind() == Kind::list) {
    List members;
    for (const Value& item : value.list()) members.push_back(member_of(item, name));
    return members;
  }
  if (value.kind() == Kind::context) {
    if (const Value* found = value.context().find(name)) return *found;
  } else if (auto found = property(value, name)) {
    return *found;
  }
  if (!value.is_null()) complain("there is no \"" + name + "\" in a " + kind_name(value.kind()));
  return {};
}

Value Evaluator::filter(const Node& node, const Scope& scope) {
  const Value value = evaluate(*node.kids[0], scope);
  if (value.is_null()) return {};
  const List single = value.kind() == Kind::list ? List{} : List{value};
  const List& items = value.kind() == Kind::list ? value.list() : single;
  List kept;
  for (std::size_t i = 0; i < std::max(items.size(), std::size_t{1}); ++i) {
    Context values;
    if (i < items.size()) {
      values.set("item", items[i]);
      if (items[i].kind() == Kind::context) {
        for (const auto& [key, entry] : items[i].context().entries()) values.set(key, entry);
      }
    }
    Value condition = evaluate(*node.kids[1], Scope{&scope, &values});
    if (i == 0 && condition.kind() == Kind::number) return item_at(items, condition);
    if (i < items.size() && condition.is_true()) kept.push_back(items[i]);
    if (exhausted()) return {};
  }
  return kept;
}

Value Evaluator::item_at(const List& items, const Value& position) {
  auto index = position.to_int64();
  auto count = static_cast<std::int64_t>(items.size());
  std::int64_t at = index ? (*index > 0 ? *index - 1 : count + *index) : count;
  if (index == 0 || at < 0 || at >= count) return {};
  return items[static_cast<std::size_t>(at)];
}

Value Evaluator::list(const Node& node, const Scope& scope) {
  List items;
  items.reserve(node.kids.size());
  for (const NodePtr& kid : node.kids) items.push_back(evaluate(*kid, scope));
  return bounded(std::move(items));
}

Value Evaluator::bounded(Value made) {
  if (made.is_null()) complain("a list or context is too large, or nested too deeply");
  return made;
}

Value Evaluator::context(const Node& node, const Scope& scope) {
  Context values;
  Scope inner{&scope, &values};
  for (std::size_t i = 0; i < node.kids.size(); ++i) {
    Value value = evaluate(*node.kids[i], inner);
    if (node.kids[i]->kind == NodeKind::function) value = named_function(value, node.names[i]);
    if (i < node.types.size()) value = typed(value, node.types[i], "entry " + node.names[i]);
    if (node.names[i].empty()) return value;  // the result of a boxed context
    if (node.text != "relaxed" && values.find(node.names[i]) != nullptr) {
      complain("\"" + node.names[i] + "\" stands twice in a context");
      return {};
    }
    values.set(node.names[i], std::move(value));
  }
  return bounded(values);
}

// A function that is an entry of a context may call itself by its name.
Value Evaluator::named_function(const Value& value, const std::string& name) {
  auto function = std::make_shared<Function>(*value.function());
  function->name = name;
  return std::shared_ptr<const Function>(std::move(function));
}

Value Evaluator::make_function(const Node& node, const Scope& scope) {
  auto function = std::make_shared<Function>();
  function->parameters = node.names;
  function->types = node.types;
  function->body = node.kids[0];
  for (const Scope* level = &scope; level != nullptr; level = level->outer) {
    if (level->values == nullptr) continue;
    for (const auto& [key, value] : level->values->entries()) {
      if (function->closure.find(key) == nullptr) function->closure.set(key, value);
    }
  }
  for (const auto& [key, value] : function->closure.entries()) {
    function->depth = std::max(function->depth, value.depth() + 1);
  }
  if (function->depth > Value::kDepthMax) {
    complain("functions are nested too deeply");
    return {};
  }
  return std::shared_ptr<const Function>(std::move(function));
}

Value Evaluator::range(const Node& node, const Scope& scope) {
  Value low = evaluate(*node.kids[0], scope);
  Value high = evaluate(*node.kids[1], scope);
  bool comparable = low.is_null() || high.is_null() || feel_order(low, high).has_value();
  if (!comparable) {
    complain("a range from " + low.source(40) + " to " + high.source(40) + " has no order");
    return {};
  }
  return Range{node.low_closed, node.high_closed, low, high};
}

Value Evaluator::test_as_range(const Node& node, const Scope& scope) {
  Value bound = evaluate(*node.kids[0], scope);
  Range range{false, false, {}, {}, op_text(node.op)};
  bool below = node.op == Op::less || node.op == Op::less_equal;
  bool above = node.op == Op::greater || node.op == Op::greater_equal;
  if (!below) range.low = bound;
  if (!above && node.op != Op::not_equal) range.high = bound;
  range.low_closed = node.op == Op::greater_equal || node.op == Op::equal;
  range.high_closed = node.op == Op::less_equal || node.op == Op::equal;
  return range;
}

bool Evaluator::passes(const Node& tests, const Value& input, const Scope& scope) {
  if (tests.kind == NodeKind::anything) return true;
  if (tests.kind == NodeKind::error) {
    complain(tests.text);
    return false;
  }
  auto passes_entry = [&](const NodePtr& test) {
    bool uses_input = tests.uses_input && mentions(*test, "?");
    return passes_one(*test, input, scope, uses_input);
  };
  return std::any_of(tests.kids.begin(), tests.kids.end(), passes_entry) != tests.negated;
}

bool Evaluator::passes_one(const Node& test, const Value& input, const Scope& scope,
                           bool uses_input) {
  if (test.kind == NodeKind::test) {
    return compare(test.op, input, evaluate(*test.kids[0], scope)).value_or(false);
  }
  if (test.kind == NodeKind::literal) return meets(input, test.value);
  if (uses_input) {
    Context with_input{{"?", input}};
    return evaluate(test, Scope{&scope, &with_input}).is_true();
  }
  Value wanted = evaluate(test, scope);
  if (wanted.is_true() && input.kind() != Kind::boolean && !input.is_null()) return true;
  return meets(input, wanted);
}

Value Evaluator::typed(const Value& value, const TypePtr& type, const std::string& what) {
  if (!type) return value;
  if (auto fitting = coerced(value, *type)) return *fitting;
  complain(what + ": " + value.source(60) + " is not a " + type->name +
           (type->allowed_text.empty() ? "" : " (" + type->allowed_text + ")"));
  return {};
}

}  // namespace decision
