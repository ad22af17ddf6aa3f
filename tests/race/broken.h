#pragma once
// Gates broken on purpose, in this test only, to show that the checker can fail. "count": the gate
// is told of only half of what it did before; "use": a permit can be used again (SQLite); "lock":
// nobody waits for anybody (PostgreSQL). The store's own guards are taken away first: with them in
// place these gates are refused, which is what they are for.

#include <functional>
#include <string>
#include <vector>

#include "store/store.h"
#include "tests/race/world.h"

namespace race {

class BrokenTransaction final : public store::Transaction {
 public:
  BrokenTransaction(store::Transaction& tx, std::string broken)
      : tx_(tx), broken_(std::move(broken)) {}

  std::int64_t execute(std::string_view sql, const store::Params& params) override {
    return tx_.execute(changed(sql), params);
  }
  void query(std::string_view sql, const store::Params& params,
             const store::RowCallback& row) override {
    if (broken_ != "count" || sql.find(" FROM permit WHERE person_key") == sql.npos ||
        sql.find("UNION ALL") == sql.npos)
      return tx_.query(changed(sql), params, row);
    std::int64_t n = 0;
    tx_.query(sql, params, [&](const store::Row& one) {
      const std::int64_t kind = one.i64(0);  // 1: of the person, 2: on the number
      if (kind > 2 || ++n % 2 == 0) row(one);
    });
  }
  std::int64_t insert_many(std::string_view table, const std::vector<std::string_view>& columns,
                           const std::function<bool(store::Params&)>& next_row) override {
    return tx_.insert_many(table, columns, next_row);
  }
  void lock(std::string_view key) override { tx_.lock(key); }
  store::Vault& vault() override { return tx_.vault(); }
  std::int64_t next_id() override { return tx_.next_id(); }
  std::int64_t next_ids(std::int64_t count) override { return tx_.next_ids(count); }
  bool on_postgres() const override { return tx_.on_postgres(); }

 private:
  // SQLite's way of spending; "use" is for SQLite.
  std::string changed(std::string_view sql) const {
    std::string text(sql);
    if (broken_ == "use" && text.starts_with("UPDATE permit SET state = 'used'")) {
      const auto at = text.find(" AND state = 'reserved'");
      if (at != text.npos) text.erase(at, std::string_view(" AND state = 'reserved'").size());
    }
    return text;
  }

  void append_block(std::int64_t, std::span<const store::FactView> facts) override {
    tx_.append_many(facts);
  }

  store::Transaction& tx_;
  std::string broken_;
};

// On PostgreSQL the database's clock counts: it shall tell the world's time.
inline void set_database_clock(store::Transaction& tx, const Config& config) {
  tx.execute("CREATE OR REPLACE FUNCTION gate_now() RETURNS BIGINT LANGUAGE sql AS $$ " +
             world_sql(config) + " $$");
}

// The store's own guards, which a broken gate would run into.
inline void take_guards_away(store::Transaction& tx, const std::string& broken) {
  const std::vector<std::string> triggers = {"permit_steps", "permit_begins", "person_seen_grows"};
  for (const std::string& name : triggers)
    tx.execute("DROP TRIGGER " + name +
               (!tx.on_postgres()             ? ""
                : name == "person_seen_grows" ? " ON person_seen"
                                              : " ON permit"));
  if (!tx.on_postgres()) return;
  tx.execute("CREATE OR REPLACE FUNCTION gate_no(why TEXT) RETURNS void LANGUAGE sql AS $$ $$");
  if (broken == "lock")
    tx.execute(
        "CREATE OR REPLACE FUNCTION gate_lock(persons TEXT[], numbers TEXT[]) RETURNS BIGINT"
        " LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO person_seen (person_key, seen_at, nth)"
        " SELECT k, 0, 0 FROM unnest($1) AS k ON CONFLICT (person_key) DO NOTHING;"
        " INSERT INTO number_seen (number_index)"
        " SELECT k FROM unnest($2) AS k ON CONFLICT (number_index) DO NOTHING;"
        " RETURN gate_now(); END $$");
}

}  // namespace race
