// One permit over HTTP: asked for through the desk with whoever else asks, then spent and shown.

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "tests/office.h"

namespace {

using testing::HasSubstr;
using testing::Not;
using tests::in_each_office;
using tests::Office;

std::string permit_for(const std::string& point, const std::string& key) {
  return R"({"contact_point_id":")" + point +
         R"(","channel":"call","purpose":"collect","says_debt":true,"idempotency_key":")" + key +
         R"("})";
}

kernel::Result<std::string> ask(Office& office, const std::string& who, const std::string& case_id,
                                const std::string& key) {
  return office.ask(who, "POST", "/cases/" + case_id + "/permits", permit_for(case_id + ":1", key));
}

// As the route asks for it.
gate::Request request_for(const std::string& case_id, const std::string& key) {
  return {.customer_no = case_id,
          .contact_point_id = case_id + ":1",
          .channel = "call",
          .purpose = "collect",
          .asker = "li.na",
          .idempotency_key = "li.na/" + key};
}

std::int64_t facts(Office& office, const std::string& kind) {
  return office.count("SELECT COUNT(*) FROM fact WHERE kind = '" + kind + "'");
}
std::int64_t granted(Office& office) {
  return facts(office, "permit_granted");
}
std::int64_t used(Office& office) {
  return facts(office, "permit_used");
}

void on_threads(int count, const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

TEST(permit_route, many_at_once_get_the_caps_and_each_number_is_shown_for_one_used_permit) {
  in_each_office([](Office& office) {
    std::atomic<int> shown{0}, failed{0};
    on_threads(12, [&](int i) {
      // Two collectors, each at their own case; every key by two threads.
      const bool li = i % 2 == 0;
      const auto answer =
          ask(office, li ? "li.na" : "wang.wei", li ? "C1" : "C2", "k" + std::to_string(i / 4));
      if (!answer) {
        ++failed;
        return;
      }
      ++shown;
      EXPECT_THAT(*answer, HasSubstr(R"("granted":true)"));
      EXPECT_THAT(*answer, HasSubstr(li ? "13812341234" : "13712341234"));
    });
    EXPECT_EQ(failed, 0) << "a double click is answered as the first one";
    EXPECT_EQ(shown, 12);
    EXPECT_EQ(granted(office), 6) << "three keys each";
    EXPECT_EQ(used(office), 6);
    EXPECT_EQ(office.attempts("C1"), 3);
    EXPECT_EQ(office.attempts("C2"), 3);
    const auto fourth = ask(office, "li.na", "C1", "k9");
    ASSERT_TRUE(fourth);
    EXPECT_THAT(*fourth, HasSubstr(R"("granted":false)"));
    EXPECT_THAT(*fourth, Not(HasSubstr("13812341234")));
  });
}

// What a crash between the two transactions leaves: a permit reserved and nobody told.
TEST(permit_route, a_permit_reserved_before_a_crash_is_found_by_the_same_key) {
  in_each_office([](Office& office) {
    const auto reserved = office.desk().ask(request_for("C1", "k"), Office::at(10));
    ASSERT_TRUE(reserved && reserved->permit);
    const std::string id = std::to_string(reserved->permit->bound().permit_id.value());
    EXPECT_EQ(office.attempts("C1"), 0);
    const auto again = ask(office, "li.na", "C1", "k");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_THAT(*again, HasSubstr(R"("permit_id":")" + id + '"'));
    EXPECT_THAT(*again, HasSubstr(R"("dial":"13812341234")"));
    EXPECT_EQ(granted(office), 1);
    EXPECT_EQ(office.attempts("C1"), 1);
    // Once more it is the same answer and nothing is spent; nobody else may come with the key.
    ASSERT_TRUE(ask(office, "li.na", "C1", "k"));
    EXPECT_EQ(office.attempts("C1"), 1);
    EXPECT_EQ(granted(office), 1);
  });
}

// Expired, or taken back by a hold, before the retry came: no number.
TEST(permit_route, a_permit_that_is_over_shows_no_number_to_a_retry) {
  in_each_office([](Office& office) {
    ASSERT_TRUE(office.desk().ask(request_for("C1", "late"), Office::at(10)));
    const auto late = office.ask("li.na", "POST", "/cases/C1/permits", permit_for("C1:1", "late"),
                                 Office::at(10, 11));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, kernel::Code::conflict);
    ASSERT_TRUE(office.desk().ask(request_for("C1", "held"), Office::at(10, 12)));
    ASSERT_TRUE(office.ask("li.na", "POST", "/cases/C1/holds",
                           R"({"kind":"dispute","reason":"说不是本人"})", Office::at(10, 13)));
    const auto held = office.ask("li.na", "POST", "/cases/C1/permits", permit_for("C1:1", "held"),
                                 Office::at(10, 14));
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, kernel::Code::conflict);
    EXPECT_EQ(office.attempts("C1"), 0);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'secret_disclosed'"), 0);
  });
}

// One that is told off by the desk (it is closing) has nothing on record.
TEST(permit_route, a_desk_that_lets_nobody_in_is_a_503_and_reserves_nothing) {
  in_each_office([](Office& office) {
    office.desk().close();
    const auto answer = ask(office, "li.na", "C1", "k");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, kernel::Code::unavailable);
    EXPECT_EQ(granted(office), 0);
    EXPECT_EQ(facts(office, "permit_refused"), 0);
  });
}

}  // namespace
