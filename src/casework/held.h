#pragma once
// A person's accounts as the latest book has them, which row of which table decided each and why,
// payments, promises and notes.

#include <filesystem>
#include <functional>

#include "book/types.h"
#include "store/held.h"
#include "strategy/types.h"

namespace casework {

// The tables a night was decided by; borrowed things live as long as the part.
using ModelsOf = std::function<kernel::Result<strategy::Models>(kernel::Date night)>;
store::HeldPart held(const book::Shelf& shelf, std::filesystem::path decisions, ModelsOf models_of);

}  // namespace casework
