#include <gtest/gtest.h>

#include "allocation/types.h"
#include "tests/stores.h"

namespace allocation {
namespace {

const kernel::Date today = kernel::Date::from_ymd(2026, 11, 20);
const kernel::Instant now = kernel::Instant::china(today, 600);

std::vector<store::Migration> migrations() {
  std::vector<store::Migration> all = store::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

void on_each_store(const std::function<void(store::Store&)>& body) {
  tests::for_each_store(migrations(), [&](store::Store& store, const auto&) { body(store); });
}

Allotment of_night(const std::string& customer_no, const std::string& collector) {
  return {.customer_no = customer_no,
          .collector = collector,
          .team = "early",
          .since = today,
          .set_at = now};
}

std::vector<Allotment> all_rows(store::Store& store) {
  auto rows = store.read([](store::Transaction& tx) { return load_allotments(tx); });
  CHECK(rows);
  return std::move(*rows);
}

std::int64_t facts(store::Store& store, const std::string& kind) {
  const auto count = store.read([&](store::Transaction& tx) {
    return *tx.query_i64("SELECT count(*) FROM fact WHERE kind = $1", {kind});
  });
  CHECK(count);
  return *count;
}

int save(store::Store& store, const std::vector<Change>& changes) {
  const auto saved = store.transact(
      [&](store::Transaction& tx) { return save_changes(tx, changes, 0, changes.size(), now); });
  CHECK_MSG(static_cast<bool>(saved), saved ? "" : saved.error().message.c_str());
  return *saved;
}

kernel::Result<int> give(store::Store& store, const std::string& customer_no, const std::string& to,
                         const std::string& reason) {
  return store.transact([&](store::Transaction& tx) {
    return reassign(tx, {.customer_nos = {customer_no},
                         .to_user_name = to,
                         .to_team = "late",
                         .by = "user:7",
                         .reason = kernel::Note::take(reason),
                         .now = now.plus_seconds(60)});
  });
}

TEST(Allotments, the_night_saves_what_changed_and_nothing_twice) {
  on_each_store([](store::Store& store) {
    const std::vector<Allotment> first = {of_night("c1", "li"), of_night("c2", "li")};
    EXPECT_EQ(save(store, decide_changes({}, first)), 2);
    EXPECT_EQ(all_rows(store), first);
    EXPECT_EQ(facts(store, "case_allotted"), 2);

    const std::vector<Allotment> second = {of_night("c1", "li"), of_night("c3", "wang")};
    const std::vector<Change> changes = decide_changes(first, second);
    EXPECT_EQ(changes.size(), 2u);
    EXPECT_EQ(save(store, changes), 2);
    EXPECT_EQ(save(store, changes), 0);
    EXPECT_EQ(all_rows(store), second);
    EXPECT_EQ(facts(store, "case_allotted"), 3);
    EXPECT_EQ(facts(store, "case_released"), 1);
  });
}

TEST(Allotments, a_case_that_hands_moved_while_the_night_ran_is_left_alone) {
  on_each_store([](store::Store& store) {
    const std::vector<Allotment> seen = {of_night("c1", "li")};
    save(store, decide_changes({}, seen));
    ASSERT_TRUE(give(store, "c1", "zhao", "客户要求换人"));
    Allotment tonight = of_night("c1", "wang");
    tonight.set_at = now.plus_seconds(3'600);
    EXPECT_EQ(save(store, decide_changes(seen, {tonight})), 0);
    EXPECT_EQ(all_rows(store)[0].collector, "zhao");
    ASSERT_TRUE(give(store, "c9", "zhao", "新案"));
    EXPECT_EQ(save(store, decide_changes({}, {of_night("c9", "li")})), 0);
    EXPECT_EQ(all_rows(store)[1].collector, "zhao");
  });
}

TEST(Allotments, by_hand_until_recalled_with_reasons_kept_sealed) {
  on_each_store([](store::Store& store) {
    save(store, decide_changes({}, {of_night("c1", "li")}));
    const auto moved = give(store, "c1", "zhao", "客户张三要求换人");
    ASSERT_TRUE(moved);
    EXPECT_EQ(*moved, 1);
    const auto again = give(store, "c1", "zhao", "重复");
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, 0);
    EXPECT_TRUE(all_rows(store)[0].by_hand());
    EXPECT_EQ(all_rows(store)[0].team, "late");

    const auto recalled = store.transact([](store::Transaction& tx) {
      return recall(tx, {.customer_nos = {"c1", "c2"},
                         .by = "user:7",
                         .reason = kernel::Note::take("交回系统"),
                         .now = now.plus_seconds(120)});
    });
    ASSERT_TRUE(recalled);
    EXPECT_EQ(*recalled, 1);
    EXPECT_FALSE(all_rows(store)[0].by_hand());
    EXPECT_EQ(all_rows(store)[0].collector, "zhao");

    const auto moves = store.transact([](store::Transaction& tx) {
      const auto disclosure = tx.disclose("customer:c1", "test", "user:7", now);
      std::vector<std::string> texts;
      for (const Move& move : load_moves(tx, "c1")) {
        texts.push_back(move.collector_before + ">" + move.collector + " " +
                        std::string(move.reason.reveal(disclosure)));
      }
      return texts;
    });
    ASSERT_TRUE(moves);
    EXPECT_EQ(*moves, (std::vector<std::string>{"zhao>zhao 交回系统", "li>zhao 客户张三要求换人"}));
    const auto bodies = store.read([](store::Transaction& tx) {
      return *tx.query_i64("SELECT count(*) FROM fact WHERE body LIKE $1", {"%张三%"});
    });
    ASSERT_TRUE(bodies);
    EXPECT_EQ(*bodies, 0);
    EXPECT_EQ(facts(store, "case_reassigned"), 1);
    EXPECT_EQ(facts(store, "case_recalled"), 1);
  });
}

TEST(Allotments, a_move_without_reason_or_receiver_is_refused) {
  on_each_store([](store::Store& store) {
    const auto silent = give(store, "c1", "zhao", "");
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().where, "reason");
    const auto nobody = give(store, "c1", "", "有理由");
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().where, "to_user_name");
    EXPECT_TRUE(all_rows(store).empty());
  });
}

TEST(Allotments, of_one_customer_and_of_one_collector) {
  on_each_store([](store::Store& store) {
    save(store,
         decide_changes({}, {of_night("c1", "li"), of_night("c2", "wang"), of_night("c3", "li")}));
    const auto read = store.read([](store::Transaction& tx) {
      EXPECT_EQ(load_allotment(tx, "c2")->collector, "wang");
      EXPECT_FALSE(load_allotment(tx, "c4"));
      return load_customers_of(tx, "li");
    });
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, (std::vector<std::string>{"c1", "c3"}));
  });
}

}  // namespace
}  // namespace allocation
