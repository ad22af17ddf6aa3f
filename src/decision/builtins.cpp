#include "decision/builtins.h"

#include <algorithm>
#include <map>

namespace decision {

namespace {

constexpr std::string_view kSingles = "1:";

struct Signature {
  std::vector<std::string> names;
  std::vector<std::string> kinds;  // that a named argument must have; empty where any will do
  std::size_t needed = 0;
  std::size_t needed_by_name = 0;
  bool variadic = false;
};

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  while (true) {
    std::size_t end = text.find(mark);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Signature read_signature(std::string_view text) {
  Signature signature;
  if (text.empty()) return signature;
  for (std::string_view name : split(text, ',')) {
    if (name == "...") {
      signature.variadic = true;
      continue;
    }
    bool optional = name.ends_with('?');
    bool optional_by_name = name.ends_with('~');
    if (optional || optional_by_name) name.remove_suffix(1);
    std::size_t colon = name.find(':');
    signature.names.emplace_back(name.substr(0, colon));
    signature.kinds.emplace_back(colon == std::string_view::npos ? "" : name.substr(colon + 1));
    if (!optional) signature.needed = signature.names.size();
    if (!optional && !optional_by_name) signature.needed_by_name = signature.names.size();
  }
  return signature;
}

std::optional<std::vector<Value>> match_names(const Signature& signature,
                                              const std::vector<std::string>& names,
                                              const std::vector<Value>& values) {
  std::vector<Value> ordered(signature.names.size());
  std::vector<bool> given(signature.names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto found = std::find(signature.names.begin(), signature.names.end(), names[i]);
    if (found == signature.names.end()) return std::nullopt;
    auto at = static_cast<std::size_t>(found - signature.names.begin());
    bool fits = signature.kinds[at].empty() || signature.kinds[at] == kind_name(values[i].kind());
    if (!fits || given[at]) return std::nullopt;
    ordered[at] = values[i];
    given[at] = true;
  }
  for (std::size_t i = 0; i < signature.needed_by_name; ++i) {
    if (!given[i]) return std::nullopt;
  }
  while (given.size() > signature.needed && !given.back()) {
    given.pop_back();
    ordered.pop_back();
  }
  return ordered;
}

using BuiltInMap = std::map<std::string_view, const BuiltIn*>;

BuiltInMap all_built_ins() {
  BuiltInMap all;
  for (auto shelf : {number_built_ins(), text_built_ins(), list_built_ins(), time_built_ins(),
                     range_built_ins(), context_built_ins()}) {
    for (const BuiltIn& built_in : shelf) all[built_in.name] = &built_in;
  }
  return all;
}

const BuiltInMap& built_in_map() {
  static const BuiltInMap all = all_built_ins();
  return all;
}

// The ways a function may be called, read from its text once.
struct Calls {
  bool singles = false;
  std::vector<Signature> signatures;
};

const Calls& calls_of(const BuiltIn& built_in) {
  static const std::map<const BuiltIn*, Calls> all = [] {
    std::map<const BuiltIn*, Calls> read;
    for (const auto& [name, known] : built_in_map()) {
      Calls& calls = read[known];
      std::string_view text = known->signatures;
      calls.singles = text.starts_with(kSingles);
      if (calls.singles) text.remove_prefix(kSingles.size());
      for (std::string_view one : split(text, '|')) calls.signatures.push_back(read_signature(one));
    }
    return read;
  }();
  return all.at(&built_in);
}

}  // namespace

const BuiltIn* find_built_in(std::string_view name) {
  auto found = built_in_map().find(name);
  return found == built_in_map().end() ? nullptr : found->second;
}

const NameScope& built_in_names() {
  static const NameScope scope = [] {
    NameScope names;
    for (const auto& [name, built_in] : built_in_map()) names.names.emplace_back(name);
    return names;
  }();
  return scope;
}

std::optional<std::vector<Value>> match_arguments(const BuiltIn& built_in,
                                                  const std::vector<std::string>& names,
                                                  std::vector<Value> values) {
  const Calls& calls = calls_of(built_in);
  if (calls.singles) {
    for (Value& value : values) {
      if (value.kind() == Kind::list && value.list().size() == 1) value = Value(value.list()[0]);
    }
  }
  for (const Signature& signature : calls.signatures) {
    if (!names.empty()) {
      if (auto ordered = match_names(signature, names, values)) return ordered;
      continue;
    }
    bool enough = values.size() >= signature.needed;
    if (enough && (signature.variadic || values.size() <= signature.names.size())) return values;
  }
  return std::nullopt;
}

}  // namespace decision
