#include "decision/cell_tests.h"

#include <algorithm>

#include "decision/builtins.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

bool is_input(const Node& node) {
  return node.kind == NodeKind::name && node.text == "?";
}

// Whatever the case.
bool is_steady_function(const Node& node) {
  return node.text != "now" && node.text != "today" && find_built_in(node.text) != nullptr;
}

class Gatherer {
 public:
  bool gather(const Node& node) {
    switch (node.kind) {
      case NodeKind::anything:
        return true;
      case NodeKind::tests:
      case NodeKind::list:
      case NodeKind::conjunction:
      case NodeKind::disjunction:
        return std::all_of(node.kids.begin(), node.kids.end(),
                           [this](const NodePtr& kid) { return gather(*kid); });
      case NodeKind::test:
        found.ordered |= node.op != Op::equal && node.op != Op::not_equal;
        return keep(*node.kids[0]);
      case NodeKind::range:
        found.ordered = true;
        return keep(*node.kids[0]) && keep(*node.kids[1]);
      case NodeKind::between:
        found.ordered = true;
        return is_input(*node.kids[0]) && keep(*node.kids[1]) && keep(*node.kids[2]);
      case NodeKind::in:
        return is_input(*node.kids[0]) && gather(*node.kids[1]);
      case NodeKind::binary:
        return gather_binary(node);
      default:
        return keep(node);
    }
  }
  CellTests found;

 private:
  bool gather_binary(const Node& node) {
    if (is_constant(node)) return keep(node);
    if (node.op < Op::equal) return false;
    found.ordered |= node.op != Op::equal && node.op != Op::not_equal;
    if (is_input(*node.kids[0])) return keep(*node.kids[1]);
    return is_input(*node.kids[1]) && keep(*node.kids[0]);
  }
  bool keep(const Node& node) {
    if (!is_constant(node)) return false;
    Evaluator evaluator;
    Value value = evaluator.evaluate(node, Scope{});
    if (value.kind() >= Kind::list) return false;
    found.constants.push_back(std::move(value));
    return true;
  }
};

}  // namespace

bool is_constant(const Node& node) {
  switch (node.kind) {
    case NodeKind::literal:
      return true;
    case NodeKind::name:
      return is_steady_function(node);
    case NodeKind::call:
    case NodeKind::negate:
    case NodeKind::binary:
      return std::all_of(node.kids.begin(), node.kids.end(),
                         [](const NodePtr& kid) { return is_constant(*kid); });
    default:
      return false;
  }
}

bool needs_only_input(const Node& node) {
  if (node.kind == NodeKind::name) return is_input(node) || is_steady_function(node);
  bool binds = node.kind == NodeKind::for_loop || node.kind == NodeKind::function ||
               node.kind == NodeKind::some || node.kind == NodeKind::every ||
               node.kind == NodeKind::filter || node.kind == NodeKind::context ||
               node.kind == NodeKind::error || node.kind == NodeKind::table;
  return !binds && std::all_of(node.kids.begin(), node.kids.end(),
                               [](const NodePtr& kid) { return needs_only_input(*kid); });
}

CellTests tests_of(const Node& cell) {
  Gatherer gatherer;
  gatherer.found.understood = gatherer.gather(cell);
  gatherer.found.only_input = needs_only_input(cell);
  return std::move(gatherer.found);
}

}  // namespace decision
