#pragma once
// FEEL's comparisons, with its third answer: nullopt where two values cannot be compared.

#include <compare>
#include <optional>

#include "decision/node.h"
#include "decision/value.h"

namespace decision {

// null equals only null; values of different kinds cannot be compared.
std::optional<bool> feel_equal(const Value& a, const Value& b);
// Numbers, strings (by code point), dates, times, date-times and durations have an order.
std::optional<std::strong_ordering> feel_order(const Value& a, const Value& b);
std::optional<bool> compare(Op op, const Value& a, const Value& b);
std::optional<bool> in_range(const Value& value, const Range& range);
// Whether a value meets what a unary test evaluated to: a range holds it, a list has it or a range
// that does, anything else equals it.
bool meets(const Value& value, const Value& test);

// Numbers, texts and times to add and multiply; null where FEEL gives null.
Value arithmetic(Op op, const Value& a, const Value& b);
Value negated(const Value& value);

}  // namespace decision
