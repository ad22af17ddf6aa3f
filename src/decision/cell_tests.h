#pragma once
// What a cell of a table compares its input with, as far as that can be told without a case. Used
// where the interpreter is asked only at the values where its answer can change: when a table is
// checked, and when it is compiled.

#include <vector>

#include "decision/node.h"
#include "decision/value.h"

namespace decision {

// Nothing but literals and FEEL's own functions of them (date("2026-11-22"), -5), so that its value
// is known without a case. Not now() and today(), which say something else tomorrow, and no lists.
bool is_constant(const Node& node);
// Whether every name it uses is the input or one of FEEL's own functions, but now() and today().
bool needs_only_input(const Node& node);

struct CellTests {
  std::vector<Value> constants;
  bool understood = true;  // nothing but comparisons of the input with constants
  bool only_input = true;  // its answer depends on nothing but the input
  bool ordered = false;    // asks for more than equality
};
CellTests tests_of(const Node& cell);

}  // namespace decision
