#include "flow/edition.h"

#include <algorithm>

#include "flow/files.h"
#include "kernel/hash.h"

namespace flow {

namespace fs = std::filesystem;

kernel::Status settle_edition(const fs::path& folder) {
  for (std::size_t position = 0; position < stages().size(); ++position) {
    for (const char* name : {"worklist.csv", "report.json", "report.txt"}) {
      const fs::path file = folder / stage_folder_name(position) / name;
      if (fs::exists(file)) TRY(rename_synced(file, folder / name));
    }
  }
  return kernel::Ok{};
}

kernel::Result<std::string> hash_of_edition(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "manifest.json" || name == "report.json" || name == "report.txt" ||
        name == "worklist.csv") {
      files.push_back(fs::relative(entry.path(), folder));
    }
  }
  std::sort(files.begin(), files.end());
  std::string text;
  for (const fs::path& file : files) {
    TRY_ASSIGN(const std::string bytes, load_text(folder / file));
    text += file.generic_string() + " " + kernel::sha256_hex(bytes) + "\n";
  }
  return kernel::sha256_hex(text);
}

std::string edition_of(const std::string& input_key, const std::string& cut_hash) {
  return kernel::sha256_hex(input_key + cut_hash).substr(0, 12);
}

kernel::Status open_previous(Night& night) {
  if (!night.inputs.previous) return kernel::Ok{};
  TRY_ASSIGN(night.previous, book::open_sheets(night.inputs.previous_folder));
  TRY_ASSIGN(night.previous_view, book::BookView::open_edition(night.inputs.previous_folder,
                                                               night.inputs.previous->date));
  return kernel::Ok{};
}

}  // namespace flow
