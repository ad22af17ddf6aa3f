#pragma once
// The amounts of the opening, for some accounts at a time: each row's snapshot or yesterday's
// ledger, its dues and payments. Enters: rows of accounts with account_no and previous_row. Leaves:
// balance_as_of; the ledger's columns, dues and payments, by row of the block.

#include "book/entries.h"
#include "book/types.h"

namespace book {

// Batches of kind restated, restated_dues and restated_payments are sheets of a book before of
// their own: the accounts in it go on from there, the others from input.previous.
class Amounts {
 public:
  explicit Amounts(const MergeInput& input);  // borrowed

  // Adds balance_as_of: the day of the latest snapshot up to the date, here or in the book before.
  void date_balances(column::Sheet& accounts, const KeyRange& range) const;
  // Accounts with balance_as_of: adds the ledger's columns, dues and payments. Entries in `range`
  // of no account are counted.
  void open(Sheets& block, const KeyRange& range, Anomalies& anomalies) const;

 private:
  const MergeInput& input_;
  Lines balances_, instalments_, payments_, restated_;
};

}  // namespace book
