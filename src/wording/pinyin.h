#pragma once
// How a character is read: one toneless syllable (ICU's Han-Latin), as a character of the private
// use area, so that texts of syllables are searched like any text.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wording/normal.h"

namespace wording {

// A part of a text as it is searched; `from`,`to` are places in Normal::chars.
struct Element {
  char32_t c;
  std::uint32_t from, to;
};
using View = std::vector<Element>;

// The syllable of a Han character; itself where ICU has no reading. From many threads.
char32_t syllable_of(char32_t han);
std::optional<char32_t> syllable_named(std::string_view pinyin);  // "lao"

View plain_view(const Normal& text);
// Han characters by their sound, Latin runs that are pinyin ("zuolao") too, and a single digit as
// it is said (弄4你).
View sound_view(const Normal& text);

}  // namespace wording
