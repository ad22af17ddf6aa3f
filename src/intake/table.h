#pragma once
// Accepted records of one kind, field by field: numbers in one vector a field, texts end to end in
// one string a field. No allocation a row. Becomes a column::Sheet, or rows of the store.

#include <string>
#include <string_view>
#include <vector>

#include "column/column.h"
#include "intake/kinds.h"
#include "kernel/result.h"

namespace intake {

// A checked field: text, or a number (fen, days, µs, 0/1) that may be absent.
struct Cell {
  std::string_view text;
  std::int64_t number = 0;
  bool absent = false;
};

class Table {
 public:
  explicit Table(const KindSpec& kind);

  void append(const std::vector<Cell>& cells);
  std::size_t rows() const { return rows_; }
  const KindSpec& kind() const { return *kind_; }

  std::string_view text(std::size_t field, std::size_t row) const;
  std::int64_t number(std::size_t field, std::size_t row) const;
  bool absent(std::size_t field, std::size_t row) const;
  std::int64_t total(std::size_t field) const;

  column::Sheet sheet() const;  // absent numbers are 0
  static bool is_text(const FieldSpec& field);

 private:
  struct Column {
    std::vector<std::int64_t> numbers;
    std::string bytes;
    std::vector<std::uint64_t> ends;
  };
  const KindSpec* kind_;
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

}  // namespace intake
