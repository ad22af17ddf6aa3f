#include "tests/differential/random_model.h"

namespace differential {

using namespace decision;

namespace {

std::int64_t random_value(Dice& dice, int scale) {
  if (dice.chance(4)) return INT64_MAX - dice.below(4);
  if (dice.chance(2)) return INT64_MIN + dice.below(4);
  if (dice.chance(3)) return std::int64_t{1} << (30 + dice.below(33));
  std::int64_t unit = scale == 0 ? 1 : 25;
  return (dice.below(90) - 20) * unit * (dice.chance(10) ? 1000 : 1);
}

}  // namespace

RandomColumns random_columns(Dice& dice, const std::vector<ColumnType>& types, std::size_t rows) {
  RandomColumns columns(types);
  columns.rows = rows;
  columns.dictionary = {"C", "A", "B", "apple", "D", "", "\xe9\x80\xbe\xe6\x9c\x9f"};
  columns.numbers.resize(types.size());
  columns.flags.resize(types.size());
  columns.codes.resize(types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (types[i].kind == ColumnKind::number) {
        columns.numbers[i].push_back(random_value(dice, types[i].scale));
      } else if (types[i].kind == ColumnKind::boolean) {
        columns.flags[i].push_back(dice.chance(50) ? 1 : 0);
      } else {
        columns.codes[i].push_back(static_cast<std::int16_t>(dice.below(8) - 1));
      }
    }
  }
  return columns;
}

std::vector<ColumnData> RandomColumns::data() const {
  std::vector<ColumnData> result;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i].kind == ColumnKind::number) {
      result.emplace_back(std::span<const std::int64_t>(numbers[i]));
    } else if (types[i].kind == ColumnKind::boolean) {
      result.emplace_back(Flags{flags[i]});
    } else {
      result.emplace_back(Codes16{codes[i], dictionary});
    }
  }
  return result;
}

Context RandomColumns::row(std::size_t row) const {
  Context inputs;
  for (std::size_t i = 0; i < types.size(); ++i) {
    Value value;
    if (types[i].kind == ColumnKind::number) {
      value = Decimal::scaled(numbers[i][row], types[i].scale);
    } else if (types[i].kind == ColumnKind::boolean) {
      value = flags[i][row] != 0;
    } else if (codes[i][row] >= 0) {
      value = dictionary[static_cast<std::size_t>(codes[i][row])];
    }
    inputs.set(types[i].name, value);
  }
  return inputs;
}

Context random_case(Dice& dice, const std::vector<ColumnType>& types) {
  Context inputs;
  for (const ColumnType& type : types) {
    if (dice.chance(5)) continue;  // missing
    Value value;
    ColumnKind kind = type.kind;
    if (dice.chance(4)) kind = static_cast<ColumnKind>(dice.below(3));  // of another kind
    if (dice.chance(5)) {
      value = Value();
    } else if (kind == ColumnKind::number) {
      int scale = dice.chance(5) ? 5 : type.scale;  // more digits than the slot has
      value = Decimal::scaled(random_value(dice, scale), scale);
    } else if (kind == ColumnKind::boolean) {
      value = dice.chance(50);
    } else {
      value = dice.pick({"A", "B", "C", "D", "apple", "", "zebra"});
    }
    inputs.set(type.name, value);
  }
  return inputs;
}

}  // namespace differential
