#include "tables/rows.h"

#include "http/json.h"
#include "kernel/hash.h"

namespace tables {

namespace {

constexpr std::string_view columns =
    "SELECT version_id, file, title, state, version, note, based_on, author, saved_by, revision,"
    " created_at, saved_at, errors, warnings, tests_passed, tests_failed, submitted_by,"
    " submitted_at, reviewed_by, reviewed_at, review_note, effective_from, shipped_version"
    " FROM table_version ";

VersionRow read_row(const store::Row& row) {
  return {.version_id = row.id<VersionTag>(0),
          .file = row.text(1),
          .title = row.text(2),
          .state = row.text(3),
          .version = row.text(4),
          .note = row.text(5),
          .based_on = row.text(6),
          .author = row.text(7),
          .saved_by = row.text(8),
          .revision = row.i64(9),
          .created_at = row.instant(10),
          .saved_at = row.instant(11),
          .errors = row.i64(12),
          .warnings = row.i64(13),
          .tests_passed = row.i64(14),
          .tests_failed = row.i64(15),
          .submitted_by = row.opt_text(16),
          .submitted_at = row.opt_instant(17),
          .reviewed_by = row.opt_text(18),
          .reviewed_at = row.opt_instant(19),
          .review_note = row.opt_text(20),
          .effective_from = row.opt_date(21),
          .shipped_version = row.text(22)};
}

void complete(store::Transaction& tx, VersionRow& row) {
  tx.query("SELECT user_name FROM table_editor WHERE version_id = $1 ORDER BY user_name",
           {row.version_id}, [&](const store::Row& from) { row.editors.push_back(from.text(0)); });
  row.simulated = is_simulated(tx, row.version);
}

std::vector<VersionRow> load_where(store::Transaction& tx, std::string_view where,
                                   const store::Params& params) {
  std::vector<VersionRow> rows;
  tx.query(std::string(columns) + std::string(where), params,
           [&](const store::Row& row) { rows.push_back(read_row(row)); });
  for (VersionRow& row : rows) complete(tx, row);
  return rows;
}

std::optional<VersionRow> first(std::vector<VersionRow> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

struct StepBody {
  VersionId version_id{0};
  std::string version, based_on, state;
  std::int64_t revision = 0;
  std::optional<kernel::Date> effective_from;
};
BOOST_DESCRIBE_STRUCT(StepBody, (),
                      (version_id, version, based_on, state, revision, effective_from))

}  // namespace

void lock_file(store::Transaction& tx, std::string_view file) {
  tx.lock("table:" + std::string(file));
}

std::optional<VersionRow> find_row(store::Transaction& tx, VersionId version_id) {
  return first(load_where(tx, "WHERE version_id = $1", {version_id}));
}

VersionBytes load_bytes(store::Transaction& tx, VersionId version_id) {
  VersionBytes bytes;
  tx.query("SELECT xml, tests_csv FROM table_version WHERE version_id = $1", {version_id},
           [&](const store::Row& row) {
             bytes = {row.blob(0), row.text(1)};
           });
  return bytes;
}

std::vector<VersionRow> load_rows(store::Transaction& tx, std::string_view file) {
  return load_where(tx, "WHERE file = $1 ORDER BY version_id DESC", {file});
}

std::vector<VersionRow> load_open_rows(store::Transaction& tx, kernel::Date today) {
  return load_where(tx,
                    "WHERE state IN ('draft', 'in_review', 'returned', 'trial')"
                    " OR (state = 'approved' AND effective_from > $1) ORDER BY version_id DESC",
                    {today});
}

std::vector<VersionRow> load_approved(store::Transaction& tx, std::string_view file) {
  return load_where(tx, "WHERE file = $1 AND state = 'approved' ORDER BY effective_from", {file});
}

std::optional<VersionRow> find_bytes(store::Transaction& tx, std::string_view file,
                                     std::string_view version) {
  return first(
      load_where(tx, "WHERE file = $1 AND version = $2 ORDER BY version_id DESC", {file, version}));
}

std::int64_t count_open(store::Transaction& tx, std::string_view file) {
  return tx
      .query_i64(
          "SELECT COUNT(*) FROM table_version WHERE file = $1"
          " AND state IN ('draft', 'in_review', 'returned')",
          {file})
      .value_or(0);
}

bool is_simulated(store::Transaction& tx, std::string_view version) {
  return tx.query_i64("SELECT COUNT(*) FROM table_simulated WHERE version = $1", {version})
             .value_or(0) > 0;
}

void insert_row(store::Transaction& tx, const VersionRow& row, const VersionBytes& bytes) {
  tx.execute(
      "INSERT INTO table_version (version_id, file, title, state, version, xml, tests_csv, note,"
      " based_on, author, saved_by, revision, created_at, saved_at, errors, warnings,"
      " tests_passed, tests_failed, shipped_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
      " $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
      {row.version_id, row.file, row.title, row.state, row.version, store::Blob{bytes.xml},
       bytes.tests_csv, row.note, row.based_on, row.author, row.saved_by, row.revision,
       row.created_at, row.saved_at, row.errors, row.warnings, row.tests_passed, row.tests_failed,
       row.shipped_version});
  add_editor(tx, row.version_id, row.author);
}

void update_row(store::Transaction& tx, const VersionRow& row, const VersionBytes* bytes) {
  tx.execute(
      "UPDATE table_version SET title = $2, state = $3, version = $4, note = $5, saved_by = $6,"
      " revision = $7, saved_at = $8, errors = $9, warnings = $10, tests_passed = $11,"
      " tests_failed = $12, submitted_by = $13, submitted_at = $14, reviewed_by = $15,"
      " reviewed_at = $16, review_note = $17, effective_from = $18, shipped_version = $19"
      " WHERE version_id = $1",
      {row.version_id, row.title, row.state, row.version, row.note, row.saved_by, row.revision,
       row.saved_at, row.errors, row.warnings, row.tests_passed, row.tests_failed, row.submitted_by,
       row.submitted_at, row.reviewed_by, row.reviewed_at, row.review_note, row.effective_from,
       row.shipped_version});
  if (bytes == nullptr) return;
  tx.execute("UPDATE table_version SET xml = $2, tests_csv = $3 WHERE version_id = $1",
             {row.version_id, store::Blob{bytes->xml}, bytes->tests_csv});
}

void add_editor(store::Transaction& tx, VersionId version_id, std::string_view user_name) {
  tx.execute(
      "INSERT INTO table_editor (version_id, user_name) VALUES ($1, $2)"
      " ON CONFLICT (version_id, user_name) DO NOTHING",
      {version_id, user_name});
}

void tell(store::Transaction& tx, std::string_view kind, const VersionRow& row,
          std::string_view user_name, kernel::Instant at) {
  tx.append({std::string(kind), "table:" + row.file, "user:" + std::string(user_name), at,
             http::write_json(StepBody{row.version_id, row.version, row.based_on, row.state,
                                       row.revision, row.effective_from})});
}

void each_version(store::Transaction& tx, const std::function<void(const VersionAsIs&)>& each) {
  tx.query(
      "SELECT version_id, file, version, xml, based_on, state, revision, effective_from"
      " FROM table_version",
      {}, [&](const store::Row& row) {
        each({.version_id = row.id<VersionTag>(0),
              .file = row.text(1),
              .version = row.text(2),
              .version_of_bytes = kernel::sha256_hex(row.blob(3)).substr(0, 12),
              .based_on = row.text(4),
              .state = row.text(5),
              .revision = row.i64(6),
              .effective_from = row.opt_date(7)});
      });
}

void record_simulated(store::Transaction& tx, std::string_view version,
                      std::string_view simulation_id, kernel::Instant now) {
  tx.execute(
      "INSERT INTO table_simulated (version, simulation_id, simulated_at) VALUES ($1, $2, $3)"
      " ON CONFLICT (version, simulation_id) DO NOTHING",
      {version, simulation_id, now});
}

bool is_trial(store::Transaction& tx, std::string_view file, std::string_view version) {
  return tx.query_i64(
               "SELECT COUNT(*) FROM table_version"
               " WHERE file = $1 AND version = $2 AND state = 'trial'",
               {file, version})
             .value_or(0) > 0;
}

}  // namespace tables
