#include "flow/differences.h"

#include <algorithm>
#include <optional>
#include <set>

#include "column/column.h"
#include "flow/files.h"

namespace flow {

namespace fs = std::filesystem;

namespace {

constexpr const char* manifest_name = "manifest.json";

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || name == "book.json" || name == "timings.json") continue;
    files.insert(fs::relative(entry.path(), folder).generic_string());
  }
  return files;
}

// A difference of one row: the values of the recorded column and of the one made now.
std::string row_of(std::size_t row, const std::string& recorded, const std::string& again) {
  return "row " + std::to_string(row) + ": " + recorded + " is recorded, " + again + " was made";
}

template <class T>
std::optional<std::string> compare_numbers(const column::Sheet& recorded,
                                           const column::Sheet& again, const std::string& name) {
  const auto left = recorded.get<T>(name);
  const auto right = again.get<T>(name);
  const auto [at, other] = std::mismatch(left.begin(), left.end(), right.begin());
  if (at == left.end()) return std::nullopt;
  return row_of(static_cast<std::size_t>(at - left.begin()), std::to_string(*at),
                std::to_string(*other));
}

std::optional<std::string> compare_codes(const column::Codes& recorded,
                                         const column::Codes& again) {
  for (std::size_t row = 0; row < recorded.values.size(); ++row) {
    if (recorded.at(row) == again.at(row)) continue;
    return row_of(row, "\"" + std::string(recorded.at(row)) + "\"",
                  "\"" + std::string(again.at(row)) + "\"");
  }
  if (*recorded.words != *again.words) return "its list of words";
  return std::nullopt;
}

// Texts are numbers of accounts, customers and payments: the row is told, not the value.
std::optional<std::string> compare_texts(const column::Texts& recorded,
                                         const column::Texts& again) {
  for (std::size_t row = 0; row < recorded.size(); ++row) {
    if (recorded.at(row) != again.at(row)) return "row " + std::to_string(row) + ": another text";
  }
  return std::nullopt;
}

std::optional<std::string> compare_column(const column::Sheet& recorded, const column::Sheet& again,
                                          const std::string& name) {
  if (!again.has(name)) return "was not made again";
  if (recorded.type(name) != again.type(name)) return "another type";
  switch (recorded.type(name)) {
    case column::Type::i8:
      return compare_numbers<std::int8_t>(recorded, again, name);
    case column::Type::i16:
      return compare_numbers<std::int16_t>(recorded, again, name);
    case column::Type::i32:
      return compare_numbers<std::int32_t>(recorded, again, name);
    case column::Type::i64:
      return compare_numbers<std::int64_t>(recorded, again, name);
    case column::Type::code:
      return compare_codes(recorded.codes(name), again.codes(name));
    case column::Type::text:
      return compare_texts(recorded.texts(name), again.texts(name));
  }
  return std::nullopt;
}

// A sheet that has a file that differs: which column, and where.
std::string describe_sheet(const fs::path& recorded_folder, const fs::path& again_folder,
                           const std::string& name) {
  const kernel::Result<column::Sheet> recorded = column::Sheet::open(recorded_folder);
  if (!recorded) return name + " cannot be read: " + recorded.error().message;
  const kernel::Result<column::Sheet> again = column::Sheet::open(again_folder);
  if (!again) return name + " was not made again: " + again.error().message;
  if (recorded->rows() != again->rows()) {
    return name + ": " + std::to_string(recorded->rows()) + " rows are recorded, " +
           std::to_string(again->rows()) + " were made";
  }
  for (const std::string& column : recorded->names()) {
    const std::optional<std::string> differs = compare_column(*recorded, *again, column);
    if (differs) return name + ": column " + column + ", " + *differs;
  }
  for (const std::string& column : again->names()) {
    if (!recorded->has(column)) return name + ": column " + column + ", is not recorded";
  }
  return name + ": equal values, other bytes";
}

std::string describe(const fs::path& recorded, const fs::path& again, const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  if (fs::exists(recorded / folder / manifest_name)) {
    return describe_sheet(recorded / folder, again / folder, folder.generic_string());
  }
  return file + ": other bytes";
}

}  // namespace

kernel::Status check_columns(const fs::path& edition_folder) {
  for (const std::string& file : files_in(edition_folder)) {
    const fs::path path = edition_folder / file;
    if (path.filename() == manifest_name) TRY(column::Sheet::open(path.parent_path(), true));
  }
  return kernel::Ok{};
}

kernel::Result<std::string> first_difference(const fs::path& recorded, const fs::path& again) {
  const std::set<std::string> left = files_in(recorded);
  const std::set<std::string> right = files_in(again);
  std::set<std::string> all = left;
  all.insert(right.begin(), right.end());
  for (const std::string& file : all) {
    if (!right.contains(file)) return file + ": is recorded and was not made again";
    if (!left.contains(file)) return file + ": was made again and is not recorded";
    TRY_ASSIGN(const std::string recorded_bytes, load_text(recorded / file));
    TRY_ASSIGN(const std::string bytes, load_text(again / file));
    if (recorded_bytes != bytes) return describe(recorded, again, file);
  }
  return std::string();
}

}  // namespace flow
