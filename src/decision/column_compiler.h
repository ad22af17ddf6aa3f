#pragma once
// From a decision to a ColumnProgram: lowers what it can to integer work over blocks of rows, and
// leaves the rest to the interpreter.

#include <memory>
#include <string_view>
#include <vector>

#include "decision/columns.h"
#include "decision/model.h"

namespace decision {

kernel::Result<ColumnProgram> compile_columns(std::shared_ptr<const Definitions> model,
                                              std::string_view decision,
                                              const std::vector<ColumnType>& inputs);

}  // namespace decision
