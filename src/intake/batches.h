#pragma once
// Batches as the store keeps them: what came in, when, with which counts, and what was rejected.

#include "intake/read.h"
#include "store/store.h"

namespace intake {

struct NewBatch {
  std::string batch_id, file_name, file_sha256, mapping, mapping_sha256;
  kernel::Date as_of;
  std::int64_t lines = 0;
  kernel::Instant imported_at;
  std::string imported_by;
  struct Kind {
    KindCount count;
    KindId id;
    bool full = false;
  };
  std::vector<Kind> kinds;
  const std::vector<RejectedLine>* rejected = nullptr;
};

// The rows of the batch and the fact "batch_imported".
void save_batch(store::Transaction& tx, const NewBatch& batch);
// The fact "payment_posted" of each line: every movement of money can be proven by itself.
void save_payments(store::Transaction& tx, const NewBatch& batch, const column::Sheet& payments);
std::vector<std::string> load_batch_ids(store::Transaction& tx);
bool has_batch(store::Transaction& tx, std::string_view batch_id);

// The newest full batch of each kind: what a full file of today is held against.
struct FullBatch {
  std::string file_name;
  kernel::Date as_of;
  std::int64_t records = 0;
};
std::map<std::string, FullBatch> load_full_batches(store::Transaction& tx);

// Room for as many keys as a table has rows.
void expect_known(store::Transaction& tx, std::string_view table, KeySet& keys);
void load_known_customers(store::Transaction& tx, Known& known);

}  // namespace intake
