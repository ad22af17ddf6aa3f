#pragma once
// Signed notes (C2SP signed-note) by Ed25519: a text, an empty line, signature lines
// `— NAME BASE64(key id ‖ signature)`. Key types: 0x01 notes, 0x04 cosignatures of checkpoints
// (C2SP tlog-cosignature, cosignature/v1).

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace tlog {

enum class KeyType : std::uint8_t { note = 0x01, cosignature = 0x04 };

struct Signature {
  std::string name;          // of the key
  std::uint32_t key_id = 0;  // first four bytes of SHA-256(name ‖ "\n" ‖ type ‖ public key)
  std::string bytes;         // 64 of a note; 8 (seconds, big-endian) + 64 of a cosignature
  bool operator==(const Signature&) const = default;
};

struct Note {
  std::string text;  // ends in a newline
  std::vector<Signature> signatures;
};

// At most 1,000,000 bytes and 100 signatures. Error: invalid_input.
kernel::Result<Note> parse_note(std::string_view bytes);
std::string render_note(const Note& note);
std::string signature_line(const Signature& signature);                 // with its newline
kernel::Result<Signature> parse_signature_line(std::string_view line);  // without it

// The name may stand in a signature line: not empty, UTF-8, no space, no control, no `+`.
bool good_key_name(std::string_view name);

// A public key with its name: `NAME+KEYID+BASE64(type ‖ key)`.
class Verifier {
 public:
  static kernel::Result<Verifier> parse(std::string_view vkey);
  const std::string& name() const { return name_; }
  std::uint32_t key_id() const { return key_id_; }
  KeyType type() const { return type_; }
  const std::string& vkey() const { return vkey_; }
  bool knows(const Signature& signature) const {
    return signature.name == name_ && signature.key_id == key_id_;
  }
  // Of a cosignature: over `cosignature/v1`, its time and the text.
  bool verify(std::string_view text, const Signature& signature) const;

 private:
  Verifier() = default;
  std::string name_, vkey_;
  std::uint32_t key_id_ = 0;
  KeyType type_ = KeyType::note;
  std::shared_ptr<EVP_PKEY> key_;
};

// Seconds since 1970 that a cosignature says; 0 of a signature without.
std::uint64_t cosigned_at(const Signature& signature);

// A private key. Its file holds one line, `PRIVATE+KEY+NAME+KEYID+BASE64(type ‖ seed)`, the form
// that Go's sumdb/note reads, and is readable by its owner only.
class Signer {
 public:
  // Makes the file when it is not there and `create`; else not_found. A file of another name or
  // type is a conflict: a log never changes its name silently. An empty name takes the file's.
  static kernel::Result<Signer> open(const std::string& key_file, std::string_view name,
                                     bool create, KeyType type = KeyType::note);
  static kernel::Result<Signer> parse(std::string_view private_key);
  static Signer generate(std::string_view name, KeyType type = KeyType::note);
  const std::string& name() const { return verifier_.name(); }
  const std::string& vkey() const { return verifier_.vkey(); }
  const Verifier& verifier() const { return verifier_; }
  Signature sign(std::string_view text) const;                              // type note
  Signature cosign(std::string_view text, std::uint64_t at_seconds) const;  // type cosignature

 private:
  Signer(Verifier verifier, std::shared_ptr<EVP_PKEY> key)
      : verifier_(std::move(verifier)), key_(std::move(key)) {}
  Verifier verifier_;
  std::shared_ptr<EVP_PKEY> key_;
};

// A note, checked: every signature of a known key holds, and there is at least one.
struct OpenedNote {
  std::string text;
  std::vector<Signature> verified, unknown;
};
// Errors: invalid_input (not a note), unauthenticated (no signature of a known key), corrupt (a
// known key's signature does not fit the text).
kernel::Result<OpenedNote> open_note(std::string_view bytes, std::span<const Verifier> known);

}  // namespace tlog
