#include "gate/kept.h"

namespace gate {

using store::Kept;

namespace {

std::vector<Kept> load_reasons(store::Transaction& tx, kernel::Instant before, const Kept* after,
                               int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT hold_id, customer_no, since FROM hold WHERE LENGTH(reason) > 0 AND since < $1"
      " AND (lifted_at IS NOT NULL OR until < $2) AND (since > $3 OR (since = $3 AND hold_id > $4))"
      " ORDER BY since, hold_id LIMIT $5",
      {before, before.china_date(), after ? after->made_at : kernel::Instant(),
       after ? store::number_of(after->record_id) : 0, limit},
      [&](const store::Row& row) {
        all.push_back({std::to_string(row.i64(0)), row.text(1), row.instant(2)});
      });
  return all;
}

kernel::Status empty_reasons(store::Transaction& tx, const std::vector<Kept>& records,
                             kernel::Instant) {
  for (const Kept& one : records) {
    const std::int64_t hold_id = store::number_of(one.record_id);
    if (tx.on_postgres())
      tx.query("SELECT gate_empty_reasons($1)", {hold_id}, [](const store::Row&) {});
    else
      tx.execute("UPDATE hold SET reason = $1, lift_reason = NULL WHERE hold_id = $2",
                 {store::Blob{""}, hold_id});
  }
  return kernel::Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept() {
  return {{.kind = "hold_reason", .load = load_reasons, .destroy = empty_reasons, .clean = {}}};
}

}  // namespace gate
