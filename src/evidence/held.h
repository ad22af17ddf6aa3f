#pragma once
// Every fact on record of a person, in words. Their erasure is forget()'s (types.h), after all
// rooms.

#include <filesystem>

#include "store/held.h"

namespace evidence {

store::HeldPart held(std::filesystem::path decisions);

}  // namespace evidence
