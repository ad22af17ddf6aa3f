#include "allocation/network.h"

// Its templates are whole in the headers: nothing to link.
#define LEMON_ONLY_TEMPLATES
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include "kernel/check.h"

namespace allocation {

void Network::improve(Indexes& flow, const std::vector<std::int64_t>& price) const {
  lemon::SmartDigraph graph;
  graph.reserveNode(nodes_);
  graph.reserveArc(2 * arcs());
  for (Index node = 0; node < nodes_; ++node) graph.addNode();
  std::vector<Index> changed, most;  // by arc of the graph; arc −a − 1: less on arc a
  std::vector<std::int64_t> costs;
  const auto add = [&](Index from, Index to, Index change, Index up_to, std::int64_t cost) {
    graph.addArc(graph.nodeFromId(from), graph.nodeFromId(to));
    changed.push_back(change);
    most.push_back(up_to);
    costs.push_back(cost);
  };
  for (Index arc = 0; arc < arcs(); ++arc) {
    const Way& way = ways_[at(arc)];
    const std::int64_t cost = way.cost + price[at(way.to)] - price[at(way.from)];
    if (flow[at(arc)] < way.most) add(way.from, way.to, arc, way.most - flow[at(arc)], cost);
    if (flow[at(arc)] > 0) add(way.to, way.from, -arc - 1, flow[at(arc)], -cost);
  }
  using Graph = lemon::SmartDigraph;
  Graph::ArcMap<Index> most_map(graph);
  Graph::ArcMap<std::int64_t> cost_map(graph);
  for (Index arc = 0; arc < size_of(changed); ++arc) {
    most_map[graph.arcFromId(arc)] = most[at(arc)];
    cost_map[graph.arcFromId(arc)] = costs[at(arc)];
  }
  using Simplex = lemon::NetworkSimplex<Graph, Index, std::int64_t>;
  Simplex simplex(graph);
  simplex.upperMap(most_map).costMap(cost_map);
  CHECK_MSG(simplex.run() == Simplex::OPTIMAL, "no change at all is one too");
  for (Index arc = 0; arc < size_of(changed); ++arc) {
    const Index by = simplex.flow(graph.arcFromId(arc)), change = changed[at(arc)];
    if (change >= 0)
      flow[at(change)] += by;
    else
      flow[at(-change - 1)] -= by;
  }
}

}  // namespace allocation
