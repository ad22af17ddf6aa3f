#include "store/keyring.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

namespace store {
namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

constexpr char first_format = 1, format = 2;
constexpr std::size_t head_size = 5, key_size = 32;
// In vault_check once keys are in vault_key: a program of the first format refuses such a store.
constexpr std::string_view left = "see vault_key";

std::shared_ptr<EVP_MAC_CTX> make_mac(std::string_view key) {
  const std::shared_ptr<EVP_MAC> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
  CHECK(mac);
  std::shared_ptr<EVP_MAC_CTX> context(EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  CHECK(context && EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()),
                                key.size(), params.data()));
  return context;
}

// One row of vault_key with its wrapping by our root.
struct Wrapped {
  std::int64_t key_id;
  std::string kind, suite, bytes;
  bool retired;
};

std::vector<Wrapped> load_wrapped(Transaction& tx, const std::string& root_id) {
  std::vector<Wrapped> all;
  tx.query(
      "SELECT k.key_id, k.kind, k.suite, w.wrapped, k.retired_at FROM vault_key k"
      " JOIN vault_wrap w ON w.key_id = k.key_id AND w.root_id = $1"
      " WHERE k.destroyed_at IS NULL ORDER BY k.key_id",
      {root_id}, [&](const Row& row) {
        all.push_back({row.i64(0), row.text(1), row.text(2), row.blob(3), !row.is_null(4)});
      });
  return all;
}

Error other_root(Transaction& tx, const std::string& root_id, const std::string& kept_at) {
  std::string roots;
  tx.query("SELECT DISTINCT root_id FROM vault_wrap ORDER BY root_id", {},
           [&](const Row& row) { roots += (roots.empty() ? "" : ", ") + row.text(0); });
  return {Code::corrupt,
          "the root key " + root_id +
              " is not one this store's keys are wrapped by: give the right one with --key. It "
              "wants " +
              (roots.empty() ? "one that was destroyed" : roots) +
              "; without it nothing sealed here can be read, a backup no more than the store",
          kept_at};
}

}  // namespace

std::string sealed_head(std::int64_t key_id) {
  if (key_id == first_format_key) return std::string(1, first_format);
  std::string head(1, format);
  for (int shift = 24; shift >= 0; shift -= 8) head += static_cast<char>(key_id >> shift);
  return head;
}

std::int64_t key_id_of(std::string_view sealed) {
  if (!sealed.empty() && sealed[0] == first_format) return first_format_key;
  if (sealed.size() < head_size || sealed[0] != format) return -1;
  std::int64_t id = 0;
  for (std::size_t i = 1; i < head_size; ++i) id = id << 8 | static_cast<unsigned char>(sealed[i]);
  return id > 0 ? id : -1;
}

std::string wrapped_beside(std::int64_t key_id, std::string_view kind, std::string_view suite) {
  return "evenhand vault_key " + std::to_string(key_id) + " " + std::string(kind) + " " +
         std::string(suite);
}

// ---- keys --------------------------------------------------------------------------------------

DataKey::DataKey(std::int64_t key_id, Suite suite, std::string bytes)
    : key_id_(key_id), suite_(suite), bytes_(std::move(bytes)), head_(sealed_head(key_id)) {}

const Aead& DataKey::of(std::string_view purpose) const {
  // The first format had one key for all purposes.
  const std::string_view name = key_id_ == first_format_key ? "" : purpose;
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = by_purpose_.find(name); found != by_purpose_.end())
      return *found->second;
  }
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Aead>& made = by_purpose_[std::string(name)];
  if (!made)
    made = std::make_unique<Aead>(
        suite_, key_id_ == first_format_key ? bytes_ : derive(suite_, bytes_, purpose));
  return *made;
}

std::string DataKey::seal(std::string_view purpose, std::string_view plain) const {
  CHECK_MSG(key_id_ != first_format_key, "nothing new is sealed in the first format");
  std::string out;
  out.reserve(head_size + nonce_size + plain.size() + tag_size);
  out = head_;
  std::string beside = head_;
  of(purpose).seal(beside += purpose, plain, out);
  return out;
}

std::optional<std::string> DataKey::open(std::string_view purpose, std::string_view sealed) const {
  const std::string_view rest = sealed.substr(head_.size());
  if (key_id_ == first_format_key) return of(purpose).open(purpose, rest);
  std::string beside = head_;
  return of(purpose).open(beside += purpose, rest);
}

IndexKey::IndexKey(std::string bytes) : bytes_(std::move(bytes)), mac_(make_mac(bytes_)) {}

std::string IndexKey::index(std::string_view purpose, std::string_view plain) const {
  const std::shared_ptr<EVP_MAC_CTX> mac(EVP_MAC_CTX_dup(mac_.get()), EVP_MAC_CTX_free);
  CHECK(mac);
  static constexpr unsigned char end_of_purpose = 0;
  const auto add = [&](std::string_view text) {
    CHECK(EVP_MAC_update(mac.get(), reinterpret_cast<const unsigned char*>(text.data()),
                         text.size()));
  };
  add(purpose);
  CHECK(EVP_MAC_update(mac.get(), &end_of_purpose, 1));
  add(plain);
  std::string digest(32, '\0');
  std::size_t size = 0;
  CHECK(EVP_MAC_final(mac.get(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                      digest.size()));
  return digest.substr(0, 16);
}

// ---- the ring ----------------------------------------------------------------------------------

std::shared_ptr<const Ring> Keyring::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

Result<std::string> Keyring::root_id() const {
  TRY_ASSIGN(const auto own, root());
  return own->id();
}

Result<std::shared_ptr<const Ring>> Keyring::load(Transaction& tx) {
  TRY_ASSIGN(const auto own, root());
  const std::shared_ptr<const Ring> before = newest();
  auto ring = std::make_shared<Ring>();
  for (const Wrapped& row : load_wrapped(tx, own->id())) {
    const bool sealing = row.kind == "seal";
    if (before && sealing && before->keys.count(row.key_id) > 0) {
      ring->keys[row.key_id] = before->keys.at(row.key_id);
    } else if (before && !sealing && before->index_id == row.key_id) {
      ring->index = before->index;
      ring->index_id = row.key_id;
    } else {
      const auto suite = parse_suite(row.suite);
      if (!suite)
        return Error{Code::conflict, "a key is of a suite this program does not have: " + row.suite,
                     "vault_key"};
      TRY_ASSIGN(std::string bytes,
                 own->unwrap(wrapped_beside(row.key_id, row.kind, row.suite), row.bytes));
      if (sealing) {
        ring->keys[row.key_id] = std::make_shared<DataKey>(row.key_id, *suite, std::move(bytes));
      } else {
        ring->index = std::make_shared<IndexKey>(std::move(bytes));
        ring->index_id = row.key_id;
      }
    }
    if (sealing && !row.retired) ring->in_use = ring->keys[row.key_id];
  }
  if (!ring->in_use || !ring->index) return other_root(tx, own->id(), root_);
  const std::lock_guard lock(mutex_);
  // One that looks at an older snapshot must not take the others back.
  if (!newest_ || newest_->in_use->key_id() <= ring->in_use->key_id()) newest_ = ring;
  return std::shared_ptr<const Ring>(ring);
}

Result<std::int64_t> Keyring::add_key(Transaction& tx, std::string_view kind, Suite suite,
                                      std::string bytes, std::int64_t key_id, kernel::Instant now) {
  TRY_ASSIGN(const auto own, root());
  const std::string name(suite_name(suite));
  auto wrapped = own->wrap(wrapped_beside(key_id, kind, name), bytes);
  wipe(bytes);
  if (!wrapped) return wrapped.error();
  tx.execute("INSERT INTO vault_key (key_id, kind, suite, made_at) VALUES ($1, $2, $3, $4)",
             {key_id, kind, name, now});
  tx.execute("INSERT INTO vault_wrap (key_id, root_id, wrapped) VALUES ($1, $2, $3)",
             {key_id, own->id(), Blob{*wrapped}});
  return key_id;
}

// vault_check holds a known text sealed in the first format: proof that the root is the one.
Status Keyring::check_first_format(Transaction& tx, const std::string& seal_key) const {
  const auto sealed = tx.query_one<std::string>("SELECT sealed FROM vault_check WHERE only_row = 1",
                                                {}, [](const Row& row) { return row.blob(0); });
  if (seal_key.empty() || !sealed ||
      !DataKey(first_format_key, Suite::aes_256_gcm, seal_key).open("vault_check", *sealed))
    return Error{Code::corrupt,
                 "the key file is not the one this store was made with; give the right one with "
                 "--key",
                 root_};
  return kernel::Ok{};
}

Status Keyring::begin(Transaction& tx, kernel::Instant now) {
  if (tx.query_i64("SELECT count(*) FROM vault_key") != 0) return kernel::Ok{};
  TRY_ASSIGN(const auto own, root());
  if (tx.query_i64("SELECT count(*) FROM vault_check") != 0) {
    const std::string seal_key = own->first_format("evenhand seal 1");
    TRY(check_first_format(tx, seal_key));
    TRY(add_key(tx, "seal", Suite::aes_256_gcm, seal_key, first_format_key, now));
    tx.execute("UPDATE vault_key SET retired_at = $1 WHERE key_id = $2", {now, first_format_key});
    TRY(add_key(tx, "seal", Suite::aes_256_gcm, random_bytes(key_size), 1, now));
    TRY(add_key(tx, "index", Suite::aes_256_gcm, own->first_format("evenhand index 1"), 2, now));
    tx.execute("UPDATE vault_check SET sealed = $1", {Blob{left}});
    return kernel::Ok{};
  }
  TRY(add_key(tx, "seal", Suite::aes_256_gcm, random_bytes(key_size), 1, now));
  TRY(add_key(tx, "index", Suite::aes_256_gcm, random_bytes(key_size), 2, now));
  tx.execute("INSERT INTO vault_check (only_row, sealed) VALUES (1, $1)", {Blob{left}});
  return kernel::Ok{};
}

Result<std::int64_t> Keyring::wrap_also(Transaction& tx, const Root& other) {
  TRY_ASSIGN(const auto own, root());
  const std::vector<Wrapped> all = load_wrapped(tx, own->id());
  if (all.empty()) return other_root(tx, own->id(), root_);
  for (const Wrapped& row : all) {
    const std::string beside = wrapped_beside(row.key_id, row.kind, row.suite);
    TRY_ASSIGN(std::string bytes, own->unwrap(beside, row.bytes));
    auto wrapped = other.wrap(beside, bytes);
    wipe(bytes);
    if (!wrapped) return wrapped.error();
    tx.execute(
        "INSERT INTO vault_wrap (key_id, root_id, wrapped) VALUES ($1, $2, $3)"
        " ON CONFLICT (key_id, root_id) DO UPDATE SET wrapped = excluded.wrapped",
        {row.key_id, other.id(), Blob{*wrapped}});
  }
  return static_cast<std::int64_t>(all.size());
}

}  // namespace store
