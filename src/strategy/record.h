#pragma once
// One record of RFC 4180.

#include <string>
#include <string_view>
#include <vector>

namespace strategy {

// The fields from `at` to past the end of the line.
std::vector<std::string> parse_record(std::string_view csv, std::size_t& at);

}  // namespace strategy
