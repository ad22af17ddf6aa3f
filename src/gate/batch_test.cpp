// Many requests in one call, on both stores: judged in order, each grant counting for those after
// it, and everything written at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/types.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace gate {
namespace {

using kernel::Date;
using kernel::Instant;

const Instant kTen = Instant::china(Date::from_ymd(2026, 11, 20), 600);  // a Friday

Request call_to(const std::string& point, const std::string& key = "") {
  return {.customer_no = point.substr(0, point.find(':')),
          .contact_point_id = point,
          .channel = "call",
          .purpose = "collect",
          .asker = "agency:a",
          .idempotency_key = key};
}

// Ten persons C0…C9 with a number each (point 1), and one number they all share (point 2).
struct Office {
  store::Store& store;
  std::shared_ptr<tests::Town> town = std::make_shared<tests::Town>();
  std::optional<Gate> gate;

  explicit Office(store::Store& s) : store(s) {
    for (int i = 0; i < 10; ++i) {
      const std::string no = "C" + std::to_string(i);
      town->add_person(no, "p" + std::to_string(i));
      town->add_point(no, "1", "1380000000" + std::to_string(i));
      town->add_point(no, "2", "13900000000");
    }
    static const Packs packs = Packs::load("decisions");
    gate.emplace(packs, town, tests::good_asker);
  }

  std::vector<kernel::Result<Reply>> ask(const std::vector<Request>& requests, Instant now = kTen) {
    std::vector<kernel::Result<Reply>> replies;
    const auto done = store.transact([&](store::Transaction& tx) {
      replies = gate->ask_many(tx, requests, now);
      return 0;
    });
    CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
    return replies;
  }
  std::int64_t count(const std::string& sql) {
    return *store.read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(0); });
  }
};

void on_each_store(const std::function<void(Office&)>& body) {
  tests::for_each_store(schema(), [&](store::Store& store, const std::filesystem::path&) {
    Office office(store);
    body(office);
  });
}

TEST(batch, each_grant_counts_for_the_next) {
  on_each_store([](Office& office) {
    std::vector<Request> five(5, call_to("C1:1"));
    five.insert(five.begin() + 2, call_to("C2:1"));
    const auto replies = office.ask(five);
    std::string granted;
    for (const auto& reply : replies) granted += reply->permit ? "y" : "n";
    EXPECT_EQ(granted, "yyyynn");
    EXPECT_EQ(replies[0]->answer.contacts_left_today, 2);
    EXPECT_EQ(replies[3]->answer.contacts_left_today, 0);
    EXPECT_EQ(replies[5]->answer.refusals.at(0).code, "CN_CALLS_3");
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM permit"), 4);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM refusal"), 2);
    EXPECT_EQ(office.count("SELECT nth FROM person_seen WHERE person_key = 'p1'"), 3);
    EXPECT_EQ(office.count("SELECT SUM(nth) FROM permit WHERE person_key = 'p1'"), 1 + 2 + 3);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_granted'"), 4);
    EXPECT_FALSE(office.ask({call_to("C1:1")})[0]->permit) << "and for the next call";
  });
}

TEST(batch, a_number_has_six_attempts_whoever_they_are_for) {
  on_each_store([](Office& office) {
    std::vector<Request> all;
    for (int i = 0; i < 10; ++i) all.push_back(call_to("C" + std::to_string(i) + ":2"));
    const auto replies = office.ask(all);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(replies[i]->permit.has_value(), i < 6);
    EXPECT_EQ(replies[9]->answer.refusals.at(0).code, "CN_ATTEMPT_6");
  });
}

TEST(batch, one_key_twice_in_a_batch_is_one_permit_and_a_misuse_is_an_error_of_its_own) {
  on_each_store([](Office& office) {
    Request other = call_to("C1:1", "k");
    other.channel = "sms";
    const auto replies =
        office.ask({call_to("C1:1", "k"), call_to("C1:1", "k"), other, call_to("C2:1", "k2")});
    ASSERT_TRUE(replies[0]->permit && replies[1]->permit);
    EXPECT_FALSE(replies[0]->repeated);
    EXPECT_TRUE(replies[1]->repeated);
    EXPECT_EQ(replies[0]->permit->bound().permit_id, replies[1]->permit->bound().permit_id);
    ASSERT_FALSE(replies[2]);
    EXPECT_EQ(replies[2].error().code, kernel::Code::conflict);
    EXPECT_TRUE(replies[3]->permit);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM permit"), 2);
    const auto again = office.ask({call_to("C2:1", "k2"), call_to("C1:1", "k")});
    EXPECT_TRUE(again[0]->repeated && again[1]->repeated);
    EXPECT_EQ(again[1]->permit->bound().permit_id, replies[0]->permit->bound().permit_id);
  });
}

TEST(batch, permits_are_claimed_spent_and_reported_on_by_the_batch) {
  on_each_store([](Office& office) {
    const auto replies = office.ask({call_to("C1:1"), call_to("C2:1"), call_to("C3:1")});
    std::vector<PermitId> ids;
    for (const auto& reply : replies) ids.push_back(reply->permit->bound().permit_id);
    ids.push_back(PermitId(1));
    const auto store_and = [&](auto&& work) {
      EXPECT_TRUE(office.store.transact([&](store::Transaction& tx) {
        work(tx);
        return 0;
      }));
    };
    store_and([&](store::Transaction& tx) {
      for (const auto& one : office.gate->claim_many(tx, ids, "agency:b"))
        EXPECT_EQ(one.error().code, kernel::Code::not_found) << "another's permit";
      auto claimed = office.gate->claim_many(tx, ids, "agency:a");
      EXPECT_EQ(claimed[3].error().code, kernel::Code::not_found);
      std::vector<Permit> permits;
      permits.push_back(std::move(*claimed[0]));
      permits.push_back(std::move(*claimed[1]));
      permits.push_back(std::move(*office.gate->claim_many(tx, ids, "agency:a")[0]));
      const auto spent = office.gate->spend_many(tx, std::move(permits), kTen.plus_seconds(5));
      EXPECT_TRUE(spent[0] && spent[1]);
      EXPECT_FALSE(spent[2]) << "the same permit twice in one batch";
    });
    store_and([&](store::Transaction& tx) {
      auto claimed = office.gate->claim_many(tx, ids, "agency:a");
      EXPECT_EQ(claimed[0].error().code, kernel::Code::conflict) << "used";
      std::vector<Permit> late;
      late.push_back(std::move(*claimed[2]));
      EXPECT_FALSE(office.gate->spend_many(tx, std::move(late), kTen.plus_seconds(601))[0]);
    });
    const std::vector<Told> told = {{ids[0], "promise", "agency:a"},
                                    {ids[0], "no_answer", "agency:a"},
                                    {ids[1], "rang", "agency:a"},
                                    {ids[2], "wrong_number", "agency:a"},
                                    {ids[3], "busy", "agency:a"}};
    store_and([&](store::Transaction& tx) {
      const auto results = office.gate->record_outcomes(tx, told, kTen.plus_seconds(60));
      std::string good;
      for (const auto& result : results) good += result ? "y" : "n";
      EXPECT_EQ(good, "ynnyn");
    });
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_used'"), 2);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_outcome'"), 2);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'number_wrong_number'"), 1);
  });
}

}  // namespace
}  // namespace gate
