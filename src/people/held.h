#pragma once
// What this room holds of a person whose case it is: conflicts of interest that somebody here
// declared (store/held.h). Users' own files are not asked for by this way.

#include "store/held.h"

namespace people {

store::HeldPart held();

}  // namespace people
