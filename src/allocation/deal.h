#pragma once
// How many go where is settled; which ones is dealt out here, so that what cases are worth is
// shared among collectors too. Rows are rows of PlanInput::cases, ascending: best first.

#include "allocation/indexes.h"
#include "allocation/plan.h"

namespace allocation {

// A desk while a part's cases are handed out.
struct Filling {
  const PlanDesk* desk = nullptr;
  std::int64_t in_use = 0;  // by hands, by cases kept, and by new ones counted so far
  std::int64_t points = 0;  // of priority, of cases kept and given
  Index quota = 0;          // new cases still to be given
};

// Deals rows to takers of whom each gets so many, so that each gets good and less good ones alike:
// the next goes to whom the smallest share of theirs has been given.
std::vector<Indexes> deal_evenly(const Indexes& rows, const Indexes& quotas);

// Which desks of a group get so many new cases: each next one where a place costs least. Any other
// sharing within the group is worth no more, and this one does not hang on the network's choice.
void decide_quotas(std::vector<Filling>& fillings, const Indexes& desks, Index cases);

// Each next best case to the desk whose cases are worth least for its capacity, as long as it has
// some of its quota to get.
void deal_by_points(const PlanInput& input, std::vector<Filling>& fillings, const Indexes& desks,
                    const Indexes& cases, Indexes& desk_of);

}  // namespace allocation
