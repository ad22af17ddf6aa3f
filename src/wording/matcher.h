#pragma once
// Many patterns over one text: RE2::Set says in one pass which are there, each of those then says
// where. docs/decisions/0024-wording.md has why, and bench/wording how fast.

#include <re2/re2.h>
#include <re2/set.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace wording {

// Over bytes as Alphabet::encode gives them.
struct Found {
  std::size_t pattern;
  std::size_t from, to;  // characters of the view
};

class Matcher {
 public:
  // regexes[i] is pattern numbers[i].
  static kernel::Result<Matcher> make(const std::vector<std::string>& regexes,
                                      std::vector<std::size_t> numbers);
  // In no order; of one pattern, those that do not overlap. At most `most`.
  std::vector<Found> find(std::string_view encoded, std::size_t most) const;

 private:
  std::vector<std::size_t> numbers_;
  std::unique_ptr<re2::RE2::Set> set_;
  std::vector<std::unique_ptr<re2::RE2>> each_;
};

kernel::Result<std::unique_ptr<re2::RE2>> compile(const std::string& regex);

}  // namespace wording
