#pragma once
// Types of FEEL and of item definitions, and whether a value conforms. A type is immutable and
// shared; "Any" is the type that everything but an error has.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "decision/value.h"

namespace decision {

struct Node;
struct Type;
using TypePtr = std::shared_ptr<const Type>;

struct Type {
  std::string name;  // of the item definition, or as FEEL spells it
  bool any = false;
  Kind kind = Kind::null;
  TypePtr element;                                      // of a list or a range
  std::vector<std::pair<std::string, TypePtr>> fields;  // of a context
  std::vector<TypePtr> parameters;                      // of a function
  TypePtr result;                                       // of a function
  std::shared_ptr<const Node> allowed;                  // unary tests; may be null
  std::string allowed_text;
};

// number, string, boolean, date, time, date and time, the durations, list, context, Any…;
// nullptr where the name is none of FEEL's own.
TypePtr built_in_type(std::string_view name);
TypePtr list_type(TypePtr element);

// Whether the value is an instance, without coercion. null is an instance of every type here;
// `instance of` asks for more, and ignores allowed values.
enum class Allowed { checked, ignored };
bool conforms(const Value& value, const Type& type, Allowed allowed = Allowed::checked);
// The value, a list of one made its item or an item made a list of one where the type asks for
// that; nullopt where it cannot conform.
std::optional<Value> coerced(const Value& value, const Type& type);

}  // namespace decision
