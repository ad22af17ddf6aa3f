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

bool mentions(const Node& node, std::string_view name) {
  if (node.kind == NodeKind::name && node.text == name) return true;
  auto in_kid = [&](const NodePtr& kid) { return kid && mentions(*kid, name); };
  return std::any_of(node.kids.begin(), node.kids.end(), in_kid);
}

}  // namespace decision
