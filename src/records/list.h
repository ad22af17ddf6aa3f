#pragma once
// Runs of retention as rows, and the list of what one destroyed (销毁清单) as files.

#include <filesystem>
#include <string>
#include <vector>

#include "records/types.h"

namespace records {

struct Destroyed {
  std::int64_t run_id = 0;
  std::string kind, record_id;
  kernel::Instant made_at;
  kernel::Date due_on;
  std::string code, rule_id;
  kernel::Instant destroyed_at;
};

std::int64_t begin_run(store::Transaction& tx, const RetentionOptions& options,
                       const std::string& version);
// Opens it again where it was finished meanwhile.
void go_on_with_run(store::Transaction& tx, std::int64_t run_id);
std::vector<std::int64_t> open_runs(store::Transaction& tx);
void insert_destroyed(store::Transaction& tx, const Destroyed& one);
std::vector<store::Kept> load_not_clean(store::Transaction& tx, std::int64_t run_id,
                                        const std::string& kind);
void mark_clean(store::Transaction& tx, std::int64_t run_id, const std::string& kind,
                const std::vector<store::Kept>& records);

struct ListFiles {
  std::filesystem::path json, csv;
};
// Writes the list and closes the run. Safe to call again.
kernel::Result<ListFiles> finish_run(store::Store& store, const std::filesystem::path& data_dir,
                                     std::int64_t run_id, kernel::Instant now);

}  // namespace records
