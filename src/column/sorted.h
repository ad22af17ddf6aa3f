#pragma once
// Where a text stands in a column whose values rise. Enters: such a column and what is wanted.
// Leaves: its row, or nothing. Of equal values the first.

#include <optional>

#include "column/column.h"

namespace column {

inline std::optional<std::size_t> find_sorted(const Texts& texts, std::string_view wanted) {
  std::size_t low = 0, high = texts.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (texts.at(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < texts.size() && texts.at(low) == wanted) return low;
  return std::nullopt;
}

}  // namespace column
