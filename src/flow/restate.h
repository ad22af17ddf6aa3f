#pragma once
// Payments that became known late (docs/decisions/0036): their accounts are played again from the
// edition before the first value date, night by night, as if each payment had been known on its own
// day. Leaves: those accounts' ledgers as the book before should have had them, and what each night
// would have decided otherwise. Never: a change to an edition that is made.

#include <boost/describe/class.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "book/types.h"
#include "flow/inputs.h"

namespace flow {

struct Night;

// backdated.json of the merge stage, and part of the night's report.
struct BackDated {
  std::int64_t payments = 0;           // dated before the day the book stood at, in no snapshot
  std::int64_t corrections = 0;        // of these: known before, with another day or amount
  std::int64_t accounts = 0;           // played again for them
  std::int64_t nights = 0;             // each night that was played again
  std::int64_t decided_otherwise = 0;  // nights of an account with another bucket or treatment
  // Of the payments: what their nights were made from is gone, so they count from tonight.
  std::int64_t not_recomputed = 0;
  std::string since;  // the earliest value date recomputed; empty: none
  std::string gone;   // the latest night that cannot be played again; empty: all can
};
BOOST_DESCRIBE_STRUCT(BackDated, (),
                      (payments, corrections, accounts, nights, decided_otherwise, not_recomputed,
                       since, gone))

struct Restated {
  BackDated told;
  std::vector<book::BatchSheet> batches;  // restated ledgers, dues and payments, for the merge
  // A row an account: account_no, customer_no (texts), payments, since (i32), balance_then_fen,
  // balance_fen, overdue_then_fen, overdue_fen (i64): of the book before, as it is and should be.
  column::Sheet accounts;
  // A row a night and account: night (i32), account_no, edition, bucket_then, bucket,
  // treatment_then, treatment (texts), dpd_then, dpd (i32).
  column::Sheet otherwise;
};

// Sheets of the merge stage's folder.
inline constexpr const char* restated_accounts_name = "restated";
inline constexpr const char* restated_nights_name = "otherwise";

// Nothing where no payment of these batches came late. `recorded`: what an earlier making of this
// very night said, so that what was gone then stays gone, and what was not must be there.
kernel::Result<std::optional<Restated>> restate(const Night& night,
                                                const std::vector<book::BatchSheet>& batches,
                                                const std::optional<BackDated>& recorded);

}  // namespace flow
