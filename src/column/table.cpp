#include "column/table.h"

#include "kernel/check.h"

namespace column {

namespace {

template <class Values>
Values read(const Sheet& sheet, const std::string& name) {
  switch (sheet.type(name)) {
    case Type::i8:
      return sheet.get<std::int8_t>(name);
    case Type::i16:
      return sheet.get<std::int16_t>(name);
    case Type::i32:
      return sheet.get<std::int32_t>(name);
    case Type::i64:
      return sheet.get<std::int64_t>(name);
    case Type::code:
      return sheet.codes(name);
    case Type::text:
      return sheet.texts(name);
  }
  CHECK_MSG(false, "unknown column type");
  return sheet.texts(name);
}

}  // namespace

Cells::Cells(const Field& field)
    : type_(field.sheet->type(field.source)),
      date_(field.date),
      values_(read<decltype(values_)>(*field.sheet, field.source)) {
  if (field.through != nullptr) through_ = field.through->get<std::int32_t>(field.row_column);
}

std::int64_t Cells::at(std::size_t row) const {
  return std::visit(
      [row](const auto& values) -> std::int64_t {
        using Values = std::decay_t<decltype(values)>;
        if constexpr (std::is_same_v<Values, Codes>) {
          return values.values[row];
        } else if constexpr (std::is_same_v<Values, Texts>) {
          CHECK_MSG(false, "a text is no number");
          return 0;
        } else {
          return values[row];
        }
      },
      values_);
}

bool Cells::absent(std::size_t row) const {
  if (through_) {
    const std::int32_t other = (*through_)[row];
    if (other < 0) return true;
    row = static_cast<std::size_t>(other);
  }
  if (type_ == Type::code) return at(row) < 0;
  return date_ && at(row) == 0;
}

std::int64_t Cells::number(std::size_t row) const {
  return at(through_ ? static_cast<std::size_t>((*through_)[row]) : row);
}

std::string_view Cells::text(std::size_t row) const {
  if (absent(row)) return {};
  if (through_) row = static_cast<std::size_t>((*through_)[row]);
  const Texts* texts = std::get_if<Texts>(&values_);
  return texts != nullptr ? texts->at(row) : std::get<Codes>(values_).at(row);
}

const std::vector<std::string>& Cells::words() const {
  return *std::get<Codes>(values_).words;
}

}  // namespace column
