#include "tlog/proof.h"

#include <bit>

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::size_t most_hashes = 63;  // 2^63 - 1 entries need no more

// The line up to the next newline, taken off the text; nothing where there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

bool check_inclusion(std::uint64_t index, const Hash& leaf, std::span<const Hash> path,
                     const Tree& tree) {
  if (index >= tree.size) return false;
  std::uint64_t at = index, last = tree.size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : path) {
    if (last == 0) return false;
    if (at % 2 == 1 || at == last) {
      hash = node_hash(sibling, hash);
      // Where the right edge has no sibling it goes up as it is.
      while (at % 2 == 0 && at != 0) at /= 2, last /= 2;
    } else {
      hash = node_hash(hash, sibling);
    }
    at /= 2;
    last /= 2;
  }
  return last == 0 && hash == tree.root;
}

bool check_consistency(const Tree& from, const Tree& to, std::span<const Hash> path) {
  if (from.size > to.size) return false;
  if (from.size == to.size) return path.empty() && from.root == to.root;
  if (from.size == 0) return path.empty() && from.root == empty_root();
  if (path.empty()) return false;
  std::uint64_t at = from.size - 1, last = to.size - 1;
  while (at % 2 == 1) at /= 2, last /= 2;
  Hash first = from.root;  // left out of the proof where the old tree is one whole subtree
  if (!std::has_single_bit(from.size)) {
    first = path[0];
    path = path.subspan(1);
  }
  Hash old_root = first, new_root = first;
  for (const Hash& hash : path) {
    if (last == 0) return false;
    if (at % 2 == 1 || at == last) {
      old_root = node_hash(hash, old_root);
      new_root = node_hash(hash, new_root);
      while (at % 2 == 0 && at != 0) at /= 2, last /= 2;
    } else {
      new_root = node_hash(new_root, hash);
    }
    at /= 2;
    last /= 2;
  }
  return last == 0 && old_root == from.root && new_root == to.root;
}

std::string render_proof(const Proof& proof) {
  std::string text = std::string(proof_first_line) + "\n";
  if (proof.extra) text += "extra " + base64(*proof.extra) + "\n";
  text += "index " + std::to_string(proof.index) + "\n";
  for (const Hash& hash : proof.path) text += base64(bytes_of(hash)) + "\n";
  return text + "\n" + proof.checkpoint;
}

Result<Proof> parse_proof(std::string_view text) {
  const auto error = [](const char* why) {
    return Error{Code::invalid_input, std::string("not a tlog-proof: ") + why, ""};
  };
  constexpr std::string_view extra = "extra ", index = "index ";
  Proof proof;
  if (take_line(text) != proof_first_line) return error("its first line is another");
  auto line = take_line(text);
  if (line && line->starts_with(extra)) {
    auto bytes = parse_base64(line->substr(extra.size()));
    if (!bytes) return error("its extra data are not base64");
    proof.extra = std::move(*bytes);
    line = take_line(text);
  }
  if (!line || !line->starts_with(index)) return error("no index");
  const auto number = parse_decimal(line->substr(index.size()));
  if (!number) return error("its index is not a number");
  proof.index = *number;
  while ((line = take_line(text)) && !line->empty()) {
    const auto hash = parse_base64_hash(*line);
    if (!hash || proof.path.size() == most_hashes) return error("a line is not a hash");
    proof.path.push_back(*hash);
  }
  if (!line || text.empty()) return error("no checkpoint");
  proof.checkpoint = text;
  return proof;
}

Result<OpenedCheckpoint> check_proof(const Proof& proof, std::string_view entry,
                                     std::span<const Verifier> known) {
  TRY_ASSIGN(OpenedCheckpoint opened, open_checkpoint(proof.checkpoint, known));
  if (!check_inclusion(proof.index, leaf_hash(entry), proof.path, opened.checkpoint.tree))
    return Error{Code::corrupt, "the entry is not at that place of the signed tree",
                 std::to_string(proof.index)};
  return opened;
}

}  // namespace tlog
