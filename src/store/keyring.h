#pragma once
// The data keys of a store as one process knows them. A key is 32 random bytes, wrapped by the root
// (root.h) in the table vault_wrap; each purpose has a key of its own derived from it. Sealed bytes
// are 2 ‖ key id (4 bytes, big endian) ‖ nonce ‖ ciphertext ‖ tag; those of the first format, 1 ‖
// nonce ‖ …, belong to key 0. Never true: a ring that changes; a data key that leaves the process.

#include <openssl/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/aead.h"
#include "store/root.h"
#include "store/store.h"

namespace store {

inline constexpr std::int64_t first_format_key = 0;
inline constexpr const char* vault_turn = "vault_key";  // who changes keys holds this lock

// What sealed bytes of this key begin with.
std::string sealed_head(std::int64_t key_id);
// The key that sealed these bytes; -1 where they are not sealed bytes at all.
std::int64_t key_id_of(std::string_view sealed);

class DataKey {
 public:
  DataKey(std::int64_t key_id, Suite suite, std::string bytes);
  DataKey(const DataKey&) = delete;
  DataKey& operator=(const DataKey&) = delete;
  ~DataKey() { wipe(bytes_); }

  std::int64_t key_id() const { return key_id_; }
  std::string seal(std::string_view purpose, std::string_view plain) const;
  std::optional<std::string> open(std::string_view purpose, std::string_view sealed) const;

 private:
  friend class Keyring;
  const Aead& of(std::string_view purpose) const;

  std::int64_t key_id_;
  Suite suite_;
  std::string bytes_, head_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<Aead>, std::less<>> by_purpose_;
};

class IndexKey {
 public:
  explicit IndexKey(std::string bytes);
  ~IndexKey() { wipe(bytes_); }
  IndexKey(const IndexKey&) = delete;
  IndexKey& operator=(const IndexKey&) = delete;
  std::string index(std::string_view purpose, std::string_view plain) const;  // 16 bytes

 private:
  friend class Keyring;
  std::string bytes_;
  std::shared_ptr<EVP_MAC_CTX> mac_;  // holds the key; copied for each value
};

struct Ring {
  std::map<std::int64_t, std::shared_ptr<const DataKey>> keys;
  std::shared_ptr<const DataKey> in_use;
  std::int64_t index_id = 0;
  std::shared_ptr<const IndexKey> index;
};

// How one key is named to the root that wraps it.
std::string wrapped_beside(std::int64_t key_id, std::string_view kind, std::string_view suite);

class Keyring {
 public:
  explicit Keyring(std::string root) : root_(std::move(root)) {}

  // The newest this process has seen; null before the store was migrated.
  std::shared_ptr<const Ring> newest() const;
  // What vault_key says in this transaction; only keys not known yet trouble the root.
  kernel::Result<std::shared_ptr<const Ring>> load(Transaction& tx);
  // A new store's first keys; or those of a store of the first format, taken into the ring.
  kernel::Status begin(Transaction& tx, kernel::Instant now);
  // A new key's row and wrapping, within `tx`; its id.
  kernel::Result<std::int64_t> add_key(Transaction& tx, std::string_view kind, Suite suite,
                                       std::string bytes, std::int64_t key_id, kernel::Instant now);
  // Every key that is not destroyed, wrapped by `other` too, within `tx`; how many.
  kernel::Result<std::int64_t> wrap_also(Transaction& tx, const Root& other);
  kernel::Result<std::string> root_id() const;
  const std::string& root_kept_at() const { return root_; }

 private:
  kernel::Result<std::unique_ptr<Root>> root() const { return open_root(root_, false); }
  kernel::Status check_first_format(Transaction& tx, const std::string& seal_key) const;

  std::string root_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Ring> newest_;
};

}  // namespace store
