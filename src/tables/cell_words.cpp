#include "tables/cell_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "kernel/money.h"

namespace tables {

namespace {

// Columns that hold the codes of another one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> same_as = {{
    {"bucket_before", "bucket"},
    {"customer_bucket", "bucket"},
    {"willingness_reason", "reason"},
    {"ability_reason", "reason"},
    {"role", "contact_role"},
    {"point_channel", "channel"},
    {"holds", "hold"},
}};

std::string_view trim(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
         });
}

bool is_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
  });
  return digits && !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0;
}

// The word an expression ends with: what its codes are called by.
std::string variable_of(std::string_view expression) {
  expression = trim(expression);
  std::size_t from = expression.size();
  while (from > 0 && (std::isalnum(static_cast<unsigned char>(expression[from - 1])) != 0 ||
                      expression[from - 1] == '_'))
    --from;
  return std::string(from == expression.size() ? expression : expression.substr(from));
}

std::vector<std::string_view> split_tests(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (c != ',' || depth != 0) continue;
    parts.push_back(trim(text.substr(from, at - from)));
    from = at + 1;
  }
  parts.push_back(trim(text.substr(from)));
  return parts;
}

std::string clock(long minute) {
  const auto two = [](long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(minute / 60) + ":" + two(minute % 60);
}

std::string without_zeros(std::string text) {
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text;
}

class Teller {
 public:
  Teller(const CellWords& with, std::string variable)
      : words_(with.words), zh_(with.language == Language::zh), variable_(std::move(variable)) {}

  std::string value(std::string_view text) const {
    text = trim(text);
    if (text.empty() || text == "null") return "—";
    if (text == "true") return zh_ ? "是" : "yes";
    if (text == "false") return zh_ ? "否" : "no";
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
      return code(text.substr(1, text.size() - 2));
    if (is_number(text)) return number(text);
    return std::string(text);
  }

  std::optional<std::string> list(std::string_view text) const {
    std::string all;
    for (const std::string_view part : split_tests(text)) {
      const auto one = test(part);
      if (!one) return std::nullopt;
      all += (all.empty() ? "" : zh_ ? "、" : ", ") + *one;
    }
    return all;
  }

 private:
  std::string code(std::string_view text) const {
    std::string variable = variable_;
    for (const auto& [name, other] : same_as)
      if (name == variable_) variable = other;
    if (variable == "bucket" || !words_.has(variable, text)) return std::string(text);
    return zh_ ? words_.zh(variable, text) : words_.en(variable, text);
  }

  std::string number(std::string_view text) const {
    const bool whole = text.find('.') == text.npos && text.size() <= 17;
    if (!whole) return std::string(text);
    const long long value = std::stoll(std::string(text));
    if (variable_.ends_with("minute") && value >= 0 && value <= 1440) return clock(value);
    if (variable_.ends_with("_fen"))
      return without_zeros(kernel::Money::from_fen(value).format_yuan()) + (zh_ ? " 元" : " yuan");
    if (variable_.ends_with("_bps") && value % 100 == 0) return std::to_string(value / 100) + "%";
    return std::string(text);
  }

  std::string bound(std::string_view text) const {
    if (!is_name(text)) return value(text);
    const std::string name = variable_of(text);
    return zh_ ? words_.zh(name) : words_.en(name);
  }

  static bool is_bound(std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
                        text.substr(1, text.size() - 2).find('"') == text.npos;
    return quoted || is_number(text) || is_name(text);
  }

  std::optional<std::string> test(std::string_view text) const {
    for (const auto& [sign, said] :
         {std::pair("<=", "≤"), std::pair(">=", "≥"), std::pair("!=", "≠"), std::pair("<", "<"),
          std::pair(">", ">"), std::pair("=", "=")}) {
      if (!text.starts_with(sign)) continue;
      const std::string_view rest = trim(text.substr(std::string_view(sign).size()));
      if (!is_bound(rest)) return std::nullopt;
      return std::string(said) + " " + bound(rest);
    }
    if (text.starts_with("not") && text.ends_with(")")) {
      const std::string_view rest = trim(text.substr(3));
      if (!rest.starts_with("(")) return std::nullopt;
      const auto inner = list(rest.substr(1, rest.size() - 2));
      if (!inner) return std::nullopt;
      return (zh_ ? "非 " : "not ") + *inner;
    }
    if (const auto said = range(text)) return said;
    if (is_bound(text) && !is_name(text)) return value(text);
    if (text == "true" || text == "false" || text == "null") return value(text);
    return std::nullopt;
  }

  std::optional<std::string> range(std::string_view text) const {
    const std::size_t dots = text.find("..");
    if (dots == text.npos || text.size() < 5) return std::nullopt;
    const char open = text.front(), close = text.back();
    if ((open != '[' && open != '(' && open != ']') ||
        (close != ']' && close != ')' && close != '['))
      return std::nullopt;
    const std::string_view low = trim(text.substr(1, dots - 1));
    const std::string_view high = trim(text.substr(dots + 2, text.size() - dots - 3));
    if (!is_bound(low) || !is_bound(high)) return std::nullopt;
    if (open == '[' && close == ']') return bound(low) + (zh_ ? " 至 " : " to ") + bound(high);
    return std::string(open == '[' ? "≥ " : "> ") + bound(low) + (zh_ ? " 且 " : " and ") +
           (close == ']' ? "≤ " : "< ") + bound(high);
  }

  const strategy::Words& words_;
  bool zh_;
  std::string variable_;
};

}  // namespace

std::string CellWords::variable(std::string_view expression) const {
  const std::string name = variable_of(expression);
  if (!words.has(name, "")) return std::string(expression);
  return language == Language::zh ? words.zh(name) : words.en(name);
}

std::string CellWords::test(std::string_view expression, std::string_view cell) const {
  cell = trim(cell);
  if (cell.empty() || cell == "-") return language == Language::zh ? "任意" : "anything";
  const Teller teller(*this, variable_of(expression));
  return teller.list(cell).value_or(std::string(cell));
}

std::string CellWords::value(std::string_view variable, std::string_view cell) const {
  return Teller(*this, variable_of(variable)).value(cell);
}

}  // namespace tables
