#pragma once
// Decisions made again: those of a past night under the versions of then, and a case's under a
// draft beside what is in force.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tables/types.h"

namespace tables {

// One decision: which row of which version, on what, and what came of it.
struct Decided {
  std::string version;
  std::int64_t row = 0;  // 0: a formula, or no row
  std::string rule_id, annotation;
  std::vector<ExampleValue> inputs, outputs;
  std::vector<std::string> messages;
};
BOOST_DESCRIBE_STRUCT(Decided, (), (version, row, rule_id, annotation, inputs, outputs, messages))

struct TriedDecision {
  std::string file, decision, title;
  std::optional<Decided> in_force, draft;  // absent where only the other side has it
  bool differs = false;
};
BOOST_DESCRIBE_STRUCT(TriedDecision, (), (file, decision, title, in_force, draft, differs))

struct TriedAccount {
  std::string account_no_masked;
  bool differs = false;
  std::vector<TriedDecision> decisions;
};
BOOST_DESCRIBE_STRUCT(TriedAccount, (), (account_no_masked, differs, decisions))

struct TriedCase {
  std::string case_id;
  kernel::Date date;  // of the book it was tried on
  bool differs = false;
  std::vector<TriedAccount> accounts;
};
BOOST_DESCRIBE_STRUCT(TriedCase, (), (case_id, date, differs, accounts))

kernel::Result<TriedCase> try_case(const Deps& deps, VersionId version_id,
                                   const std::string& case_id, kernel::Instant now);

struct ReplayedDecision {
  std::string file, decision, title;
  Decided decided;
  std::vector<ExampleValue> recorded;  // what the book of that night keeps of it
  std::optional<bool> agrees;          // nothing where the book keeps nothing of this table
};
BOOST_DESCRIBE_STRUCT(ReplayedDecision, (), (file, decision, title, decided, recorded, agrees))

struct ReplayedAccount {
  std::string account_no_masked;
  bool agrees = true;
  std::vector<ReplayedDecision> decisions;
};
BOOST_DESCRIBE_STRUCT(ReplayedAccount, (), (account_no_masked, agrees, decisions))

struct Replay {
  kernel::Date date;
  std::string edition;
  bool agrees = true;
  std::vector<ReplayedAccount> accounts;
};
BOOST_DESCRIBE_STRUCT(Replay, (), (date, edition, agrees, accounts))

// One of account_no and case_id; the other is empty.
kernel::Result<Replay> replay(const Deps& deps, kernel::Date date, const std::string& account_no,
                              const std::string& case_id);

}  // namespace tables
