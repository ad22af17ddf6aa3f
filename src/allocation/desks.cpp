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

bool covers(const Collector& collector, std::int32_t region_code) {
  if (collector.regions.empty()) return true;
  std::string code = std::to_string(region_code);
  if (code.size() < 6) code.insert(0, 6 - code.size(), '0');
  return std::any_of(collector.regions.begin(), collector.regions.end(),
                     [&](const std::string& region) { return code.starts_with(region); });
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

Desks::Fitting Desks::find_fitting(const Need& need) const {
  Fitting fitting;
  bool team = false, skill = false, region = false, kept_away = false;
  for (std::size_t desk = 0; desk < desks_.size(); ++desk) {
    const Collector& collector = desks_[desk];
    if (collector.team != need.team) continue;
    team = true;
    if (!has_skill(collector, need.skill)) continue;
    skill = true;
    if (!covers(collector, need.region_code)) continue;
    region = true;
    if (is_barred(collector, need.barred_customer))
      kept_away = true;
    else if (collector.certified)
      fitting.desks.push_back(static_cast<std::int32_t>(desk));
  }
  fitting.why_not = !team                                 ? "no_team"
                    : !skill                              ? "no_skill"
                    : !region                             ? "no_region"
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
