#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// attempt_note: emptied; that there was an attempt stays.

#include <vector>

#include "store/kept.h"

namespace outreach {

std::vector<store::KeptKind> kept();

}  // namespace outreach
