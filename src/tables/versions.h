#pragma once
// A version as people see it: its row, and what the other versions of its file make of it today.

#include <string>
#include <vector>

#include "tables/rows.h"
#include "tables/types.h"

namespace tables {

// `approved`: of the same file, by effective_from.
Version render_version(const VersionRow& row, const std::vector<VersionRow>& approved,
                       kernel::Date today);
Version load_version(store::Transaction& tx, const VersionRow& row, kernel::Date today);

// What a file is called: by words.csv, else by the model itself, else by its name.
std::string title_of(const strategy::Words& words, const std::string& file,
                     const decision::Model* model);

// The bytes of any version of a file: in force, shipped, or made here. `data_dir`/tables keeps
// those that a night used before they were known here.
struct FoundBytes {
  std::string version, tests_csv;
  std::shared_ptr<const std::string> bytes;
};
kernel::Result<FoundBytes> find_text(store::Transaction& tx, const std::filesystem::path& decisions,
                                     const std::filesystem::path& data_dir, const std::string& file,
                                     const std::string& version, kernel::Date today);

}  // namespace tables
