#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// approval_note: the reason of a request that ended and the notes of its answers: emptied. Who
// asked and who answered what stays.

#include <vector>

#include "store/kept.h"

namespace approval {

std::vector<store::KeptKind> kept();

}  // namespace approval
