#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// hold_reason (and why it was lifted), of holds that are lifted or over: emptied. Permits and
// refusals hold codes and keys only, and stay with their facts.

#include <vector>

#include "store/kept.h"

namespace gate {

std::vector<store::KeptKind> kept();

}  // namespace gate
