#pragma once
// What became of each person of an experiment. What enters: the recorded arms, the payments of the
// imported files, the books of the days between, holds told as facts, contacts by the port. What
// leaves: one Followed a person, in the order the limits look at them.

#include <optional>
#include <string>
#include <vector>

#include "experiment/types.h"

namespace experiment {

struct Followed {
  std::string person_no;
  bool challenger = false, newcomer = false;
  std::size_t stratum = 0;
  kernel::Date assigned_on;
  std::int64_t overdue_fen = 0;
  bool full = false;  // followed for the whole horizon
  // Within the horizon, for those followed in full.
  std::int64_t paid_fen = 0;
  std::int64_t contacts = 0;
  bool cured = false, in_book = true;
  // Since the arm was given, up to the end of the experiment.
  std::optional<kernel::Instant> complained_at;
  std::string held;              // first hold set later, by kind
  std::int64_t other_table = 0;  // numbers × nights another table than the arm's decided
};

struct Outcomes {
  std::vector<Followed> persons;  // by assigned_on, then a number of the seed
  std::size_t strata = 0;
  std::optional<kernel::Date> last_book;                                // the latest day looked at
  std::vector<std::pair<kernel::Date, std::string>> champion_versions;  // when it changed
};

// The share of what was overdue that was paid, at most 1; or whether nothing is overdue any more.
double outcome_of(const Followed& person, std::string_view metric);

kernel::Result<Outcomes> load_outcomes(store::Transaction& tx, const Deps& deps,
                                       const Experiment& experiment, kernel::Date today);

}  // namespace experiment
