#pragma once
// Evidence: what was written down can be proven to outsiders. Facts are sealed in batches into a
// transparency log (tlog); a fact's proof is one file; tables are checked against the log; a person
// can be erased and every proof still holds. docs/evidence.md says it all for a reader.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/date.h"
#include "kernel/result.h"
#include "store/store.h"

namespace evidence {

const std::vector<store::Migration>& schema();

// The bytes of a policy pack that was in force, from the gate's own table.
using PackPort = std::function<std::optional<std::string>(
    store::Transaction& tx, std::string_view pack, std::string_view version)>;

struct LogPlace {
  std::filesystem::path folder;  // LOG: checkpoint, tile/, vkey, packs/
  std::string key_file;          // the log's signing key; made (0600) when absent
  std::string name;              // of a log not yet made; empty: a random one
};
// <data>/log, and <data>.log.key beside the store's key file.
LogPlace log_place(const std::filesystem::path& data, const std::string& store_key_file);

struct Sealed {
  std::int64_t facts = 0, seals = 0;  // sealed by this call
  std::int64_t size = 0;              // of the log now
  std::string root;                   // base64
  std::int64_t waiting = 0;           // facts that came in meanwhile
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (facts, seals, size, root, waiting))

struct SealOptions {
  LogPlace place;
  std::int64_t facts_a_seal = 65'536;
  PackPort pack_bytes;  // may be empty: then no packs beside the log
  // Called between the steps of a seal, with their names (crash tests).
  std::function<void(std::string_view step)> after_step;
};

// Seals facts into the log: tiles durable, then the store's seal row, then the checkpoint. A crash
// anywhere leaves what the next call takes up. One sealer at a time: a store's lock and the
// folder's.
class Sealer {
 public:
  Sealer(store::Store& store, SealOptions options);
  Sealer(Sealer&&) noexcept;
  ~Sealer();

  // Until none waits. Errors: conflict (another process seals this log), corrupt (folder or store
  // was rolled back or altered; says which), unavailable.
  kernel::Result<Sealed> seal_all(kernel::Instant now);
  // The folder made again from the store. Error: corrupt, where a fact is not what was sealed.
  kernel::Result<Sealed> rebuild();
  void let_go();  // of the folder, so that another process may seal

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

std::int64_t count_waiting(store::Transaction& tx);

}  // namespace evidence
