#pragma once
// From the regular expressions of XPath to those of PCRE2: what enters is a pattern as an analyst
// wrote it, what leaves is one whose every construct means in PCRE2 what it means in XPath.

#include <optional>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace decision {

struct RegexFlags {
  bool dot_all = false;      // s: a dot also meets line ends
  bool multiline = false;    // m: ^ and $ also at line ends
  bool caseless = false;     // i
  bool drop_spaces = false;  // x: spaces outside classes do not count
  bool literal = false;      // q: nothing in the pattern is special
};

kernel::Result<RegexFlags> read_regex_flags(std::string_view flags);
kernel::Result<std::string> translate_regex(std::string_view pattern, const RegexFlags& flags);

// The characters of a Unicode block ("BasicLatin") as they stand in a class: "\x{0}-\x{7F}".
std::optional<std::string> regex_block(std::string_view name);

}  // namespace decision
