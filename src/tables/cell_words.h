#pragma once
// A cell of a table as people say it: codes by words.csv, fen as yuan, ranges spelled out. Only
// forms that are surely understood are put into words; anything else stays as it stands.

#include <string>
#include <string_view>

#include "strategy/types.h"

namespace tables {

enum class Language { zh, en };

struct CellWords {
  const strategy::Words& words;
  Language language;

  std::string variable(std::string_view expression) const;
  std::string test(std::string_view expression, std::string_view cell) const;  // of an input
  std::string value(std::string_view variable, std::string_view cell) const;   // of an output
};

}  // namespace tables
