#pragma once
// The amounts of the opening: each row's snapshot or yesterday's ledger, its dues and payments.

#include <string_view>
#include <vector>

#include "book/entries.h"
#include "book/types.h"

namespace book {

// Rows of every batch of a kind, by account_no, then in the order of the batches.
std::vector<Entry> entries_of(const MergeInput& input, std::string_view kind);

// Batches of kind restated, restated_dues and restated_payments are sheets of a book before of
// their own: the accounts in it go on from there, the others from input.previous.
// Adds the ledger's columns and balance_as_of to accounts; makes the sheets of dues and payments.
void open_amounts(const MergeInput& input, Sheets& sheets, Anomalies& anomalies);

}  // namespace book
