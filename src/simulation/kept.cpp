#include "simulation/kept.h"

namespace simulation {

using store::Kept;

namespace fs = std::filesystem;

namespace {

std::vector<Kept> load_results(store::Transaction& tx, kernel::Instant before, const Kept* after,
                               int limit) {
  std::vector<Kept> all;
  tx.query(
      "SELECT simulation_id, asked_at FROM simulation WHERE kept = 1 AND asked_at < $1"
      " AND (asked_at > $2 OR (asked_at = $2 AND simulation_id > $3))"
      " ORDER BY asked_at, simulation_id LIMIT $4",
      {before, after ? after->made_at : kernel::Instant(),
       after ? store::number_of(after->record_id) : 0, limit},
      [&](const store::Row& row) {
        all.push_back({.record_id = std::to_string(row.i64(0)),
                       .customer_no = {},
                       .made_at = row.instant(1)});
      });
  return all;
}

kernel::Status forget_results(store::Transaction& tx, const std::vector<Kept>& records,
                              kernel::Instant) {
  for (const Kept& one : records)
    tx.execute("UPDATE simulation SET kept = 0 WHERE simulation_id = $1",
               {store::number_of(one.record_id)});
  return kernel::Ok{};
}

// Columns of numbers without names: removed, not overwritten.
kernel::Status remove_results(const fs::path& data_dir, const std::vector<Kept>& records) {
  std::error_code failed;
  for (const Kept& one : records) {
    fs::remove_all(data_dir / "simulations" / one.record_id, failed);
    if (failed)
      return kernel::Error{kernel::Code::unavailable, "a simulation's results cannot be removed",
                           one.record_id};
  }
  return kernel::Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept(const fs::path& data_dir) {
  return {{.kind = "simulation_run",
           .load = load_results,
           .destroy = forget_results,
           .clean = [data_dir](store::Store&, const std::vector<Kept>& records) {
             return remove_results(data_dir, records);
           }}};
}

}  // namespace simulation
