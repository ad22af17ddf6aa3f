// A real log of a real day, tampered with as whoever holds the disks and the database could:
// flipped, dropped, inserted, swapped, truncated, rolled back, at every layer. Each is found and
// named. EVENHAND_TAMPER_ROUNDS rounds of each (1), from EVENHAND_TAMPER_SEED (printed).

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "app/rooms.h"
#include "evidence/log_folder.h"
#include "evidence/types.h"
#include "gate/types.h"
#include "tests/evidence/day.h"
#include "tests/stores.h"
#include "tests/tamper/log_files.h"
#include "tests/tamper/tables.h"
#include "tlog/tile.h"
#include "tlog/verify.h"

namespace {

namespace fs = std::filesystem;
using namespace tests;

struct Found {
  std::string kind, where;
};

class Tamper {
 public:
  Tamper(store::Store& store, const fs::path& folder, std::uint64_t from)
      : store_(store), folder_(folder), log_(folder / "log"), random_(from) {}

  void make() {
    const auto seal = [&] {
      evidence::Sealer sealer(store_, {.place = {.folder = log_,
                                                 .key_file = (folder_ / "test.log.key").string(),
                                                 .name = "evenhand/test"},
                                       .facts_a_seal = 300,
                                       .pack_bytes = gate::used_pack});
      tests::check(sealer.seal_all(tests::Clock::now()));
    };
    tests::make_day(store_, folder_);
    tests::work_the_day(store_);
    seal();
    copy_folder(log_, folder_ / "before");
    keep("before_");
    tests::work_the_day(store_, 120, 240);
    tests::end_the_day(store_, folder_);
    seal();
    tests::work_the_day(store_, 240, 260);  // waits
    copy_folder(log_, folder_ / "good");
    copy_folder(folder_ / "data/intake", folder_ / "good_intake");
    keep("good_");
    vkey_ = evidence::read_vkey(log_)->vkey();
    for (const Found& found : check(true))
      ADD_FAILURE() << "an honest store: " << found.kind << " " << found.where;
  }

  void files() {
    const std::vector<std::string> kinds = {"flip", "drop",     "insert",
                                            "swap", "truncate", "roll back"};
    for (const char* layer : {"entries", "tiles", "checkpoint", "packs", "payments"})
      for (const std::string& kind : kinds)
        for (int i = 0; i < rounds(); ++i) file_round(layer, kind);
    for (int i = 0; i < rounds(); ++i)
      entry_round("swap"), entry_round("drop"), entry_round("insert");
    whole_folder_back();
  }
  void rows() {
    for (const Table& table : checked_tables()) {
      for (int i = 0; i < rounds(); ++i) {
        for (const std::string& column : table.numbers) flip(table, column, 'n');
        for (const std::string& column : table.texts) flip(table, column, 't');
        for (const std::string& column : table.blobs) flip(table, column, 'b');
        drop(table), insert(table), swap(table), truncate(table);
      }
      roll_back(table);
    }
    whole_store_back();
  }

  void print(const char* engine) const {
    for (const auto& [what, count] : done_)
      fmt::print("  {:<10} {:<16} {:<10} {:>4} rounds, {} found, {} named\n", engine, what.first,
                 what.second, count.rounds, count.found, count.named);
    for (const std::string& what : refused_)
      fmt::print("  {:<10} refused by the database itself: {}\n", engine, what);
  }

 private:
  struct Count {
    int rounds = 0, found = 0, named = 0;
  };
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  void copy_back() {
    copy_folder(folder_ / "good", log_);
    copy_folder(folder_ / "good_intake", folder_ / "data/intake");
  }

  // Past doors and triggers, as whoever owns the database may. False: the database refused it.
  bool sql(const std::function<void(store::Transaction&)>& body) {
    return static_cast<bool>(store_.transact([&](store::Transaction& tx) {
      if (tx.on_postgres()) tx.execute("SET LOCAL session_replication_role = replica");
      body(tx);
    }));
  }
  void keep(const std::string& prefix) {
    ASSERT_TRUE(sql([&](store::Transaction& tx) {
      std::vector<std::string> triggers;
      if (!tx.on_postgres())
        tx.query("SELECT name FROM sqlite_master WHERE type = 'trigger'", {},
                 [&](const store::Row& row) { triggers.push_back(row.text(0)); });
      if (prefix == "good_")
        for (const std::string& trigger : triggers) tx.execute("DROP TRIGGER " + trigger);
      for (const Table& t : checked_tables())
        tx.execute("CREATE TABLE " + prefix + t.name + " AS SELECT * FROM " + t.name);
    }));
  }
  // Files of batches are referred to: a row that others name stays where SQLite holds to that.
  bool put_back(const std::string& table, const std::string& prefix) {
    return sql([&](store::Transaction& tx) {
      const std::string kept = prefix + table;
      if (table == "intake_batch") {
        tx.execute("DELETE FROM intake_batch WHERE batch_id NOT IN (SELECT batch_id FROM " + kept +
                   ")");
        if (!tx.on_postgres()) {
          tx.execute("INSERT OR REPLACE INTO intake_batch SELECT * FROM " + kept);
          return;
        }
      }
      tx.execute("DELETE FROM " + table);
      tx.execute("INSERT INTO " + table + " SELECT * FROM " + kept);
    });
  }

  std::vector<Found> check(bool files) {
    std::vector<Found> found;
    if (files) {
      tlog::VerifyOptions options;
      options.keys = {*tlog::Verifier::parse(vkey_)};
      options.other_folders = {"packs"};
      for (const tlog::Finding& f : tlog::verify(log_, options).findings)
        found.push_back({f.kind, f.file});
    }
    const auto checked = evidence::check_store(store_, log_, {.data = folder_ / "data"});
    EXPECT_TRUE(checked) << checked.error().message;
    if (!checked) return {};
    for (const evidence::CheckFinding& f : checked->findings) found.push_back({f.kind, f.where});
    return found;
  }
  // One round: was it found, and is what was done named?
  void judge(const std::string& layer, const std::string& kind,
             const std::vector<std::string>& names, const std::string& how, bool files) {
    const std::vector<Found> found = check(files);
    bool named = false;
    std::string all;
    for (const Found& f : found) {
      all += "\n    " + f.kind + " " + f.where;
      for (const std::string& name : names) named |= f.where.find(name) != std::string::npos;
    }
    Count& count = done_[{layer, kind}];
    ++count.rounds;
    count.found += found.empty() ? 0 : 1;
    count.named += named ? 1 : 0;
    EXPECT_FALSE(found.empty()) << layer << ", " << kind << ": " << how << " was not found";
    if (!found.empty()) {
      EXPECT_TRUE(named) << layer << ", " << kind << ": " << how << " was not named:" << all;
    }
  }

  // ---- files -----------------------------------------------------------------------------------

  fs::path root_of(const std::string& layer) const {
    if (layer == "entries") return log_ / "tile/entries";
    if (layer == "tiles") return log_ / "tile";
    if (layer == "packs") return log_ / "packs";
    return layer == "payments" ? folder_ / "data/intake" : log_;
  }
  std::vector<fs::path> files_of(const std::string& layer, const std::string& kind) const {
    std::vector<fs::path> all;
    if (layer == "checkpoint") return {log_ / "checkpoint"};
    for (const auto& file : fs::recursive_directory_iterator(root_of(layer))) {
      const std::string path = file.path().string();
      if (!file.is_regular_file()) continue;
      if (layer == "tiles" && path.find("/entries/") != path.npos) continue;
      if (layer == "payments" && path.find("/payments/") == path.npos) continue;
      if ((kind == "drop" || kind == "truncate") && outgrown(file.path())) continue;
      all.push_back(file.path());
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  std::string name_of(const std::string& layer, const fs::path& file) const {
    if (layer == "payments")
      return "payments of batch " + file.parent_path().parent_path().filename().string();
    return fs::relative(file, log_).string();
  }

  void file_round(const std::string& layer, const std::string& kind) {
    std::vector<fs::path> all = files_of(layer, kind);
    ASSERT_FALSE(all.empty()) << layer;
    fs::path file = all[pick(all.size())];
    std::vector<std::string> names = {name_of(layer, file)};
    std::string bytes = read(file);
    if (kind == "flip") {
      const std::uint64_t at = pick(bytes.size());
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << pick(8)));
      write(file, bytes);
    } else if (kind == "drop") {
      fs::remove(file);
    } else if (kind == "truncate") {
      write(file, bytes.substr(0, pick(bytes.size())));
    } else if (kind == "insert") {
      if (layer == "checkpoint" || layer == "payments") {
        bytes.insert(pick(bytes.size()), "x");
        write(file, bytes);
      } else {
        file = file.parent_path() / (layer == "packs" ? "more@1.dmn" : "999");
        names = {name_of(layer, file)};
        write(file, bytes);
      }
    } else if (kind == "swap") {
      fs::path other;
      for (int tries = 0; tries < 200 && other.empty(); ++tries) {
        const fs::path& one = all[pick(all.size())];
        if (one != file && read(one) != bytes && fs::file_size(one) > 0) other = one;
        if (tries % 20 == 19) file = all[pick(all.size())], bytes = read(file);
      }
      if (other.empty()) return;  // one file only
      names = {name_of(layer, file), name_of(layer, other)};
      const std::string theirs = read(other);
      write(other, bytes);
      write(file, theirs);
    } else {  // rolled back: as it was, or gone
      if (layer == "payments" || layer == "packs") return;
      const fs::path was = folder_ / "before" / fs::relative(file, log_);
      const bool gone = !fs::exists(was);
      if (!gone && read(was) == bytes) return;
      if (gone && outgrown(file)) return;
      gone ? fs::remove(file) : (write(file, read(was)), true);
    }
    judge(layer, kind, names, file.string(), true);
    copy_back();
  }

  // Entries within their bundle, as a file that is one still.
  void entry_round(const std::string& kind) {
    std::vector<fs::path> all = files_of("entries", "drop");
    const fs::path file = all[pick(all.size())];
    const std::string bundle = read(file);
    const bool partial = file.parent_path().extension() == ".p";
    const auto width = static_cast<unsigned>(partial ? std::atoi(file.filename().c_str()) : 256);
    const auto entries = tlog::parse_bundle(bundle, width).value();
    std::vector<std::string> list(entries.begin(), entries.end());
    const std::size_t a = pick(list.size()), b = pick(list.size());
    if (list.size() < 2 || a == b) return;
    if (kind == "swap") std::swap(list[a], list[b]);
    if (kind == "drop") list.erase(list.begin() + static_cast<std::ptrdiff_t>(a));
    if (kind == "insert") list.insert(list.begin() + static_cast<std::ptrdiff_t>(a), list[b]);
    std::string bytes;
    for (const std::string& entry : list) tlog::append_to_bundle(bytes, entry);
    write(file, bytes);
    judge("one entry", kind, {name_of("entries", file), "fact "}, file.string(), true);
    copy_back();
  }

  void whole_folder_back() {
    copy_folder(folder_ / "before", log_);
    judge("whole folder", "roll back", {"checkpoint"}, "the folder", true);
    copy_back();
  }

  // ---- rows ------------------------------------------------------------------------------------

  std::string row_id(const Table& t) const { return t.row_id(store_.on_postgres()); }
  std::optional<std::string> any_row(const Table& t) { return any_row(t, t.only); }
  std::optional<std::string> any_row(const Table& t, const std::string& only) {
    return *store_.read([&](store::Transaction& tx) -> std::optional<std::string> {
      const std::int64_t count = *tx.query_i64("SELECT COUNT(*) FROM " + t.name + only);
      if (count == 0) return std::nullopt;
      return tx.query_one<std::string>(
          fmt::format("SELECT CAST({} AS TEXT) FROM {}{} ORDER BY {} LIMIT 1 OFFSET {}", row_id(t),
                      t.name, only, t.pk, pick(static_cast<std::uint64_t>(count))),
          {}, [](const store::Row& row) { return row.text(0); });
    });
  }
  std::string where(const Table& t, const std::string& row) const {
    return " WHERE " + row_id(t) + " = '" + row + "'";
  }
  std::string label(const Table& t, const std::string& at) {
    return *store_.read([&](store::Transaction& tx) {
      return tx
          .query_one<std::string>("SELECT " + t.label + " FROM " + t.name + at, {},
                                  [](const store::Row& row) { return row.text(0); })
          .value_or(t.word);
    });
  }
  void done(const Table& t, const std::string& kind, const std::vector<std::string>& names,
            const std::string& how) {
    judge(t.name, kind, names, how, false);
    ASSERT_TRUE(put_back(t.name, "good_"));
  }

  void flip(const Table& t, const std::string& column, char type) {
    for (int tries = 0; tries < 20; ++tries) {
      const auto row = any_row(t, held(t, column));
      ASSERT_TRUE(row) << t.name;
      const std::string at = where(t, *row), before = label(t, at);
      std::string bytes;
      store::Param value(nullptr);
      if (type == 'n') {
        const auto is = *store_.read([&](store::Transaction& tx) {
          return tx.query_i64("SELECT COALESCE(" + column + ", 0) FROM " + t.name + at);
        });
        // Days of a calendar and flags stay what they may be.
        value = *is == 0 || (*is == 1 && tries % 2 == 0)
                    ? 1 - *is
                    : *is + (tries % 2 == 1 || pick(2) ? 1 : -1);
      } else {
        bytes = *store_.read([&](store::Transaction& tx) {
          return tx
              .query_one<std::string>("SELECT " + column + " FROM " + t.name + at, {},
                                      [&](const store::Row& got) {
                                        if (got.is_null(0)) return std::string();
                                        return type == 'b' ? got.blob(0) : got.text(0);
                                      })
              .value_or("");
        });
        if (bytes.empty()) {
          bytes = "x";
        } else if (type == 'b') {
          bytes[pick(bytes.size())] ^= static_cast<char>(1 << pick(8));
        } else {
          std::size_t i = pick(bytes.size());
          while (i > 0 && static_cast<unsigned char>(bytes[i]) >= 0x80) --i;
          if (static_cast<unsigned char>(bytes[i]) >= 0x80) continue;
          bytes[i] = bytes[i] == 'a' ? 'b' : 'a';
        }
        if (type == 'b')
          value = store::Blob{bytes};
        else
          value = bytes;
      }
      if (!sql([&](store::Transaction& tx) {
            tx.execute("UPDATE " + t.name + " SET " + column + " = $1" + at, {value});
          }))
        continue;  // a constraint: there is such a row
      done(t, "flip", {before, t.word}, column + " of " + before);
      return;
    }
    refused_.insert("flip of " + t.name + "." + column);
  }

  void drop(const Table& t) {
    const auto row = any_row(t);
    const std::string before = label(t, where(t, *row));
    if (!sql([&](store::Transaction& tx) {
          tx.execute("DELETE FROM " + t.name + where(t, *row));
        })) {
      refused_.insert("drop of " + t.name);
      return;
    }
    done(t, "drop", {before, t.name == "seal" ? "checkpoint" : before}, before);
  }

  std::vector<std::string> columns_of(const Table& t) {
    std::vector<std::string> all;
    (void)store_.read([&](store::Transaction& tx) {
      tx.query(
          tx.on_postgres()
              ? "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1"
                " AND table_schema = current_schema() ORDER BY ordinal_position"
              : "SELECT name FROM pragma_table_info($1)",
          {t.name}, [&](const store::Row& row) { all.push_back(row.text(0)); });
      return true;
    });
    return all;
  }

  // A second one of a row, under a key of its own.
  void insert(const Table& t) {
    const auto row = any_row(t);
    std::string columns, values;
    for (const std::string& column : columns_of(t)) {
      columns += (columns.empty() ? "" : ", ") + column;
      std::string value = column;
      if (column == t.pk) value = t.pk_text ? column + " || 'x'" : column + " + 7919";
      if (column == "idempotency_key") value = "NULL";
      if (column == "batch_seq") value = "batch_seq + 1000";
      values += (values.empty() ? "" : ", ") + value;
    }
    ASSERT_TRUE(sql([&](store::Transaction& tx) {
      tx.execute("INSERT INTO " + t.name + " (" + columns + ") SELECT " + values + " FROM " +
                 t.name + where(t, *row));
    })) << t.name;
    done(t, "insert", {t.name == "log_key" ? "log_key" : t.word}, "one more of " + *row);
  }

  // What two rows say in one column, exchanged.
  void swap(const Table& t) {
    std::vector<std::string> columns = t.numbers;
    columns.insert(columns.end(), t.texts.begin(), t.texts.end());
    columns.insert(columns.end(), t.blobs.begin(), t.blobs.end());
    for (int tries = 0; tries < 60; ++tries) {
      const std::string column = columns[pick(columns.size())];
      const auto a = any_row(t, held(t, column)), b = any_row(t, held(t, column));
      if (*a == *b || column == t.pk) continue;
      const std::string at_a = where(t, *a), at_b = where(t, *b);
      const std::string value = "(SELECT s." + column + " FROM " + t.name + " s" + at_b + ")";
      const bool differ = *store_.read([&](store::Transaction& tx) {
        return tx.query_i64("SELECT COUNT(*) FROM " + t.name + at_a + " AND (" + column + " <> " +
                            value + ")") == 1;
      });
      if (!differ) continue;
      const std::string names_a = label(t, at_a), names_b = label(t, at_b);
      if (!sql([&](store::Transaction& tx) {
            tx.execute("CREATE TABLE other AS SELECT " + column + " AS v FROM " + t.name + at_a);
            // b first: a row that is written moves on PostgreSQL.
            tx.execute("CREATE TABLE one AS SELECT " + column + " AS v FROM " + t.name + at_b);
            tx.execute("UPDATE " + t.name + " SET " + column + " = (SELECT v FROM other)" + at_b);
            tx.execute("UPDATE " + t.name + " SET " + column + " = (SELECT v FROM one)" + at_a);
            tx.execute("DROP TABLE one");
            tx.execute("DROP TABLE other");
          }))
        continue;  // a constraint
      done(t, "swap", {names_a, names_b, t.word}, column + " of " + names_a + " and " + names_b);
      return;
    }
  }

  // The end of the table, from any row on.
  void truncate(const Table& t) {
    const bool done_so = sql([&](store::Transaction& tx) {
      const std::int64_t count = *tx.query_i64("SELECT COUNT(*) FROM " + t.name + t.only);
      const std::uint64_t left = pick(static_cast<std::uint64_t>(count));
      tx.execute(
          fmt::format("DELETE FROM {0} WHERE {1} IN (SELECT {1} FROM {0}{2} ORDER BY {3}"
                      " LIMIT {4} OFFSET {5})",
                      t.name, row_id(t), t.only, t.pk, count, left));
    });
    if (!done_so) {
      refused_.insert("truncate of " + t.name);
      return;
    }
    done(t, "truncate", {t.name == "seal" ? "checkpoint" : t.word}, "the end of " + t.name);
  }

  void roll_back(const Table& t) {
    if (!put_back(t.name, "before_")) {
      refused_.insert("roll back of " + t.name);
      return;
    }
    const bool same = check(false).empty() && *store_.read([&](store::Transaction& tx) {
      return tx.query_i64("SELECT COUNT(*) FROM " + t.name) ==
             tx.query_i64("SELECT COUNT(*) FROM good_" + t.name);
    });
    if (same) {  // nothing of it happened since
      ASSERT_TRUE(put_back(t.name, "good_"));
      return;
    }
    done(t, "roll back", {t.name == "seal" ? "checkpoint" : t.word}, "all of " + t.name);
  }

  void whole_store_back() {
    for (const Table& t : checked_tables())
      if (!put_back(t.name, "before_")) refused_.insert("roll back of " + t.name);
    judge("whole store", "roll back", {"checkpoint"}, "the store", false);
    for (const Table& t : checked_tables()) ASSERT_TRUE(put_back(t.name, "good_"));
    EXPECT_TRUE(check(true).empty());  // all is as it was
  }

  store::Store& store_;
  fs::path folder_, log_;
  std::mt19937_64 random_;
  std::string vkey_;
  std::map<std::pair<std::string, std::string>, Count> done_;
  std::set<std::string> refused_;
};

TEST(Tamper, each_thing_done_to_a_real_log_is_found_and_named) {
  const std::uint64_t from = seed();
  fmt::print("EVENHAND_TAMPER_SEED={} EVENHAND_TAMPER_ROUNDS={}\n", from, rounds());
  tests::for_each_store(app::all_migrations(), [&](store::Store& store, const fs::path& folder) {
    Tamper tamper(store, folder, from);
    tamper.make();
    if (!store.on_postgres()) tamper.files();
    tamper.rows();
    tamper.print(store.on_postgres() ? "PostgreSQL" : "SQLite");
  });
}

}  // namespace
