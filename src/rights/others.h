#pragma once
// Notes may name other people. Enters: a text, the names of those who stand in the person's files,
// and the person's own numbers. Leaves: the text with those names and every other telephone number
// masked. Pure; a name nobody wrote down is not found, which the copy's maker is told.

#include <string>
#include <string_view>
#include <vector>

namespace rights {

std::string mask_others(std::string_view text, const std::vector<std::string>& names,
                        const std::vector<std::string>& own_numbers);

}  // namespace rights
