#include "tlog/verify_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "tlog/files.h"
#include "tlog/writer.h"

namespace tlog {

using kernel::Code;

namespace {

constexpr std::size_t named_hashes = 8;  // of one tile; of more their number is told
constexpr std::uint64_t progress_every = 1 << 18;

// Entries the tile stands for: first and last.
std::pair<std::uint64_t, std::uint64_t> entries_of(const TileName& tile) {
  const int bits = 8 * std::max(tile.level, 0);
  const std::uint64_t first = tile.index * tile_width << bits;
  return {first, first + (std::uint64_t{tile.width} << bits) - 1};
}

Finding of_tile(std::string kind, const TileName& tile, std::string zh, std::string en) {
  const auto [first, last] = entries_of(tile);
  return {std::move(kind), tile_path(tile), first, last, std::move(zh), std::move(en)};
}

}  // namespace

TreeCheck::TreeCheck(std::filesystem::path log, const Tree& tree, Findings& findings,
                     std::function<void(std::uint64_t)> progress)
    : log_(std::move(log)),
      tree_(tree),
      findings_(findings),
      entries_(findings),
      progress_(std::move(progress)) {}

// A partial tile may have gone once the full one was there.
std::optional<std::string> TreeCheck::read(const TileName& tile, bool tell) {
  auto bytes = read_whole(log_ / tile_path(tile));
  if (!bytes && bytes.error().code == Code::not_found && tile.width < tile_width) {
    bytes = read_whole(log_ / tile_path({tile.level, tile.index}));
    if (bytes && tile.level != entries_level && bytes->size() == tile_width * sizeof(Hash))
      bytes->resize(tile.width * sizeof(Hash));
    if (bytes && tile.level == entries_level) {  // its first entries
      std::size_t end = 0;
      for (unsigned i = 0; i < tile.width && end + 2 <= bytes->size(); ++i)
        end += 2 + (static_cast<std::size_t>(static_cast<unsigned char>((*bytes)[end])) << 8 |
                    static_cast<unsigned char>((*bytes)[end + 1]));
      bytes->resize(std::min(end, bytes->size()));
    }
  }
  if (bytes) {
    if (tell) bytes_ += bytes->size();
    return std::move(*bytes);
  }
  if (!tell) return std::nullopt;
  if (bytes.error().code == Code::not_found)
    findings_.add(of_tile("file_missing", tile, "文件缺失", "the file is missing"));
  else
    findings_.add(of_tile("file_unreadable", tile, "文件读不出：" + bytes.error().message,
                          "the file cannot be read: " + bytes.error().message));
  return std::nullopt;
}

std::optional<std::vector<Hash>> TreeCheck::read_tile(const TileName& tile, bool tell) {
  const auto bytes = read(tile, tell);
  if (!bytes) return std::nullopt;
  if (auto hashes = parse_tile(*bytes, tile.width)) return std::move(*hashes);
  if (!tell) return std::nullopt;
  const std::size_t right = tile.width * sizeof(Hash);
  const bool cut = bytes->size() < right;
  findings_.add(of_tile(cut ? "file_truncated" : "file_too_long", tile,
                        fmt::format("应为 {} 字节，实为 {}", right, bytes->size()),
                        fmt::format("{} bytes and not {}", bytes->size(), right)));
  return std::nullopt;
}

FoundEntries TreeCheck::read_bundle(const TileName& leaves, bool tell) {
  FoundEntries bundle;
  auto bytes = read({entries_level, leaves.index, leaves.width}, tell);
  if (!bytes) return bundle;
  bundle.bytes = std::move(*bytes);
  bundle.there = bundle.whole = true;
  bundle.hashes.reserve(leaves.width);
  std::string_view rest = bundle.bytes;
  while (!rest.empty() && bundle.hashes.size() <= 2 * tile_width) {
    const std::size_t length =
        rest.size() < 2 ? rest.size() + 1
                        : static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8 |
                              static_cast<unsigned char>(rest[1]);
    bundle.whole = rest.size() >= 2 + length;
    if (!bundle.whole) break;
    bundle.hashes.push_back(leaf_hash(rest.substr(2, length)));
    rest.remove_prefix(2 + length);
  }
  return bundle;
}

void TreeCheck::forged(const TileName& tile) {
  const auto [first, last] = entries_of(tile);
  findings_.add(of_tile(
      "tile_forged", tile,
      fmt::format("第 {} 至 {} 条：瓦片与其下内容一致，但与上层不符，二者被一起改动", first, last),
      fmt::format("entries {} to {}: the tile and what is below it fit each other but not the tile "
                  "above: both were changed",
                  first, last)));
}

void TreeCheck::altered_hashes(const TileName& tile, const std::vector<Hash>& stored,
                               const std::vector<Hash>& right) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < right.size(); ++i)
    if (stored[i] != right[i]) at.push_back(i);
  if (at.size() == right.size() && right.size() > 2) {
    if (const auto place = findings_.add(
            of_tile("tile_replaced", tile, "整个瓦片被换掉", "the whole tile was replaced")))
      replaced_.push_back({*place, tile, subtree_root(right), subtree_root(stored)});
    return;
  }
  const int bits = 8 * tile.level;
  const auto entry = [&](std::size_t i) { return (tile.index * tile_width + i) << bits; };
  std::string places;
  for (std::size_t i = 0; i < std::min(at.size(), named_hashes); ++i)
    places += (i == 0 ? "" : ", ") + std::to_string(at[i]);
  if (at.size() > named_hashes) places += ", …";
  findings_.add({"hash_altered", tile_path(tile), entry(at.front()), entry(at.back()),
                 fmt::format("瓦片中 {} 个哈希被改动（位置 {}）", at.size(), places),
                 fmt::format("{} of the tile's hashes were altered (at {})", at.size(), places)});
}

TreeCheck::Visited TreeCheck::visit_leaves(const TileName& tile, const Expected& expected) {
  const auto stored = read_tile(tile, true);
  const FoundEntries bundle = read_bundle(tile, true);
  const bool fits = bundle.there && bundle.whole && bundle.hashes.size() == tile.width;
  const std::uint64_t done = tile.index * tile_width + tile.width;
  if (progress_ && done % progress_every < tile_width) progress_(done);
  if (stored && fits && *stored == bundle.hashes) {
    entries_.all_right();
    const Hash root = subtree_root(*stored);
    if (!expected.root || root == *expected.root) return {root, *stored};
    if (!expected.certain) return {root, *stored};
    forged(tile);
    return {expected.root, {}};
  }
  const std::optional<Hash> stored_root =
      stored ? std::optional(subtree_root(*stored)) : std::nullopt;
  const std::optional<Hash> bundle_root =
      fits ? std::optional(subtree_root(bundle.hashes)) : std::nullopt;
  // The entries are right where the tile above says so; where nobody says so the tile is believed.
  if (bundle_root && (expected.root ? bundle_root == expected.root : !stored)) {
    if (stored) altered_hashes(tile, *stored, bundle.hashes);
    return {bundle_root, bundle.hashes};
  }
  if (stored && (!expected.root || stored_root == expected.root)) {
    if (bundle.there) entries_.compare({entries_level, tile.index, tile.width}, *stored, bundle);
    return {stored_root, *stored};
  }
  // Neither is what the tile above says.
  if (stored && bundle.there)
    entries_.compare({entries_level, tile.index, tile.width}, *stored, bundle);
  if (expected.certain && (stored || bundle.there)) forged(tile);
  if (expected.certain) return {expected.root, {}};
  return stored ? Visited{stored_root, *stored} : Visited{bundle_root, bundle.hashes};
}

// What a tile's hashes are, by what it stores and what lies below.
TreeCheck::Visited TreeCheck::judge(const TileName& tile, const Expected& expected,
                                    const std::optional<std::vector<Hash>>& stored,
                                    std::vector<std::optional<Hash>> below) {
  const bool known = std::all_of(below.begin(), below.end(), [](const auto& h) { return h; });
  std::vector<Hash> computed;
  if (known)
    for (const auto& hash : below) computed.push_back(*hash);
  const std::optional<Hash> root = known ? std::optional(subtree_root(computed)) : std::nullopt;
  if (!stored) {
    if (expected.certain && root != expected.root) forged(tile);
    return {expected.certain ? expected.root : root, computed};
  }
  const Hash stored_root = subtree_root(*stored);
  if (known && computed == *stored) {
    if (!expected.certain || stored_root == *expected.root) return {stored_root, computed};
    forged(tile);
    return {expected.root, {}};
  }
  if (expected.root && stored_root == *expected.root) {
    // Only while nothing is certain: the tiles below changed together with what is below them.
    for (std::size_t i = 0; i < below.size(); ++i)
      if (below[i] && *below[i] != (*stored)[i])
        forged({tile.level - 1, tile.index * tile_width + i});
    return {stored_root, *stored};
  }
  if (known) altered_hashes(tile, *stored, computed);
  if (expected.certain && root != expected.root) forged(tile);
  return {expected.certain ? expected.root : root, computed};
}

void TreeCheck::want_root(std::uint64_t size) {
  if (size > tree_.size || edges_.contains(size)) return;
  auto& edge = edges_[size];
  for (int level = 0; level_size(size, level) > 0; ++level) {
    edge.emplace_back();
    if (level_size(size, level) % tile_width > 0)
      wanted_sizes_[{level, level_size(size, level) / tile_width}].push_back(size);
  }
}

void TreeCheck::want_partial(const TileName& tile) {
  wanted_partials_[{tile.level, tile.index}].push_back(tile);
}

std::optional<Hash> TreeCheck::root_at(std::uint64_t size) const {
  const auto found = edges_.find(size);
  if (found == edges_.end()) return std::nullopt;
  for (std::size_t level = 0; level < found->second.size(); ++level)
    if (found->second[level].size() != level_size(size, static_cast<int>(level)) % tile_width)
      return std::nullopt;
  return root_of_edge(found->second);
}

void TreeCheck::check_partial(const TileName& tile, const std::vector<Hash>& hashes) {
  std::vector<Hash> found;
  const auto bytes = read_whole(log_ / tile_path(tile));
  if (bytes && tile.level != entries_level) {
    if (auto read = parse_tile(*bytes, tile.width)) found = std::move(*read);
  } else if (bytes) {
    if (const auto entries = parse_bundle(*bytes, tile.width))
      for (const std::string_view entry : *entries) found.push_back(leaf_hash(entry));
  }
  if (found.size() != tile.width || !std::equal(found.begin(), found.end(), hashes.begin()))
    findings_.add(of_tile("partial_differs", tile, "与替代它的更宽瓦片不同",
                          "differs from the wider tile that came after it"));
}

void TreeCheck::answer_wanted(const TileName& tile, const std::vector<Hash>& hashes) {
  const Place place{tile.level, tile.index};
  if (const auto sizes = wanted_sizes_.find(place); sizes != wanted_sizes_.end()) {
    for (const std::uint64_t size : sizes->second) {
      const auto count = level_size(size, tile.level) % tile_width;
      if (count <= hashes.size())
        edges_[size][static_cast<std::size_t>(tile.level)].assign(
            hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }
  for (const int level : {tile.level, tile.level == 0 ? entries_level : tile.level}) {
    const auto partials = wanted_partials_.find({level, tile.index});
    if (partials == wanted_partials_.end()) continue;
    for (const TileName& partial : partials->second)
      if (partial.width <= hashes.size()) check_partial(partial, hashes);
    wanted_partials_.erase(partials);
  }
}

TreeCheck::Visited TreeCheck::visit(const TileName& tile, const Expected& expected) {
  Visited visited = visit_tile(tile, expected);
  if (!wanted_sizes_.empty() || !wanted_partials_.empty()) answer_wanted(tile, visited.hashes);
  return visited;
}

TreeCheck::Visited TreeCheck::visit_tile(const TileName& tile, const Expected& expected) {
  if (tile.level == 0) return visit_leaves(tile, expected);
  const auto stored = read_tile(tile, true);
  const bool certain = stored && expected.certain && subtree_root(*stored) == *expected.root;
  std::vector<std::optional<Hash>> below;
  for (unsigned i = 0; i < tile.width; ++i) {
    const Expected child{stored ? std::optional((*stored)[i]) : std::nullopt, certain};
    below.push_back(visit({tile.level - 1, tile.index * tile_width + i}, child).root);
  }
  return judge(tile, expected, stored, std::move(below));
}

// The right edge has no tile above it; the checkpoint's root is over all of it. For each level
// there are two witnesses, the tile and what is below it; whichever choice gives the root is the
// true one.
void TreeCheck::find_edge() {
  std::vector<std::array<std::optional<std::vector<Hash>>, 2>> choices;
  for (int level = 0; level_size(tree_.size, level) > 0; ++level) {
    const std::uint64_t hashes = level_size(tree_.size, level);
    const TileName tile{level, hashes / tile_width, static_cast<unsigned>(hashes % tile_width)};
    auto& choice = choices.emplace_back();
    if (tile.width == 0) {
      choice[0].emplace();
      continue;
    }
    choice[0] = read_tile(tile, false);
    if (level == 0) {
      if (FoundEntries bundle = read_bundle(tile, false);
          bundle.whole && bundle.hashes.size() == tile.width)
        choice[1] = std::move(bundle.hashes);
      continue;
    }
    choice[1].emplace();
    for (unsigned i = 0; i < tile.width && choice[1]; ++i) {
      const auto child = read_tile({level - 1, tile.index * tile_width + i}, false);
      if (child)
        choice[1]->push_back(subtree_root(*child));
      else
        choice[1].reset();
    }
  }
  edge_.assign(choices.size(), std::nullopt);
  for (std::uint64_t pick = 0; pick < std::uint64_t{1} << choices.size(); ++pick) {
    std::vector<std::vector<Hash>> levels;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const auto& chosen = choices[i][pick >> i & 1];
      if (!chosen) break;
      levels.push_back(*chosen);
    }
    if (levels.size() < choices.size() || root_of_edge(levels) != tree_.root) continue;
    for (std::size_t i = 0; i < levels.size(); ++i) edge_[i] = std::move(levels[i]);
    edge_certain_ = true;
    return;
  }
}

void TreeCheck::name_swapped() {
  for (std::size_t i = 0; i < replaced_.size(); ++i) {
    for (std::size_t k = i + 1; k < replaced_.size(); ++k) {
      const Replaced &a = replaced_[i], &b = replaced_[k];
      if (a.right != b.found || a.found != b.right) continue;
      const std::string one = tile_path(a.tile), other = tile_path(b.tile);
      findings_.merge(a.place, b.place,
                      {"tiles_swapped", one, entries_of(a.tile).first, entries_of(b.tile).first,
                       fmt::format("{} 与 {} 互换了位置", one, other),
                       fmt::format("{} and {} were swapped", one, other)});
      replaced_.erase(replaced_.begin() + static_cast<std::ptrdiff_t>(k));
      break;
    }
  }
}

void TreeCheck::run() {
  if (tree_.size == 0) return;
  find_edge();
  std::vector<std::vector<Hash>> levels(edge_.size());
  bool known = true;
  for (std::size_t i = edge_.size(); i-- > 0;) {  // left to right: the highest level first
    const int level = static_cast<int>(i);
    const std::uint64_t hashes = level_size(tree_.size, level);
    const TileName tile{level, hashes / tile_width, static_cast<unsigned>(hashes % tile_width)};
    if (tile.width == 0) continue;
    Expected expected;
    if (edge_certain_) expected = {subtree_root(*edge_[i]), true};
    levels[i] = visit(tile, expected).hashes;
    known &= levels[i].size() == tile.width;
  }
  entries_.finish();
  name_swapped();
  if (!edge_certain_ && (!known || root_of_edge(levels) != tree_.root))
    findings_.add({"root_differs", "checkpoint", std::nullopt, std::nullopt,
                   "条目与瓦片算出的根与签名检查点的根不同",
                   "the entries and tiles give another root than the signed checkpoint"});
}

}  // namespace tlog
