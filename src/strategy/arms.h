#pragma once
// A table run over all accounts, and over the rows of each challenger's arm by the challenger.
// What enters: accounts, perhaps with a column `arm`. What leaves: the table's output columns.

#include <vector>

#include "book/types.h"
#include "column/column.h"
#include "strategy/types.h"

namespace strategy {

// Runs the decisions of one file in the order given. The table in force decides every row; then
// each challenger of the file decides the rows of its arm afresh, in columns, and its answers take
// the place of the others'.
kernel::Status decide_file(column::Sheet& accounts, const Models& models, std::string_view file,
                           const std::vector<book::TableRun>& runs);

}  // namespace strategy
