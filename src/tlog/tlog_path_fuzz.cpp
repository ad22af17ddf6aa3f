// A path in a log folder: one path for one tile, and one tile for one path.

#include <cstddef>
#include <cstdint>

#include "tlog/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto tile = tlog::parse_tile_path(text)) CHECK(tlog::tile_path(*tile) == text);
  if (const auto bytes = tlog::parse_base64(text)) CHECK(tlog::base64(*bytes) == text);
  if (const auto number = tlog::parse_decimal(text)) CHECK(std::to_string(*number) == text);
  return 0;
}
