// Lowering of names: what a decision requires, and what stands for a constant.

#include <algorithm>
#include <set>

#include "decision/builtins.h"
#include "decision/column_lower.h"

namespace decision {

namespace {

// The names of what is called, and those that its contexts give to their entries.
void gather_calls(const Node& node, std::set<std::string>& called, std::set<std::string>& named) {
  bool by_name = node.kind == NodeKind::call && node.kids[0]->kind == NodeKind::name;
  if (by_name) called.insert(node.kids[0]->text);
  if (node.kind == NodeKind::context) named.insert(node.names.begin(), node.names.end());
  auto gather = [&](const NodePtr& kid) {
    if (kid) gather_calls(*kid, called, named);
  };
  for (const NodePtr& kid : node.kids) gather(kid);
  if (node.kind != NodeKind::table) return;
  for (const TableInput& input : node.table->inputs)
    gather(input.expression), gather(input.allowed);
  for (const TableOutput& output : node.table->outputs) gather(output.default_entry);
  for (const TableRule& rule : node.table->rules) {
    for (const NodePtr& test : rule.tests) gather(test);
    for (const NodePtr& output : rule.outputs) gather(output);
  }
}

}  // namespace

// Constants may be calls of FEEL's own functions: what is called may not stand for something else.
bool Lowering::calls_hidden(const Node& body, const Bindings& names) {
  std::set<std::string> called, named;
  gather_calls(body, called, named);
  for (const std::string& name : called) {
    bool hidden = names.contains(name) || named.contains(name);
    if (!hidden || find_built_in(name) == nullptr) continue;
    refuse("\"" + name + "\" hides a function of that name");
    return true;
  }
  return false;
}

std::optional<Bindings> Lowering::bindings(const Definitions& model,
                                           const std::vector<Requirement>& required) {
  Bindings names;
  for (const Requirement& requirement : required) {
    if (!requirement.import_name.empty()) return refuse("it uses another model");
    switch (requirement.kind) {
      case RequirementKind::input: {
        auto value = input(model.inputs[requirement.index]);
        if (!value) return std::nullopt;
        names[model.inputs[requirement.index].name] = *value;
        break;
      }
      case RequirementKind::decision: {
        auto value = decision(model, requirement.index);
        if (!value) return std::nullopt;
        names[model.decisions[requirement.index].variable] = *value;
        break;
      }
      case RequirementKind::knowledge: {
        Lowered value;
        value.knowledge = &model.knowledge[requirement.index];
        value.home = &model;
        names[value.knowledge->name] = value;
        break;
      }
      case RequirementKind::service:
        return refuse("it uses a decision service");
    }
  }
  return names;
}

// What a name or the entry of a context stands for, where it is the same in every case.
std::optional<Value> Lowering::constant_at(const Node& node, const Bindings& names) {
  const Node* name = node.kind == NodeKind::member ? node.kids[0].get() : &node;
  if (name->kind != NodeKind::name || name->text == "?") return std::nullopt;
  auto found = names.find(name->text);
  if (found == names.end()) return std::nullopt;
  int reg = found->second.single;
  if (node.kind == NodeKind::member) {
    reg = -1;
    for (const auto& [entry, value] : found->second.entries) {
      if (entry == node.text) reg = value;
    }
  }
  if (reg < 0) return std::nullopt;
  auto made = std::find_if(plan_.steps.begin(), plan_.steps.end(),
                           [&](const Step& step) { return step.out == reg; });
  if (made == plan_.steps.end() || made->kind != StepKind::constant || made->flag) return {};
  if (info(reg).kind == ColumnKind::number)
    return Decimal::scaled(made->immediate, info(reg).scale);
  // A test that is true of itself passes whatever the input; a literal true does not.
  if (info(reg).kind == ColumnKind::boolean) return std::nullopt;
  return Value(plan_.pool[static_cast<std::size_t>(made->immediate)]);
}

// The tests with their constants in place of the names they have: `< options.open_minute`.
NodePtr Lowering::folded(const NodePtr& node, const Bindings& names) {
  switch (node->kind) {
    case NodeKind::name:
    case NodeKind::member: {
      auto value = constant_at(*node, names);
      return value ? literal_node(*value) : node;
    }
    case NodeKind::tests:
    case NodeKind::test:
    case NodeKind::range:
    case NodeKind::negate:
    case NodeKind::binary:
      break;
    default:
      return node;
  }
  auto made = std::make_shared<Node>(*node);
  for (NodePtr& kid : made->kids) kid = folded(kid, names);
  return made;
}

}  // namespace decision
