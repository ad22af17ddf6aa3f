#pragma once
// The office of the tests with documents: cases C1 and C2 with a book, and the records' tables.
// Only tests include this.

#include "records/types.h"
#include "tests/office.h"

namespace records {

inline std::vector<store::Migration> test_schema() {
  std::vector<store::Migration> all = tests::office_schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

inline void in_each_records_office(
    const std::function<void(tests::Office&, const std::filesystem::path& data)>& body) {
  tests::for_each_store(test_schema(), [&](store::Store& store, const std::filesystem::path& f) {
    tests::Office office(store, f);
    body(office, f / "data");
  });
}

inline approval::Setup test_approvals() {
  return tests::approval_setup({lift_effect()});
}

template <class T>
T must(kernel::Result<T> result) {
  CHECK_MSG(static_cast<bool>(result), result ? "" : result.error().message.c_str());
  return std::move(result).value();
}

inline Document add_pdf(tests::Office& office, const std::filesystem::path& data,
                        const std::string& text = "one", const std::string& customer_no = "C1") {
  return must(add_document(
      office.store(), data,
      {.customer_no = customer_no, .kind = "letter", .file_name = "欧阳娜娜.pdf", .by = "li.na"},
      "%PDF-1.7\n" + text, tests::Office::at(10)));
}

// The files under <data>/documents.
inline std::vector<std::filesystem::path> sealed_files(const std::filesystem::path& data) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(data / "documents")) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data / "documents"))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace records
