#pragma once
// Names: what an expression uses and what its decision requires; and functions that give another
// answer another day.

#include <vector>

#include "decision/check.h"
#include "decision/model.h"

namespace decision {

std::vector<Finding> check_names(const Definitions& model, const CheckOptions& options);

}  // namespace decision
