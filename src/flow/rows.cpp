#include "flow/rows.h"

namespace flow {

std::int64_t begin_night(store::Transaction& tx, kernel::Date date, const std::string& input_key,
                         kernel::Instant now) {
  tx.execute(
      "UPDATE night SET state = 'abandoned' WHERE state = 'running' AND NOT "
      "(night_date = $1 AND input_key = $2)",
      {date, input_key});
  const std::optional<std::int64_t> running = tx.query_i64(
      "SELECT night_id FROM night WHERE state = 'running' AND night_date = $1 AND input_key = $2",
      {date, input_key});
  if (running) return *running;
  const std::int64_t night_id = tx.next_id();
  tx.execute(
      "INSERT INTO night (night_id, night_date, input_key, edition, baseline_edition, state, "
      "accounts, changed_accounts, started_at) VALUES ($1, $2, $3, '', '', 'running', 0, 0, $4)",
      {night_id, date, input_key, now});
  return night_id;
}

void save_stage(store::Transaction& tx, std::int64_t night_id, std::size_t position,
                const StageReport& stage) {
  tx.execute(
      "INSERT INTO night_stage (night_id, position, stage, title, state, rows, wall_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (night_id, position) DO UPDATE SET "
      "state = excluded.state, rows = excluded.rows, wall_ms = excluded.wall_ms",
      {night_id, static_cast<std::int64_t>(position), stage.stage, stage.title, stage.state,
       stage.rows, stage.wall_ms});
}

void begin_publishing(store::Transaction& tx, std::int64_t night_id, const std::string& edition,
                      const std::string& baseline_edition, std::int64_t accounts,
                      const std::vector<std::pair<std::string, std::string>>& tables) {
  tx.execute(
      "UPDATE night SET state = 'publishing', edition = $2, baseline_edition = $3, accounts = $4 "
      "WHERE night_id = $1",
      {night_id, edition, baseline_edition, accounts});
  tx.execute("DELETE FROM night_table WHERE night_id = $1", {night_id});
  for (const auto& [file, version] : tables) {
    tx.execute("INSERT INTO night_table (night_id, file, version) VALUES ($1, $2, $3)",
               {night_id, file, version});
  }
}

bool add_chunk(store::Transaction& tx, std::int64_t night_id, std::int64_t chunk_no,
               std::int64_t changed_accounts) {
  return tx.execute(
             "INSERT INTO night_chunk (night_id, chunk_no, changed_accounts) VALUES ($1, $2, $3) "
             "ON CONFLICT (night_id, chunk_no) DO NOTHING",
             {night_id, chunk_no, changed_accounts}) == 1;
}

std::int64_t finish_night(store::Transaction& tx, std::int64_t night_id, kernel::Instant now) {
  std::int64_t changed = 0;
  tx.query("SELECT changed_accounts FROM night_chunk WHERE night_id = $1", {night_id},
           [&](const store::Row& row) { changed += row.i64(0); });
  tx.execute(
      "UPDATE night SET state = 'done', changed_accounts = $2, finished_at = $3 "
      "WHERE night_id = $1",
      {night_id, changed, now});
  return changed;
}

namespace {

constexpr const char* select_night =
    "SELECT night_id, night_date, input_key, edition, baseline_edition, state, accounts, "
    "changed_accounts, started_at, finished_at FROM night ";

NightRow read_night(const store::Row& row) {
  return {row.i64(0),  row.date(1), row.text(2), row.text(3),    row.text(4),
          row.text(5), row.i64(6),  row.i64(7),  row.instant(8), row.opt_instant(9)};
}

}  // namespace

std::vector<NightRow> load_nights(store::Transaction& tx, std::string_view state) {
  std::vector<NightRow> nights;
  tx.query(std::string(select_night) +
               "WHERE $1 = '' OR state = $1 ORDER BY night_date DESC, night_id DESC",
           {state}, [&](const store::Row& row) { nights.push_back(read_night(row)); });
  return nights;
}

std::optional<NightRow> load_done(store::Transaction& tx, kernel::Date date,
                                  const std::string& edition) {
  // The latest run of a date says which edition is published.
  const auto latest = tx.query_one<NightRow>(
      std::string(select_night) +
          "WHERE night_date = $1 AND state = 'done' ORDER BY night_id DESC LIMIT 1",
      {date}, read_night);
  if (!latest || latest->edition != edition) return std::nullopt;
  return latest;
}

std::vector<StageReport> load_stages(store::Transaction& tx, std::int64_t night_id) {
  std::vector<StageReport> stages;
  tx.query(
      "SELECT stage, title, state, rows, wall_ms FROM night_stage WHERE night_id = $1 "
      "ORDER BY position",
      {night_id}, [&](const store::Row& row) {
        StageReport stage{row.text(0), row.text(1), row.text(2), row.i64(3), row.i64(4), 0};
        stage.rows_per_s = stage.wall_ms > 0 ? stage.rows * 1000 / stage.wall_ms : 0;
        stages.push_back(stage);
      });
  return stages;
}

std::vector<std::pair<std::string, std::string>> load_tables(store::Transaction& tx,
                                                             std::int64_t night_id) {
  std::vector<std::pair<std::string, std::string>> tables;
  tx.query("SELECT file, version FROM night_table WHERE night_id = $1 ORDER BY file", {night_id},
           [&](const store::Row& row) { tables.emplace_back(row.text(0), row.text(1)); });
  return tables;
}

}  // namespace flow
