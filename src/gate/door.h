#pragma once
// The only writers of the gate's tables. On PostgreSQL each is a call of one function of
// schema/004_door.sql, so that the application's role needs no right on the tables themselves, and
// what must never be is refused there; on SQLite triggers refuse it. Facts are the callers' affair.
// A call that the database refuses fails the transaction (store::Failure, invalid_input).

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/rows.h"
#include "gate/types.h"
#include "store/store.h"

namespace gate {

// Until this transaction ends nobody else, on any node, counts for these persons and numbers:
// persons first, then numbers, each in sorted order, so that nobody waits in a ring. Gives the
// database's clock once all are held; none on SQLite, which has one writer and no clock of its own.
std::optional<kernel::Instant> lock_all(store::Transaction& tx, const Keys& persons,
                                        const Keys& numbers);
std::optional<kernel::Instant> database_now(store::Transaction& tx);

struct NewPermit {
  Permit::Bound bound;
  std::string role, idempotency_key, packs;
  std::int64_t nth = 0;  // of the person's permits, from 1
  // What was allowed for when it was judged: own contacts of the person and attempts on the number
  // from this midnight on, this one among them.
  kernel::Instant day;
  std::int64_t contacts_max = 0, attempts_max = 0;
};
void save_permits(store::Transaction& tx, const std::vector<NewPermit>& permits);

struct NewRefusal {
  std::string customer_no, contact_point_id, channel, purpose, asker, codes, packs;
  kernel::Instant refused_at;
  std::optional<kernel::Instant> allowed_at;
};
void save_refusals(store::Transaction& tx, const std::vector<NewRefusal>& refusals);

// Steps in a permit's life. Each gives back the permits that took it: a permit that may not is not
// among them.
struct Use {
  PermitId permit_id{0};
  kernel::Instant at;
};
struct Outcome {
  PermitId permit_id{0};
  std::string outcome, by;
  kernel::Instant at;
};
std::set<PermitId> use_permits(store::Transaction& tx, const std::vector<Use>& uses);
std::set<PermitId> tell_outcomes(store::Transaction& tx, const std::vector<Outcome>& outcomes);
std::set<PermitId> give_up_permits(store::Transaction& tx, std::span<const PermitId> permit_ids,
                                   kernel::Instant now);  // outcome unknown
std::set<PermitId> revoke_permits(store::Transaction& tx, std::string_view person_key);

struct NewMark {
  std::string number_index, person_key, mark, by;
  kernel::Instant at;
};
void save_marks(store::Transaction& tx, const std::vector<NewMark>& marks);

struct NewPack {
  std::string pack, version, sha256, calendar_sha256;
  std::string_view bytes;  // the .dmn file
  kernel::Instant at;
};
bool save_pack(store::Transaction& tx, const NewPack& pack);  // false: it was there

void save_hold(store::Transaction& tx, const Hold& hold);
// False: it was lifted before.
bool save_lifting(store::Transaction& tx, HoldId hold_id, std::string_view by,
                  std::string_view sealed_reason, kernel::Instant now);

// Erases a person's permits, refusals and holds; of permits and holds stays that there was one.
// Marks of numbers stay: who asked for peace keeps it. conflict: a permit of the last eight days
// still counts.
kernel::Status forget_person(store::Transaction& tx, std::string_view person_key,
                             const std::vector<std::string>& customer_nos, kernel::Instant now);

struct CalendarVersion;  // calendar_versions.h
// On a PostgreSQL store with grants only the owner of the tables may.
void save_calendar(store::Transaction& tx, const CalendarVersion& made);

}  // namespace gate
