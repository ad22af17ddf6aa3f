#pragma once
// Random decision models and data, the same for the same seed.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "decision/decision.h"

namespace differential {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  std::string pick(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

// Something an expression can name.
struct Named {
  std::string name;
  decision::ColumnKind kind = decision::ColumnKind::number;
};

struct RandomModel {
  std::string xml;
  std::vector<decision::ColumnType> inputs;
  std::vector<std::string> decisions;
};

RandomModel random_model(Dice& dice);

// random_tests.cpp: the cells of a table, and expressions of a kind.
std::string escaped(const std::string& text);
std::string random_number(Dice& dice);
std::string random_test(Dice& dice, decision::ColumnKind kind, const std::vector<Named>& names);
std::string random_constant(Dice& dice, decision::ColumnKind kind);
std::string random_expression(Dice& dice, decision::ColumnKind kind,
                              const std::vector<Named>& names, int depth);

// random_data.cpp: columns, and cases that have nulls and values of other kinds too.
struct RandomColumns {
  explicit RandomColumns(std::vector<decision::ColumnType> of) : types(std::move(of)) {}
  std::vector<decision::ColumnType> types;
  std::vector<std::vector<std::int64_t>> numbers;  // by column; strings are codes
  std::vector<std::vector<std::uint8_t>> flags;
  std::vector<std::vector<std::int16_t>> codes;
  std::vector<std::string> dictionary;
  std::size_t rows = 0;

  std::vector<decision::ColumnData> data() const;
  decision::Context row(std::size_t row) const;
};
RandomColumns random_columns(Dice& dice, const std::vector<decision::ColumnType>& types,
                             std::size_t rows);
decision::Context random_case(Dice& dice, const std::vector<decision::ColumnType>& types);

}  // namespace differential
