// Proofs and add-checkpoint requests as a stranger sends them: what is taken is written back as it
// was, and no proof holds for a tree it is not of.

#include <cstddef>
#include <cstdint>

#include "tlog/proof.h"
#include "tlog/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const tlog::Hash leaf = tlog::leaf_hash("x");
  if (const auto proof = tlog::parse_proof(text)) {
    CHECK(tlog::render_proof(*proof) == text);
    for (const std::uint64_t of : {1, 7, 256, 100'000})
      CHECK(!tlog::check_inclusion(proof->index, leaf, proof->path, {of, tlog::sha256("root")}));
    CHECK(!tlog::check_proof(*proof, "x", {}));
  }
  if (const auto request = tlog::parse_add_checkpoint(text)) {
    CHECK(tlog::render_add_checkpoint(*request) == text);
    const tlog::Tree old{request->old_size, tlog::sha256("old")};
    const tlog::Tree tree{request->old_size + 5, tlog::sha256("root")};
    CHECK(!tlog::check_consistency(old, tree, request->path));
  }
  return 0;
}
