#pragma once
// Test cases kept with a table: a CSV whose lines give inputs and what must come of them.

#include <string>
#include <string_view>
#include <vector>

#include "decision/decision.h"
#include "kernel/result.h"
#include "tables/types.h"

namespace tables {

// The cases shipped beside a file: treatment.dmn has treatment.tests.csv; empty where there are
// none, or they are in the gate's own form.
std::string shipped_cases(const std::filesystem::path& decisions, const std::string& file);

}  // namespace tables
