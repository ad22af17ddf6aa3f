// Nodes whose clocks are wrong: none is granted anything by them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/packs.h"
#include "gate/types.h"
#include "tests/stores.h"
#include "tests/town.h"

namespace gate {
namespace {

using kernel::Instant;

constexpr std::int64_t kDay = 86'400;

TEST(clock, on_its_own_it_must_go_on_as_steadily_as_the_machine) {
  std::int64_t steady_us = 5'000'000;
  const Clock clock = Clock::trusted([&] { return steady_us; });
  Instant own = tests::Clock::now();
  const auto pass = [&](std::int64_t own_s, std::int64_t steady_s) {
    own = own.plus_seconds(own_s);
    steady_us += steady_s * 1'000'000;
    return clock.read({}, own).problem;
  };
  EXPECT_EQ(pass(0, 0), "");
  EXPECT_EQ(pass(3600, 3600), "");
  EXPECT_EQ(pass(10 * kDay, 10 * kDay), "") << "long silence is no leap";
  EXPECT_EQ(pass(629, 600), "") << "slewing";
  EXPECT_EQ(pass(kDay + 10, 10), "this machine's clock leapt by 86400 s");
  EXPECT_NE(pass(60, 60), "") << "still, until it is back";
  EXPECT_EQ(pass(-kDay, 0), "");
  EXPECT_NE(pass(-3600, 0), "") << "nor backwards";
  const Clock copy = clock;
  EXPECT_NE(copy.read({}, own).problem, "") << "copies share what was seen";
  EXPECT_EQ(Clock::given().read({}, own.plus_seconds(kDay)).problem, "");
}

TEST(clock, beside_a_database_the_databases_counts) {
  const Clock clock = Clock::trusted();
  const Instant database = tests::Clock::now();
  for (const int off : {-119, 0, 119}) {
    const auto reading = clock.read(database, database.plus_seconds(off));
    EXPECT_EQ(reading.problem, "");
    EXPECT_EQ(reading.now, database);
  }
  for (const std::int64_t off : {std::int64_t{-121}, std::int64_t{121}, kDay})
    EXPECT_THAT(clock.read(database, database.plus_seconds(off)).problem,
                testing::HasSubstr("off the database's"));
}

// No hours and no festivals: only the caps, at whatever hour the test runs.
Packs caps_only() {
  constexpr const char* xml = R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="caps" namespace="n">
  <inputData id="i1" name="contacts_today">
    <variable name="contacts_today" typeRef="number"/></inputData>
  <decision id="t" name="caps"><variable name="caps"/>
    <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
    <decisionTable id="dt" hitPolicy="COLLECT">
      <input id="in1"><inputExpression id="e1" typeRef="number">
        <text>contacts_today</text></inputExpression></input>
      <output id="o1" name="code" typeRef="string"/>
      <output id="o2" name="again" typeRef="string"/>
      <rule id="cap"><inputEntry id="c1"><text>&gt;= 3</text></inputEntry>
        <outputEntry id="c2"><text>"CAP"</text></outputEntry>
        <outputEntry id="c3"><text>"next_day"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>)";
  Pack pack = Pack::parse(xml, "caps");
  CHECK_MSG(pack.problem.empty(), pack.problem.c_str());
  std::vector<Pack> packs;
  packs.push_back(std::move(pack));
  return Packs(std::make_shared<PackSet>(std::move(packs), Calendar()));
}

Instant real_now() {
  return Instant::from_micros(std::chrono::duration_cast<std::chrono::microseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count());
}

std::string ask(store::Store& store, const Gate& gate, Instant own) {
  const Request request{.customer_no = "C1",
                        .contact_point_id = "C1:1",
                        .channel = "call",
                        .purpose = "collect",
                        .asker = "li.na"};
  const auto reply =
      store.transact([&](store::Transaction& tx) { return gate.ask(tx, request, own); });
  CHECK_MSG(static_cast<bool>(reply), reply ? "" : reply.error().message.c_str());
  if (reply->permit) {
    // Judged by the trusted clock, not by the node's.
    const std::int64_t off = reply->permit->bound().reserved_at.micros_since(real_now());
    EXPECT_LT(std::abs(off), 30'000'000);
    return "granted";
  }
  return reply->answer.refusals.at(0).code;
}

TEST(clock, a_node_ahead_past_midnight_gets_nothing_of_tomorrow) {
  tests::for_each_store(schema(), [](store::Store& store, const std::filesystem::path&) {
    const auto town = std::make_shared<tests::Town>();
    town->add_person("C1", "p1");
    town->add_point("C1", "1", "13800000001");
    std::int64_t steady_us = 0;
    const Gate good(caps_only(), town, tests::good_asker, Clock::trusted());
    const Gate skewed(caps_only(), town, tests::good_asker,
                      Clock::trusted([&] { return steady_us; }));
    EXPECT_EQ(ask(store, skewed, real_now()), "granted");
    EXPECT_EQ(ask(store, good, real_now()), "granted");
    for (const std::int64_t off : {kDay, -kDay, std::int64_t{3600}})
      EXPECT_EQ(ask(store, skewed, real_now().plus_seconds(off)), "GATE_CLOCK") << off;
    if (store.on_postgres())
      EXPECT_EQ(ask(store, skewed, real_now().plus_seconds(100)), "granted")
          << "two minutes are borne, and the database's time is what counts";
    else
      EXPECT_EQ(ask(store, good, real_now()), "granted");
    EXPECT_EQ(ask(store, good, real_now()), "CAP");
    const auto codes = store.read([](store::Transaction& tx) {
      return tx.query_i64("SELECT COUNT(*) FROM refusal WHERE codes = 'GATE_CLOCK'").value_or(0);
    });
    EXPECT_EQ(*codes, 3) << "what was refused for the clock is on record";
  });
}

}  // namespace
}  // namespace gate
