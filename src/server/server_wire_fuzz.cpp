// Bytes as they come from a socket, in pieces: the first byte of the input says how large. A reader
// never takes more than it was given, and ends in one of its states.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "server/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
  const server::Limits limits{.header_bytes = 1024, .body_bytes = 4096};
  server::RequestReader reader(limits);
  std::string held;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    held += all.substr(at, piece);
    std::string_view rest = held;
    const auto state = reader.take(rest);
    CHECK(rest.size() <= held.size());
    held.erase(0, held.size() - rest.size());
    if (state == server::RequestReader::State::bad) break;
    if (state != server::RequestReader::State::done) continue;
    if (const auto request = reader.request())
      CHECK(request->path.starts_with('/') && request->body.size() <= limits.body_bytes);
    break;
  }
  return 0;
}
