#pragma once
// Seals Secret values for disk and opens them, the purpose authenticated so that a sealed phone
// cannot pass for a name. Equality search goes by a keyed index, HMAC of purpose and value
// (normalised by the caller), 16 bytes. A transaction has a vault of its own: a value under a key
// it does not know yet makes it look for that key, in its own snapshot. seal and index by any
// thread of the transaction; open_sealed by one.

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "kernel/result.h"
#include "kernel/secret.h"

namespace store {

class Keyring;
struct Ring;
class Transaction;

class Vault {
 public:
  // Without a transaction it gives indexes only, and opens what it has the keys for.
  explicit Vault(std::shared_ptr<Keyring> keyring, Transaction* tx = nullptr)
      : keyring_(std::move(keyring)), tx_(tx) {}

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
  // The same value under the key in use; what it says is shown to nobody.
  kernel::Result<std::string> reseal(std::string_view purpose, std::string_view sealed) const;

  // ---- for the store's engines ----
  Keyring& keyring() const { return *keyring_; }
  void begin();  // a transaction: the newest ring, nothing sealed yet
  void end();    // holds no key any longer, which may be one that is destroyed next
  // Asks which keys there are, and reloads where they are others.
  kernel::Status follow() const;
  kernel::Status reload() const;
  std::int64_t in_use() const;  // the key it seals with; 0 before the store is migrated
  bool has_sealed() const { return has_sealed_.load(std::memory_order_relaxed); }

 private:
  std::string seal_bytes(std::string_view purpose, std::string_view plain) const;
  kernel::Result<std::string> open_bytes(std::string_view purpose, std::string_view sealed) const;
  std::shared_ptr<const Ring> ring() const;

  std::shared_ptr<Keyring> keyring_;
  Transaction* tx_;
  mutable std::shared_ptr<const Ring> ring_;  // of this transaction
  mutable std::atomic<bool> has_sealed_{false};
};

}  // namespace store
