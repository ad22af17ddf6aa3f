#pragma once
// Node: one piece of a FEEL or boxed expression, after parsing. Boxed expressions of DMN (contexts,
// invocations, relations, tables…) become the same nodes as their FEEL counterparts, so there is
// one evaluator. Nodes never change once parsed.

#include <memory>
#include <string>
#include <vector>

#include "decision/item_type.h"
#include "decision/value.h"

namespace decision {

struct Table;  // table.h
struct Node;
using NodePtr = std::shared_ptr<const Node>;

enum class NodeKind {
  literal,      // value
  name,         // text
  member,       // kids[0] . text
  filter,       // kids[0] [ kids[1] ]
  call,         // kids[0] ( kids[1…] ), with names where the arguments are named
  negate,       // - kids[0]
  binary,       // kids[0] op kids[1]
  conjunction,  // kids[0] and kids[1]
  disjunction,  // kids[0] or kids[1]
  between,      // kids[0] between kids[1] and kids[2]
  in,           // kids[0] in kids[1], a node of kind tests
  instance_of,  // kids[0] instance of types[0]
  conditional,  // if kids[0] then kids[1] else kids[2]
  for_loop,     // for names[i] in kids[i] … return kids.back()
  some,         // some names[i] in kids[i] … satisfies kids.back()
  every,        // every …
  list,         // [ kids… ]
  context,      // { names[i]: kids[i] }; a boxed one may end with a result, whose name is ""
  function,     // function(names[i]: types[i]) kids[0]
  range,        // kids[0] .. kids[1]
  span,         // kids[0] .. kids[1] of a for loop: whole numbers or days, either way
  test,         // a comparison with the input: op kids[0]
  tests,        // unary tests kids…, any of which may hold; none of them where negated
  anything,     // "-"
  table,        // a decision table
  error,        // could not be parsed: text says why
};

enum class Op {
  add,
  subtract,
  multiply,
  divide,
  power,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
};

const char* op_text(Op op);

struct Node {
  NodeKind kind = NodeKind::literal;
  Op op = Op::add;
  Value value;
  std::string text;
  std::vector<NodePtr> kids;
  std::vector<std::string> names;
  std::vector<TypePtr> types;  // nullptr where none was given
  std::shared_ptr<const Table> table;
  bool low_closed = true;
  bool high_closed = true;
  bool negated = false;     // tests: not( … )
  bool uses_input = false;  // tests: an entry mentions "?"
};

NodePtr literal_node(Value value);
NodePtr error_node(std::string message);
// Whether a name is mentioned anywhere in the expression.
bool mentions(const Node& node, std::string_view name);

}  // namespace decision
