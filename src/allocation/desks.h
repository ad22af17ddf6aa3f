#pragma once
// Collectors in the order of their names, what a case asks of one, and who fits it. Cases of one
// need share the search. Never true: a desk that fits and lacks the team, the skill, the region or
// the certificate, or is barred.

#include <optional>
#include <string>
#include <vector>

#include "allocation/types.h"

namespace allocation {

// What a case asks of a collector.
struct Need {
  std::string team, skill;
  std::int32_t region_code = 0;
  std::string barred_customer;  // whom somebody is barred from; empty: nobody is
  auto operator<=>(const Need&) const = default;
};

class Desks {
 public:
  explicit Desks(std::vector<Collector> collectors);  // sorts by user name

  std::optional<std::size_t> find(std::string_view user_name) const;
  const Collector& at(std::size_t desk) const { return desks_[desk]; }
  std::size_t size() const { return desks_.size(); }

  // A need's number, good for this night; numbers count from 0 in the order they are asked for.
  std::size_t number(const Need& need);
  std::size_t numbers() const { return fitting_.size(); }
  const std::vector<std::int32_t>& fitting(std::size_t need) const { return fitting_[need].desks; }
  bool fits(std::size_t desk, std::size_t need) const;
  // Why nobody could be given: no_team, no_skill, no_region, not_certified, no_capacity.
  const char* why_not(std::size_t need) const { return fitting_[need].why_not; }

 private:
  struct Fitting {
    std::vector<std::int32_t> desks;  // ascending
    const char* why_not = "";
  };
  struct Skilled {  // desks of a team that have a skill, ascending
    bool team_is_there = false;
    std::vector<std::int32_t> desks;
  };
  const Skilled& skilled(const std::string& team, const std::string& skill);
  Fitting find_fitting(const Need& need);

  std::vector<Collector> desks_;
  std::map<std::pair<std::string, std::string>, Skilled> skilled_;  // by team and skill
  std::map<Need, std::size_t> numbers_;
  std::vector<Fitting> fitting_;  // by number
};

}  // namespace allocation
