// Calls: FEEL's own functions, functions written in FEEL, knowledge models, decision services.

#include <algorithm>

#include "decision/builtins.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

// The arguments in the order of the parameters; nullopt where a name is not one of them.
std::optional<std::vector<Value>> by_name(const std::vector<std::string>& parameters,
                                          const std::vector<std::string>& names,
                                          const std::vector<Value>& values) {
  std::vector<Value> ordered(parameters.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto found = std::find(parameters.begin(), parameters.end(), names[i]);
    if (found == parameters.end()) return std::nullopt;
    ordered[static_cast<std::size_t>(found - parameters.begin())] = values[i];
  }
  return ordered;
}

}  // namespace

Value Evaluator::call_node(const Node& node, const Scope& scope) {
  const Node& callee = *node.kids[0];
  if (callee.kind == NodeKind::name && scope.find(callee.text) == nullptr) {
    if (const BuiltIn* built_in = find_built_in(callee.text)) {
      return call_built_in(*built_in, node, scope);
    }
  }
  Value target = evaluate(callee, scope);
  if (target.kind() != Kind::function) {
    complain((callee.text.empty() ? "this" : callee.text) + " is not a function");
    return {};
  }
  const Function& function = *target.function();
  if (function.built_in != nullptr) return call_built_in(*function.built_in, node, scope);
  std::vector<Value> values;
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    values.push_back(evaluate(*node.kids[i], scope));
  }
  if (!node.names.empty()) {
    auto ordered = by_name(function.parameters, node.names, values);
    if (!ordered || node.names.size() != function.parameters.size()) {
      complain(function.name + " is called with names it does not have");
      return {};
    }
    values = *ordered;
  }
  return call_checked(function, std::move(values));
}

Value Evaluator::call_built_in(const BuiltIn& built_in, const Node& node, const Scope& scope) {
  std::vector<Value> values;
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    values.push_back(evaluate(*node.kids[i], scope));
  }
  auto arguments = match_arguments(built_in, node.names, values);
  if (!arguments) {
    complain(std::string(built_in.name) + "() is not called with these arguments");
    return {};
  }
  for (const Value& argument : *arguments) spend_on(argument);
  if (exhausted()) return {};
  std::size_t said = messages_.size();
  Value result = built_in.apply(*this, *arguments);
  if (result.is_null() && !built_in.may_be_null && messages_.size() == said) {
    complain(std::string(built_in.name) + "() has no answer for these arguments");
  }
  return result;
}

Value Evaluator::call(const Function& function, std::span<const Value> arguments) {
  std::vector<Value> values(arguments.begin(), arguments.end());
  if (function.built_in != nullptr) {
    auto matched = match_arguments(*function.built_in, {}, values);
    for (const Value& value : values) spend_on(value);
    return matched && !exhausted() ? function.built_in->apply(*this, *matched) : Value();
  }
  return call_checked(function, std::move(values));
}

// With an argument of another type than its parameter's, a function is not called at all.
Value Evaluator::call_checked(const Function& function, std::vector<Value> arguments) {
  if (arguments.size() != function.parameters.size()) {
    complain(function.name + " takes " + std::to_string(function.parameters.size()) + " arguments");
    return {};
  }
  Context values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    TypePtr type = i < function.types.size() ? function.types[i] : nullptr;
    Value value = typed(arguments[i], type, function.parameters[i]);
    if (value.is_null() && !arguments[i].is_null()) return {};
    values.set(function.parameters[i], std::move(value));
  }
  if (function.service != nullptr) return serve(*function.home, *function.service, arguments);
  if (function.knowledge != nullptr) return call_knowledge(function, values);
  Context itself;
  if (!function.name.empty()) itself.set(function.name, function.shared_from_this());
  Scope closure{nullptr, &function.closure};
  Scope around{&closure, &itself};
  Value result = evaluate(*function.body, Scope{&around, &values});
  return typed(result, function.result, function.name);
}

Value Evaluator::call_knowledge(const Function& function, const Context& arguments) {
  const Knowledge& knowledge = *function.knowledge;
  Context required = requirements(*function.home, knowledge.required);
  required.set(knowledge.name, knowledge_function(*function.home, knowledge));
  Scope outer{nullptr, &required};
  Value result = evaluate(*knowledge.body, Scope{&outer, &arguments});
  return typed(result, knowledge.result, knowledge.name);
}

// A service sees only what it is given: its input decisions are taken from the arguments.
Value Evaluator::serve(const Definitions& model, const Service& service,
                       std::span<const Value> arguments) {
  Context inputs;
  Evaluator inner(inputs, now_);
  inner.steps_ = steps_;
  inner.nesting_ = nesting_;
  std::size_t next = 0;
  auto take = [&] { return next < arguments.size() ? arguments[next++] : Value(); };
  for (const Requirement& input : service.input_data) {
    const Definitions& home = input.home != nullptr ? *input.home : model;
    inputs.set(home.inputs[input.index].name, take());
  }
  for (const Requirement& input : service.input_decisions) {
    const Definitions& home = input.home != nullptr ? *input.home : model;
    const Decision& decision = home.decisions[input.index];
    Value given = take();
    Value value = typed(given, decision.type, decision.name);
    if (value.is_null() && !given.is_null()) return {};
    inner.decided_[&decision] = std::move(value);
  }
  Context outputs;
  Value last;
  for (const Requirement& output : service.outputs) {
    const Definitions& home = output.home != nullptr ? *output.home : model;
    last = inner.decide(home, output.index);
    outputs.set(home.decisions[output.index].variable, last);
  }
  for (auto& message : inner.messages_) complain(std::move(message));
  std::move(inner.fired_.begin(), inner.fired_.end(), std::back_inserter(fired_));
  steps_ = inner.steps_;
  Value result = service.outputs.size() == 1 ? last : Value(outputs);
  return typed(result, service.result, service.name);
}

}  // namespace decision
