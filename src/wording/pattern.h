#pragma once
// The language words and exceptions are written in, and the alphabet texts are searched in.
// Enters: a pattern as docs/wording.md says: (你|您) [你您] (不)? ~6 ~~6 ^ $ @. Leaves: a regular
// expression of RE2, linear in the text, whatever a list holds; or why it is no pattern.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/result.h"
#include "wording/pinyin.h"

namespace wording {

inline constexpr char32_t marker = 0xF8FF;  // stands for '@'

// Characters of the lists, each as two bytes, the first one of 0x40–0x7f and the second one of
// 0x01–0x3f: `any` is two steps of an automaton instead of UTF-8's dozen, and no match begins
// within a character. All characters of no list are one and the same. (Not bytes above 0x7f: RE2 of
// Debian 12 forgets Latin-1 where it factors alternatives that begin alike, `\x81a|\x81b`.)
class Alphabet {
 public:
  Alphabet();
  void add(char32_t c);
  void append(char32_t c, std::string& out) const;
  std::string encode(const View& view) const;
  bool full() const { return codes_.size() >= codes_max; }

 private:
  static constexpr std::size_t codes_max = 64 * 63 - 1;
  std::unordered_map<char32_t, std::uint16_t> codes_;
  std::vector<std::uint16_t> table_;  // of the first plane; 0: not in the alphabet
};

struct Pattern {
  struct Node;
  std::vector<Node> parts;  // one after another
  std::size_t least = 0;    // characters of the shortest match
};
struct Pattern::Node {
  enum class Kind { one, choice, gap, begin, end } kind = Kind::one;
  char32_t c = 0;
  std::vector<Pattern> choices;
  int gap_max = 0;
  bool over_soft_stops = false, optional = false;
};

// `exception`: '@' and stops are allowed.
kernel::Result<Pattern> parse_pattern(const Folder& folder, std::string_view text,
                                      std::string_view where, bool exception);
void add_to(Alphabet& alphabet, const Pattern& pattern, bool by_sound);
std::string to_regex(const Alphabet& alphabet, const Pattern& pattern, bool by_sound);

}  // namespace wording
