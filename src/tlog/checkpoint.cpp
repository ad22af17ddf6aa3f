#include "tlog/checkpoint.h"

#include <algorithm>

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

std::string render_checkpoint(const Checkpoint& checkpoint) {
  std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.tree.size) + "\n" +
                     base64(bytes_of(checkpoint.tree.root)) + "\n";
  for (const std::string& line : checkpoint.extensions) text += line + "\n";
  return text;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto error = [](const char* why) {
    return Error{Code::invalid_input, std::string("not a checkpoint: ") + why, ""};
  };
  std::vector<std::string_view> lines;
  if (text.empty() || text.back() != '\n') return error("the last line does not end");
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (lines.back().empty()) return error("an empty line");
    text.remove_prefix(end + 1);
  }
  if (lines.size() < 3) return error("fewer than three lines");
  Checkpoint checkpoint;
  checkpoint.origin = lines[0];
  const auto size = parse_decimal(lines[1]);
  if (!size) return error("its size is not a number");
  checkpoint.tree.size = *size;
  const auto root = parse_base64_hash(lines[2]);
  if (!root) return error("its root is not base64 of 32 bytes");
  checkpoint.tree.root = *root;
  if (*size == 0 && *root != empty_root()) return error("the root of no entries is another");
  checkpoint.extensions.assign(lines.begin() + 3, lines.end());
  return checkpoint;
}

std::optional<std::string> parse_checkpoint_origin(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos || end == 0) return std::nullopt;
  return std::string(text.substr(0, end));
}

bool empty_tree_of_another_root(std::string_view text) {
  const auto origin = parse_checkpoint_origin(text);
  if (!origin) return false;
  text.remove_prefix(origin->size() + 1);
  if (!text.starts_with("0\n")) return false;
  const auto root = parse_base64_hash(text.substr(2, text.find('\n', 2) - 2));
  return root && *root != empty_root();
}

std::string sign_checkpoint(const Tree& tree, const Signer& signer) {
  const std::string text = render_checkpoint({signer.name(), tree, {}});
  return render_note({text, {signer.sign(text)}});
}

Result<OpenedCheckpoint> open_checkpoint(std::string_view bytes, std::span<const Verifier> known) {
  TRY_ASSIGN(OpenedNote note, open_note(bytes, known));
  TRY_ASSIGN(Checkpoint checkpoint, parse_checkpoint(note.text));
  // A cosigner's name is its own; the log's is the origin.
  const auto of_the_log = [&](const Signature& s) {
    return s.name == checkpoint.origin &&
           std::any_of(known.begin(), known.end(),
                       [&](const auto& k) { return k.type() == KeyType::note && k.knows(s); });
  };
  if (std::none_of(note.verified.begin(), note.verified.end(), of_the_log))
    return Error{Code::unauthenticated, "not signed by a known key of this log", checkpoint.origin};
  return OpenedCheckpoint{std::move(checkpoint), std::move(note)};
}

}  // namespace tlog
