#include "store/store.h"

#include <algorithm>
#include <map>

#include "kernel/hash.h"
#include "store/connection.h"

namespace store {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void check_vault(Transaction& tx) {
  static constexpr std::string_view known = "evenhand";
  const auto sealed = tx.query_one<std::string>("SELECT sealed FROM vault_check WHERE only_row = 1",
                                                {}, [](const Row& row) { return row.blob(0); });
  if (!sealed) {
    const auto fresh = tx.vault().seal("vault_check", kernel::Note::take(std::string(known)));
    tx.execute("INSERT INTO vault_check (only_row, sealed) VALUES (1, $1)", {Blob{fresh}});
    return;
  }
  if (!tx.vault().open_sealed<kernel::NoteTag>("vault_check", *sealed)) {
    fail(kernel::Code::corrupt,
         "the key file is not the one this store was made with; give the right one with --key",
         "vault_check");
  }
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

std::int64_t IdSource::next() {
  static constexpr std::int64_t start_ms = 1'577'836'800'000;  // 2020-01-01T00:00Z
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = std::max<std::int64_t>(clock_().micros() / 1000 - start_ms, 1);
  if (now_ms > last_ms_) {
    last_ms_ = now_ms;
    counter_ = 0;
  } else if (++counter_ == 4096) {  // also where the clock stands still or goes back
    ++last_ms_;
    counter_ = 0;
  }
  return (last_ms_ << 22) | (node_.load() << 12) | counter_;
}

std::string in_dialect(std::string_view sql, bool postgres) {
  std::string text(sql);
  replace_all(text, "{strict}", postgres ? "" : "STRICT");
  replace_all(text, "{blob}", postgres ? "BYTEA" : "BLOB");
  if (!postgres) replace_all(text, "BIGINT", "INTEGER");
  return text;
}

void migrate_in(ScriptTransaction& tx, const std::vector<Migration>& migrations, IdSource& ids) {
  tx.lock("schema_migration");
  tx.execute_script(in_dialect(
      "CREATE TABLE IF NOT EXISTS schema_migration (room TEXT NOT NULL, name TEXT NOT NULL, "
      "sha256 TEXT NOT NULL, PRIMARY KEY (room, name)) {strict};",
      tx.on_postgres()));
  std::map<std::pair<std::string, std::string>, std::string> applied;
  tx.query("SELECT room, name, sha256 FROM schema_migration", {}, [&](const Row& row) {
    applied[{row.text(0), row.text(1)}] = row.text(2);
  });
  std::vector<Migration> all = schema();
  all.insert(all.end(), migrations.begin(), migrations.end());
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
  check_vault(tx);
  tx.execute("UPDATE node_counter SET next_node = next_node + 1 WHERE only_row = 1");
  ids.use_node(*tx.query_i64("SELECT next_node FROM node_counter WHERE only_row = 1"));
}

kernel::Result<std::unique_ptr<Store>> Store::open(Options options) {
  CHECK_MSG(options.clock, "a store is opened with a clock");
  TRY_ASSIGN(Vault vault, Vault::open(options.key_file, options.create_key));
  const bool postgres =
      options.url.starts_with("postgres://") || options.url.starts_with("postgresql://");
  try {
    return postgres ? open_postgres(std::move(options), std::move(vault))
                    : open_sqlite(std::move(options), std::move(vault));
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
  const FactId id(next_id());
  execute(
      "INSERT INTO fact (fact_id, kind, subject, made_by, made_at, body) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {id, fact.kind, fact.subject, fact.made_by, fact.made_at, fact.body});
  return id;
}

void Transaction::append_many(const std::vector<Fact>& facts) {
  std::size_t at = 0;
  insert_many("fact", {"fact_id", "kind", "subject", "made_by", "made_at", "body"},
              [&](Params& row) {
                if (at == facts.size()) return false;
                const Fact& fact = facts[at++];
                row = {next_id(), fact.kind, fact.subject, fact.made_by, fact.made_at, fact.body};
                return true;
              });
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
