// The sealer. Order of durability: tiles fsynced → the store's commit (facts no longer wait, seal
// row) → the checkpoint by rename. What lies in the folder beyond the last seal row is overwritten.

#include <openssl/rand.h>

#include <algorithm>
#include <deque>

#include "evidence/log_folder.h"
#include "evidence/rebuild.h"
#include "evidence/rows.h"
#include "evidence/types.h"
#include "tlog/tlog.h"

namespace evidence {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

constexpr std::string_view seal_lock = "evidence.seal";

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

// What a seal is made of, as read from the store. Keys are of this seal alone: kept for the next,
// they would outlive a run that the store takes back and a person who is erased.
struct Loaded {
  Loaded() = default;
  Loaded(const Loaded&) = delete;  // its views are into itself
  Loaded& operator=(const Loaded&) = delete;

  Waiting waiting;
  std::optional<Seal> last;
  std::int64_t erasures = 0;
  std::deque<std::string> shown;  // subjects shown as refs; the others' texts are the facts'
  std::unordered_map<std::string_view, std::optional<LogKey>> keys;  // by subject
  std::vector<const std::optional<LogKey>*> key_of_fact;             // in `keys`
  std::vector<NewKey> new_keys;
};

// Every subject of the facts from that one on whose key was not looked for yet, in order (as the
// store has them), each once.
std::vector<std::string_view> collect_subjects(Loaded& loaded, std::size_t first) {
  std::vector<std::string_view> subjects;
  std::vector<std::string> shown;
  for (std::size_t i = first; i < loaded.waiting.facts.size(); ++i) {
    const StoredFact& fact = loaded.waiting.facts[i];
    const auto [own, added] = loaded.keys.try_emplace(fact.fact.subject);
    loaded.key_of_fact.push_back(&own->second);
    if (added) subjects.push_back(own->first);
    shown.clear();
    add_shown_subjects(fact, shown);
    for (std::string& subject : shown) {
      if (loaded.keys.contains(subject)) continue;
      subjects.push_back(loaded.shown.emplace_back(std::move(subject)));
      loaded.keys.try_emplace(subjects.back());
    }
  }
  if (!std::is_sorted(subjects.begin(), subjects.end()))
    std::sort(subjects.begin(), subjects.end());
  return subjects;
}

// The key of every subject of the facts from that one on: the store's, or a new one.
void find_keys(Transaction& tx, Loaded& loaded, std::size_t first) {
  const std::vector<std::string_view> subjects = collect_subjects(loaded, first);
  std::size_t found = 0;
  each_key(tx, subjects, [&](std::string_view subject, const LogKey& key) {
    loaded.keys.at(subject) = key;
    ++found;
  });
  if (found == subjects.size()) return;
  const std::string random = random_bytes((subjects.size() - found) * 48);
  auto from = random.begin();
  for (const std::string_view subject : subjects) {
    std::optional<LogKey>& key = loaded.keys.at(subject);
    if (key) continue;
    key.emplace();
    std::copy_n(from, key->ref.size(), key->ref.begin());
    std::copy_n(from + 16, key->key.size(), key->key.begin());
    from += 48;
    loaded.new_keys.push_back({subject, *key});
  }
}

Error rolled_back(std::string message, const fs::path& where) {
  return {Code::corrupt, std::move(message), where.string()};
}

}  // namespace

struct Sealer::Inside {
  Inside(store::Store& store_, SealOptions options_)
      : store(store_), options(std::move(options_)) {}

  Result<std::int64_t> seal_once(kernel::Instant now);
  Status open(const std::optional<Seal>& last);
  Status check_folder(const std::optional<Seal>& last);
  Status load(Transaction& tx, Loaded& loaded);
  Result<Seal> write(const Loaded& loaded, kernel::Instant now);
  Status save(Transaction& tx, const Loaded& loaded, const Seal& seal);
  Status publish(const Seal& seal);
  void step(std::string_view name) const {
    if (options.after_step) options.after_step(name);
  }
  fs::path folder() const { return options.place.folder; }

  store::Store& store;
  SealOptions options;
  std::optional<tlog::Signer> signer;
  std::optional<tlog::Writer> writer;
  EntryMaker maker;
};

// The folder's own checkpoint must be one of the store's seals: else one of the two was rolled back
// or altered, and going on would sign over it.
Status Sealer::Inside::check_folder(const std::optional<Seal>& last) {
  const fs::path file = folder() / "checkpoint";
  const auto bytes = tlog::read_whole(file);
  if (!bytes && bytes.error().code != Code::not_found) return bytes.error();
  if (!bytes) return kernel::Ok{};  // a crash before the first one, or a lost file: made again
  TRY_ASSIGN(const auto opened, tlog::open_checkpoint(*bytes, {&signer->verifier(), 1}));
  const tlog::Tree there = opened.checkpoint.tree;
  if (there.size > (last ? last->tree().size : 0))
    return rolled_back(
        "the log's folder is ahead of the store: the store was rolled back, or is "
        "another's; evenhand verify says more. Nothing was sealed",
        file);
  if (there.size == 0) return kernel::Ok{};
  TRY_ASSIGN(const auto seal, store.read([&](Transaction& tx) {
    return seal_of_size(tx, static_cast<std::int64_t>(there.size));
  }));
  if (!seal || seal->root != there.root)
    return rolled_back(
        "the log's folder and the store tell of different logs; evenhand verify says "
        "more. Nothing was sealed",
        file);
  return kernel::Ok{};
}

// At the last seal's tree; then the checkpoint that a crash may have left out.
Status Sealer::Inside::open(const std::optional<Seal>& last) {
  const tlog::Tree good = last ? last->tree() : tlog::Tree{};
  if (writer && writer->tree() == good) return kernel::Ok{};
  writer.reset();
  TRY_ASSIGN(signer, open_signer(options.place, !last));
  TRY(check_folder(last));
  auto opened = tlog::Writer::open(folder(), good);
  if (!opened && opened.error().code == Code::not_found)
    return Error{
        Code::corrupt,
        "files of the log are gone; evenhand seal --rebuild makes them again from the store",
        opened.error().where};
  if (!opened) return opened.error();
  writer = std::move(*opened);
  TRY(write_vkey(folder(), *signer));
  if (!last) return kernel::Ok{};
  // Of the same tree, it may carry cosignatures besides.
  const auto there = tlog::read_whole(folder() / "checkpoint");
  if (there) {
    const auto opened_there = tlog::open_checkpoint(*there, {&signer->verifier(), 1});
    if (opened_there && opened_there->checkpoint.tree == good) return kernel::Ok{};
  }
  // Whoever opens has the lock: `last` is the last.
  TRY(store.read([&](Transaction& tx) { return write_packs(tx, options.pack_bytes, folder()); }));
  return writer->publish(last->checkpoint);
}

// Bit by bit, for how many new keys they need is known only once they are read.
Status Sealer::Inside::load(Transaction& tx, Loaded& loaded) {
  const std::int64_t a_time = std::min(
      {std::int64_t{256}, options.facts_a_seal, static_cast<std::int64_t>(options.rows_a_seal)});
  loaded.last = last_seal(tx);
  loaded.erasures = count_erasures(tx);
  Waiting& waiting = loaded.waiting;
  const auto most = static_cast<std::size_t>(options.facts_a_seal);
  while (waiting.facts.size() < most && waiting.blocks.size() < options.rows_a_seal &&
         loaded.new_keys.size() < options.rows_a_seal) {
    const std::size_t first = waiting.facts.size();
    TRY_ASSIGN(const bool more, add_waiting(tx, a_time, waiting));
    if (!more) break;
    find_keys(tx, loaded, first);
  }
  return kernel::Ok{};
}

Result<Seal> Sealer::Inside::write(const Loaded& loaded, kernel::Instant now) {
  const KeyOf key_of = [&](std::string_view subject) -> const LogKey* {
    const auto found = loaded.keys.find(subject);
    return found == loaded.keys.end() ? nullptr : &found->second.value();
  };
  auto key = loaded.key_of_fact.begin();
  for (const StoredFact& fact : loaded.waiting.facts)
    TRY(writer->add(maker.make(fact, (*key++)->value(), key_of)));
  TRY_ASSIGN(const tlog::Tree tree, writer->flush());
  const auto& facts = loaded.waiting.facts;
  Seal seal{.seal_id = loaded.last ? loaded.last->seal_id + 1 : 1,
            .leaf_count = static_cast<std::int64_t>(facts.size()),
            .min_id = facts.front().fact_id.value(),
            .max_id = facts.back().fact_id.value(),
            .ranges = merged(loaded.waiting.blocks),
            .root = tree.root,
            .checkpoint = tlog::sign_checkpoint(tree, *signer),
            .sealed_at = now};
  seal.first_leaf = static_cast<std::int64_t>(tree.size) - seal.leaf_count;
  return seal;
}

Status Sealer::Inside::save(Transaction& tx, const Loaded& loaded, const Seal& seal) {
  const auto last = last_seal(tx);
  if ((last ? last->seal_id : 0) != seal.seal_id - 1)
    return Error{Code::conflict, "another process sealed meanwhile", folder().string()};
  if (count_erasures(tx) != loaded.erasures)
    return Error{Code::too_many, "a person was erased meanwhile; seal again", folder().string()};
  insert_keys(tx, loaded.new_keys);
  return save_seal(tx, seal, loaded.waiting.blocks);
}

// The packs first: whoever has the checkpoint has what audits it.
Status Sealer::Inside::publish(const Seal& seal) {
  TRY(store.read([&](Transaction& tx) { return write_packs(tx, options.pack_bytes, folder()); }));
  if (!store.on_postgres()) return writer->publish(seal.checkpoint);
  return store.transact([&](Transaction& tx) -> Status {
    tx.lock(seal_lock);
    const auto last = last_seal(tx);
    if (!last || last->seal_id != seal.seal_id) return kernel::Ok{};  // a later one is published
    return writer->publish(seal.checkpoint);
  });
}

// One seal; 0 where nothing waits. On PostgreSQL one transaction holds the lock throughout.
// SQLite's only writer is not held up while tiles are written: there the folder's lock keeps
// sealers apart, and what was read is compared again when it is saved.
Result<std::int64_t> Sealer::Inside::seal_once(kernel::Instant now) {
  std::optional<Seal> sealed;
  bool again = false;
  const auto in_one = [&](Transaction& tx) -> Status {
    sealed.reset();
    if (again) writer.reset();  // tiles of a run that was rolled back
    again = true;
    tx.lock(seal_lock);
    TRY(open(last_seal(tx)));
    Loaded loaded;
    TRY(load(tx, loaded));
    if (loaded.waiting.facts.empty()) return kernel::Ok{};
    TRY_ASSIGN(sealed, write(loaded, now));
    step("tiles");
    return save(tx, loaded, *sealed);
  };
  const auto apart = [&]() -> Status {
    TRY_ASSIGN(const auto last, store.read([](Transaction& tx) { return last_seal(tx); }));
    TRY(open(last));
    Loaded loaded;
    TRY(store.read([&](Transaction& tx) { return load(tx, loaded); }));
    if (loaded.waiting.facts.empty()) return kernel::Ok{};
    TRY_ASSIGN(sealed, write(loaded, now));
    step("tiles");
    return store.transact([&](Transaction& tx) { return save(tx, loaded, *sealed); });
  };
  const Status done = store.on_postgres() ? store.transact(in_one) : apart();
  if (!done) {
    writer.reset();  // tiles that the store knows nothing of
    return done.error();
  }
  if (!sealed) return std::int64_t{0};
  step("row");
  TRY(publish(*sealed));
  step("checkpoint");
  return sealed->leaf_count;
}

Sealer::Sealer(store::Store& store, SealOptions options)
    : inside_(std::make_unique<Inside>(store, std::move(options))) {}
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer::~Sealer() = default;

Result<Sealed> Sealer::seal_all(kernel::Instant now) {
  Sealed all;
  for (int erased = 0;;) {
    const auto sealed = inside_->seal_once(now);
    if (!sealed && sealed.error().code == Code::too_many && ++erased < 10) continue;
    if (!sealed) return sealed.error();
    if (*sealed == 0) break;
    all.facts += *sealed;
    ++all.seals;
  }
  const tlog::Tree tree = inside_->writer->tree();
  all.size = static_cast<std::int64_t>(tree.size);
  all.root = tlog::base64(tlog::bytes_of(tree.root));
  return all;
}

Result<Sealed> Sealer::rebuild() {
  inside_->writer.reset();
  return rebuild_folder(inside_->store, inside_->options);
}

void Sealer::let_go() {
  inside_->writer.reset();
}

}  // namespace evidence
