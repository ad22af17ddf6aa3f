#pragma once
// Rows of the files found by a text key, in the order of keys and then as they came: what the merge
// of files into the book joins on. Files that come in order take no memory.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "book/types.h"
#include "column/sorted.h"

namespace book {

struct Entry {
  std::string_view key;
  std::uint32_t source = 0;  // which batch
  std::uint32_t row = 0;     // of it
};

// Rows of all batches of a kind, by account_no, then in the order of the batches.
class Lines {
 public:
  Lines(const MergeInput& input, std::string_view kind);
  bool empty() const { return batches_.empty(); }
  std::vector<Entry> between(const KeyRange& range) const;

  // Goes through them, one after the other.
  class Cursor {
   public:
    explicit Cursor(const Lines& lines, std::optional<std::string_view> from = std::nullopt);
    const std::optional<Entry>& entry() const { return entry_; }  // nothing at the end
    void next();

   private:
    void find();
    const Lines* lines_;
    std::vector<std::size_t> at_;  // of each batch
    std::size_t batch_ = 0;        // the entry's
    std::optional<Entry> entry_;
  };

 private:
  struct Batch {
    std::uint32_t source;
    column::Texts keys;
    column::Order order;
    std::uint32_t row(std::size_t i) const { return static_cast<std::uint32_t>(order.at(i)); }
    std::string_view key(std::size_t i) const { return keys.at(row(i)); }
  };
  std::vector<Batch> batches_;  // none is empty
};

// For each key (sorted, unique) the range of entries of that key; entries of no key are counted.
struct Join {
  std::vector<std::uint32_t> begin;  // range of key i is [begin[i], end[i])
  std::vector<std::uint32_t> end;
  std::int64_t unmatched = 0;
};
Join join_entries(const column::Texts& keys, std::span<const Entry> entries);

}  // namespace book
