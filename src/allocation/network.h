#pragma once
// A flow of least cost of whole cases, found from one that is good already by LEMON's network
// simplex. Nodes and arcs are numbered from 0 as they are added. Never true: an answer that could
// be cheaper.

#include "allocation/indexes.h"

namespace allocation {

class Network {
 public:
  Index add_node() { return nodes_++; }
  Index add_arc(Index from, Index to, Index most, std::int64_t cost) {
    ways_.push_back({from, to, most, cost});
    return arcs() - 1;
  }
  // Another case by the same way at that cost.
  void add_step(Index from, Index to, std::int64_t cost) {
    if (ways_.empty() || ways_.back().from != from || ways_.back().to != to ||
        ways_.back().cost != cost)
      add_arc(from, to, 0, cost);
    ++ways_.back().most;
  }
  Index nodes() const { return nodes_; }
  Index arcs() const { return size_of(ways_); }
  Index most(Index arc) const { return ways_[at(arc)].most; }
  std::int64_t cost(Index arc) const { return ways_[at(arc)].cost; }

  // Changes a flow that sends what is to be sent into the one that does so at least cost. `price`:
  // by node, what a case there costs until the end. Whatever it says the answer is the best; the
  // nearer to the truth it is, the sooner: only arcs that it calls wrong are looked into. The
  // solver is asked for the change alone, at costs less the prices, and begins with no change.
  void improve(Indexes& flow, const std::vector<std::int64_t>& price) const;

 private:
  struct Way {
    Index from, to, most;
    std::int64_t cost;
  };
  Index nodes_ = 0;
  std::vector<Way> ways_;
};

}  // namespace allocation
