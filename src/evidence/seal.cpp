// The sealer. Order of durability: keys and tiles → the store's commit (facts no longer wait, seal
// row) → the checkpoint by rename. What lies in the folder beyond the last seal row is overwritten.

#include <openssl/rand.h>

#include <algorithm>
#include <future>
#include <memory>

#include "evidence/log_folder.h"
#include "evidence/rebuild.h"
#include "evidence/rows.h"
#include "evidence/types.h"
#include "store/turn.h"
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
  std::int64_t erasures = 0;
  std::vector<std::string_view> subjects;  // of the facts and shown by them; sorted, each once
  std::vector<LogKey> keys;                // of each
  std::vector<NewKey> new_keys;

  // Where in `subjects` it stands. Asked for in their order it is found beside the one before.
  std::size_t place_of(std::string_view subject, std::size_t before) const {
    for (std::size_t near = before; near < std::min(before + 2, subjects.size()); ++near)
      if (subjects[near] == subject) return near;
    return static_cast<std::size_t>(std::lower_bound(subjects.begin(), subjects.end(), subject) -
                                    subjects.begin());
  }
  void clear() {
    waiting.clear();
    subjects.clear();
    keys.clear();
    new_keys.clear();
  }
};

// A seal while it is made: of what was loaded so far.
struct Draft {
  std::vector<Range> blocks;
  std::int64_t facts = 0, min_id = 0, max_id = 0;
  std::int64_t erasures = 0;  // when the first of it was loaded

  void take(const Loaded& loaded) {
    const Waiting& waiting = loaded.waiting;
    if (facts == 0) {
      min_id = waiting.facts.front().fact_id.value();
      erasures = loaded.erasures;
    }
    max_id = waiting.facts.back().fact_id.value();
    facts += static_cast<std::int64_t>(waiting.facts.size());
    blocks.insert(blocks.end(), waiting.blocks.begin(), waiting.blocks.end());
  }
};

// What is loaded at a time, at most.
struct Room {
  std::int64_t beyond = -1;  // blocks whose first id is greater
  std::int64_t facts = 0, blocks = 0;
};

// What the seal has room for still; none: it is full.
std::optional<Room> room_for(const SealOptions& options, const Draft& draft) {
  const Room room{.beyond = draft.blocks.empty() ? -1 : draft.blocks.back().first,
                  .facts = std::min(options.facts_a_read, options.facts_a_seal - draft.facts),
                  .blocks = static_cast<std::int64_t>(options.rows_a_seal) -
                            static_cast<std::int64_t>(draft.blocks.size())};
  return room.facts > 0 && room.blocks > 0 ? std::optional(room) : std::nullopt;
}

void collect_subjects(Loaded& loaded) {
  std::vector<std::string_view>& subjects = loaded.subjects;
  std::vector<std::string> shown;
  std::string_view before;
  for (const FactView& fact : loaded.waiting.facts) {
    if (subjects.empty() || fact.subject != before) subjects.push_back(before = fact.subject);
    shown.clear();
    add_shown_subjects(fact, shown);
    for (const std::string& subject : shown) subjects.push_back(loaded.waiting.texts.keep(subject));
  }
  if (!std::is_sorted(subjects.begin(), subjects.end()))
    std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
}

// The key of every subject: the store's, or a new one.
void find_keys(Transaction& tx, Loaded& loaded) {
  collect_subjects(loaded);
  const std::vector<std::string_view>& subjects = loaded.subjects;
  loaded.keys.resize(subjects.size());
  std::vector<bool> known(subjects.size());
  std::size_t found = 0, at = 0;
  each_key(tx, subjects, [&](std::string_view subject, const LogKey& key) {
    at = loaded.place_of(subject, at);
    loaded.keys[at] = key;
    known[at] = true;
    ++found;
  });
  if (found == subjects.size()) return;
  const std::string random = random_bytes((subjects.size() - found) * 48);
  auto from = random.begin();
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (known[i]) continue;
    LogKey& key = loaded.keys[i];
    std::copy_n(from, key.ref.size(), key.ref.begin());
    std::copy_n(from + 16, key.key.size(), key.key.begin());
    from += 48;
    loaded.new_keys.push_back({subjects[i], key});
  }
}

Status check_erasures(Transaction& tx, std::int64_t erasures) {
  if (count_erasures(tx) == erasures) return kernel::Ok{};
  return Error{Code::too_many, "a person was erased meanwhile; seal again", "log_erasures"};
}

std::int64_t id_after(const std::optional<Seal>& last) {
  return last ? last->seal_id + 1 : 1;
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
  Status load(Transaction& tx, Room room, Loaded& loaded);
  Result<std::unique_ptr<Loaded>> load_apart(Room room, std::unique_ptr<Loaded> into);
  Status save_keys(const Loaded& loaded);
  Status add_entries(const Loaded& loaded);
  Result<Seal> write(const Draft& draft, std::int64_t seal_id, kernel::Instant now);
  Status save(Transaction& tx, const Draft& draft, const Seal& seal);
  Status publish(const Seal& seal);
  Result<std::optional<Seal>> seal_in_one(kernel::Instant now);
  Result<std::optional<Seal>> seal_apart(kernel::Instant now);
  void step(std::string_view name) const {
    if (options.after_step) options.after_step(name);
  }
  fs::path folder() const { return options.place.folder; }

  store::Store& store;
  SealOptions options;
  std::optional<tlog::Signer> signer;
  std::optional<tlog::Writer> writer;
  EntryMaker maker;
  std::unique_ptr<Loaded> spare;                       // what was sealed, its memory for the next
  std::future<Result<std::unique_ptr<Loaded>>> ahead;  // what is sealed next
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

Status Sealer::Inside::load(Transaction& tx, Room room, Loaded& loaded) {
  loaded.clear();
  loaded.erasures = count_erasures(tx);
  TRY(load_waiting(tx, room.beyond, room.facts, room.blocks, loaded.waiting));
  find_keys(tx, loaded);
  return kernel::Ok{};
}

Result<std::unique_ptr<Loaded>> Sealer::Inside::load_apart(Room room,
                                                           std::unique_ptr<Loaded> into) {
  auto loaded = into ? std::move(into) : std::make_unique<Loaded>();
  TRY(store.read([&](Transaction& tx) { return load(tx, room, *loaded); }));
  TRY(save_keys(*loaded));
  if (!loaded->new_keys.empty()) step("keys");
  return loaded;
}

// Before the seal's own transaction, and in parts: others wait for each. A crash leaves keys of
// facts that wait still, and the next sealer finds them.
Status Sealer::Inside::save_keys(const Loaded& loaded) {
  for (std::span<const NewKey> rest = loaded.new_keys; !rest.empty();) {
    const std::span<const NewKey> part = rest.first(std::min(rest.size(), options.rows_a_seal));
    Status saved = kernel::Ok{};
    TRY(store::transact_part(store, [&](Transaction& tx) {
      saved = check_erasures(tx, loaded.erasures);
      if (saved) insert_keys(tx, part);
    }));
    TRY(saved);
    rest = rest.subspan(part.size());
  }
  return kernel::Ok{};
}

Status Sealer::Inside::add_entries(const Loaded& loaded) {
  const KeyOf key_of = [&](std::string_view subject) -> const LogKey* {
    const std::size_t at = loaded.place_of(subject, 0);
    const bool there = at < loaded.subjects.size() && loaded.subjects[at] == subject;
    return there ? &loaded.keys[at] : nullptr;
  };
  std::size_t at = 0;
  for (const FactView& fact : loaded.waiting.facts) {
    at = loaded.place_of(fact.subject, at);
    TRY(writer->add(maker.make(fact, loaded.keys[at], key_of)));
  }
  return kernel::Ok{};
}

Result<Seal> Sealer::Inside::write(const Draft& draft, std::int64_t seal_id, kernel::Instant now) {
  TRY_ASSIGN(const tlog::Tree tree, writer->flush());
  Seal seal{.seal_id = seal_id,
            .leaf_count = draft.facts,
            .min_id = draft.min_id,
            .max_id = draft.max_id,
            .ranges = merged(draft.blocks),
            .root = tree.root,
            .checkpoint = tlog::sign_checkpoint(tree, *signer),
            .sealed_at = now};
  seal.first_leaf = static_cast<std::int64_t>(tree.size) - seal.leaf_count;
  return seal;
}

Status Sealer::Inside::save(Transaction& tx, const Draft& draft, const Seal& seal) {
  const auto last = last_seal(tx);
  if ((last ? last->seal_id : 0) != seal.seal_id - 1)
    return Error{Code::conflict, "another process sealed meanwhile", folder().string()};
  TRY(check_erasures(tx, draft.erasures));
  return save_seal(tx, seal, draft.blocks);
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

// PostgreSQL: one transaction holds the lock throughout.
Result<std::optional<Seal>> Sealer::Inside::seal_in_one(kernel::Instant now) {
  std::optional<Seal> sealed;
  bool again = false;
  const Status done = store.transact([&](Transaction& tx) -> Status {
    sealed.reset();
    if (again) writer.reset();  // tiles of a run that was rolled back
    again = true;
    tx.lock(seal_lock);
    const auto last = last_seal(tx);
    TRY(open(last));
    Loaded loaded;
    Draft draft;
    do {
      const auto room = room_for(options, draft);
      if (!room) break;
      TRY(load(tx, *room, loaded));
      if (loaded.waiting.facts.empty()) break;
      draft.take(loaded);
      TRY(add_entries(loaded));
      insert_keys(tx, loaded.new_keys);
    } while (loaded.waiting.more);
    if (draft.facts == 0) return kernel::Ok{};
    TRY_ASSIGN(sealed, write(draft, id_after(last), now));
    step("tiles");
    return save(tx, draft, *sealed);
  });
  TRY(done);
  return sealed;
}

// SQLite's only writer is not held up while tiles are written: there the folder's lock keeps
// sealers apart, and what was read is compared again when it is saved. What comes next, for this
// seal or the one after it, is read while entries are made of what was read before.
Result<std::optional<Seal>> Sealer::Inside::seal_apart(kernel::Instant now) {
  TRY_ASSIGN(const auto last, store.read([](Transaction& tx) { return last_seal(tx); }));
  TRY(open(last));
  Draft draft;
  std::optional<Room> room = room_for(options, draft);
  if (!ahead.valid())
    ahead = std::async(std::launch::deferred, &Inside::load_apart, this, *room, std::move(spare));
  while (ahead.valid() && room) {
    TRY_ASSIGN(std::unique_ptr<Loaded> loaded, ahead.get());
    const Waiting& waiting = loaded->waiting;
    if (waiting.facts.empty()) break;
    draft.take(*loaded);
    room = room_for(options, draft);
    if (waiting.more) {
      Room next = room ? *room : *room_for(options, {});
      next.beyond = waiting.blocks.back().first;
      ahead = std::async(std::launch::async, &Inside::load_apart, this, next, std::move(spare));
    }
    TRY(add_entries(*loaded));
    spare = std::move(loaded);
  }
  if (draft.facts == 0) return std::optional<Seal>();
  TRY_ASSIGN(const Seal sealed, write(draft, id_after(last), now));
  step("tiles");
  TRY(store.transact([&](Transaction& tx) { return save(tx, draft, sealed); }));
  return std::optional(sealed);
}

// One seal; 0 where nothing waits.
Result<std::int64_t> Sealer::Inside::seal_once(kernel::Instant now) {
  const auto sealed = store.on_postgres() ? seal_in_one(now) : seal_apart(now);
  if (!sealed) {
    ahead = {};
    writer.reset();  // tiles that the store knows nothing of
    return sealed.error();
  }
  if (!*sealed) return std::int64_t{0};
  step("row");
  TRY(publish(**sealed));
  step("checkpoint");
  return (*sealed)->leaf_count;
}

Sealer::Sealer(store::Store& store, SealOptions options)
    : inside_(std::make_unique<Inside>(store, std::move(options))) {}
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer::~Sealer() = default;

Result<Sealed> Sealer::seal_all(kernel::Instant now) {
  Sealed all;
  inside_->ahead = {};  // of a call that stopped: others may have sealed since
  for (int erased = 0;;) {
    const auto sealed = inside_->seal_once(now);
    if (!sealed && sealed.error().code == Code::too_many && ++erased < 10) continue;
    if (!sealed) return sealed.error();
    if (*sealed == 0) break;
    all.facts += *sealed;
    ++all.seals;
  }
  inside_->spare.reset();  // a sealer that waits holds no memory
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
