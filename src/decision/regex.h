#pragma once
// Text by code points, and the regular expressions of XPath that FEEL uses. Patterns run on the
// standard library, so texts are bounded: longer ones give nullopt.

#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace decision {

std::u32string to_code_points(std::string_view utf8);  // bytes that are no UTF-8 become U+FFFD
std::string to_utf8(std::u32string_view text);
char32_t upper_case(char32_t c);  // Latin, Greek and Cyrillic letters
char32_t lower_case(char32_t c);

class Pattern {
 public:
  // Flags as XPath has them: i, s, m, x. nullopt where the pattern or a flag is not understood.
  static std::optional<Pattern> compile(std::string_view pattern, std::string_view flags);
  std::optional<bool> found_in(std::string_view text) const;
  std::optional<std::string> replaced(std::string_view text, std::string_view replacement) const;
  std::optional<std::vector<std::string>> split(std::string_view text) const;

 private:
  std::shared_ptr<const std::wregex> regex_;
};

}  // namespace decision
