#pragma once
// The line on which the values of a kind lie in order, and a value for each stretch of it.

#include <vector>

#include "decision/value.h"

namespace decision {

// In order, each once. Values that cannot be compared with the first are left out.
void sort_on_line(std::vector<Value>& values);
// The points, and a value before, between and after them wherever there is one. With `whole`,
// numbers are whole.
std::vector<Value> line_of(Kind kind, const std::vector<Value>& points, bool whole);
using ValueAt = std::vector<Value>::const_iterator;
ValueAt find_on_line(ValueAt begin, ValueAt end, const Value& value);
// A text that is none of these.
Value text_unlike(const std::vector<Value>& texts);

}  // namespace decision
