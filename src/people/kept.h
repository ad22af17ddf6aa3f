#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// session: only its hash is kept; that somebody signed in is a fact.

#include <vector>

#include "store/kept.h"

namespace people {

std::vector<store::KeptKind> kept();

}  // namespace people
