#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// note, promise_note: emptied; that there was a note or a promise stays.

#include <vector>

#include "store/kept.h"

namespace casework {

std::vector<store::KeptKind> kept();

}  // namespace casework
