#pragma once
// What a room keeps that must one day go. A room's `kept()` says its kinds and how to find and
// destroy them; when they are due is decided elsewhere (records, by decisions/retention.dmn).
// Never true: a room's rows destroyed by another room's SQL.

#include <functional>
#include <string>
#include <vector>

#include "kernel/date.h"
#include "store/store.h"

namespace store {

struct Kept {
  std::string record_id;    // unique within its kind; no personal data
  std::string customer_no;  // whose case it belongs to; empty: nobody's
  kernel::Instant made_at;
};

// The number a record_id is; 0 where it is empty (the start of a page).
inline std::int64_t number_of(const std::string& record_id) {
  return record_id.empty() ? 0 : static_cast<std::int64_t>(std::stoll(record_id));
}

struct KeptKind {
  std::string kind;  // a word of decisions/retention.dmn: "recording", "note", "session" …
  // Up to `limit` of them made before `before`, by made_at and record_id, behind `after` (null:
  // from the start). What is destroyed already is not among them.
  std::function<std::vector<Kept>(Transaction&, kernel::Instant before, const Kept* after,
                                  int limit)>
      load;
  // Empties or deletes these, whole, in this transaction. An Error leaves all of them.
  std::function<kernel::Status(Transaction&, const std::vector<Kept>&, kernel::Instant now)>
      destroy;
  // After that is durable: overwrites and removes what lies in files. Safe to call again. May be
  // empty.
  std::function<kernel::Status(Store&, const std::vector<Kept>&)> clean;
};

}  // namespace store
