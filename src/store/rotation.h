#pragma once
// Changing the keys of a store while it serves. rotate: a new data key is in use at once, in every
// process; reseal: what lies under older keys is sealed again, in short transactions, and can be
// stopped and called again; destroy: a key that nothing needs. Roots are added and destroyed alike.
// Never true: a key destroyed that a value needs. On PostgreSQL for the owner of the tables.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/aead.h"
#include "store/root.h"
#include "store/sealed.h"
#include "store/store.h"

namespace store {

struct VaultKey {
  std::int64_t key_id;
  std::string kind, suite;         // seal | index
  std::vector<std::string> roots;  // ids of the roots it is wrapped by
  kernel::Instant made_at;
  std::optional<kernel::Instant> retired_at, destroyed_at;
};
std::vector<VaultKey> load_vault_keys(Transaction& tx);
// The root this process was started with.
kernel::Result<std::string> own_root_id(Store& store);
const std::string& own_root_kept_at(Store& store);

struct By {  // who does it, and when
  std::string name;
  std::function<kernel::Instant()> clock;
};

// The new key's number.
kernel::Result<std::int64_t> rotate_vault_key(Store& store, Suite suite, const By& by);

struct ResealOptions {
  int chunk = 500;  // rows a transaction
  std::function<void(const std::string& table, std::int64_t values)> progress;
};
// Until nothing lies under another key than the one in use; how many values.
kernel::Result<std::int64_t> reseal(Store& store, const SealedTables& tables, const By& by,
                                    const ResealOptions& options);

struct UnderKey {
  std::string table, column;
  std::int64_t values;
};
// What still needs this key; a scan of every sealed column.
std::vector<UnderKey> values_under(Transaction& tx, const SealedTables& tables,
                                   std::int64_t key_id);
// Refused for the key in use and while a value needs it.
kernel::Status destroy_vault_key(Store& store, const SealedTables& tables, std::int64_t key_id,
                                 const By& by);

// Every key wrapped by `other` too: from then on either root opens the store.
kernel::Status add_vault_root(Store& store, const Root& other, const By& by);
// Wrappings by this root go; refused for the one this process uses, so that another is proven.
kernel::Status remove_vault_root(Store& store, const std::string& root_id, const By& by);

}  // namespace store
