#include "book/entries.h"

#include <algorithm>
#include <mutex>

namespace book {

namespace {

// Most comparisons end at the first eight bytes of a key, big-endian.
struct Ordered {
  std::uint64_t prefix = 0;
  std::uint32_t row = 0;
};

std::uint64_t prefix_of(std::string_view key) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    prefix = prefix << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return prefix;
}

bool in_order(const column::Texts& keys) {
  for (std::size_t row = 1; row < keys.size(); ++row) {
    if (keys.at(row) < keys.at(row - 1)) return false;
  }
  return true;
}

}  // namespace

std::vector<std::uint32_t> sorted_order(const column::Texts& keys, unsigned threads) {
  if (in_order(keys)) return {};
  std::vector<Ordered> rows(keys.size());
  const auto before = [&](const Ordered& a, const Ordered& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = keys.at(a.row).compare(keys.at(b.row));
    return order != 0 ? order < 0 : a.row < b.row;
  };
  std::vector<std::size_t> cuts;
  std::mutex mutex;
  const auto at = [&](std::size_t row) { return rows.begin() + static_cast<std::ptrdiff_t>(row); };
  over_rows(rows.size(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      rows[row] = {prefix_of(keys.at(row)), static_cast<std::uint32_t>(row)};
    }
    std::sort(at(begin), at(end), before);
    const std::lock_guard lock(mutex);
    cuts.push_back(begin);
  });
  std::sort(cuts.begin(), cuts.end());
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    const std::size_t end = i + 1 < cuts.size() ? cuts[i + 1] : rows.size();
    std::inplace_merge(rows.begin(), at(cuts[i]), at(end), before);
  }
  std::vector<std::uint32_t> order(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) order[i] = rows[i].row;
  return order;
}

Lines::Lines(const MergeInput& input, std::string_view kind) {
  for (std::size_t i = 0; i < input.batches.size(); ++i) {
    const BatchSheet& batch = input.batches[i];
    if (batch.kind != kind || batch.rows.rows() == 0) continue;
    const column::Texts keys = batch.rows.texts("account_no");
    batches_.push_back({static_cast<std::uint32_t>(i), keys, sorted_order(keys, input.threads)});
  }
}

std::vector<Entry> Lines::between(const KeyRange& range) const {
  std::vector<Entry> entries;
  for (Cursor at(*this, range.from); at.entry(); at.next()) {
    if (range.until && at.entry()->key >= *range.until) break;
    entries.push_back(*at.entry());
  }
  return entries;
}

Lines::Cursor::Cursor(const Lines& lines, std::optional<std::string_view> from) : lines_(&lines) {
  for (const Batch& batch : lines.batches_) {
    std::size_t begin = 0, end = from ? batch.keys.size() : 0;  // first key that is not below it
    while (begin < end) {
      const std::size_t middle = begin + (end - begin) / 2;
      if (batch.key(middle) < *from) {
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    at_.push_back(begin);
  }
  find();
}

void Lines::Cursor::find() {
  entry_.reset();
  for (std::size_t i = 0; i < at_.size(); ++i) {
    const Batch& batch = lines_->batches_[i];
    if (at_[i] == batch.keys.size()) continue;
    const std::uint32_t row = batch.row(at_[i]);
    const std::string_view key = batch.keys.at(row);
    if (entry_ && entry_->key <= key) continue;
    entry_ = {key, batch.source, row};
    batch_ = i;
  }
}

void Lines::Cursor::next() {
  ++at_[batch_];
  find();
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
