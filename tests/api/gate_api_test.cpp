// The gate's pages, and those who come with a key, through the whole server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/keys.h"
#include "tests/api/office.h"

namespace {

using tests::Desk;
using tests::Office;
using tests::Reply;

Office& office() {
  return tests::office_of("gate");
}

std::int64_t count(const std::string& sql) {
  return office()
      .store()
      .read([&](store::Transaction& tx) { return tx.query_i64(sql).value_or(0); })
      .value();
}

struct Whom {
  std::string case_id, point;
};

// A case whose own mobile may be called now.
Whom reachable(const Desk& lead) {
  const Reply list = office().ask(lead, "GET", "/api/v1/cases?size=50");
  for (const auto& item : list.body.at("items").as_array()) {
    const std::string case_id(item.at("case_id").as_string());
    const Reply file = office().ask(lead, "GET", "/api/v1/cases/" + case_id);
    for (const auto& point : file.body.at("contact_points").as_array()) {
      const std::string id(point.at("contact_point_id").as_string());
      const Reply dry =
          office().ask(lead, "POST", "/api/v1/cases/" + case_id + "/gate",
                       R"({"contact_point_id":")" + id +
                           R"(","channel":"call","purpose":"collect","says_debt":true})");
      if (dry.status == 200 && dry.body.at("allowed").as_bool()) return {case_id, id};
    }
  }
  return {};
}

std::string as_if(const Whom& whom, const std::string& more) {
  return R"({"case_id":")" + whom.case_id + R"(","contact_point_id":")" + whom.point +
         R"(","channel":"call","purpose":"collect","says_debt":true)" + more + "}";
}

std::string fact(const Reply& reply, const std::string& name) {
  for (const auto& one : reply.body.at("facts").as_array())
    if (one.at("name").as_string() == name) return std::string(one.at("value").as_string());
  return "absent";
}

TEST(GatePages, asking_as_if_shows_facts_and_rules_and_counts_nothing) {
  const Desk compliance = office().sign_in("compliance");
  const Whom whom = reachable(office().sign_in("lead1"));
  ASSERT_NE(whom.case_id, "");
  const std::int64_t before = count("SELECT COUNT(*) FROM fact");
  const auto ask = [&](const std::string& more) {
    return office().ask(compliance, "POST", "/api/v1/gate/as-if", as_if(whom, more));
  };
  const Reply now = ask("");
  ASSERT_EQ(now.status, 200) << now.text;
  EXPECT_TRUE(now.body.at("answer").at("allowed").as_bool()) << now.text;
  EXPECT_EQ(fact(now, "minute"), "600");
  const Reply late = ask(R"(,"at":"2026-11-20T23:00:00+08:00")");
  ASSERT_EQ(late.status, 200) << late.text;
  EXPECT_FALSE(late.body.at("answer").at("allowed").as_bool());
  EXPECT_EQ(fact(late, "minute"), "1380");
  EXPECT_THAT(late.text, testing::HasSubstr("CN_HOURS"));
  const Reply unfit = ask(R"(,"certified":false)");
  EXPECT_THAT(unfit.text, testing::HasSubstr("CN_CERTIFICATION"));
  const Reply stranger = ask(R"(,"asker":"agency:nobody")");
  EXPECT_THAT(stranger.text, testing::HasSubstr("CN_ASKER_UNKNOWN"));
  const Reply other =
      office().ask(compliance, "POST", "/api/v1/gate/as-if", as_if({"C0000000", whom.point}, ""));
  EXPECT_EQ(other.status, 404) << other.text;
  EXPECT_EQ(count("SELECT COUNT(*) FROM fact"), before);
}

TEST(GatePages, refusals_are_counted_by_rule_and_caps_by_what_was_granted) {
  const Desk lead = office().sign_in("lead1"), auditor = office().sign_in("auditor");
  const Whom whom = reachable(lead);
  ASSERT_NE(whom.case_id, "");
  const auto permit = [&](const std::string& key, const std::string& channel) {
    return office().ask(lead, "POST", "/api/v1/cases/" + whom.case_id + "/permits",
                        R"({"contact_point_id":")" + whom.point + R"(","channel":")" + channel +
                            R"(","purpose":"collect","says_debt":true,"idempotency_key":")" + key +
                            R"("})");
  };
  ASSERT_TRUE(permit("a", "call").body.at("granted").as_bool());
  ASSERT_FALSE(permit("b", "letter").body.at("granted").as_bool());  // a letter to a telephone
  const Reply report = office().ask(auditor, "GET", "/api/v1/gate/refusals");
  ASSERT_EQ(report.status, 200) << report.text;
  EXPECT_EQ(report.body.at("to"), "2026-11-20");
  const auto& days = report.body.at("days").as_array();
  ASSERT_EQ(days.size(), 30u);
  EXPECT_EQ(days.back().at("granted"), 1);
  EXPECT_EQ(days.back().at("refused"), 1);
  bool found = false;
  for (const auto& one : report.body.at("rules").as_array())
    found = found || (one.at("code") == "CN_POINT_MISMATCH" && one.at("refusals") == 1);
  EXPECT_TRUE(found) << report.text;
  const Reply caps = office().ask(auditor, "GET", "/api/v1/gate/today");
  ASSERT_EQ(caps.status, 200) << caps.text;
  EXPECT_EQ(caps.body.at("cap_person_day"), 3);
  EXPECT_EQ(caps.body.at("persons").at(0).at("contacts"), 1);
  EXPECT_EQ(caps.body.at("persons").at(0).at("persons"), 1);
  EXPECT_EQ(
      office().ask(auditor, "GET", "/api/v1/gate/refusals?from=2024-01-01&to=2026-01-01").status,
      400);
}

// A key is the whole of it: no cookie, no csrf_token, and no page but its own.
TEST(GatePages, a_machine_asks_with_its_key_and_nothing_else) {
  const auto made =
      office().store().transact([](store::Transaction& tx) -> kernel::Result<people::NewKey> {
        const auto now = kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 20), 600);
        TRY(people::save_key_holder(
            tx, {.holder = "machine:dialer1", .shown_name = "拨号机", .recording_ready = true},
            "test", now));
        return people::make_key(tx, "machine:dialer1", now.china_date().plus_days(5), "test", now);
      });
  ASSERT_TRUE(made);
  const Desk machine{.user_name = "machine:dialer1", .bearer = made->secret};
  const Whom whom = reachable(office().sign_in("lead1"));
  const std::string body = R"({"items":[)" + as_if(whom, R"(,"idempotency_key":"m1")") + "]}";
  const Reply reply = office().ask(machine, "POST", "/api/v1/permits", body);
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_TRUE(reply.body.at("items").at(0).at("granted").as_bool()) << reply.text;
  EXPECT_EQ(office().ask(machine, "GET", "/api/v1/cases").status, 403);
  Desk wrong = machine;
  wrong.bearer.back() = wrong.bearer.back() == '0' ? '1' : '0';
  EXPECT_EQ(office().ask(wrong, "POST", "/api/v1/permits", body).status, 401);
}

}  // namespace
