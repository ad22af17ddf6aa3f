#pragma once
// How long a kind of record is kept: decisions/retention.dmn, in force and shipped. What enters: a
// record's kind and day, and what is known of its case. What leaves: the day it is due, and the row
// that says so; or why it stays. Pure. Never true: a day before what the shipped law asks for,
// whatever the table in force says (CN_RETENTION).

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "decision/decision.h"
#include "kernel/date.h"
#include "records/types.h"

namespace records {

struct KeepRule {
  std::string code, rule_id, citation, rank, certainty;
  std::string from_event;  // made last_activity plan_settled case_closed legal_end law_end
  std::int64_t keep_months = 0;
};

// What is known of the case a record belongs to, on a day.
struct CaseState {
  std::string person_key;
  bool open = true;  // an account not closed, a plan, complaint or other hold, a promise not due
  std::vector<std::string> products;  // none known: every lender's rules
  std::string jurisdiction = "CN";    // mixed or not known: every one's
  std::optional<kernel::Date> last_activity, closed_on;
  bool plan_open = false;
  std::optional<kernel::Date> plan_settled_on;  // none and not open: there was no plan
};

struct Due {
  enum class State { due, later, open, not_known } state = State::not_known;
  kernel::Date due_on;  // of due and later: destroyed on this day or after
  KeepRule rule;        // that decides the day
};

class RetentionRules {
 public:
  // `kinds`: those asked about, so that loosening is looked for in each.
  static kernel::Result<RetentionRules> of(const decision::Model& in_force,
                                           const decision::Model& shipped,
                                           const std::vector<std::string>& kinds);
  // `case_state` null: a record of nobody's case.
  Due decide(const std::string& kind, kernel::Date made_on, const CaseState* case_state,
             kernel::Date today) const;
  // No record of the kind is due before it is this old, whatever its case.
  std::int64_t months_at_least(const std::string& kind) const;
  const std::vector<Loosened>& loosened() const { return loosened_; }
  const std::string& version() const { return version_; }

 private:
  struct Rules {
    std::vector<KeepRule> law, lender, most;
  };
  using Key = std::tuple<std::string, std::string, std::string>;  // kind, lender kind, jurisdiction
  explicit RetentionRules(const decision::Model& model)
      : model_(model), version_(model.version()) {}
  kernel::Status load(const decision::Model& shipped, const Key& key);
  std::vector<const Rules*> rules_for(const std::string& kind, const CaseState* state) const;
  std::vector<std::string> lender_kinds_of(const CaseState* state) const;

  decision::Model model_;  // in force
  std::map<Key, Rules> rules_;
  std::vector<Loosened> loosened_;
  std::string version_;
};

}  // namespace records
