// A bundle of entries and a tile as they lie on a stranger's disk. The first byte is the width.

#include <cstddef>
#include <cstdint>

#include "tlog/tile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned width = data[0] + 1U;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto entries = tlog::parse_bundle(bytes, width)) {
    CHECK(entries->size() == width);
    std::string again;
    for (const std::string_view entry : *entries) tlog::append_to_bundle(again, entry);
    CHECK(again == bytes);
  }
  if (const auto hashes = tlog::parse_tile(bytes, width)) (void)tlog::subtree_root(*hashes);
  (void)tlog::length_of_leaf(bytes.substr(0, 300), tlog::leaf_hash("x"), 300);
  return 0;
}
