#pragma once
// The gate's own tables: what is loaded for a whole batch at once, what is written for it. What
// enters and leaves are the room's structs. Facts are their callers' affair.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gate/facts.h"
#include "gate/types.h"
#include "store/store.h"

namespace gate {

// "user:li.na" for a bare user name; "agency:…" and "machine:…" stay.
std::string made_by(std::string_view asker);

// A permit as counting sees it.
struct PastPermit {
  kernel::Instant at;
  std::string person_key, number_index, channel, role;
  std::string outcome;  // empty: not told yet
};

// The latest moment a person's permits have seen, and how many permits they have had in all.
struct Seen {
  kernel::Instant at;
  std::int64_t nth = 0;
};

struct Mark {
  std::string mark, person_key;
};

// What the store knows of a set of persons and numbers, by person_key or number_index.
struct Known {
  std::unordered_map<std::string, std::vector<PastPermit>> of_person, on_number;
  std::unordered_map<std::string, Seen> seen;
  std::unordered_map<std::string, std::vector<Mark>> marks;
  std::unordered_map<std::string, std::vector<HoldSpan>> holds;
  std::set<std::pair<std::string, std::string>> packs;  // recorded: name, version
};

// How far back counting looks.
struct Window {
  kernel::Instant person_since;  // permits of the persons
  kernel::Instant number_since;  // permits on the numbers
  kernel::Date holds_until;      // holds whose last day is earlier are over
};

using Keys = std::set<std::string>;  // sorted: locks are taken in this order by everyone

// Until this transaction ends nobody else, on any node, counts for these persons and numbers:
// persons first, then numbers.
void lock_all(store::Transaction& tx, const Keys& persons, const Keys& numbers);
// How many permits each has had, by person_key. Under the lock it says, in a fact, before which of
// the person's permits something was known, without any clock.
std::map<std::string, std::int64_t> load_nth(store::Transaction& tx, const Keys& persons);
Known load_known(store::Transaction& tx, const Keys& persons, const Keys& numbers,
                 const Window& window);

// Permits that were granted under these keys. `key` is the caller's idempotency key.
std::map<std::string, Permit::Bound> find_by_keys(store::Transaction& tx, const Keys& keys);

// A permit and its fact's body, or a refusal and its, on the way to the store.
struct NewPermit {
  Permit::Bound bound;
  std::string role, idempotency_key, packs;
  std::int64_t nth = 0;  // of the person's permits, from 1
};
struct NewRefusal {
  std::string customer_no, contact_point_id, channel, purpose, asker, codes, packs;
  kernel::Instant refused_at;
  std::optional<kernel::Instant> allowed_at;
};
struct NewPack {
  std::string pack, version, sha256, calendar_sha256;
  std::string_view bytes;  // the .dmn file
  kernel::Instant at;
};

// A permit as it stands in the store.
struct StoredPermit {
  Permit::Bound bound;
  std::string role, state;
};
std::map<PermitId, StoredPermit> find_permits(store::Transaction& tx,
                                              std::span<const PermitId> permit_ids);

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

struct NewMark {
  std::string number_index, person_key, mark, by;
  kernel::Instant at;
};
void save_marks(store::Transaction& tx, const std::vector<NewMark>& marks);
bool save_pack(store::Transaction& tx, const NewPack& pack);  // false: it was there
void save_permits(store::Transaction& tx, const std::vector<NewPermit>& permits);
void save_refusals(store::Transaction& tx, const std::vector<NewRefusal>& refusals);

}  // namespace gate
