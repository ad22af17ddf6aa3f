#pragma once
// What this room keeps that retention may destroy (store/kept.h).
// contact_record: imported contacts, deleted. import_reject: a batch's bad lines, in clear in
// <data>/rejects and masked as rows: both gone; how many there were stays.

#include <filesystem>
#include <vector>

#include "store/kept.h"

namespace intake {

std::vector<store::KeptKind> kept(const std::filesystem::path& data_dir);

}  // namespace intake
