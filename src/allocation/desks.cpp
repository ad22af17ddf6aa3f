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
  for (Collector& collector : collectors) desks_.push_back({std::move(collector)});
}

std::optional<std::size_t> Desks::find(std::string_view user_name) const {
  const auto at = std::lower_bound(
      desks_.begin(), desks_.end(), user_name,
      [](const Desk& desk, std::string_view name) { return desk.collector.user_name < name; });
  if (at == desks_.end() || at->collector.user_name != user_name) return std::nullopt;
  return static_cast<std::size_t>(at - desks_.begin());
}

Desks::Fitting Desks::find_fitting(const Need& need) const {
  Fitting fitting;
  bool team = false, skill = false, region = false, kept_away = false;
  for (std::size_t desk = 0; desk < desks_.size(); ++desk) {
    const Collector& collector = desks_[desk].collector;
    if (collector.team != need.team) continue;
    team = true;
    if (!has_skill(collector, need.skill)) continue;
    skill = true;
    if (!covers(collector, need.region_code)) continue;
    region = true;
    if (is_barred(collector, need.barred_customer))
      kept_away = true;
    else if (collector.certified)
      fitting.desks.push_back(desk);
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
  const std::vector<std::size_t>& desks = fitting_[need].desks;
  return std::binary_search(desks.begin(), desks.end(), desk);
}

void Desks::take(std::size_t desk) {
  ++desks_[desk].used;
}

bool Desks::take_if_free(std::size_t desk) {
  if (desks_[desk].free() <= 0) return false;
  take(desk);
  return true;
}

// Compares the share of places in use, promised ones counted; of equals the first by name stays.
bool Desks::roomier(std::size_t a, std::size_t b) const {
  const auto in_use = [&](std::size_t desk) {
    return std::int64_t{desks_[desk].used} + desks_[desk].reserved;
  };
  return in_use(a) * desks_[b].collector.capacity < in_use(b) * desks_[a].collector.capacity;
}

std::optional<std::size_t> Desks::take_best(std::size_t need) {
  Fitting& fits = fitting_[need];
  if (fits.full) return std::nullopt;
  std::optional<std::size_t> open, held;
  for (const std::size_t desk : fits.desks) {
    if (desks_[desk].free() <= 0) continue;
    if (!held || roomier(desk, *held)) held = desk;
    const bool is_open = desks_[desk].free() > desks_[desk].reserved;
    if (is_open && (!open || roomier(desk, *open))) open = desk;
  }
  const std::optional<std::size_t> best = open ? open : held;
  if (best) {
    take(*best);
  } else {
    fits.full = true;
  }
  return best;
}

}  // namespace allocation
