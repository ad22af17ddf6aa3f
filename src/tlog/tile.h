#pragma once
// The files of a log (C2SP tlog-tiles) under a folder LOG that can be served as it is:
// tile/<L>/<N> the hashes 256 N … 256 N + 255 of level L (0: the entries'); tile/entries/<N> those
// entries, each after its length (2 bytes, big-endian); …/<N>.p/<W> the first W < 256 of them.
// N is written in groups of three digits, all but the last with an x: x001/x234/067.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/hash.h"

namespace tlog {

constexpr unsigned tile_width = 256;
constexpr int entries_level = -1;
constexpr int top_level = 7;  // 2^63 entries have no more
constexpr std::size_t longest_entry = 65'535;

struct TileName {
  int level = 0;  // entries_level: a bundle
  std::uint64_t index = 0;
  unsigned width = tile_width;  // 1 to 256
  bool operator==(const TileName&) const = default;
};

std::string tile_path(const TileName& tile);  // from LOG: "tile/0/x001/067.p/12"
// Nothing where the text is no such path.
std::optional<TileName> parse_tile_path(std::string_view path);

// How many hashes (or entries) a tree of this size has in that level, and in that tile of it.
std::uint64_t level_size(std::uint64_t tree_size, int level);
unsigned tile_width_at(std::uint64_t tree_size, int level, std::uint64_t index);

// A bundle's entries, `width` of them and nothing after. Error: corrupt, saying which one.
kernel::Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, unsigned width);
void append_to_bundle(std::string& bundle, std::string_view entry);
// A tile's hashes, `width` of them and nothing after. Error: corrupt.
kernel::Result<std::vector<Hash>> parse_tile(std::string_view bytes, unsigned width);

}  // namespace tlog
