#pragma once
// Decides every line of a CSV file (RFC 4180; the header names the inputs) and gives the lines back
// with the outputs and the rows that fired. Cells are read by the types of the model's inputs; an
// empty cell is null.

#include <string>
#include <string_view>

#include "decision/decision.h"

namespace decision {

kernel::Result<std::string> decide_csv(const Model& model, std::string_view decision,
                                       std::string_view csv, std::string_view where);

}  // namespace decision
