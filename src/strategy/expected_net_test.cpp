// What a case is expected to bring in and to cost, and the priority that follows from it.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "strategy/table_search.h"
#include "strategy/types.h"

namespace strategy {
namespace {

using namespace search;  // a test of one thing

const decision::Model& model(std::string_view file) {
  static const Models all = [] {
    auto loaded = Models::load("decisions");
    CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
    return std::move(*loaded);
  }();
  return *all.find(file)->model;
}

const std::vector<std::string> held = {"dispute", "complaint", "hardship", "plan", "deceased",
                                       "counsel", "minor",     "bankrupt", "cease"};

std::int64_t whole(const decision::Evaluation& answer) {
  const auto number = answer.value.to_int64();
  CHECK(number.has_value());
  return *number;
}

TEST(ExpectedNet, weighs_nobody_who_is_held) {
  const decision::Model& of = model("expected_net.dmn");
  const auto decisions = of.decisions();
  for (const char* name : {"expected_recovery_fen", "expected_cost_fen"}) {
    const auto& info = *find(decisions, name);
    const auto all = all_candidates(of, info);
    std::mt19937_64 random(12);
    for (int tries = 0; tries < 2'000; ++tries) {
      Context inputs = random_case(info, all, random);
      for (const char* amount : {"min_due_fen", "overdue_fen", "balance_fen"})
        inputs.set(amount, static_cast<std::int64_t>(random() % 100'000'000));
      inputs.set("flag", held[random() % held.size()]);
      EXPECT_EQ(whole(of.evaluate(name, inputs)), 0);
      inputs.set("flag", tries % 2 == 0 ? "none" : "lost");
      EXPECT_GE(whole(of.evaluate(name, inputs)), 0);
    }
  }
}

// One house has one price: an attempt costs what simulations count for it.
TEST(ExpectedNet, an_attempt_of_every_treatment_costs_what_simulation_dmn_says) {
  const decision::Model &of = model("expected_net.dmn"), &simulated = model("simulation.dmn");
  const auto decisions = model("treatment.dmn").decisions();
  for (const auto& rule : find(decisions, "treatment")->table->rules) {
    Context inputs;
    for (const auto& [name, place] :
         {std::pair("treatment", 0U), std::pair("channel", 1U), std::pair("work", 2U)})
      inputs.set(name, rule.outputs[place].substr(1, rule.outputs[place].size() - 2));
    const auto part = [&](const char* decision, const char* output) {
      const auto value = of.evaluate(decision, inputs).value;
      return *value.context().find(output)->to_int64();
    };
    const std::int64_t times = part("contact_effort", "times");
    const std::int64_t all = whole(of.evaluate("contact_cost_fen", inputs));
    const std::int64_t counsel = part("legal_step", "counsel_fen");
    EXPECT_EQ(times == 0 ? 0 : all / times + counsel, whole(simulated.evaluate("cost", inputs)))
        << rule.id;
  }
}

// The court's fee jumps at no edge of its brackets, and is that of the tariff's own examples.
TEST(ExpectedNet, court_fees_follow_the_tariff) {
  const decision::Model& of = model("expected_net.dmn");
  const auto fee = [&](const char* treatment, std::int64_t claim_fen) {
    return whole(of.evaluate("court_cost_fen", Context()
                                                   .set("status", "open")
                                                   .set("bucket", "M6")
                                                   .set("channel", "none")
                                                   .set("treatment", treatment)
                                                   .set("balance_fen", claim_fen)));
  };
  for (const auto& [claim_yuan, fee_yuan] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 50},
                                                          {10'000, 50},
                                                          {50'000, 1'050},
                                                          {100'000, 2'300},
                                                          {200'000, 4'300},
                                                          {500'000, 8'800},
                                                          {1'000'000, 13'800},
                                                          {2'000'000, 22'800},
                                                          {5'000'000, 46'800},
                                                          {10'000'000, 81'800},
                                                          {20'000'000, 141'800}}) {
    EXPECT_EQ(fee("arbitration", claim_yuan * 100), fee_yuan * 100) << claim_yuan;
    const std::int64_t next = fee("arbitration", claim_yuan * 100 + 1);
    EXPECT_GE(next, fee_yuan * 100) << claim_yuan;
    EXPECT_LE(next, fee_yuan * 100 + 1) << claim_yuan;
  }
  for (const std::int64_t claim_fen : {100'000, 10'000'000, 89'600'000}) {
    EXPECT_LE(fee("suit", claim_fen + 1) - fee("suit", claim_fen), 1) << claim_fen;
  }
}

TEST(Priority, is_last_for_a_loss_and_not_for_sale_where_somebody_is_held) {
  const decision::Model& of = model("priority.dmn");
  const auto at = [&](const std::string& flag, std::int64_t recovery_fen, std::int64_t cost_fen) {
    return whole(of.evaluate("priority", Context()
                                             .set("expected_recovery_fen", recovery_fen)
                                             .set("expected_cost_fen", cost_fen)
                                             .set("bucket", "M3")
                                             .set("bucket_before", "M3")
                                             .set("willingness", 60)
                                             .set("ability", 30)
                                             .set("promise", "none")
                                             .set("flag", flag)
                                             .set("broken_promises", 0)
                                             .set("dpd", 75)));
  };
  std::int64_t before = 0;
  for (const std::int64_t net :
       {-1, 0, 1'000, 10'000, 50'000, 100'000, 200'000, 500'000, 1'000'000}) {
    const std::int64_t priority = at("none", net < 0 ? 0 : net, net < 0 ? -net : 0);
    EXPECT_EQ(net < 0, priority <= 50) << net;
    EXPECT_GT(priority, before) << net;
    before = priority;
  }
  for (const std::string& flag : held) {
    EXPECT_EQ(at(flag, 0, 0), at(flag, 100'000'000, 0)) << flag;
    EXPECT_EQ(at(flag, 0, 0), at(flag, 0, 100'000'000)) << flag;
    EXPECT_GT(at(flag, 0, 0), at("none", 0, 1)) << flag;
  }
}

TEST(Priority, stays_between_0_and_1000) {
  const decision::Model& of = model("priority.dmn");
  const auto decisions = of.decisions();
  const auto& info = *find(decisions, "priority");
  const auto all = all_candidates(of, info);
  std::mt19937_64 random(11);
  std::int64_t low = 1'000, high = 0;
  for (int tries = 0; tries < 5'000; ++tries) {
    Context inputs = random_case(info, all, random);
    for (const char* name : {"expected_recovery_fen", "expected_cost_fen"})
      inputs.set(name, static_cast<std::int64_t>(random() % (std::uint64_t{1} << (random() % 30))));
    const auto answer = of.evaluate("priority", inputs);
    const auto priority = answer.value.to_int64();
    ASSERT_TRUE(priority.has_value());
    low = std::min(low, *priority);
    high = std::max(high, *priority);
  }
  EXPECT_GE(low, 0);
  EXPECT_LE(high, 1'000);
  EXPECT_GT(high - low, 600);  // it tells accounts apart
}

}  // namespace
}  // namespace strategy
