#include "tlog/note.h"

#include <algorithm>

#include "tlog/hash.h"

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::size_t most_bytes = 1'000'000;
constexpr std::size_t most_signatures = 100;
constexpr std::string_view dash = "\xe2\x80\x94 ";  // — and a space

Error malformed(const char* why) {
  return Error{Code::invalid_input, std::string("not a signed note: ") + why, ""};
}

// The next character, taken off `text`; nothing where it is not UTF-8 (RFC 3629).
std::optional<char32_t> take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  char32_t value = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    value = value << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool is_space(char32_t c) {  // Unicode White_Space
  return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

bool good_text(std::string_view text) {  // UTF-8, of controls only the newline
  while (!text.empty()) {
    const auto c = take_character(text);
    if (!c || (*c < 0x20 && *c != '\n')) return false;
  }
  return true;
}

}  // namespace

bool good_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const auto c = take_character(name);
    if (!c || *c < 0x20 || *c == '+' || is_space(*c)) return false;
  }
  return true;
}

Result<Signature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(dash)) return malformed("a signature line begins with a dash and a space");
  line.remove_prefix(dash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos) return malformed("a signature line has a name and a signature");
  Signature signature;
  signature.name = line.substr(0, space);
  if (!good_key_name(signature.name)) return malformed("the key's name is not allowed");
  const auto bytes = parse_base64(line.substr(space + 1));
  if (!bytes || bytes->size() < 5)
    return malformed("the signature is not base64 of 5 bytes or more");
  for (std::size_t i = 0; i < 4; ++i)
    signature.key_id = signature.key_id << 8 | static_cast<unsigned char>((*bytes)[i]);
  signature.bytes = bytes->substr(4);
  return signature;
}

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > most_bytes) return malformed("more than 1,000,000 bytes");
  if (!good_text(bytes)) return malformed("not UTF-8, or a control character");
  const std::size_t split = bytes.rfind("\n\n");
  if (split == bytes.npos) return malformed("no empty line before the signatures");
  Note note;
  note.text = bytes.substr(0, split + 1);
  std::string_view rest = bytes.substr(split + 2);
  if (rest.empty() || rest.back() != '\n') return malformed("the last line does not end");
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    TRY_ASSIGN(Signature signature, parse_signature_line(rest.substr(0, end)));
    if (note.signatures.size() == most_signatures) return malformed("more than 100 signatures");
    note.signatures.push_back(std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

std::string signature_line(const Signature& signature) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(signature.key_id >> shift & 0xff);
  bytes += signature.bytes;
  return std::string(dash) + signature.name + " " + base64(bytes) + "\n";
}

std::string render_note(const Note& note) {
  std::string out = note.text + "\n";
  for (const Signature& signature : note.signatures) out += signature_line(signature);
  return out;
}

Result<OpenedNote> open_note(std::string_view bytes, std::span<const Verifier> known) {
  TRY_ASSIGN(Note note, parse_note(bytes));
  OpenedNote opened;
  for (Signature& signature : note.signatures) {
    const auto key = std::find_if(known.begin(), known.end(),
                                  [&](const Verifier& k) { return k.knows(signature); });
    if (key == known.end()) {
      opened.unknown.push_back(std::move(signature));
      continue;
    }
    if (!key->verify(note.text, signature))
      return Error{Code::corrupt, "a signature does not fit the text", signature.name};
    opened.verified.push_back(std::move(signature));
  }
  if (opened.verified.empty())
    return Error{Code::unauthenticated, "not signed by a key that is known", ""};
  opened.text = std::move(note.text);
  return opened;
}

}  // namespace tlog
