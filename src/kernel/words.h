#pragma once
// Lists of code words (skills, regions, buckets) as the text that a column keeps: "a,b". Who takes
// such words in refuses a comma (people::check_user), so nothing is quoted; no words are "".

#include <string>
#include <string_view>
#include <vector>

namespace kernel {

std::string join_words(const std::vector<std::string>& words);
std::vector<std::string> split_words(std::string_view text);

}  // namespace kernel
