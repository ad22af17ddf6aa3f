#include "tlog/tile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

std::string tile_path(const TileName& tile) {
  CHECK(tile.width >= 1 && tile.width <= tile_width);
  std::string number = fmt::format("{:03}", tile.index % 1000);
  for (std::uint64_t rest = tile.index / 1000; rest > 0; rest /= 1000)
    number = fmt::format("x{:03}/{}", rest % 1000, number);
  std::string path = tile.level == entries_level ? "tile/entries/" + number
                                                 : fmt::format("tile/{}/{}", tile.level, number);
  if (tile.width < tile_width) path += fmt::format(".p/{}", tile.width);
  return path;
}

std::optional<TileName> parse_tile_path(std::string_view path) {
  constexpr std::string_view root = "tile/", entries = "entries/", partial = ".p/";
  if (!path.starts_with(root)) return std::nullopt;
  std::string_view rest = path.substr(root.size());
  TileName tile;
  if (rest.starts_with(entries)) {
    tile.level = entries_level;
    rest.remove_prefix(entries.size());
  } else {
    const std::size_t slash = rest.find('/');
    if (slash == rest.npos) return std::nullopt;
    const auto level = parse_decimal(rest.substr(0, slash));
    if (!level || *level > 63) return std::nullopt;
    tile.level = static_cast<int>(*level);
    rest.remove_prefix(slash + 1);
  }
  if (const std::size_t at = rest.find(partial); at != rest.npos) {
    const auto width = parse_decimal(rest.substr(at + partial.size()));
    if (!width || *width < 1 || *width >= tile_width) return std::nullopt;
    tile.width = static_cast<unsigned>(*width);
    rest = rest.substr(0, at);
  }
  for (bool first = true;; first = false) {
    const bool more = rest.starts_with('x');
    if (more) rest.remove_prefix(1);
    if (rest.size() < 3) return std::nullopt;
    const std::string_view group = rest.substr(0, 3);
    if (!std::all_of(group.begin(), group.end(), [](char c) { return c >= '0' && c <= '9'; }))
      return std::nullopt;
    if (first && more && group == "000") return std::nullopt;  // one path for one number
    if (tile.index > 0x7fff'ffff'ffff'ffff / 1000 - 1) return std::nullopt;
    tile.index =
        tile.index * 1000 + static_cast<std::uint64_t>((group[0] - '0') * 100 +
                                                       (group[1] - '0') * 10 + (group[2] - '0'));
    rest.remove_prefix(3);
    if (!more) break;
    if (!rest.starts_with('/')) return std::nullopt;
    rest.remove_prefix(1);
  }
  if (!rest.empty()) return std::nullopt;
  return tile;
}

std::uint64_t level_size(std::uint64_t tree_size, int level) {
  const int bits = 8 * std::max(level, 0);
  return bits >= 64 ? 0 : tree_size >> bits;
}

unsigned tile_width_at(std::uint64_t tree_size, int level, std::uint64_t index) {
  const std::uint64_t hashes = level_size(tree_size, level);
  if (index > hashes / tile_width) return 0;
  return static_cast<unsigned>(
      std::min<std::uint64_t>(tile_width, hashes - index * std::uint64_t{tile_width}));
}

void append_to_bundle(std::string& bundle, std::string_view entry) {
  CHECK(entry.size() <= longest_entry);
  bundle += static_cast<char>(entry.size() >> 8);
  bundle += static_cast<char>(entry.size() & 0xff);
  bundle += entry;
}

Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, unsigned width) {
  std::vector<std::string_view> entries;
  entries.reserve(width);
  const auto error = [&](const char* what) {
    return Error{Code::corrupt, fmt::format("{} at entry {} of {}", what, entries.size(), width),
                 ""};
  };
  while (entries.size() < width) {
    if (bytes.size() < 2) return error("the bundle ends");
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
                               static_cast<unsigned char>(bytes[1]);
    if (bytes.size() < 2 + length) return error("the bundle ends");
    entries.push_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  if (!bytes.empty()) return error("the bundle goes on");
  return entries;
}

Result<std::vector<Hash>> parse_tile(std::string_view bytes, unsigned width) {
  if (bytes.size() != width * sizeof(Hash)) {
    return Error{Code::corrupt,
                 fmt::format("a tile of {} hashes has {} bytes and not {}", width,
                             width * sizeof(Hash), bytes.size()),
                 ""};
  }
  std::vector<Hash> hashes(width);
  std::memcpy(hashes.data(), bytes.data(), bytes.size());
  return hashes;
}

}  // namespace tlog
