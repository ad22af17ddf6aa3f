#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "column/column.h"
#include "intake/types.h"
#include "tests/stores.h"

namespace intake {
namespace {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Date;
using kernel::Instant;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Date day = Date::from_ymd(2026, 11, 20);

std::vector<store::Migration> all_schema() {
  auto all = store::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

ArrivedPayment payment(const std::string& payment_no) {
  return {.payment_no = payment_no,
          .account_no = "A1",
          .paid_at = Instant::china(day, 599),
          .amount_fen = kernel::Money::from_fen(12'345),
          .channel = "transfer"};
}

kernel::Result<Arrived> take(store::Store& store, const ArrivedPayment& one,
                             Instant now = Instant::china(day, 600)) {
  return store.transact(
      [&](store::Transaction& tx) { return take_payment(tx, one, "machine:bank", now); });
}

Date book_date(store::Store& store, const std::string& payment_no,
               Instant now = Instant::china(day, 600)) {
  const auto taken = take(store, payment(payment_no), now);
  EXPECT_TRUE(taken) << (taken ? "" : taken.error().message);
  return taken ? taken->book_date : Date();
}

// "payment_no of batch" of all batches, in order.
std::vector<std::string> batched(store::Store& store, const fs::path& data) {
  std::vector<std::string> lines;
  const auto refs = store.read([&](store::Transaction& tx) {
    return load_batch_refs(tx, data, Date::from_ymd(2999, 1, 1));
  });
  for (const BatchRef& ref : *refs) {
    const auto sheet = column::Sheet::open(ref.folder, true);
    EXPECT_TRUE(sheet) << (sheet ? "" : sheet.error().message);
    for (std::size_t row = 0; sheet && row < sheet->rows(); ++row)
      lines.push_back(std::string(sheet->texts("payment_no").at(row)) + " of " + ref.batch_id);
  }
  return lines;
}

void on_each_store(const std::function<void(store::Store&, const fs::path& data)>& run) {
  tests::for_each_store(all_schema(), [&](store::Store& store, const fs::path&) {
    const tests::Folder folder;
    const auto saved = store.transact([](store::Transaction& tx) {
      save_account(tx, "A1", "C1", "card");
      return true;
    });
    ASSERT_TRUE(saved);
    run(store, folder.path() / "data");
  });
}

TEST(Arrived, BelongsToTheFirstDayThatIsNotClosed) {
  on_each_store([](store::Store& store, const fs::path& data) {
    EXPECT_EQ(book_date(store, "P1"), day.plus_days(1));
    // 23:59 of the day before the night is the night's; 00:00 is the next one's, closed or not.
    EXPECT_EQ(book_date(store, "P2", Instant::china(day, 1439)), day.plus_days(1));
    EXPECT_EQ(book_date(store, "P3", Instant::china(day.plus_days(1), 0)), day.plus_days(2));
    ASSERT_TRUE(close_payments(store, data, day.plus_days(1), tests::Clock::now()));
    EXPECT_THAT(batched(store, data),
                ElementsAre("P1 of 2026-11-21-arrived", "P2 of 2026-11-21-arrived"));
    // A clock that is behind: the day is closed all the same.
    EXPECT_EQ(book_date(store, "P4"), day.plus_days(2));
    ASSERT_TRUE(close_payments(store, data, day.plus_days(1), tests::Clock::now()));
    EXPECT_EQ(batched(store, data).size(), 2U);
    // Nights that were left out: each day keeps its own batch.
    EXPECT_EQ(book_date(store, "P5", Instant::china(day.plus_days(3), 60)), day.plus_days(4));
    ASSERT_TRUE(close_payments(store, data, day.plus_days(4), tests::Clock::now()));
    EXPECT_THAT(batched(store, data),
                ElementsAre("P1 of 2026-11-21-arrived", "P2 of 2026-11-21-arrived",
                            "P3 of 2026-11-22-arrived", "P4 of 2026-11-22-arrived",
                            "P5 of 2026-11-24-arrived"));
  });
}

TEST(Arrived, IsTakenOnceByItsNumber) {
  on_each_store([](store::Store& store, const fs::path& data) {
    EXPECT_EQ(book_date(store, "P1"), day.plus_days(1));
    ASSERT_TRUE(close_payments(store, data, day.plus_days(1), tests::Clock::now()));
    const auto again = take(store, payment("P1"));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->book_date, day.plus_days(1));
    ArrivedPayment other = payment("P1");
    other.amount_fen = kernel::Money::from_fen(54'321);
    const auto refused = take(store, other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::conflict);
    const auto facts = store.read([](store::Transaction& tx) {
      return *tx.query_i64("SELECT COUNT(*) FROM fact WHERE kind = 'payment_posted'");
    });
    EXPECT_EQ(*facts, 1);
  });
}

TEST(Arrived, WhatIsWrongIsSaidByField) {
  on_each_store([](store::Store& store, const fs::path&) {
    const auto refused = [&](const std::function<void(ArrivedPayment&)>& change) {
      ArrivedPayment one = payment("P1");
      change(one);
      const auto taken = take(store, one);
      return taken ? "taken"
                   : std::string(kernel::code_name(taken.error().code)) + " " + taken.error().where;
    };
    EXPECT_EQ(refused([](auto& p) { p.payment_no = ""; }), "invalid_input payment_no");
    EXPECT_EQ(refused([](auto& p) { p.payment_no = "a\nb"; }), "invalid_input payment_no");
    EXPECT_EQ(refused([](auto& p) { p.account_no = std::string(65, 'A'); }),
              "invalid_input account_no");
    EXPECT_EQ(refused([](auto& p) { p.account_no = "A2"; }), "not_found account_no");
    EXPECT_EQ(refused([](auto& p) { p.amount_fen = kernel::Money::from_fen(0); }),
              "invalid_input amount_fen");
    EXPECT_EQ(refused([](auto& p) { p.channel = ""; }), "invalid_input channel");
    EXPECT_EQ(refused([](auto& p) { p.paid_at = Instant::china(day, 606); }),
              "invalid_input paid_at");
    EXPECT_EQ(refused([](auto&) {}), "taken");
  });
}

// Killed after the folder and before the rows: the same columns are found and kept. Others' are
// not.
TEST(Arrived, AFolderThatIsThereIsComparedNotOverwritten) {
  on_each_store([](store::Store& store, const fs::path& data) {
    EXPECT_EQ(book_date(store, "P1"), day.plus_days(1));
    ASSERT_TRUE(close_payments(store, data, day.plus_days(1), tests::Clock::now()));
    const auto forget = [&] {
      ASSERT_TRUE(store.transact([](store::Transaction& tx) {
        tx.execute("DELETE FROM intake_batch_kind");
        tx.execute("DELETE FROM intake_control_total");
        tx.execute("DELETE FROM intake_batch");
        tx.execute("UPDATE payment_close SET batched_to = 0");
        return true;
      }));
    };
    forget();
    EXPECT_THAT(batched(store, data), IsEmpty());
    ASSERT_TRUE(close_payments(store, data, day.plus_days(1), tests::Clock::now()));
    EXPECT_THAT(batched(store, data), ElementsAre("P1 of 2026-11-21-arrived"));
    forget();
    ASSERT_TRUE(store.transact([](store::Transaction& tx) {
      tx.execute("UPDATE payment_arrived SET amount_fen = 1");
      return true;
    }));
    const auto other = close_payments(store, data, day.plus_days(1), tests::Clock::now());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Code::conflict);
  });
}

// Many tell payments while the day is closed: each is in the batch of the day it was told.
TEST(Arrived, NoneFallsBetweenTwoDays) {
  on_each_store([](store::Store& store, const fs::path& data) {
    constexpr int senders = 6, each = 40;
    std::vector<std::vector<std::string>> told(senders);
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender)
      threads.emplace_back([&, sender] {
        for (int i = 0; i < each; ++i) {
          const std::string no = "P" + std::to_string(sender * 100 + i);
          told[static_cast<std::size_t>(sender)].push_back(
              no + " of " + book_date(store, no).format() + "-arrived");
        }
      });
    for (int closed = 1; closed <= 4; ++closed) {
      EXPECT_TRUE(close_payments(store, data, day.plus_days(closed), tests::Clock::now()));
      std::this_thread::sleep_for(std::chrono::milliseconds(15));
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_TRUE(close_payments(store, data, day.plus_days(9), tests::Clock::now()));
    std::vector<std::string> all;
    for (const auto& one : told) all.insert(all.end(), one.begin(), one.end());
    EXPECT_THAT(batched(store, data), ::testing::UnorderedElementsAreArray(all));
  });
}

}  // namespace
}  // namespace intake
