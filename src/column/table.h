#pragma once
// Columns of one or several sheets side by side, as others are given them: names in place of row
// numbers, days as dates. Enters: which column of which sheet stands under which name. Leaves:
// cells, read one by one. The sheets are borrowed and outlive the table.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "column/column.h"

namespace column {

struct Field {
  std::string name;              // in the table
  const Sheet* sheet = nullptr;  // null: a column that nobody has made yet
  std::string source;            // its name in the sheet
  bool date = false;             // days since 1970-01-01, of which 0 is none
  // Where the sheet has other rows than the table: row i takes the row that this i32 column says;
  // below 0 is none.
  const Sheet* through = nullptr;
  std::string row_column;
};

struct Table {
  std::string name;
  std::size_t rows = 0;
  std::vector<Field> fields;
};

// One field's cells. Fields nobody has made yet have none.
class Cells {
 public:
  explicit Cells(const Field& field);

  Type type() const { return type_; }
  bool date() const { return date_; }
  // Numbers are never absent; dates, codes and what is reached through a row may be.
  bool optional() const { return date_ || type_ == Type::code || through_; }
  bool absent(std::size_t row) const;
  // Of a cell that is not absent: i8 to i64; the number of a code's word.
  std::int64_t number(std::size_t row) const;
  std::string_view text(std::size_t row) const;   // of codes and texts; "" where absent
  const std::vector<std::string>& words() const;  // of codes

 private:
  template <class T>
  using Read = decltype(std::declval<const Sheet&>().template get<T>(std::string_view()));

  std::int64_t at(std::size_t row) const;  // in the sheet

  Type type_;
  bool date_;
  std::variant<Read<std::int8_t>, Read<std::int16_t>, Read<std::int32_t>, Read<std::int64_t>, Codes,
               Texts>
      values_;
  std::optional<Read<std::int32_t>> through_;
};

}  // namespace column
