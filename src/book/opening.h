#pragma once
// An account's state when a snapshot or a new schedule comes in: which dues are open, what is owed.
// Pure, one account at a time; merge.cpp calls it over the rows.

#include <cstdint>
#include <span>
#include <vector>

#include "book/ledger.h"

namespace book {

// A line of the bank's balances file.
struct Snapshot {
  std::int32_t as_of = 0;
  kernel::Money principal_fen, interest_fen, late_fee_fen, instalment_fee_fen, cost_fen;
  kernel::Money overdue_fen;
  kernel::Money min_due_fen;         // as Chinese cards state it: overdue amounts are part of it
  std::int32_t oldest_due_date = 0;  // 0: nothing overdue
  std::int32_t next_due_date = 0;
};

// A line of the bank's instalment schedule.
struct Instalment {
  std::int16_t period = 0;
  std::int32_t due_date = 0;
  kernel::Money principal_fen, fee_fen, paid_fen;
};

// Puts new schedule lines in place of those of the same period (of all, when `full`).
void apply_schedule(std::vector<Due>& dues, std::span<const Instalment> lines, bool full);

// The snapshot's amounts are the truth from its date on. Dues before it come from the schedule
// where one agrees with overdue_fen and oldest_due_date; else the overdue amount is spread evenly
// over the months since the oldest due. Returns false when a schedule disagreed.
bool apply_snapshot(Ledger& ledger, std::vector<Due>& dues, const Snapshot& snapshot);

}  // namespace book
