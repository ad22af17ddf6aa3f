// The staff file: what the gate and the night are told of it, and where cases go.

#include "people/staff_file.h"

#include <gtest/gtest.h>

#include "people/rows.h"
#include "tests/browser.h"

namespace {

using namespace people_tests;
using kernel::Date;
using people::RecordKind;
using people::UserId;

const Date today = morning.china_date();

template <class T>
T in_tx(store::Store& store, const std::function<Result<T>(store::Transaction&)>& act) {
  return store.transact([&](store::Transaction& tx) -> Result<T> { return act(tx); }).value();
}

UserId id_of(store::Store& store, const std::string& name) {
  return in_tx<UserId>(store, [&](store::Transaction& tx) -> Result<UserId> {
    return people::find_user(tx, name)->user_id;
  });
}

bool certified(store::Store& store, const std::string& name, Date day = today) {
  return in_tx<bool>(store, [&](store::Transaction& tx) -> Result<bool> {
    return people::load_asker(tx, name, day).certified;
  });
}

people::StaffRecord paper(RecordKind kind, std::optional<Date> until) {
  return {.kind = kind,
          .title = "催收从业资格",
          .number = "ZG-2026-0001",
          .issuer = "行业协会",
          .document = "档案柜 3-12",
          .issued_on = today.plus_days(-10),
          .valid_until = until,
          .made_by = {}};
}

people::RecordId put(store::Store& store, UserId user_id, const people::StaffRecord& record) {
  return in_tx<people::RecordId>(store, [&](store::Transaction& tx) {
    return people::save_record(tx, user_id, record, "user:1", morning);
  });
}

void allot(store::Store& store, const std::string& collector,
           const std::vector<std::string>& customers) {
  in_tx<int>(store, [&](store::Transaction& tx) {
    return allocation::reassign(tx, {.customer_nos = customers,
                                     .to_user_name = collector,
                                     .to_team = "early",
                                     .by = "user:1",
                                     .reason = kernel::Note::take("分案"),
                                     .now = morning});
  });
}

std::string owner(store::Store& store, const std::string& customer_no) {
  return in_tx<std::string>(store, [&](store::Transaction& tx) -> Result<std::string> {
    const auto row = allocation::load_allotment(tx, customer_no);
    return row ? row->collector : std::string("nobody");
  });
}

TEST(StaffFile, the_gate_is_told_by_the_papers_and_their_days) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    demo(store);
    const UserId early = id_of(store, "early1");
    EXPECT_TRUE(certified(store, "early1"));  // by the switches of the demo
    const auto check = put(store, early, paper(RecordKind::background_check, today.plus_days(5)));
    EXPECT_TRUE(certified(store, "early1", today.plus_days(5)));
    EXPECT_FALSE(certified(store, "early1", today.plus_days(6)));
    put(store, early, paper(RecordKind::background_check, today.plus_days(20)));
    EXPECT_TRUE(certified(store, "early1", today.plus_days(20)));
    const auto last = put(store, early, paper(RecordKind::certificate, today.plus_days(3)));
    EXPECT_FALSE(certified(store, "early1", today.plus_days(4)));  // papers decide from now on
    const auto end = [&](people::RecordId record) {
      in_tx<kernel::Ok>(store, [&](store::Transaction& tx) {
        return people::end_record(tx, early, record, "user:1", morning);
      });
    };
    end(last);
    EXPECT_FALSE(certified(store, "early1"));
    put(store, early, paper(RecordKind::certificate, today));
    EXPECT_TRUE(certified(store, "early1"));
    end(check);
    EXPECT_TRUE(certified(store, "early1"));
    EXPECT_EQ(facts(store, "staff_record_saved"), 4);
    EXPECT_EQ(facts(store, "staff_record_ended"), 2);
  });
}

TEST(StaffFile, papers_are_sealed_checked_and_listed_before_they_end) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    demo(store);
    const UserId early = id_of(store, "early1");
    put(store, early, paper(RecordKind::certificate, today.plus_days(30)));
    in_tx<kernel::Ok>(store, [&](store::Transaction& tx) -> Result<kernel::Ok> {
      people::StaffRecord bad = paper(RecordKind::certificate, std::nullopt);
      EXPECT_EQ(people::save_record(tx, early, bad, "user:1", morning).error().where,
                "valid_until");
      bad = paper(RecordKind::certificate, today.plus_days(-11));
      EXPECT_EQ(people::save_record(tx, early, bad, "user:1", morning).error().where,
                "valid_until");
      bad = paper(RecordKind::certificate, today.plus_days(9));
      bad.number = "";
      EXPECT_EQ(people::save_record(tx, early, bad, "user:1", morning).error().where, "number");
      bad.number = "1";
      bad.issued_on = today.plus_days(1);
      EXPECT_EQ(people::save_record(tx, early, bad, "user:1", morning).error().where, "issued_on");
      const auto soon = people::load_expiring(tx, today, 30);
      EXPECT_EQ(soon.size(), 1u);
      EXPECT_EQ(soon.at(0).user_name, "early1");
      EXPECT_TRUE(people::load_expiring(tx, today, 29).empty());
      const auto file = people::load_file(tx, early, "user:1", morning);
      EXPECT_EQ(file->records.at(0).number, "ZG-2026-0001");
      EXPECT_EQ(file->records.at(0).document, "档案柜 3-12");
      tx.query("SELECT sealed_paper FROM staff_record", {}, [](const store::Row& row) {
        EXPECT_EQ(row.blob(0).find("ZG-2026"), std::string::npos);
      });
      return kernel::Ok{};
    });
    EXPECT_EQ(facts(store, "secret_disclosed"), 1);
  });
}

TEST(StaffFile, a_conflict_takes_the_case_away_at_once_and_keeps_it_away) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    demo(store);
    const UserId early = id_of(store, "early1");
    allot(store, "early1", {"C1", "C2"});
    const auto conflict =
        in_tx<people::ConflictId>(store, [&](store::Transaction& tx) -> Result<people::ConflictId> {
          TRY(people::set_backup(tx, early, "early2", "user:1", morning));
          return people::declare_conflict(tx, early, "C1", "表弟", "user:1", morning);
        });
    EXPECT_EQ(owner(store, "C1"), "early2");
    EXPECT_EQ(owner(store, "C2"), "early1");
    const auto again = store.transact([&](store::Transaction& tx) {
      return allocation::reassign(tx, {.customer_nos = {"C1"},
                                       .to_user_name = "early1",
                                       .to_team = "early",
                                       .by = "user:1",
                                       .reason = kernel::Note::take("还给他"),
                                       .now = morning});
    });
    EXPECT_EQ(again.error().code, Code::conflict);
    in_tx<kernel::Ok>(store, [&](store::Transaction& tx) -> Result<kernel::Ok> {
      for (const auto& collector : people::load_collectors(tx, today))
        EXPECT_EQ(collector.barred.size(), collector.user_name == "early1" ? 1u : 0u);
      TRY(people::end_conflict(tx, early, conflict, "user:1", morning));
      EXPECT_FALSE(allocation::is_barred(tx, "C1", "early1"));
      return kernel::Ok{};
    });
    EXPECT_EQ(facts(store, "conflict_declared"), 1);
    EXPECT_EQ(facts(store, "conflict_ended"), 1);
  });
}

TEST(StaffFile, who_leaves_is_out_at_once_and_the_cases_go_on) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    const UserId early = id_of(store, "early1");
    allot(store, "early1", {"C1", "C2", "C3"});
    Browser at_work(store, "10.0.0.1"), admin(store, "10.0.0.2");
    ASSERT_TRUE(at_work.sign_in("early1", password));
    ASSERT_TRUE(admin.sign_in("admin", password));
    in_tx<kernel::Ok>(store, [&](store::Transaction& tx) -> Result<kernel::Ok> {
      TRY(people::set_backup(tx, early, "early2", "user:1", morning));
      TRY(people::declare_conflict(tx, people::find_user(tx, "early2")->user_id, "C3", "邻居",
                                   "user:1", morning));
      return kernel::Ok{};
    });
    const std::string path = "/api/v1/users/" + std::to_string(early.value()) + "/leaving";
    const auto left = admin.ask("POST", path, R"({"at_once":true})");
    ASSERT_TRUE(left) << left.error().message;
    EXPECT_EQ(left->body,
              R"({"gone":true,"cases_moved":2,"cases_released":1,"to_user_name":"early2"})");
    EXPECT_EQ(code_of(at_work.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_EQ(code_of(at_work.sign_in("early1", password)), Code::unauthenticated);
    EXPECT_EQ(owner(store, "C1"), "early2");
    EXPECT_EQ(owner(store, "C3"), "nobody");  // the backup must not have it; the night decides
    EXPECT_EQ(facts(store, "user_left"), 1);
    EXPECT_FALSE(certified(store, "early1"));
    EXPECT_EQ(
        code_of(admin.ask(
            "POST", "/api/v1/users/" + std::to_string(id_of(store, "admin").value()) + "/leaving",
            R"({"at_once":true})")),
        Code::conflict);
  });
}

TEST(StaffFile, the_last_day_is_worked_and_the_next_is_not) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    const UserId early = id_of(store, "early1");
    allot(store, "early1", {"C1"});
    in_tx<people::Left>(store, [&](store::Transaction& tx) {
      return people::set_leaving(tx, early, {.last_day = today}, "user:1", morning);
    });
    Browser browser(store, "10.0.0.1");
    browser.now = kernel::Instant::china(today, 23 * 60 + 55);
    ASSERT_TRUE(browser.sign_in("early1", password));
    ASSERT_TRUE(people::end_employments(store, browser.now));
    EXPECT_EQ(owner(store, "C1"), "early1");
    browser.now = browser.now.plus_seconds(6 * minute);  // past midnight
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_EQ(code_of(browser.sign_in("early1", password)), Code::unauthenticated);
    EXPECT_EQ(owner(store, "C1"), "early1");  // until the server's next minute
    ASSERT_TRUE(people::end_employments(store, browser.now));
    EXPECT_NE(owner(store, "C1"), "early1");
    ASSERT_TRUE(people::end_employments(store, browser.now));
    EXPECT_EQ(facts(store, "user_left"), 1);
    const auto collectors = in_tx<std::vector<allocation::Collector>>(
        store, [&](store::Transaction& tx) -> Result<std::vector<allocation::Collector>> {
          return people::load_collectors(tx, today.plus_days(1));
        });
    for (const auto& one : collectors) EXPECT_NE(one.user_name, "early1");
  });
}

TEST(StaffFile, the_switches_give_way_to_papers) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    const UserId early = id_of(store, "early1");
    Browser admin(store, "10.0.0.2");
    ASSERT_TRUE(admin.sign_in("admin", password));
    const std::string path = "/api/v1/users/" + std::to_string(early.value());
    ASSERT_TRUE(admin.ask("PUT", path, R"({"background_checked":false})"));
    ASSERT_TRUE(
        admin.ask("POST", path + "/records",
                  R"({"kind":"background_check","issuer":"人事部","issued_on":"2026-11-01"})"));
    EXPECT_EQ(code_of(admin.ask("PUT", path, R"({"background_checked":false})")), Code::conflict);
    EXPECT_TRUE(admin.ask("PUT", path, R"({"background_checked":true,"capacity":50})"));
    EXPECT_TRUE(certified(store, "early1"));
  });
}

}  // namespace
