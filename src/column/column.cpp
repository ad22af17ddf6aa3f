#include "column/column.h"

#include <algorithm>
#include <cstring>

#include "column/stored.h"

namespace column {

namespace {

template <class T>
constexpr Type type_of() {
  if constexpr (sizeof(T) == 1) return Type::i8;
  if constexpr (sizeof(T) == 2) return Type::i16;
  if constexpr (sizeof(T) == 4) return Type::i32;
  if constexpr (sizeof(T) == 8) return Type::i64;
}

}  // namespace

std::int16_t Codes::find(std::string_view word) const {
  const auto at = std::find(words->begin(), words->end(), word);
  return at == words->end() ? std::int16_t{-1} : static_cast<std::int16_t>(at - words->begin());
}

Sheet::Sheet(std::size_t rows) : rows_(rows) {}
Sheet::Sheet(Sheet&&) noexcept = default;
Sheet& Sheet::operator=(Sheet&&) noexcept = default;
Sheet::~Sheet() = default;

bool Sheet::has(std::string_view name) const {
  return std::any_of(columns_.begin(), columns_.end(),
                     [&](const auto& column) { return column->name == name; });
}

Type Sheet::type(std::string_view name) const {
  for (const auto& column : columns_) {
    if (column->name == name) return column->type;
  }
  CHECK_MSG(false, ("no column " + std::string(name)).c_str());
  return Type::i64;
}

std::vector<std::string> Sheet::names() const {
  std::vector<std::string> all;
  for (const auto& column : columns_) all.push_back(column->name);
  return all;
}

const Sheet::Column& Sheet::find(std::string_view name, Type type) const {
  for (const auto& column : columns_) {
    if (column->name != name) continue;
    CHECK_MSG(column->type == type, ("column of another type: " + column->name).c_str());
    return *column;
  }
  CHECK_MSG(false, ("no column " + std::string(name)).c_str());
  return *columns_.front();
}

Sheet::Column& Sheet::place(std::string_view name, Type type) {
  auto fresh = std::make_unique<Column>();
  fresh->name = name;
  fresh->type = type;
  for (auto& column : columns_) {
    if (column->name == name) {
      column = std::move(fresh);
      return *column;
    }
  }
  columns_.push_back(std::move(fresh));
  return *columns_.back();
}

template <class T>
Values<T> Sheet::get(std::string_view name) const {
  return find(name, type_of<T>()).template values<T>(rows_);
}
template Values<std::int8_t> Sheet::get(std::string_view) const;
template Values<std::int16_t> Sheet::get(std::string_view) const;
template Values<std::int32_t> Sheet::get(std::string_view) const;
template Values<std::int64_t> Sheet::get(std::string_view) const;

Codes Sheet::codes(std::string_view name) const {
  const Column& column = find(name, Type::code);
  return {column.values<std::int16_t>(rows_), &column.words};
}

Texts Sheet::texts(std::string_view name) const {
  const Column& column = find(name, Type::text);
  return column.texts(rows_);
}

template <class T>
std::span<T> Sheet::add(std::string_view name) {
  Column& column = place(name, type_of<T>());
  column.plain = std::make_shared<Bytes>(rows_ * sizeof(T));
  column.plain_rows = rows_;
  return {reinterpret_cast<T*>(column.plain->data()), rows_};
}
template std::span<std::int8_t> Sheet::add(std::string_view);
template std::span<std::int16_t> Sheet::add(std::string_view);
template std::span<std::int32_t> Sheet::add(std::string_view);
template std::span<std::int64_t> Sheet::add(std::string_view);

std::span<std::int16_t> Sheet::add_codes(std::string_view name, std::vector<std::string> words) {
  CHECK_MSG(words.size() < 32767, "too many words for a code column");
  Column& column = place(name, Type::code);
  column.words = std::move(words);
  column.plain = std::make_shared<Bytes>(rows_ * 2);
  column.plain_rows = rows_;
  return {reinterpret_cast<std::int16_t*>(column.plain->data()), rows_};
}

void Sheet::add_texts(std::string_view name, const std::vector<std::string_view>& values) {
  CHECK_MSG(values.size() == rows_, "a text for each row");
  std::size_t total = 0;
  for (const auto value : values) total += value.size();
  CHECK_MSG(total < (1ULL << 32), "a text column holds less than 4 GiB");
  Bytes bytes(rows_ * 4 + total);
  char* ends = bytes.data();
  char* out = bytes.data() + rows_ * 4;
  std::uint32_t end = 0;
  for (const auto value : values) {
    end += static_cast<std::uint32_t>(value.size());
    std::memcpy(ends, &end, 4);
    if (!value.empty()) std::memcpy(out, value.data(), value.size());
    ends += 4;
    out += value.size();
  }
  // Placed last: the values may be views into the column that is replaced.
  Column& column = place(name, Type::text);
  column.plain = std::make_shared<Bytes>(std::move(bytes));
  column.plain_rows = rows_;
}

void Sheet::drop(std::string_view name) {
  std::erase_if(columns_, [&](const auto& column) { return column->name == name; });
}

void Sheet::take(Sheet&& other) {
  CHECK_MSG(other.rows_ == rows_, "sheets of one length");
  for (auto& column : other.columns_) {
    Column& here = place(column->name, column->type);
    here = std::move(*column);
  }
  other.columns_.clear();
}

void Sheet::share(const Sheet& other, std::string_view name) {
  CHECK_MSG(other.rows_ == rows_, "sheets of one length");
  const Column& column = other.find(name, other.type(name));
  place(name, column.type) = column;
}

Sheet Sheet::window(std::size_t begin, std::size_t end) const {
  CHECK_MSG(begin <= end && end <= rows_, "rows of the sheet");
  Sheet part(end - begin);
  for (const auto& column : columns_) {
    part.columns_.push_back(std::make_unique<Column>(*column));
    part.columns_.back()->first += begin;
  }
  return part;
}

}  // namespace column
