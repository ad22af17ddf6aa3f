#pragma once
// The room's own tables: a row a version. Who calls holds the lock of the file where it matters.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "tables/types.h"

namespace tables {

struct VersionRow {
  VersionId version_id{0};
  std::string file, title, state, version, note, based_on, author, saved_by;
  std::int64_t revision = 0;
  kernel::Instant created_at, saved_at;
  std::int64_t errors = 0, warnings = 0, tests_passed = 0, tests_failed = 0;
  std::optional<std::string> submitted_by;
  std::optional<kernel::Instant> submitted_at;
  std::optional<std::string> reviewed_by;
  std::optional<kernel::Instant> reviewed_at;
  std::optional<std::string> review_note;
  std::optional<kernel::Date> effective_from;
  std::string shipped_version;
  std::vector<std::string> editors;
  bool simulated = false;
};

// The text of a version lies beside its row: lists do without it.
struct VersionBytes {
  std::string xml, tests_csv;
};

void lock_file(store::Transaction& tx, std::string_view file);
std::optional<VersionRow> find_row(store::Transaction& tx, VersionId version_id);
VersionBytes load_bytes(store::Transaction& tx, VersionId version_id);
std::vector<VersionRow> load_rows(store::Transaction& tx, std::string_view file);  // latest first
// Not withdrawn and not yet in force, those released for a later day too; the latest first.
std::vector<VersionRow> load_open_rows(store::Transaction& tx, kernel::Date today);
std::vector<VersionRow> load_approved(store::Transaction& tx, std::string_view file);
// The latest row of a file with these bytes.
std::optional<VersionRow> find_bytes(store::Transaction& tx, std::string_view file,
                                     std::string_view version);
std::int64_t count_open(store::Transaction& tx, std::string_view file);
bool is_simulated(store::Transaction& tx, std::string_view version);

void insert_row(store::Transaction& tx, const VersionRow& row, const VersionBytes& bytes);
// Everything but what never changes; the text too where it is given.
void update_row(store::Transaction& tx, const VersionRow& row, const VersionBytes* bytes);
void add_editor(store::Transaction& tx, VersionId version_id, std::string_view user_name);

// The fact of a step: ids, codes and dates only, notes stay in the row.
void tell(store::Transaction& tx, std::string_view kind, const VersionRow& row,
          std::string_view user_name, kernel::Instant at);

}  // namespace tables
