// Keys of notes: their texts, their files, signing and verifying.
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "kernel/hash.h"
#include "tlog/hash.h"
#include "tlog/note.h"

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::size_t key_bytes = 32, signature_bytes = 64, time_bytes = 8;
constexpr std::string_view private_prefix = "PRIVATE+KEY+";

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex_id(std::uint32_t id) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> shift & 0xff);
  return kernel::hex(bytes);
}

std::uint32_t key_id_of(std::string_view name, std::string_view typed_key) {
  const Hash hash = sha256(std::string(name) + "\n" + std::string(typed_key));
  return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 |
         hash[3];
}

// NAME+KEYID+BASE64(type ‖ key), of public and private keys alike.
struct KeyText {
  std::string name, id, key;
  KeyType type;
};
Result<KeyText> parse_key_text(std::string_view text) {
  const Error error{Code::invalid_input,
                    "a key is NAME+KEYID+BASE64 of Ed25519, type 0x01 or 0x04 (C2SP signed-note)",
                    ""};
  const std::size_t first = text.find('+');
  if (first == text.npos) return error;
  const std::size_t second = text.find('+', first + 1);
  if (second == text.npos) return error;
  KeyText parts{std::string(text.substr(0, first)),
                std::string(text.substr(first + 1, second - first - 1)),
                {},
                KeyType::note};
  const auto key = parse_base64(text.substr(second + 1));
  if (!key || key->size() != 1 + key_bytes || !good_key_name(parts.name) || parts.id.size() != 8)
    return error;
  const auto type = static_cast<std::uint8_t>((*key)[0]);
  if (type != static_cast<std::uint8_t>(KeyType::note) &&
      type != static_cast<std::uint8_t>(KeyType::cosignature))
    return error;
  parts.type = static_cast<KeyType>(type);
  parts.key = key->substr(1);
  return parts;
}

std::string typed(KeyType type, std::string_view key) {
  return std::string(1, static_cast<char>(type)) + std::string(key);
}

std::shared_ptr<EVP_PKEY> private_key_of(std::string_view seed) {
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), seed.size()),
          EVP_PKEY_free};
}

std::string public_bytes_of(EVP_PKEY* key) {
  std::string bytes(key_bytes, '\0');
  std::size_t size = bytes.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size) ==
        1);
  return bytes;
}

std::string ed25519(EVP_PKEY* key, std::string_view message) {
  std::string out(signature_bytes, '\0');
  std::size_t size = out.size();
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1);
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                       raw(message), message.size()) == 1);
  return out;
}

std::string cosigned_message(std::string_view text, std::uint64_t at_seconds) {
  return "cosignature/v1\ntime " + std::to_string(at_seconds) + "\n" + std::string(text);
}

std::string private_text(const Verifier& verifier, std::string_view seed) {
  return std::string(private_prefix) + verifier.name() + "+" + hex_id(verifier.key_id()) + "+" +
         base64(typed(verifier.type(), seed));
}

std::string vkey_text(std::string_view name, KeyType type, std::string_view key) {
  const std::string material = typed(type, key);
  return std::string(name) + "+" + hex_id(key_id_of(name, material)) + "+" + base64(material);
}

std::string new_seed() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
  CHECK(key);
  std::string seed(key_bytes, '\0');
  std::size_t size = seed.size();
  CHECK(EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(seed.data()),
                                     &size) == 1);
  return seed;
}

// Made whole or not at all, readable by its owner only; of two makers the first one's stays.
kernel::Status make_key_file(const std::string& path, const std::string& line) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::absolute(path).parent_path(), ignored);
  const std::string part = path + "." + std::to_string(::getpid()) + ".tmp";
  const int fd = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  const bool written = fd >= 0 &&
                       ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  const bool placed = written && (::link(part.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(part.c_str());
  if (!placed) return Error{Code::unavailable, "cannot write the log's key file", path};
  return kernel::Ok{};
}

}  // namespace

Result<Verifier> Verifier::parse(std::string_view vkey) {
  while (vkey.ends_with('\n') || vkey.ends_with('\r')) vkey.remove_suffix(1);
  TRY_ASSIGN(KeyText parts, parse_key_text(vkey));
  Verifier verifier;
  verifier.name_ = parts.name;
  verifier.type_ = parts.type;
  verifier.key_id_ = key_id_of(parts.name, typed(parts.type, parts.key));
  if (hex_id(verifier.key_id_) != parts.id)
    return Error{Code::invalid_input, "the key's id does not fit its name and bytes", parts.name};
  verifier.vkey_ = vkey;
  verifier.key_.reset(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(parts.key), parts.key.size()),
      EVP_PKEY_free);
  if (!verifier.key_) return Error{Code::invalid_input, "not an Ed25519 key", parts.name};
  return verifier;
}

bool Verifier::verify(std::string_view text, const Signature& signature) const {
  const bool timed = type_ == KeyType::cosignature;
  if (signature.bytes.size() != signature_bytes + (timed ? time_bytes : 0)) return false;
  const std::uint64_t at = timed ? cosigned_at(signature) : 0;
  if (at > 0x7fff'ffff'ffff'ffff) return false;
  const std::string message = timed ? cosigned_message(text, at) : std::string(text);
  const std::string_view bytes = std::string_view(signature.bytes).substr(timed ? time_bytes : 0);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), raw(bytes), bytes.size(), raw(message), message.size()) ==
             1;
}

std::uint64_t cosigned_at(const Signature& signature) {
  if (signature.bytes.size() != time_bytes + signature_bytes) return 0;
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < time_bytes; ++i)
    at = at << 8 | static_cast<unsigned char>(signature.bytes[i]);
  return at;
}

Result<Signer> Signer::parse(std::string_view private_key) {
  while (private_key.ends_with('\n') || private_key.ends_with('\r')) private_key.remove_suffix(1);
  if (!private_key.starts_with(private_prefix))
    return Error{Code::invalid_input, "a private key begins with PRIVATE+KEY+", ""};
  TRY_ASSIGN(KeyText parts, parse_key_text(private_key.substr(private_prefix.size())));
  auto key = private_key_of(parts.key);
  if (!key) return Error{Code::invalid_input, "not an Ed25519 key", parts.name};
  TRY_ASSIGN(Verifier verifier,
             Verifier::parse(vkey_text(parts.name, parts.type, public_bytes_of(key.get()))));
  if (hex_id(verifier.key_id()) != parts.id)
    return Error{Code::invalid_input, "the key's id does not fit its name and bytes", parts.name};
  return Signer(std::move(verifier), std::move(key));
}

Signer Signer::generate(std::string_view name, KeyType type) {
  CHECK_MSG(good_key_name(name), "a key's name has no space and no plus");
  auto key = private_key_of(new_seed());
  auto verifier = Verifier::parse(vkey_text(name, type, public_bytes_of(key.get())));
  return Signer(std::move(*verifier), std::move(key));
}

Result<Signer> Signer::open(const std::string& key_file, std::string_view name, bool create,
                            KeyType type) {
  if (!std::filesystem::exists(key_file)) {
    if (!create) return Error{Code::not_found, "the log's key file is not there", key_file};
    if (!good_key_name(name))
      return Error{Code::invalid_input, "a log's name has no space and no plus", std::string(name)};
    const std::string seed = new_seed();
    const auto key = private_key_of(seed);
    TRY_ASSIGN(const Verifier verifier,
               Verifier::parse(vkey_text(name, type, public_bytes_of(key.get()))));
    TRY(make_key_file(key_file, private_text(verifier, seed) + "\n"));
  }
  std::ifstream in(key_file);
  std::string line;
  std::getline(in, line);
  auto signer = parse(line);
  if (!signer) return Error{signer.error().code, signer.error().message, key_file};
  if ((!name.empty() && signer->name() != name) || signer->verifier().type() != type)
    return Error{Code::conflict, "the key file is of another name or type: " + signer->vkey(),
                 key_file};
  return signer;
}

Signature Signer::sign(std::string_view text) const {
  CHECK(verifier_.type() == KeyType::note);
  return {verifier_.name(), verifier_.key_id(), ed25519(key_.get(), text)};
}

Signature Signer::cosign(std::string_view text, std::uint64_t at_seconds) const {
  CHECK(verifier_.type() == KeyType::cosignature);
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(at_seconds >> shift & 0xff);
  return {verifier_.name(), verifier_.key_id(),
          bytes + ed25519(key_.get(), cosigned_message(text, at_seconds))};
}

}  // namespace tlog
