#pragma once
// Which team has had a person's cases, and why they were moved; no staff by name.

#include "store/held.h"

namespace allocation {

store::HeldPart held();

}  // namespace allocation
