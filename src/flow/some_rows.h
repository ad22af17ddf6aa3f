#pragma once
// Some rows of a sheet or of a book, as a sheet or book of their own: what a replay of a few
// accounts begins with. Enters: sheets, and which rows. Leaves: the same columns, fewer rows.

#include <set>
#include <span>
#include <string>
#include <vector>

#include "book/types.h"

namespace flow {

using AccountNos = std::set<std::string, std::less<>>;

column::Sheet some_rows(const column::Sheet& sheet, std::span<const std::size_t> rows);

// Rows of a batch whose account_no is one of those, in the order they stand.
std::vector<std::size_t> rows_of(const column::Sheet& batch, const AccountNos& account_nos);

// Of a book: its ledgers, dues and payments, as decide_opening wants the book before.
book::Sheets some_accounts(const book::Sheets& book, const AccountNos& account_nos);

}  // namespace flow
