#pragma once
// What the client's files said of a person: who they are, where they are reached, their accounts,
// who else stands with them (masked), and contacts others had. See store/held.h.

#include "store/held.h"

namespace intake {

store::HeldPart held();

}  // namespace intake
