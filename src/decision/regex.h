#pragma once
// Regular expressions as XPath 3.1 has them (F&O 5.6), which FEEL's matches, replace and split use.
// They run on PCRE2 with a bound on its steps and memory: docs/decisions/0011-regex.md.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace decision {

class Pattern {
 public:
  // Flags: s, m, i, x, q. Refused with a reason where the pattern or a flag is not XPath's. The
  // last ones compiled are kept.
  static kernel::Result<Pattern> compile(std::string_view pattern, std::string_view flags);

  kernel::Result<bool> found_in(std::string_view text) const;
  // $0 the match, $1 a group, \$ and \\ themselves. A pattern that meets the empty text is refused.
  kernel::Result<std::string> replaced(std::string_view text, std::string_view replacement) const;
  kernel::Result<std::vector<std::string>> split(std::string_view text) const;

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

}  // namespace decision
