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
  std::int64_t facts_a_seal = 262'144;
  std::int64_t facts_a_read = 32'768;  // in memory at a time; twice that where it reads ahead
  // Of blocks of facts, and of new keys of a transaction: about what it writes. Others wait for
  // that.
  std::size_t rows_a_seal = 65'536;
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

// ---- proofs ------------------------------------------------------------------------------------

// A fact that an EVENT may mean: its number, a permit's number, or kind:subject
// (permit_granted:customer:C000123); newest first, at most 50.
struct Event {
  store::FactId fact_id{0};
  std::string kind, subject;
  kernel::Instant made_at;
  std::string state;  // waiting | sealed | erased
};
BOOST_DESCRIBE_STRUCT(Event, (), (fact_id, kind, subject, made_at, state))
kernel::Result<std::vector<Event>> find_events(store::Transaction& tx, std::string_view event);

// The proof of a sealed fact, in the tree of the folder's checkpoint. Errors: not_found; conflict
// (not sealed yet, or erased); corrupt where log and store do not fit.
kernel::Result<std::string> make_proof(store::Transaction& tx, const std::filesystem::path& folder,
                                       store::FactId fact_id);

// What a proof shows whoever trusts the log's key. Needs nothing but the file and the key.
struct Proven {
  std::string fact_id, kind, subject, made_by, at;
  std::string entry, fact;  // JSON, as proven
  std::string log, root;    // name of the log, root in base64
  std::int64_t index = 0, size = 0;
  std::vector<std::string> other_signatures;  // names of witnesses, not checked
};
BOOST_DESCRIBE_STRUCT(Proven, (),
                      (fact_id, kind, subject, made_by, at, entry, fact, log, root, index, size,
                       other_signatures))
// Errors: invalid_input (no proof, no key), unauthenticated (another key), corrupt (does not hold;
// says what).
kernel::Result<Proven> check_proof(std::string_view proof, std::string_view vkey);

// ---- the tables against the log ----------------------------------------------------------------

// What does not fit, and where. Kinds are listed in docs/evidence.md.
struct CheckFinding {
  std::string kind;
  std::string where;  // fact 123, permit 5, seal 2, leaf 77
  std::string message_zh, message_en;
};
BOOST_DESCRIBE_STRUCT(CheckFinding, (), (kind, where, message_zh, message_en))

struct Checked {
  std::int64_t facts = 0, sealed = 0, waiting = 0, erased = 0, seals = 0;
  std::int64_t permits = 0, refusals = 0, holds = 0, payments = 0;
  std::int64_t size = 0;  // of the log
  std::string root;
  std::int64_t finding_count = 0;
  std::vector<CheckFinding> findings;  // the first 200
};
BOOST_DESCRIBE_STRUCT(Checked, (),
                      (facts, sealed, waiting, erased, seals, permits, refusals, holds, payments,
                       size, root, finding_count, findings))

struct CheckOptions {
  // The folder of imported files; empty: the store holds the gate's and the log's tables only.
  std::filesystem::path data;
  std::function<void(std::int64_t facts)> progress;
  std::function<bool()> cancelled;  // asked after each seal
};
// Every fact's row against its entry, every entry's row, waiting facts the rest, seals against the
// folder's checkpoint; the gate's tables, versions of decision tables, packs, imported files and
// payments against their facts. Streams; holds about 64 bytes a permit. The log's own files are
// tlog::verify's to check. An Error only where nothing can be read, or it was cancelled
// (unavailable).
kernel::Result<Checked> check_store(store::Store& store, const std::filesystem::path& folder,
                                    const CheckOptions& options = {});

// ---- erasure -----------------------------------------------------------------------------------

struct Forgotten {
  std::int64_t facts = 0, keys = 0;
  std::vector<std::string> kept;  // subjects that facts of others refer to: their keys stay
};
// Erases these subjects ("customer:…", "person:…", "number:…", "account:…"): their keys go, so that
// nothing in the log leads to them; private text of their facts goes from the store; the fact
// subject_erased says how many, not whose. All proofs given out before still hold.
// Error: conflict while a fact of theirs waits for its seal (seal first).
kernel::Result<Forgotten> forget(store::Transaction& tx, const std::vector<std::string>& subjects,
                                 std::string_view by, kernel::Instant now);

// ---- for whoever hands out files ---------------------------------------------------------------

// A ZIP file of texts: the same files give the same bytes (no times, no owners, the order given).
struct ZipFile {
  std::string name, bytes;
  bool program = false;  // may be executed
};
kernel::Result<std::string> make_zip(const std::vector<ZipFile>& files);

}  // namespace evidence
