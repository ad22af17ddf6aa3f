#pragma once
// The stage that gives cases to collectors: the table row by row, whose is whose over the whole
// book. Accounts go through it in blocks, their columns into the stage's folder as they come.

#include "flow/stages.h"

namespace flow {

// Decides and saves accounts' columns; of customers it adds lead_account.
kernel::Status allocate(Night& night, const std::filesystem::path& folder);

}  // namespace flow
