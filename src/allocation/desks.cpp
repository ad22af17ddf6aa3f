#include "allocation/desks.h"

#include <algorithm>

namespace allocation {

namespace {

constexpr std::string_view no_skill_needed = "none";

bool has_skill(const Collector& collector, const std::string& skill) {
  return skill.empty() || skill == no_skill_needed ||
         std::find(collector.skills.begin(), collector.skills.end(), skill) !=
             collector.skills.end();
}

// `region`: the six digits of a code.
bool covers(const Collector& collector, const std::string& region) {
  return collector.regions.empty() ||
         std::any_of(collector.regions.begin(), collector.regions.end(),
                     [&](const std::string& begin) { return region.starts_with(begin); });
}

std::string digits_of(std::int32_t region_code) {
  const std::string code = std::to_string(region_code);
  return std::string(6 - std::min<std::size_t>(6, code.size()), '0') + code;
}

bool is_barred(const Collector& collector, const std::string& customer_no) {
  return !customer_no.empty() && std::find(collector.barred.begin(), collector.barred.end(),
                                           customer_no) != collector.barred.end();
}

}  // namespace

Desks::Desks(std::vector<Collector> collectors) {
  std::sort(collectors.begin(), collectors.end(),
            [](const Collector& a, const Collector& b) { return a.user_name < b.user_name; });
  desks_ = std::move(collectors);
}

std::optional<std::size_t> Desks::find(std::string_view user_name) const {
  const auto at = std::lower_bound(
      desks_.begin(), desks_.end(), user_name,
      [](const Collector& desk, std::string_view name) { return desk.user_name < name; });
  if (at == desks_.end() || at->user_name != user_name) return std::nullopt;
  return static_cast<std::size_t>(at - desks_.begin());
}

const Desks::Skilled& Desks::skilled(const std::string& team, const std::string& skill) {
  const auto [at, is_new] = skilled_.try_emplace({team, skill});
  for (std::size_t desk = 0; is_new && desk < desks_.size(); ++desk) {
    if (desks_[desk].team != team) continue;
    at->second.team_is_there = true;
    if (has_skill(desks_[desk], skill)) at->second.desks.push_back(static_cast<std::int32_t>(desk));
  }
  return at->second;
}

Desks::Fitting Desks::find_fitting(const Need& need) {
  Fitting fitting;
  const Skilled& able = skilled(need.team, need.skill);
  const std::string region = digits_of(need.region_code);
  bool there = false, kept_away = false;
  for (const std::int32_t desk : able.desks) {
    const Collector& collector = desks_[static_cast<std::size_t>(desk)];
    if (!covers(collector, region)) continue;
    there = true;
    if (is_barred(collector, need.barred_customer))
      kept_away = true;
    else if (collector.certified)
      fitting.desks.push_back(desk);
  }
  fitting.why_not = !able.team_is_there                   ? "no_team"
                    : able.desks.empty()                  ? "no_skill"
                    : !there                              ? "no_region"
                    : fitting.desks.empty() && !kept_away ? "not_certified"
                                                          : "no_capacity";
  return fitting;
}

std::size_t Desks::number(const Need& need) {
  const auto [at, is_new] = numbers_.try_emplace(need, fitting_.size());
  if (is_new) fitting_.push_back(find_fitting(need));
  return at->second;
}

bool Desks::fits(std::size_t desk, std::size_t need) const {
  const std::vector<std::int32_t>& desks = fitting_[need].desks;
  return std::binary_search(desks.begin(), desks.end(), static_cast<std::int32_t>(desk));
}

}  // namespace allocation
