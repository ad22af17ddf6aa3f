#pragma once
// Merkle proofs (RFC 6962 §2.1.1, §2.1.2), checked without the log, and their text
// (C2SP tlog-proof): one file that an outsider checks.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/checkpoint.h"

namespace tlog {

// Is this leaf at this index of this tree? / Does `to` begin with all of `from`? (RFC 9162
// §2.1.3.2, §2.1.4.2: the same trees as RFC 6962's, with the checks written out.)
bool check_inclusion(std::uint64_t index, const Hash& leaf, std::span<const Hash> path,
                     const Tree& tree);
bool check_consistency(const Tree& from, const Tree& to, std::span<const Hash> path);

struct Proof {
  std::optional<std::string> extra;  // bytes of the application's; signed by nobody
  std::uint64_t index = 0;
  std::vector<Hash> path;  // the leaf's sibling first
  std::string checkpoint;  // the signed note, as it was made
};

constexpr std::string_view proof_first_line = "c2sp.org/tlog-proof@v1";

std::string render_proof(const Proof& proof);
kernel::Result<Proof> parse_proof(std::string_view text);

// The checkpoint when a known key of its log signed it and the entry is in its tree.
// Errors: as open_checkpoint; corrupt where the entry is not at that index.
kernel::Result<OpenedCheckpoint> check_proof(const Proof& proof, std::string_view entry,
                                             std::span<const Verifier> known);

}  // namespace tlog
