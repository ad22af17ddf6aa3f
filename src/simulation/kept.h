#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// simulation_run: the results on disk; that it was run stays.

#include <filesystem>
#include <vector>

#include "store/kept.h"

namespace simulation {

std::vector<store::KeptKind> kept(const std::filesystem::path& data_dir);

}  // namespace simulation
