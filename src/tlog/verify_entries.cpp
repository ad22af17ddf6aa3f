#include <fmt/format.h>

#include <algorithm>

#include "tlog/verify_tree.h"

namespace tlog {

std::optional<std::size_t> Findings::add(Finding finding) {
  ++count_;
  if (kept_.size() >= most_) return std::nullopt;
  kept_.push_back(std::move(finding));
  return kept_.size() - 1;
}

void Findings::merge(std::size_t first, std::size_t second, Finding merged) {
  kept_[first] = std::move(merged);
  gone_.push_back(second);
  --count_;
}

std::vector<Finding> Findings::take() {
  std::sort(gone_.begin(), gone_.end());
  std::vector<Finding> out;
  for (std::size_t i = 0; i < kept_.size(); ++i)
    if (!std::binary_search(gone_.begin(), gone_.end(), i)) out.push_back(std::move(kept_[i]));
  kept_.clear();
  gone_.clear();
  return out;
}

namespace {

// right[from + by …] is found[from …], for `count` of them.
bool same(const std::vector<Hash>& right, std::size_t from_right, const std::vector<Hash>& found,
          std::size_t from_found, std::size_t count) {
  return from_right + count <= right.size() && from_found + count <= found.size() &&
         std::equal(right.begin() + static_cast<std::ptrdiff_t>(from_right),
                    right.begin() + static_cast<std::ptrdiff_t>(from_right + count),
                    found.begin() + static_cast<std::ptrdiff_t>(from_found));
}

Finding dropped(const std::string& file, std::uint64_t entry) {
  return {"entry_dropped",
          file,
          entry,
          std::nullopt,
          fmt::format("第 {} 条被删去", entry),
          fmt::format("entry {} was dropped", entry)};
}

Finding inserted(const std::string& file, std::uint64_t entry) {
  return {"entry_inserted",
          file,
          entry,
          std::nullopt,
          fmt::format("第 {} 条之前插入了不属于日志的条目", entry),
          fmt::format("an entry that is not the log's was inserted at {}", entry)};
}

Finding altered_finding(const std::string& file, std::uint64_t entry) {
  return {"entry_altered",
          file,
          entry,
          std::nullopt,
          fmt::format("第 {} 条被改动", entry),
          fmt::format("entry {} was altered", entry)};
}

}  // namespace

void EntryDiff::altered(const std::string& file, std::uint64_t entry, const Hash& right,
                        const Hash& found) {
  if (const auto place = findings_.add(altered_finding(file, entry)))
    altered_.push_back({*place, entry, right, found});
}

// After a drop or an insertion all later entries stand one place off: that is told once.
bool EntryDiff::goes_on_shifted(const std::vector<Hash>& right,
                                const std::vector<Hash>& found) const {
  if (shift_ < 0) return same(right, 1, found, 0, right.size() - 1);
  if (shift_ > 0) return same(right, 0, found, 1, std::min(right.size(), found.size()) - 1);
  return false;
}

// The bundle before differed in its last entry only: this one shows whether that entry was dropped
// (the one there is our first) or pushed on by an insertion (our first is the one that was there).
bool EntryDiff::explains_last_one(const std::vector<Hash>& right, const std::vector<Hash>& found) {
  if (!last_one_ || right.empty() || found.empty()) return false;
  const Altered before = *last_one_;
  Finding& told = findings_.at(before.place);
  if (before.found == right[0] && same(right, 1, found, 0, right.size() - 1)) {
    told = dropped(told.file, before.entry);
    shift_ = -1;
  } else if (before.right == found[0] &&
             same(right, 0, found, 1, std::min(right.size(), found.size()) - 1)) {
    told = inserted(told.file, before.entry);
    shift_ = 1;
  } else {
    return false;
  }
  std::erase_if(altered_, [&](const Altered& a) { return a.place == before.place; });
  return true;
}

void EntryDiff::of_same_count(std::uint64_t first, const std::string& file, std::size_t at,
                              const std::vector<Hash>& right, const std::vector<Hash>& found) {
  const std::size_t rest = right.size() - at;
  const bool swapped = rest >= 2 && found[at] == right[at + 1] && found[at + 1] == right[at];
  if (rest >= 2 && !swapped && same(right, at + 1, found, at, rest - 1)) {
    findings_.add(dropped(file, first + at));
    shift_ = -1;
    return;
  }
  if (rest >= 2 && !swapped && same(right, at, found, at + 1, rest - 1)) {
    findings_.add(inserted(file, first + at));
    shift_ = 1;
    return;
  }
  std::size_t differing = 0;
  for (std::size_t i = at; i < right.size(); ++i) differing += right[i] != found[i] ? 1 : 0;
  if (differing == right.size() && right.size() > 2) {
    const auto place = findings_.add(
        {"tile_replaced", file, first, first + right.size() - 1,
         fmt::format("整个条目包被换掉：第 {} 至 {} 条", first, first + right.size() - 1),
         fmt::format("the whole bundle was replaced: entries {} to {}", first,
                     first + right.size() - 1)});
    if (place)
      replaced_.push_back({*place, first / tile_width, subtree_root(right), subtree_root(found)});
    return;
  }
  for (std::size_t i = at; i < right.size(); ++i)
    if (right[i] != found[i]) altered(file, first + i, right[i], found[i]);
  if (differing == 1 && right.back() != found.back() && right.size() == tile_width &&
      !altered_.empty() && altered_.back().entry == first + right.size() - 1)
    last_one_ = altered_.back();
}

// Another length or another place of the end: what is it that happened at entry `at`?
void EntryDiff::of_other_count(std::uint64_t first, const std::string& file, std::size_t at,
                               const std::vector<Hash>& right, const FoundEntries& found) {
  const std::vector<Hash>& hashes = found.hashes;
  std::string_view rest = found.bytes;
  for (std::size_t i = 0; i < at; ++i)
    rest.remove_prefix(2 + (static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8 |
                            static_cast<unsigned char>(rest[1])));
  if (at == right.size()) {
    if (found.whole && hashes.size() == right.size() + 1) {
      findings_.add(inserted(file, first + at));
      return;
    }
    findings_.add({"file_too_long", file, first + at, std::nullopt,
                   fmt::format("第 {} 条之后还有不属于它的内容", first + at - 1),
                   fmt::format("there are bytes after entry {}, its last", first + at - 1)});
    return;
  }
  // The entry itself is there but its two bytes of length say otherwise.
  if (rest.size() >= 2 && length_of_leaf(rest.substr(2), right[at], longest_entry)) {
    findings_.add({"entry_altered", file, first + at, std::nullopt,
                   fmt::format("第 {} 条的长度被改动", first + at),
                   fmt::format("the length of entry {} was altered", first + at)});
    return;
  }
  if (found.whole && hashes.size() + 1 == right.size() &&
      same(right, at + 1, hashes, at, hashes.size() - at)) {
    findings_.add(dropped(file, first + at));
    return;
  }
  if (found.whole && hashes.size() == right.size() + 1 &&
      same(right, at, hashes, at + 1, right.size() - at)) {
    findings_.add(inserted(file, first + at));
    return;
  }
  if (at == hashes.size()) {
    findings_.add({"file_truncated", file, first + at, first + right.size() - 1,
                   fmt::format("文件被截断：到第 {} 条为止，其后缺失", first + at),
                   fmt::format("the file is cut off: it ends at entry {}", first + at)});
    return;
  }
  findings_.add({"entry_altered", file, first + at, std::nullopt,
                 fmt::format("第 {} 条被改动，其后的条目不再能在原处读出", first + at),
                 fmt::format("entry {} was altered; those after it cannot be read at their place",
                             first + at)});
}

void EntryDiff::compare(const TileName& bundle, const std::vector<Hash>& right,
                        const FoundEntries& found) {
  const std::string file = tile_path(bundle);
  const std::uint64_t first = bundle.index * tile_width;
  if (explains_last_one(right, found.hashes) || goes_on_shifted(right, found.hashes)) {
    last_one_.reset();
    return;
  }
  all_right();
  const auto differ =
      std::mismatch(right.begin(), right.end(), found.hashes.begin(), found.hashes.end());
  const auto at = static_cast<std::size_t>(differ.first - right.begin());
  if (found.whole && found.hashes.size() == right.size())
    of_same_count(first, file, at, right, found.hashes);
  else
    of_other_count(first, file, at, right, found);
}

void EntryDiff::finish() {
  const auto pair_up = [&](std::vector<Altered>& list, auto name) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t k = i + 1; k < list.size(); ++k) {
        if (list[i].right != list[k].found || list[i].found != list[k].right) continue;
        findings_.merge(list[i].place, list[k].place, name(list[i].entry, list[k].entry));
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(k));
        break;
      }
    }
  };
  pair_up(altered_, [](std::uint64_t a, std::uint64_t b) {
    return Finding{"entries_swapped",
                   tile_path({entries_level, a / tile_width}),
                   a,
                   b,
                   fmt::format("第 {} 条与第 {} 条互换了位置", a, b),
                   fmt::format("entries {} and {} were swapped", a, b)};
  });
  pair_up(replaced_, [](std::uint64_t a, std::uint64_t b) {
    const std::string one = tile_path({entries_level, a}), other = tile_path({entries_level, b});
    return Finding{"tiles_swapped",
                   one,
                   a * tile_width,
                   b * tile_width,
                   fmt::format("{} 与 {} 互换了位置", one, other),
                   fmt::format("{} and {} were swapped", one, other)};
  });
}

}  // namespace tlog
