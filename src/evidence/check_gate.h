#pragma once
// The gate's tables against its facts. Enters: every fact of the gate, in any order. Leaves: what
// the tables say otherwise.

#include <unordered_map>

#include "evidence/rows.h"
#include "evidence/types.h"

namespace evidence {

class CheckFindings {
 public:
  explicit CheckFindings(Checked& into) : into_(&into) {}
  void add(std::string kind, std::string where, std::string zh, std::string en) {
    static constexpr std::size_t kept = 200;
    ++into_->finding_count;
    if (into_->findings.size() < kept)
      into_->findings.push_back({std::move(kind), std::move(where), std::move(zh), std::move(en)});
  }

 private:
  Checked* into_;
};

class GateTables {
 public:
  void take(const StoredFact& fact);
  void take_erased(std::string_view entry);  // of an erased fact: its permit need not be there
  void check(store::Transaction& tx, Checked& checked, CheckFindings& findings);

 private:
  // What the facts of a permit say of its row; 40 bytes.
  struct Expected {
    std::int64_t row_id = 0, fact_id = 0;
    std::uint64_t fields = 0;  // hash of those that the fact names
    std::uint32_t named = 0;   // which those are
    std::uint8_t state = 0;    // reserved, used, revoked, done; holds: set, lifted
    std::uint8_t outcome = 0;  // index into outcomes_
    bool granted = false, erased = false;
  };
  Expected& expected(std::unordered_map<std::int64_t, Expected>& of, std::int64_t id);
  void take_permit(const StoredFact& fact);
  void take_hold(const StoredFact& fact);
  void take_refusal(const StoredFact& fact);
  std::uint8_t outcome_index(const std::string& outcome);
  void check_permits(store::Transaction& tx, Checked& checked, CheckFindings& findings);
  void check_refusals(store::Transaction& tx, Checked& checked, CheckFindings& findings);
  void check_holds(store::Transaction& tx, Checked& checked, CheckFindings& findings);
  void check_counters(store::Transaction& tx, CheckFindings& findings);
  void name_columns(store::Transaction& tx, const Expected& expected, const std::string& where,
                    const std::vector<std::pair<std::string_view, std::string>>& fields,
                    const std::string& customer_no, CheckFindings& findings);

  std::unordered_map<std::int64_t, Expected> permits_, holds_;
  std::unordered_map<std::uint64_t, std::vector<std::int64_t>> refusals_;  // facts by content
  std::unordered_map<std::uint64_t, std::int64_t> nth_;                    // by person
  std::vector<std::string> outcomes_ = {""};
};

}  // namespace evidence
