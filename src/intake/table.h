#pragma once
// Accepted records of one kind, field by field: numbers in one vector a field, texts end to end in
// one string a field. No allocation a row. Becomes a column::Sheet, or rows of the store. A file's
// records are several tables, one after the other: blocks.

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
  void clear();  // the next block: the totals, and how many rows came before, go on
  // Its rows in place of those of `into`, of the same kind; then it is cleared.
  void move_rows(Table& into);
  std::size_t rows() const { return rows_; }
  std::size_t rows_before() const { return rows_before_; }  // of the blocks cleared
  const KindSpec& kind() const { return *kind_; }

  std::string_view text(std::size_t field, std::size_t row) const;
  std::int64_t number(std::size_t field, std::size_t row) const;
  bool absent(std::size_t field, std::size_t row) const;
  std::int64_t total(std::size_t field) const;  // of money, over all blocks

  column::Sheet sheet() const;  // absent numbers are 0
  // Codes of a field whose words are the file's own: `words` grows, in the order they come.
  std::vector<std::int16_t> codes(std::size_t field, std::vector<std::string>& words) const;
  // Its rows as bytes, for this process only, and back in place of those it has.
  void write(std::string& bytes) const;
  void read(std::string_view bytes);
  static bool is_text(const FieldSpec& field);

 private:
  struct Column {
    std::vector<std::int64_t> numbers;
    std::int64_t total = 0;
    std::string bytes;
    std::vector<std::uint64_t> ends;
  };
  const KindSpec* kind_;
  std::vector<Column> columns_;
  std::size_t rows_ = 0, rows_before_ = 0;
};

}  // namespace intake
