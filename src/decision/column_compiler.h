#pragma once
// From a decision to a ColumnProgram: lowers what it can to integer work over blocks of rows, and
// leaves the rest to the interpreter.

#include <memory>
#include <string_view>
#include <vector>

#include "decision/columns.h"
#include "decision/model.h"

namespace decision {

// Says why_interpreted where it cannot be lowered; then it has no outputs.
std::shared_ptr<ColumnPlan> lower_columns(std::shared_ptr<const Definitions> model,
                                          std::size_t decision,
                                          const std::vector<ColumnType>& inputs);
kernel::Result<ColumnProgram> compile_columns(std::shared_ptr<const Definitions> model,
                                              std::string_view decision,
                                              const std::vector<ColumnType>& inputs);

}  // namespace decision
