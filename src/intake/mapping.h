#pragma once
// A mapping file (TOML) in, what to do with each client file out. Errors name the line of the
// mapping and the field. docs/import.md teaches the language with examples that are run.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "intake/decode.h"
#include "intake/expression.h"
#include "intake/kinds.h"
#include "intake/scan.h"
#include "kernel/date.h"

namespace intake {

struct RecordMapping {
  const KindSpec* kind = nullptr;
  bool full = false;     // the file holds everything of its kind
  bool repeats = false;  // equal records again are no fault (a customer on each account's line)
  bool by_name = false;  // no [file.record.fields]: each field from the column of its name
  std::optional<Expression> when;
  std::vector<std::optional<Expression>> fields;  // as in kind->fields
  // A full file with fewer or more records than so many per cent of the last one is asked about.
  std::int64_t least_percent = 50, most_percent = 200;
  int line = 0;  // of the mapping
};

struct FileMapping {
  std::string match;  // of the file's name, with * and ?
  Encoding encoding = Encoding::utf_8;
  Dialect dialect;
  bool header = true;
  std::vector<std::string> columns;  // names in order when there is no header
  std::vector<RecordMapping> records;
};

struct Mapping {
  std::string name, sha256;
  std::string as_of;                   // "2026-11-21", "file_name:YYYYMMDD" or empty
  std::unique_ptr<CodeTables> tables;  // expressions point into it: it may not move
  std::vector<FileMapping> files;
  const FileMapping* find(std::string_view file_name) const;
};

kernel::Result<Mapping> parse_mapping(std::string_view toml, std::string_view name);
kernel::Result<Mapping> load_mapping(const std::filesystem::path& path);

// The day a file speaks of: `given` first, else what the mapping says.
kernel::Result<kernel::Date> as_of_of(const Mapping& mapping, std::string_view file_name,
                                      std::optional<kernel::Date> given);

// A copy whose expressions know the file's columns; by_name records get theirs.
kernel::Result<FileMapping> bind_columns(const FileMapping& mapping,
                                         const std::vector<std::string>& header);

bool glob_matches(std::string_view pattern, std::string_view name);

}  // namespace intake
