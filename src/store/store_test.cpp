#include "store/store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "store/foresee.h"
#include "tests/stores.h"

namespace store {
namespace {

using kernel::Code;

const std::vector<Migration> tables = {
    {"t", "001", "CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, sealed {blob}) {strict};"}};

std::int64_t count(Store& store, const std::string& table = "t") {
  const auto n =
      store.read([&](Transaction& tx) { return *tx.query_i64("SELECT count(*) FROM " + table); });
  return n ? *n : -1;
}

TEST(Store, keeps_values_of_every_kind) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const std::string bytes("\0\x01\xff\\", 4);
    const auto done = store.transact([&](Transaction& tx) {
      tx.execute("INSERT INTO t (id, name, sealed) VALUES ($1, $2, $3)",
                 {INT64_MIN, "引号' \\ \n\t;", Blob{bytes}});
      // $2 before $1: bound by number, not by appearance.
      tx.execute("INSERT INTO t (name, id) VALUES ($2, $1)", {7, "seven"});
      tx.execute("INSERT INTO t (id, name) VALUES ($1, $2)", {8, nullptr});
    });
    ASSERT_TRUE(done) << done.error().message;
    const auto read = store.read([&](Transaction& tx) {
      tx.query("SELECT id, name, sealed FROM t WHERE id = $1", {INT64_MIN}, [&](const Row& row) {
        EXPECT_EQ(row.i64(0), INT64_MIN);
        EXPECT_EQ(row.text(1), "引号' \\ \n\t;");
        EXPECT_EQ(row.blob(2), bytes);
      });
      tx.query("SELECT name FROM t WHERE id = $1", {8},
               [&](const Row& row) { EXPECT_EQ(row.opt_text(0), std::nullopt); });
      return *tx.query_i64("SELECT id FROM t WHERE name = $1", {"seven"});
    });
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, 7);
  });
}

TEST(Store, rolls_back_on_error_and_on_a_failing_statement) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const auto refused = store.transact([](Transaction& tx) -> kernel::Result<int> {
      tx.execute("INSERT INTO t (id) VALUES (1)");
      return kernel::Error{Code::conflict, "no", ""};
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::conflict);
    const auto failed = store.transact([](Transaction& tx) {
      tx.execute("INSERT INTO t (id) VALUES (2)");
      tx.execute("INSERT INTO t (id) VALUES (2)");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::conflict);
    const auto text_in_number =
        store.transact([](Transaction& tx) { tx.execute("INSERT INTO t (id) VALUES ('x')"); });
    ASSERT_FALSE(text_in_number);
    EXPECT_EQ(text_in_number.error().code, Code::invalid_input);
    const std::string nul("a\0b", 3);
    EXPECT_FALSE(store.transact(
        [&](Transaction& tx) { tx.execute("INSERT INTO t (id, name) VALUES (3, $1)", {nul}); }));
    EXPECT_EQ(count(store), 0);
    EXPECT_THROW((void)store.transact([](Transaction&) -> int { throw std::logic_error("x"); }),
                 std::logic_error);
    EXPECT_TRUE(
        store.transact([](Transaction& tx) { tx.execute("INSERT INTO t (id) VALUES (4)"); }));
    EXPECT_EQ(count(store), 1);
  });
}

TEST(Store, many_threads_lose_and_double_nothing) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 16; ++t) {
      threads.emplace_back([&store, &wrong, t] {
        for (int i = 0; i < 25; ++i) {
          const bool refuse = i % 5 == 4;  // in the same group as others' good work
          const auto done = store.transact([&](Transaction& tx) -> kernel::Status {
            tx.lock("one key");
            tx.execute("INSERT INTO t (id) VALUES ($1)", {t * 1000 + i});
            if (refuse) return kernel::Error{Code::conflict, "refused", ""};
            return kernel::Ok{};
          });
          if (static_cast<bool>(done) == refuse) ++wrong;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(count(store), 16 * 20);
  });
}

// Rows 0 … limit-1 with awkward texts; the last repeats the first's key when `doubled`.
std::function<bool(Params&)> rows_up_to(std::int64_t limit, bool doubled) {
  auto at = std::make_shared<std::int64_t>(0);
  auto text = std::make_shared<std::string>();
  return [=](Params& row) {
    if (*at == limit) return false;
    *text = "a\tb\\c\n" + std::to_string(*at);
    row = {doubled && *at == limit - 1 ? std::int64_t{0} : *at, *text, nullptr};
    ++*at;
    return true;
  };
}

TEST(Store, what_is_foreseen_is_answered_once_and_as_of_then) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const auto done = store.transact([&](Transaction& tx) {
      const std::string names = "SELECT name FROM t WHERE id = $1";
      const auto name = [&](int id) {
        std::string found = "-";
        tx.query(names, {id}, [&](const Row& row) { found = row.opt_text(0).value_or("null"); });
        return found;
      };
      tx.execute("INSERT INTO t (id, name) VALUES (1, 'one'), (2, NULL)");
      foresee(tx, [&] {
        EXPECT_EQ(name(1), "-") << "nothing is read yet";
        name(2);
        name(3);  // never asked for
      });
      EXPECT_EQ(tx.query_i64("SELECT COUNT(*) FROM t"), 2);
      EXPECT_EQ(name(2), "null");
      EXPECT_EQ(name(1), "one");
      EXPECT_EQ(name(4), "-") << "other parameters are another question";
      tx.execute("UPDATE t SET name = 'new' WHERE id = 1");
      EXPECT_EQ(name(1), "new") << "an answer is given once";
      foresee(tx, [&] { name(2); });  // goes with the end, where nobody is left to ask
    });
    ASSERT_TRUE(done) << done.error().message;
    // Nothing is left over for the next transaction, and what fails is told.
    ASSERT_TRUE(store.transact([&](Transaction& tx) {
      EXPECT_EQ(tx.query_i64("SELECT COUNT(*) FROM t WHERE name = 'new'"), 1);
    }));
    if (!store.on_postgres()) return;
    const auto failed = store.transact([&](Transaction& tx) {
      foresee(tx, [&] { (void)tx.query_i64("SELECT 1 / $1::bigint", {0}); });
      tx.execute("INSERT INTO t (id) VALUES (9)");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::invalid_input);
    EXPECT_EQ(count(store), 2);
  });
}

TEST(Store, inserts_many_whole_or_not_at_all) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const auto insert = [&](bool doubled) {
      return store.transact([&](Transaction& tx) {
        return tx.insert_many("t", {"id", "name", "sealed"}, rows_up_to(1000, doubled));
      });
    };
    EXPECT_FALSE(insert(true));
    EXPECT_EQ(count(store), 0);
    const auto good = insert(false);
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_EQ(*good, 1000);
    const auto name = store.read([](Transaction& tx) {
      return tx.query_one<std::string>("SELECT name FROM t WHERE id = 999", {},
                                       [](const Row& row) { return row.text(0); });
    });
    EXPECT_EQ(**name, "a\tb\\c\n999");
  });
}

TEST(Store, many_rows_have_values_of_every_kind_and_fail_as_one_does) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const auto insert = [&](const std::vector<Params>& rows) {
      return store.transact([&](Transaction& tx) {
        std::size_t at = 0;
        return tx.insert_many("t", {"id", "name", "sealed"}, [&](Params& row) {
          if (at < rows.size()) row = rows[at];
          return at++ < rows.size();
        });
      });
    };
    const std::string bytes("\0\x01\xff\\", 4), nul("a\0b", 3);
    EXPECT_EQ(*insert({}), 0);
    EXPECT_EQ(*insert({{INT64_MIN, "", Blob{bytes}}, {1, nullptr, nullptr}, {0, "零", Blob{""}}}),
              3);
    const auto read = store.read([&](Transaction& tx) {
      tx.query("SELECT name, sealed FROM t WHERE id = $1", {INT64_MIN}, [&](const Row& row) {
        EXPECT_EQ(row.text(0), "");
        EXPECT_EQ(row.blob(1), bytes);
      });
      tx.query("SELECT name, sealed FROM t WHERE id = 1", {},
               [&](const Row& row) { EXPECT_TRUE(row.is_null(0) && row.is_null(1)); });
      tx.query("SELECT name, sealed FROM t WHERE id = 0", {}, [&](const Row& row) {
        EXPECT_EQ(row.text(0), "零");
        EXPECT_EQ(row.blob(1), "");
      });
    });
    EXPECT_TRUE(read);
    EXPECT_EQ(insert({{2, "", nullptr}, {1, "", nullptr}}).error().code, Code::conflict);
    EXPECT_FALSE(insert({{3, "", nullptr}, {4, nul, nullptr}}));
    EXPECT_FALSE(insert({{3, "", nullptr}, {"four", "", nullptr}}));
    const auto thrown = [](Transaction& tx) {
      int rows = 0;
      return tx.insert_many("t", {"id"}, [&](Params& row) -> bool {
        if (rows > 4) throw std::logic_error("x");
        row = {100 + rows++};
        return true;
      });
    };
    EXPECT_THROW((void)store.transact(thrown), std::logic_error);
    EXPECT_EQ(count(store), 3);
    EXPECT_EQ(*insert({{5, "after", nullptr}}), 1);
  });
}

TEST(Store, refuses_a_changed_migration_and_applies_new_ones) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    EXPECT_TRUE(store.migrate(tables));
    auto changed = tables;
    changed[0].sql += " -- changed";
    const auto refused = store.migrate(changed);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::corrupt);
    auto more = tables;
    more.push_back({"t", "002", "CREATE INDEX t_name ON t (name);"});
    EXPECT_TRUE(store.migrate(more));
  });
}

TEST(Store, appends_facts_in_the_transaction_that_makes_them) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const Fact fact{"thing_done", "customer:C1", "user:7", tests::Clock::now(), R"({"n":1})"};
    ASSERT_TRUE(store.transact([&](Transaction& tx) {
      tx.append(fact);
      tx.append_many(std::vector{fact, fact});
    }));
    (void)store.transact([&](Transaction& tx) -> kernel::Status {
      tx.append(fact);
      return kernel::Error{Code::conflict, "no", ""};
    });
    EXPECT_EQ(count(store, "fact"), 3);
  });
}

// first_id and fact_count of every row, in order.
std::vector<std::pair<std::int64_t, std::int64_t>> unsealed(Store& store) {
  const auto rows = store.read([](Transaction& tx) {
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    tx.query("SELECT first_id, fact_count FROM fact_unsealed ORDER BY first_id", {},
             [&](const Row& row) { found.emplace_back(row.i64(0), row.i64(1)); });
    return found;
  });
  CHECK(rows);
  return *rows;
}

std::int64_t facts_between(Store& store, std::int64_t first, std::int64_t end) {
  return count(store, "fact WHERE fact_id >= " + std::to_string(first) + " AND fact_id < " +
                          std::to_string(end));
}

TEST(Store, each_append_leaves_its_block_of_ids_for_the_sealer) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    std::vector<Fact> many;
    for (int i = 0; i < 10'000; ++i)
      many.push_back({"thing_done", "customer:引号\"\\\n" + std::to_string(i), "user:7",
                      tests::Clock::now(), R"({"n":")" + std::to_string(i) + "\"}"});
    ASSERT_TRUE(store.transact([&](Transaction& tx) {
      EXPECT_EQ(tx.append_many(std::vector<Fact>()).value(), 0);
      const FactId one = tx.append(many[0]);
      const FactId first = tx.append_many(many);
      EXPECT_LT(one, first);
      // What went in comes out, in the order given.
      std::size_t at = 0;
      tx.query("SELECT subject, body, made_at FROM fact WHERE fact_id >= $1 ORDER BY fact_id",
               {first}, [&](const Row& row) {
                 EXPECT_EQ(row.text(0), many[at].subject);
                 EXPECT_EQ(row.text(1), many[at].body);
                 EXPECT_EQ(row.instant(2), many[at++].made_at);
               });
      EXPECT_EQ(at, many.size());
    }));
    const auto blocks = unsealed(store);
    ASSERT_EQ(blocks.size(), 4u);  // 1, 4096, 4096, 1808
    for (const auto& [first, length] : blocks)
      EXPECT_EQ(facts_between(store, first, first + length), length);
    EXPECT_EQ(blocks[3].second, 10'000 - 2 * ids_a_block);
    (void)store.transact([&](Transaction& tx) -> kernel::Status {
      tx.append_many(many);
      return kernel::Error{Code::conflict, "no", ""};
    });
    EXPECT_EQ(unsealed(store), blocks);
  });
}

TEST(Store, a_fact_is_never_changed_and_never_deleted) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    const auto id = store.transact([](Transaction& tx) {
      return tx.append({"thing_done", "customer:C1", "user:7", tests::Clock::now(), "{}"}).value();
    });
    const auto refused = [&](const std::string& sql) {
      const auto done = store.transact([&](Transaction& tx) { tx.execute(sql); });
      return !done && done.error().message.find("a fact is for good") != std::string::npos;
    };
    EXPECT_TRUE(refused("UPDATE fact SET body = '{\"n\":2}'"));
    EXPECT_TRUE(refused("UPDATE fact SET kind = 'thing_undone'"));
    EXPECT_TRUE(refused("DELETE FROM fact"));
    EXPECT_EQ(refused("TRUNCATE fact"), store.on_postgres());  // SQLite has no such statement
    // Only a fact said to be erased may lose its private text, and nothing but that.
    ASSERT_TRUE(store.transact([&](Transaction& tx) {
      tx.execute("INSERT INTO fact_erased (fact_id, erased_in, entry) VALUES ($1, 1, '{}')", {*id});
    }));
    EXPECT_TRUE(refused("UPDATE fact SET kind = 'thing_undone'"));
    EXPECT_TRUE(refused("UPDATE fact SET made_at = made_at + 1"));
    EXPECT_TRUE(refused("DELETE FROM fact"));
    EXPECT_FALSE(refused("UPDATE fact SET subject = 'erased', body = '{}'"));
    EXPECT_EQ(count(store, "fact WHERE subject = 'erased'"), 1);
  });
}

TEST(Store, a_section_of_a_migration_runs_on_its_engine_only) {
  const std::vector<Migration> both = {
      {"t", "001",
       "CREATE TABLE here (name TEXT NOT NULL);\n"
       "-- postgres: only there\nINSERT INTO here VALUES ('postgres');\n-- end\n"
       "-- sqlite:\nINSERT INTO here VALUES ('sqlite');\n-- end\n"
       "INSERT INTO here VALUES ('both');"}};
  tests::for_each_store(both, [](Store& store, const auto&) {
    EXPECT_EQ(count(store, "here"), 2);
    EXPECT_EQ(count(store, "here WHERE name = 'both'"), 1);
    EXPECT_EQ(count(store, store.on_postgres() ? "here WHERE name = 'postgres'"
                                               : "here WHERE name = 'sqlite'"),
              1);
  });
}

TEST(Store, facts_from_before_the_log_wait_for_the_sealer_too) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    // As a store was before 002: facts of two blocks, one of them with a gap, and nothing to seal.
    const std::int64_t first = (std::int64_t{1} << 22) | 4090;
    ASSERT_TRUE(store.transact([&](Transaction& tx) {
      for (const std::int64_t id : {first, first + 1, first + 3, first + 5, first + 6, first + 7})
        tx.execute(
            "INSERT INTO fact (fact_id, kind, subject, made_by, made_at, body)"
            " VALUES ($1, 'thing_done', 'x', 'y', 0, '{}')",
            {id});
      const std::string& sql = schema()[1].sql;
      tx.execute(
          sql.substr(sql.find("INSERT INTO fact_unsealed (first_id, fact_count)\n  SELECT min")));
    }));
    using Blocks = std::vector<std::pair<std::int64_t, std::int64_t>>;
    EXPECT_EQ(unsealed(store),
              (Blocks{{first, 2}, {first + 3, 1}, {first + 5, 1}, {first + 6, 2}}));
  });
}

TEST(Store, blocks_of_ids_never_meet) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    ASSERT_TRUE(store.transact([](Transaction& tx) {
      std::set<std::int64_t> seen;
      for (const std::int64_t length : {1, 4096, 4095, 1, 1, 4000, 100, 2, 4096, 4096}) {
        const std::int64_t first = tx.next_ids(length);
        for (std::int64_t id = first; id < first + length; ++id) {
          EXPECT_TRUE(seen.insert(id).second);
          EXPECT_EQ(id >> 12, first >> 12);  // of one node and millisecond
        }
      }
    }));
  });
}

TEST(Store, ids_never_repeat) {
  tests::for_each_store(tables, [](Store& store, const auto&) {
    std::set<std::int64_t> seen;
    for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(seen.insert(store.next_id()).second);
  });
}

}  // namespace
}  // namespace store
