// store_bench [postgres://…]: point reads through the store's door against the bare SQLite API, and
// durable write transactions a second by 1, 8, 32 and 100 callers.

#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "bench/libraries/measure.h"
#include "store/store.h"

namespace bench {

constexpr int rows = 100'000;
constexpr int reads = 100'000;

kernel::Instant now() {
  return kernel::Instant::from_micros(std::chrono::duration_cast<std::chrono::microseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

std::int64_t any_row(int i) {
  return static_cast<std::int64_t>(i) * 7919 % rows;
}

void fill(store::Store& store) {
  const std::vector<store::Migration> tables = {
      {"bench", "001_item", "CREATE TABLE item (item_no BIGINT PRIMARY KEY, name TEXT) {strict};"}};
  CHECK(store.migrate(tables));
  CHECK(store.transact([](store::Transaction& tx) {
    int i = 0;
    tx.insert_many("item", {"item_no", "name"}, [&](store::Params& row) {
      row = {std::int64_t{i}, "name of an item"};
      return i++ < rows;
    });
  }));
}

void bare_reads(const std::string& file) {
  sqlite3* db = nullptr;
  CHECK(sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  CHECK(sqlite3_prepare_v2(db, "SELECT name FROM item WHERE item_no = $1", -1, &statement,
                           nullptr) == SQLITE_OK);
  std::size_t sum = 0;
  const Spent spent = measure([&] {
    for (int i = 0; i < reads; ++i) {
      sqlite3_bind_int64(statement, 1, any_row(i));
      CHECK(sqlite3_step(statement) == SQLITE_ROW);
      sum += static_cast<std::size_t>(sqlite3_column_bytes(statement, 0));
      sqlite3_reset(statement);
    }
  });
  sqlite3_finalize(statement);
  sqlite3_close(db);
  CHECK(sum > 0);
  fmt::print("point read, bare prepared statement   {:6.2f} µs CPU\n", spent.cpu_s * 1e6 / reads);
}

void door_reads(store::Store& store, int batch) {
  std::size_t sum = 0;
  const Spent spent = measure([&] {
    for (int i = 0; i < reads; i += batch) {
      CHECK(store.read([&](store::Transaction& tx) {
        for (int k = i; k < i + batch; ++k) {
          tx.query("SELECT name FROM item WHERE item_no = $1", {any_row(k)},
                   [&](const store::Row& row) { sum += row.text(0).size(); });
        }
      }));
    }
  });
  CHECK(sum > 0);
  fmt::print("point read, {:3} a read() of the store  {:6.2f} µs CPU, {:6.2f} µs wall\n", batch,
             spent.cpu_s * 1e6 / reads, spent.wall_s * 1e6 / reads);
}

void writes(store::Store& store, int callers) {
  constexpr double seconds = 3;
  std::atomic<int> done{0};
  std::atomic<bool> stop{false};
  const Spent spent = measure([&] {
    std::vector<std::thread> threads;
    for (int t = 0; t < callers; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; !stop; ++i) {
          // A new value each time: SQLite does not write a page that stays as it was.
          const std::string name = fmt::format("changed {}", i);
          CHECK(store.transact([&](store::Transaction& tx) {
            tx.execute("UPDATE item SET name = $1 WHERE item_no = $2",
                       {name, any_row(t * 1000 + i % 1000)});
          }));
          ++done;
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop = true;
    for (auto& thread : threads) thread.join();
  });
  fmt::print("durable transactions, {:3} callers     {:7.0f} a second\n", callers,
             done / spent.wall_s);
}

void run(const std::string& url, const std::filesystem::path& folder) {
  auto store =
      store::Store::open({.url = url, .key_file = (folder / "bench.key").string(), .clock = &now});
  CHECK_MSG(static_cast<bool>(store), store ? "" : store.error().message.c_str());
  fill(**store);
  if (!(*store)->on_postgres()) bare_reads(url);
  door_reads(**store, 1);
  door_reads(**store, 100);
  for (const int callers : {1, 8, 32, 100}) writes(**store, callers);
}

}  // namespace bench

int main(int argc, char** argv) {
  std::string name = (std::filesystem::current_path() / "store-bench-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(name.data());
  bench::run(argc > 1 ? argv[1] : (folder / "bench.sqlite").string(), folder);
  std::filesystem::remove_all(folder);
}
