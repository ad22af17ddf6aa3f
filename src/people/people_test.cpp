#include <gtest/gtest.h>

#include "people/password.h"
#include "people/session.h"
#include "people/users.h"
#include "tests/browser.h"

namespace {

using namespace people_tests;

TEST(People, sign_in_ask_and_sign_out) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser browser(store, "10.0.0.1");
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
    const auto session = browser.sign_in("early1", password);
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_NE(session->body.find("\"role\":\"collector\""), std::string::npos);
    const auto again = browser.ask("GET", "/api/v1/session");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->body, session->body);
    EXPECT_NE(session->body.find(browser.last_csrf), std::string::npos);
    const std::string old = browser.cookie;
    ASSERT_TRUE(browser.ask("DELETE", "/api/v1/session"));
    browser.cookie = old;
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_EQ(facts(store, "sign_in"), 1);
    EXPECT_EQ(facts(store, "sign_out"), 1);
  });
}

TEST(People, neither_password_nor_token_is_on_disk) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser browser(store, "10.0.0.1");
    ASSERT_TRUE(browser.sign_in("early1", password));
    const auto seen = store.read([&](store::Transaction& tx) {
      std::string all;
      const auto take = [&](const store::Row& row) { all += row.text(0) + '\n'; };
      tx.query("SELECT password_hash FROM users", {}, take);
      tx.query("SELECT token_hash FROM user_session", {}, take);
      tx.query("SELECT attempt_key FROM sign_in_failure", {}, take);
      tx.query("SELECT body FROM fact", {}, take);
      return all;
    });
    ASSERT_TRUE(seen);
    EXPECT_NE(seen->find("$argon2id$"), std::string::npos);
    EXPECT_EQ(seen->find(password), std::string::npos);
    EXPECT_EQ(seen->find(browser.cookie), std::string::npos);
    EXPECT_EQ(seen->find("10.0.0.1"), std::string::npos);
  });
}

TEST(People, a_session_ends_with_idleness_and_with_age) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser browser(store, "10.0.0.1");
    ASSERT_TRUE(browser.sign_in("early1", password));
    browser.now = morning.plus_seconds(29 * minute);
    EXPECT_TRUE(browser.ask("GET", "/api/v1/session"));
    browser.now = morning.plus_seconds(58 * minute);
    EXPECT_TRUE(browser.ask("GET", "/api/v1/session"));
    browser.now = morning.plus_seconds(89 * minute);
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
    browser.now = morning;
    ASSERT_TRUE(browser.sign_in("early1", password));
    for (int at = 0; at <= 12 * 60; at += 20) {
      browser.now = morning.plus_seconds(at * minute);
      ASSERT_TRUE(browser.ask("GET", "/api/v1/session")) << at;
    }
    browser.now = morning.plus_seconds((12 * 60 + 1) * minute);
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
  });
}

TEST(People, signing_in_again_makes_a_new_session_and_ends_the_old) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser browser(store, "10.0.0.1");
    ASSERT_TRUE(browser.sign_in("early1", password));
    const std::string first = browser.cookie;
    ASSERT_TRUE(browser.sign_in("lead1", password));
    EXPECT_NE(browser.cookie, first);
    browser.cookie = first;
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
  });
}

TEST(People, guesses_wait_longer_and_longer_and_lock_nobody_else_out) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser thief(store, "6.6.6.6"), owner(store, "10.0.0.1");
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(code_of(thief.sign_in("early1", "wrong password")), Code::unauthenticated);
    EXPECT_EQ(code_of(thief.sign_in("early1", password)), Code::too_many);
    EXPECT_TRUE(owner.sign_in("early1", password));
    EXPECT_EQ(code_of(thief.sign_in("nobody", "wrong password")), Code::unauthenticated);
    thief.now = morning.plus_seconds(31);
    EXPECT_EQ(code_of(thief.sign_in("early1", "wrong password")), Code::unauthenticated);
    thief.now = morning.plus_seconds(31 + 59);
    EXPECT_EQ(code_of(thief.sign_in("early1", password)), Code::too_many);
    thief.now = morning.plus_seconds(31 + 61);
    EXPECT_TRUE(thief.sign_in("early1", password));
    EXPECT_EQ(facts(store, "sign_in_failed"), 7);
  });
}

TEST(People, a_first_password_must_be_changed_before_anything_else) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const auto made = people::create_first_admin(store, morning, cost_for_tests);
    ASSERT_TRUE(made && *made);
    EXPECT_FALSE(people::create_first_admin(store, morning, cost_for_tests).value());
    const std::string first = (*made)->first_password;
    Browser browser(store, "10.0.0.1");
    ASSERT_TRUE(browser.sign_in("admin", first));
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/users")), Code::forbidden);
    const auto change = [&](const std::string& from, const std::string& to) {
      return browser.ask("POST", "/api/v1/session/password",
                         "{\"old_password\":\"" + from + "\",\"new_password\":\"" + to + "\"}");
    };
    EXPECT_EQ(code_of(change("wrong", "a new long password")), Code::forbidden);
    for (const char* poor : {"short", "my admin password", "aaaaaaaaaaaaaaaa"})
      EXPECT_EQ(code_of(change(first, poor)), Code::invalid_input) << poor;
    EXPECT_EQ(code_of(change(first, first)), Code::invalid_input);
    ASSERT_TRUE(change(first, "a new long password"));
    EXPECT_TRUE(browser.ask("GET", "/api/v1/users"));
    EXPECT_TRUE(Browser(store, "10.0.0.1").sign_in("admin", "a new long password"));
    EXPECT_FALSE(Browser(store, "10.0.0.1").sign_in("admin", first));
  });
}

TEST(People, everybody_who_works_here_may_see_what_the_others_are_called_and_no_more) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser stranger(store, "10.0.0.1"), browser(store, "10.0.0.1");
    EXPECT_EQ(code_of(stranger.ask("GET", "/api/v1/staff-names")), Code::unauthenticated);
    ASSERT_TRUE(browser.sign_in("early1", password));
    const auto names = browser.ask("GET", "/api/v1/staff-names");
    ASSERT_TRUE(names);
    EXPECT_NE(names->body.find(R"("user_name":"lead1","shown_name":)"), std::string::npos);
    for (const char* more : {"role", "team", "certified", "capacity", "active"})
      EXPECT_EQ(names->body.find(more), std::string::npos) << more;
  });
}

TEST(People, an_admin_makes_changes_and_puts_out_users) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser admin(store, "10.0.0.1"), collector(store, "10.0.0.2");
    ASSERT_TRUE(admin.sign_in("admin", password));
    const auto made = admin.ask("POST", "/api/v1/users",
                                R"({"user_name":"new1","shown_name":"新人","role":"collector",)"
                                R"("team":"early","skills":["remind"],"capacity":60})");
    ASSERT_TRUE(made) << made.error().where;
    EXPECT_EQ(code_of(admin.ask("POST", "/api/v1/users",
                                R"({"user_name":"new1","shown_name":"x","role":"lead"})")),
              Code::conflict);
    for (const char* bad : {"A", "a,b", "../x", "1a", ""})
      EXPECT_EQ(code_of(admin.ask("POST", "/api/v1/users",
                                  std::string("{\"user_name\":\"") + bad +
                                      "\",\"shown_name\":\"x\",\"role\":\"lead\"}")),
                Code::invalid_input)
          << bad;
    const auto user = store.read([](auto& tx) { return people::find_user(tx, "new1"); }).value();
    const std::string at = "/api/v1/users/" + std::to_string(user->user_id.value());
    ASSERT_TRUE(collector.sign_in("early2", password));
    EXPECT_EQ(code_of(collector.ask("POST", at + "/active", R"({"active":false})")),
              Code::forbidden);
    ASSERT_TRUE(
        admin.ask("PUT", at, R"({"certified_until":"2026-12-31","background_checked":true})"));
    const auto early2 =
        store.read([](auto& tx) { return people::find_user(tx, "early2"); }).value();
    const std::string other = "/api/v1/users/" + std::to_string(early2->user_id.value());
    ASSERT_TRUE(admin.ask("POST", other + "/active", R"({"active":false})"));
    EXPECT_EQ(code_of(collector.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_EQ(code_of(collector.sign_in("early2", password)), Code::unauthenticated);
    const auto self = store.read([](auto& tx) { return people::find_user(tx, "admin"); }).value();
    EXPECT_EQ(code_of(admin.ask(
                  "POST", "/api/v1/users/" + std::to_string(self->user_id.value()) + "/active",
                  R"({"active":false})")),
              Code::conflict);
    EXPECT_EQ(code_of(admin.ask("PUT", "/api/v1/users/1", "{}")), Code::not_found);
  });
}

TEST(People, a_reset_password_ends_the_sessions) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser browser(store, "10.0.0.1");
    ASSERT_TRUE(browser.sign_in("early1", password));
    const auto reset = people::reset_password(store, "early1", "install", morning, cost_for_tests);
    ASSERT_TRUE(reset);
    EXPECT_EQ(code_of(browser.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_TRUE(browser.sign_in("early1", reset->first_password));
    EXPECT_FALSE(people::reset_password(store, "nobody", "install", morning, cost_for_tests));
  });
}

TEST(People, what_allocation_and_the_gate_are_told) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    demo(store);
    demo(store);  // a second time changes nobody but the password
    const auto today = morning.china_date();
    const auto told = store.read([&](store::Transaction& tx) {
      const auto collectors = people::load_collectors(tx, today);
      EXPECT_EQ(collectors.size(), 12u);
      EXPECT_TRUE(collectors.front().certified);
      EXPECT_FALSE(people::load_collectors(tx, today.plus_days(400)).front().certified);
      const auto known = people::load_asker(tx, "early1", today);
      EXPECT_EQ(known.kind, "user");
      EXPECT_TRUE(known.certified && known.recording_ready);
      EXPECT_FALSE(people::load_asker(tx, "early1", today.plus_days(400)).certified);
      EXPECT_EQ(people::load_asker(tx, "nobody", today).kind, "unknown");
      EXPECT_EQ(people::load_users(tx).size(), 21u);
    });
    EXPECT_TRUE(told);
    EXPECT_EQ(facts(store, "user_created"), 21);
  });
}

TEST(Passwords, hashes_are_salted_and_costs_can_grow) {
  const std::string a = people::hash_password("correct horse battery", cost_for_tests);
  EXPECT_NE(a, people::hash_password("correct horse battery", cost_for_tests));
  EXPECT_TRUE(people::verify_password(a, "correct horse battery"));
  EXPECT_FALSE(people::verify_password(a, "correct horse batterz"));
  EXPECT_FALSE(people::verify_password("", ""));
  EXPECT_FALSE(people::needs_rehash(a, cost_for_tests));
  EXPECT_TRUE(people::needs_rehash(a, {}));
  EXPECT_NE(people::generate_password(), people::generate_password());
}

}  // namespace
