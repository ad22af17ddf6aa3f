#include "tests/allocation/least_cost.h"

#define LEMON_ONLY_TEMPLATES
#include <lemon/cost_scaling.h>
#include <lemon/static_graph.h>

#include <utility>

namespace tests {

std::vector<int> least_cost_flow(const std::vector<int>& supplies,
                                 const std::vector<FlowArc>& arcs) {
  using Graph = lemon::StaticDigraph;
  std::vector<std::pair<int, int>> ends;
  for (const FlowArc& arc : arcs) ends.emplace_back(arc.from, arc.to);
  Graph graph;
  graph.build(static_cast<int>(supplies.size()), ends.begin(), ends.end());
  Graph::NodeMap<int> supply(graph);
  for (int node = 0; node < graph.nodeNum(); ++node)
    supply[graph.node(node)] = supplies[static_cast<std::size_t>(node)];
  Graph::ArcMap<int> most(graph);
  Graph::ArcMap<std::int64_t> cost(graph);
  for (int arc = 0; arc < graph.arcNum(); ++arc) {
    most[graph.arc(arc)] = arcs[static_cast<std::size_t>(arc)].most;
    cost[graph.arc(arc)] = arcs[static_cast<std::size_t>(arc)].cost;
  }
  using Scaling = lemon::CostScaling<Graph, int, std::int64_t>;
  Scaling scaling(graph);
  scaling.upperMap(most).costMap(cost).supplyMap(supply);
  if (scaling.run() != Scaling::OPTIMAL) return {};
  std::vector<int> flow;
  for (int arc = 0; arc < graph.arcNum(); ++arc) flow.push_back(scaling.flow(graph.arc(arc)));
  return flow;
}

}  // namespace tests
