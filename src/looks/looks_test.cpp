// Looks on both stores: what is written before an answer goes out, seals over the rows, a field in
// clear, the two questions with their file, and alerts.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "http/router.h"
#include "looks/csv.h"
#include "looks/look.h"
#include "looks/rules.h"
#include "people/types.h"
#include "store/grant.h"
#include "tests/office.h"

namespace looks {
namespace {

using http::Role;
using kernel::Code;
using testing::HasSubstr;
using testing::Not;
using tests::Office;

struct Answered {
  Code code = Code::corrupt;  // of the error, where ok is false
  bool ok = false;
  std::string text, where;
};

// The office's two cases behind this room's routes and three made-up ones that are watched.
class House {
 public:
  House(store::Store& store, const std::filesystem::path& folder)
      : office_(store, folder),
        deps_{.store = store,
              .shelf = office_.shelf(),
              .decisions = "decisions",
              .customer_of_document = [](store::Transaction&, std::int64_t) { return "C2"; }} {
    std::vector<http::Route> all = routes(deps_);
    for (http::Route& route : people::routes(store, {.cost = people::cost_for_tests}))
      all.push_back(std::move(route));
    all.push_back(fixed("GET", "/api/v1/cases/{case_id}", R"({"case_id":"C1"})"));
    all.push_back(fixed("GET", "/api/v1/cases", list_));
    all.push_back(fixed("POST", "/api/v1/documents/{document_id}/content", "bytes"));
    router_.emplace(watched(deps_, std::move(all)));
  }

  Office& office() { return office_; }
  void show(const std::string& list) { list_ = list; }

  Answered ask(const std::string& who, Role role, const std::string& target,
               const std::string& body = "", kernel::Instant now = Office::at(10)) {
    http::Request request{.method = body.empty() ? "GET" : "POST", .path = target, .body = body};
    request.remote = "203.0.113.7";
    if (const auto mark = target.find('?'); mark != target.npos) {
      request.path = target.substr(0, mark);
      request.query = http_query(target.substr(mark + 1));
    }
    request.caller = http::Caller{.user_id = 1, .user_name = who, .shown_name = who};
    request.caller->role = role;
    request.caller->team = team_;
    request.now = now;
    const auto found = router_->find(request.method, "/api/v1" + request.path);
    CHECK_MSG(found.route != nullptr, target.c_str());
    request.path_values = found.path_values;
    if (!found.route->access.allows(role)) return {.code = Code::forbidden};
    const auto answer = found.route->handler(request);
    if (!answer) return {answer.error().code, false, answer.error().message, answer.error().where};
    return {.ok = true, .text = answer->body};
  }
  void be_of(const std::string& team) { team_ = team; }

 private:
  http::Route fixed(const char* method, const char* path, const std::string& body) {
    const std::string* text = path == std::string("/api/v1/cases") ? &list_ : keep(body);
    return {.method = method,
            .path = path,
            .handler = [text](const http::Request& request) -> kernel::Result<http::Response> {
              if (request.path.ends_with("/C404"))
                return kernel::Error{Code::not_found, "there is no such case", "case_id"};
              return http::Response{.body = *text};
            }};
  }
  const std::string* keep(const std::string& body) {
    kept_.push_back(std::make_unique<std::string>(body));
    return kept_.back().get();
  }
  static std::map<std::string, std::string> http_query(const std::string& text) {
    std::map<std::string, std::string> query;
    std::stringstream pairs(text);
    for (std::string pair; std::getline(pairs, pair, '&');)
      query[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    return query;
  }

  Office office_;
  Deps deps_;
  std::string list_ = R"({"items":[{"case_id":"C1"},{"case_id":"C2"}]})", team_ = "early";
  std::vector<std::unique_ptr<std::string>> kept_;
  std::optional<http::Router> router_;
};

std::vector<store::Migration> house_schema() {
  std::vector<store::Migration> all = tests::office_schema();
  for (const auto* room : {&people::schema(), &schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

void in_each_house(const std::function<void(House&)>& body) {
  tests::for_each_store(house_schema(), [&](store::Store& store, const auto& folder) {
    House house(store, folder);
    body(house);
  });
}

std::string unmasking(const char* field, const char* reason = "identity_check",
                      const char* more = "") {
  return fmt::format(R"({{"field":"{}","reason":"{}"{}}})", field, reason, more);
}

TEST(watch, a_case_is_shown_once_the_look_is_on_disk) {
  in_each_house([](House& house) {
    EXPECT_TRUE(house.ask("li.na", Role::collector, "/cases/C1").ok);
    house.be_of("late");
    EXPECT_TRUE(house.ask("lead9", Role::lead, "/cases/C1").ok);
    EXPECT_TRUE(house.ask("cop", Role::compliance, "/cases/C1").ok);
    EXPECT_FALSE(house.ask("cop", Role::compliance, "/cases/C404").ok);
    EXPECT_EQ(house.office().texts("SELECT detail || ' ' || customer_no || length(search_key)"
                                   " FROM look WHERE kind = 'refused'"),
              "view_case 32\n")
        << "a case that is not there";
    EXPECT_EQ(house.office().texts("SELECT user_name || ' ' || kind || ' ' || purpose || ' ' ||"
                                   " customer_no || ' ' || address_masked FROM look"
                                   " WHERE kind <> 'refused' ORDER BY look_id"),
              "li.na view_case own_case C1 203.0.*.*\n"
              "lead9 view_case other C1 203.0.*.*\n"
              "cop view_case review C1 203.0.*.*\n")
        << "nothing was shown of a case that is not there";
    EXPECT_EQ(house.office().count("SELECT COUNT(DISTINCT address_key) FROM look"), 1);
  });
}

TEST(watch, a_list_is_one_look_and_a_hit_alone_is_a_look_at_that_case) {
  in_each_house([](House& house) {
    EXPECT_TRUE(house.ask("lead", Role::lead, "/cases").ok);
    house.show(R"({"items":[{"case_id":"C2"}]})");
    EXPECT_TRUE(house.ask("lead", Role::lead, "/cases?q=赵一").ok);
    EXPECT_TRUE(house.ask("lead", Role::lead, "/documents/7/content", "{}").ok);
    EXPECT_EQ(house.office().texts("SELECT kind || ' ' || customer_no || ' ' || cases || ' ' ||"
                                   " detail || ' ' || length(search_key) FROM look"
                                   " ORDER BY look_id"),
              "list_cases  2  0\nsearch_cases C2 1  32\nexport_document C2 1 7 0\n");
    EXPECT_THAT(house.office().texts("SELECT search_key || detail FROM look"),
                Not(HasSubstr("赵")));
  });
}

TEST(watch, without_a_row_there_is_no_answer) {
  in_each_house([](House& house) {
    ASSERT_TRUE(house.office().store().transact(
        [](store::Transaction& tx) { tx.execute("ALTER TABLE look RENAME TO look_gone"); }));
    EXPECT_FALSE(house.ask("li.na", Role::collector, "/cases/C1").ok);
  });
}

TEST(seal, rows_are_for_good_and_a_seal_tells_when_they_were_not) {
  in_each_house([](House& house) {
    store::Store& store = house.office().store();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(house.ask("li.na", Role::collector, "/cases/C1").ok);
    EXPECT_EQ(*seal_looks(store, Office::at(11)), 3);
    EXPECT_EQ(*seal_looks(store, Office::at(11)), 0) << "nothing new";
    const auto seals = [&] {
      std::vector<LookSeal> all;
      EXPECT_TRUE(store.read([&](store::Transaction& tx) {
        each_look_seal(tx, [&](const LookSeal& seal) { all.push_back(seal); });
        return 0;
      }));
      return all;
    };
    ASSERT_EQ(seals().size(), 1u);
    const LookSeal before = seals().front();
    EXPECT_EQ(before.looks, 3);
    EXPECT_THAT(house.office().texts("SELECT body FROM fact WHERE kind = 'looks_sealed'"),
                HasSubstr(before.sha256));
    for (
        const char* sql :
        {"UPDATE look SET customer_no = 'C2'", "DELETE FROM look", "UPDATE look SET seal_no = NULL",
         "INSERT INTO look SELECT look_id + 1, looked_at, user_name, role, team, kind, purpose,"
         " customer_no, cases, detail, search_key, address_key, address_masked, seal_no FROM look"})
      EXPECT_FALSE(store.transact([&](store::Transaction& tx) { tx.execute(sql); })) << sql;
    // As whoever owns the database could.
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      if (tx.on_postgres())
        tx.execute("SET LOCAL session_replication_role = replica");
      else
        tx.execute("DROP TRIGGER look_steps");
      tx.execute(
          "UPDATE look SET user_name = 'wang.wei'"
          " WHERE look_id = (SELECT MIN(look_id) FROM look)");
    }));
    EXPECT_NE(seals().front().sha256, before.sha256);
  });
}

std::string attempt(store::Store& store, const std::string& sql) {
  const auto done = store.transact([&](store::Transaction& tx) { tx.query(sql, {}, {}); });
  return done ? "ok" : done.error().message;
}

TEST(seal, the_role_that_runs_the_program_adds_and_seals_looks_and_changes_none) {
  const tests::Folder folder;
  const std::string url = tests::fresh_postgres_url(folder.path());
  if (url.empty()) GTEST_SKIP() << "EVENHAND_TEST_POSTGRES is not set (./test sets it)";
  const std::string role = "evenhand_looks_" + std::to_string(::getpid());
  const auto owner = tests::open_store(url, folder.path(), house_schema());
  ASSERT_EQ(attempt(*owner, "CREATE ROLE " + role + " LOGIN"), "ok");
  ASSERT_TRUE(owner->transact([&](store::Transaction& tx) { return store::grant_role(tx, role); }));
  {
    const std::size_t name = url.find("//") + 2;
    const auto app = tests::open_store(url.substr(0, name) + role + url.substr(url.find('@', name)),
                                       folder.path(), house_schema());
    const auto added = app->transact([](store::Transaction& tx) {
      return insert_look(tx, {.looked_at = Office::at(10), .user_name = "li.na"});
    });
    EXPECT_TRUE(added) << added.error().message;
    EXPECT_EQ(seal_looks(*app, Office::at(10)).value(), 1);
    for (const char* sql : {"UPDATE look SET user_name = 'x'", "DELETE FROM look", "TRUNCATE look",
                            "INSERT INTO look SELECT * FROM look",
                            "ALTER TABLE look DISABLE TRIGGER ALL", "DROP TABLE look"})
      EXPECT_THAT(attempt(*app, sql), testing::ContainsRegex("permission denied|must be owner"))
          << sql;
  }
  attempt(*owner, "DROP OWNED BY " + role);
  attempt(*owner, "DROP ROLE " + role);
}

TEST(unmask, one_field_in_clear_for_a_reason_and_never_in_a_fact) {
  in_each_house([](House& house) {
    const auto name = house.ask("li.na", Role::collector, "/cases/C1/unmask", unmasking("name"));
    ASSERT_TRUE(name.ok) << name.text;
    EXPECT_EQ(name.text, R"({"field":"name","value":"欧阳娜娜","left_hour":5,"left_day":19})");
    const auto contact =
        house.ask("li.na", Role::collector, "/cases/C1/unmask",
                  unmasking("contact_name", "complaint",
                            R"(,"contact_point_id":"C1:2","text":"钱二来电投诉")"));
    EXPECT_THAT(contact.text, HasSubstr("钱二"));
    Office& office = house.office();
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'secret_disclosed'"), 2);
    EXPECT_EQ(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'field_unmasked'"
                           " AND subject = 'customer:C1' AND made_by = 'user:li.na'"),
              2);
    const std::string all =
        office.texts("SELECT body FROM fact") + office.texts("SELECT detail || purpose FROM look");
    for (const char* secret : {"欧阳娜娜", "钱二", "投诉"})
      EXPECT_THAT(all, Not(HasSubstr(secret)));

    // The lead sees who, whose, which field and why; another team's lead sees nothing.
    const auto seen = house.ask("lead", Role::lead, "/unmaskings");
    EXPECT_THAT(seen.text, HasSubstr(R"("field":"contact_name","reason":"complaint")"));
    EXPECT_THAT(seen.text, HasSubstr("钱二来电投诉"));
    EXPECT_THAT(seen.text, HasSubstr(R"("user_name":"li.na")"));
    house.be_of("late");
    EXPECT_THAT(house.ask("lead9", Role::lead, "/unmaskings").text, HasSubstr(R"("items":[])"));
    house.be_of("");
    EXPECT_THAT(house.ask("lead8", Role::lead, "/unmaskings").text, HasSubstr(R"("items":[])"));
    EXPECT_THAT(house.ask("cop", Role::compliance, "/unmaskings").text, HasSubstr("complaint"));
  });
}

TEST(unmask, nobody_by_default) {
  in_each_house([](House& house) {
    const auto code = [&](const char* who, Role role, const char* path, const std::string& body) {
      const auto answer = house.ask(who, role, path, body);
      EXPECT_FALSE(answer.ok) << who << answer.text;
      return answer.code;
    };
    const std::string name = unmasking("name");
    EXPECT_EQ(code("wang.wei", Role::collector, "/cases/C1/unmask", name), Code::not_found);
    EXPECT_EQ(code("li.na", Role::collector, "/cases/C404/unmask", name), Code::not_found);
    EXPECT_EQ(code("analyst", Role::analyst, "/cases/C1/unmask", name), Code::forbidden);
    EXPECT_EQ(code("auditor", Role::auditor, "/cases/C1/unmask", name), Code::forbidden);
    for (const char* field : {"address", "phone", "value"})
      EXPECT_EQ(code("li.na", Role::collector, "/cases/C1/unmask", unmasking(field)),
                Code::invalid_input)
          << "how to reach somebody is the gate's to show: " << field;
    EXPECT_EQ(code("li.na", Role::collector, "/cases/C1/unmask", unmasking("name", "other")),
              Code::invalid_input)
        << "say why";
    EXPECT_EQ(code("li.na", Role::collector, "/cases/C1/unmask",
                   unmasking("contact_name", "legal", R"(,"contact_point_id":"C2:1")")),
              Code::not_found)
        << "another case's contact";
    house.be_of("late");
    EXPECT_EQ(code("lead9", Role::lead, "/cases/C1/unmask", name), Code::not_found);
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM look WHERE kind = 'unmask'"), 0);
    EXPECT_EQ(house.office().texts("SELECT user_name || ' ' || customer_no FROM look"
                                   " WHERE kind = 'refused' AND customer_no <> ''"
                                   " ORDER BY look_id"),
              "wang.wei C1\nlead9 C1\n")
        << "who tried, at whose case";
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'unmask_refused'"), 0);
  });
}

TEST(unmask, the_table_says_how_often) {
  in_each_house([](House& house) {
    const auto ask = [&](kernel::Instant at) {
      return house.ask("li.na", Role::collector, "/cases/C1/unmask", unmasking("citizen_id"), at);
    };
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(ask(Office::at(9, i)).ok) << i;
    const auto seventh = ask(Office::at(9, 30));
    EXPECT_EQ(seventh.code, Code::too_many) << seventh.text;
    EXPECT_EQ(seventh.where, "hour");
    EXPECT_TRUE(ask(Office::at(10, 5)).ok) << "an hour later";
    for (int i = 0; i < 13; ++i) EXPECT_TRUE(ask(Office::at(11 + i / 6 * 2, i % 6)).ok) << i;
    EXPECT_EQ(ask(Office::at(20)).where, "day");
    EXPECT_TRUE(ask(Office::at(9, 0, 1)).ok) << "the next day";
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'unmask_refused'"), 2);
  });
}

TEST(query, who_looked_at_this_person_and_what_did_this_user_look_at) {
  in_each_house([](House& house) {
    EXPECT_TRUE(house.ask("li.na", Role::collector, "/cases/C1").ok);
    EXPECT_TRUE(house.ask("lead", Role::lead, "/cases/C2").ok);
    EXPECT_TRUE(house.ask("lead", Role::lead, "/cases/C1b").ok) << "the same person's other number";
    EXPECT_TRUE(house.office().store().transact([](store::Transaction& tx) {
      (void)tx.disclose("customer:C1", "dial", "agency:north", Office::at(9));
      (void)tx.disclose("customer:C1", "dial", "user:li.na", Office::at(9));
    }));
    const auto whom = house.ask("cop", Role::compliance, "/looks?case_id=C1");
    EXPECT_THAT(whom.text, HasSubstr("\"total\":3"));
    EXPECT_THAT(whom.text, HasSubstr("li.na"));
    EXPECT_THAT(whom.text, HasSubstr("\"case_id\":\"C1b\""));
    EXPECT_THAT(whom.text, HasSubstr("agency:north")) << "a number shown to an agency";
    EXPECT_THAT(whom.text, Not(HasSubstr("C2")));
    const auto who = house.ask("cop", Role::compliance, "/looks?user_name=lead&size=1");
    EXPECT_THAT(who.text, HasSubstr("\"total\":2"));
    EXPECT_THAT(who.text, Not(HasSubstr("li.na")));
    EXPECT_THAT(house.ask("cop", Role::compliance, "/looks?user_name=lead&to=2026-11-19").text,
                HasSubstr("\"total\":0"));
    // Asking is a look as well; a name typed where a number belongs is kept as an index only.
    EXPECT_THAT(house.ask("cop", Role::compliance, "/looks?case_id=赵一").text,
                HasSubstr("\"total\":0"));
    EXPECT_TRUE(house.ask("cop", Role::compliance, "/looks.csv?case_id=赵一").ok);
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM look WHERE customer_no = ''"
                                   " AND length(search_key) = 32"),
              2);
    EXPECT_THAT(house.office().texts("SELECT customer_no || detail FROM look") +
                    house.office().texts("SELECT subject || body FROM fact"),
                Not(HasSubstr("赵")));
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM look WHERE kind = 'list_looks'"), 4);
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM look WHERE kind = 'list_looks'"
                                   " AND customer_no = 'C1'"),
              1);
    EXPECT_THAT(house.ask("auditor", Role::auditor, "/looks").text,
                Not(HasSubstr("\"case_id\":\"C")));
    EXPECT_EQ(house.ask("lead", Role::lead, "/looks").code, Code::forbidden);
    EXPECT_EQ(house.ask("cop", Role::compliance, "/looks?from=2026-11-21").code,
              Code::invalid_input);
  });
}

TEST(query, the_file_says_whose_copy_it_is_and_holds_no_formula) {
  in_each_house([](House& house) {
    EXPECT_TRUE(house.ask("=cmd|'/c calc'!A0", Role::lead, "/cases/C1").ok);
    const auto file = house.ask("cop", Role::compliance, "/looks.csv");
    ASSERT_TRUE(file.ok) << file.text;
    EXPECT_THAT(file.text, HasSubstr("cop · 2026-11-20T10:00:00+08:00"));
    EXPECT_THAT(file.text, HasSubstr(",'=cmd|'/c calc'!A0,lead,"));
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM fact WHERE kind = 'looks_exported'"), 1);
    EXPECT_EQ(house.office().count("SELECT COUNT(*) FROM look WHERE kind = 'export_looks'"), 1);
  });
  EXPECT_EQ(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
  for (const char* formula : {"=1", "+1", "-1", "@a", "\ta", "\ra", "＝1"})
    EXPECT_THAT(csv_cell(formula), HasSubstr("'" + std::string(formula)));
  EXPECT_EQ(csv_cell("2026-11-20"), "2026-11-20");
}

TEST(alerts, many_views_in_an_hour_are_raised_once_and_acknowledged_once) {
  in_each_house([](House& house) {
    store::Store& store = house.office().store();
    const auto judge = [&](kernel::Instant now) {
      const auto raised = judge_alerts(store, "decisions", now);
      EXPECT_TRUE(raised) << raised.error().message;
      return raised ? *raised : -1;
    };
    for (int i = 0; i < 61; ++i)
      EXPECT_TRUE(house.ask("lead", Role::lead, "/cases/C1", "", Office::at(10, i / 10)).ok);
    EXPECT_EQ(judge(Office::at(10, 7)), 1);
    EXPECT_EQ(judge(Office::at(10, 8)), 0) << "the same code of the same day";
    EXPECT_EQ(judge(Office::at(10, 30)), 0) << "nobody looked within five minutes";
    const auto list = house.ask("cop", Role::compliance, "/look-alerts");
    EXPECT_THAT(list.text, HasSubstr(R"("code":"BULK_VIEWS","level":"high")"));
    // As long as ids are from the summer of 2027 on.
    ASSERT_TRUE(house.office().store().transact([](store::Transaction& tx) {
      tx.execute("UPDATE look_alert SET alert_id = 1234567890123456789");
    }));
    const std::string id = house.office().texts("SELECT CAST(alert_id AS TEXT) FROM look_alert");
    const std::string path = "/look-alerts/" + id.substr(0, id.size() - 1) + "/acknowledge";
    const std::string note = R"({"note":"季度检查，已核实"})";
    EXPECT_EQ(house.ask("admin", Role::admin, path, note).code, Code::forbidden);
    EXPECT_EQ(house.ask("cop", Role::compliance, path, R"({"note":" "})").code,
              Code::invalid_input);
    EXPECT_TRUE(house.ask("cop", Role::compliance, path, note).ok);
    EXPECT_EQ(house.ask("cop", Role::compliance, path, note).code, Code::conflict);
    EXPECT_EQ(house.ask("cop", Role::compliance, "/look-alerts/x/acknowledge", note).code,
              Code::invalid_input);
    EXPECT_EQ(house.ask("cop", Role::compliance, "/look-alerts/7/acknowledge", note).code,
              Code::not_found);
    EXPECT_THAT(house.ask("cop", Role::compliance, "/look-alerts").text, HasSubstr("季度检查"));
    EXPECT_THAT(house.office().texts("SELECT body FROM fact"), Not(HasSubstr("季度")));
    const auto report = house.ask("auditor", Role::auditor, "/security-report");
    EXPECT_THAT(report.text, HasSubstr(R"("kind":"view_case","looks":61)"));
    EXPECT_THAT(report.text, HasSubstr(R"("alerts":1,"acknowledged":1)"));
  });
}

TEST(alerts, looks_at_night_and_of_one_who_left) {
  in_each_house([](House& house) {
    store::Store& store = house.office().store();
    people::User user{.user_name = "gone", .shown_name = "走了", .role = Role::collector};
    const auto made =
        people::add_user(store, user, "user:1", Office::at(8), people::cost_for_tests);
    ASSERT_TRUE(made) << made.error().message;
    const std::string user_id = std::to_string(made->user.user_id.value());
    ASSERT_TRUE(
        house.ask("admin", Role::admin, "/users/" + user_id + "/active", R"({"active":false})").ok);
    EXPECT_TRUE(house.ask("gone", Role::collector, "/cases/C1", "", Office::at(22, 30)).ok);
    ASSERT_TRUE(judge_alerts(store, "decisions", Office::at(22, 31)));
    EXPECT_EQ(house.office().texts("SELECT code || ' ' || level FROM look_alert ORDER BY code"),
              "AFTER_LEAVE high\nNIGHT low\n");
    EXPECT_THAT(house.office().texts("SELECT counts FROM look_alert"),
                HasSubstr(R"("days_since_leave":0)"));
  });
}

TEST(address, is_masked_by_what_it_looks_like) {
  EXPECT_EQ(mask_address_of_net("203.0.113.7"), "203.0.*.*");
  EXPECT_EQ(mask_address_of_net("2001:db8::1"), "2001:db8:*");
  EXPECT_EQ(mask_address_of_net("a host"), "****");
  EXPECT_EQ(mask_address_of_net(""), "****");
}

}  // namespace
}  // namespace looks
