#pragma once
// Attempts: what a Permit was spent on. What enters is a Permit, by value; what leaves is an
// attempt on record before anything is tried, and the number to dial, disclosed with a fact. What
// came of it is told once. Never true: an attempt without a permit, two attempts of one permit.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gate/types.h"
#include "intake/types.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "kernel/secret.h"
#include "store/store.h"

namespace outreach {

const std::vector<store::Migration>& schema();

struct AttemptTag {};
using AttemptId = kernel::Id<AttemptTag>;

struct Attempt {
  AttemptId attempt_id{0};
  gate::PermitId permit_id{0};
  std::string customer_no, contact_point_id, channel, purpose, made_by;
  kernel::Instant made_at;
  std::string outcome;  // empty while nobody has told
  std::optional<kernel::Instant> outcome_at;
  std::string sealed_note;  // by the vault, purpose "attempt.note"; empty: none
};

// A contact somebody makes by hand: the permit is spent, and the number may be dialled until then.
struct ManualContact {
  AttemptId attempt_id{0};
  gate::PermitId permit_id{0};
  kernel::Instant expires_at;
  std::string dial;  // in clear: the fact secret_disclosed says who was shown it and why
};
kernel::Result<ManualContact> record_manual_call(store::Transaction& tx, const gate::Gate& gate,
                                                 gate::Permit permit, kernel::Instant now);
// The same answer again, for a caller who lost it: while the permit lives and nobody told what
// came.
kernel::Result<ManualContact> repeat_manual_call(store::Transaction& tx, const gate::Gate& gate,
                                                 gate::PermitId permit_id, std::string_view by,
                                                 kernel::Instant now);
// One of the two: spends the permit where it is still reserved, and gives the same answer again
// where this caller has spent it, be it a moment ago on another thread.
kernel::Result<ManualContact> manual_call(store::Transaction& tx, const gate::Gate& gate,
                                          gate::PermitId permit_id, std::string_view by,
                                          kernel::Instant now);

// What came of it, once: the permit's outcome and the attempt's, in one transaction.
struct OutcomeRequest {
  gate::PermitId permit_id{0};
  std::string outcome;  // gate::outcomes()
  kernel::Note note = kernel::Note::take("");
  std::string by;
};
kernel::Result<AttemptId> record_outcome(store::Transaction& tx, const gate::Gate& gate,
                                         const OutcomeRequest& request, kernel::Instant now);

// The same for those who dial by themselves, an agency or a machine of ours, many at once. The
// number is theirs already and is not shown.
std::vector<kernel::Result<AttemptId>> record_own_dials(store::Transaction& tx,
                                                        const gate::Gate& gate,
                                                        std::vector<gate::Permit> permits,
                                                        kernel::Instant now);
std::vector<kernel::Result<AttemptId>> record_outcomes(store::Transaction& tx,
                                                       const gate::Gate& gate,
                                                       const std::vector<OutcomeRequest>& requests,
                                                       kernel::Instant now);

std::optional<Attempt> find_attempt(store::Transaction& tx, gate::PermitId permit_id);
std::vector<Attempt> attempts_of(store::Transaction& tx, std::string_view customer_no,
                                 int limit);  // newest first

// ---- for lists ---------------------------------------------------------------------------------

struct DayWork {
  int attempts = 0, contacts = 0;
};
// By customer_no; only customers somebody tried to reach that day.
std::unordered_map<std::string, DayWork> work_of_day(store::Transaction& tx, kernel::Date day);

struct UserDay {
  int customers = 0, attempts = 0, contacts = 0;
};
std::map<std::string, UserDay> user_days(store::Transaction& tx, kernel::Date day);

// When each was last spoken to or written to; our own attempts and those imported.
std::unordered_map<std::string, kernel::Instant> last_contacts(
    store::Transaction& tx, const std::vector<std::string>& customer_nos);

}  // namespace outreach
