#pragma once
// Lists of code words (skills, regions, buckets) as the text that a column keeps: "a,b". A code
// word has no comma (its catalogue says so), so nothing is quoted; no words are the empty text.

#include <string>
#include <string_view>
#include <vector>

namespace kernel {

std::string join_words(const std::vector<std::string>& words);
std::vector<std::string> split_words(std::string_view text);

}  // namespace kernel
