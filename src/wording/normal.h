#pragma once
// A text made comparable, each character with its place in the original. Enters: UTF-8 of any
// kind. Leaves: folded characters (Unicode NFKC casefold, UAX #15; simplified by OpenCC; disguises
// by decisions/wording/lookalikes.csv) without what is put between them, and stops of two kinds.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/result.h"

namespace wording {

inline constexpr char32_t hard_stop = U'.';  // 。！？；and line ends
inline constexpr char32_t soft_stop = U',';  // ，、
inline constexpr char32_t colon = U':';
inline bool is_stop(char32_t c) {
  return c == hard_stop || c == soft_stop || c == colon;
}
bool is_han(char32_t c);
inline bool is_latin(char32_t c) {
  return c >= U'a' && c <= U'z';
}
inline bool is_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}

struct Normal {
  struct Char {
    char32_t c;
    std::uint32_t from, to;  // code points of the original
    bool gap;                // something was dropped between it and the one before
    bool changed;            // it did not stand there like this
  };
  std::vector<Char> chars;
};

// Holds a table of the first three planes (1.5 MB); made once a set of lists.
class Folder {
 public:
  using Pairs = std::vector<std::pair<std::u32string, std::u32string>>;
  // Error where OpenCC's data is not installed, or a pair is empty.
  static kernel::Result<Folder> make(const Pairs& lookalikes);

  Normal fold(std::string_view text) const;
  std::u32string fold_one(char32_t c) const;  // as in a pattern; empty: it would be dropped

 private:
  struct Slice {
    std::uint32_t at : 24, size : 8;
  };
  Slice slice(char32_t c) const;
  void append(Normal& out, char32_t c, std::uint32_t at, bool& gap) const;
  void join_sequences(Normal& text) const;

  std::u32string pool_;
  std::vector<Slice> slices_;
  std::map<char32_t, Pairs> sequences_;  // by first character
};

std::u32string to_utf32(std::string_view utf8);  // what is no UTF-8 becomes U+FFFD
std::string to_utf8(std::u32string_view text);

}  // namespace wording
