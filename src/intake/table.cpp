#include "intake/table.h"

#include <limits>
#include <map>
#include <set>

namespace intake {
namespace {

constexpr std::int64_t absent_number = std::numeric_limits<std::int64_t>::min();

template <class T>
void fill(column::Sheet& sheet, const FieldSpec& field, const std::vector<std::int64_t>& numbers) {
  const auto into = sheet.add<T>(field.name);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    into[i] = numbers[i] == absent_number ? T{0} : static_cast<T>(numbers[i]);
  }
}

}  // namespace

Table::Table(const KindSpec& kind) : kind_(&kind), columns_(kind.fields.size()) {}

bool Table::is_text(const FieldSpec& field) {
  return field.type == FieldType::text || field.type == FieldType::word ||
         field.type == FieldType::phone;
}

void Table::append(const std::vector<Cell>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Column& column = columns_[i];
    if (is_text(kind_->fields[i])) {
      column.bytes += cells[i].text;
      column.ends.push_back(column.bytes.size());
    } else {
      column.numbers.push_back(cells[i].absent ? absent_number : cells[i].number);
    }
  }
  ++rows_;
}

std::string_view Table::text(std::size_t field, std::size_t row) const {
  const Column& column = columns_[field];
  const std::uint64_t begin = row == 0 ? 0 : column.ends[row - 1];
  return std::string_view(column.bytes).substr(begin, column.ends[row] - begin);
}

std::int64_t Table::number(std::size_t field, std::size_t row) const {
  const std::int64_t number = columns_[field].numbers[row];
  return number == absent_number ? 0 : number;
}

bool Table::absent(std::size_t field, std::size_t row) const {
  return columns_[field].numbers[row] == absent_number;
}

std::int64_t Table::total(std::size_t field) const {
  std::int64_t sum = 0;
  for (const std::int64_t number : columns_[field].numbers) {
    if (number == absent_number) continue;
    CHECK_MSG(!__builtin_add_overflow(sum, number, &sum), "a control total does not fit");
  }
  return sum;
}

column::Sheet Table::sheet() const {
  column::Sheet sheet(rows_);
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    const FieldSpec& field = kind_->fields[f];
    switch (field.column) {
      case column::Type::i8:
        fill<std::int8_t>(sheet, field, columns_[f].numbers);
        break;
      case column::Type::i16:
        fill<std::int16_t>(sheet, field, columns_[f].numbers);
        break;
      case column::Type::i32:
        fill<std::int32_t>(sheet, field, columns_[f].numbers);
        break;
      case column::Type::i64:
        fill<std::int64_t>(sheet, field, columns_[f].numbers);
        break;
      case column::Type::text: {
        std::vector<std::string_view> texts(rows_);
        for (std::size_t row = 0; row < rows_; ++row) texts[row] = text(f, row);
        sheet.add_texts(field.name, texts);
        break;
      }
      case column::Type::code: {
        std::vector<std::string> words(field.words.begin(), field.words.end());
        if (words.empty()) {  // any word may come: those that did, in order
          std::set<std::string_view> seen;
          for (std::size_t row = 0; row < rows_; ++row) seen.insert(text(f, row));
          words.assign(seen.begin(), seen.end());
        }
        std::map<std::string_view, std::int16_t> codes;
        for (const auto& word : words) codes.emplace(word, static_cast<std::int16_t>(codes.size()));
        const auto into = sheet.add_codes(field.name, words);
        for (std::size_t row = 0; row < rows_; ++row) into[row] = codes.at(text(f, row));
        break;
      }
    }
  }
  return sheet;
}

}  // namespace intake
