#include "book/entries.h"

#include <algorithm>

#include "book/types.h"

namespace book {

std::uint64_t prefix_of(std::string_view key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    prefix = prefix << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return prefix;
}

void add_entries(std::vector<Entry>& entries, const column::Texts& keys, std::uint32_t source) {
  entries.reserve(entries.size() + keys.size());
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const std::string_view key = keys.at(row);
    entries.push_back({key, prefix_of(key), source, static_cast<std::uint32_t>(row)});
  }
}

void sort_entries(std::vector<Entry>& entries, unsigned threads) {
  const auto before = [](const Entry& a, const Entry& b) { return a.before(b); };
  if (std::is_sorted(entries.begin(), entries.end(), before)) return;
  std::vector<std::size_t> cuts;
  std::mutex mutex;
  over_rows(entries.size(), threads, [&](std::size_t begin, std::size_t end) {
    std::stable_sort(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                     entries.begin() + static_cast<std::ptrdiff_t>(end), before);
    const std::lock_guard lock(mutex);
    cuts.push_back(begin);
  });
  std::sort(cuts.begin(), cuts.end());
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    const std::size_t end = i + 1 < cuts.size() ? cuts[i + 1] : entries.size();
    std::inplace_merge(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(cuts[i]),
                       entries.begin() + static_cast<std::ptrdiff_t>(end), before);
  }
}

Join join_entries(const column::Texts& keys, std::span<const Entry> entries) {
  Join join;
  join.begin.assign(keys.size(), 0);
  join.end.assign(keys.size(), 0);
  std::size_t at = 0;
  for (std::size_t row = 0; row < keys.size() && at < entries.size(); ++row) {
    const std::string_view key = keys.at(row);
    while (at < entries.size() && entries[at].key < key) {
      ++at;
      ++join.unmatched;
    }
    join.begin[row] = static_cast<std::uint32_t>(at);
    while (at < entries.size() && entries[at].key == key) ++at;
    join.end[row] = static_cast<std::uint32_t>(at);
  }
  join.unmatched += static_cast<std::int64_t>(entries.size() - at);
  return join;
}

}  // namespace book
