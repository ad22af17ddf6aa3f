#include "people/kept.h"

#include "people/rows.h"

namespace people {

using store::Kept;

namespace {

std::vector<Kept> load_sessions(store::Transaction& tx, kernel::Instant before, const Kept* after,
                                int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT token_hash, created_at FROM user_session WHERE created_at < $1"
      " AND (created_at > $2 OR (created_at = $2 AND token_hash > $3))"
      " ORDER BY created_at, token_hash LIMIT $4",
      {before, after ? after->made_at : kernel::Instant(), after ? after->record_id : "", limit},
      [&](const store::Row& row) {
        all.push_back({.record_id = row.text(0), .customer_no = {}, .made_at = row.instant(1)});
      });
  return all;
}

kernel::Status delete_sessions(store::Transaction& tx, const std::vector<Kept>& records,
                               kernel::Instant) {
  for (const Kept& one : records) delete_session(tx, one.record_id);
  return kernel::Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept() {
  return {{.kind = "session", .load = load_sessions, .destroy = delete_sessions, .clean = {}}};
}

}  // namespace people
