#pragma once
// FEEL's own functions. Each has a name, the ways it may be called, and what it does; an answer of
// null means that the arguments do not suit.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decision/names.h"
#include "decision/value.h"

namespace decision {

class Evaluator;
using Arguments = std::span<const Value>;

struct BuiltIn {
  const char* name;
  // Parameter lists with "|" between; "?" after those that may be left out, "~" after those that
  // may only where arguments are named; ":string" the kind that such an argument must have; "..."
  // any number. "1:" before all: each takes a single value, and a list of one is its item.
  const char* signatures;
  Value (*apply)(Evaluator& evaluator, Arguments arguments);
  bool may_be_null = false;  // null is a proper answer
};

const BuiltIn* find_built_in(std::string_view name);
const NameScope& built_in_names();
// The arguments in the order of the parameters; nullopt where no signature fits.
std::optional<std::vector<Value>> match_arguments(const BuiltIn& built_in,
                                                  const std::vector<std::string>& names,
                                                  std::vector<Value> values);

// The shelves, one file each.
std::span<const BuiltIn> number_built_ins();
std::span<const BuiltIn> text_built_ins();
std::span<const BuiltIn> list_built_ins();
std::span<const BuiltIn> time_built_ins();
std::span<const BuiltIn> range_built_ins();
std::span<const BuiltIn> context_built_ins();

}  // namespace decision
