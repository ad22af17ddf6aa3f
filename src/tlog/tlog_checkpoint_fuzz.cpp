// A checkpoint's text: what is taken is written back as it was.

#include <cstddef>
#include <cstdint>

#include "tlog/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto origin = tlog::parse_checkpoint_origin(text);
  (void)tlog::empty_tree_of_another_root(text);
  if (const auto checkpoint = tlog::parse_checkpoint(text)) {
    CHECK(tlog::render_checkpoint(*checkpoint) == text);
    CHECK(origin == checkpoint->origin);
  }
  return 0;
}
