#pragma once
// The gate's tables against its facts. Enters: every fact of the gate, in any order. Leaves: what
// the tables say otherwise.

#include <map>
#include <unordered_map>

#include "evidence/rows.h"
#include "evidence/types.h"
#include "gate/types.h"

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

using Members = std::map<std::string, std::string, std::less<>>;
// Values of a fact's body as a row says them: texts without quotes, null as nothing.
Members members_of(std::string_view body);
std::int64_t number_of(std::string_view text);

class GateTables {
 public:
  void take(const StoredFact& fact);
  void take_erased(std::string_view entry);  // of an erased fact: its permit need not be there
  void check(store::Transaction& tx, Checked& checked, CheckFindings& findings);

 private:
  // What the facts of a permit or hold say of its row; 64 bytes.
  struct Expected {
    std::int64_t row_id = 0, fact_id = 0;
    std::int64_t used_at = 0, ended_at = 0;  // 0: never
    std::uint64_t fields = 0;                // hash of those that the fact names
    std::uint64_t ended_by = 0;              // hash
    std::uint32_t named = 0;                 // which those are
    std::uint8_t state = 0;                  // reserved, used, revoked, done; holds: set, lifted
    std::uint8_t outcome = 0;                // index into outcomes_
    bool granted = false, erased = false;
  };
  struct Count {
    std::int64_t nth = 0, last_at = 0;
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
  static void check_end(const Expected& one, const gate::TableRow& row, const std::string& where,
                        CheckFindings& findings);
  void take_mark(const StoredFact& fact);
  void check_marks(store::Transaction& tx, CheckFindings& findings);
  void name_columns(store::Transaction& tx, const Expected& expected, const std::string& where,
                    const std::vector<std::pair<std::string_view, std::string>>& fields,
                    const std::string& customer_no, CheckFindings& findings);

  std::unordered_map<std::int64_t, Expected> permits_, holds_;
  std::unordered_map<std::uint64_t, std::vector<std::int64_t>> refusals_;  // facts by content
  std::unordered_map<std::uint64_t, Count> counts_;                        // by person
  std::unordered_map<std::uint64_t, std::int64_t> marks_;                  // fact by content
  std::unordered_map<std::uint64_t, bool> marked_;                         // number, person, mark
  std::int64_t erased_permits_ = 0, erased_marks_ = 0, erased_refusals_ = 0, uncounted_ = 0;
  std::vector<std::string> outcomes_ = {""};
};

}  // namespace evidence
