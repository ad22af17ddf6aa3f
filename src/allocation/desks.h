#pragma once
// Collectors with the places they have left while the night hands cases out.

#include <map>
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
  const Collector& at(std::size_t desk) const { return desks_[desk].collector; }
  std::size_t size() const { return desks_.size(); }

  // A need's number, good for this night: cases of one need share the search for who fits.
  std::size_t number(const Need& need);
  bool fits(std::size_t desk, std::size_t need) const;
  // A place held for one of yesterday's cases until its turn comes.
  void reserve(std::size_t desk) { ++desks_[desk].reserved; }
  void release(std::size_t desk) { --desks_[desk].reserved; }
  void take(std::size_t desk);  // by hand: even past capacity
  bool take_if_free(std::size_t desk);
  // The fitting desk with the most room: a place not reserved before one that is.
  std::optional<std::size_t> take_best(std::size_t need);
  // Why nobody could be given: no_team, no_skill, no_region, not_certified, no_capacity.
  const char* why_not(std::size_t need) const { return fitting_[need].why_not; }

 private:
  struct Desk {
    Collector collector;
    int used = 0, reserved = 0;
    int free() const { return collector.capacity - used; }
  };
  struct Fitting {
    std::vector<std::size_t> desks;
    const char* why_not = "";
    bool full = false;  // none has a place left, and none will have again tonight
  };
  Fitting find_fitting(const Need& need) const;
  bool roomier(std::size_t a, std::size_t b) const;

  std::vector<Desk> desks_;
  std::map<Need, std::size_t> numbers_;
  std::vector<Fitting> fitting_;  // by number
};

}  // namespace allocation
