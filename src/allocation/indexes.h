#pragma once
// Rows, desks, nodes and arcs of one night's plan by their number, from 0; −1: none.

#include <cstdint>
#include <vector>

namespace allocation {

using Index = std::int32_t;
using Indexes = std::vector<Index>;

inline std::size_t at(Index index) {
  return static_cast<std::size_t>(index);
}

template <class Items>
Index size_of(const Items& items) {
  return static_cast<Index>(items.size());
}

}  // namespace allocation
