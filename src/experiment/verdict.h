#pragma once
// The verdict of an experiment as of a day: both arms, limits by day, guards, checks, and what all
// that means in words. What enters: outcomes and rules. What leaves: Verdict, with the rows that
// decided it. Pure but for reading the outcomes.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiment/outcomes.h"
#include "experiment/rules.h"
#include "experiment/split.h"

namespace experiment {

struct ArmLine {
  std::string arm;
  std::int64_t persons = 0, newcomers = 0, followed = 0;
  std::int64_t overdue_fen = 0, recovered_fen = 0;  // of those followed in full
  std::int64_t cured = 0, contacts = 0;             // of those followed in full
  std::int64_t complaints = 0, held_later = 0, missing = 0;
  double mean = 0;  // of the metric, of those followed in full
};
BOOST_DESCRIBE_STRUCT(ArmLine, (),
                      (arm, persons, newcomers, followed, overdue_fen, recovered_fen, cured,
                       contacts, complaints, held_later, missing, mean))

struct DayLine {
  kernel::Date date;
  std::int64_t followed = 0;
  double estimate = 0, lower = 0, upper = 0;
};
BOOST_DESCRIBE_STRUCT(DayLine, (), (date, followed, estimate, lower, upper))

struct GuardLine {
  std::string guard;
  std::string state;  // ok | breached
  double value = 0;   // complaints: evidence, of which `limit` breaches; contacts: lower limit of
  double limit = 0;   // the difference a person, and the margin it may not pass
};
BOOST_DESCRIBE_STRUCT(GuardLine, (), (guard, state, value, limit))

struct CheckLine {
  std::string check, state;  // ok | warn | bad
  double value = 0;          // a p-value, a share, a difference in standard deviations, or a count
  std::int64_t count = 0;    // persons, numbers or changes behind it
  std::string annotation;
};
BOOST_DESCRIBE_STRUCT(CheckLine, (), (check, state, value, count, annotation))

struct Verdict {
  kernel::Date as_of;
  std::string verdict, advice, words_zh, words_en;
  int row = 0;
  std::string rule_id, annotation, rules_version;
  std::int64_t margin_bps = 0, followed = 0;
  double alpha = 0, estimate = 0, lower = -1, upper = 1;
  std::optional<kernel::Date> first_results_on;
  std::optional<std::int64_t> more_persons, more_days;  // expected, where more data would tell
  std::vector<ArmLine> arms;
  std::vector<DayLine> days;
  std::vector<GuardLine> guards;
  std::vector<CheckLine> checks;
};
BOOST_DESCRIBE_STRUCT(Verdict, (),
                      (as_of, verdict, advice, words_zh, words_en, row, rule_id, annotation,
                       rules_version, margin_bps, followed, alpha, estimate, lower, upper,
                       first_results_on, more_persons, more_days, arms, days, guards, checks))

kernel::Result<Verdict> decide_verdict(const Experiment& experiment, const SplitReport& split,
                                       const Outcomes& outcomes, const Rules& rules,
                                       kernel::Date today);

// What the verdict says, for people: in `verdict.words_zh` and `words_en`.
void add_words(const Experiment& experiment, Verdict& verdict);

}  // namespace experiment
