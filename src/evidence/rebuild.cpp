// A lost log folder made again from the store: the same entries in the same order give the same
// root, and the last checkpoint is kept in the store with its signature.

#include <ctime>

#include "evidence/log_folder.h"
#include "evidence/rebuild.h"

namespace evidence {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

std::map<std::int64_t, std::string> load_erased(Transaction& tx, const Seal& seal) {
  std::map<std::int64_t, std::string> entries;
  tx.query("SELECT fact_id, entry FROM fact_erased WHERE fact_id >= $1 AND fact_id <= $2",
           {seal.min_id, seal.max_id},
           [&](const store::Row& row) { entries.emplace(row.i64(0), row.text(1)); });
  return entries;
}

}  // namespace

void Remaker::load_missing(Transaction& tx, const std::vector<StoredFact>& facts) {
  std::vector<std::string> subjects, missing;
  for (const StoredFact& fact : facts) add_subjects(fact, subjects);
  if (keys_.size() > 500'000) keys_.clear();
  for (std::string& subject : subjects)
    if (keys_.find(subject) == keys_.end()) missing.push_back(std::move(subject));
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  for (const std::string& subject : missing) met_.push_back(std::hash<std::string>{}(subject));
  load_keys(tx, missing, keys_);
}

void Remaker::meet(const StoredFact& fact) {
  std::vector<std::string> subjects;
  add_subjects(fact, subjects);
  for (const std::string& subject : subjects) met_.push_back(std::hash<std::string>{}(subject));
}

std::vector<std::size_t> Remaker::subjects_met() {
  std::sort(met_.begin(), met_.end());
  met_.erase(std::unique(met_.begin(), met_.end()), met_.end());
  return met_;
}

void Remaker::remake(Transaction& tx, const Seal& seal, const Each& each) {
  const std::map<std::int64_t, std::string> erased = load_erased(tx, seal);
  std::int64_t leaf = seal.first_leaf;
  std::vector<StoredFact> facts;
  const auto key_of = [&](std::string_view subject) -> const LogKey* {
    const auto found = keys_.find(subject);
    return found == keys_.end() ? nullptr : &found->second;
  };
  for (const Range& range : seal.ranges) {
    for (std::int64_t first = range.first; first < range.first + range.count; first += 65'536) {
      const std::int64_t count = std::min<std::int64_t>(range.first + range.count - first, 65'536);
      facts.clear();
      each_fact(tx, {first, count}, [&](StoredFact&& fact) { facts.push_back(std::move(fact)); });
      load_missing(tx, facts);
      auto fact = facts.begin();
      for (std::int64_t id = first; id < first + count; ++id, ++leaf) {
        const bool there = fact != facts.end() && fact->fact_id.value() == id;
        const auto gone = erased.find(id);
        const LogKey* key = there ? key_of(fact->fact.subject) : nullptr;
        std::string_view entry;
        if (gone != erased.end()) entry = gone->second;
        if (gone == erased.end() && key != nullptr) entry = maker_.make(*fact, *key, key_of);
        each({leaf, store::FactId(id), there ? &*fact : nullptr, gone != erased.end(), entry});
        if (there) ++fact;
      }
    }
  }
}

Result<Sealed> rebuild_folder(store::Store& store, const SealOptions& options) {
  const fs::path folder = options.place.folder, made = folder.string() + ".new";
  std::error_code error;
  fs::remove_all(made, error);
  TRY_ASSIGN(const tlog::Signer signer, open_signer(options.place, false));
  TRY_ASSIGN(tlog::Writer writer, tlog::Writer::open(made, {}));
  std::optional<Seal> last;
  const Status filled = store.read([&](Transaction& tx) -> Status {
    Remaker remaker;
    Status status = kernel::Ok{};
    each_seal(tx, 1, [&](const Seal& seal) {
      remaker.remake(tx, seal, [&](const Remade& one) {
        if (status && !one.entry.empty()) status = writer.add(one.entry);
      });
      if (status && writer.tree() != seal.tree())
        status = Error{Code::corrupt,
                       "the store's facts do not give what seal " + std::to_string(seal.seal_id) +
                           " sealed; evenhand verify names them. No folder was made",
                       "seal " + std::to_string(seal.seal_id)};
      last = seal;
      return static_cast<bool>(status);
    });
    TRY(status);
    return write_packs(tx, options.pack_bytes, made);
  });
  TRY(filled);
  if (!last) return Error{Code::not_found, "nothing was sealed yet", folder.string()};
  TRY(write_vkey(made, signer));
  TRY(writer.flush());
  TRY(writer.publish(last->checkpoint));
  if (fs::exists(folder)) {  // kept, for whoever asks what became of it
    fs::path aside;
    for (int n = 1; aside.empty() || fs::exists(aside); ++n)
      aside = folder.string() + ".lost-" + std::to_string(n);
    fs::rename(folder, aside, error);
    if (error) return Error{Code::unavailable, "cannot move: " + error.message(), folder.string()};
  }
  fs::rename(made, folder, error);
  if (error) return Error{Code::unavailable, "cannot move: " + error.message(), made.string()};
  Sealed sealed;
  sealed.size = static_cast<std::int64_t>(last->tree().size);
  sealed.root = tlog::base64(tlog::bytes_of(last->root));
  return sealed;
}

}  // namespace evidence
