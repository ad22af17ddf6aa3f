#include "decision/node.h"

#include <algorithm>

#include "decision/table.h"

namespace decision {

const char* op_text(Op op) {
  constexpr const char* kTexts[] = {"+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">="};
  return kTexts[static_cast<std::size_t>(op)];
}

NodePtr literal_node(Value value) {
  auto node = std::make_shared<Node>();
  node->value = std::move(value);
  return node;
}

NodePtr error_node(std::string message) {
  auto node = std::make_shared<Node>();
  node->kind = NodeKind::error;
  node->text = std::move(message);
  return node;
}

NodePtr both_tests(NodePtr first, NodePtr second) {
  if (!first || !second) return first ? first : second;
  auto both = std::make_shared<Node>();
  both->kind = NodeKind::conjunction;
  both->uses_input = true;
  both->kids = {std::move(first), std::move(second)};
  auto tests = std::make_shared<Node>();
  tests->kind = NodeKind::tests;
  tests->uses_input = true;
  tests->kids.push_back(std::move(both));
  return tests;
}

bool mentions(const Node& node, std::string_view name) {
  if (node.kind == NodeKind::name && node.text == name) return true;
  if (node.uses_input && node.kind == NodeKind::conjunction && name == "?") return true;
  auto in_kid = [&](const NodePtr& kid) { return kid && mentions(*kid, name); };
  return std::any_of(node.kids.begin(), node.kids.end(), in_kid);
}

}  // namespace decision
