#pragma once
// What is read of the gate's own tables, for a whole batch at once. door.h writes them.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "gate/facts.h"
#include "gate/ports.h"
#include "gate/types.h"
#include "store/list.h"
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
  std::unordered_set<std::string> locked_numbers, used_keys;
};

// How far back counting looks.
struct Window {
  kernel::Instant person_since;  // permits of the persons
  kernel::Instant number_since;  // permits on the numbers
  kernel::Date holds_until;      // holds whose last day is earlier are over
};

using Keys = std::set<std::string>;  // sorted: locks are taken in this order by everyone

// How many permits each has had, by person_key. Under the lock it says, in a fact, before which of
// the person's permits something was known, without any clock.
std::map<std::string, std::int64_t> load_nth(store::Transaction& tx, const Keys& persons);
Known load_known(store::Transaction& tx, const Keys& persons, const Keys& numbers,
                 const Window& window);

// The same once these persons and numbers are locked (door.h: lock_all), with the database's clock
// at that moment and what was granted under these keys; one round trip. The window is the caller's.
struct Locked {
  std::optional<kernel::Instant> database_now;  // none on SQLite
  Known known;
  std::map<std::string, Permit::Bound> by_key;
};

// Opens the gate for requests. On PostgreSQL it may be foreseen from customer numbers and contact
// points alone: then the database looks up whom and what to lock, before this program knows it.
// What it locked is compared with what was found; where anything is missing all is locked again.
class Opening {
 public:
  Opening(store::Transaction& tx, const std::vector<Wanted>& wanted, const Window& window);
  void add_key(std::string_view key) { keys_.add(key); }
  void foresee();
  Locked open(const Keys& persons, const Keys& numbers, const Keys& keys);

 private:
  Locked load(const store::TextList& persons, const store::TextList& numbers,
              const store::TextList& customers);

  store::Transaction& tx_;
  const Window window_;
  store::TextList customers_, point_customers_, contact_nos_, keys_;
  bool foreseen_ = false;
};

// Permits that were granted under these keys. `key` is the caller's idempotency key.
std::map<std::string, Permit::Bound> find_by_keys(store::Transaction& tx, const Keys& keys);

// A permit as it stands in the store.
struct StoredPermit {
  Permit::Bound bound;
  std::string role, state;
};
std::map<PermitId, StoredPermit> find_permits(store::Transaction& tx,
                                              std::span<const PermitId> permit_ids);

}  // namespace gate
