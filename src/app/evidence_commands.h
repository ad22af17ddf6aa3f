#pragma once
// What other commands need of evidence: where the log of a data folder is, and the store's check.

#include <string>

#include "app/workplace.h"
#include "evidence/types.h"

namespace app {

evidence::SealOptions seal_options(const Place& place);
// The store of this place against its log: 1 where something does not fit.
int run_verify_data(const Place& place, const std::string& language, bool json);

}  // namespace app
