#pragma once
// Text by code points: FEEL counts, cuts and compares characters, never bytes.

#include <string>
#include <string_view>

namespace decision {

std::u32string to_code_points(std::string_view utf8);  // bytes that are no UTF-8 become U+FFFD
std::string to_utf8(std::u32string_view text);
// One character for one, by the tables of the C library ("ß" stays "ß").
char32_t upper_case(char32_t c);
char32_t lower_case(char32_t c);

}  // namespace decision
