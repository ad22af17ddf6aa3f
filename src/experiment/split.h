#pragma once
// The split of a book's persons at the start of an experiment, and how it came out. What enters:
// the persons, who is left out, seed and share. What leaves: an arm for each, exact within each
// stratum, and a report of strata, those left out and the balance of the arms. Pure.

#include <boost/describe/class.hpp>
#include <string>
#include <vector>

#include "experiment/types.h"
#include "experiment/units.h"

namespace experiment {

struct Assigned {
  std::string customer_no, person_no, arm, stratum;
  std::int64_t overdue_fen = 0;
};

struct StratumLine {
  std::string stratum;
  std::int64_t persons = 0, challenger = 0;
};
BOOST_DESCRIBE_STRUCT(StratumLine, (), (stratum, persons, challenger))

struct LeftOut {
  std::string reason;  // a hold's kind, or other_experiment
  std::int64_t persons = 0;
};
BOOST_DESCRIBE_STRUCT(LeftOut, (), (reason, persons))

// How far apart the arms were before anything was done: the difference of means in pooled
// standard deviations.
struct BalanceLine {
  std::string name;
  double challenger = 0, champion = 0, difference = 0;
};
BOOST_DESCRIBE_STRUCT(BalanceLine, (), (name, challenger, champion, difference))

struct SplitReport {
  std::int64_t persons = 0, challenger = 0, shared_numbers = 0;
  std::vector<StratumLine> strata;
  std::vector<LeftOut> left_out;
  std::vector<BalanceLine> balance;
};
BOOST_DESCRIBE_STRUCT(SplitReport, (),
                      (persons, challenger, shared_numbers, strata, left_out, balance))

struct SplitInput {
  const column::Sheet& accounts;
  const column::Sheet& customers;
  const Request& asked;
  PersonOf person_of;
  std::map<std::string, std::string> held;  // customer_no → kind, beside the book's own flag
  std::map<std::string, bool, std::less<>> elsewhere;  // person_no in a running one of the file
};
struct Split {
  std::vector<Assigned> assigned;  // by customer_no
  SplitReport report;
};
Split decide_split(const SplitInput& input);

// Customer numbers of both arms that have one telephone number in common, as pairs of lists.
using SharedNumber = std::vector<std::string>;  // the customers of one number
std::int64_t count_shared(const std::vector<Assigned>& assigned,
                          const std::vector<SharedNumber>& shared);

}  // namespace experiment
