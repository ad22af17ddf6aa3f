// Approvals over the API: two people for one thing, and nobody else learns of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/office.h"

namespace {

using tests::Desk;
using tests::Office;
using tests::Reply;

Office& office() {
  return tests::office_of("approvals");
}

std::string text(const boost::json::value& value, const char* name) {
  return std::string(value.at(name).as_string());
}

std::string first_case(const Desk& lead, const char* collector) {
  const Reply list =
      office().ask(lead, "GET", std::string("/api/v1/cases?size=1&collector=") + collector);
  return text(list.body.at("items").at(0), "case_id");
}

// Ids of a list of the caller's inbox.
std::vector<std::string> inbox(const Desk& desk, const char* list) {
  const Reply reply = office().ask(desk, "GET", "/api/v1/approvals");
  EXPECT_EQ(reply.status, 200) << reply.text;
  std::vector<std::string> ids;
  for (const auto& one : reply.body.at(list).as_array()) ids.push_back(text(one, "approval_id"));
  return ids;
}

constexpr char what_for[] = R"({"reason":"judgment is final"})";

// A legal hold on that case whose lifting compliance asks for; the request's id.
std::string asked_by_compliance(const Desk& compliance, const std::string& case_id,
                                std::string& hold_id) {
  const Reply set =
      office().ask(compliance, "POST", "/api/v1/legal-holds",
                   R"({"scope":"case","subject":")" + case_id + R"(","reason":"sued"})");
  CHECK_MSG(set.status == 200, set.text.c_str());
  hold_id = text(set.body, "legal_hold_id");
  const Reply asked =
      office().ask(compliance, "POST", "/api/v1/legal-holds/" + hold_id + "/lift", what_for);
  CHECK_MSG(asked.status == 200, asked.text.c_str());
  EXPECT_EQ(text(asked.body, "state"), "lift_asked");
  return text(asked.body, "approval_id");
}

std::string state_of_hold(const Desk& desk, const std::string& hold_id) {
  const Reply list = office().ask(desk, "GET", "/api/v1/legal-holds");
  for (const auto& hold : list.body.at("legal_holds").as_array())
    if (text(hold, "legal_hold_id") == hold_id) return text(hold, "state");
  return "none";
}

TEST(ApprovalApi, a_legal_hold_is_lifted_by_two) {
  const Desk compliance = office().sign_in("compliance"), admin = office().sign_in("admin");
  const Desk lead = office().sign_in("lead1");
  std::string hold_id;
  const std::string id = asked_by_compliance(compliance, first_case(lead, "early1"), hold_id);
  const std::string path = "/api/v1/approvals/" + id;
  EXPECT_THAT(inbox(compliance, "asked"), testing::Contains(id));
  EXPECT_THAT(inbox(compliance, "waiting"), testing::Not(testing::Contains(id)));
  const Reply own = office().ask(compliance, "POST", path + "/approve", "{}");
  EXPECT_EQ(own.status, 403) << own.text;
  EXPECT_EQ(state_of_hold(admin, hold_id), "lift_asked");
  EXPECT_THAT(inbox(admin, "waiting"), testing::Contains(id));
  const Reply detail = office().ask(admin, "GET", path);
  EXPECT_EQ(text(detail.body, "reason"), "judgment is final");
  EXPECT_EQ(text(detail.body, "payload"), R"({"legal_hold_id":")" + hold_id + "\"}");
  EXPECT_EQ(office().ask(admin, "POST", path + "/refuse", "{}").status, 400);
  const Reply done = office().ask(admin, "POST", path + "/approve", R"({"note":"seen"})");
  ASSERT_EQ(done.status, 200) << done.text;
  EXPECT_EQ(text(done.body.at("approval"), "state"), "approved");
  EXPECT_EQ(office().ask(admin, "POST", path + "/approve", R"({"note":"seen"})").status, 200);
  EXPECT_EQ(state_of_hold(admin, hold_id), "lifted");
  EXPECT_THAT(inbox(compliance, "history"), testing::Contains(id));
  EXPECT_THAT(inbox(admin, "history"), testing::Contains(id));
}

// For those it does not concern, a request looks like one that is not there, on every route of it.
TEST(ApprovalApi, a_foreign_request_is_not_there) {
  const Desk compliance = office().sign_in("compliance"), lead = office().sign_in("lead1");
  std::string hold_id;
  const std::string id = asked_by_compliance(compliance, first_case(lead, "early1"), hold_id);
  int asked = 0;
  for (const char* name : {"early1", "lead1", "analyst", "auditor"}) {
    const Desk other = office().sign_in(name);
    for (const http::Route& route : office().routes()) {
      if (route.path.find("{approval_id}") == std::string::npos) continue;
      const auto ask = [&](const std::string& number) {
        std::string target = route.path;
        target.replace(target.find("{approval_id}"), 13, number);
        return office().ask(other, route.method, target,
                            route.method == "GET"                    ? ""
                            : target.find("withdraw") != target.npos ? "{}"
                                                                     : R"({"note":"no"})");
      };
      const Reply theirs = ask(id), nobodys = ask("7");
      EXPECT_EQ(theirs.status, 404) << name << " " << route.path << theirs.text;
      EXPECT_EQ(theirs.text, nobodys.text) << name << " " << route.path;
      ++asked;
    }
    for (const char* list : {"waiting", "asked", "history"})
      EXPECT_THAT(inbox(other, list), testing::Not(testing::Contains(id))) << name;
  }
  EXPECT_EQ(asked, 16);
  const Desk admin = office().sign_in("admin");  // may answer it, and not take it back
  EXPECT_EQ(office().ask(admin, "POST", "/api/v1/approvals/" + id + "/withdraw", "{}").status, 404);
  const Reply taken =
      office().ask(compliance, "POST", "/api/v1/approvals/" + id + "/withdraw", "{}");
  EXPECT_EQ(taken.status, 200) << taken.text;
  EXPECT_EQ(state_of_hold(compliance, hold_id), "in_force");
}

std::string hold_of(const Desk& desk, const std::string& case_id) {
  const Reply file = office().ask(desk, "GET", "/api/v1/cases/" + case_id);
  const auto& holds = file.body.at("holds").as_array();
  return holds.empty() ? "" : text(holds.at(0), "hold_id");
}

// A collector asks, a lead is on leave, the other lead approves for them: once.
TEST(ApprovalApi, a_collector_asks_a_lead_to_lift_a_hold_on_contact) {
  const Desk collector = office().sign_in("early1"), lead = office().sign_in("lead1");
  const std::string case_id = first_case(lead, "early1");
  const std::string holds = "/api/v1/cases/" + case_id + "/holds";
  ASSERT_EQ(
      office().ask(collector, "POST", holds, R"({"kind":"dispute","reason":"says paid"})").status,
      200);
  const std::string hold_id = hold_of(collector, case_id);
  const std::string lift = holds + "/" + hold_id + "/lift";
  ASSERT_EQ(office().ask(collector, "POST", lift, R"({"reason":"proof seen"})").status, 200);
  ASSERT_EQ(office().ask(collector, "POST", lift, R"({"reason":"proof seen"})").status, 200);
  const auto asked = inbox(collector, "asked");
  ASSERT_EQ(asked.size(), 1u);
  const std::string approve = "/api/v1/approvals/" + asked.front() + "/approve";
  EXPECT_EQ(office().ask(collector, "POST", approve, "{}").status, 403);
  EXPECT_EQ(office().ask(office().sign_in("early2"), "POST", approve, "{}").status, 404);
  EXPECT_THAT(inbox(lead, "waiting"), testing::Contains(asked.front()));
  EXPECT_EQ(hold_of(lead, case_id), hold_id);
  ASSERT_EQ(office().ask(lead, "POST", approve, "{}").status, 200);
  EXPECT_EQ(hold_of(lead, case_id), "");
  EXPECT_EQ(office().ask(office().sign_in("lead2"), "POST", approve, "{}").status, 409);
}

TEST(ApprovalApi, a_deputy_is_named_seen_by_both_and_ended) {
  const Desk compliance = office().sign_in("compliance"), admin = office().sign_in("admin");
  const Desk lead = office().sign_in("lead1");
  const auto name = [&](const Desk& desk, const char* deputy) {
    return office().ask(desk, "POST", "/api/v1/deputies",
                        std::string(R"({"deputy":")") + deputy +
                            R"(","from_date":"2026-11-20","until_date":"2026-11-27"})");
  };
  EXPECT_EQ(name(lead, "early1").status, 403);
  EXPECT_EQ(name(lead, "lead1").status, 400);
  const Reply named = name(lead, "admin");
  ASSERT_EQ(named.status, 200) << named.text;
  const std::string path = "/api/v1/deputies/" + text(named.body, "deputy_id");
  const auto size = [&](const Desk& desk, const char* list) {
    return office().ask(desk, "GET", "/api/v1/deputies").body.at(list).as_array().size();
  };
  EXPECT_EQ(size(lead, "mine"), 1u);
  EXPECT_EQ(size(admin, "others"), 1u);
  EXPECT_EQ(size(compliance, "mine") + size(compliance, "others"), 0u);
  EXPECT_EQ(office().ask(compliance, "DELETE", path).status, 404);
  EXPECT_EQ(office().ask(admin, "DELETE", path).status, 200);
  EXPECT_EQ(size(lead, "mine"), 0u);
}

}  // namespace
