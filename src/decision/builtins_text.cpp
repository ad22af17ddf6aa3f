// Strings: substring, contains, matches, replace, split… Positions count code points.

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "decision/builtins.h"
#include "decision/evaluate.h"
#include "decision/regex.h"
#include "decision/unicode.h"

namespace decision {

namespace {

bool is_string(Arguments arguments, std::size_t i) {
  return i < arguments.size() && arguments[i].kind() == Kind::string;
}

bool all_strings(Arguments arguments) {
  return std::all_of(arguments.begin(), arguments.end(),
                     [](const Value& value) { return value.kind() == Kind::string; });
}

Value substring(Evaluator&, Arguments arguments) {
  if (!is_string(arguments, 0)) return {};
  auto start = arguments[1].to_int64();
  if (!start || *start == 0) return {};
  std::u32string text = to_code_points(arguments[0].string());
  auto length = static_cast<std::int64_t>(text.size());
  std::int64_t from = *start > 0 ? *start - 1 : length + *start;
  if (from < 0 || from > length) return {};
  std::int64_t count = length - from;
  if (arguments.size() > 2 && !arguments[2].is_null()) {
    if (arguments[2].kind() != Kind::number) return {};
    auto given = arguments[2].number().floor().to_int64();
    if (!given || *given < 1) return {};
    count = std::min(count, *given);
  }
  return to_utf8(std::u32string_view(text).substr(static_cast<std::size_t>(from),
                                                  static_cast<std::size_t>(count)));
}

Value string_length(Evaluator&, Arguments arguments) {
  if (!is_string(arguments, 0)) return {};
  return static_cast<std::int64_t>(to_code_points(arguments[0].string()).size());
}

template <char32_t (*change)(char32_t)>
Value change_case(Evaluator&, Arguments arguments) {
  if (!is_string(arguments, 0)) return {};
  std::u32string text = to_code_points(arguments[0].string());
  for (char32_t& c : text) c = change(c);
  return to_utf8(text);
}

// Where one text begins in another. memmem takes linear time; std::string::find may not.
std::size_t place_of(const std::string& match, const std::string& text) {
  const void* found = memmem(text.data(), text.size(), match.data(), match.size());
  if (found == nullptr) return std::string::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

Value substring_before(Evaluator&, Arguments arguments) {
  if (!all_strings(arguments)) return {};
  std::size_t at = place_of(arguments[1].string(), arguments[0].string());
  return at == std::string::npos ? Value("") : Value(arguments[0].string().substr(0, at));
}

Value substring_after(Evaluator&, Arguments arguments) {
  if (!all_strings(arguments)) return {};
  std::size_t at = place_of(arguments[1].string(), arguments[0].string());
  if (at == std::string::npos) return "";
  return arguments[0].string().substr(at + arguments[1].string().size());
}

Value contains(Evaluator&, Arguments arguments) {
  if (!all_strings(arguments)) return {};
  return place_of(arguments[1].string(), arguments[0].string()) != std::string::npos;
}

Value starts_with(Evaluator&, Arguments arguments) {
  if (!all_strings(arguments)) return {};
  return arguments[0].string().starts_with(arguments[1].string());
}

Value ends_with(Evaluator&, Arguments arguments) {
  if (!all_strings(arguments)) return {};
  return arguments[0].string().ends_with(arguments[1].string());
}

std::optional<Pattern> pattern_at(Evaluator& evaluator, Arguments arguments, std::size_t pattern,
                                  std::size_t flags) {
  bool given = flags < arguments.size() && !arguments[flags].is_null();
  if (!is_string(arguments, 0) || !is_string(arguments, pattern)) return std::nullopt;
  if (given && arguments[flags].kind() != Kind::string) return std::nullopt;
  auto compiled =
      Pattern::compile(arguments[pattern].string(), given ? arguments[flags].string() : "");
  if (compiled) return *compiled;
  evaluator.complain("\"" + arguments[pattern].string().substr(0, 60) +
                     "\": " + compiled.error().message);
  return std::nullopt;
}

// The answer of a search; where it gave up, null, and a share of the steps a decision may take.
template <class T>
Value answer(Evaluator& evaluator, const kernel::Result<T>& found, std::size_t text_size) {
  constexpr std::int64_t kGivenUp = 100'000;
  evaluator.spend(static_cast<std::int64_t>(text_size / 64) + (found ? 1 : kGivenUp));
  if (!found) {
    evaluator.complain(found.error().message);
    return {};
  }
  if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return List(found->begin(), found->end());
  } else {
    return Value(*found);
  }
}

Value matches(Evaluator& evaluator, Arguments arguments) {
  auto pattern = pattern_at(evaluator, arguments, 1, 2);
  if (!pattern) return {};
  const std::string& text = arguments[0].string();
  return answer(evaluator, pattern->found_in(text), text.size());
}

Value replace(Evaluator& evaluator, Arguments arguments) {
  auto pattern = pattern_at(evaluator, arguments, 1, 3);
  if (!pattern || !is_string(arguments, 2)) return {};
  const std::string& text = arguments[0].string();
  return answer(evaluator, pattern->replaced(text, arguments[2].string()), text.size());
}

Value split(Evaluator& evaluator, Arguments arguments) {
  auto pattern = pattern_at(evaluator, arguments, 1, 2);
  if (!pattern) return {};
  const std::string& text = arguments[0].string();
  return answer(evaluator, pattern->split(text), text.size());
}

constexpr std::size_t kStringMax = 1 << 20;

Value to_string(Evaluator&, Arguments arguments) {
  if (arguments[0].is_null()) return {};
  std::string text = arguments[0].text();
  return text.size() <= kStringMax ? Value(std::move(text)) : Value();
}

Value string_join(Evaluator&, Arguments arguments) {
  if (arguments[0].is_null()) return {};
  List items = arguments[0].kind() == Kind::list ? arguments[0].list() : List{arguments[0]};
  bool given = arguments.size() > 1 && !arguments[1].is_null();
  if (given && arguments[1].kind() != Kind::string) return {};
  std::string joined;
  bool first = true;
  for (const Value& item : items) {
    if (item.is_null()) continue;
    if (item.kind() != Kind::string) return {};
    if (!first && given) joined += arguments[1].string();
    joined += item.string();
    first = false;
    if (joined.size() > kStringMax) return {};
  }
  return joined;
}

// number(from, grouping separator, decimal separator)
Value to_number(Evaluator&, Arguments arguments) {
  if (!is_string(arguments, 0)) return {};
  std::string text = arguments[0].string();
  std::string grouping;
  std::string point = ".";
  if (arguments.size() > 1) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      if (!arguments[i].is_null() && arguments[i].kind() != Kind::string) return {};
    }
    if (!arguments[1].is_null()) grouping = arguments[1].string();
    if (arguments.size() > 2 && !arguments[2].is_null()) point = arguments[2].string();
    bool known = grouping.empty() || grouping == " " || grouping == "," || grouping == ".";
    if (!known || (point != "." && point != ",") || grouping == point) return {};
  }
  if (!grouping.empty()) std::erase(text, grouping[0]);
  if (point == ",") {
    if (text.find('.') != std::string::npos) return {};
    std::replace(text.begin(), text.end(), ',', '.');
  }
  if (text.empty() || text[0] == '+') return {};
  auto number = Decimal::parse(text);
  return number ? Value(*number) : Value();
}

constexpr BuiltIn kBuiltIns[] = {
    {"substring", "1:string,start position,length?", substring},
    {"string length", "1:string", string_length},
    {"upper case", "1:string", change_case<upper_case>},
    {"lower case", "1:string", change_case<lower_case>},
    {"substring before", "1:string,match", substring_before},
    {"substring after", "1:string,match", substring_after},
    {"contains", "1:string,match", contains},
    {"starts with", "1:string,match", starts_with},
    {"ends with", "1:string,match", ends_with},
    {"matches", "1:input,pattern,flags?", matches},
    {"replace", "1:input,pattern,replacement,flags?", replace},
    {"split", "1:string,delimiter", split},
    {"string", "from", to_string},
    {"string join", "list,delimiter?", string_join},
    {"number", "1:from|from,grouping separator,decimal separator", to_number},
};

}  // namespace

std::span<const BuiltIn> text_built_ins() {
  return kBuiltIns;
}

}  // namespace decision
