// A signed note as a stranger sends it, and the keys' texts: what is taken is written back as it
// was.

#include <cstddef>
#include <cstdint>

#include "tlog/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const tlog::Verifier key = *tlog::Verifier::parse(
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  if (const auto note = tlog::parse_note(text)) {
    CHECK(tlog::render_note(*note) == text);
    const auto opened = tlog::open_note(text, {&key, 1});
    // Nobody has this key but the author of the specification: only his own text opens.
    if (opened) CHECK(opened->text == "This is an example message.\n");
  }
  if (const auto verifier = tlog::Verifier::parse(text))
    CHECK(tlog::Verifier::parse(verifier->vkey())->key_id() == verifier->key_id());
  (void)tlog::Signer::parse(text);
  return 0;
}
