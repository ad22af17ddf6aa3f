#pragma once
// Sealing bytes under one key so that none can be read or changed: AES-256-GCM by OpenSSL or
// SM4-GCM (RFC 8998) by libgcrypt, a random 96-bit nonce each time (NIST SP 800-38D: at most 2^32
// values a key). Enters: what is known beside (authenticated, not hidden), bytes. Leaves: nonce ‖ …
// ‖ tag. Never true: two values of a key under one chosen nonce; a context used by two threads at
// once.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace store {

// What a data key is used with; a change of suite is a rotation.
enum class Suite { aes_256_gcm, sm4_gcm };
std::string_view suite_name(Suite suite);  // "aes-256-gcm", "sm4-gcm"
std::optional<Suite> parse_suite(std::string_view name);

inline constexpr std::size_t nonce_size = 12, tag_size = 16;

std::string random_bytes(std::size_t size);
// A key of its own for each purpose, none of which leads to another or back to `key`: HKDF-Expand
// (RFC 5869) by the suite's hash, SHA-256 or SM3: 32 bytes, for SM4 the first 16.
std::string derive(Suite suite, std::string_view key, std::string_view purpose);
std::string hmac_sha256(std::string_view key, std::string_view text);
// Overwrites what the string holds, also where the compiler sees nobody read it again.
void wipe(std::string& secret);

// One direction of a cipher, keyed. Library contexts are dear to make, so they are kept.
class CipherContext {
 public:
  virtual ~CipherContext() = default;
  // Into `out`: as many bytes as `in`, and for sealing the tag behind them. False: does not open.
  virtual bool run(const unsigned char* nonce, std::string_view beside, std::string_view in,
                   unsigned char* out) = 0;
};

class Aead {
 public:
  Aead(Suite suite, std::string key) : suite_(suite), key_(std::move(key)) {}
  Aead(const Aead&) = delete;
  Aead& operator=(const Aead&) = delete;
  ~Aead() { wipe(key_); }

  // Appends to `out`, which may hold a head already.
  void seal(std::string_view beside, std::string_view plain, std::string& out) const;
  std::optional<std::string> open(std::string_view beside, std::string_view sealed) const;

 private:
  struct Idle {
    std::mutex mutex;
    std::vector<std::unique_ptr<CipherContext>> contexts;
  };
  std::unique_ptr<CipherContext> take(Idle& idle, bool sealing) const;
  static void give_back(Idle& idle, std::unique_ptr<CipherContext> context);

  Suite suite_;
  std::string key_;
  mutable Idle sealing_, opening_;
};

}  // namespace store
