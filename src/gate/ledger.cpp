// The gate's tables as they stand, for whoever checks them against the facts.

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
                     {"expires_at", row.instant(13).format()}},
          .state = row.text(14),
          .outcome = row.opt_text(15).value_or(""),
          .at = row.instant(12)};
}

TableRow read_refusal(const store::Row& row) {
  return {.row_id = row.i64(0),
          .customer_no = row.text(1),
          .fields = {{"contact_point_id", row.text(2)},
                     {"channel", row.text(3)},
                     {"purpose", row.text(4)},
                     {"asker", row.text(5)},
                     {"codes", row.text(7)}},
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
          .at = row.instant(5)};
}

}  // namespace

void each_permit_row(store::Transaction& tx, const EachRow& each) {
  each_row(
      tx,
      "permit_id, customer_no, person_key, nth, contact_point_id, number_index, role, channel,"
      " purpose, script, asker, says_debt, reserved_at, expires_at, state, outcome FROM permit",
      "permit_id", read_permit, each);
}

void each_refusal_row(store::Transaction& tx, const EachRow& each) {
  each_row(tx,
           "refusal_id, customer_no, contact_point_id, channel, purpose, asker, refused_at, codes"
           " FROM refusal",
           "refusal_id", read_refusal, each);
}

void each_hold_row(store::Transaction& tx, const EachRow& each) {
  each_row(tx, "hold_id, customer_no, person_key, kind, until, since, lifted_at FROM hold",
           "hold_id", read_hold_row, each);
}

void each_person_seen(store::Transaction& tx,
                      const std::function<void(const std::string&, std::int64_t)>& each) {
  tx.query("SELECT person_key, nth FROM person_seen", {},
           [&](const store::Row& row) { each(row.text(0), row.i64(1)); });
}

std::optional<std::string> used_pack(store::Transaction& tx, std::string_view pack,
                                     std::string_view version) {
  return tx.query_one<std::string>("SELECT bytes FROM gate_pack WHERE pack = $1 AND version = $2",
                                   {pack, version},
                                   [](const store::Row& row) { return row.blob(0); });
}

}  // namespace gate
