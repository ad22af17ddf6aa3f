#include "decision/item_type.h"

#include <algorithm>

#include "decision/evaluate.h"
#include "decision/function.h"

namespace decision {

namespace {

TypePtr make_type(std::string_view name, bool any, Kind kind) {
  auto type = std::make_shared<Type>();
  type->name = std::string(name);
  type->any = any;
  type->kind = kind;
  return type;
}

struct NamedKind {
  const char* name;
  Kind kind;
};
constexpr NamedKind kNamedKinds[] = {{"number", Kind::number},
                                     {"string", Kind::string},
                                     {"boolean", Kind::boolean},
                                     {"date", Kind::date},
                                     {"time", Kind::time},
                                     {"date and time", Kind::date_time},
                                     {"dateTime", Kind::date_time},
                                     {"days and time duration", Kind::days_duration},
                                     {"dayTimeDuration", Kind::days_duration},
                                     {"years and months duration", Kind::months_duration},
                                     {"yearMonthDuration", Kind::months_duration},
                                     {"list", Kind::list},
                                     {"context", Kind::context},
                                     {"range", Kind::range},
                                     {"function", Kind::function},
                                     {"Null", Kind::null}};

bool list_conforms(const List& list, const Type& type, Allowed allowed) {
  auto fits = [&](const Value& item) { return conforms(item, *type.element, allowed); };
  return !type.element || std::all_of(list.begin(), list.end(), fits);
}

bool context_conforms(const Context& context, const Type& type, Allowed allowed) {
  auto fits = [&](const auto& field) {
    const Value* value = context.find(field.first);
    return value != nullptr && conforms(*value, *field.second, allowed);
  };
  return std::all_of(type.fields.begin(), type.fields.end(), fits);
}

bool range_conforms(const Range& range, const Type& type) {
  return !type.element ||
         (conforms(range.low, *type.element) && conforms(range.high, *type.element));
}

// Whether everything of the one type is of the other; where a type is open, it may be.
bool type_conforms(const TypePtr& type, const TypePtr& wanted, int depth = 0) {
  if (!type || !wanted || wanted->any || depth > 50) return true;
  if (type->any || type->kind != wanted->kind) return false;
  if (wanted->element && type->element)
    return type_conforms(type->element, wanted->element, depth + 1);
  return std::all_of(wanted->fields.begin(), wanted->fields.end(), [&](const auto& field) {
    auto same = [&](const auto& own) { return own.first == field.first; };
    auto own = std::find_if(type->fields.begin(), type->fields.end(), same);
    return own != type->fields.end() && type_conforms(own->second, field.second, depth + 1);
  });
}

// A function may stand for another that is asked for less and gives more.
bool function_conforms(const Function& function, const Type& type) {
  if (function.built_in != nullptr || (type.parameters.empty() && !type.result)) return true;
  if (function.parameters.size() != type.parameters.size()) return false;
  for (std::size_t i = 0; i < function.types.size(); ++i) {
    bool open = !function.types[i] || function.types[i]->any;
    if (!open && !type_conforms(type.parameters[i], function.types[i])) return false;
  }
  return type_conforms(function.result, type.result);
}

bool is_allowed(const Value& value, const Type& type) {
  if (!type.allowed) return true;
  Evaluator evaluator;
  return evaluator.passes(*type.allowed, value, Scope{});
}

}  // namespace

TypePtr built_in_type(std::string_view name) {
  if (name == "Any") return make_type(name, true, Kind::null);
  for (const NamedKind& known : kNamedKinds) {
    if (name == known.name) return make_type(kind_name(known.kind), false, known.kind);
  }
  return nullptr;
}

TypePtr list_type(TypePtr element) {
  auto type = std::make_shared<Type>();
  type->name = "list<" + (element ? element->name : "Any") + ">";
  type->kind = Kind::list;
  type->element = std::move(element);
  return type;
}

bool conforms(const Value& value, const Type& type, Allowed allowed) {
  if (value.is_null() || type.any) return true;
  if (value.kind() != type.kind) return false;
  bool fits = true;
  if (value.kind() == Kind::list) fits = list_conforms(value.list(), type, allowed);
  if (value.kind() == Kind::context) fits = context_conforms(value.context(), type, allowed);
  if (value.kind() == Kind::range) fits = range_conforms(value.range(), type);
  if (value.kind() == Kind::function) fits = function_conforms(*value.function(), type);
  return fits && (allowed == Allowed::ignored || is_allowed(value, type));
}

std::optional<Value> coerced(const Value& value, const Type& type) {
  if (conforms(value, type)) return value;
  if (value.kind() == Kind::list && value.list().size() == 1 && type.kind != Kind::list) {
    return coerced(value.list()[0], type);
  }
  if (type.kind == Kind::list && value.kind() != Kind::list) {
    List single{value};
    if (conforms(single, type)) return Value(single);
  }
  if (type.kind == Kind::date_time && value.kind() == Kind::date) {
    ClockTime midnight;
    midnight.zone.known = true;
    return Value(DateTime{value.date(), midnight});
  }
  return std::nullopt;
}

}  // namespace decision
