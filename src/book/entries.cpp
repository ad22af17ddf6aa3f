#include "book/entries.h"

namespace book {

Lines::Lines(const MergeInput& input, std::string_view kind) {
  for (std::size_t i = 0; i < input.batches.size(); ++i) {
    const BatchSheet& batch = input.batches[i];
    if (batch.kind != kind || batch.rows.rows() == 0) continue;
    const column::Texts keys = batch.rows.texts("account_no");
    batches_.push_back(
        {static_cast<std::uint32_t>(i), keys,
         column::Order(keys.size(), input.threads, [&](std::size_t row) { return keys.at(row); })});
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
