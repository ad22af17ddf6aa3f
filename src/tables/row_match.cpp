#include "tables/row_match.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace tables {

namespace {

constexpr std::size_t compared_max = 4'000'000;  // pairs of rows looked at for likeness

bool ids_are_unique(const std::vector<MatchRow>& rows) {
  std::set<std::string> seen;
  return std::all_of(rows.begin(), rows.end(), [&](const MatchRow& row) {
    return !row.id.empty() && seen.insert(row.id).second;
  });
}

std::size_t likeness(const MatchRow& a, const MatchRow& b) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < a.cells.size() && i < b.cells.size(); ++i)
    same += a.cells[i] == b.cells[i] ? 1 : 0;
  return same;
}

class Matching {
 public:
  Matching(const std::vector<MatchRow>& from, const std::vector<MatchRow>& to)
      : from_(from), to_(to), of_to_(to.size()), taken_(from.size(), false) {}

  void by_id() {
    if (!ids_are_unique(from_) || !ids_are_unique(to_)) return;
    std::unordered_map<std::string, std::size_t> at;
    for (std::size_t i = 0; i < from_.size(); ++i) at[from_[i].id] = i;
    for (std::size_t i = 0; i < to_.size(); ++i)
      if (const auto found = at.find(to_[i].id); found != at.end()) take(found->second, i);
  }

  void by_cells() {
    std::map<std::vector<std::string>, std::vector<std::size_t>> at;
    for (std::size_t i = from_.size(); i-- > 0;)
      if (!taken_[i]) at[from_[i].cells].push_back(i);  // the first one lies at the back
    for (std::size_t i = 0; i < to_.size(); ++i) {
      if (of_to_[i]) continue;
      const auto found = at.find(to_[i].cells);
      if (found == at.end() || found->second.empty()) continue;
      take(found->second.back(), i);
      found->second.pop_back();
    }
  }

  void by_likeness() {
    std::vector<std::size_t> open_from, open_to;
    for (std::size_t i = 0; i < from_.size(); ++i)
      if (!taken_[i]) open_from.push_back(i);
    for (std::size_t i = 0; i < to_.size(); ++i)
      if (!of_to_[i]) open_to.push_back(i);
    if (open_from.size() * open_to.size() > compared_max) return;
    for (const std::size_t row : open_to) {
      std::size_t best = from_.size(), most = 0;
      for (const std::size_t other : open_from) {
        const std::size_t same = taken_[other] ? 0 : likeness(from_[other], to_[row]);
        if (same > most) best = other, most = same;
      }
      // More than half of the cells: less is another row.
      if (best < from_.size() && most * 2 > to_[row].cells.size()) take(best, row);
    }
  }

  std::vector<std::optional<std::size_t>> result() && { return std::move(of_to_); }

 private:
  void take(std::size_t from, std::size_t to) {
    of_to_[to] = from;
    taken_[from] = true;
  }
  const std::vector<MatchRow>& from_;
  const std::vector<MatchRow>& to_;
  std::vector<std::optional<std::size_t>> of_to_;
  std::vector<bool> taken_;
};

}  // namespace

std::vector<std::optional<std::size_t>> match_rows(const std::vector<MatchRow>& from,
                                                   const std::vector<MatchRow>& to) {
  Matching matching(from, to);
  matching.by_id();
  matching.by_cells();
  matching.by_likeness();
  return std::move(matching).result();
}

// The longest run of rows still in order stays; by patience sorting, n log n.
std::vector<bool> find_moved(const std::vector<std::optional<std::size_t>>& matched) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> ends;  // of the best run of each length: the row of `to` it ends with
  std::vector<std::size_t> before(matched.size(), none);
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (!matched[i]) continue;
    const auto at =
        std::lower_bound(ends.begin(), ends.end(), *matched[i],
                         [&](std::size_t row, std::size_t value) { return *matched[row] < value; });
    if (at != ends.begin()) before[i] = *(at - 1);
    if (at == ends.end())
      ends.push_back(i);
    else
      *at = i;
  }
  std::vector<bool> moved(matched.size());
  for (std::size_t i = 0; i < matched.size(); ++i) moved[i] = matched[i].has_value();
  for (std::size_t i = ends.empty() ? none : ends.back(); i != none; i = before[i])
    moved[i] = false;
  return moved;
}

}  // namespace tables
