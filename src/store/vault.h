#pragma once
// Seals Secret values for disk: AES-256-GCM, a random 96-bit nonce each (NIST SP 800-38D), the
// purpose as associated data so that a sealed phone cannot pass for a name. Equality search goes by
// a keyed index, HMAC-SHA-256 of purpose and value (normalised by the caller), 16 bytes.

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "kernel/result.h"
#include "kernel/secret.h"

namespace store {

class Vault {
 public:
  // The key file lies outside the data folder; without it sealed values cannot be read.
  static kernel::Result<Vault> open(const std::string& key_file, bool create);

  template <class Tag>
  std::string seal(std::string_view purpose, const kernel::Secret<Tag>& secret) const {
    return seal_bytes(purpose, secret.plain_);
  }
  template <class Tag>
  kernel::Result<kernel::Secret<Tag>> open_sealed(std::string_view purpose,
                                                  std::string_view sealed) const {
    auto plain = open_bytes(purpose, sealed);
    if (!plain) return plain.error();
    return kernel::Secret<Tag>::take(std::move(*plain));
  }
  template <class Tag>
  std::string index(std::string_view purpose, const kernel::Secret<Tag>& secret) const {
    return index_bytes(purpose, secret.plain_);
  }
  std::string index_bytes(std::string_view purpose, std::string_view plain) const;

 private:
  Vault() = default;
  std::string seal_bytes(std::string_view purpose, std::string_view plain) const;
  kernel::Result<std::string> open_bytes(std::string_view purpose, std::string_view sealed) const;

  std::string seal_key_;                // 32 bytes, derived from the file's key
  std::shared_ptr<EVP_CIPHER> cipher_;  // fetched once: OpenSSL 3 looks it up by name each time
  std::shared_ptr<EVP_MAC_CTX> index_;  // holds the index key; copied for each value
};

}  // namespace store
