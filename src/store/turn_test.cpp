// Who writes on SQLite, who waits for it, and who takes the write-ahead log back.

#include "store/turn.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <tuple>

#include "tests/stores.h"

namespace store {
namespace {

using std::chrono::milliseconds;

const std::vector<Migration> tables = {
    {"t", "001", "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT) {strict};"}};

// Until it holds, five seconds at most.
bool comes_true(const std::function<bool()>& what) {
  for (int tries = 0; tries < 500; ++tries) {
    if (what()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return what();
}

TEST(Turn, who_writes_learns_that_somebody_of_its_process_waits) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    std::thread other;
    const auto done = store.transact([&](Transaction& tx) {
      EXPECT_FALSE(others_wait(tx));
      tx.execute("INSERT INTO t (id) VALUES (1)");
      other = std::thread([&] {
        EXPECT_TRUE(
            store.transact([](Transaction& own) { own.execute("INSERT INTO t (id) VALUES (2)"); }));
      });
      if (tx.on_postgres()) {
        other.join();  // it waits for nobody
        EXPECT_FALSE(others_wait(tx));
      } else {
        EXPECT_TRUE(comes_true([&] { return others_wait(tx); }));
      }
    });
    if (other.joinable()) other.join();
    EXPECT_TRUE(done);
    EXPECT_EQ(
        store.read([](Transaction& tx) { return *tx.query_i64("SELECT count(*) FROM t"); }).value(),
        2);
  });
}

// A lock of another opened file counts as another process's, within one process too.
TEST(Turn, who_writes_learns_that_another_process_waits) {
  const tests::Folder folder;
  const std::string path = (folder.path() / "casebook.sqlite").string();
  const auto store = tests::open_store(path, folder.path(), tables);
  const auto elsewhere = tests::open_store(path, folder.path(), tables);
  std::thread other;
  EXPECT_TRUE(store->transact([&](Transaction& tx) {
    EXPECT_FALSE(others_wait(tx));
    other = std::thread([&] {
      EXPECT_TRUE(elsewhere->transact(
          [](Transaction& own) { own.execute("INSERT INTO t (id) VALUES (2)"); }));
    });
    EXPECT_TRUE(comes_true([&] { return others_wait(tx); }));
  }));
  other.join();
  EXPECT_TRUE(store->transact([](Transaction& tx) { EXPECT_FALSE(others_wait(tx)); }));
}

TEST(Turn, a_part_does_not_wait_for_the_disk_and_what_follows_does) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    std::vector<std::string> waits;
    const auto insert = [&](std::int64_t id) {
      return [&, id](Transaction& tx) {
        tx.query(tx.on_postgres() ? "SHOW synchronous_commit" : "PRAGMA synchronous", {},
                 [&](const Row& row) {
                   waits.push_back(tx.on_postgres() ? row.text(0) : std::to_string(row.i64(0)));
                 });
        tx.execute("INSERT INTO t (id) VALUES ($1)", {id});
      };
    };
    const auto count = [&] {
      return store.read([](Transaction& tx) { return *tx.query_i64("SELECT count(*) FROM t"); })
          .value();
    };
    ASSERT_TRUE(transact_part(store, insert(1)));
    EXPECT_EQ(count(), 1) << "seen at once";
    ASSERT_TRUE(transact_part(store, insert(2)));
    ASSERT_TRUE(store.transact(insert(3)));
    const kernel::Status twice = transact_part(store, insert(3));
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, kernel::Code::conflict);
    EXPECT_THROW(std::ignore = transact_part(store,
                                             [&](Transaction& tx) {
                                               insert(4)(tx);
                                               throw std::runtime_error("given up");
                                             }),
                 std::runtime_error);
    EXPECT_EQ(count(), 3);
    const bool pg = store.on_postgres();
    const std::string part = pg ? "off" : "1", whole = pg ? "on" : "2";
    EXPECT_EQ(waits, (std::vector<std::string>{part, part, whole, part, part}));
  });
}

// Nobody closes the store, and no commit makes the checkpoint itself.
TEST(Turn, a_long_log_is_taken_back_into_the_file_beside_the_writers) {
  const tests::Folder folder;
  const std::filesystem::path path = folder.path() / "casebook.sqlite";
  const auto store = tests::open_store(path.string(), folder.path(), tables);
  const auto before = std::filesystem::file_size(path);
  const std::string name(4'000, 'x');
  for (int id = 0; id < 40; ++id) {
    ASSERT_TRUE(store->transact([&](Transaction& tx) {
      for (int i = 0; i < 50; ++i)
        tx.execute("INSERT INTO t (id, name) VALUES ($1, $2)", {id * 50 + i, name});
    }));
  }
  EXPECT_TRUE(
      comes_true([&] { return std::filesystem::file_size(path) > before + 1'000 * name.size(); }));
  // Much more comes in and the log does not grow with it: it begins again from its start.
  const auto log = [&] { return std::filesystem::file_size(path.string() + "-wal"); };
  for (int id = 40; id < 800; ++id) {
    ASSERT_TRUE(store->transact([&](Transaction& tx) {
      for (int i = 0; i < 50; ++i)
        tx.execute("INSERT INTO t (id, name) VALUES ($1, $2)", {id * 50 + i, name});
    }));
  }
  EXPECT_LT(log(), 100U << 20);  // of 160 MB written
}

}  // namespace
}  // namespace store
