#pragma once
// What was tried with a person and what came of it, with the notes; no staff by name.

#include "store/held.h"

namespace outreach {

store::HeldPart held();

}  // namespace outreach
