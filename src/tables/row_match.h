#pragma once
// Which row of one table is which of another, and which of them moved.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tables {

// A row as far as matching goes: its rule id, and its cells in columns both tables are laid over.
struct MatchRow {
  std::string id;
  std::vector<std::string> cells;
};

// For each row of `to` the row of `from` it is, if any; no row of `from` twice.
std::vector<std::optional<std::size_t>> match_rows(const std::vector<MatchRow>& from,
                                                   const std::vector<MatchRow>& to);
// Of rows matched so: those that stand out of the order the others keep; as few as can be.
std::vector<bool> find_moved(const std::vector<std::optional<std::size_t>>& matched);

}  // namespace tables
