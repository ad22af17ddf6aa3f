// The sealer over real stores and folders: what it seals holds by the log's own proofs, a crash
// between any two steps loses and doubles nothing, and what was rolled back is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <utility>

#include "evidence/log_folder.h"
#include "evidence/rows.h"
#include "gate/types.h"
#include "tests/stores.h"
#include "tlog/tlog.h"

namespace evidence {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::vector<store::Migration> tables() {
  std::vector<store::Migration> all = gate::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

SealOptions options_at(const fs::path& folder) {
  return {.place = {.folder = folder / "log",
                    .key_file = (folder / "test.log.key").string(),
                    .name = "evenhand/test"}};
}

void append(store::Store& store, int count, const std::string& who = "C") {
  std::vector<store::Fact> facts;
  for (int i = 0; i < count; ++i)
    facts.push_back({"note_written", "customer:" + who + std::to_string(i % 7), "user:7",
                     tests::Clock::now(), R"({"note_id":")" + std::to_string(i) + "\"}"});
  ASSERT_TRUE(store.transact([&](store::Transaction& tx) { tx.append_many(facts); }));
}

std::int64_t number(store::Store& store, const std::string& sql) {
  return *store.read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(-1); });
}

Sealed sealed(store::Store& store, const SealOptions& options) {
  Sealer sealer(store, options);
  const auto done = sealer.seal_all(tests::Clock::now());
  EXPECT_TRUE(done) << done.error().message;
  return done ? *done : Sealed{};
}

// Every fact has one leaf, whose commitment is its own, in the tree of the folder's checkpoint.
void expect_whole(store::Store& store, const fs::path& folder) {
  const auto vkey = read_vkey(folder / "log");
  ASSERT_TRUE(vkey) << vkey.error().message;
  const auto note = tlog::read_whole(folder / "log" / "checkpoint");
  ASSERT_TRUE(note);
  const auto opened = tlog::open_checkpoint(*note, {&*vkey, 1});
  ASSERT_TRUE(opened) << opened.error().message;
  const tlog::Tree tree = opened->checkpoint.tree;
  EXPECT_EQ(static_cast<std::int64_t>(tree.size), number(store, "SELECT COUNT(*) FROM fact"));
  const tlog::Reader log(folder / "log", tree.size);
  ASSERT_TRUE(store.read([&](store::Transaction& tx) {
    tx.query("SELECT fact_id, kind, subject, made_by, made_at, body FROM fact", {},
             [&](const store::Row& row) {
               const StoredFact fact = read_fact(row);
               const auto place = find_place(tx, fact.fact_id);
               ASSERT_TRUE(place);
               const auto bytes = log.entry(static_cast<std::uint64_t>(place->leaf));
               ASSERT_TRUE(bytes);
               const auto entry = parse_entry(*bytes);
               ASSERT_TRUE(entry);
               EXPECT_EQ(entry->fact_id, fact.fact_id);
               Keys keys;
               load_keys(tx, {fact.fact.subject}, keys);
               ASSERT_EQ(keys.size(), 1u);
               EXPECT_EQ(entry->commit, commitment(salt_of(keys.begin()->second, fact.fact_id),
                                                   canonical_fact(fact)));
               const auto path = log.inclusion(static_cast<std::uint64_t>(place->leaf), tree.size);
               ASSERT_TRUE(path);
               EXPECT_TRUE(tlog::check_inclusion(static_cast<std::uint64_t>(place->leaf),
                                                 tlog::leaf_hash(*bytes), *path, tree));
             });
  }));
}

TEST(Seal, every_fact_gets_one_leaf_and_waits_no_more) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    EXPECT_EQ(sealed(store, options_at(folder)).facts, 0);
    append(store, 1);
    append(store, 700);
    const Sealed first = sealed(store, options_at(folder));
    EXPECT_EQ(first.facts, 701);
    EXPECT_EQ(first.seals, 1);
    append(store, 3, "D");
    SealOptions small = options_at(folder);
    small.facts_a_seal = 2;
    for (int i = 0; i < 5; ++i) append(store, 1, "E");
    const Sealed second = sealed(store, small);
    EXPECT_EQ(second.facts, 8);
    EXPECT_GE(second.seals, 3);
    EXPECT_EQ(second.size, 709);
    EXPECT_EQ(number(store, "SELECT COUNT(*) FROM fact_unsealed"), 0);
    expect_whole(store, folder);
  });
}

TEST(Seal, no_transaction_beside_others_writes_more_than_it_may) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    SealOptions beside = options_at(folder);
    beside.rows_a_seal = 100;
    for (int i = 0; i < 350; ++i) append(store, 1);  // one subject's, each a block of its own
    const Sealed blocks = sealed(store, beside);
    EXPECT_EQ(blocks.facts, 350);
    EXPECT_EQ(blocks.seals, 4);
    append(store, 4'000);  // their keys are there, and it is one block
    EXPECT_EQ(sealed(store, beside).seals, 1);
    beside.rows_a_seal = 3;
    append(store, 250, "D");  // one block, and seven keys in three transactions
    EXPECT_EQ(sealed(store, beside).seals, 1);
    expect_whole(store, folder);
  });
}

TEST(Seal, a_seal_is_made_of_several_readings_and_the_next_goes_on_behind_them) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    SealOptions options = options_at(folder);
    options.facts_a_read = 16;
    options.facts_a_seal = 40;
    for (int i = 0; i < 100; ++i) append(store, 1, "C" + std::to_string(i) + "-");
    const Sealed sealing = sealed(store, options);
    EXPECT_EQ(sealing.facts, 100);
    EXPECT_EQ(sealing.seals, 3);
    for (int i = 0; i < 30; ++i) append(store, 5, "D");
    EXPECT_EQ(sealed(store, options).facts, 150);
    EXPECT_EQ(number(store, "SELECT COUNT(*) FROM fact_unsealed"), 0);
    expect_whole(store, folder);
  });
}

// It had read ahead when it stopped; by the time it goes on, somebody else has sealed that.
TEST(Seal, what_was_read_ahead_is_not_kept_for_a_later_call) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    SealOptions options = options_at(folder);
    options.facts_a_read = options.facts_a_seal = 16;
    bool stopped = false;
    options.after_step = [&](std::string_view step) {
      if (step == "checkpoint" && !std::exchange(stopped, true)) throw std::runtime_error("stop");
    };
    for (int i = 0; i < 40; ++i) append(store, 1);
    Sealer sealer(store, options);
    EXPECT_THROW((void)sealer.seal_all(tests::Clock::now()), std::runtime_error);
    sealer.let_go();
    EXPECT_EQ(sealed(store, options_at(folder)).facts, 24);
    const auto later = sealer.seal_all(tests::Clock::now());
    ASSERT_TRUE(later) << later.error().message;
    EXPECT_EQ(later->facts, 0);
    expect_whole(store, folder);
  });
}

// Keys are saved before the seal: what is erased meanwhile makes it read them anew.
TEST(Seal, an_erasure_between_keys_and_seal_is_not_sealed_over) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    if (store.on_postgres()) return;  // one transaction, and the erasure waits for it
    append(store, 7);
    sealed(store, options_at(folder));
    append(store, 20, "D");
    SealOptions options = options_at(folder);
    int times = 0;
    options.after_step = [&](std::string_view step) {
      if (step != "keys" || ++times > 1) return;
      ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
        return forget(tx, {"customer:C1"}, "user:records", tests::Clock::now());
      }));
    };
    const Sealed again = sealed(store, options);
    EXPECT_EQ(again.facts, 21);  // with the fact that says so,
    EXPECT_EQ(again.seals, 1);   // for all was read again
    EXPECT_EQ(times, 2);
    const std::string keys = "SELECT COUNT(*) FROM log_key WHERE subject LIKE 'customer:";
    EXPECT_EQ(number(store, keys + "D%'"), 7);
    EXPECT_EQ(number(store, keys + "C%'"), 6);
  });
}

TEST(Seal, a_crash_between_any_two_steps_loses_and_doubles_nothing) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    append(store, 300);
    sealed(store, options_at(folder));
    for (const std::string where : {"keys", "tiles", "row", "checkpoint"}) {
      if (store.on_postgres() && where == "keys") continue;  // they come with the row
      append(store, 291, where);
      SealOptions dying = options_at(folder);
      dying.after_step = [where](std::string_view step) {
        if (step == where) throw std::runtime_error("killed");
      };
      {
        Sealer sealer(store, dying);
        EXPECT_THROW((void)sealer.seal_all(tests::Clock::now()), std::runtime_error);
      }
      if (where == "keys") {  // they are of facts that wait: verify has nothing to say of them
        const auto checked = check_store(store, folder / "log");
        ASSERT_TRUE(checked) << checked.error().message;
        EXPECT_EQ(checked->finding_count, 0);
      }
      append(store, 5);
      sealed(store, options_at(folder));
      expect_whole(store, folder);
    }
  });
}

TEST(Seal, writers_go_on_while_it_seals) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    std::atomic<bool> stop{false};
    std::vector<std::thread> writers;
    for (int t = 0; t < 3; ++t)
      writers.emplace_back([&] {
        for (int i = 0; i < 40; ++i) append(store, i % 3 + 1);
      });
    SealOptions options = options_at(folder);
    options.facts_a_seal = 16;
    Sealer sealer(store, options);
    std::thread sealing([&] {
      while (!stop) {
        const auto done = sealer.seal_all(tests::Clock::now());
        EXPECT_TRUE(done) << done.error().message;
      }
    });
    for (std::thread& writer : writers) writer.join();
    stop = true;
    sealing.join();
    ASSERT_TRUE(sealer.seal_all(tests::Clock::now()));
    expect_whole(store, folder);
  });
}

// The store runs a transaction again when its session ends in the middle. What the first run had
// found of keys is nothing then: else subjects would be sealed under a key of zeros, all the same.
TEST(Seal, a_session_lost_while_it_reads_keys_leaves_none_of_them) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    if (!store.on_postgres()) return;  // its reads have no session to lose
    append(store, 1);
    Sealer sealer(store, options_at(folder));
    ASSERT_TRUE(sealer.seal_all(tests::Clock::now()));
    append(store, 20, "D");
    std::thread sealing;
    const auto ended = store.transact([&](store::Transaction& tx) {
      tx.execute("LOCK TABLE log_key IN ACCESS EXCLUSIVE MODE");
      sealing = std::thread([&] { EXPECT_TRUE(sealer.seal_all(tests::Clock::now())); });
      std::int64_t gone = 0;
      for (int tries = 0; tries < 1000 && gone == 0; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        gone = tx.query_i64(
                     "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_locks"
                     " WHERE NOT granted AND relation = 'log_key'::regclass")
                   .value_or(0);
      }
      return gone;
    });
    sealing.join();
    ASSERT_TRUE(ended);
    EXPECT_EQ(*ended, 1);
    expect_whole(store, folder);
  });
}

TEST(Seal, a_second_sealer_is_told_that_somebody_seals) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    append(store, 3);
    Sealer first(store, options_at(folder));
    ASSERT_TRUE(first.seal_all(tests::Clock::now()));
    Sealer second(store, options_at(folder));
    const auto refused = second.seal_all(tests::Clock::now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, kernel::Code::conflict);
    first.let_go();
    EXPECT_TRUE(second.seal_all(tests::Clock::now()));
  });
}

TEST(Seal, does_not_sign_over_what_was_rolled_back) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    append(store, 3);
    sealed(store, options_at(folder));
    const auto early = tlog::read_whole(folder / "log" / "checkpoint");
    append(store, 300);
    sealed(store, options_at(folder));
    append(store, 1);
    // A store that knows less than the folder: its newer seal is taken away with force.
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      if (tx.on_postgres()) tx.execute("ALTER TABLE seal DISABLE TRIGGER ALL");
      if (!tx.on_postgres()) tx.execute("DROP TRIGGER seal_deletes");
      tx.execute("DELETE FROM seal WHERE seal_id = 2");
    }));
    Sealer sealer(store, options_at(folder));
    const auto refused = sealer.seal_all(tests::Clock::now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, kernel::Code::corrupt);
    EXPECT_THAT(refused.error().message, HasSubstr("the store was rolled back"));
  });
}

TEST(Seal, a_lost_key_is_never_replaced) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    append(store, 3);
    sealed(store, options_at(folder));
    append(store, 1);
    fs::remove(folder / "test.log.key");
    Sealer sealer(store, options_at(folder));
    const auto refused = sealer.seal_all(tests::Clock::now());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, kernel::Code::not_found);
  });
}

TEST(Seal, a_lost_folder_is_made_again_to_the_byte) {
  tests::for_each_store(tables(), [](store::Store& store, const fs::path& folder) {
    for (int i = 0; i < 3; ++i) {
      append(store, 400, "C" + std::to_string(i));
      sealed(store, options_at(folder));
    }
    const auto before = tlog::read_whole(folder / "log" / "checkpoint");
    const auto tile = tlog::read_whole(folder / "log" / "tile" / "0" / "003");
    fs::remove_all(folder / "log");
    Sealer sealer(store, options_at(folder));
    const auto made = sealer.rebuild();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->size, 1200);
    EXPECT_EQ(*tlog::read_whole(folder / "log" / "checkpoint"), *before);
    EXPECT_EQ(*tlog::read_whole(folder / "log" / "tile" / "0" / "003"), *tile);
    expect_whole(store, folder);
    append(store, 3);
    EXPECT_EQ(sealed(store, options_at(folder)).facts, 3);
    expect_whole(store, folder);
  });
}

TEST(Ranges, read_back_what_was_written) {
  const std::vector<Range> blocks = {{5, 3}, {8, 4}, {100, 1}, {std::int64_t{1} << 60, 4096}};
  const std::vector<Range> ranges = merged(blocks);
  EXPECT_EQ(ranges, (std::vector<Range>{{5, 7}, {100, 1}, {std::int64_t{1} << 60, 4096}}));
  EXPECT_EQ(*parse_ranges(write_ranges(ranges)), ranges);
  const std::string bytes = write_ranges(ranges);
  EXPECT_FALSE(parse_ranges(std::string_view(bytes).substr(0, bytes.size() - 1)));
}

}  // namespace
}  // namespace evidence
