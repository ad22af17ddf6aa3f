#include "approval/kept.h"

namespace approval {

using store::Kept;

namespace {

std::vector<Kept> load_reasons(store::Transaction& tx, kernel::Instant before, const Kept* after,
                               int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT approval_id, customer_no, asked_at FROM approval WHERE LENGTH(reason) > 0"
      " AND state <> 'waiting' AND asked_at < $1"
      " AND (asked_at > $2 OR (asked_at = $2 AND approval_id > $3))"
      " ORDER BY asked_at, approval_id LIMIT $4",
      {before, after ? after->made_at : kernel::Instant(),
       after ? store::number_of(after->record_id) : 0, limit},
      [&](const store::Row& row) {
        all.push_back({std::to_string(row.i64(0)), row.text(1), row.instant(2)});
      });
  return all;
}

kernel::Status empty_reasons(store::Transaction& tx, const std::vector<Kept>& records,
                             kernel::Instant) {
  for (const Kept& one : records) {
    const std::int64_t id = store::number_of(one.record_id);
    tx.execute("UPDATE approval SET reason = $1 WHERE approval_id = $2", {store::Blob{""}, id});
    tx.execute("UPDATE approval_step SET note = $1 WHERE approval_id = $2", {store::Blob{""}, id});
  }
  return kernel::Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept() {
  return {{.kind = "approval_note", .load = load_reasons, .destroy = empty_reasons, .clean = {}}};
}

}  // namespace approval
