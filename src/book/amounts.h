#pragma once
// The amounts of the opening: each row's snapshot or yesterday's ledger, its dues and payments.

#include <string_view>
#include <vector>

#include "book/entries.h"
#include "book/types.h"

namespace book {

// Rows of every batch of a kind, by account_no, then in the order of the batches.
std::vector<Entry> entries_of(const MergeInput& input, std::string_view kind);

// Adds the ledger's columns and balance_as_of to accounts; makes the sheets of dues and payments.
void open_amounts(const MergeInput& input, Sheets& sheets, Anomalies& anomalies);

}  // namespace book
