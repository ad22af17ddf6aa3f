#include <gtest/gtest.h>

#include "score/types.h"
#include "tests/accounts.h"

namespace score {
namespace {

decision::Model scorecard() {
  auto model = decision::Model::load("decisions/scorecard.dmn");
  CHECK_MSG(static_cast<bool>(model), model ? "" : model.error().message.c_str());
  return std::move(*model);
}

// One account with every characteristic at its best, changed by the test.
column::Sheet best_account() {
  column::Sheet accounts = tests::make_accounts(1);
  accounts.add<std::int32_t>("dpd")[0] = 0;
  accounts.add<std::int32_t>("customer_dpd")[0] = 0;
  accounts.add<std::int32_t>("last_payment_on")[0] = tests::accounts_date.days() - 3;
  accounts.add<std::int64_t>("paid_30d_fen")[0] = 600'00;
  accounts.add<std::int64_t>("min_due_fen")[0] = 200'00;
  accounts.add<std::int64_t>("balance_fen")[0] = 2'000'00;
  accounts.add<std::int64_t>("credit_limit_fen")[0] = 100'000'00;
  accounts.add<std::int16_t>("months_on_book")[0] = 60;
  accounts.add<std::int16_t>("late_fee_periods")[0] = 0;
  accounts.add<std::int8_t>("broken_promises")[0] = 0;
  accounts.add<std::int8_t>("contacts_7d")[0] = 0;
  accounts.add_codes("promise", {"kept"})[0] = 0;
  accounts.add_codes("flag", {"none"})[0] = 0;
  return accounts;
}

struct Scored {
  int willingness, ability;
  std::string willingness_reason, ability_reason;
};

Scored score_of(column::Sheet& accounts, const decision::Model& model) {
  const auto done = decide_scores(accounts, model, tests::accounts_date, 1);
  CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
  return {accounts.get<std::int16_t>("willingness")[0], accounts.get<std::int16_t>("ability")[0],
          std::string(accounts.codes("willingness_reason").at(0)),
          std::string(accounts.codes("ability_reason").at(0))};
}

TEST(Score, best_account_has_a_hundred_and_nothing_against_it) {
  column::Sheet accounts = best_account();
  const Scored scored = score_of(accounts, scorecard());
  EXPECT_EQ(scored.willingness, 100);
  EXPECT_EQ(scored.ability, 100);
  EXPECT_EQ(scored.willingness_reason, "");
  EXPECT_EQ(scored.ability_reason, "");
}

TEST(Score, reason_is_the_largest_shortfall) {
  column::Sheet accounts = best_account();
  accounts.add<std::int32_t>("customer_dpd")[0] = 200;       // 20 short
  accounts.add<std::int8_t>("broken_promises")[0] = 2;       // 15 short
  accounts.add<std::int64_t>("balance_fen")[0] = 99'000'00;  // utilisation 25 short, debt 11
  const Scored scored = score_of(accounts, scorecard());
  EXPECT_EQ(scored.willingness, 65);
  EXPECT_EQ(scored.willingness_reason, "overdue_over_180");
  EXPECT_EQ(scored.ability, 100 - 20 - 11);
  EXPECT_EQ(scored.ability_reason, "utilisation_full");
}

TEST(Score, of_equal_shortfalls_the_first_table_speaks) {
  column::Sheet accounts = best_account();
  accounts.add<std::int32_t>("last_payment_on")[0] = tests::accounts_date.days() - 200;  // 20 short
  accounts.add<std::int64_t>("paid_30d_fen")[0] = 0;  // payment ratio 20 short too
  const Scored scored = score_of(accounts, scorecard());
  EXPECT_EQ(scored.willingness_reason, "no_payment_half_year");
}

TEST(Score, facts_say_what_is_not_known) {
  column::Sheet accounts = best_account();
  accounts.add<std::int32_t>("last_payment_on")[0] = 0;
  accounts.add<std::int64_t>("min_due_fen")[0] = 0;
  accounts.add<std::int64_t>("credit_limit_fen")[0] = 0;
  decide_facts(accounts, tests::accounts_date, 1);
  EXPECT_EQ(accounts.get<std::int32_t>("days_since_payment")[0], -1);
  EXPECT_EQ(accounts.get<std::int32_t>("payment_ratio_bps")[0], -1);
  EXPECT_EQ(accounts.get<std::int32_t>("utilisation_bps")[0], -1);
}

TEST(Score, ratios_round_down_and_stop_at_a_hundredfold) {
  column::Sheet accounts = best_account();
  accounts.add<std::int64_t>("paid_30d_fen")[0] = 199'99;
  accounts.add<std::int64_t>("min_due_fen")[0] = 200'00;
  accounts.add<std::int64_t>("balance_fen")[0] = 9'000'000'000'000'000;
  accounts.add<std::int64_t>("credit_limit_fen")[0] = 1;
  decide_facts(accounts, tests::accounts_date, 1);
  EXPECT_EQ(accounts.get<std::int32_t>("payment_ratio_bps")[0], 9'999);
  EXPECT_EQ(accounts.get<std::int32_t>("utilisation_bps")[0], 1'000'000);
}

TEST(Score, threads_change_no_byte_and_nothing_else_is_left_behind) {
  const decision::Model model = scorecard();
  column::Sheet one = tests::make_accounts(40'000), four = tests::make_accounts(40'000);
  ASSERT_EQ(one.hash(), four.hash());
  ASSERT_TRUE(decide_scores(one, model, tests::accounts_date, 1));
  ASSERT_TRUE(decide_scores(four, model, tests::accounts_date, 4));
  EXPECT_EQ(one.hash(), four.hash());
  for (const char* name : {"points", "reason", "willingness_dpd_row"}) EXPECT_FALSE(one.has(name));
  for (const std::int16_t score : one.get<std::int16_t>("willingness")) {
    ASSERT_GE(score, 0);
    ASSERT_LE(score, 100);
  }
}

TEST(Score, scorecard_that_is_not_one_is_refused) {
  const auto refused = [](const std::string& body) {
    const auto model = decision::Model::parse(
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"m\" name=\"m\" "
        "namespace=\"m\">" +
            body + "</definitions>",
        "test");
    CHECK(model);
    const auto score = read_score(*model, "willingness");
    return score ? "" : score.error().message;
  };
  EXPECT_EQ(refused(""), "no table is named willingness_*");
  EXPECT_EQ(refused("<decision id=\"a\" name=\"willingness_a\"><variable name=\"willingness_a\"/>"
                    "<literalExpression><text>1</text></literalExpression></decision>"),
            "willingness_a must be a decision table");
}

}  // namespace
}  // namespace score
