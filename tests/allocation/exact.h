#pragma once
// A night's allocation looked at from outside: what was asked, who was given, whether that was
// allowed, what it is worth and what the best would have been. Shares no code with src/allocation:
// who fits, and the worth of docs/decisions/0034, are written here a second time.

#include <map>
#include <string>
#include <vector>

#include "allocation/types.h"

namespace tests {

struct Asked {  // a customer whom the night had to find somebody for; priority: 0 or more
  std::string customer_no, team, skill;
  std::int32_t region_code = 0;
  std::int64_t priority = 0;
  std::string before, given;  // collectors; empty: nobody
};

struct TeamPoints {
  std::int64_t continuity = 0, load = 0;
};

struct SeenNight {
  std::vector<Asked> cases;
  std::map<std::string, allocation::Collector> collectors;
  std::map<std::string, int> used;  // places that hands had given
  std::map<std::string, TeamPoints> points;
};

// After decide_night.
SeenNight see(const column::Sheet& accounts, const column::Sheet& customers,
              const allocation::NightInput& input);

// Why somebody may not have a case: team, skill, region, certificate, barred; empty: they may.
std::string misfit(const allocation::Collector& who, const Asked& one);
std::vector<std::string> faults(const SeenNight& night);  // what was not allowed, in words

struct SeenWorth {
  std::int64_t given = 0;   // of two plans the one that gives more is better,
  std::int64_t points = 0;  // then the one of more points (thousandths)
  bool operator==(const SeenWorth&) const = default;
};
SeenWorth worth(const SeenNight& night);

// The best there is, by LEMON's cost scaling over single cases. `pairs`: an arc for each case and
// collector that fit; `needs`: cases that ask the same share their arcs, for nights too large for
// the former.
enum class Arcs { pairs, needs };
SeenWorth best(const SeenNight& night, Arcs arcs);

}  // namespace tests
