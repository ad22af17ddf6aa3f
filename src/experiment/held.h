#pragma once
// Whether a person's accounts were decided by a table on trial.

#include "store/held.h"

namespace experiment {

store::HeldPart held();

}  // namespace experiment
