#pragma once
// Lines of a CSV file (RFC 4180) and what their cells mean to a model: for deciding a whole file,
// and for test cases kept beside a table.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/value.h"
#include "kernel/result.h"

namespace decision {

// Cells in quotes may hold commas, quotes (doubled) and line ends.
class CsvReader {
 public:
  using Line = std::vector<std::string>;
  CsvReader(std::string_view text, std::string_view where);
  bool done() const { return at_ >= text_.size(); }
  std::size_t line() const { return record_; }  // of the file, where the last record began

  kernel::Result<Line> take_line();
  kernel::Error error(std::string message) const;  // where: the file and the record's line

 private:
  kernel::Result<std::string> take_cell();
  void count_lines(std::size_t from);

  std::string_view text_, where_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t record_ = 0;
};

// A cell as a value of a FEEL type; of an open one ("") as it looks. Empty is null; nothing where
// it cannot be of that type.
std::optional<Value> read_csv_value(const std::string& cell, const std::string& type);

}  // namespace decision
