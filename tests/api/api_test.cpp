// Every route with every role and with nobody; other people's cases; the committed documents.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

#include "http/openapi.h"
#include "looks/types.h"
#include "tests/api/office.h"

namespace {

using http::Role;
using tests::Desk;
using tests::Office;
using tests::Reply;

Office& office() {
  return tests::office_of("api");
}

const std::vector<std::pair<Role, const char*>> staff = {
    {Role::collector, "early1"},      {Role::lead, "lead1"},      {Role::analyst, "analyst"},
    {Role::compliance, "compliance"}, {Role::auditor, "auditor"}, {Role::admin, "admin"}};

std::string label(const http::Route& route) {
  return route.method + " " + route.path;
}

std::string roles_of(const http::Route& route) {
  if (!route.access.signed_in) return "anyone";
  std::string roles;
  for (const Role role : http::all_roles())
    if (route.access.allows(role))
      roles += (roles.empty() ? "" : ",") + std::string(role_name(role));
  return roles;
}

std::string file_text(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A route that is new, gone or open to others must be written down here by a person.
TEST(Api, who_may_ask_what_is_written_down) {
  std::set<std::string> lines;
  for (const auto& route : office().routes())
    lines.insert(label(route) + " " + roles_of(route) + "\n");
  std::string text;
  for (const auto& line : lines) text += line;
  EXPECT_EQ(text, file_text("tests/api/routes.txt")) << "tests/api/routes.txt";
}

TEST(Api, the_committed_document_is_what_the_routes_say) {
  const auto text = app::openapi_text("0.1.0");
  ASSERT_TRUE(text);
  EXPECT_TRUE(*text == file_text("docs/openapi.json")) << "tools/openapi/make brings it up to date";
}

TEST(Api, health_is_told_to_anybody) {
  const Reply reply = office().ask({}, "GET", "/api/v1/health");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body.at("status"), "ok");
  EXPECT_EQ(reply.body.at("night_date"), "2026-11-20");
}

TEST(Api, nobody_gets_in_without_a_session) {
  for (const auto& route : office().routes()) {
    if (!route.access.signed_in) continue;
    const Reply reply =
        office().ask({}, route.method, tests::sample_target(route), tests::sample_body(route));
    EXPECT_EQ(reply.status, 401) << label(route) << reply.text;
  }
}

TEST(Api, each_role_gets_what_is_its_own) {
  for (const auto& [role, name] : staff) {
    Desk desk = office().sign_in(name);
    for (const auto& route : office().routes()) {
      if (!route.access.signed_in) continue;
      const Reply reply =
          office().ask(desk, route.method, tests::sample_target(route), tests::sample_body(route));
      if (route.access.allows(role)) {
        EXPECT_NE(reply.status, 401) << name << label(route) << reply.text;
        EXPECT_NE(reply.status, 403) << name << label(route) << reply.text;
        EXPECT_LT(reply.status, 500) << name << label(route) << reply.text;
      } else {
        EXPECT_EQ(reply.status, 403) << name << label(route) << reply.text;
      }
      if (route.path == "/api/v1/session" && route.method == "DELETE")
        desk = office().sign_in(name);
    }
  }
}

TEST(Api, a_change_without_the_token_is_refused) {
  const Desk admin = office().sign_in("admin");
  for (const auto& route : office().routes()) {
    if (route.method == "GET" || !route.access.signed_in) continue;
    const Reply reply = office().ask(admin, route.method, tests::sample_target(route),
                                     tests::sample_body(route), false);
    EXPECT_EQ(reply.status, 403) << label(route) << reply.text;
  }
}

std::string first_case(const Desk& desk, const std::string& target) {
  const Reply reply = office().ask(desk, "GET", target);
  if (reply.status != 200 || reply.body.at("items").as_array().empty()) return "";
  return std::string(reply.body.at("items").at(0).at("case_id").as_string());
}

// The route's address and body with the case's own contact point and account in them, so that
// nothing but whose case it is can refuse.
Reply ask_about(const Desk& desk, const http::Route& route, const std::string& case_id,
                const Reply& file) {
  std::string target = tests::sample_target(route), body = tests::sample_body(route);
  const auto put = [&](std::string& text, const std::string& from, const std::string& to) {
    if (const auto at = text.find(from); at != text.npos) text.replace(at, from.size(), to);
  };
  put(target, "/cases/x", "/cases/" + case_id);
  if (const auto& holds = file.body.at("holds").as_array(); !holds.empty())
    put(target, "/holds/1", "/holds/" + std::string(holds.at(0).at("hold_id").as_string()));
  const auto first = [&](const char* list, const char* field) {
    return std::string(file.body.at(list).at(0).at(field).as_string());
  };
  const std::string point = first("contact_points", "contact_point_id");
  put(body, R"("contact_point_id":"x")",
      R"("contact_point_id":")" + case_id + point.substr(point.find(':')) + '"');
  put(body, R"("account_no":"x")", R"("account_no":")" + first("accounts", "account_no") + '"');
  put(body, R"("channel":"x","purpose":"x")", R"("channel":"call","purpose":"collect")");
  put(body, R"("kind":"x")", R"("kind":"dispute")");
  put(body, R"("idempotency_key":"x")", R"("idempotency_key":"about )" + case_id + '"');
  return office().ask(desk, route.method, target, body);
}

// A lead reaches the own team's cases, lists them, and moves them within the team only.
TEST(Api, a_lead_reaches_only_the_teams_cases) {
  const Desk lead = office().sign_in("lead1"), other = office().sign_in("lead2");
  const std::string foreign = first_case(lead, "/api/v1/cases?collector=early2&size=1");
  ASSERT_NE(foreign, "");
  // The small sample has none of the late team's: one is given to it.
  const Desk admin = office().sign_in("admin");
  const std::string own = first_case(admin, "/api/v1/cases?collector=early4&size=1");
  ASSERT_NE(own, "");
  const auto give = [&](const Desk& desk, const std::string& case_id, const char* to) {
    return office()
        .ask(desk, "POST", "/api/v1/allotments",
             R"({"case_ids":[")" + case_id + R"("],"to_user_name":")" + to +
                 R"(","reason":"tests"})")
        .status;
  };
  ASSERT_EQ(give(admin, own, "late1"), 200);
  EXPECT_EQ(office().ask(lead, "GET", "/api/v1/cases/" + own).status, 404);
  EXPECT_EQ(first_case(other, "/api/v1/cases?q=" + own), own);
  const Reply file = office().ask(lead, "GET", "/api/v1/cases/" + foreign);
  ASSERT_EQ(file.status, 200) << file.text;
  int asked = 0;
  for (const auto& route : office().routes()) {
    if (route.path.find("{case_id}") == std::string::npos) continue;
    if (!route.access.allows(Role::lead)) continue;
    ++asked;
    const Reply theirs = ask_about(other, route, foreign, file);
    const Reply nobodys = ask_about(other, route, "C9999999999", file);
    EXPECT_EQ(theirs.status, 404) << label(route) << theirs.text;
    EXPECT_EQ(theirs.text, nobodys.text) << label(route);
  }
  EXPECT_GE(asked, 6);

  for (const char* query : {"?size=200", "?team=early", "?collector=early2", "?collector=-"}) {
    const Reply list = office().ask(other, "GET", std::string("/api/v1/cases") + query);
    ASSERT_EQ(list.status, 200) << list.text;
    for (const auto& item : list.body.at("items").as_array())
      EXPECT_EQ(item.at("team"), "late") << query;
  }
  EXPECT_EQ(office().ask(other, "GET", "/api/v1/cases?q=" + foreign).body.at("total"), 0);
  const Reply day = office().ask(other, "GET", "/api/v1/team-day");
  for (const auto& load : day.body.at("collectors").as_array()) EXPECT_EQ(load.at("team"), "late");

  EXPECT_EQ(give(other, foreign, "late1"), 404);
  EXPECT_EQ(give(other, own, "early1"), 403);
  EXPECT_EQ(give(other, own, "late2"), 200);
  const Reply moved = office().ask(other, "GET", "/api/v1/cases/" + own);
  EXPECT_THAT(moved.text, testing::HasSubstr(R"("by":"后期组长 孙三")"));
  EXPECT_THAT(moved.text, testing::Not(testing::HasSubstr(R"("by":"user:)")));
}

// Somebody else's case and a case that is not there must look the same.
TEST(Api, a_collector_reaches_only_own_cases) {
  const Desk lead = office().sign_in("lead1"), collector = office().sign_in("early1");
  const std::string foreign = first_case(lead, "/api/v1/cases?collector=early2&size=1");
  const std::string own = first_case(collector, "/api/v1/my-day?size=1");
  ASSERT_NE(foreign, "");
  ASSERT_NE(own, "");
  const Reply held = office().ask(collector, "POST", "/api/v1/cases/" + own + "/holds",
                                  R"({"kind":"dispute","reason":"one to ask about"})");
  ASSERT_EQ(held.status, 200) << held.text;
  const Reply foreign_file = office().ask(lead, "GET", "/api/v1/cases/" + foreign);
  const Reply own_file = office().ask(lead, "GET", "/api/v1/cases/" + own);
  ASSERT_EQ(foreign_file.status, 200) << foreign_file.text;
  int asked = 0;
  for (const auto& route : office().routes()) {
    if (route.path.find("{case_id}") == std::string::npos) continue;
    if (!route.access.allows(Role::collector)) continue;
    ++asked;
    const Reply theirs = ask_about(collector, route, foreign, foreign_file);
    const Reply nobodys = ask_about(collector, route, "C9999999999", foreign_file);
    EXPECT_EQ(theirs.status, 404) << label(route) << theirs.text;
    EXPECT_EQ(nobodys.status, 404) << label(route) << nobodys.text;
    EXPECT_EQ(theirs.text, nobodys.text) << label(route);
    const Reply mine = ask_about(collector, route, own, own_file);
    EXPECT_LT(mine.status, 300) << label(route) << mine.text;
  }
  EXPECT_GE(asked, 6);
}

TEST(Api, a_conflict_of_interest_shuts_the_case_for_that_one_whatever_the_role) {
  const Desk admin = office().sign_in("admin"), lead = office().sign_in("lead1");
  const Desk collector = office().sign_in("early1");
  const std::string own = first_case(collector, "/api/v1/my-day?size=1");
  ASSERT_NE(own, "");
  const auto id_of = [&](const std::string& name) -> std::string {
    const Reply users = office().ask(admin, "GET", "/api/v1/users");
    for (const auto& one : users.body.at("items").as_array())
      if (one.at("user_name").as_string() == name.c_str())
        return std::string(one.at("user_id").as_string());
    return "";
  };
  const auto declare = [&](const std::string& name) {
    const Reply made =
        office().ask(admin, "POST", "/api/v1/users/" + id_of(name) + "/conflicts",
                     R"({"customer_no":")" + own + R"(","reason":"declared by a test"})");
    EXPECT_EQ(made.status, 200) << made.text;
    return "/api/v1/users/" + id_of(name) + "/conflicts/" +
           std::string(made.body.at("conflict_id").as_string());
  };
  const std::string by_collector = declare("early1"), by_lead = declare("lead1");
  const Reply file = office().ask(admin, "GET", "/api/v1/cases/" + own);
  ASSERT_EQ(file.status, 200) << file.text;
  for (const auto& route : office().routes()) {
    if (route.path.find("{case_id}") == std::string::npos) continue;
    for (const Desk& desk : {collector, lead}) {
      const Role role = desk.user_name == "lead1" ? Role::lead : Role::collector;
      if (!route.access.allows(role)) continue;
      EXPECT_EQ(ask_about(desk, route, own, file).status, 404) << label(route);
    }
  }
  const Reply again = office().ask(
      admin, "POST", "/api/v1/allotments",
      R"({"case_ids":[")" + own + R"("],"to_user_name":"early1","reason":"back again"})");
  EXPECT_EQ(again.status, 409) << again.text;
  for (const std::string& path : {by_collector, by_lead})
    EXPECT_EQ(office().ask(admin, "DELETE", path).status, 200);
  const Reply back = office().ask(
      lead, "POST", "/api/v1/allotments",
      R"({"case_ids":[")" + own + R"("],"to_user_name":"early1","reason":"the conflict is over"})");
  EXPECT_EQ(back.status, 200) << back.text;
}

TEST(Api, lists_show_a_collector_own_cases_whatever_is_asked) {
  const Desk lead = office().sign_in("lead1"), collector = office().sign_in("early1");
  const std::string foreign = first_case(lead, "/api/v1/cases?collector=early2&size=1");
  for (const char* query : {"", "?collector=early2", "?team=late", "?bucket=M3", "?size=200"}) {
    const Reply reply = office().ask(collector, "GET", std::string("/api/v1/cases") + query);
    ASSERT_EQ(reply.status, 200) << reply.text;
    for (const auto& item : reply.body.at("items").as_array())
      EXPECT_EQ(item.at("collector"), "early1") << query;
  }
  const Reply found = office().ask(collector, "GET", "/api/v1/cases?q=" + foreign);
  ASSERT_EQ(found.status, 200) << found.text;
  EXPECT_EQ(found.body.at("total"), 0);
}

// The permit of a collector's own case, if the gate gives one.
std::string get_permit(const Desk& desk, const std::string& case_id) {
  const Reply file = office().ask(desk, "GET", "/api/v1/cases/" + case_id);
  for (const auto& point : file.body.at("contact_points").as_array()) {
    const Reply reply = office().ask(
        desk, "POST", "/api/v1/cases/" + case_id + "/permits",
        R"({"contact_point_id":)" + boost::json::serialize(point.at("contact_point_id")) +
            R"(,"channel":"call","purpose":"collect","says_debt":true,"idempotency_key":"k-)" +
            case_id + R"("})");
    if (reply.status == 200 && reply.body.at("granted").as_bool())
      return std::string(reply.body.at("permit_id").as_string());
  }
  return "";
}

TEST(Api, a_permit_is_answered_for_by_whoever_asked_for_it) {
  const Desk early1 = office().sign_in("early1"), early2 = office().sign_in("early2");
  std::string permit;
  const Reply day = office().ask(early2, "GET", "/api/v1/my-day?size=20");
  for (const auto& item : day.body.at("items").as_array())
    if (permit.empty()) permit = get_permit(early2, std::string(item.at("case_id").as_string()));
  ASSERT_NE(permit, "") << "no case of early2 could be contacted";
  const std::string target = "/api/v1/permits/" + permit + "/outcome";
  const std::string body = R"({"outcome":"no_answer","note":""})";
  EXPECT_EQ(office().ask(early1, "POST", target, body).status, 404);
  EXPECT_EQ(office().ask(early2, "POST", target, body).status, 200);
}

// Whatever a page shows of a person is masked: no number of eleven digits, no citizen id.
TEST(Api, answers_hold_no_number_in_clear) {
  const Desk lead = office().sign_in("lead1");
  const Reply list = office().ask(lead, "GET", "/api/v1/cases?size=100");
  ASSERT_EQ(list.status, 200);
  std::string all = list.text;
  for (int i = 0; i < 5; ++i)
    all += office()
               .ask(lead, "GET",
                    "/api/v1/cases/" +
                        std::string(list.body.at("items").at(i).at("case_id").as_string()))
               .text;
  EXPECT_THAT(all, testing::Not(testing::ContainsRegex("[^0-9]1[3-9][0-9]{9}[^0-9]")));
  all = std::regex_replace(all, std::regex(R"re((_id":"|user:)[0-9]+)re"), "");  // our own numbers
  EXPECT_THAT(all, testing::Not(testing::ContainsRegex("[^0-9][1-9][0-9]{16}[0-9X][^0-9]")));
}

// Every value by which one of these customers' people could be reached, as it was imported.
std::vector<std::string> reachable_at(const std::vector<std::string>& case_ids) {
  std::vector<std::string> values;
  for (const std::string& line : office().source_lines("contacts.csv"))
    for (const std::string& case_id : case_ids)
      if (line.starts_with(case_id + ",")) values.push_back(office().cell(line, 5));
  std::erase_if(values, [](const std::string& value) { return value.size() < 6; });
  return values;
}

std::int64_t used_permits() {
  return office()
      .store()
      .read([](store::Transaction& tx) {
        return tx.query_i64("SELECT COUNT(*) FROM permit WHERE state = 'used'").value_or(0);
      })
      .value();
}

// Whoever asks whatever: a number, an e-mail or an address in clear comes with a permit that was
// used in the same request, or not at all.
TEST(Api, no_route_tells_how_to_reach_somebody_without_using_a_permit) {
  // Sees every case, and no route asked here ends this one's sessions.
  const Desk lead = office().sign_in("analyst2");
  std::vector<std::string> cases;
  for (const char* list : {"/api/v1/cases?collector=early1&size=2", "/api/v1/cases?size=2"}) {
    const Reply reply = office().ask(lead, "GET", list);
    for (const auto& item : reply.body.at("items").as_array())
      cases.emplace_back(item.at("case_id").as_string());
  }
  ASSERT_GE(cases.size(), 3u);
  const std::vector<std::string> values = reachable_at(cases);
  ASSERT_GE(values.size(), cases.size());
  int asked = 0, shown = 0;
  for (const auto& [role, name] : staff) {
    Desk desk = office().sign_in(name);
    for (const std::string& case_id : cases) {
      const Reply file = office().ask(lead, "GET", "/api/v1/cases/" + case_id);
      for (const auto& route : office().routes()) {
        const std::int64_t before = used_permits();
        const Reply reply = ask_about(desk, route, case_id, file);
        ++asked;
        if (route.path == "/api/v1/session" && route.method == "DELETE")
          desk = office().sign_in(name);
        int found = 0;
        for (const std::string& value : values)
          found += reply.text.find(value) != std::string::npos;
        if (found == 0) continue;
        ++shown;
        EXPECT_GT(used_permits(), before) << name << " " << label(route);
        EXPECT_EQ(label(route), "POST /api/v1/cases/{case_id}/permits") << name;
      }
    }
  }
  EXPECT_GT(asked, 1000);
  EXPECT_GT(shown, 0) << "no permit was granted: the values are not looked for as they are shown";
}

// The names of a type's fields, and of those inside, once each.
void collect_fields(const http::Type& type, std::set<std::string>& names) {
  if (type.item) collect_fields(type.item(), names);
  for (const auto& field : type.fields)
    if (names.insert(field.name).second) collect_fields(field.type(), names);
}

// A route whose answer tells of a person is watched, or stands here with the reason why not.
TEST(Api, each_route_that_shows_a_person_leaves_who_looked) {
  const std::set<std::string> not_looks = {
      "GET /api/v1/legal-holds",                // leaves secret_disclosed itself
      "GET /api/v1/users/{user_id}/file",       // so does this, of the one who works here
      "POST /api/v1/cases/{case_id}/gate",      // rules and counts, no field of a person
      "POST /api/v1/cases/{case_id}/holds",     // what the caller wrote just now, and
      "POST /api/v1/cases/{case_id}/promises",  // a fact of its own
      "POST /api/v1/cases/{case_id}/unmask",    // a look of its own, with its reason
      "POST /api/v1/documents",                 // the caller's own upload
      "POST /api/v1/legal-holds",
      "POST /api/v1/legal-holds/{legal_hold_id}/lift",
      "GET /api/v1/approvals",  // the caller's own inbox: what is asked, of which case
      "GET /api/v1/approvals/{approval_id}",  // these leave secret_disclosed themselves
      "POST /api/v1/approvals/{approval_id}/approve",
      "POST /api/v1/approvals/{approval_id}/refuse",
      "POST /api/v1/approvals/{approval_id}/withdraw"};
  std::set<std::string> watched, tried, known;
  for (const looks::Watched& one : looks::watched_routes())
    (one.kind.empty() ? tried : watched).emplace(one.route);
  for (const auto& route : office().routes()) {
    known.insert(label(route));
    std::set<std::string> fields;
    if (route.output.type) collect_fields(route.output.type(), fields);
    bool person = route.path.find("{case_id}") != std::string::npos && route.method == "GET";
    for (const std::string& name : fields)
      person = person || name == "case_id" || name == "customer_no" || name.ends_with("_masked");
    const bool of_a_case = route.path.find("{case_id}") != std::string::npos;
    EXPECT_TRUE(!of_a_case || watched.contains(label(route)) || tried.contains(label(route)))
        << label(route);
    if (!person || not_looks.contains(label(route))) continue;
    EXPECT_TRUE(watched.contains(label(route))) << label(route) << " (src/looks/watch.cpp)";
  }
  for (const auto& names : {watched, tried, not_looks})
    for (const std::string& name : names) EXPECT_TRUE(known.contains(name)) << name << " is gone";
}

// Through the real routes: a case looked at and a field unmasked, as compliance and the lead see
// it.
TEST(Api, who_looked_and_what_was_unmasked_can_be_asked) {
  const Desk collector = office().sign_in("early3"), compliance = office().sign_in("compliance");
  const std::string own = first_case(collector, "/api/v1/my-day?size=1");
  ASSERT_NE(own, "");
  const std::string path = "/api/v1/cases/" + own;
  ASSERT_EQ(office().ask(collector, "GET", path).status, 200);
  const std::string body = R"({"field":"name","reason":"identity_check"})";
  const Reply clear = office().ask(collector, "POST", path + "/unmask", body);
  ASSERT_EQ(clear.status, 200) << clear.text;
  const std::string name(clear.body.at("value").as_string());
  EXPECT_EQ(name.find('*'), name.npos);
  const Reply looked = office().ask(compliance, "GET", "/api/v1/looks?case_id=" + own);
  ASSERT_EQ(looked.status, 200) << looked.text;
  EXPECT_THAT(looked.text, testing::HasSubstr(R"("kind":"view_case","purpose":"own_case")"));
  EXPECT_THAT(looked.text, testing::HasSubstr(R"("kind":"unmask","purpose":"identity_check")"));
  EXPECT_THAT(looked.text, testing::Not(testing::HasSubstr(name)));
  const std::string team = "/api/v1/unmaskings";
  const Reply mine = office().ask(office().sign_in("lead1"), "GET", team);
  EXPECT_THAT(mine.text, testing::HasSubstr("early3"));
  for (const auto& [role, user] : staff) {
    const bool never = role == Role::analyst || role == Role::auditor;
    if (!never && role != Role::collector) continue;
    const Reply reply = office().ask(office().sign_in(user), "POST", path + "/unmask", body);
    EXPECT_EQ(reply.status, never ? 403 : 404) << user << reply.text;
  }
}

}  // namespace
