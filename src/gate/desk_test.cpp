// The desk on both stores: what many callers ask at once is granted as if one by one, each has its
// own answer, and a store that fails tells everybody so.

#include "gate/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/stores.h"
#include "tests/town.h"

namespace gate {
namespace {

using kernel::Date;
using kernel::Instant;

const Instant kTen = Instant::china(Date::from_ymd(2026, 11, 20), 600);  // a Friday

Request call_to(int customer, const std::string& key = "") {
  const std::string no = "C" + std::to_string(customer);
  return {.customer_no = no,
          .contact_point_id = no + ":1",
          .channel = "call",
          .purpose = "collect",
          .asker = "agency:a",
          .idempotency_key = key};
}

std::shared_ptr<tests::Town> town() {
  auto made = std::make_shared<tests::Town>();
  for (int i = 0; i < 40; ++i) {
    made->add_person("C" + std::to_string(i), "p" + std::to_string(i));
    made->add_point("C" + std::to_string(i), "1", std::to_string(13800000000 + i));
  }
  return made;
}

Gate make_gate() {
  static const Packs packs = Packs::load("decisions");
  return Gate(packs, town(), tests::good_asker);
}

void on_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

std::int64_t count(store::Store& store, const std::string& sql) {
  return *store.read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(0); });
}

TEST(desk, many_callers_get_exactly_the_caps) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    const Gate gate = make_gate();
    Desk desk(store, gate, {.batch_max = 16, .leaders = 3});
    std::atomic<int> granted{0}, refused{0};
    on_threads(32, [&](int thread) {
      for (int i = 0; i < 10; ++i) {  // 320 questions about 40 persons: 8 each, 3 granted
        const auto reply = desk.ask(call_to((thread * 10 + i) % 40), kTen);
        ASSERT_TRUE(reply) << reply.error().message;
        reply->permit ? ++granted : ++refused;
        EXPECT_EQ(reply->answer.allowed, reply->permit.has_value());
      }
    });
    EXPECT_EQ(granted, 120);
    EXPECT_EQ(refused, 200);
    EXPECT_EQ(count(store, "SELECT COUNT(*) FROM permit"), 120);
    EXPECT_EQ(count(store, "SELECT COUNT(*) FROM refusal"), 200);
    EXPECT_EQ(count(store, "SELECT MAX(nth) FROM permit"), 3);
  });
}

TEST(desk, one_key_is_one_permit_whoever_asks_at_once) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    const Gate gate = make_gate();
    Desk one(store, gate), two(store, gate);
    std::mutex mutex;
    std::set<std::int64_t> ids;
    on_threads(24, [&](int i) {
      const auto reply = (i % 2 ? one : two).ask(call_to(1, "k"), kTen);
      ASSERT_TRUE(reply && reply->permit);
      const std::lock_guard held(mutex);
      ids.insert(reply->permit->bound().permit_id.value());
    });
    EXPECT_EQ(ids.size(), 1u);
    EXPECT_EQ(count(store, "SELECT COUNT(*) FROM permit"), 1);
  });
}

// A key used for two questions, a text no store takes: they fail, the others of the batch do not.
TEST(desk, a_request_that_breaks_its_batch_fails_alone) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    const Gate gate = make_gate();
    Desk desk(store, gate);
    ASSERT_TRUE(desk.ask(call_to(0, "taken"), kTen));
    std::atomic<int> granted{0}, failed{0};
    on_threads(24, [&](int i) {
      Request request = call_to(i + 1);
      if (i % 6 == 1) request.script = std::string("a\0b", 3);
      if (i % 6 == 2) request.idempotency_key = "taken";
      const auto reply = desk.ask(request, kTen);
      if (reply && reply->permit)
        ++granted;
      else
        ++failed;
      EXPECT_EQ(static_cast<bool>(reply), i % 6 != 1 && i % 6 != 2) << i;
    });
    EXPECT_EQ(granted, 16);
    EXPECT_EQ(failed, 8);
    EXPECT_EQ(count(store, "SELECT COUNT(*) FROM permit"), 17);
  });
}

// A gate whose askers are looked up by what the test says.
Gate gate_with(AskerPort asker) {
  static const Packs packs = Packs::load("decisions");
  return Gate(packs, town(), std::move(asker));
}

// Something throws about one of them in the middle of a batch: it alone is told, nothing of it is
// in, and nobody waits for ever.
TEST(desk, a_request_that_throws_fails_alone) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    const Gate gate = gate_with([](store::Transaction& tx, std::string_view asker, Date day) {
      if (asker == "agency:bad") throw std::runtime_error("a library threw");
      return tests::good_asker(tx, asker, day);
    });
    Desk desk(store, gate);
    std::atomic<int> granted{0}, failed{0};
    on_threads(24, [&](int i) {
      Request request = call_to(i);
      if (i % 8 == 3) request.asker = "agency:bad";
      const auto reply = desk.ask(request, kTen);
      reply && reply->permit ? ++granted : ++failed;
      EXPECT_EQ(static_cast<bool>(reply), i % 8 != 3) << i;
    });
    EXPECT_EQ(granted, 21);
    EXPECT_EQ(failed, 3);
    EXPECT_EQ(count(store, "SELECT COUNT(*) FROM permit"), 21);
  });
}

// One is at work and held up there, as by a slow store; `waiting_max` wait; the next is told so.
TEST(desk, too_many_are_told_at_once_and_those_inside_are_answered_when_it_closes) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    std::latch begun(1), go_on(1);
    std::atomic<bool> first{true};
    const Gate gate = gate_with([&](store::Transaction& tx, std::string_view asker, Date day) {
      if (first.exchange(false)) {
        begun.count_down();
        go_on.wait();
      }
      return tests::good_asker(tx, asker, day);
    });
    Desk desk(store, gate, {.leaders = 1, .waiting_max = 3});
    const auto ask = [&](int customer) {
      return std::async(std::launch::async, [&desk, customer] {
        return desk.ask(call_to(customer, std::to_string(customer)), kTen);
      });
    };
    auto held_up = ask(0);
    begun.wait();
    // Three find room; whoever comes beyond them does not, and is told before anything moves.
    std::vector<std::future<kernel::Result<Reply>>> all;
    for (int i = 1; i <= 8; ++i) all.push_back(ask(i));
    const auto told = [&] {
      return std::count_if(all.begin(), all.end(), [](const auto& one) {
        return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
      });
    };
    while (told() < 5) std::this_thread::yield();
    std::thread closer([&] { desk.close(); });
    // Once it is closing nobody comes in, however much room there is.
    for (;;) {
      const auto late = desk.ask(call_to(20), kTen);
      ASSERT_FALSE(late);
      EXPECT_EQ(late.error().code, kernel::Code::unavailable);
      if (late.error().message.find("ending") != std::string::npos) break;
      std::this_thread::yield();
    }
    EXPECT_EQ(told(), 5);
    go_on.count_down();
    closer.join();
    int granted = held_up.get()->permit.has_value(), busy = 0;
    for (auto& one : all) {
      const auto reply = one.get();
      if (reply) {
        granted += reply->permit.has_value();
        continue;
      }
      ++busy;
      EXPECT_EQ(reply.error().code, kernel::Code::unavailable);
      EXPECT_THAT(reply.error().message, testing::HasSubstr("3 others wait"));
    }
    EXPECT_EQ(granted, 4);
    EXPECT_EQ(busy, 5);
    EXPECT_EQ(count(store, "SELECT COUNT(*) FROM permit"), 4);
  });
}

TEST(desk, when_the_store_is_gone_everybody_is_told_and_the_same_key_is_safe) {
  const tests::Folder folder;
  const std::string url = tests::fresh_postgres_url(folder.path());
  if (url.empty()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  const auto store = tests::open_store(url, folder.path(), schema());
  const auto admin = tests::open_store(url, folder.path(), schema());
  const Gate gate = make_gate();
  Desk desk(*store, gate);
  // Every backend of this process's schema is ended again and again while it is asked: some commits
  // are lost, of some nobody can tell whether they are in.
  std::atomic<bool> stop{false};
  std::atomic<int> killed{0};
  std::thread killer([&] {
    using std::chrono::milliseconds;
    while (!stop) {
      const int before = killed;
      (void)admin->transact([&](store::Transaction& tx) {
        tx.query(
            "SELECT pg_terminate_backend(a.pid)::int FROM pg_stat_activity a, pg_locks l"
            " WHERE a.pid = l.pid AND l.relation = 'permit'::regclass AND a.pid <> "
            "pg_backend_pid()",
            {}, [&](const store::Row& row) { killed += row.flag(0) ? 1 : 0; });
        return 0;
      });
      // After a kill the others come on a while, or nobody would ever be answered.
      std::this_thread::sleep_for(killed > before ? milliseconds(40) : milliseconds(1));
    }
  });
  std::atomic<int> unavailable{0};
  std::mutex mutex;
  std::map<std::string, std::set<std::int64_t>> permits;  // by key
  on_threads(8, [&](int thread) {
    for (int i = 0; i < 9; ++i) {
      const int customer = thread * 3 + i % 3;
      const std::string key = std::to_string(customer) + "/" + std::to_string(i / 3);
      for (int attempt = 0; attempt < 200; ++attempt) {
        const auto reply = desk.ask(call_to(customer, key), kTen);
        if (!reply) {
          EXPECT_EQ(reply.error().code, kernel::Code::unavailable) << reply.error().message;
          ++unavailable;
          continue;
        }
        ASSERT_TRUE(reply->permit) << reply->answer.refusals.at(0).code;
        const std::lock_guard held(mutex);
        permits[key].insert(reply->permit->bound().permit_id.value());
        break;
      }
    }
  });
  stop = true;
  killer.join();
  EXPECT_EQ(permits.size(), 72u) << "each question was answered in the end";
  for (const auto& [key, ids] : permits) EXPECT_EQ(ids.size(), 1u) << key;
  EXPECT_EQ(count(*admin, "SELECT COUNT(*) FROM permit"), 72) << "no attempt lost, none doubled";
  EXPECT_GT(killed, 0) << "nobody was interrupted: the test shows nothing";
  std::cout << "[   NOTE   ] killed: " << killed << ", told unavailable: " << unavailable << "\n";
}

}  // namespace
}  // namespace gate
