#include "store/rotation.h"

#include <algorithm>

#include "store/keyring.h"
#include "store/vault.h"

namespace store {
namespace {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using kernel::Status;

Keyring& keyring_of(Store& store) {
  return store.vault().keyring();
}

void append_fact(Transaction& tx, const char* kind, const std::string& subject, const By& by,
                 std::string body) {
  tx.append({kind, subject, by.name, by.clock(), std::move(body)});
}

std::string key_name(std::int64_t key_id) {
  return "vault_key:" + std::to_string(key_id);
}

// A later process must be able to open what this one wraps, so there is one root at such a time.
Status check_one_root(Transaction& tx, const std::string& own) {
  std::string others;
  tx.query("SELECT DISTINCT root_id FROM vault_wrap WHERE root_id <> $1 ORDER BY root_id", {own},
           [&](const Row& row) { others += (others.empty() ? "" : ", ") + row.text(0); });
  if (others.empty()) return kernel::Ok{};
  return Error{Code::conflict,
               "the root is being changed: destroy the old one first (evenhand vault destroy-root)",
               others};
}

std::string begins(const std::string& column, const std::string& head) {
  return "substr(" + column + ", 1, " + std::to_string(head.size()) + ")";
}

// ---- sealing again -----------------------------------------------------------------------------

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : between) + part;
  return all;
}

// One row that lies under an older key: its primary key, and of each sealed column what was there
// and what takes its place (both null where it stays).
struct OldRow {
  std::vector<std::string> texts;
  std::vector<std::int64_t> numbers;
  std::vector<std::optional<std::string>> before, after;
};

class TableReseal {
 public:
  explicit TableReseal(const SealedTable& table) : table_(table) {}

  // Rows behind `last` that are not all under the key in use, sealed again; how many values.
  Result<std::int64_t> chunk(Transaction& tx, int limit, std::optional<OldRow>& last) const {
    TRY_ASSIGN(std::vector<OldRow> rows, load(tx, limit, last));
    std::int64_t values = 0;
    for (const OldRow& row : rows)
      values += std::count_if(row.after.begin(), row.after.end(),
                              [](const auto& one) { return one.has_value(); });
    if (rows.empty()) {
      last.reset();
      return values;
    }
    if (tx.on_postgres())
      save_together(tx, rows);
    else
      for (const OldRow& row : rows) save(tx, row);
    last = std::move(rows.back());
    return values;
  }

 private:
  Param key_param(const OldRow& row, std::size_t i) const {
    if (table_.key_is_number) return row.numbers[i];
    return row.texts[i];
  }

  std::string name_of(const OldRow& row) const {
    if (!table_.key_is_number) return joined(row.texts, ", ");
    std::string all;
    for (const std::int64_t number : row.numbers) all += " " + std::to_string(number);
    return all;
  }

  std::string select(const std::string& head, const std::optional<OldRow>& last, int limit) const {
    std::vector<std::string> names = table_.key, old;
    for (const SealedColumn& column : table_.columns) {
      names.push_back(column.name);
      old.push_back("(length(" + column.name + ") > 0 AND " + begins(column.name, head) +
                    " <> $1)");
    }
    const std::string key = joined(table_.key, ", ");
    std::string behind;
    for (std::size_t i = 0; last && i < table_.key.size(); ++i)
      behind += (i ? ", $" : "$") + std::to_string(i + 2);
    if (last) behind = " AND (" + key + ") > (" + behind + ")";
    return "SELECT " + joined(names, ", ") + " FROM " + table_.table + " WHERE (" +
           joined(old, " OR ") + ")" + behind + " ORDER BY " + key + " LIMIT " +
           std::to_string(limit);
  }

  Result<std::vector<OldRow>> load(Transaction& tx, int limit,
                                   const std::optional<OldRow>& last) const {
    const std::string head = sealed_head(tx.vault().in_use());
    Params params = {Blob{head}};
    for (std::size_t i = 0; last && i < table_.key.size(); ++i)
      params.push_back(key_param(*last, i));
    std::vector<OldRow> rows;
    Status status = kernel::Ok{};
    tx.query(select(head, last, limit), params, [&](const Row& row) {
      OldRow old;
      int at = 0;
      for (; at < static_cast<int>(table_.key.size()); ++at) {
        if (table_.key_is_number)
          old.numbers.push_back(row.i64(at));
        else
          old.texts.push_back(row.text(at));
      }
      for (const SealedColumn& column : table_.columns) {
        const std::string sealed = row.is_null(at) ? "" : row.blob(at);
        ++at;
        const bool stays = sealed.empty() || sealed.starts_with(head);
        old.before.push_back(stays ? std::nullopt : std::optional(sealed));
        old.after.emplace_back();
        if (stays || !status) continue;
        auto again = tx.vault().reseal(column.purpose, sealed);
        if (again)
          old.after.back() = std::move(*again);
        else
          status = Error{again.error().code, again.error().message,
                         table_.table + "." + column.name + " of " + name_of(old)};
      }
      rows.push_back(std::move(old));
    });
    if (!status) return status.error();
    return rows;
  }

  // Only what is still as it was read: another may have written it anew or destroyed it meanwhile.
  void save(Transaction& tx, const OldRow& row) const {
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      if (!row.after[c]) continue;
      Params params = {Blob{*row.after[c]}, Blob{*row.before[c]}};
      std::string sql = "UPDATE " + table_.table + " SET " + table_.columns[c].name +
                        " = $1 WHERE " + table_.columns[c].name + " = $2";
      for (std::size_t i = 0; i < table_.key.size(); ++i) {
        sql += " AND " + table_.key[i] + " = $" + std::to_string(i + 3);
        params.push_back(key_param(row, i));
      }
      tx.execute(sql, params);
    }
  }

  // The same in one statement for all rows of a chunk, a column that stays being null on both
  // sides.
  void save_together(Transaction& tx, const std::vector<OldRow>& rows) const {
    std::vector<Array> arrays;
    std::vector<std::string> names, types, sets, wheres;
    for (std::size_t i = 0; i < table_.key.size(); ++i) {
      Array& keys =
          arrays.emplace_back(table_.key_is_number ? Array::of_numbers() : Array::of_texts());
      for (const OldRow& row : rows) {
        if (table_.key_is_number)
          keys.add(row.numbers[i]);
        else
          keys.add(row.texts[i]);
      }
      names.push_back("k" + std::to_string(i));
      types.push_back(table_.key_is_number ? "::bigint[]" : "::text[]");
      wheres.push_back("t." + table_.key[i] + " = v." + names.back());
    }
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const std::string& name = table_.columns[c].name;
      arrays.push_back(bytes_of(rows, [&](const OldRow& row) { return row.before[c]; }));
      arrays.push_back(bytes_of(rows, [&](const OldRow& row) { return row.after[c]; }));
      const std::string n = std::to_string(c);
      names.insert(names.end(), {"before" + n, "after" + n});
      types.insert(types.end(), {"::bytea[]", "::bytea[]"});
      sets.push_back(name + " = coalesce(v.after" + n + ", t." + name + ")");
      wheres.push_back("(v.before" + n + " IS NULL OR t." + name + " = v.before" + n + ")");
    }
    Params params;
    std::vector<std::string> places;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      params.emplace_back(arrays[i]);
      places.push_back("$" + std::to_string(i + 1) + types[i]);
    }
    tx.execute("UPDATE " + table_.table + " AS t SET " + joined(sets, ", ") + " FROM unnest(" +
                   joined(places, ", ") + ") AS v (" + joined(names, ", ") + ") WHERE " +
                   joined(wheres, " AND "),
               params);
  }

  template <class Of>
  static Array bytes_of(const std::vector<OldRow>& rows, const Of& of) {
    Array values = Array::of_bytes();
    for (const OldRow& row : rows) {
      const std::optional<std::string>& bytes = of(row);
      if (bytes)
        values.add_bytes(*bytes);
      else
        values.add_null();
    }
    return values;
  }

  const SealedTable& table_;
};

// One pass over a table; what others write meanwhile is under the key in use already.
Result<std::int64_t> reseal_table(Store& store, const SealedTable& table,
                                  const ResealOptions& options) {
  const TableReseal work(table);
  std::int64_t done = 0;
  for (std::optional<OldRow> last;;) {
    std::optional<OldRow> next;
    TRY_ASSIGN(const std::int64_t values, store.transact([&](Transaction& tx) {
      next = last;
      return work.chunk(tx, options.chunk, next);
    }));
    if (!next) return done;
    last = std::move(next);
    done += values;
    if (options.progress) options.progress(table.table, done);
  }
}

}  // namespace

// ---- what there is -----------------------------------------------------------------------------

std::vector<VaultKey> load_vault_keys(Transaction& tx) {
  std::vector<VaultKey> keys;
  tx.query(
      "SELECT key_id, kind, suite, made_at, retired_at, destroyed_at FROM vault_key"
      " ORDER BY key_id",
      {}, [&](const Row& row) {
        keys.push_back({.key_id = row.i64(0),
                        .kind = row.text(1),
                        .suite = row.text(2),
                        .roots = {},
                        .made_at = row.instant(3),
                        .retired_at = row.opt_instant(4),
                        .destroyed_at = row.opt_instant(5)});
      });
  tx.query("SELECT key_id, root_id FROM vault_wrap ORDER BY key_id, root_id", {},
           [&](const Row& row) {
             for (VaultKey& key : keys)
               if (key.key_id == row.i64(0)) key.roots.push_back(row.text(1));
           });
  return keys;
}

Result<std::string> own_root_id(Store& store) {
  return keyring_of(store).root_id();
}

const std::string& own_root_kept_at(Store& store) {
  return keyring_of(store).root_kept_at();
}

// ---- changing keys -----------------------------------------------------------------------------

Result<std::int64_t> rotate_vault_key(Store& store, Suite suite, const By& by) {
  Keyring& keyring = keyring_of(store);
  TRY_ASSIGN(const std::string root, keyring.root_id());
  return store.transact([&](Transaction& tx) -> Result<std::int64_t> {
    tx.lock(vault_turn);  // waits for the commits of those who sealed with the key in use
    TRY(check_one_root(tx, root));
    const Instant now = by.clock();
    const std::int64_t key_id = *tx.query_i64("SELECT max(key_id) FROM vault_key") + 1;
    tx.execute("UPDATE vault_key SET retired_at = $1 WHERE kind = 'seal' AND retired_at IS NULL",
               {now});
    TRY(keyring.add_key(tx, "seal", suite, random_bytes(32), key_id, now));
    append_fact(tx, "vault_rotated", key_name(key_id), by,
                R"({"key_id":)" + std::to_string(key_id) + R"(,"suite":")" +
                    std::string(suite_name(suite)) + "\"}");
    return key_id;
  });
}

Result<std::int64_t> reseal(Store& store, const SealedTables& tables, const By& by,
                            const ResealOptions& options) {
  TRY(store.read([](Transaction& tx) { return tx.vault().follow(); }));
  std::int64_t all = 0;
  // Again until a whole pass finds nothing: a row read in one may have been written by another in
  // that moment. Twice is the rule.
  for (bool again = true; again;) {
    again = false;
    for (const SealedTable& table : tables) {
      TRY_ASSIGN(const std::int64_t done, reseal_table(store, table, options));
      all += done;
      again = again || done > 0;
    }
  }
  TRY(store.transact([&](Transaction& tx) {
    append_fact(tx, "vault_resealed", key_name(tx.vault().in_use()), by,
                R"({"key_id":)" + std::to_string(tx.vault().in_use()) + R"(,"values":)" +
                    std::to_string(all) + "}");
  }));
  return all;
}

std::vector<UnderKey> values_under(Transaction& tx, const SealedTables& tables,
                                   std::int64_t key_id) {
  const std::string head = sealed_head(key_id);
  std::vector<UnderKey> found;
  for (const SealedTable& table : tables)
    for (const SealedColumn& column : table.columns) {
      const auto values = tx.query_i64(
          "SELECT count(*) FROM " + table.table + " WHERE " + begins(column.name, head) + " = $1",
          {Blob{head}});
      if (values.value_or(0) > 0) found.push_back({table.table, column.name, *values});
    }
  return found;
}

Status destroy_vault_key(Store& store, const SealedTables& tables, std::int64_t key_id,
                         const By& by) {
  // What is looked at here stays true: nothing more comes in under a key that is retired.
  TRY(store.read([&](Transaction& tx) -> Status {
    const auto keys = load_vault_keys(tx);
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&](const VaultKey& one) { return one.key_id == key_id; });
    if (key == keys.end())
      return Error{Code::not_found, "there is no such key; `evenhand vault status` shows them",
                   std::to_string(key_id)};
    if (key->destroyed_at)
      return Error{Code::conflict, "this key is destroyed already", std::to_string(key_id)};
    if (!key->retired_at)
      return Error{Code::conflict,
                   key->kind == "index" ? "the index key stays: persons are known by it in facts"
                                        : "this key is in use: `evenhand vault rotate` first",
                   std::to_string(key_id)};
    const auto under = values_under(tx, tables, key_id);
    if (!under.empty())
      return Error{Code::conflict,
                   std::to_string(under[0].values) +
                       " values still need this key: `evenhand vault reseal` first",
                   under[0].table + "." + under[0].column};
    return kernel::Ok{};
  }));
  TRY(store.transact([&](Transaction& tx) {
    tx.lock(vault_turn);
    tx.execute("DELETE FROM vault_wrap WHERE key_id = $1", {key_id});
    tx.execute("UPDATE vault_key SET destroyed_at = $1 WHERE key_id = $2", {by.clock(), key_id});
    append_fact(tx, "vault_key_destroyed", key_name(key_id), by,
                R"({"key_id":)" + std::to_string(key_id) + "}");
  }));
  return store.scrub();
}

// ---- roots -------------------------------------------------------------------------------------

Status add_vault_root(Store& store, const Root& other, const By& by) {
  const std::string id = other.id();
  TRY_ASSIGN(const std::string own, own_root_id(store));
  if (id == own) return Error{Code::conflict, "that is the root in use already", id};
  const auto added = store.transact([&](Transaction& tx) -> Status {
    tx.lock(vault_turn);
    TRY(keyring_of(store).wrap_also(tx, other));
    append_fact(tx, "vault_root_added", "vault_root:" + id, by, R"({"root_id":")" + id + "\"}");
    return kernel::Ok{};
  });
  return added;
}

Status remove_vault_root(Store& store, const std::string& root_id, const By& by) {
  TRY_ASSIGN(const std::string own, own_root_id(store));
  if (root_id == own)
    return Error{Code::conflict,
                 "this command itself was given that root: give it the one that stays, with --key",
                 root_id};
  TRY(store.transact([&](Transaction& tx) -> Status {
    tx.lock(vault_turn);
    const auto only = tx.query_i64(
        "SELECT count(*) FROM vault_wrap w WHERE w.root_id = $1 AND NOT EXISTS"
        " (SELECT 1 FROM vault_wrap o WHERE o.key_id = w.key_id AND o.root_id = $2)",
        {root_id, own});
    if (only.value_or(0) > 0)
      return Error{Code::conflict, "keys are wrapped by that root alone: `vault change-root` first",
                   root_id};
    if (tx.execute("DELETE FROM vault_wrap WHERE root_id = $1", {root_id}) == 0) {
      // Stopped before its key was destroyed: that is done now. Another store's is left alone.
      if (tx.query_i64("SELECT count(*) FROM single_fact WHERE subject = $1 AND kind = $2",
                       {"vault_root:" + root_id, "vault_root_destroyed"}) != 0)
        return kernel::Ok{};
      return Error{Code::not_found, "no key is wrapped by that root", root_id};
    }
    append_fact(tx, "vault_root_destroyed", "vault_root:" + root_id, by,
                R"({"root_id":")" + root_id + "\"}");
    return kernel::Ok{};
  }));
  return store.scrub();
}

}  // namespace store
