#include "people/second_step.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "people/password.h"
#include "people/session.h"
#include "people/totp.h"
#include "tests/browser.h"

namespace {

using namespace people_tests;

std::string field(const Result<Response>& answer, const char* name) {
  return std::string(boost::json::parse(answer.value().body).at(name).as_string());
}

std::string bytes_of_base32(const std::string& text) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    held = held << 5 | static_cast<unsigned>(letters.find(c));
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xff);
  }
  return bytes;
}

std::vector<std::string> codes_of(const Result<Response>& answer) {
  const auto document = boost::json::parse(answer.value().body);
  std::vector<std::string> codes;
  for (const auto& code : document.at("recovery_codes").as_array())
    codes.emplace_back(code.as_string());
  return codes;
}

// early1 with a phone that has the secret.
struct Enrolled {
  std::string password, secret;
  std::vector<std::string> recovery;
};

Enrolled enrol(store::Store& store, Browser& browser) {
  Enrolled done{.password = demo(store), .secret = {}, .recovery = {}};
  EXPECT_TRUE(browser.sign_in("early1", done.password));
  const auto begun = browser.ask("POST", "/api/v1/session/second-step",
                                 R"({"password":")" + done.password + "\"}");
  done.secret = bytes_of_base32(field(begun, "secret"));
  const auto confirmed =
      browser.ask("POST", "/api/v1/session/second-step/confirm",
                  R"({"code":")" + people::totp_of(done.secret, browser.now) + "\"}");
  done.recovery = codes_of(confirmed);
  return done;
}

// RFC 6238, appendix B: SHA-1, the last six of eight digits.
TEST(Totp, gives_the_codes_of_the_rfc) {
  const std::string secret = "12345678901234567890";
  const struct {
    std::int64_t seconds;
    const char* code;
  } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
               {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& c : cases) {
    const Instant at = Instant::from_micros(c.seconds * 1'000'000);
    EXPECT_EQ(people::totp_of(secret, at), c.code);
    EXPECT_EQ(people::match_totp(secret, c.code, at, 0), c.seconds / 30);
    EXPECT_EQ(people::match_totp(secret, c.code, at.plus_seconds(30), 0), c.seconds / 30);
    EXPECT_FALSE(people::match_totp(secret, c.code, at.plus_seconds(90), 0));
    EXPECT_FALSE(people::match_totp(secret, c.code, at, c.seconds / 30)) << "a code taken before";
  }
  for (const char* bad : {"", "28708", "2870820", "28708a", "２８７０８２"})
    EXPECT_FALSE(people::match_totp(secret, bad, Instant::from_micros(59'000'000), 0)) << bad;
}

TEST(SecondStep, needs_a_code_once_it_is_set_and_takes_none_twice) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    Browser phone(store, "10.0.0.1");
    const Enrolled e = enrol(store, phone);
    EXPECT_THAT(e.recovery, testing::SizeIs(people::recovery_codes_count));

    Browser other(store, "10.0.0.2");
    other.now = phone.now.plus_seconds(minute);
    const auto asked = other.sign_in("early1", e.password);
    EXPECT_EQ(code_of(asked), Code::unauthenticated);
    EXPECT_EQ(asked.error().where, "second_step");
    EXPECT_TRUE(other.cookie.empty());
    EXPECT_NE(other.sign_in("early1", "not the password", "000000").error().where, "second_step");

    const std::string code = people::totp_of(e.secret, other.now);
    ASSERT_TRUE(other.sign_in("early1", e.password, code));
    Browser overlooker(store, "10.0.0.3");
    overlooker.now = other.now;
    EXPECT_EQ(code_of(overlooker.sign_in("early1", e.password, code)), Code::unauthenticated);
    EXPECT_EQ(facts(store, "second_step_set"), 1);
  });
}

TEST(SecondStep, setting_it_ends_the_other_sessions) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser old(store, "10.0.0.9");
    ASSERT_TRUE(old.sign_in("early1", password));
    Browser phone(store, "10.0.0.1");
    ASSERT_TRUE(phone.sign_in("early1", password));
    const auto begun =
        phone.ask("POST", "/api/v1/session/second-step", R"({"password":")" + password + "\"}");
    ASSERT_TRUE(begun);
    ASSERT_TRUE(old.ask("GET", "/api/v1/session")) << "a secret that waits changes nothing";
    EXPECT_EQ(
        code_of(phone.ask("POST", "/api/v1/session/second-step/confirm", R"({"code":"000000"})")),
        Code::invalid_input);
    const std::string secret = bytes_of_base32(field(begun, "secret"));
    ASSERT_TRUE(phone.ask("POST", "/api/v1/session/second-step/confirm",
                          R"({"code":")" + people::totp_of(secret, phone.now) + "\"}"));
    EXPECT_EQ(code_of(old.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_TRUE(phone.ask("GET", "/api/v1/session"));
  });
}

TEST(SecondStep, a_recovery_code_is_good_once_however_it_is_typed) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    Browser phone(store, "10.0.0.1");
    const Enrolled e = enrol(store, phone);
    std::string typed = " " + e.recovery[3] + " ";
    for (char& c : typed) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    Browser lost(store, "10.0.0.2");
    ASSERT_TRUE(lost.sign_in("early1", e.password, typed));
    Browser again(store, "10.0.0.3");
    EXPECT_EQ(code_of(again.sign_in("early1", e.password, typed)), Code::unauthenticated);
    const auto state = lost.ask("GET", "/api/v1/session/second-step");
    EXPECT_NE(state.value().body.find("\"recovery_codes_left\":9"), std::string::npos);
    EXPECT_EQ(facts(store, "recovery_code_used"), 1);

    // New ones end the old ones.
    lost.now = lost.now.plus_seconds(minute);
    const auto renewed = lost.ask("POST", "/api/v1/session/second-step/recovery-codes",
                                  R"({"password":")" + e.password + R"(","code":")" +
                                      people::totp_of(e.secret, lost.now) + "\"}");
    EXPECT_THAT(codes_of(renewed), testing::SizeIs(people::recovery_codes_count));
    Browser older(store, "10.0.0.4");
    older.now = lost.now;
    EXPECT_EQ(code_of(older.sign_in("early1", e.password, e.recovery[4])), Code::unauthenticated);
    EXPECT_TRUE(older.sign_in("early1", e.password, codes_of(renewed)[0]));
  });
}

TEST(SecondStep, guesses_wait_by_user_and_only_for_who_has_the_password) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    Browser phone(store, "10.0.0.1");
    const Enrolled e = enrol(store, phone);
    for (int i = 0; i < 20; ++i) {  // a stranger, from many addresses, without the password
      Browser stranger(store, "10.1.0." + std::to_string(i));
      EXPECT_FALSE(stranger.sign_in("early1", "a wrong password", "123456"));
    }
    Browser home(store, "10.0.0.5");
    home.now = phone.now.plus_seconds(minute);
    ASSERT_TRUE(home.sign_in("early1", e.password, people::totp_of(e.secret, home.now)));
    for (int i = 0; i < people::failures_free; ++i) {
      Browser thief(store, "10.2.0." + std::to_string(i));
      thief.now = home.now;
      EXPECT_EQ(code_of(thief.sign_in("early1", e.password, "wrong1")), Code::unauthenticated);
    }
    Browser thief(store, "10.2.0.99");
    thief.now = home.now.plus_seconds(1);
    EXPECT_EQ(code_of(thief.sign_in("early1", e.password, e.recovery[0])), Code::too_many);
    thief.now = home.now.plus_seconds(31);
    EXPECT_TRUE(thief.sign_in("early1", e.password, e.recovery[0])) << "and a wait ends";
  });
}

TEST(SecondStep, secrets_and_codes_are_not_in_the_store) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    Browser phone(store, "10.0.0.1");
    const Enrolled e = enrol(store, phone);
    const auto seen = store.read([&](store::Transaction& tx) {
      std::string all;
      tx.query("SELECT sealed_secret FROM second_step", {},
               [&](const store::Row& row) { all += row.blob(0); });
      tx.query("SELECT sealed_device FROM user_session", {},
               [&](const store::Row& row) { all += row.blob(0); });
      tx.query("SELECT code_index FROM recovery_code", {},
               [&](const store::Row& row) { all += row.text(0); });
      tx.query("SELECT body FROM fact", {}, [&](const store::Row& row) { all += row.text(0); });
      return all;
    });
    ASSERT_TRUE(seen);
    ASSERT_GT(seen->size(), 400u);
    EXPECT_EQ(seen->find(e.secret), std::string::npos);
    EXPECT_EQ(seen->find(people::base32_of(e.secret)), std::string::npos);
    EXPECT_EQ(seen->find("10.0.0.1"), std::string::npos);
    for (const std::string& code : e.recovery) EXPECT_EQ(seen->find(code), std::string::npos);
  });
}

TEST(SecondStep, ends_by_password_and_code_or_by_an_administrator) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    Browser phone(store, "10.0.0.1");
    Enrolled e = enrol(store, phone);
    phone.now = phone.now.plus_seconds(minute);
    const auto end = [&](const std::string& password, const std::string& code) {
      return phone.ask("POST", "/api/v1/session/second-step/end",
                       R"({"password":")" + password + R"(","code":")" + code + "\"}");
    };
    EXPECT_EQ(code_of(end("no password", people::totp_of(e.secret, phone.now))),
              Code::invalid_input);
    EXPECT_EQ(code_of(end(e.password, "999999")), Code::invalid_input);
    EXPECT_EQ(code_of(phone.ask("POST", "/api/v1/session/second-step",
                                R"({"password":")" + e.password + "\"}")),
              Code::conflict);
    ASSERT_TRUE(end(e.password, people::totp_of(e.secret, phone.now)));
    Browser plain(store, "10.0.0.2");
    EXPECT_TRUE(plain.sign_in("early1", e.password));

    e = enrol(store, phone);
    Browser admin(store, "10.0.0.3");
    ASSERT_TRUE(admin.sign_in("admin", e.password));
    std::int64_t user_id = 0;
    ASSERT_TRUE(store.read([&](store::Transaction& tx) {
      user_id = people::find_user(tx, "early1")->user_id.value();
      return kernel::Ok{};
    }));
    ASSERT_TRUE(admin.ask("DELETE", "/api/v1/users/" + std::to_string(user_id) + "/second-step"));
    EXPECT_EQ(code_of(phone.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_TRUE(plain.sign_in("early1", e.password));
    EXPECT_EQ(facts(store, "second_step_ended"), 2);
  });
}

TEST(SecondStep, a_role_that_needs_one_does_nothing_else_first) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser admin(store, "10.0.0.1", {http::Role::admin});
    const auto session = admin.sign_in("admin", password);
    ASSERT_TRUE(session);
    EXPECT_NE(session->body.find("\"must_set_second_step\":true"), std::string::npos);
    const auto users = admin.ask("GET", "/api/v1/users");
    EXPECT_EQ(code_of(users), Code::forbidden);
    EXPECT_EQ(users.error().where, "must_set_second_step");
    const auto begun =
        admin.ask("POST", "/api/v1/session/second-step", R"({"password":")" + password + "\"}");
    const std::string secret = bytes_of_base32(field(begun, "secret"));
    ASSERT_TRUE(admin.ask("POST", "/api/v1/session/second-step/confirm",
                          R"({"code":")" + people::totp_of(secret, admin.now) + "\"}"));
    EXPECT_TRUE(admin.ask("GET", "/api/v1/users"));
    Browser lead(store, "10.0.0.2", {http::Role::admin});
    ASSERT_TRUE(lead.sign_in("lead1", password));
    EXPECT_TRUE(lead.ask("GET", "/api/v1/users"));
  });
}

TEST(Devices, are_listed_and_ended_by_their_own_user_only) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser office(store, "10.0.0.1"), home(store, "10.0.0.2"), cafe(store, "10.0.0.3"),
        lead(store, "10.0.0.4");
    for (Browser* one : {&office, &home, &cafe}) ASSERT_TRUE(one->sign_in("early1", password));
    ASSERT_TRUE(lead.sign_in("lead1", password));
    const auto listed = office.ask("GET", "/api/v1/session/devices");
    const auto document = boost::json::parse(listed.value().body);
    const auto& items = document.at("items").as_array();
    ASSERT_EQ(items.size(), 3u);
    std::string cafe_ref;
    int current = 0;
    for (const auto& item : items) {
      if (item.at("address") == "10.0.0.3") cafe_ref = item.at("device_ref").as_string();
      current += item.at("current").as_bool() ? 1 : 0;
      EXPECT_TRUE(item.at("browser").as_string().starts_with("Test/10.0.0."));
    }
    EXPECT_EQ(current, 1);
    EXPECT_EQ(listed->body.find(people::token_hash_of(office.cookie)), std::string::npos);
    EXPECT_EQ(code_of(lead.ask("DELETE", "/api/v1/session/devices/" + cafe_ref)), Code::not_found);
    EXPECT_TRUE(cafe.ask("GET", "/api/v1/session"));
    ASSERT_TRUE(office.ask("DELETE", "/api/v1/session/devices/" + cafe_ref));
    EXPECT_EQ(code_of(cafe.ask("GET", "/api/v1/session")), Code::unauthenticated);
    ASSERT_TRUE(office.ask("DELETE", "/api/v1/session/devices"));
    EXPECT_EQ(code_of(home.ask("GET", "/api/v1/session")), Code::unauthenticated);
    EXPECT_TRUE(office.ask("GET", "/api/v1/session"));
    EXPECT_TRUE(lead.ask("GET", "/api/v1/session"));
  });
}

TEST(OwnPassword, is_not_guessed_from_a_borrowed_session) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const std::string password = demo(store);
    Browser left_open(store, "10.0.0.1");
    ASSERT_TRUE(left_open.sign_in("early1", password));
    for (int i = 0; i < people::failures_free; ++i)
      EXPECT_EQ(code_of(left_open.ask("POST", "/api/v1/session/second-step",
                                      R"({"password":"a guess"})")),
                Code::invalid_input);
    EXPECT_EQ(code_of(left_open.ask("POST", "/api/v1/session/second-step",
                                    R"({"password":")" + password + "\"}")),
              Code::too_many);
  });
}

}  // namespace
