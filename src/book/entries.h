#pragma once
// Rows of several sheets found by a text key: sorted by key, then by the order they came. What the
// merge of files into the book joins on.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "column/column.h"

namespace book {

struct Entry {
  std::string_view key;
  std::uint64_t prefix = 0;  // first eight bytes of key, big-endian: most comparisons end here
  std::uint32_t source = 0;
  std::uint32_t row = 0;

  bool before(const Entry& other) const {
    return prefix != other.prefix ? prefix < other.prefix : key < other.key;
  }
};

std::uint64_t prefix_of(std::string_view key);
void add_entries(std::vector<Entry>& entries, const column::Texts& keys, std::uint32_t source);
// Stable; says nothing to entries that are sorted already, as files mostly are.
void sort_entries(std::vector<Entry>& entries, unsigned threads);

// For each key (sorted, unique) the range of entries of that key; entries of no key are counted.
struct Join {
  std::vector<std::uint32_t> begin;  // one more than keys; range of key i is [begin[i], end[i])
  std::vector<std::uint32_t> end;
  std::int64_t unmatched = 0;
};
Join join_entries(const column::Texts& keys, std::span<const Entry> entries);

}  // namespace book
