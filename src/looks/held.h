#pragma once
// Who looked at a person: when, in which role and why; staff are not named. Rows stay after an
// erasure (they are sealed, and the law asks for them); the texts beside them go.

#include "store/held.h"

namespace looks {

store::HeldPart held();

}  // namespace looks
