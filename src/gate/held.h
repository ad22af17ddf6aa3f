#pragma once
// Every permit, refusal and hold of a person, refusals with the rule in plain words; and their
// erasure by the room's door, which leaves of each row that it was there (gate_forgotten).

#include "gate/types.h"
#include "store/held.h"

namespace gate {

store::HeldPart held(const Gate& gate);  // borrowed

}  // namespace gate
