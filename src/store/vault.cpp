#include "store/vault.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include "kernel/hash.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;

constexpr std::size_t key_size = 32, nonce_size = 12, tag_size = 16;
constexpr char format_version = 1;

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> out{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size));
  return std::string(reinterpret_cast<const char*>(out.data()), out.size());
}

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherFree>;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
int length_of(std::string_view text) {
  return static_cast<int>(text.size());
}

std::shared_ptr<EVP_MAC_CTX> make_mac(const std::string& key) {
  const std::shared_ptr<EVP_MAC> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
  CHECK(mac);
  std::shared_ptr<EVP_MAC_CTX> context(EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free);
  std::string digest = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  CHECK(context && EVP_MAC_init(context.get(), bytes_of(key), key.size(), params));
  return context;
}

// Made whole or not at all, readable by its owner only.
kernel::Status make_key_file(const std::string& path) {
  std::string key(key_size, '\0');
  CHECK(RAND_bytes(bytes_of(key), static_cast<int>(key_size)) == 1);
  const std::string hex = kernel::hex(key) + '\n';
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::absolute(path).parent_path(), ignored);
  const std::string part = path + "." + std::to_string(::getpid()) + ".tmp";
  const int fd = ::open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, hex.data(), hex.size()) == length_of(hex) && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  // link, not rename: of two processes that both make the key, the second takes the first's.
  const bool placed = written && (::link(part.c_str(), path.c_str()) == 0 || errno == EEXIST);
  ::unlink(part.c_str());
  if (!placed) return Error{Code::unavailable, "cannot write the key file", path};
  return kernel::Ok{};
}

}  // namespace

Result<Vault> Vault::open(const std::string& key_file, bool create) {
  if (!std::filesystem::exists(key_file)) {
    if (!create) return Error{Code::not_found, "the key file is not there", key_file};
    TRY(make_key_file(key_file));
  }
  std::ifstream in(key_file);
  std::string hex;
  in >> hex;
  std::string key;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const auto nibble = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    const int high = nibble(hex[i]), low = nibble(hex[i + 1]);
    if (high < 0 || low < 0) break;
    key += static_cast<char>(high * 16 + low);
  }
  if (key.size() != key_size || hex.size() != 2 * key_size) {
    return Error{Code::invalid_input, "a key file holds 64 hexadecimal digits (0-9a-f)", key_file};
  }
  Vault vault;
  vault.seal_key_ = hmac(key, "evenhand seal 1");
  vault.cipher_.reset(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), EVP_CIPHER_free);
  CHECK(vault.cipher_);
  vault.index_ = make_mac(hmac(key, "evenhand index 1"));
  return vault;
}

std::string Vault::index_bytes(std::string_view purpose, std::string_view plain) const {
  const std::shared_ptr<EVP_MAC_CTX> mac(EVP_MAC_CTX_dup(index_.get()), EVP_MAC_CTX_free);
  CHECK(mac);
  static constexpr unsigned char end_of_purpose = 0;
  std::string digest(32, '\0');
  std::size_t size = 0;
  CHECK(EVP_MAC_update(mac.get(), bytes_of(purpose), purpose.size()));
  CHECK(EVP_MAC_update(mac.get(), &end_of_purpose, 1));
  CHECK(EVP_MAC_update(mac.get(), bytes_of(plain), plain.size()));
  CHECK(EVP_MAC_final(mac.get(), bytes_of(digest), &size, digest.size()));
  return digest.substr(0, 16);
}

// version ‖ nonce ‖ ciphertext ‖ tag
std::string Vault::seal_bytes(std::string_view purpose, std::string_view plain) const {
  std::string out(1 + nonce_size + plain.size() + tag_size, '\0');
  out[0] = format_version;
  unsigned char* nonce = bytes_of(out) + 1;
  CHECK(RAND_bytes(nonce, nonce_size) == 1);
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  unsigned char* body = nonce + nonce_size;
  CHECK(EVP_EncryptInit_ex(cipher.get(), cipher_.get(), nullptr, bytes_of(seal_key_), nonce));
  CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(purpose), length_of(purpose)));
  CHECK(EVP_EncryptUpdate(cipher.get(), body, &size, bytes_of(plain), length_of(plain)));
  CHECK(EVP_EncryptFinal_ex(cipher.get(), body + size, &size));
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, body + plain.size()));
  return out;
}

Result<std::string> Vault::open_bytes(std::string_view purpose, std::string_view sealed) const {
  const Error bad{Code::corrupt, "a sealed value does not open: other key, purpose or bytes",
                  std::string(purpose)};
  if (sealed.size() < 1 + nonce_size + tag_size || sealed[0] != format_version) return bad;
  const std::string_view nonce = sealed.substr(1, nonce_size);
  const std::string_view body =
      sealed.substr(1 + nonce_size, sealed.size() - 1 - nonce_size - tag_size);
  std::string tag(sealed.substr(sealed.size() - tag_size));
  std::string plain(body.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  CHECK(EVP_DecryptInit_ex(cipher.get(), cipher_.get(), nullptr, bytes_of(seal_key_),
                           bytes_of(nonce)));
  CHECK(EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(purpose), length_of(purpose)));
  CHECK(EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &size, bytes_of(body), length_of(body)));
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()));
  if (EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + size, &size) != 1) return bad;
  return plain;
}

}  // namespace store
