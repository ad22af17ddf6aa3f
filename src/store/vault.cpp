#include "store/vault.h"

#include "store/keyring.h"

namespace store {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

Error destroyed(Transaction& tx, std::int64_t key_id, std::string_view purpose) {
  const auto at = tx.query_i64("SELECT destroyed_at FROM vault_key WHERE key_id = $1", {key_id});
  const std::string key = "key " + std::to_string(key_id);
  return {Code::corrupt,
          at ? "a value was sealed with " + key + ", which was destroyed at " +
                   kernel::Instant::from_micros(*at).format() + ": it cannot be read any more"
             : "a value was sealed with " + key + ", which this store does not have",
          std::string(purpose)};
}

}  // namespace

std::shared_ptr<const Ring> Vault::ring() const {
  if (tx_) return ring_;
  return keyring_->newest();
}

void Vault::begin() {
  ring_ = keyring_->newest();
  has_sealed_.store(false, std::memory_order_relaxed);
}

void Vault::end() {
  ring_.reset();
}

kernel::Status Vault::follow() const {
  if (!ring_) return kernel::Ok{};  // the store is just being migrated
  std::optional<std::int64_t> in_use, keys;
  tx_->query(
      "SELECT max(CASE WHEN retired_at IS NULL THEN key_id END), count(*) FROM vault_key"
      " WHERE kind = 'seal' AND destroyed_at IS NULL",
      {}, [&](const Row& row) {
        in_use = row.opt_i64(0);
        keys = row.opt_i64(1);
      });
  if (in_use != ring_->in_use->key_id()) return reload();
  // One that is destroyed is to be forgotten; who cannot reach the root keeps it rather than stops.
  if (keys != static_cast<std::int64_t>(ring_->keys.size())) (void)reload();
  return kernel::Ok{};
}

kernel::Status Vault::reload() const {
  CHECK_MSG(tx_, "only a transaction has a snapshot to look into");
  TRY_ASSIGN(ring_, keyring_->load(*tx_));
  return kernel::Ok{};
}

std::int64_t Vault::in_use() const {
  const auto now = ring();
  return now ? now->in_use->key_id() : 0;
}

std::string Vault::index_bytes(std::string_view purpose, std::string_view plain) const {
  const auto now = ring();
  CHECK_MSG(now, "a store is migrated before its vault is used");
  return now->index->index(purpose, plain);
}

std::string Vault::seal_bytes(std::string_view purpose, std::string_view plain) const {
  CHECK_MSG(tx_ && ring_, "values are sealed in a transaction of a migrated store");
  has_sealed_.store(true, std::memory_order_relaxed);
  return ring_->in_use->seal(purpose, plain);
}

Result<std::string> Vault::open_bytes(std::string_view purpose, std::string_view sealed) const {
  const Error bad{Code::corrupt, "a sealed value does not open: other key, purpose or bytes",
                  std::string(purpose)};
  const std::int64_t key_id = key_id_of(sealed);
  if (key_id < 0) return bad;
  std::shared_ptr<const Ring> now = ring();
  if (tx_ && (!now || now->keys.count(key_id) == 0)) {
    TRY(reload());
    now = ring_;
    if (now->keys.count(key_id) == 0) return destroyed(*tx_, key_id, purpose);
  }
  if (!now || now->keys.count(key_id) == 0) return bad;
  auto plain = now->keys.at(key_id)->open(purpose, sealed);
  if (!plain) return bad;
  return std::move(*plain);
}

Result<std::string> Vault::reseal(std::string_view purpose, std::string_view sealed) const {
  TRY_ASSIGN(std::string plain, open_bytes(purpose, sealed));
  std::string again = seal_bytes(purpose, plain);
  wipe(plain);
  return again;
}

}  // namespace store
