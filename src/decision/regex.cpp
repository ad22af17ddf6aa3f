// GCC 12 with sanitizers takes parts of <regex> for uninitialised, wrongly (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "decision/regex.h"

#include <cwchar>

#include "decision/scanner.h"

namespace decision {

namespace {

constexpr std::size_t kTextMax = 4000;  // the library's matcher recurses over the text
constexpr std::size_t kPatternMax = 400;

std::wstring wide(std::u32string_view text) {
  return {text.begin(), text.end()};
}

std::string narrow(const std::wstring& text) {
  return to_utf8(std::u32string(text.begin(), text.end()));
}

std::optional<std::wstring> bounded(std::string_view text) {
  if (text.size() > kTextMax) return std::nullopt;
  return wide(to_code_points(text));
}

bool is_letter(char32_t c) {
  bool latin = c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7;
  return latin || (c >= 0x370 && c <= 0x3FF) || (c >= 0x400 && c <= 0x4FF);
}

// What XPath spells otherwise: "x" drops spaces, "s" lets a dot meet line ends.
std::u32string translated(std::u32string_view pattern, bool dot_all, bool drop_spaces) {
  std::u32string result;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char32_t c = pattern[i];
    bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (c == '\\' && i + 1 < pattern.size()) {
      result += c;
      result += pattern[++i];
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    if (drop_spaces && space && !in_class) continue;
    if (c == '.' && !in_class) {
      result += dot_all ? U"[\\s\\S]" : U"[^\\n\\r]";
    } else {
      result += c;
    }
  }
  return result;
}

// $1 and \$ as XPath has them, to the form of the standard library; nullopt where it is not one.
std::optional<std::u32string> translated_replacement(std::u32string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (i + 1 >= text.size()) return std::nullopt;
      char32_t next = text[++i];
      if (next != '\\' && next != '$') return std::nullopt;
      result += next == '$' ? U"$$" : U"\\";
    } else if (text[i] == '$') {
      bool digit = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
      if (!digit) return std::nullopt;
      bool whole = text[i + 1] == '0';
      result += whole ? std::u32string(U"$&") : std::u32string{U'$', text[i + 1]};
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

std::u32string to_code_points(std::string_view utf8) {
  std::u32string result;
  for (std::size_t i = 0; i < utf8.size();) {
    auto lead = static_cast<unsigned char>(utf8[i++]);
    int more = lead < 0x80 ? 0 : lead < 0xC2 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t c = more <= 0 ? lead : lead & (0x3F >> more);
    for (int k = 0; k < more; ++k) {
      bool follows = i < utf8.size() && (static_cast<unsigned char>(utf8[i]) & 0xC0) == 0x80;
      if (!follows) {
        more = -1;
        break;
      }
      c = c << 6 | (static_cast<unsigned char>(utf8[i++]) & 0x3F);
    }
    result += more < 0 || c > 0x10FFFF ? U'\xFFFD' : c;
  }
  return result;
}

std::string to_utf8(std::u32string_view text) {
  std::string result;
  for (char32_t c : text) append_utf8(result, c);
  return result;
}

char32_t upper_case(char32_t c) {
  if (c >= 'a' && c <= 'z') return c - 32;
  if (!is_letter(c)) return c;
  if (c >= 0xE0 && c <= 0xFE) return c - 32;
  if (c == 0xFF) return 0x178;
  if (c >= 0x100 && c <= 0x17E) {
    bool odd_is_lower = c < 0x139 || (c > 0x148 && c < 0x179);
    return (c % 2 == 1) == odd_is_lower ? c - 1 : c;
  }
  if (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) return c - 32;
  if (c >= 0x430 && c <= 0x44F) return c - 32;
  if (c >= 0x450 && c <= 0x45F) return c - 80;
  return c;
}

char32_t lower_case(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (!is_letter(c)) return c;
  if (c >= 0xC0 && c <= 0xDE) return c + 32;
  if (c >= 0x100 && c <= 0x17E) {
    bool even_is_upper = c < 0x139 || (c > 0x148 && c < 0x179);
    return (c % 2 == 0) == even_is_upper ? c + 1 : c;
  }
  if (c >= 0x391 && c <= 0x3A9) return c + 32;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

std::optional<Pattern> Pattern::compile(std::string_view pattern, std::string_view flags) {
  if (pattern.size() > kPatternMax) return std::nullopt;
  auto options = std::regex_constants::ECMAScript;
  for (char flag : flags) {
    if (std::string_view("ismx").find(flag) == std::string_view::npos) return std::nullopt;
    if (flag == 'i') options |= std::regex_constants::icase;
    if (flag == 'm') options |= std::regex_constants::multiline;
  }
  bool dot_all = flags.find('s') != std::string_view::npos;
  bool drop_spaces = flags.find('x') != std::string_view::npos;
  auto text = translated(to_code_points(pattern), dot_all, drop_spaces);
  Pattern compiled;
  try {  // the standard library reports a bad pattern only so
    compiled.regex_ = std::make_shared<const std::wregex>(wide(text), options);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
  return compiled;
}

std::optional<bool> Pattern::found_in(std::string_view text) const {
  auto input = bounded(text);
  if (!input) return std::nullopt;
  return std::regex_search(*input, *regex_);
}

std::optional<std::string> Pattern::replaced(std::string_view text,
                                             std::string_view replacement) const {
  auto input = bounded(text);
  auto with = translated_replacement(to_code_points(replacement));
  if (!input || !with) return std::nullopt;
  return narrow(std::regex_replace(*input, *regex_, wide(*with)));
}

std::optional<std::vector<std::string>> Pattern::split(std::string_view text) const {
  auto input = bounded(text);
  if (!input) return std::nullopt;
  std::vector<std::string> parts;
  std::wsregex_token_iterator part(input->begin(), input->end(), *regex_, -1);
  for (; part != std::wsregex_token_iterator(); ++part) parts.push_back(narrow(part->str()));
  if (parts.empty()) parts.emplace_back();
  return parts;
}

}  // namespace decision
