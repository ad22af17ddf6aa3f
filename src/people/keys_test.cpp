// Keys of agencies and machines: who asks with one, and until when.

#include "people/keys.h"

#include <gtest/gtest.h>

#include "people/types.h"
#include "tests/stores.h"

namespace {

using kernel::Code;
using kernel::Date;
using kernel::Instant;
using people::KeyHolder;

const Date today = Date::from_ymd(2026, 11, 20);
const Instant morning = Instant::china(today, 600);

std::vector<store::Migration> all_schema() {
  std::vector<store::Migration> all = store::schema();
  all.insert(all.end(), people::schema().begin(), people::schema().end());
  return all;
}

KeyHolder agency() {
  return {.holder = "agency:huaxin",
          .shown_name = "华信外包",
          .team = "agency_desk",
          .published = true,
          .licence_until = today,
          .contract_until = today.plus_days(30),
          .evaluated_on = today.plus_days(-300),
          .impact_assessed = true,
          .recording_ready = true};
}

people::NewKey key_of(store::Store& store, const KeyHolder& holder, Date until) {
  return store
      .transact([&](store::Transaction& tx) -> kernel::Result<people::NewKey> {
        TRY(people::save_key_holder(tx, holder, "user:1", morning));
        return people::make_key(tx, holder.holder, until, "user:1", morning);
      })
      .value();
}

std::optional<http::Caller> who_is(store::Store& store, const std::string& secret, Instant now) {
  http::Request request;
  request.headers["authorization"] = "Bearer " + secret;
  request.now = now;
  const auto status = people::authenticator(store)(request);
  EXPECT_TRUE(status);
  EXPECT_EQ(request.by_key, request.caller.has_value());
  return request.caller;
}

TEST(Keys, a_key_says_who_asks_until_its_last_day) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const auto made = key_of(store, agency(), today.plus_days(10));
    const auto caller = who_is(store, made.secret, morning);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->user_name, "agency:huaxin");
    EXPECT_EQ(caller->role, http::Role::agency);
    EXPECT_EQ(caller->team, "agency_desk");
    EXPECT_TRUE(who_is(store, made.secret, Instant::china(today.plus_days(10), 1439)));
    EXPECT_FALSE(who_is(store, made.secret, Instant::china(today.plus_days(11), 0)));
    std::string other = made.secret;
    other.back() = other.back() == '0' ? '1' : '0';
    EXPECT_FALSE(who_is(store, other, morning));
  });
}

TEST(Keys, a_revoked_key_and_a_holder_put_out_are_refused_at_once) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const auto first = key_of(store, agency(), today.plus_days(10));
    const auto second = key_of(store, agency(), today.plus_days(10));
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      return people::revoke_key(tx, first.key.key_id, "user:1", morning);
    }));
    EXPECT_FALSE(who_is(store, first.secret, morning));
    EXPECT_TRUE(who_is(store, second.secret, morning));
    KeyHolder out = agency();
    out.active = false;
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      return people::save_key_holder(tx, out, "user:1", morning);
    }));
    EXPECT_FALSE(who_is(store, second.secret, morning));
  });
}

TEST(Keys, no_key_is_on_disk_and_none_is_without_an_end) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const auto made = key_of(store, agency(), today.plus_days(10));
    const auto seen = store.read([&](store::Transaction& tx) {
      std::string all;
      tx.query("SELECT secret_hash FROM api_key", {},
               [&](const store::Row& row) { all += row.text(0); });
      tx.query("SELECT body FROM fact", {}, [&](const store::Row& row) { all += row.text(0); });
      return all;
    });
    EXPECT_EQ(seen.value().find(made.secret.substr(3)), std::string::npos);
    for (const Date until : {today.plus_days(-1), today.plus_days(people::key_days_max + 1)}) {
      const auto refused = store.transact([&](store::Transaction& tx) {
        return people::make_key(tx, "agency:huaxin", until, "user:1", morning);
      });
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Code::invalid_input);
    }
  });
}

// The packs refuse an agency of which one of these is missing or past its day.
TEST(Keys, the_gate_hears_whether_an_agency_is_in_order) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    const auto asked = [&](const KeyHolder& holder) {
      return store
          .transact([&](store::Transaction& tx) -> kernel::Result<gate::AskerFacts> {
            TRY(people::save_key_holder(tx, holder, "user:1", morning));
            return people::load_asker(tx, holder.holder, today);
          })
          .value();
    };
    EXPECT_EQ(asked(agency()).kind, "agency");
    EXPECT_TRUE(asked(agency()).licence_valid);
    const std::vector<void (*)(KeyHolder&)> wrongs = {
        [](KeyHolder& h) { h.published = false; },
        [](KeyHolder& h) { h.impact_assessed = false; },
        [](KeyHolder& h) { h.licence_until = today.plus_days(-1); },
        [](KeyHolder& h) { h.licence_until.reset(); },
        [](KeyHolder& h) { h.contract_until = today.plus_days(-1); },
        [](KeyHolder& h) { h.contract_until.reset(); },
        [](KeyHolder& h) { h.evaluated_on = today.plus_days(-370); },
        [](KeyHolder& h) { h.evaluated_on.reset(); },
    };
    for (const auto& wrong : wrongs) {
      KeyHolder holder = agency();
      wrong(holder);
      EXPECT_FALSE(asked(holder).licence_valid);
    }
    KeyHolder machine{.holder = "machine:dialer1", .shown_name = "拨号机", .recording_ready = true};
    EXPECT_EQ(asked(machine).kind, "machine");
    EXPECT_TRUE(asked(machine).recording_ready);
    machine.active = false;
    EXPECT_EQ(asked(machine).kind, "unknown");
  });
}

TEST(Keys, a_holder_has_a_name_of_its_kind) {
  tests::for_each_store(all_schema(), [](store::Store& store, const auto&) {
    for (const char* name : {"huaxin", "agency:", "agency:X1", "user:li", "agency:a b", ""}) {
      KeyHolder holder = agency();
      holder.holder = name;
      EXPECT_FALSE(store.transact([&](store::Transaction& tx) {
        return people::save_key_holder(tx, holder, "user:1", morning);
      })) << name;
    }
  });
}

}  // namespace
