#pragma once
// The entries of a seal made again from the store's facts.

#include <algorithm>
#include <functional>
#include <map>

#include "evidence/rows.h"

namespace evidence {

struct Remade {
  std::int64_t leaf = 0;
  store::FactId fact_id{0};
  const StoredFact* fact = nullptr;  // null: its row is not there
  bool erased = false;
  std::string_view entry;  // empty: it cannot be made (no row, or no key)
};

// Keeps keys from one seal to the next.
class Remaker {
 public:
  using Each = std::function<void(const Remade&)>;
  void remake(store::Transaction& tx, const Seal& seal, const Each& each);
  // A fact that waits: its subjects may have keys already.
  void meet(const StoredFact& fact);
  // Hashes of all subjects that the facts named, sorted: 8 bytes each.
  std::vector<std::size_t> subjects_met();

 private:
  void load_missing(store::Transaction& tx, const std::vector<StoredFact>& facts);
  std::vector<std::size_t> met_;
  Keys keys_;
  EntryMaker maker_;
};

kernel::Result<Sealed> rebuild_folder(store::Store& store, const SealOptions& options);

}  // namespace evidence
