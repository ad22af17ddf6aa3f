#include "evidence/rows.h"

#include <algorithm>

#include "store/list.h"

namespace evidence {

namespace {

using kernel::Code;
using kernel::Error;

void add_varint(std::uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
  out += static_cast<char>(number);
}

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

constexpr std::string_view seal_columns =
    "SELECT seal_id, first_leaf, leaf_count, min_id, max_id, ranges, root, checkpoint, sealed_at"
    " FROM seal ";

// A row that cannot be read is given with no ranges: checks find that it covers no fact.
Seal read_seal(const store::Row& row) {
  Seal seal{.seal_id = row.i64(0),
            .first_leaf = row.i64(1),
            .leaf_count = row.i64(2),
            .min_id = row.i64(3),
            .max_id = row.i64(4),
            .ranges = {},
            .checkpoint = row.text(7),
            .sealed_at = row.instant(8)};
  if (auto ranges = parse_ranges(row.blob(5))) seal.ranges = std::move(*ranges);
  if (const auto root = tlog::parse_base64_hash(row.text(6))) seal.root = *root;
  return seal;
}

std::optional<std::int64_t> leaf_in(const Seal& seal, std::int64_t fact_id) {
  std::int64_t leaf = seal.first_leaf;
  for (const Range& range : seal.ranges) {
    if (fact_id >= range.first && fact_id < range.first + range.count)
      return leaf + fact_id - range.first;
    leaf += range.count;
  }
  return std::nullopt;
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes_as(const std::string& bytes) {
  std::array<std::uint8_t, N> out{};
  std::copy_n(bytes.begin(), std::min(N, bytes.size()), out.begin());
  return out;
}

template <std::size_t N>
std::string_view view_of(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

}  // namespace

std::string write_ranges(const std::vector<Range>& ranges) {
  std::string out;
  std::int64_t end = 0;
  for (const Range& range : ranges) {
    add_varint(static_cast<std::uint64_t>(range.first - end), out);
    add_varint(static_cast<std::uint64_t>(range.count), out);
    end = range.first + range.count;
  }
  return out;
}

kernel::Result<std::vector<Range>> parse_ranges(std::string_view bytes) {
  std::vector<Range> ranges;
  std::int64_t end = 0;
  while (!bytes.empty()) {
    const auto gap = take_varint(bytes), count = take_varint(bytes);
    if (!gap || !count || *count == 0 || *gap > INT64_MAX || *count > INT64_MAX)
      return Error{Code::corrupt, "the ranges of a seal cannot be read", "seal.ranges"};
    const auto first = static_cast<std::int64_t>(*gap) + end;
    ranges.push_back({first, static_cast<std::int64_t>(*count)});
    end = first + ranges.back().count;
  }
  return ranges;
}

std::vector<Range> merged(const std::vector<Range>& blocks) {
  std::vector<Range> ranges;
  for (const Range& block : blocks) {
    if (!ranges.empty() && ranges.back().first + ranges.back().count == block.first)
      ranges.back().count += block.count;
    else
      ranges.push_back(block);
  }
  return ranges;
}

std::optional<Seal> last_seal(store::Transaction& tx) {
  return tx.query_one<Seal>(std::string(seal_columns) + "ORDER BY seal_id DESC LIMIT 1", {},
                            read_seal);
}

void each_seal(store::Transaction& tx, std::int64_t from_id,
               const std::function<bool(const Seal&)>& each) {
  constexpr std::int64_t at_a_time = 256;
  for (bool more = true; more;) {
    std::vector<Seal> seals;
    tx.query(std::string(seal_columns) + "WHERE seal_id >= $1 ORDER BY seal_id LIMIT $2",
             {from_id, at_a_time}, [&](const store::Row& row) { seals.push_back(read_seal(row)); });
    more = static_cast<std::int64_t>(seals.size()) == at_a_time;
    for (const Seal& seal : seals) {
      from_id = seal.seal_id + 1;
      if (!each(seal)) return;
    }
  }
}

std::optional<Seal> seal_of_size(store::Transaction& tx, std::int64_t size) {
  return tx.query_one<Seal>(std::string(seal_columns) +
                                "WHERE first_leaf < $1 AND first_leaf + leaf_count = $1"
                                " ORDER BY first_leaf DESC LIMIT 1",
                            {size}, read_seal);
}

std::optional<Place> find_place(store::Transaction& tx, store::FactId fact_id) {
  std::optional<Place> found;
  tx.query(std::string(seal_columns) + "WHERE max_id >= $1 AND min_id <= $1 ORDER BY max_id",
           {fact_id}, [&](const store::Row& row) {
             if (found) return;
             Seal seal = read_seal(row);
             if (const auto leaf = leaf_in(seal, fact_id.value()))
               found = Place{std::move(seal), *leaf};
           });
  return found;
}

StoredFact read_fact(const store::Row& row) {
  return {row.id<store::FactTag>(0),
          {row.text(1), row.text(2), row.text(3), row.instant(4), row.text(5)}};
}

std::optional<StoredFact> find_fact(store::Transaction& tx, store::FactId fact_id) {
  return tx.query_one<StoredFact>(
      "SELECT " + std::string(fact_columns) + " FROM fact WHERE fact_id = $1", {fact_id},
      read_fact);
}

void each_fact(store::Transaction& tx, Range range, const std::function<void(StoredFact&&)>& each) {
  constexpr std::int64_t at_a_time = 65'536;
  const std::int64_t end = range.first + range.count;
  for (std::int64_t first = range.first; first < end; first += at_a_time) {
    tx.query("SELECT " + std::string(fact_columns) +
                 " FROM fact WHERE fact_id >= $1 AND fact_id < $2 ORDER BY fact_id",
             {first, std::min(end, first + at_a_time)},
             [&](const store::Row& row) { each(read_fact(row)); });
  }
}

void each_fact_of(store::Transaction& tx, std::string_view subject,
                  const std::function<void(StoredFact&&)>& each) {
  // A night's facts are found night by night: they all have its moment.
  tx.query(
      "WITH RECURSIVE moment (made_at) AS (SELECT MIN(made_at) FROM nightly_fact UNION ALL"
      " SELECT (SELECT MIN(f.made_at) FROM nightly_fact f WHERE f.made_at > m.made_at)"
      " FROM moment m WHERE m.made_at IS NOT NULL)"
      " SELECT f.fact_id, f.kind, f.subject, f.made_by, f.made_at, f.body FROM moment m"
      " JOIN nightly_fact f ON f.made_at = m.made_at AND f.subject = $1"
      " UNION ALL SELECT fact_id, kind, subject, made_by, made_at, body FROM single_fact"
      " WHERE subject = $1 ORDER BY 1",
      {subject}, [&](const store::Row& row) { each(read_fact(row)); });
}

std::string_view Texts::keep(std::string_view text) {
  if (text.size() > block_bytes / 4) return long_.emplace_back(text);
  if (text.size() > block_bytes - at_) {
    if (block_++ == blocks_.size()) blocks_.emplace_back(new char[block_bytes]);
    at_ = 0;
  }
  char* const to = blocks_[block_ - 1].get() + at_;
  std::copy(text.begin(), text.end(), to);
  at_ += text.size();
  return {to, text.size()};
}

void Texts::clear() {
  block_ = 0;
  at_ = block_bytes;
  long_.clear();
}

void Waiting::clear() {
  blocks.clear();
  facts.clear();
  more = false;
  texts.clear();
}

namespace {

// A fact mostly has the kind, the maker and often the subject of the one before it.
void keep_fact(const store::Row& row, Waiting& waiting) {
  const FactView before = waiting.facts.empty() ? FactView() : waiting.facts.back();
  const auto text = [&](int column, std::string_view same) {
    const std::string_view read = row.text_view(column);
    return read == same ? same : waiting.texts.keep(read);
  };
  FactView& fact = waiting.facts.emplace_back();
  fact.fact_id = row.id<store::FactTag>(0);
  fact.kind = text(1, before.kind);
  fact.subject = text(2, before.subject);
  fact.made_by = text(3, before.made_by);
  fact.made_at = row.instant(4);
  fact.body = waiting.texts.keep(row.text_view(5));
}

}  // namespace

kernel::Status load_waiting(store::Transaction& tx, std::int64_t beyond, std::int64_t facts_most,
                            std::int64_t blocks_most, Waiting& waiting) {
  std::int64_t last = -1, facts = 0, blocks = 0;
  tx.query(
      "SELECT first_id, fact_count FROM fact_unsealed WHERE first_id > $1 ORDER BY first_id"
      " LIMIT $2",
      {beyond, std::min(facts_most, blocks_most)}, [&](const store::Row& row) {
        if (facts >= facts_most) return;
        last = row.i64(0);
        facts += row.i64(1);
        ++blocks;
      });
  if (last < 0) return kernel::Ok{};
  waiting.more = facts >= facts_most || blocks >= blocks_most;
  waiting.facts.reserve(static_cast<std::size_t>(facts));
  std::int64_t here = 0;  // facts of the last block
  bool whole = true, some = false;
  // On PostgreSQL blocks may have come in since the first statement: what this one sees counts.
  tx.query(
      "SELECT f.fact_id, f.kind, f.subject, f.made_by, f.made_at, f.body, u.first_id, u.fact_count"
      " FROM fact_unsealed u JOIN fact f"
      " ON f.fact_id >= u.first_id AND f.fact_id < u.first_id + u.fact_count"
      " WHERE u.first_id > $1 AND u.first_id <= $2 ORDER BY u.first_id, f.fact_id",
      {beyond, last}, [&](const store::Row& row) {
        const Range block{row.i64(6), row.i64(7)};
        if (!some || waiting.blocks.back() != block) {
          whole = whole && (!some || here == waiting.blocks.back().count);
          waiting.blocks.push_back(block);
          here = 0;
          some = true;
        }
        ++here;
        keep_fact(row, waiting);
      });
  if (!whole || !some || here != waiting.blocks.back().count)
    return Error{Code::corrupt, "a fact that waits for its seal is not there; run evenhand verify",
                 "fact_unsealed"};
  return kernel::Ok{};
}

namespace {

kernel::Status save_on_postgres(store::Transaction& tx, const Seal& seal,
                                const std::vector<Range>& blocks) {
  store::Array ids = store::Array::of_numbers();
  for (const Range& block : blocks) ids.add(block.first);
  bool all = false;
  tx.query("SELECT seal_add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)::int",
           {seal.seal_id, seal.first_leaf, seal.leaf_count, seal.min_id, seal.max_id,
            store::Blob{write_ranges(seal.ranges)}, tlog::base64(tlog::bytes_of(seal.root)),
            seal.checkpoint, seal.sealed_at, ids},
           [&](const store::Row& row) { all = row.flag(0); });
  if (all) return kernel::Ok{};
  return Error{Code::conflict, "facts were sealed by somebody else meanwhile", "fact_unsealed"};
}

}  // namespace

kernel::Status save_seal(store::Transaction& tx, const Seal& seal,
                         const std::vector<Range>& blocks) {
  if (tx.on_postgres()) return save_on_postgres(tx, seal, blocks);
  for (const Range& block : blocks) {
    if (tx.execute("DELETE FROM fact_unsealed WHERE first_id = $1", {block.first}) != 1)
      return Error{Code::conflict, "facts were sealed by somebody else meanwhile", "fact_unsealed"};
  }
  tx.execute(
      "INSERT INTO seal (seal_id, first_leaf, leaf_count, min_id, max_id, ranges, root, checkpoint,"
      " sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {seal.seal_id, seal.first_leaf, seal.leaf_count, seal.min_id, seal.max_id,
       store::Blob{write_ranges(seal.ranges)}, tlog::base64(tlog::bytes_of(seal.root)),
       seal.checkpoint, seal.sealed_at});
  return kernel::Ok{};
}

void each_key(store::Transaction& tx, std::span<const std::string_view> subjects,
              const std::function<void(std::string_view, const LogKey&)>& each) {
  const auto key_in = [](const store::Row& row) {
    return LogKey{bytes_as<16>(row.blob(0)), bytes_as<32>(row.blob(1))};
  };
  if (tx.on_postgres()) {
    store::Array wanted = store::Array::of_texts();
    for (const std::string_view subject : subjects) wanted.add(subject);
    tx.query("SELECT ref, key, subject FROM log_key WHERE subject = ANY ($1)", {wanted},
             [&](const store::Row& row) { each(row.text_view(2), key_in(row)); });
    return;
  }
  const store::TextList wanted(tx, subjects);
  tx.query(
      "SELECT k.ref, k.key, k.subject FROM json_each($1) AS wanted"
      " CROSS JOIN log_key AS k ON k.subject = wanted.value",
      {wanted.param()}, [&](const store::Row& row) { each(row.text_view(2), key_in(row)); });
}

void load_keys(store::Transaction& tx, const std::vector<std::string>& subjects, Keys& keys) {
  const std::vector<std::string_view> wanted(subjects.begin(), subjects.end());
  each_key(tx, wanted, [&](std::string_view subject, const LogKey& key) {
    keys.insert_or_assign(std::string(subject), key);
  });
}

void insert_keys(store::Transaction& tx, std::span<const NewKey> keys) {
  if (keys.empty()) return;
  if (tx.on_postgres()) {
    store::Array subjects = store::Array::of_texts(), refs = store::Array::of_bytes(),
                 secret = refs;
    for (const auto& [subject, key] : keys) {
      subjects.add(subject);
      refs.add_bytes(view_of(key.ref));
      secret.add_bytes(view_of(key.key));
    }
    tx.query("SELECT log_key_add($1, $2, $3)", {subjects, refs, secret}, [](const store::Row&) {});
    return;
  }
  std::size_t at = 0;
  tx.insert_many("log_key", {"subject", "ref", "key"}, [&](store::Params& row) {
    if (at == keys.size()) return false;
    const auto& [subject, key] = keys[at++];
    row = {subject, store::Blob{view_of(key.ref)}, store::Blob{view_of(key.key)}};
    return true;
  });
}

void each_key_subject(store::Transaction& tx, const std::function<void(const std::string&)>& each) {
  tx.query("SELECT subject FROM log_key", {}, [&](const store::Row& row) { each(row.text(0)); });
}

std::int64_t count_erasures(store::Transaction& tx) {
  return tx.query_i64("SELECT count FROM log_erasures WHERE only_row = 1").value_or(0);
}

std::optional<std::string> erased_entry(store::Transaction& tx, store::FactId fact_id) {
  return tx.query_one<std::string>("SELECT entry FROM fact_erased WHERE fact_id = $1", {fact_id},
                                   [](const store::Row& row) { return row.text(0); });
}

std::int64_t count_waiting(store::Transaction& tx) {
  return tx.query_i64("SELECT CAST(COALESCE(SUM(fact_count), 0) AS BIGINT) FROM fact_unsealed")
      .value_or(0);
}

}  // namespace evidence
