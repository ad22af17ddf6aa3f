#include "store/store.h"

#include <algorithm>
#include <map>

#include "kernel/hash.h"
#include "store/connection.h"
#include "store/foresee.h"
#include "store/turn.h"

namespace store {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// A first start makes the keys; afterwards the store opens only with its own root.
void open_vault(Transaction& tx, kernel::Instant now) {
  Keyring& keyring = tx.vault().keyring();
  const kernel::Status begun = keyring.begin(tx, now);
  if (!begun) throw Failure(begun.error(), false, false);
}

}  // namespace

void fail(kernel::Code code, std::string message, std::string where, bool retry, bool unique) {
  throw Failure(kernel::Error{code, std::move(message), std::move(where)}, retry, unique);
}

void check_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    fail(kernel::Code::invalid_input, "a text may not contain the character U+0000", "");
  }
}

namespace {

// Network byte order, as PostgreSQL's binary formats want it.
template <class Number>
std::string big_endian(Number number) {
  std::string bytes(sizeof number, '\0');
  for (std::size_t i = 0; i < sizeof number; ++i)
    bytes[i] = static_cast<char>(number >> (8 * (sizeof number - 1 - i)));
  return bytes;
}

}  // namespace

// Dimensions, has nulls, element type, length and lower bound (array_recv in PostgreSQL's source);
// each element its length, -1 for null, and its bytes.
Array::Array(std::int32_t element_oid) {
  for (const std::int32_t word : {1, 1, element_oid, 0, 1}) bytes_ += big_endian(word);
}

void Array::count_one() {
  bytes_.replace(12, 4, big_endian(++count_));
}

void Array::add(std::string_view text) {
  check_text(text);
  add_bytes(text);
}

void Array::add_bytes(std::string_view bytes) {
  count_one();
  bytes_ += big_endian(static_cast<std::int32_t>(bytes.size()));
  bytes_ += bytes;
}

void Array::add(std::int64_t number) {
  count_one();
  bytes_ += big_endian(std::int32_t{8});
  bytes_ += big_endian(number);
}

void Array::add_null() {
  count_one();
  bytes_ += big_endian(std::int32_t{-1});
}

std::int64_t IdSource::next_block(std::int64_t count) {
  static constexpr std::int64_t start_ms = 1'577'836'800'000;  // 2020-01-01T00:00Z
  CHECK_MSG(count >= 1 && count <= ids_a_block, "a block of ids is of one millisecond");
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = std::max<std::int64_t>(clock_().micros() / 1000 - start_ms, 1);
  if (now_ms > last_ms_) {
    last_ms_ = now_ms;
    counter_ = 0;
  } else if (counter_ + count > ids_a_block) {  // also where the clock stands still or goes back
    ++last_ms_;
    counter_ = 0;
  }
  const std::int64_t first = (last_ms_ << 22) | (node_.load() << 12) | counter_;
  counter_ += count;
  return first;
}

namespace {

// Without the other engine's sections; a section that is never closed is our mistake.
std::string own_sections(std::string_view sql, bool postgres) {
  const std::string_view other = postgres ? "-- sqlite:" : "-- postgres:";
  std::string kept;
  bool skipping = false;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = std::min(sql.find('\n', at), sql.size() - 1) + 1;
    const std::string_view line = sql.substr(at, end - at);
    if (line.starts_with(other)) skipping = true;
    if (!skipping) kept += line;
    if (line.starts_with("-- end")) skipping = false;
    at = end;
  }
  CHECK_MSG(!skipping, "a section of a migration ends with a line `-- end`");
  return kept;
}

}  // namespace

std::string in_dialect(std::string_view sql, bool postgres) {
  std::string text = own_sections(sql, postgres);
  replace_all(text, "{strict}", postgres ? "" : "STRICT");
  replace_all(text, "{blob}", postgres ? "BYTEA" : "BLOB");
  if (!postgres) replace_all(text, "BIGINT", "INTEGER");
  return text;
}

namespace {

// A role that may not create tables runs the application: it needs the owner to migrate.
bool may_migrate(Transaction& tx) {
  return !tx.on_postgres() ||
         tx.query_i64("SELECT has_schema_privilege(current_schema(), 'CREATE')::int::bigint") == 1;
}

void check_migrated(Transaction& tx, const std::vector<Migration>& all) {
  std::map<std::pair<std::string, std::string>, std::string> applied;
  if (tx.query_i64("SELECT (to_regclass('schema_migration') IS NOT NULL)::int::bigint") == 1)
    tx.query("SELECT room, name, sha256 FROM schema_migration", {}, [&](const Row& row) {
      applied[{row.text(0), row.text(1)}] = row.text(2);
    });
  for (const Migration& m : all) {
    const auto found = applied.find({m.room, m.name});
    if (found != applied.end() && found->second == kernel::sha256_hex(m.sql)) continue;
    fail(
        kernel::Code::conflict,
        "this role may not change the schema, and it is not this program's; the owner of the tables"
        " runs first: evenhand store migrate --store postgres://OWNER@…",
        "src/" + m.room + "/schema/" + m.name + ".sql");
  }
}

void take_node(Transaction& tx, IdSource& ids) {
  tx.execute("UPDATE node_counter SET next_node = next_node + 1 WHERE only_row = 1");
  ids.use_node(*tx.query_i64("SELECT next_node FROM node_counter WHERE only_row = 1"));
}

}  // namespace

void migrate_in(ScriptTransaction& tx, const std::vector<Migration>& migrations, IdSource& ids,
                kernel::Instant now) {
  std::vector<Migration> all = schema();
  all.insert(all.end(), migrations.begin(), migrations.end());
  if (!may_migrate(tx)) {
    check_migrated(tx, all);
    return take_node(tx, ids);
  }
  tx.lock("schema_migration");
  tx.execute_script(in_dialect(
      "CREATE TABLE IF NOT EXISTS schema_migration (room TEXT NOT NULL, name TEXT NOT NULL, "
      "sha256 TEXT NOT NULL, PRIMARY KEY (room, name)) {strict};",
      tx.on_postgres()));
  std::map<std::pair<std::string, std::string>, std::string> applied;
  tx.query("SELECT room, name, sha256 FROM schema_migration", {}, [&](const Row& row) {
    applied[{row.text(0), row.text(1)}] = row.text(2);
  });
  for (const Migration& m : all) {
    const std::string hash = kernel::sha256_hex(m.sql);
    const auto found = applied.find({m.room, m.name});
    if (found != applied.end()) {
      if (found->second != hash) {
        fail(kernel::Code::corrupt,
             "migration " + m.name +
                 " was changed after it was applied here; put it back and "
                 "write a new one",
             "src/" + m.room + "/schema/" + m.name + ".sql");
      }
      continue;
    }
    tx.execute_script(in_dialect(m.sql, tx.on_postgres()));
    tx.execute("INSERT INTO schema_migration (room, name, sha256) VALUES ($1, $2, $3)",
               {m.room, m.name, hash});
    applied[{m.room, m.name}] = hash;
  }
  open_vault(tx, now);
  take_node(tx, ids);
}

kernel::Result<std::unique_ptr<Store>> Store::open(Options options) {
  CHECK_MSG(options.clock, "a store is opened with a clock");
  TRY(open_root(options.key_file, options.create_key));
  auto keyring = std::make_shared<Keyring>(options.key_file);
  const bool postgres =
      options.url.starts_with("postgres://") || options.url.starts_with("postgresql://");
  try {
    return postgres ? open_postgres(std::move(options), std::move(keyring))
                    : open_sqlite(std::move(options), std::move(keyring));
  } catch (const Failure& failure) {
    return failure.error();
  }
}

std::optional<std::int64_t> Transaction::query_i64(std::string_view sql, const Params& params) {
  std::optional<std::int64_t> found;
  query(sql, params, [&](const Row& row) {
    if (!found && !row.is_null(0)) found = row.i64(0);
  });
  return found;
}

FactId Transaction::append(const Fact& fact) {
  const FactView view = fact;
  return append_many({&view, 1});
}

FactId Transaction::append_many(std::span<const Fact> facts) {
  return append_many(std::vector<FactView>(facts.begin(), facts.end()));
}

FactId Transaction::append_many(std::span<const FactView> facts) {
  FactId first(0);
  while (!facts.empty()) {
    const std::size_t count = std::min<std::size_t>(facts.size(), ids_a_block);
    const std::int64_t id = next_ids(static_cast<std::int64_t>(count));
    append_block(id, facts.first(count));
    if (first.value() == 0) first = FactId(id);
    facts = facts.subspan(count);
  }
  return first;
}

void Transaction::erase_facts(std::span<const Erased> facts, FactId erased_in) {
  if (on_postgres()) {
    Array ids = Array::of_numbers(), entries = Array::of_texts(), subjects = entries;
    for (const Erased& fact : facts) {
      ids.add(fact.fact_id.value());
      entries.add(fact.entry);
      subjects.add(fact.subject);
    }
    query("SELECT fact_erase($1, $2, $3, $4)", {ids, entries, subjects, erased_in},
          [](const Row&) {});
    return;
  }
  for (const Erased& fact : facts) {
    execute("INSERT INTO fact_erased (fact_id, erased_in, entry) VALUES ($1, $2, $3)",
            {fact.fact_id, erased_in, fact.entry});
    execute("UPDATE fact SET subject = $1, body = '{}' WHERE fact_id = $2",
            {fact.subject, fact.fact_id});
  }
}

bool others_wait(const Transaction& tx) {
  const auto* connection = dynamic_cast<const ScriptTransaction*>(&tx);
  return connection != nullptr && connection->others_wait();
}

kernel::Status transact_part(Store& store, const std::function<void(Transaction&)>& work) {
  if (auto* parts = dynamic_cast<PartsStore*>(&store)) {
    return parts->run_part([&](Transaction& tx) {
      work(tx);
      return true;
    });
  }
  return store.transact([&](Transaction& tx) {
    tx.query("SET LOCAL synchronous_commit TO off", {}, nullptr);
    work(tx);
  });
}

void foresee(Transaction& tx, const std::function<void()>& read) {
  if (auto* connection = dynamic_cast<ScriptTransaction*>(&tx)) connection->foresee(read);
}

kernel::Disclosure Transaction::disclose(std::string_view subject, std::string_view purpose,
                                         std::string_view by, kernel::Instant at) {
  std::string body = R"({"purpose":")";
  for (const char c : purpose) {
    CHECK_MSG((c >= 'a' && c <= 'z') || c == '_', "a purpose is a code word");
    body += c;
  }
  append({"secret_disclosed", std::string(subject), std::string(by), at, body + "\"}"});
  return kernel::Disclosure();
}

}  // namespace store
