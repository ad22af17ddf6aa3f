// A night has many cases, but few kinds of them: those that the same collectors fit and the same
// collector had yesterday are one class, and the network asks only how many of a class go where.
// Cases fall into parts that share no collector (teams share none); each part is a network of its
// own. `=` is several arcs, each dearer than the one before:
//
//   class ── kept ──────────────────────────────────────→ desk ══ its places ══→ end
//     ├──→ pool: the same desks fit ──→ group: desks that fit the same pools ──→ desk
//     └══ left without, the least urgent first ══→ end

#include "allocation/plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "allocation/deal.h"
#include "allocation/network.h"
#include "kernel/check.h"

namespace allocation {

namespace {

std::int64_t worth_of_place(const PlanCase& one) {
  return std::clamp<std::int64_t>(one.priority, -priority_max, priority_max) * points_unit;
}

// ---- who fits what ------------------------------------------------------------------------------

// Each distinct list once, numbered in the order they are met.
struct Numbered {
  Indexes number_of;           // by row of what was numbered
  std::vector<Indexes> lists;  // by number
};

Numbered number_lists(const std::vector<Indexes>& rows) {
  Numbered numbered;
  std::map<Indexes, Index> known;
  for (const Indexes& row : rows) {
    const auto [found, is_new] = known.try_emplace(row, size_of(known));
    if (is_new) numbered.lists.push_back(row);
    numbered.number_of.push_back(found->second);
  }
  return numbered;
}

struct Fits {
  Numbered pools;   // needs by the desks that fit them
  Numbered groups;  // desks by the pools they fit

  explicit Fits(const PlanInput& input) : pools(number_lists(input.fitting)) {
    std::vector<Indexes> pools_of(input.desks.size());
    for (Index pool = 0; pool < size_of(pools.lists); ++pool)
      for (const Index desk : pools.lists[at(pool)]) pools_of[at(desk)].push_back(pool);
    groups = number_lists(pools_of);
  }

  // The groups that fit a pool, ascending.
  Indexes groups_of(Index pool) const {
    Indexes found;
    for (const Index desk : pools.lists[at(pool)]) found.push_back(groups.number_of[at(desk)]);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }
};

// Pools that hang together through collectors, as lists; in the order of their first pool.
std::vector<Indexes> decide_parts(const Fits& fits) {
  Indexes above(fits.pools.lists.size());  // towards the pool that stands for all of its part
  std::iota(above.begin(), above.end(), 0);
  const auto top = [&](Index pool) {
    while (above[at(pool)] != pool) pool = above[at(pool)] = above[at(above[at(pool)])];
    return pool;
  };
  for (const Indexes& pools : fits.groups.lists)
    for (const Index pool : pools) {
      const Index a = top(pools.front()), b = top(pool);
      above[at(std::max(a, b))] = std::min(a, b);
    }
  std::map<Index, Indexes> parts;
  for (Index pool = 0; pool < size_of(above); ++pool) parts[top(pool)].push_back(pool);
  std::vector<Indexes> lists;
  for (auto& [first, pools] : parts) lists.push_back(std::move(pools));
  return lists;
}

// ---- one part -----------------------------------------------------------------------------------

struct Class {
  Index pool = 0, before = -1;
  Indexes cases;                                      // best first
  Index kept_arc = -1, pool_arc = -1, left_arcs = 0;  // left_arcs: the first; to the next one's
};

class Part {
 public:
  Part(const PlanInput& input, const Fits& fits, Indexes pools, std::vector<Class> classes)
      : input_(input), fits_(fits), pools_(std::move(pools)), classes_(std::move(classes)) {
    for (const Index pool : pools_) {
      groups_of_[pool] = fits_.groups_of(pool);
      groups_.insert(groups_.end(), groups_of_[pool].begin(), groups_of_[pool].end());
    }
    std::sort(groups_.begin(), groups_.end());
    groups_.erase(std::unique(groups_.begin(), groups_.end()), groups_.end());
    for (Index desk = 0; desk < size_of(input.desks); ++desk)
      if (std::binary_search(groups_.begin(), groups_.end(), fits.groups.number_of[at(desk)]))
        desks_.push_back(desk);
  }

  void decide(std::vector<Filling>& fillings, Indexes& desk_of) {
    decide_scale();
    build();
    begin();
    network_.improve(flow_, price_);
    hand_out(fillings, desk_of);
  }

 private:
  std::int64_t left_cost(Index row) const {  // of leaving a case without, thousandths
    return left_base_ + worth_of_place(input_.cases[at(row)]);
  }
  std::int64_t keeping(const Class& one) const {  // thousandths
    return one.before < 0 ? 0 : input_.desks[at(one.before)].continuity_points * points_unit;
  }

  // Costs are thousandths of a point, made larger so that a tie between keeping a collector and not
  // is always decided for keeping: then a night with nothing new changes nobody's collector.
  void decide_scale() {
    std::int64_t cases = 0, lowest = priority_max * points_unit, highest = -lowest;
    for (const Class& one : classes_)
      for (const Index row : one.cases) {
        ++cases;
        lowest = std::min(lowest, worth_of_place(input_.cases[at(row)]));
        highest = std::max(highest, worth_of_place(input_.cases[at(row)]));
      }
    scale_ = cases + 1;
    // To give one more case a place, others move in a row, at most one of each desk: each may lose
    // its collector, and one dearer place is taken. Being left without costs more than all that.
    std::int64_t left_without = 1;
    for (const Index desk : desks_) {
      left_without += input_.desks[at(desk)].continuity_points * points_unit;
      left_without += input_.desks[at(desk)].load_points * points_unit;
    }
    left_base_ = left_without - lowest;
    left_most_ = left_base_ + highest;
    CHECK_MSG(left_most_ < (std::int64_t{1} << 59) / scale_,
              "more cases and desks in a part than a flow's costs can hold");
  }

  void build() {
    const auto all = static_cast<Index>(scale_ - 1);
    for (std::size_t i = 0; i < classes_.size(); ++i) network_.add_node();
    for (const Index pool : pools_) pool_node_[pool] = network_.add_node();
    for (const Index group : groups_) group_node_[group] = network_.add_node();
    for (const Index desk : desks_) desk_node_[desk] = network_.add_node();
    end_ = network_.add_node();
    for (Index node = 0; node < size_of(classes_); ++node) {
      Class& one = classes_[at(node)];
      const Index cases = size_of(one.cases);
      if (one.before >= 0)
        one.kept_arc =
            network_.add_arc(node, desk_node_[one.before], cases, -keeping(one) * scale_ - 1);
      one.pool_arc = network_.add_arc(node, pool_node_[one.pool], cases, 0);
      one.left_arcs = network_.arcs();
      for (auto row = one.cases.rbegin(); row != one.cases.rend(); ++row)
        network_.add_step(node, end_, left_cost(*row) * scale_);
    }
    for (const Index pool : pools_)
      for (const Index group : groups_of_[pool])
        group_arc_[{pool, group}] = network_.add_arc(pool_node_[pool], group_node_[group], all, 0);
    for (const Index desk : desks_)
      desk_arc_[desk] =
          network_.add_arc(group_node_[fits_.groups.number_of[at(desk)]], desk_node_[desk], all, 0);
    for (const Index desk : desks_) {
      place_arcs_[desk] = network_.arcs();
      const PlanDesk& of = input_.desks[at(desk)];
      for (std::int64_t k = of.used + 1; k <= of.capacity; ++k)
        network_.add_step(desk_node_[desk], end_, place_cost(of, k) * scale_);
    }
  }

  // A good plan to begin with: by worth, each case with its collector or else where it costs least.

  struct Opening {
    std::int64_t in_use = 0, reserved = 0, next_cost = 0;
    std::int64_t lowest = 0;  // what the case worth least here would cost without a place
  };

  void begin() {
    flow_.assign(at(network_.arcs()), 0);
    std::vector<Opening> openings(input_.desks.size());
    struct Turn {
      std::int64_t worth;
      Index row, node;
    };
    std::vector<Turn> turns;
    for (Index node = 0; node < size_of(classes_); ++node) {
      const Class& one = classes_[at(node)];
      for (const Index row : one.cases) turns.push_back({left_cost(row) + keeping(one), row, node});
      if (one.before >= 0) openings[at(one.before)].reserved += size_of(one.cases);
    }
    for (const Index desk : desks_) {
      openings[at(desk)].in_use = input_.desks[at(desk)].used;
      openings[at(desk)].lowest = left_most_;
      reckon(desk, openings);
    }
    std::sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) {
      return a.worth != b.worth ? a.worth > b.worth : a.row < b.row;
    });
    std::map<Index, bool> full;  // pools
    for (const Turn& turn : turns) {
      const Class& one = classes_[at(turn.node)];
      Index desk = one.before;
      if (desk >= 0) --openings[at(desk)].reserved;
      const bool kept = desk >= 0 && is_open(desk, openings);
      if (desk >= 0) reckon(desk, openings);
      if (!kept) desk = full[one.pool] ? -1 : cheapest(one.pool, openings);
      if (desk < 0) {
        full[one.pool] = true;
        continue;
      }
      ++flow_[at(kept ? one.kept_arc : one.pool_arc)];
      const Index group = fits_.groups.number_of[at(desk)];
      if (!kept) {
        ++flow_[at(group_arc_[{one.pool, group}])];
        ++flow_[at(desk_arc_[desk])];
      }
      ++openings[at(desk)].in_use;
      openings[at(desk)].lowest = turn.worth - (kept ? 0 : keeping(one));
      reckon(desk, openings);
    }
    fill_steps(openings);
    decide_prices(openings);
  }

  bool is_open(Index desk, const std::vector<Opening>& openings) const {
    return openings[at(desk)].in_use < input_.desks[at(desk)].capacity;
  }
  // What a new case would cost there now; places of those who had the desk make it dearer.
  void reckon(Index desk, std::vector<Opening>& openings) const {
    Opening& opening = openings[at(desk)];
    const PlanDesk& of = input_.desks[at(desk)];
    if (!is_open(desk, openings))
      opening.next_cost = std::numeric_limits<std::int64_t>::max();
    else
      opening.next_cost = place_cost(of, opening.in_use + opening.reserved + 1);
  }
  Index cheapest(Index pool, const std::vector<Opening>& openings) const {
    Index best = -1;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const Index desk : fits_.pools.lists[at(pool)]) {
      if (openings[at(desk)].next_cost >= least) continue;
      least = openings[at(desk)].next_cost;
      best = desk;
    }
    return best;
  }

  // The steps are taken from the cheapest on: those left without, and the places in use.
  void fill_steps(const std::vector<Opening>& openings) {
    const auto fill = [&](Index arc, Index cases) {
      for (; cases > 0; ++arc) {
        flow_[at(arc)] = std::min(cases, network_.most(arc));
        cases -= flow_[at(arc)];
      }
    };
    for (const Class& one : classes_) {
      const Index kept = one.kept_arc < 0 ? 0 : flow_[at(one.kept_arc)];
      fill(one.left_arcs, size_of(one.cases) - kept - flow_[at(one.pool_arc)]);
    }
    for (const Index desk : desks_)
      fill(place_arcs_[desk],
           static_cast<Index>(openings[at(desk)].in_use - input_.desks[at(desk)].used));
  }

  // What a case at a node would cost until the end, were the plan the best already.
  void decide_prices(const std::vector<Opening>& openings) {
    price_.assign(at(network_.nodes()), left_most_ * scale_);
    price_[at(end_)] = 0;
    for (const Index desk : desks_) {
      const Opening& opening = openings[at(desk)];
      const PlanDesk& of = input_.desks[at(desk)];
      std::int64_t& price = price_[at(desk_node_[desk])];
      if (is_open(desk, openings))
        price = place_cost(of, opening.in_use + 1) * scale_;
      else if (of.capacity > 0)
        price = opening.lowest * scale_;
      std::int64_t& of_group = price_[at(group_node_[fits_.groups.number_of[at(desk)]])];
      of_group = std::min(of_group, price);
    }
    for (const Index pool : pools_)
      for (const Index group : groups_of_[pool]) {
        std::int64_t& price = price_[at(pool_node_[pool])];
        price = std::min(price, price_[at(group_node_[group])]);
      }
    for (Index node = 0; node < size_of(classes_); ++node) decide_price(node);
  }

  // Between the dearest way that the class goes and the cheapest that it does not.
  void decide_price(Index node) {
    const Class& one = classes_[at(node)];
    std::int64_t gone = -left_most_ * scale_, open = left_most_ * scale_;
    const auto look = [&](Index arc, std::int64_t cost) {
      if (flow_[at(arc)] > 0) gone = std::max(gone, cost);
      if (flow_[at(arc)] < network_.most(arc)) open = std::min(open, cost);
    };
    if (one.kept_arc >= 0)
      look(one.kept_arc, network_.cost(one.kept_arc) + price_[at(desk_node_[one.before])]);
    look(one.pool_arc, price_[at(pool_node_[one.pool])]);
    Index left = 0;
    for (Index arc = one.left_arcs; left < size_of(one.cases); left += network_.most(arc), ++arc)
      look(arc, network_.cost(arc));
    price_[at(node)] = gone + (open - gone) / 2;
  }

  void hand_out(std::vector<Filling>& fillings, Indexes& desk_of) {
    std::map<Index, Indexes> of_pool, of_group, desks_of;
    for (const Class& one : classes_) {
      // The most urgent stay with who knows them; the least urgent are left without.
      const Index kept = one.kept_arc < 0 ? 0 : flow_[at(one.kept_arc)];
      const Index moved = flow_[at(one.pool_arc)];
      for (Index i = 0; i < kept; ++i) {
        const Index row = one.cases[at(i)];
        desk_of[at(row)] = one.before;
        ++fillings[at(one.before)].in_use;
        fillings[at(one.before)].points += input_.cases[at(row)].priority;
      }
      const auto first = one.cases.begin() + kept;
      Indexes& cases = of_pool[one.pool];
      cases.insert(cases.end(), first, first + moved);
    }
    for (auto& [pool, cases] : of_pool) {
      std::sort(cases.begin(), cases.end());
      const Indexes& groups = groups_of_[pool];
      const auto flow = flow_.begin() + group_arc_[{pool, groups.front()}];
      const std::vector<Indexes> dealt = deal_evenly(cases, {flow, flow + size_of(groups)});
      for (std::size_t i = 0; i < groups.size(); ++i) {
        Indexes& of = of_group[groups[i]];
        of.insert(of.end(), dealt[i].begin(), dealt[i].end());
      }
    }
    for (const Index desk : desks_) desks_of[fits_.groups.number_of[at(desk)]].push_back(desk);
    for (auto& [group, cases] : of_group) {
      std::sort(cases.begin(), cases.end());
      decide_quotas(fillings, desks_of[group], size_of(cases));
      deal_by_points(input_, fillings, desks_of[group], cases, desk_of);
    }
  }

  const PlanInput& input_;
  const Fits& fits_;
  Indexes pools_, groups_, desks_;  // ascending
  std::vector<Class> classes_;
  Network network_;
  std::map<Index, Indexes> groups_of_;  // by pool
  std::map<Index, Index> pool_node_, group_node_, desk_node_, desk_arc_, place_arcs_;
  std::map<std::pair<Index, Index>, Index> group_arc_;  // by pool and group; one after the other
  Index end_ = 0;
  Indexes flow_;                     // by arc
  std::vector<std::int64_t> price_;  // by node
  std::int64_t scale_ = 1, left_base_ = 0, left_most_ = 0;
};

}  // namespace

std::int64_t place_cost(const PlanDesk& desk, std::int64_t k) {
  return desk.load_points * points_unit * (2 * k - 1) / (2 * std::int64_t{desk.capacity});
}

std::vector<std::int32_t> decide_plan(const PlanInput& input) {
  Indexes desk_of(input.cases.size(), -1);
  std::vector<Filling> fillings;
  for (const PlanDesk& desk : input.desks) fillings.push_back({&desk, desk.used});
  const Fits fits(input);
  std::map<std::pair<Index, Index>, Indexes> classes;  // by pool and desk before
  for (Index row = 0; row < size_of(input.cases); ++row) {
    const PlanCase& one = input.cases[at(row)];
    classes[{fits.pools.number_of[at(one.need)], one.before}].push_back(row);
  }
  for (Indexes& pools : decide_parts(fits)) {
    if (fits.pools.lists[at(pools.front())].empty()) continue;  // nobody fits
    std::vector<Class> of_part;
    for (const Index pool : pools)
      for (auto one = classes.lower_bound({pool, -1});
           one != classes.end() && one->first.first == pool; ++one)
        of_part.push_back({pool, one->first.second, std::move(one->second)});
    if (!of_part.empty())
      Part(input, fits, std::move(pools), std::move(of_part)).decide(fillings, desk_of);
  }
  return desk_of;
}

}  // namespace allocation
