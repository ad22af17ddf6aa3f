#pragma once
// When would it be allowed? Pure: asks the packs again at the moments where something can change,
// so the answer is right for any union of packs. None when only a person can change it.

#include <optional>

#include "gate/facts.h"
#include "gate/packs.h"

namespace gate {

// Fills allowed_at of each refusal (when that rule would no longer refuse) and gives the moment
// from which none would.
std::optional<kernel::Instant> find_allowed_at(const PackSet& packs, const History& history,
                                               kernel::Instant now, std::vector<Refusal>& refusals);

}  // namespace gate
