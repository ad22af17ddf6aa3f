#include "tests/allocation/exact.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "kernel/check.h"
#include "tests/allocation/least_cost.h"

namespace tests {

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::int64_t cost_of_place(const allocation::Collector& who, const TeamPoints& points, int k) {
  return points.load * 1'000 * (2 * k - 1) / (2 * who.capacity);
}

// Nodes: cases, needs, collectors and the end, in that order.
class Exact {
 public:
  Exact(const SeenNight& night, Arcs arcs) : night_(night), arcs_(arcs) {
    for (const auto& [name, who] : night.collectors) {
      desk_of_.emplace(name, static_cast<int>(desk_of_.size()));
      barred_.insert(who.barred.begin(), who.barred.end());
      const TeamPoints& points = night.points.at(who.team);
      left_ += (points.continuity + points.load) * 1'000;
    }
    for (const Asked& one : night.cases) needs_.try_emplace(key(one), needs_.size());
  }

  SeenWorth solve() {
    build();
    const int cases = static_cast<int>(night_.cases.size());
    std::vector<int> supplies(static_cast<std::size_t>(end()) + 1);
    std::fill_n(supplies.begin(), cases, 1);
    supplies.back() = -cases;
    const std::vector<int> flow = least_cost_flow(supplies, list_);
    CHECK_MSG(flow.size() == list_.size(), "leaving everybody without is allowed");
    SeenWorth worth;
    for (std::size_t i = 0; i < list_.size(); ++i) {
      const FlowArc& arc = list_[i];
      const bool of_case = arc.from < cases;
      if (flow[i] == 0 || (of_case && arc.to == end())) continue;
      worth.points -= arc.cost * flow[i];
      if (!of_case) continue;
      ++worth.given;
      worth.points += night_.cases[static_cast<std::size_t>(arc.from)].priority * 1'000;
    }
    return worth;
  }

 private:
  using Key = std::tuple<std::string, std::string, std::int32_t, std::string>;
  Key key(const Asked& one) const {
    return {one.team, one.skill, one.region_code,
            barred_.contains(one.customer_no) ? one.customer_no : ""};
  }

  int need(std::size_t number) const { return static_cast<int>(night_.cases.size() + number); }
  int desk(const std::string& name) const {
    return static_cast<int>(night_.cases.size() + needs_.size()) + desk_of_.at(name);
  }
  int end() const {
    return static_cast<int>(night_.cases.size() + needs_.size() + desk_of_.size());
  }

  std::int64_t keeping(const Asked& one, const std::string& name) const {
    return one.before == name ? night_.points.at(one.team).continuity * 1'000 : 0;
  }

  void build() {
    const int all = static_cast<int>(night_.cases.size());
    std::vector<const Asked*> of_need(needs_.size());
    for (int row = 0; row < all; ++row) {
      const Asked& one = night_.cases[static_cast<std::size_t>(row)];
      list_.push_back({row, end(), 1, left_ + one.priority * 1'000});
      const std::size_t number = needs_.at(key(one));
      of_need[number] = &one;
      if (arcs_ == Arcs::needs) {
        list_.push_back({row, need(number), 1, 0});
        const auto who = night_.collectors.find(one.before);
        if (who != night_.collectors.end() && misfit(who->second, one).empty())
          list_.push_back({row, desk(one.before), 1, -keeping(one, one.before)});
        continue;
      }
      for (const auto& [name, who] : night_.collectors)
        if (misfit(who, one).empty()) list_.push_back({row, desk(name), 1, -keeping(one, name)});
    }
    if (arcs_ == Arcs::needs)
      for (std::size_t number = 0; number < of_need.size(); ++number)
        for (const auto& [name, who] : night_.collectors)
          if (misfit(who, *of_need[number]).empty())
            list_.push_back({need(number), desk(name), all, 0});
    for (const auto& [name, who] : night_.collectors) {
      const auto used = night_.used.find(name);
      for (int k = (used == night_.used.end() ? 0 : used->second) + 1; k <= who.capacity; ++k)
        list_.push_back({desk(name), end(), 1, cost_of_place(who, night_.points.at(who.team), k)});
    }
  }

  const SeenNight& night_;
  Arcs arcs_;
  std::map<std::string, int> desk_of_;
  std::map<Key, std::size_t> needs_;
  std::set<std::string> barred_;  // customers whom somebody must not work for
  std::vector<FlowArc> list_;
  std::int64_t left_ = 1;  // what being left without costs beside the priority: more than any shift
};

}  // namespace

std::string misfit(const allocation::Collector& who, const Asked& one) {
  if (who.team != one.team) return "team";
  if (one.skill != "none" && !contains(who.skills, one.skill)) return "skill";
  const std::string region = std::to_string(one.region_code);
  if (!who.regions.empty() && std::none_of(who.regions.begin(), who.regions.end(),
                                           [&](const auto& r) { return region.starts_with(r); }))
    return "region";
  if (!who.certified) return "certificate";
  if (contains(who.barred, one.customer_no)) return "barred";
  return "";
}

SeenNight see(const column::Sheet& accounts, const column::Sheet& customers,
              const allocation::NightInput& input) {
  SeenNight night;
  for (const allocation::Collector& who : input.collectors) {
    night.collectors.emplace(who.user_name, who);
    const auto said = input.allocation.evaluate("allocation_worth", {{"team", who.team}}).value;
    night.points[who.team] = {*said.context().find("continuity_points")->to_int64(),
                              *said.context().find("load_points")->to_int64()};
  }
  std::map<std::string, std::string> before;
  for (const allocation::Standing& one : input.standing)
    before.emplace(one.customer_no, one.collector);
  const auto leads = customers.get<std::int32_t>("lead_account");
  const auto priority = accounts.get<std::int32_t>("priority");
  const auto region = accounts.get<std::int32_t>("region_code");
  const auto team = accounts.codes("team"), skill = accounts.codes("skill"),
             collector = accounts.codes("collector"), outcome = accounts.codes("allotment");
  const auto customer_no = customers.texts("customer_no");
  for (std::size_t customer = 0; customer < customers.rows(); ++customer) {
    const auto lead = static_cast<std::size_t>(leads[customer]);
    const std::string had = before[std::string(customer_no.at(customer))];
    if (team.at(lead) == "none") continue;
    if (outcome.at(lead) == "manual") {
      ++night.used[std::string(collector.at(lead))];
      continue;
    }
    night.cases.push_back({.customer_no = std::string(customer_no.at(customer)),
                           .team = std::string(team.at(lead)),
                           .skill = std::string(skill.at(lead)),
                           .region_code = region[lead],
                           .priority = priority[lead],
                           .before = had,
                           .given = std::string(collector.at(lead))});
  }
  return night;
}

std::vector<std::string> faults(const SeenNight& night) {
  std::vector<std::string> found;
  std::map<std::string, int> load = night.used;
  for (const Asked& one : night.cases) {
    if (one.given.empty()) continue;
    ++load[one.given];
    const std::string why = misfit(night.collectors.at(one.given), one);
    if (!why.empty()) found.push_back(one.customer_no + " to " + one.given + ": " + why);
  }
  for (const auto& [name, cases] : load) {
    const int most = std::max(night.collectors.at(name).capacity,
                              night.used.contains(name) ? night.used.at(name) : 0);
    if (cases > most) found.push_back(name + " is past the capacity");
  }
  return found;
}

SeenWorth worth(const SeenNight& night) {
  SeenWorth worth;
  std::map<std::string, int> load = night.used;
  for (const Asked& one : night.cases) {
    if (one.given.empty()) continue;
    const allocation::Collector& who = night.collectors.at(one.given);
    const TeamPoints& points = night.points.at(who.team);
    ++worth.given;
    worth.points += one.priority * 1'000 - cost_of_place(who, points, ++load[one.given]);
    if (one.given == one.before) worth.points += points.continuity * 1'000;
  }
  return worth;
}

SeenWorth best(const SeenNight& night, Arcs arcs) {
  return Exact(night, arcs).solve();
}

}  // namespace tests
