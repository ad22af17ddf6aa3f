#include "outreach/kept.h"

namespace outreach {

using store::Kept;

namespace {

std::vector<Kept> load_notes(store::Transaction& tx, kernel::Instant before, const Kept* after,
                             int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT attempt_id, customer_no, made_at FROM attempt WHERE note IS NOT NULL"
      " AND made_at < $1 AND (made_at > $2 OR (made_at = $2 AND attempt_id > $3))"
      " ORDER BY made_at, attempt_id LIMIT $4",
      {before, after ? after->made_at : kernel::Instant(),
       after ? store::number_of(after->record_id) : 0, limit},
      [&](const store::Row& row) {
        all.push_back({std::to_string(row.i64(0)), row.text(1), row.instant(2)});
      });
  return all;
}

kernel::Status empty_notes(store::Transaction& tx, const std::vector<Kept>& records,
                           kernel::Instant) {
  for (const Kept& one : records)
    tx.execute("UPDATE attempt SET note = NULL WHERE attempt_id = $1",
               {store::number_of(one.record_id)});
  return kernel::Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept() {
  return {{.kind = "attempt_note", .load = load_notes, .destroy = empty_notes, .clean = {}}};
}

}  // namespace outreach
