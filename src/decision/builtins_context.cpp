// Contexts: building them, reading their entries; and is(), which asks for the very same value.

#include "decision/builtins.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

Value get_value(Evaluator&, Arguments arguments) {
  bool fits = arguments[0].kind() == Kind::context && arguments[1].kind() == Kind::string;
  const Value* found = fits ? arguments[0].context().find(arguments[1].string()) : nullptr;
  return found != nullptr ? *found : Value();
}

Value get_entries(Evaluator&, Arguments arguments) {
  if (arguments[0].kind() != Kind::context) return {};
  List entries;
  for (const auto& [key, value] : arguments[0].context().entries()) {
    entries.emplace_back(Context{{"key", key}, {"value", value}});
  }
  return entries;
}

// Puts a value under a path of keys, making the contexts on the way that are missing.
Value put_at(const Value& target, const List& keys, std::size_t depth, const Value& value) {
  if (depth == keys.size()) return value;
  bool known = target.kind() == Kind::context || (depth > 0 && target.is_null());
  if (!known || keys[depth].kind() != Kind::string) return {};
  Context context = target.is_null() ? Context() : target.context();
  const Value* inner = context.find(keys[depth].string());
  bool last = depth + 1 == keys.size();
  Value placed = put_at(inner != nullptr ? *inner : Value(), keys, depth + 1, value);
  if (!last && placed.is_null()) return {};
  context.set(keys[depth].string(), placed);
  return context;
}

Value context_put(Evaluator&, Arguments arguments) {
  if (arguments[0].kind() != Kind::context) return {};
  if (arguments[1].kind() == Kind::string) {
    return put_at(arguments[0], {arguments[1]}, 0, arguments[2]);
  }
  bool keys = arguments[1].kind() == Kind::list && !arguments[1].list().empty();
  return keys ? put_at(arguments[0], arguments[1].list(), 0, arguments[2]) : Value();
}

constexpr std::size_t kEntriesMax = 10'000;  // each is looked for among those before it

Value context_merge(Evaluator& evaluator, Arguments arguments) {
  const Value& given = arguments[0];
  List contexts = given.kind() == Kind::list ? given.list() : List{given};
  Context merged;
  for (const Value& context : contexts) {
    if (context.kind() != Kind::context || merged.size() > kEntriesMax) return {};
    for (const auto& [key, value] : context.context().entries()) {
      evaluator.spend(static_cast<std::int64_t>(merged.size() / 16));
      merged.set(key, value);
    }
    if (evaluator.exhausted()) return {};
  }
  return merged;
}

// context([{key: "a", value: 1}])
Value make_context(Evaluator& evaluator, Arguments arguments) {
  const Value& given = arguments[0];
  List entries = given.kind() == Kind::list ? given.list() : List{given};
  Context made;
  for (const Value& entry : entries) {
    if (entry.kind() != Kind::context) return {};
    const Value* key = entry.context().find("key");
    const Value* value = entry.context().find("value");
    bool fits = key != nullptr && key->kind() == Kind::string && value != nullptr;
    evaluator.spend(static_cast<std::int64_t>(made.size() / 16));
    if (!fits || made.size() > kEntriesMax || evaluator.exhausted()) return {};
    if (made.find(key->string()) != nullptr) return {};
    made.set(key->string(), *value);
  }
  return made;
}

Value is_same(Evaluator&, Arguments arguments) {
  return arguments[0] == arguments[1];
}

constexpr BuiltIn kBuiltIns[] = {
    {"get value", "m,key", get_value, true},
    {"get entries", "m", get_entries},
    {"context put", "context,key:string,value|context,keys,value", context_put},
    {"context merge", "contexts", context_merge},
    {"context", "entries", make_context},
    {"is", "value1~,value2~", is_same},
};

}  // namespace

std::span<const BuiltIn> context_built_ins() {
  return kBuiltIns;
}

}  // namespace decision
