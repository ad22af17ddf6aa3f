#include "casework/kept.h"

namespace casework {

using store::Kept;

namespace {

// Rows of one table whose sealed text is still there. The names are this file's own words.
std::vector<Kept> load_texts(store::Transaction& tx, const std::string& sql, kernel::Instant before,
                             const Kept* after, int limit) {
  std::vector<Kept> all;
  tx.query(sql,
           {before, after ? after->made_at : kernel::Instant(),
            after ? store::number_of(after->record_id) : 0, limit},
           [&](const store::Row& row) {
             all.push_back({std::to_string(row.i64(0)), row.text(1), row.instant(2)});
           });
  return all;
}

std::vector<Kept> load_notes(store::Transaction& tx, kernel::Instant before, const Kept* after,
                             int limit) {
  return load_texts(tx,
                    "SELECT note_id, customer_no, written_at FROM note WHERE LENGTH(text) > 0"
                    " AND written_at < $1 AND (written_at > $2 OR (written_at = $2 AND"
                    " note_id > $3)) ORDER BY written_at, note_id LIMIT $4",
                    before, after, limit);
}

std::vector<Kept> load_promise_notes(store::Transaction& tx, kernel::Instant before,
                                     const Kept* after, int limit) {
  return load_texts(tx,
                    "SELECT promise_id, customer_no, made_at FROM promise WHERE note IS NOT NULL"
                    " AND made_at < $1 AND (made_at > $2 OR (made_at = $2 AND promise_id > $3))"
                    " ORDER BY made_at, promise_id LIMIT $4",
                    before, after, limit);
}

kernel::Status empty_notes(store::Transaction& tx, const std::vector<Kept>& records,
                           kernel::Instant) {
  for (const Kept& one : records)
    tx.execute("UPDATE note SET text = $1 WHERE note_id = $2",
               {store::Blob{""}, store::number_of(one.record_id)});
  return kernel::Ok{};
}

kernel::Status empty_promise_notes(store::Transaction& tx, const std::vector<Kept>& records,
                                   kernel::Instant) {
  for (const Kept& one : records)
    tx.execute("UPDATE promise SET note = NULL WHERE promise_id = $1",
               {store::number_of(one.record_id)});
  return kernel::Ok{};
}

}  // namespace

std::vector<store::KeptKind> kept() {
  return {{.kind = "note", .load = load_notes, .destroy = empty_notes, .clean = {}},
          {.kind = "promise_note",
           .load = load_promise_notes,
           .destroy = empty_promise_notes,
           .clean = {}}};
}

}  // namespace casework
