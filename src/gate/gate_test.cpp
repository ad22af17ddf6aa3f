// The gate on both stores: what is granted, what is refused and why, until when, and that nothing
// gets round the counting. The people are a Town; tests/race does the same with processes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gate/types.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace gate {
namespace {

using kernel::Date;
using kernel::Instant;
using tests::good_asker;
using tests::Town;

const Instant kTen = Instant::china(Date::from_ymd(2026, 11, 20), 600);  // a Friday

std::vector<std::string> codes(const Answer& answer) {
  std::vector<std::string> all;
  for (const Refusal& refusal : answer.refusals) all.push_back(refusal.code);
  return all;
}

Request call_to(const std::string& point = "C1:1") {
  return {.customer_no = point.substr(0, point.find(':')),
          .contact_point_id = point,
          .channel = "call",
          .purpose = "collect",
          .asker = "li.na"};
}

// One store, one gate, a small town.
class Desk {
 public:
  explicit Desk(store::Store& store) : store_(store), town_(std::make_shared<Town>()) {
    town_->add_person("C1", "p1");
    town_->add_person("C2", "p1");  // the same human being
    town_->add_person("C3", "p3");
    town_->add_point("C1", "1", "13800000001");
    town_->add_point("C1", "2", "13800000002");
    town_->add_point("C1", "9", "13800000009", "contact_person");
    town_->add_point("C2", "1", "13800000001");
    town_->add_point("C3", "1", "13800000003");
    town_->add_point("C3", "9", "13800000009", "contact_person");
    static const Packs packs = Packs::load("decisions");
    gate_.emplace(packs, town_, good_asker);
  }

  Town& town() { return *town_; }
  Gate& gate() { return *gate_; }

  Reply ask(const Request& request, Instant now = kTen) {
    auto reply =
        store_.transact([&](store::Transaction& tx) { return gate_->ask(tx, request, now); });
    CHECK_MSG(static_cast<bool>(reply), reply ? "" : reply.error().message.c_str());
    return std::move(*reply);
  }
  Answer question(const Request& request, Instant now = kTen) {
    auto answer =
        store_.read([&](store::Transaction& tx) { return gate_->question(tx, request, now); });
    CHECK_MSG(static_cast<bool>(answer), answer ? "" : answer.error().message.c_str());
    return std::move(*answer);
  }
  kernel::Status outcome(PermitId permit_id, const std::string& outcome, Instant now = kTen) {
    return store_.transact([&](store::Transaction& tx) -> kernel::Status {
      return gate_->record_outcome(tx, permit_id, outcome, "li.na", now);
    });
  }
  kernel::Result<Spent> spend(Permit permit, Instant now = kTen) {
    // Work may run again, a Permit only once: it is moved in by the run that commits.
    auto held = std::make_shared<std::optional<Permit>>(std::move(permit));
    return store_.transact([&](store::Transaction& tx) -> kernel::Result<Spent> {
      return gate_->spend(tx, std::move(**held), now);
    });
  }
  kernel::Result<Hold> hold(const std::string& kind, std::optional<Date> until = {},
                            Instant now = kTen) {
    return store_.transact([&](store::Transaction& tx) -> kernel::Result<Hold> {
      return set_hold(tx, *town_,
                      {.customer_no = "C2", .kind = kind, .until = until, .set_by = "wang.lead"},
                      now);
    });
  }
  std::int64_t count(const std::string& sql) {
    auto found = store_.read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(0); });
    CHECK(static_cast<bool>(found));
    return *found;
  }
  store::Store& store() { return store_; }

 private:
  store::Store& store_;
  std::shared_ptr<Town> town_;
  std::optional<Gate> gate_;
};

void on_each_store(const std::function<void(Desk&)>& body) {
  tests::for_each_store(schema(), [&](store::Store& store, const std::filesystem::path&) {
    Desk desk(store);
    body(desk);
  });
}

TEST(gate, grants_up_to_the_cap_over_all_customer_numbers_of_the_person) {
  on_each_store([](Desk& desk) {
    const Reply first = desk.ask(call_to("C1:1"));
    ASSERT_TRUE(first.permit);
    EXPECT_EQ(first.answer.contacts_left_today, 2);
    EXPECT_EQ(first.answer.attempts_left_today, 5);
    EXPECT_EQ(first.permit->bound().expires_at, kTen.plus_seconds(600));
    EXPECT_TRUE(desk.ask(call_to("C2:1")).permit);
    Request message = call_to("C1:2");
    message.channel = "sms";
    EXPECT_TRUE(desk.ask(message).permit);

    const Reply fourth = desk.ask(call_to("C2:1"));
    EXPECT_FALSE(fourth.permit);
    EXPECT_THAT(codes(fourth.answer), testing::ElementsAre("CN_CONTACTS_3"));
    const Refusal& refusal = fourth.answer.refusals[0];
    EXPECT_NE(refusal.citation.find("GB/T 45251"), std::string::npos);
    EXPECT_EQ(refusal.pack, "cn-bank-card");
    EXPECT_EQ(refusal.version.size(), 12u);
    EXPECT_GT(refusal.row, 0);
    EXPECT_EQ(fourth.answer.contacts_left_today, 0);
    EXPECT_EQ(fourth.answer.allowed_at, Instant::china(Date::from_ymd(2026, 11, 21), 480));
    EXPECT_TRUE(desk.ask(call_to("C3:1")).permit) << "another person is not concerned";
  });
}

TEST(gate, a_call_nobody_took_leaves_the_contact_but_not_the_attempt) {
  on_each_store([](Desk& desk) {
    for (int i = 0; i < 6; ++i) {
      const Reply reply = desk.ask(call_to());
      ASSERT_TRUE(reply.permit) << i;
      EXPECT_EQ(reply.answer.attempts_left_today, 5 - i);
      ASSERT_TRUE(desk.outcome(reply.permit->bound().permit_id, i % 2 ? "busy" : "no_answer"));
    }
    const Answer seventh = desk.question(call_to());
    EXPECT_THAT(codes(seventh), testing::ElementsAre("CN_ATTEMPT_6"));
    EXPECT_EQ(seventh.contacts_left_today, 3);
    EXPECT_EQ(seventh.attempts_left_today, 0);
    EXPECT_TRUE(desk.question(call_to("C1:2")).allowed) << "another number of theirs";
  });
}

TEST(gate, an_unknown_outcome_counts_as_a_contact) {
  on_each_store([](Desk& desk) {
    for (const char* outcome : {"unknown", "connected_right_party", "promise"}) {
      const Reply reply = desk.ask(call_to());
      ASSERT_TRUE(reply.permit);
      ASSERT_TRUE(desk.outcome(reply.permit->bound().permit_id, outcome));
      EXPECT_FALSE(desk.outcome(reply.permit->bound().permit_id, "no_answer")) << "once";
    }
    EXPECT_THAT(codes(desk.question(call_to())), testing::ElementsAre("CN_CALLS_3"));
    EXPECT_FALSE(desk.outcome(PermitId(1), "unknown")) << "no such permit";
    EXPECT_FALSE(desk.outcome(PermitId(1), "rang_twice")) << "no such outcome";
  });
}

TEST(gate, a_dry_question_writes_and_counts_nothing) {
  on_each_store([](Desk& desk) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(desk.question(call_to()).allowed);
    EXPECT_EQ(desk.question(call_to()).contacts_left_today, 3);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM permit"), 0);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM fact"), 0);
  });
}

TEST(gate, the_same_idempotency_key_gives_the_same_permit) {
  on_each_store([](Desk& desk) {
    Request request = call_to();
    request.idempotency_key = "k1";
    const Reply first = desk.ask(request), again = desk.ask(request, kTen.plus_seconds(5));
    ASSERT_TRUE(first.permit && again.permit);
    EXPECT_FALSE(first.repeated);
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(first.permit->bound().permit_id, again.permit->bound().permit_id);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM permit"), 1);
    request.channel = "sms";
    const auto other = desk.store().transact(
        [&](store::Transaction& tx) { return desk.gate().ask(tx, request, kTen); });
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, kernel::Code::conflict);
  });
}

TEST(gate, a_permit_is_spent_once_and_in_time) {
  on_each_store([](Desk& desk) {
    Request request = call_to();
    request.idempotency_key = "k";
    Reply one = desk.ask(request), same = desk.ask(request);
    EXPECT_TRUE(desk.spend(std::move(*one.permit)));
    EXPECT_FALSE(desk.spend(std::move(*same.permit))) << "the same permit by another hand";
    Reply late = desk.ask(call_to());
    EXPECT_FALSE(desk.spend(std::move(*late.permit), kTen.plus_seconds(601)));
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_used'"), 1);
  });
}

TEST(gate, a_permit_does_not_outlive_the_window) {
  on_each_store([](Desk& desk) {
    const Instant late = Instant::china(kTen.china_date(), 1255);
    const Reply reply = desk.ask(call_to(), late);
    ASSERT_TRUE(reply.permit);
    EXPECT_EQ(reply.permit->bound().expires_at, Instant::china(kTen.china_date(), 1260));
  });
}

TEST(gate, outside_hours_it_says_until_when) {
  on_each_store([](Desk& desk) {
    const Instant night = Instant::china(kTen.china_date(), 1350);
    const Reply reply = desk.ask(call_to(), night);
    EXPECT_FALSE(reply.permit);
    EXPECT_THAT(codes(reply.answer), testing::ElementsAre("CN_HOURS"));
    EXPECT_NE(reply.answer.refusals[0].citation.find("22:00"), std::string::npos);
    EXPECT_EQ(reply.answer.refusals[0].certainty, "copy");
    const Instant morning = Instant::china(Date::from_ymd(2026, 11, 21), 480);
    EXPECT_EQ(reply.answer.allowed_at, morning);
    EXPECT_TRUE(desk.question(call_to(), morning).allowed);
    EXPECT_FALSE(desk.question(call_to(), morning.plus_seconds(-1)).allowed);
    const Instant dawn = Instant::china(kTen.china_date(), 300);
    EXPECT_EQ(desk.question(call_to(), dawn).allowed_at, Instant::china(kTen.china_date(), 480));
  });
}

TEST(gate, over_a_festival_it_waits_for_the_first_day_after) {
  on_each_store([](Desk& desk) {
    // 2026-09-30 23:00: 1 to 3 October are the festival, 4 October a plain rest day.
    const Instant eve = Instant::china(Date::from_ymd(2026, 9, 30), 1380);
    const Answer answer = desk.question(call_to(), eve);
    EXPECT_EQ(answer.allowed_at, Instant::china(Date::from_ymd(2026, 10, 4), 480));
    EXPECT_TRUE(desk.question(call_to(), *answer.allowed_at).allowed);
    const Instant noon = Instant::china(Date::from_ymd(2026, 10, 1), 720);
    EXPECT_THAT(codes(desk.question(call_to(), noon)), testing::ElementsAre("CN_REST_DAY"));
  });
}

TEST(gate, a_hold_on_one_customer_number_holds_the_person_and_revokes_open_permits) {
  on_each_store([](Desk& desk) {
    Reply before = desk.ask(call_to("C1:1"));
    ASSERT_TRUE(desk.hold("dispute", Date::from_ymd(2026, 11, 25)));
    EXPECT_FALSE(desk.spend(std::move(*before.permit))) << "revoked";
    const Reply reply = desk.ask(call_to("C1:1"));
    EXPECT_THAT(codes(reply.answer), testing::ElementsAre("CN_DISPUTE"));
    EXPECT_EQ(reply.answer.allowed_at, Instant::china(Date::from_ymd(2026, 11, 26), 480));
    EXPECT_EQ(reply.answer.contacts_left_today, 3) << "a revoked permit was never a contact";

    Request answer = call_to("C1:1");
    answer.purpose = "answer";
    EXPECT_TRUE(desk.question(answer).allowed) << "the customer may be answered";
    EXPECT_TRUE(desk.question(call_to("C1:1"), *reply.answer.allowed_at).allowed);

    ASSERT_TRUE(desk.hold("cease"));
    EXPECT_FALSE(desk.question(call_to("C1:1")).allowed_at) << "until lifted, so nobody knows";
  });
}

TEST(gate, a_lifted_hold_is_gone_and_lifting_twice_is_a_conflict) {
  on_each_store([](Desk& desk) {
    const auto hold = desk.hold("complaint");
    ASSERT_TRUE(hold);
    EXPECT_FALSE(desk.question(call_to()).allowed);
    auto lift = [&] {
      return desk.store().transact([&](store::Transaction& tx) -> kernel::Status {
        return lift_hold(tx, desk.town(), "C1", hold->hold_id, kernel::Note::take("answered"),
                         "wang", kTen);
      });
    };
    EXPECT_TRUE(lift());
    EXPECT_TRUE(desk.question(call_to()).allowed);
    const auto again = lift();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, kernel::Code::conflict);
    EXPECT_FALSE(desk.hold("mood")) << "no such kind";
    EXPECT_FALSE(desk.hold("dispute", Date::from_ymd(2026, 11, 1))) << "in the past";
  });
}

TEST(gate, third_persons_are_asked_to_pass_a_word_on_and_nothing_else) {
  on_each_store([](Desk& desk) {
    const Request collect = call_to("C1:9");
    EXPECT_THAT(codes(desk.question(collect)),
                testing::ElementsAre("CN_THIRD_PARTY", "CN_DISCLOSURE", "CN_THIRD_PARTY_PURPOSE"));
    Request relay = collect;
    relay.purpose = "relay";
    EXPECT_THAT(codes(desk.question(relay)),
                testing::ElementsAre("CN_THIRD_PARTY", "CN_DISCLOSURE"));
    relay.says_debt = false;
    ASSERT_TRUE(desk.hold("lost"));
    const Reply reply = desk.ask(relay);
    ASSERT_TRUE(reply.permit);
    ASSERT_TRUE(desk.outcome(reply.permit->bound().permit_id, "refused"));
    const Answer refused = desk.question(relay, kTen.plus_seconds(86'400 * 3));
    EXPECT_THAT(codes(refused), testing::ElementsAre("CN_THIRD_PARTY_REFUSED"));
    EXPECT_FALSE(refused.allowed_at);

    relay.customer_no = "C3";
    relay.contact_point_id = "C3:9";
    EXPECT_THAT(codes(desk.question(relay, kTen.plus_seconds(86'400 * 3))),
                testing::Contains("CN_THIRD_PARTY_REFUSED"))
        << "refused for good, whoever the debtor is";
  });
}

TEST(gate, a_number_that_was_wrong_is_not_called_again) {
  on_each_store([](Desk& desk) {
    const Reply reply = desk.ask(call_to());
    ASSERT_TRUE(desk.outcome(reply.permit->bound().permit_id, "wrong_number"));
    EXPECT_THAT(codes(desk.question(call_to())), testing::ElementsAre("CN_NUMBER_INVALID"));
    EXPECT_TRUE(desk.question(call_to("C1:2")).allowed);
  });
}

TEST(gate, a_clock_that_goes_back_does_not_open_a_new_day) {
  on_each_store([](Desk& desk) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.ask(call_to()).permit);
    const Reply yesterday = desk.ask(call_to(), kTen.plus_seconds(-86'400));
    EXPECT_FALSE(yesterday.permit);
    EXPECT_THAT(codes(yesterday.answer), testing::ElementsAre("CN_CALLS_3"));
    EXPECT_EQ(yesterday.answer.asked_at, kTen);
    EXPECT_TRUE(desk.ask(call_to(), Instant::china(Date::from_ymd(2026, 11, 21), 480)).permit);
  });
}

TEST(gate, contacts_by_others_count) {
  on_each_store([](Desk& desk) {
    for (int i = 0; i < 2; ++i)
      desk.town().past.push_back({.contact_point_id = "C2:1",
                                  .number_index = "index of 13800000001",
                                  .role = "self",
                                  .outcome = "connected_right_party",
                                  .contacted_at = kTen.plus_seconds(-3600 - i)});
    desk.town().past.push_back({.contact_point_id = "C2:1",
                                .number_index = "index of 13800000001",
                                .role = "self",
                                .outcome = "no_answer",
                                .contacted_at = kTen.plus_seconds(-60)});
    const Answer answer = desk.question(call_to());
    EXPECT_EQ(answer.contacts_left_today, 1);
    EXPECT_EQ(answer.attempts_left_today, 3);
  });
}

TEST(gate, what_is_not_known_is_refused) {
  on_each_store([](Desk& desk) {
    Request request = call_to();
    request.customer_no = "C404";
    EXPECT_THAT(codes(desk.ask(request).answer), testing::ElementsAre("GATE_UNKNOWN_CUSTOMER"));
    EXPECT_THAT(codes(desk.ask(call_to("C1:404")).answer),
                testing::ElementsAre("GATE_UNKNOWN_POINT"));
    request = call_to("C3:1");
    request.customer_no = "C1";
    EXPECT_THAT(codes(desk.ask(request).answer), testing::ElementsAre("GATE_UNKNOWN_POINT"));
    request = call_to();
    request.channel = "telepathy";
    request.purpose = "haunt";
    EXPECT_THAT(codes(desk.ask(request).answer),
                testing::ElementsAre("CN_CHANNEL_UNKNOWN", "CN_PURPOSE_UNKNOWN"));
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM refusal"), 4);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_refused'"), 4);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM permit"), 0);
  });
}

TEST(gate, a_number_in_place_of_a_point) {
  on_each_store([](Desk& desk) {
    Request request = call_to();
    request.contact_point_id = "";
    request.number = "13800000002";
    const Reply reply = desk.ask(request);
    ASSERT_TRUE(reply.permit);
    EXPECT_EQ(reply.permit->bound().contact_point_id, "C1:2");
    request.number = "13911111111";
    EXPECT_THAT(codes(desk.ask(request).answer), testing::ElementsAre("GATE_UNKNOWN_POINT"));
  });
}

TEST(gate, permits_nobody_reports_on_become_unknown) {
  on_each_store([](Desk& desk) {
    ASSERT_TRUE(desk.ask(call_to()).permit);
    auto expire = [&](Instant now) {
      return *desk.store().transact(
          [&](store::Transaction& tx) { return expire_permits(tx, now); });
    };
    EXPECT_EQ(expire(kTen.plus_seconds(60)), 0);
    EXPECT_EQ(expire(kTen.plus_seconds(3600)), 1);
    EXPECT_EQ(expire(kTen.plus_seconds(7200)), 0);
    EXPECT_EQ(desk.question(call_to()).contacts_left_today, 2);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM fact WHERE kind = 'permit_expired'"), 1);
  });
}

std::vector<std::string> fact_bodies(Desk& desk) {
  std::vector<std::string> bodies;
  CHECK(static_cast<bool>(desk.store().read([&](store::Transaction& tx) {
    tx.query("SELECT kind, body FROM fact ORDER BY fact_id", {},
             [&](const store::Row& row) { bodies.push_back(row.text(0) + " " + row.text(1)); });
    return 0;
  })));
  return bodies;
}

TEST(gate, facts_tell_all_and_hold_no_number) {
  on_each_store([](Desk& desk) {
    const Reply granted = desk.ask(call_to());
    ASSERT_TRUE(granted.permit);
    ASSERT_FALSE(desk.ask(call_to(), Instant::china(kTen.china_date(), 1400)).permit);
    ASSERT_TRUE(desk.outcome(granted.permit->bound().permit_id, "wrong_number"));
    const std::vector<std::string> bodies = fact_bodies(desk);
    std::string packs, kinds;
    for (const std::string& body : bodies) kinds += body.substr(0, body.find(' ')) + " ";
    std::size_t used = 0;
    while (used < bodies.size() && bodies[used].starts_with("pack_used")) packs += bodies[used++];
    EXPECT_THAT(packs, testing::HasSubstr("\"pack\":\"cn-bank-card\""));
    EXPECT_THAT(packs, testing::HasSubstr("\"calendar_sha256\":\""));
    ASSERT_EQ(bodies.size(), used + 4) << kinds;
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM gate_pack"), static_cast<std::int64_t>(used))
        << "once a version, however often it is used";
    const std::string &grant = bodies[used], &refusal = bodies[used + 1];
    EXPECT_THAT(grant, testing::StartsWith("permit_granted {\"permit_id\":\""));
    EXPECT_THAT(grant, testing::HasSubstr("\"person\":\"p1\",\"nth\":1,"));
    EXPECT_THAT(grant, testing::HasSubstr("\"number\":\"index of 13800000001\""));
    EXPECT_THAT(grant, testing::HasSubstr("\"reserved_at\":\"2026-11-20T10:00:00+08:00\""));
    EXPECT_THAT(grant, testing::HasSubstr("\"facts\":{\"channel\":\"call\""));
    EXPECT_THAT(grant, testing::HasSubstr("\"contacts_today\":0"));
    EXPECT_THAT(grant, testing::HasSubstr("\"imported\":{},\"packs\":[{\"pack\":\"cn-"));
    EXPECT_THAT(refusal, testing::StartsWith("permit_refused {\"person\":\"p1\""));
    EXPECT_THAT(refusal, testing::HasSubstr("\"contacts_today\":1"));
    EXPECT_THAT(refusal, testing::HasSubstr("\"code\":\"CN_HOURS\""));
    EXPECT_THAT(refusal, testing::HasSubstr("hours_late"));
    EXPECT_THAT(bodies[used + 2], testing::HasSubstr("\"outcome\":\"wrong_number\""));
    EXPECT_THAT(bodies[used + 3], testing::StartsWith("number_wrong_number {\"person\":\"p1\""));
  });
}

TEST(gate, forty_threads_at_once_get_exactly_the_cap) {
  on_each_store([](Desk& desk) {
    std::atomic<int> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 40; ++i)
      threads.emplace_back([&, i] {
        if (desk.ask(call_to(i % 2 ? "C1:1" : "C2:1")).permit) ++granted;
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(granted, 3);
    EXPECT_EQ(desk.count("SELECT COUNT(*) FROM permit"), 3);
  });
}

TEST(gate_ask, answers_in_the_form_it_was_asked) {
  on_each_store([](Desk& desk) {
    const std::string one =
        R"({"customer_no":"C1","contact_point_id":"C1:1","channel":"call","purpose":"collect"})";
    auto answer = [&](const std::string& json) {
      return answer_json(desk.store(), desk.gate(), json, kTen);
    };
    const auto single = answer(one);
    ASSERT_TRUE(single) << single.error().message;
    EXPECT_THAT(*single, testing::StartsWith("{\"allowed\":true"));
    EXPECT_THAT(*single, testing::HasSubstr("\"permit_id\":\""));
    EXPECT_THAT(*answer("[" + one + "," + one + "]"), testing::StartsWith("[{\"allowed\":true"));
    const auto lines = answer(one + "\n" + one + "\n");
    ASSERT_TRUE(lines);
    EXPECT_EQ(std::count(lines->begin(), lines->end(), '\n'), 2);
    EXPECT_THAT(*lines, testing::HasSubstr("\"code\":\"CN_CALLS_3\""));
    EXPECT_THAT(*lines, testing::HasSubstr("\"allowed_at\":\"2026-11-21T08:00:00+08:00\""));
    const std::string dry = R"({"customer_no":"C3","number":"13800000003","channel":"call",)"
                            R"("purpose":"collect","dry":true,"at":"2026-11-20T21:00:00+08:00"})";
    EXPECT_THAT(*answer(dry), testing::HasSubstr("\"code\":\"CN_HOURS\""));
    const std::string mute = R"({"customer_no":"C3","contact_point_id":"C3:1","channel":"call",)"
                             R"("purpose":"collect","recording_ready":false})";
    EXPECT_THAT(*answer(mute), testing::HasSubstr("\"code\":\"CN_NO_RECORDING\""));
    EXPECT_FALSE(answer(R"({"customer_no":"C3"})"));
    EXPECT_FALSE(answer("no json"));
    EXPECT_FALSE(answer(one + "\n{\n"));
  });
}

}  // namespace
}  // namespace gate
