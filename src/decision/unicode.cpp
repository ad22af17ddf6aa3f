#include "decision/unicode.h"

#include <clocale>
#include <cwctype>

#include "decision/scanner.h"

namespace decision {

namespace {

// Letters and their case do not depend on where the program runs: always this locale's tables,
// which come with the C library. Where it is missing, only ASCII has a case.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

bool is_surrogate(char32_t c) {
  return c >= 0xD800 && c <= 0xDFFF;
}

bool too_short_for(char32_t c, int more) {
  return (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
}

}  // namespace

std::u32string to_code_points(std::string_view utf8) {
  std::u32string result;
  result.reserve(utf8.size());
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
    bool broken = more < 0 || c > 0x10FFFF || is_surrogate(c) || too_short_for(c, more);
    result += broken ? U'\xFFFD' : c;
  }
  return result;
}

std::string to_utf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (char32_t c : text) append_utf8(result, c);
  return result;
}

char32_t upper_case(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  locale_t locale = unicode_locale();
  return locale == nullptr ? c : static_cast<char32_t>(towupper_l(static_cast<wint_t>(c), locale));
}

char32_t lower_case(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  locale_t locale = unicode_locale();
  return locale == nullptr ? c : static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), locale));
}

}  // namespace decision
