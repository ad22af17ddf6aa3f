#pragma once
// Who is likely to pay, and why. What enters: the book's accounts with the night's cut of promises,
// flags and contacts, and the tables of scorecard.dmn. What leaves: willingness, ability and the
// reason that counted most, one each an account. Never true: a point or a threshold in C++.

#include <string>
#include <vector>

#include "book/types.h"
#include "column/column.h"
#include "decision/decision.h"
#include "kernel/date.h"
#include "kernel/result.h"

namespace score {

// Facts the tables ask for, as columns of accounts (i32):
//   days_since_payment   date − last_payment_on; −1: never
//   payment_ratio_bps    paid_30d_fen of min_due_fen; −1: nothing was due
//   utilisation_bps      balance_fen of credit_limit_fen; −1: no limit
// Ratios stop at 1,000,000 (a hundredfold).
void decide_facts(column::Sheet& accounts, kernel::Date date, unsigned threads);

// Adds the facts and the columns willingness, ability (i16), willingness_reason and ability_reason
// (codes; none where no characteristic fell short of its best).
kernel::Status decide_scores(column::Sheet& accounts, const decision::Model& scorecard,
                             kernel::Date date, unsigned threads);

// A characteristic: one table of the scorecard, giving points and a reason.
struct Characteristic {
  std::string decision;
  int best_points = 0;  // the most any of its rows gives
};

// One of the two scores: <name>_base and every table named <name>_*, in the order of the model.
struct Score {
  std::string name;  // "willingness", "ability"
  int base_points = 0;
  std::vector<Characteristic> characteristics;
};
kernel::Result<Score> read_score(const decision::Model& scorecard, const std::string& name);

}  // namespace score
