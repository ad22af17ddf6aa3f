#pragma once
// Checkpoints (C2SP tlog-checkpoint): a log's name, size and root in the text of a signed note.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/hash.h"
#include "tlog/note.h"

namespace tlog {

// A tree is its size in entries and its root (RFC 6962 §2.1).
struct Tree {
  std::uint64_t size = 0;
  Hash root = empty_root();
  bool operator==(const Tree&) const = default;
};

struct Checkpoint {
  std::string origin;  // the log's name; we use the key's
  Tree tree;
  std::vector<std::string> extensions;  // we write none
};

std::string render_checkpoint(const Checkpoint& checkpoint);  // the note's text
kernel::Result<Checkpoint> parse_checkpoint(std::string_view text);

// What a witness tells apart where parse_checkpoint() refuses: the first line, if there is one, and
// a size of 0 with a root that is not the empty tree's.
std::optional<std::string> parse_checkpoint_origin(std::string_view text);
bool empty_tree_of_another_root(std::string_view text);

// The signed note of a tree, under the signer's name.
std::string sign_checkpoint(const Tree& tree, const Signer& signer);

// A checkpoint whose note a known key of the origin's name has signed.
// Errors: as open_note; invalid_input where the text is no checkpoint; unauthenticated where a key
// of another name signed.
struct OpenedCheckpoint {
  Checkpoint checkpoint;
  OpenedNote note;
};
kernel::Result<OpenedCheckpoint> open_checkpoint(std::string_view bytes,
                                                 std::span<const Verifier> known);

}  // namespace tlog
