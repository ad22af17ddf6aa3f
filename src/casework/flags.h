#pragma once
// The word of column `flag` for the holds of a person: what enters is a hold's kind, what leaves
// the weightiest word. The night's cut and whoever judges a case by day use the same.

#include <string>
#include <string_view>
#include <vector>

namespace casework {

// The words of column `flag`, the weightiest first after "none".
const std::vector<std::string>& flag_words();
// Its place in flag_words; 0 where the hold only concerns the gate.
std::int16_t flag_of(std::string_view hold_kind);

}  // namespace casework
