// The store against the log: rows against entries, waiting facts against the rest, seals against
// the checkpoint, the gate's tables against their facts.

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "evidence/check_tables.h"
#include "evidence/log_folder.h"
#include "evidence/rebuild.h"

namespace evidence {

namespace fs = std::filesystem;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

// The root of a tree that grows leaf by leaf: its whole subtrees, the largest first.
class Peaks {
 public:
  void add(const tlog::Hash& leaf) {
    tlog::Hash hash = leaf;
    for (std::uint64_t bit = 1; size_ & bit; bit <<= 1) {
      hash = tlog::node_hash(peaks_.back(), hash);
      peaks_.pop_back();
    }
    peaks_.push_back(hash);
    ++size_;
  }
  std::uint64_t size() const { return size_; }
  tlog::Hash root() const {
    if (peaks_.empty()) return tlog::empty_root();
    tlog::Hash root = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = tlog::node_hash(peaks_[i], root);
    return root;
  }

 private:
  std::vector<tlog::Hash> peaks_;
  std::uint64_t size_ = 0;
};

// Entries of the folder in order, read a bundle's worth and more at a time.
class LogEntries {
 public:
  LogEntries(const fs::path& folder, std::uint64_t size) : log_(folder, size) {}
  // Null: the log has none there, or its file cannot be read.
  const std::string* at(std::uint64_t leaf) {
    if (leaf >= log_.size()) return nullptr;
    if (leaf < first_ || leaf >= first_ + entries_.size()) fill(leaf);
    if (leaf < first_ || leaf >= first_ + entries_.size()) return nullptr;
    return &entries_[leaf - first_];
  }

 private:
  void fill(std::uint64_t leaf) {
    constexpr std::uint64_t at_a_time = 4096;
    first_ = leaf;
    entries_.clear();
    const std::uint64_t end = std::min(log_.size(), leaf / at_a_time * at_a_time + at_a_time);
    (void)log_.entries(leaf, end, [&](std::uint64_t, std::string_view entry) -> Status {
      entries_.emplace_back(entry);
      return kernel::Ok{};
    });
  }
  tlog::Reader log_;
  std::uint64_t first_ = 0;
  std::vector<std::string> entries_;
};

struct FolderState {
  std::optional<tlog::Verifier> verifier;
  std::optional<tlog::Tree> tree;
  std::string problem;
};

FolderState read_folder(const fs::path& folder) {
  FolderState state;
  const auto verifier = read_vkey(folder);
  if (!verifier) {
    state.problem = verifier.error().message;
    return state;
  }
  state.verifier = *verifier;
  const auto bytes = tlog::read_whole(folder / "checkpoint");
  if (!bytes) {
    state.problem = bytes.error().message;
    return state;
  }
  const auto opened = tlog::open_checkpoint(*bytes, {&*state.verifier, 1});
  if (opened)
    state.tree = opened->checkpoint.tree;
  else
    state.problem = opened.error().message;
  return state;
}

class Checker {
 public:
  // `before`: the folder as it was before the transaction's snapshot; `state`: as it is after.
  Checker(Transaction& tx, const fs::path& folder, const FolderState& before, FolderState state,
          const CheckOptions& options)
      : tx_(tx),
        before_(before.tree ? before.tree->size : 0),
        state_(std::move(state)),
        progress_(options.progress),
        cancelled_(options.cancelled),
        findings_(checked_),
        entries_(folder, state_.tree ? state_.tree->size : 0),
        others_(folder, options.data) {}

  Result<Checked> run() {
    bool cancelled = false;
    each_seal(tx_, 1, [&](const Seal& seal) {
      check_seal(seal);
      cancelled = cancelled_ && cancelled_();
      return !cancelled;
    });
    if (cancelled) return kernel::Error{kernel::Code::unavailable, "the check was given up", ""};
    if (last_ && last_->seal_id != checked_.seals)
      findings_.add("seal_deleted", "seal", "封存行缺失", "rows of seals are missing");
    check_tree();
    name_swapped();
    take_waiting();
    check_all_covered();
    check_keys();
    gate_.check(tx_, checked_, findings_);
    others_.check(tx_, checked_, findings_);
    return std::move(checked_);
  }

 private:
  void check_seal(const Seal& seal) {
    const std::string where = fmt::format("seal {}", seal.seal_id);
    ++checked_.seals;
    std::int64_t count = 0;
    for (const Range& range : seal.ranges) {
      count += range.count;
      covered_.push_back(range);
    }
    const std::int64_t first = last_ ? last_->first_leaf + last_->leaf_count : 0;
    const Range none;
    const Range& lowest = seal.ranges.empty() ? none : seal.ranges.front();
    const Range& highest = seal.ranges.empty() ? none : seal.ranges.back();
    if (count != seal.leaf_count || seal.first_leaf != first || seal.min_id != lowest.first ||
        seal.max_id != highest.first + highest.count - 1)
      findings_.add("seal_altered", where, "封存行与其范围或前一行不相接",
                    "its ranges do not give its leaves, or it does not follow the seal before it");
    remaker_.remake(tx_, seal, [&](const Remade& one) { check_fact(one); });
    if (peaks_.size() == seal.tree().size && peaks_.root() != seal.root)
      findings_.add("seal_altered", where, "封存行的根与日志不符",
                    "the log gives another root at its size than it says");
    check_note(seal, where);
    last_ = seal;
  }

  void check_note(const Seal& seal, const std::string& where) {
    const auto note = tlog::parse_note(seal.checkpoint);
    const auto said =
        note ? tlog::parse_checkpoint(note->text) : kernel::Result<tlog::Checkpoint>(note.error());
    if (!said || said->tree != seal.tree())
      findings_.add("seal_altered", where, "封存行的检查点与其根或大小不符",
                    "its checkpoint is of another tree than it says");
    if (!said || !state_.verifier) return;
    if (!tlog::open_checkpoint(seal.checkpoint, {&*state_.verifier, 1}))
      findings_.add("seal_altered", where, "封存行的检查点签名不成立",
                    "the signature of its checkpoint does not hold");
  }

  void check_fact(const Remade& one) {
    const std::string where = fmt::format("fact {}", one.fact_id.value());
    ++checked_.sealed;
    if (progress_ && checked_.sealed % 100'000 == 0) progress_(checked_.sealed);
    const auto leaf = static_cast<std::uint64_t>(one.leaf);
    const std::string* entry = entries_.at(leaf);
    if (entry != nullptr && peaks_.size() == leaf) peaks_.add(tlog::leaf_hash(*entry));
    if (one.fact == nullptr) {
      findings_.add("fact_deleted", where, "已封存的事实在库中不存在",
                    "it was sealed, and its row is gone");
      return;
    }
    if (one.erased) {
      ++checked_.erased;
      gate_.take_erased(one.entry);
      others_.take_erased(one.entry);
      if (!one.fact->fact.subject.starts_with("erased:") || one.fact->fact.body != "{}")
        findings_.add("fact_altered", where, "已抹去的事实仍有内容",
                      "it was erased, and its row says something");
    } else {
      gate_.take(*one.fact);
      others_.take(*one.fact, true);
    }
    if (entry == nullptr) {
      if (state_.tree && leaf < state_.tree->size)
        findings_.add("entry_unreadable", where, "日志中它的条目无法读取",
                      fmt::format("its entry, leaf {}, cannot be read from the log", leaf));
      return;
    }
    if (one.entry.empty()) {
      findings_.add("key_deleted", where, "它的日志密钥不存在，而它未被抹去",
                    "its key is gone, and it was not erased");
    } else if (one.entry != *entry) {
      name_difference(one, where, *entry);
    }
  }

  void name_difference(const Remade& one, const std::string& where, const std::string& bytes) {
    const auto entry = parse_entry(bytes), made = parse_entry(one.entry);
    if (!entry || !made) {
      findings_.add("entry_altered", where, "日志条目不是本系统的格式",
                    "its entry in the log is none of ours");
    } else if (entry->fact_id != one.fact_id) {
      findings_.add(
          "order_altered", where, "日志此处是另一条事实",
          fmt::format("leaf {} of the log is of fact {}", one.leaf, entry->fact_id.value()));
    } else if (one.erased) {
      findings_.add("erased_altered", where, "抹去记录与日志条目不符",
                    "what was kept of its entry is not the log's");
    } else if (entry->subject != made->subject && entry->kind == made->kind) {
      findings_.add("subject_altered", where, "事实的对象或其日志密钥被改",
                    "its subject, or the subject's key, is not what was sealed");
      altered_.push_back({one.leaf, *one.fact, entry->commit});
    } else {
      findings_.add("fact_altered", where, "事实与封存时不同", "its row is not what was sealed");
      altered_.push_back({one.leaf, *one.fact, entry->commit});
    }
  }

  // Of rows that are not what was sealed: does one say what another said?
  void name_swapped() {
    constexpr std::size_t most = 200;
    if (altered_.size() > most) return;
    for (const Altered& a : altered_) {
      for (const Altered& b : altered_) {
        if (a.leaf == b.leaf) continue;
        StoredFact moved = b.fact;
        moved.fact_id = a.fact.fact_id;
        Keys keys;
        load_keys(tx_, {moved.fact.subject}, keys);
        if (keys.empty()) continue;
        if (commitment(salt_of(keys.begin()->second, moved.fact_id), canonical_fact(moved)) ==
            a.commit)
          findings_.add(
              "facts_swapped",
              fmt::format("fact {} and fact {}", a.fact.fact_id.value(), b.fact.fact_id.value()),
              "后者的内容是前者封存时的内容",
              "the second's row says what the first's said when it was sealed");
      }
    }
  }

  void check_tree() {
    if (!state_.tree && last_) {
      findings_.add("checkpoint_unreadable", "checkpoint", "检查点无法读取：" + state_.problem,
                    "the folder's checkpoint cannot be read: " + state_.problem);
      return;
    }
    if (!state_.tree) return;
    const std::uint64_t folder = state_.tree->size, store = last_ ? last_->tree().size : 0;
    if (before_ > store)
      findings_.add("store_rolled_back", "checkpoint",
                    fmt::format("日志有 {} 条，库中只封存了 {} 条：库被回退", before_, store),
                    fmt::format("the log has {} entries, and the store's seals only {}: the store "
                                "was rolled back",
                                before_, store));
    if (folder < store)
      findings_.add("folder_rolled_back", "checkpoint",
                    fmt::format("库中封存了 {} 条，日志只有 {} 条：日志被回退", store, folder),
                    fmt::format("the store's seals have {} entries, and the log only {}: the "
                                "folder was rolled back",
                                store, folder));
    if (folder == store && last_ && state_.tree->root != last_->root)
      findings_.add("checkpoint_differs", "checkpoint", "检查点的根与库中封存不同",
                    "the folder's checkpoint has another root than the store's last seal");
    if (folder < store) {
      const auto seal = seal_of_size(tx_, static_cast<std::int64_t>(folder));
      if (folder > 0 && (!seal || seal->root != state_.tree->root))
        findings_.add("checkpoint_differs", "checkpoint", "检查点不是库中任何一次封存",
                      "the folder's checkpoint is none of the store's seals");
    }
    checked_.size = static_cast<std::int64_t>(folder);
    checked_.root = tlog::base64(tlog::bytes_of(state_.tree->root));
  }

  void take_waiting() {
    std::vector<Range> blocks;
    tx_.query("SELECT first_id, fact_count FROM fact_unsealed ORDER BY first_id", {},
              [&](const store::Row& row) {
                blocks.push_back({row.i64(0), row.i64(1)});
              });
    for (const Range& block : blocks) {
      std::int64_t there = 0;
      each_fact(tx_, block, [&](StoredFact&& fact) {
        ++there;
        remaker_.meet(fact);
        gate_.take(fact);
        others_.take(fact, false);
      });
      checked_.waiting += there;
      covered_.push_back(block);
      if (there != block.count)
        findings_.add(
            "fact_deleted", fmt::format("fact {} …", block.first),
            fmt::format("等待封存的 {} 条事实中有 {} 条不在库中", block.count, block.count - there),
            fmt::format("{} of {} facts that wait for their seal are gone", block.count - there,
                        block.count));
    }
  }

  // Each key is of a subject that some fact names, sealed or waiting (its key is there before its
  // seal): one more could be meant for a fact to come.
  void check_keys() {
    const std::vector<std::size_t> met = remaker_.subjects_met();
    each_key_subject(tx_, [&](const std::string& subject) {
      if (std::binary_search(met.begin(), met.end(), std::hash<std::string>{}(subject))) return;
      findings_.add("key_inserted", "log_key", "日志密钥的对象不属于任何事实",
                    "a key of a subject that no fact names");
    });
  }

  // Each fact is in exactly one range.
  void check_all_covered() {
    std::sort(covered_.begin(), covered_.end(),
              [](const Range& a, const Range& b) { return a.first < b.first; });
    for (std::size_t i = 1; i < covered_.size(); ++i) {
      if (covered_[i - 1].first + covered_[i - 1].count <= covered_[i].first) continue;
      findings_.add("fact_twice", fmt::format("fact {}", covered_[i].first),
                    "同一事实封存两次，或既封存又等待",
                    "sealed twice, or sealed and waiting as well");
    }
    std::int64_t after = INT64_MIN;
    std::size_t range = 0;
    constexpr std::int64_t at_a_time = 100'000;
    for (std::int64_t rows = at_a_time; rows == at_a_time;) {
      rows = 0;
      tx_.query("SELECT fact_id FROM fact WHERE fact_id > $1 ORDER BY fact_id LIMIT $2",
                {after, at_a_time}, [&](const store::Row& row) {
                  after = row.i64(0);
                  ++rows;
                  ++checked_.facts;
                  while (range < covered_.size() &&
                         covered_[range].first + covered_[range].count <= after)
                    ++range;
                  if (range == covered_.size() || covered_[range].first > after)
                    findings_.add("fact_inserted", fmt::format("fact {}", after),
                                  "既未封存也不在等待：绕过写入口加入",
                                  "neither sealed nor waiting: put in past the door");
                });
    }
  }

  struct Altered {
    std::int64_t leaf;
    StoredFact fact;
    tlog::Hash commit;
  };
  Transaction& tx_;
  std::uint64_t before_;
  FolderState state_;
  std::function<void(std::int64_t)> progress_;
  std::function<bool()> cancelled_;
  Checked checked_;
  CheckFindings findings_;
  LogEntries entries_;
  Remaker remaker_;
  Peaks peaks_;
  std::optional<Seal> last_;
  std::vector<Altered> altered_;
  std::vector<Range> covered_;
  GateTables gate_;
  OtherTables others_;
};

}  // namespace

// A folder ahead of the store is read before the store's snapshot, one behind it after: a seal made
// meanwhile is neither. One whose checkpoint is just being published is waited for.
Result<Checked> check_store(store::Store& store, const fs::path& folder,
                            const CheckOptions& options) {
  const FolderState before = read_folder(folder);
  return store.read([&](Transaction& tx) -> Result<Checked> {
    const auto last = last_seal(tx);  // the snapshot begins here
    FolderState after = read_folder(folder);
    for (int tries = 0; tries < 40 && last && after.tree && after.tree->size < last->tree().size;
         ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
      after = read_folder(folder);
    }
    return Checker(tx, folder, before, std::move(after), options).run();
  });
}

}  // namespace evidence
