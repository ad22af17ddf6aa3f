#include "flow/edition.h"

#include <algorithm>

#include "column/file.h"
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
  std::error_code ignored;
  fs::remove(folder / made_from_name, ignored);
  const fs::path found = folder / stage_folder_of("accrue") / anomalies_name;
  if (!fs::exists(found)) return kernel::Ok{};
  return rename_synced(found, folder / stage_folder_of("merge") / anomalies_name);
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
    TRY_ASSIGN(const column::MappedFile bytes, column::MappedFile::open(folder / file));
    text += file.generic_string() + " " +
            kernel::sha256_hex({bytes.bytes().data(), bytes.bytes().size()}) + "\n";
  }
  return kernel::sha256_hex(text);
}

BookFile book_file_of(const Inputs& inputs) {
  BookFile book{.format = inputs.format,
                .date = inputs.date,
                .input_key = inputs.key,
                .tables = inputs.tables};
  if (inputs.previous) {
    book.previous_date = inputs.previous->date.format();
    book.previous_edition = inputs.previous->edition;
    book.previous_hash = inputs.previous->hash;
    book.merged = inputs.previous->merged;
  }
  for (const intake::BatchRef& batch : inputs.batches) {
    if (std::find(book.batches.begin(), book.batches.end(), batch.batch_id) == book.batches.end()) {
      book.batches.push_back(batch.batch_id);
      book.merged.push_back(batch.batch_id);
    }
  }
  std::sort(book.merged.begin(), book.merged.end());
  return book;
}

std::string edition_of(const std::string& input_key, const std::string& cut_hash) {
  return kernel::sha256_hex(input_key + cut_hash).substr(0, 12);
}

kernel::Status open_previous(Night& night) {
  if (!night.inputs.previous) return kernel::Ok{};
  TRY_ASSIGN(night.previous, book::open_sheets(night.inputs.previous_folder));
  // The same columns: looking through all of them once is enough.
  const auto all = [](const column::Sheet& sheet) { return sheet.window(0, sheet.rows()); };
  night.previous_view.emplace(night.inputs.previous->date,
                              night.inputs.previous_folder.filename().string(),
                              all(night.previous->accounts), all(night.previous->customers));
  return kernel::Ok{};
}

}  // namespace flow
