#pragma once
// A flow of least cost by LEMON's cost scaling. Its own program part, of the C++ of 2017: the
// library's maps use what C++20 took out of std::allocator.

#include <cstdint>
#include <vector>

namespace tests {

struct FlowArc {
  int from = 0, to = 0, most = 0;  // nodes from 0; `most` 0 or more
  std::int64_t cost = 0;
};

// The flow of each arc; empty where there is none. Arcs stand in the order of the node they leave;
// supplies by node, their sum 0.
std::vector<int> least_cost_flow(const std::vector<int>& supplies,
                                 const std::vector<FlowArc>& arcs);

}  // namespace tests
