#pragma once
// From a decision to a ColumnProgram: lowers what it can to integer work over blocks of rows, and
// leaves the rest to the interpreter.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "decision/column_plan.h"
#include "decision/columns.h"
#include "decision/model.h"

namespace decision {

// Says why_interpreted where it cannot be lowered; then it has no outputs. What is asked of each of
// the lists becomes a column after those of the inputs.
std::shared_ptr<ColumnPlan> lower_columns(std::shared_ptr<const Definitions> model,
                                          std::size_t decision,
                                          const std::vector<ColumnType>& inputs,
                                          std::vector<ListInput> lists);
// Several tables that collect, in one plan, which has no outputs but the rows that fire.
std::shared_ptr<ColumnPlan> lower_tables(std::shared_ptr<const Definitions> model,
                                         std::span<const std::size_t> decisions,
                                         const std::vector<ColumnType>& inputs,
                                         std::vector<ListInput> lists);
kernel::Result<ColumnProgram> compile_columns(std::shared_ptr<const Definitions> model,
                                              std::string_view decision,
                                              const std::vector<ColumnType>& inputs);

}  // namespace decision
