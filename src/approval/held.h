#pragma once
// What was asked and answered about a person's cases: kinds, times, reasons; no staff by name.

#include "store/held.h"

namespace approval {

store::HeldPart held();

}  // namespace approval
