#include "intake/table.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <utility>

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
      if (kind_->fields[i].type != FieldType::money || cells[i].absent) continue;
      CHECK_MSG(!__builtin_add_overflow(column.total, cells[i].number, &column.total),
                "a control total does not fit");
    }
  }
  ++rows_;
}

void Table::clear() {
  for (Column& column : columns_) {
    column.numbers.clear();
    column.bytes.clear();
    column.ends.clear();
  }
  rows_before_ += std::exchange(rows_, 0);
}

void Table::move_rows(Table& into) {
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    std::swap(columns_[f].numbers, into.columns_[f].numbers);
    std::swap(columns_[f].bytes, into.columns_[f].bytes);
    std::swap(columns_[f].ends, into.columns_[f].ends);
  }
  into.rows_ = rows_;
  clear();
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
  return columns_[field].total;
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
        const bool any_word = words.empty();
        if (any_word) {  // those that came, in order
          codes(f, words);
          std::sort(words.begin(), words.end());
        }
        const auto into = sheet.add_codes(field.name, words);
        for (std::size_t row = 0; row < rows_; ++row) {
          const std::string_view word = text(f, row);
          // Of a list there are a few.
          const auto found = any_word ? std::lower_bound(words.begin(), words.end(), word)
                                      : std::find(words.begin(), words.end(), word);
          CHECK(found != words.end());
          into[row] = static_cast<std::int16_t>(found - words.begin());
        }
        break;
      }
    }
  }
  return sheet;
}

std::vector<std::int16_t> Table::codes(std::size_t field, std::vector<std::string>& words) const {
  std::map<std::string_view, std::int16_t> known;
  for (std::size_t i = 0; i < words.size(); ++i) known[words[i]] = static_cast<std::int16_t>(i);
  std::vector<std::int16_t> codes(rows_);
  std::vector<std::string_view> met;
  for (std::size_t row = 0; row < rows_; ++row) {
    const auto next = static_cast<std::int16_t>(words.size() + met.size());
    const auto [found, fresh] = known.emplace(text(field, row), next);
    if (fresh) met.push_back(found->first);
    codes[row] = found->second;
  }
  CHECK_MSG(known.size() < 32767, "too many words for a code column");
  for (const std::string_view word : met) words.emplace_back(word);
  return codes;
}

namespace {

template <class T>
void put_numbers(std::string& bytes, const std::vector<T>& numbers) {
  bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T));
}

template <class T>
void take_numbers(std::string_view& bytes, std::size_t count, std::vector<T>& numbers) {
  numbers.resize(count);
  std::memcpy(numbers.data(), bytes.data(), count * sizeof(T));
  bytes.remove_prefix(count * sizeof(T));
}

}  // namespace

void Table::write(std::string& bytes) const {
  bytes.assign(reinterpret_cast<const char*>(&rows_), sizeof rows_);
  for (const Column& column : columns_) {
    put_numbers(bytes, column.numbers);
    put_numbers(bytes, column.ends);
    bytes += column.bytes;
  }
}

void Table::read(std::string_view bytes) {
  clear();
  std::memcpy(&rows_, bytes.data(), sizeof rows_);
  bytes.remove_prefix(sizeof rows_);
  for (std::size_t f = 0; f < columns_.size(); ++f) {
    Column& column = columns_[f];
    if (!is_text(kind_->fields[f])) {
      take_numbers(bytes, rows_, column.numbers);
      continue;
    }
    take_numbers(bytes, rows_, column.ends);
    const std::size_t size = rows_ == 0 ? 0 : column.ends.back();
    column.bytes = bytes.substr(0, size);
    bytes.remove_prefix(size);
  }
  CHECK_MSG(bytes.empty(), "a block that is not this kind's");
}

}  // namespace intake
