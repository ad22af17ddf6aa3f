#pragma once
// The packs in force as people read them: versions, days, rows with what they rest on, options with
// the sources that speak for them, and whom each pack protects. What enters is a PackSet.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gate/packs.h"

namespace gate {

// One cell of a row that asks something.
struct PackCondition {
  std::string input, label, test;  // the test as FEEL
};
BOOST_DESCRIBE_STRUCT(PackCondition, (), (input, label, test))

struct PackRule {
  std::string table, rule_id;
  int row = 0;  // of its table, from 1
  std::string code, citation, rank, certainty, reason_zh, reason_en, again;
  std::string effective_from, effective_until;  // both included; empty: always
  bool in_effect = true;                        // on the day that was asked about
  std::string note;                             // where the citation was read
  std::vector<PackCondition> conditions;
};
BOOST_DESCRIBE_STRUCT(PackRule, (),
                      (table, rule_id, row, code, citation, rank, certainty, reason_zh, reason_en,
                       again, effective_from, effective_until, in_effect, note, conditions))

struct PackChoice {
  std::string name, value, meaning;
  bool disputed = false;  // the sources disagree; `meaning` cites them
};
BOOST_DESCRIBE_STRUCT(PackChoice, (), (name, value, meaning, disputed))

struct PackProtects {
  std::string jurisdiction, product;  // as FEEL; "-": any
};
BOOST_DESCRIBE_STRUCT(PackProtects, (), (jurisdiction, product))

struct PackShown {
  std::string pack, version;
  std::optional<kernel::Date> effective_from;  // of a version released here; none: as shipped
  std::string problem;                         // not empty: it refuses everything
  std::vector<PackProtects> protects;          // none: everybody
  std::vector<PackChoice> options;
  std::vector<PackRule> rows;
};
BOOST_DESCRIBE_STRUCT(PackShown, (),
                      (pack, version, effective_from, problem, protects, options, rows))

struct PacksShown {
  kernel::Date date;
  std::vector<PackShown> packs;
};
BOOST_DESCRIBE_STRUCT(PacksShown, (), (date, packs))

PacksShown show_packs(const PackSet& set, kernel::Date date);

}  // namespace gate
