// What the gate opens with over intake's people, where the database looks up whom to lock: the same
// is found as where the program says it, what was not locked is locked, and no race passes a cap.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gate/desk.h"
#include "gate/rows.h"
#include "intake/types.h"
#include "tests/intake_rows.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace gate {
namespace {

const kernel::Instant kTen = kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 20), 600);

std::vector<store::Migration> both_schemas() {
  std::vector<store::Migration> all = intake::schema();
  all.insert(all.end(), schema().begin(), schema().end());
  return all;
}

void add_person(store::Transaction& tx, const std::string& customer_no,
                const std::string& citizen_id, const std::string& number) {
  intake::Person person;
  person.customer_no = customer_no;
  person.citizen_id = kernel::CitizenId::take(citizen_id);
  intake::save_person(tx, person);
  intake::ContactPoint point;
  point.customer_no = customer_no;
  point.contact_no = "1";
  point.role = "self";
  point.channel = "mobile";
  point.source = "contract";
  point.consent = true;
  point.value = intake::ContactValue::take(number);
  intake::save_contact_point(tx, point);
  tests::add_account(tx, "A" + customer_no, customer_no, "card");
}

// C1 and C2 are one human being; C2 and C:3 have a number in common.
void add_people(store::Store& store) {
  ASSERT_TRUE(store.transact([](store::Transaction& tx) {
    add_person(tx, "C1", "11010519900307002X", "13800000001");
    add_person(tx, "C2", "11010519900307002X", "13800000002");
    add_person(tx, "C:3", "", "13800000002");
    return 0;
  }));
}

Gate make_gate() {
  static const Packs packs = Packs::load("decisions");
  return Gate(packs, intake_directory(), tests::good_asker);
}

Request call_to(const std::string& customer_no, const std::string& point,
                const std::string& key = "") {
  return {.customer_no = customer_no,
          .contact_point_id = point,
          .channel = "call",
          .purpose = "collect",
          .asker = "agency:a",
          .idempotency_key = key};
}

std::string word(const kernel::Result<Reply>& reply) {
  if (!reply) return reply.error().message;
  if (reply->permit) return reply->repeated ? "repeated" : "granted";
  return reply->answer.refusals.at(0).code;
}

// A batch too large to be foreseen says the same as small ones.
TEST(opening, foreseen_or_not_it_answers_the_same) {
  const std::vector<Request> asked = {
      call_to("C1", "C1:1", "a"), call_to("C1", "C2:1"),  call_to("C:3", "C:3:1"),
      call_to("C1", "C:3:1"),     call_to("C404", "C:1"), call_to("C1", "C1:1", "a"),
      call_to("C2", "C1:9"),      call_to("C1", "C1"),    call_to("C2", "C2:1")};
  const std::vector<std::string> expected = {"granted",
                                             "granted",
                                             "granted",
                                             "GATE_UNKNOWN_POINT",
                                             "GATE_UNKNOWN_CUSTOMER",
                                             "repeated",
                                             "GATE_UNKNOWN_POINT",
                                             "GATE_UNKNOWN_POINT",
                                             "granted"};
  for (const std::size_t more : {0, 30}) {
    tests::for_each_store(both_schemas(), [&](store::Store& store, const auto&) {
      SCOPED_TRACE(more);
      add_people(store);
      const Gate gate = make_gate();
      std::vector<Request> requests = asked;
      for (std::size_t i = 0; i < more; ++i)
        requests.push_back(call_to("C40" + std::to_string(i), "x:1"));
      std::vector<std::string> words;
      ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
        words.clear();
        for (const auto& reply : gate.ask_many(tx, requests, kTen)) words.push_back(word(reply));
        return 0;
      }));
      words.resize(asked.size());
      EXPECT_EQ(words, expected);
      // In a transaction of its own too, and by a number, which is never foreseen.
      ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
        EXPECT_EQ(word(gate.ask(tx, asked[0], kTen)), "repeated");
        EXPECT_EQ(word(gate.ask(tx, call_to("C2", "C1:9", "a"), kTen)), "GATE_UNKNOWN_POINT");
        EXPECT_EQ(word(gate.ask(tx, call_to("C2", "C2:1"), kTen)), "CN_CALLS_3");
        Request by_number = call_to("C:3", "");
        by_number.number = "13800000002";
        EXPECT_EQ(word(gate.ask(tx, by_number, kTen)), "granted");
        return 0;
      }));
    });
  }
}

// An import between the two look-ups: the program found whom the database had not locked.
TEST(opening, what_was_not_locked_is_locked_then) {
  const tests::Folder folder;
  const std::string url = tests::fresh_postgres_url(folder.path());
  if (url.empty()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  const auto store = tests::open_store(url, folder.path(), both_schemas());
  add_people(*store);
  const Window window{.person_since = kTen, .number_since = kTen, .holds_until = kTen.china_date()};
  ASSERT_TRUE(store->transact([&](store::Transaction& tx) {
    const auto known = [&](const Keys& persons, const Keys& numbers) {
      const std::vector<Wanted> wanted = {{"C1", "C1:1", ""}};
      Opening opening(tx, wanted, window);
      opening.foresee();
      return opening.open(persons, numbers, {}).known;
    };
    const auto directory = intake_directory();
    const std::string person = directory->person(tx, "C1")->person_key;
    const std::string number = directory->contact_point(tx, "C1:1")->number_index;
    const Known as_foreseen = known({person}, {number});
    EXPECT_EQ(as_foreseen.seen.size(), 1u);
    EXPECT_TRUE(as_foreseen.locked_numbers.contains(number));
    const Known other_person = known({person, "somebody else"}, {number});
    EXPECT_TRUE(other_person.seen.contains("somebody else"));
    const Known other_number = known({person}, {"another number"});
    EXPECT_TRUE(other_number.locked_numbers.contains("another number"));
    return 0;
  }));
}

TEST(opening, two_nodes_of_many_callers_pass_no_cap) {
  tests::for_each_store(both_schemas(), [](store::Store& store, const auto&) {
    // Nine persons; each three of them have one number in common, which six attempts a day reach.
    ASSERT_TRUE(store.transact([](store::Transaction& tx) {
      for (int i = 0; i < 9; ++i)
        add_person(tx, "P" + std::to_string(i), "", std::to_string(13900000000 + i / 3));
      return 0;
    }));
    const Gate gate = make_gate();
    Desk one(store, gate), two(store, gate, {.leaders = 3});
    std::atomic<int> granted{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 12; ++thread)
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 9; ++i) {
          const std::string no = "P" + std::to_string((thread + i) % 9);
          const auto reply = (thread % 2 ? one : two).ask(call_to(no, no + ":1"), kTen);
          ASSERT_TRUE(reply) << reply.error().message;
          if (reply->permit) ++granted;
        }
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(granted, 18);
    const auto most = store.read([](store::Transaction& tx) {
      return tx.query_i64(
          "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM permit GROUP BY number_index) AS a");
    });
    ASSERT_TRUE(most);
    EXPECT_EQ(*most, 6);
  });
}

}  // namespace
}  // namespace gate
