// The gate's tables as they stand, for whoever checks them against the facts.

#include "gate/rows.h"
#include "gate/types.h"

namespace gate {

namespace {

constexpr std::int64_t rows_a_time = 16'384;

// Rows of a table by its first column, some at a time.
void each_row(store::Transaction& tx, const std::string& columns_and_table,
              std::string_view id_column, const std::function<TableRow(const store::Row&)>& read,
              const EachRow& each) {
  const std::string id(id_column);
  const std::string sql =
      "SELECT " + columns_and_table + " WHERE " + id + " > $1 ORDER BY " + id + " LIMIT $2";
  std::int64_t after = INT64_MIN;
  for (std::int64_t read_now = rows_a_time; read_now == rows_a_time;) {
    std::vector<TableRow> rows;
    tx.query(sql, {after, rows_a_time}, [&](const store::Row& row) { rows.push_back(read(row)); });
    for (const TableRow& row : rows) each(row);
    read_now = static_cast<std::int64_t>(rows.size());
    if (!rows.empty()) after = rows.back().row_id;
  }
}

std::string word(bool flag) {
  return flag ? "true" : "false";
}

// As facts name who made them; the gate itself closes what nobody told of.
std::string told_by(std::string_view by) {
  return by.empty() || by == "gate" ? std::string(by) : made_by(by);
}

TableRow read_permit(const store::Row& row) {
  return {.row_id = row.i64(0),
          .customer_no = row.text(1),
          .fields = {{"person", row.text(2)},
                     {"nth", std::to_string(row.i64(3))},
                     {"contact_point_id", row.text(4)},
                     {"number", row.text(5)},
                     {"role", row.text(6)},
                     {"channel", row.text(7)},
                     {"purpose", row.text(8)},
                     {"script", row.text(9)},
                     {"asker", row.text(10)},
                     {"says_debt", word(row.flag(11))},
                     {"reserved_at", row.instant(12).format()},
                     {"expires_at", row.instant(13).format()},
                     {"packs", row.text(16)},
                     {"key", word(!row.is_null(17))}},
          .state = row.text(14),
          .outcome = row.opt_text(15).value_or(""),
          .at = row.instant(12),
          .used_at = row.opt_instant(18),
          .ended_at = row.opt_instant(19),
          .ended_by = told_by(row.opt_text(20).value_or(""))};
}

TableRow read_refusal(const store::Row& row) {
  const auto allowed_at = row.opt_instant(8);
  return {.row_id = row.i64(0),
          .customer_no = row.text(1),
          .fields = {{"contact_point_id", row.text(2)},
                     {"channel", row.text(3)},
                     {"purpose", row.text(4)},
                     {"asker", row.text(5)},
                     {"codes", row.text(7)},
                     {"allowed_at", allowed_at ? allowed_at->format() : ""},
                     {"packs", row.text(9)}},
          .at = row.instant(6)};
}

TableRow read_hold_row(const store::Row& row) {
  const auto until = row.opt_date(4);
  return {.row_id = row.i64(0),
          .customer_no = row.text(1),
          .fields = {{"person", row.text(2)},
                     {"kind", row.text(3)},
                     {"until", until ? until->format() : ""}},
          .state = row.is_null(6) ? "set" : "lifted",
          .at = row.instant(5),
          .by = told_by(row.text(7)),
          .ended_at = row.opt_instant(6),
          .ended_by = told_by(row.opt_text(8).value_or(""))};
}

}  // namespace

void each_permit_row(store::Transaction& tx, const EachRow& each) {
  each_row(tx,
           "permit_id, customer_no, person_key, nth, contact_point_id, number_index, role, channel,"
           " purpose, script, asker, says_debt, reserved_at, expires_at, state, outcome, packs,"
           " idempotency_key, used_at, outcome_at, outcome_by FROM permit",
           "permit_id", read_permit, each);
}

void each_refusal_row(store::Transaction& tx, const EachRow& each) {
  each_row(tx,
           "refusal_id, customer_no, contact_point_id, channel, purpose, asker, refused_at, codes,"
           " allowed_at, packs FROM refusal",
           "refusal_id", read_refusal, each);
}

void each_hold_row(store::Transaction& tx, const EachRow& each) {
  each_row(tx,
           "hold_id, customer_no, person_key, kind, until, since, lifted_at, set_by, lifted_by"
           " FROM hold",
           "hold_id", read_hold_row, each);
}

void each_mark_row(store::Transaction& tx, const EachRow& each) {
  tx.query("SELECT number_index, person_key, mark, marked_at, marked_by FROM number_mark", {},
           [&](const store::Row& row) {
             each({.customer_no = "",
                   .fields = {{"number", row.text(0)}, {"person", row.text(1)}},
                   .state = "",
                   .outcome = row.text(2),
                   .at = row.instant(3),
                   .by = told_by(row.text(4)),
                   .ended_by = ""});
           });
}

void each_pack_row(store::Transaction& tx, const std::function<void(const PackRow&)>& each) {
  tx.query("SELECT pack, version, sha256, calendar_sha256, bytes FROM gate_pack", {},
           [&](const store::Row& row) {
             each({row.text(0), row.text(1), row.text(2), row.text(3), row.blob(4)});
           });
}

void each_person_seen(
    store::Transaction& tx,
    const std::function<void(const std::string&, std::int64_t, kernel::Instant)>& each) {
  tx.query("SELECT person_key, nth, seen_at FROM person_seen", {},
           [&](const store::Row& row) { each(row.text(0), row.i64(1), row.instant(2)); });
}

std::optional<std::string> used_pack(store::Transaction& tx, std::string_view pack,
                                     std::string_view version) {
  return tx.query_one<std::string>("SELECT bytes FROM gate_pack WHERE pack = $1 AND version = $2",
                                   {pack, version},
                                   [](const store::Row& row) { return row.blob(0); });
}

}  // namespace gate
