#pragma once
// The room's tables, and the facts as the sealer reads them.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evidence/entry.h"
#include "evidence/types.h"
#include "tlog/checkpoint.h"

namespace evidence {

// Consecutive fact ids.
struct Range {
  std::int64_t first = 0, count = 0;
  bool operator==(const Range&) const = default;
};

// Pairs of varints: how far the first id lies behind the end of the range before, and the count.
std::string write_ranges(const std::vector<Range>& ranges);
kernel::Result<std::vector<Range>> parse_ranges(std::string_view bytes);
// Ranges that touch become one; `blocks` ascend.
std::vector<Range> merged(const std::vector<Range>& blocks);

struct Seal {
  std::int64_t seal_id = 0, first_leaf = 0, leaf_count = 0, min_id = 0, max_id = 0;
  std::vector<Range> ranges;
  tlog::Hash root{};
  std::string checkpoint;
  kernel::Instant sealed_at;
  tlog::Tree tree() const { return {static_cast<std::uint64_t>(first_leaf + leaf_count), root}; }
};

std::optional<Seal> last_seal(store::Transaction& tx);
// Seals in order, from this id on; the callback returns false to stop.
void each_seal(store::Transaction& tx, std::int64_t from_id,
               const std::function<bool(const Seal&)>& each);
std::optional<Seal> seal_of_size(store::Transaction& tx, std::int64_t size);
// The seal whose ranges hold this fact, and the fact's leaf.
struct Place {
  Seal seal;
  std::int64_t leaf = 0;
};
std::optional<Place> find_place(store::Transaction& tx, store::FactId fact_id);

// Texts one behind the other, which stay where they are: a million of a night, each for itself,
// would be a million calls for memory.
class Texts {
 public:
  std::string_view keep(std::string_view text);
  void clear();  // its memory is for the next

 private:
  static constexpr std::size_t block_bytes = 1 << 20;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_ = 0, at_ = block_bytes;  // where the next goes; block_: counted from 1
  std::vector<std::string> long_;             // too long to lie among others
};

// Facts that wait, whole blocks of at most store::ids_a_block.
struct Waiting {
  std::vector<Range> blocks;
  std::vector<FactView> facts;  // by id
  bool more = false;            // others may wait beyond these
  Texts texts;                  // the facts'
  void clear();
};
// Blocks beyond that first id (-1: all), from the lowest on, until `facts_most` facts or more are
// there or `blocks_most` blocks. Error: corrupt, where facts of a block are not there.
kernel::Status load_waiting(store::Transaction& tx, std::int64_t beyond, std::int64_t facts_most,
                            std::int64_t blocks_most, Waiting& waiting);

// Saves the seal and takes its blocks from the waiting ones; conflict where they are not all there.
kernel::Status save_seal(store::Transaction& tx, const Seal& seal,
                         const std::vector<Range>& blocks);

StoredFact read_fact(const store::Row& row);  // of fact_columns
inline constexpr std::string_view fact_columns = "fact_id, kind, subject, made_by, made_at, body";
std::optional<StoredFact> find_fact(store::Transaction& tx, store::FactId fact_id);
// Facts with ids in [first, first + count), by id.
void each_fact(store::Transaction& tx, Range range, const std::function<void(StoredFact&&)>& each);

// Those of one subject, by id.
void each_fact_of(store::Transaction& tx, std::string_view subject,
                  const std::function<void(StoredFact&&)>& each);

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using Keys = std::unordered_map<std::string, LogKey, TextHash, std::equal_to<>>;

// Tells the keys of those of `subjects` that have one.
void each_key(store::Transaction& tx, std::span<const std::string_view> subjects,
              const std::function<void(std::string_view subject, const LogKey&)>& each);
// Adds to `keys` those of `subjects` that have one.
void load_keys(store::Transaction& tx, const std::vector<std::string>& subjects, Keys& keys);
struct NewKey {
  std::string_view subject;
  LogKey key;
};
void insert_keys(store::Transaction& tx, std::span<const NewKey> keys);

void each_key_subject(store::Transaction& tx, const std::function<void(const std::string&)>& each);

std::int64_t count_erasures(store::Transaction& tx);
// The entry of a fact whose person was erased.
std::optional<std::string> erased_entry(store::Transaction& tx, store::FactId fact_id);

}  // namespace evidence
