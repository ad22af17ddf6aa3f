#pragma once
// One stage from what those before it left on disk to what it leaves itself.

#include <filesystem>

#include "flow/stages.h"

namespace flow {

// Decides the stage at that position and saves it, whole or not at all. Not yet on disk for good
// (flow/settling.h).
kernel::Status run_stage(Night& night, std::size_t position, const std::filesystem::path& part);

}  // namespace flow
