// The shipped tables: complete, without dead rows, every word named, every row reasoned.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

#include "decision/check.h"
#include "strategy/table_search.h"
#include "strategy/types.h"

namespace strategy {
namespace {

using namespace search;  // a test of one thing

const Models& models() {
  static const Models all = [] {
    auto loaded = Models::load("decisions");
    CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
    return std::move(*loaded);
  }();
  return all;
}

const decision::Model& model(std::string_view file) {
  return *models().find(file)->model;
}

// All but the packs, which are tested by the gate, and promises.
const std::vector<std::string> files = {
    "allocation.dmn", "anomaly.dmn",   "approval.dmn",     "authority.dmn", "bucket.dmn",
    "experiment.dmn", "offer.dmn",     "expected_net.dmn", "priority.dmn",  "payment_order.dmn",
    "risk_grade.dmn", "scorecard.dmn", "terms.dmn",        "treatment.dmn"};

void for_each_table(const std::function<void(const std::string& file, const decision::Model&,
                                             const decision::DecisionInfo&)>& look) {
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    ASSERT_NE(models().find(file), nullptr);
    for (const auto& info : model(file).decisions()) {
      SCOPED_TRACE(info.name);
      if (info.table) look(file, model(file), info);
    }
  }
}

std::string word_of(const std::string& cell) {
  return cell.substr(1, cell.size() - 2);
}

TEST(Tables, every_row_has_an_id_a_reason_and_a_source) {
  for_each_table([](const auto&, const auto&, const decision::DecisionInfo& info) {
    EXPECT_NE(info.label, "");
    EXPECT_EQ(info.table->annotations.size(), 2u);
    for (const auto& rule : info.table->rules) {
      EXPECT_NE(rule.id, "");
      EXPECT_NE(rule.annotations.at(0), "") << rule.id;
      EXPECT_NE(rule.annotations.at(1), "") << rule.id;
    }
  });
}

TEST(Tables, ids_are_unique_within_a_file) {
  for (const std::string& file : files) {
    std::set<std::string> ids;
    const std::string& bytes = *models().find(file)->bytes;
    const std::regex id("[ \n]id=\"([^\"]*)\"");
    for (std::sregex_iterator at(bytes.begin(), bytes.end(), id), end; at != end; ++at) {
      EXPECT_TRUE(ids.insert((*at)[1]).second) << file << ": " << (*at)[1];
    }
  }
}

TEST(Tables, every_word_is_named_in_both_languages) {
  const auto words = Words::load("decisions");
  ASSERT_TRUE(words) << words.error().message << words.error().where;
  const auto named = [&](const std::string& variable, const std::string& code) {
    EXPECT_TRUE(words->has(variable, code)) << variable << "," << code;
    EXPECT_NE(words->zh(variable, code), "") << variable << "," << code;
    EXPECT_NE(words->en(variable, code), "") << variable << "," << code;
  };
  for (const std::string& file : files) named("file", file);
  for_each_table([&](const auto&, const auto&, const decision::DecisionInfo& info) {
    for (const auto& input : info.table->inputs) {
      named(input.expression, "");
      if (input.allowed_values.empty()) continue;
      for (const auto& part : parts_of(input.allowed_values)) {
        named(input.expression, word_of(part));
      }
    }
    for (std::size_t i = 0; i < info.table->outputs.size(); ++i) {
      const std::string& name = info.table->outputs[i].name;
      const std::string variable = name.empty() ? info.name : name;
      if (info.name.find('_') == std::string::npos) named(variable, "");
      if (info.table->outputs[i].type_ref != "string" || info.name == "payment_order") continue;
      for (const auto& rule : info.table->rules) named(variable, word_of(rule.outputs[i]));
    }
  });
}

// A case of every input the decision needs; `given` then makes it one that can happen.
using Given = std::function<void(Context&)>;

void expect_row_reached(const decision::Model& of, const decision::DecisionInfo& info,
                        const std::map<std::string, std::vector<Value>>& values, std::size_t row,
                        const Given& given) {
  std::mt19937_64 random(row);
  for (int tries = 0; tries < 20'000; ++tries) {
    Context inputs = random_case(info, values, random);
    if (given) given(inputs);
    if (fired(of.evaluate(info.name, inputs), info.name, static_cast<int>(row) + 1)) return;
  }
  ADD_FAILURE() << "no case reaches row " << row + 1 << " " << info.table->rules[row].id;
}

// Exact, over every case that the tables' types and lists allow; notes are not faults.
TEST(Tables, have_no_gap_no_overlap_and_no_row_in_vain) {
  std::size_t checked = 0;
  for (const ModelFile& file : models().files()) {
    const auto findings = decision::check(*file.model, {.night = true});
    ASSERT_TRUE(findings);
    for (const decision::Finding& finding : *findings) {
      const bool unproven = finding.kind == "not_proven";
      if (finding.severity == "note" && !unproven) continue;
      ADD_FAILURE() << file.file << " " << decision::render_finding(finding, "zh");
    }
    ++checked;
  }
  EXPECT_GE(checked, 10u);
}

// ---- treatment, with cases that can happen -----------------------------------------------------

// bucket by dpd, amounts by whether anything is overdue, grade and approach as graded together.
class RealCases {
 public:
  RealCases() {
    const auto grades = model("risk_grade.dmn").decisions();
    for (const auto& rule : find(grades, "grade")->table->rules) {
      graded_.emplace_back(word_of(rule.outputs[0]), word_of(rule.outputs[1]));
    }
  }

  // The row's candidates without days past due of another bucket.
  std::map<std::string, std::vector<Value>> candidates_of(
      const std::map<std::string, std::vector<Value>>& all, const decision::TableInfo& table,
      std::size_t row) const {
    auto values = row_candidates(all, table, row);
    const std::vector<Value> buckets = values.at("bucket");
    std::erase_if(values.at("dpd"), [&](const Value& dpd) {
      const Value bucket = model("bucket.dmn").evaluate("bucket", {{"dpd", dpd}}).value;
      return std::find(buckets.begin(), buckets.end(), bucket) == buckets.end();
    });
    EXPECT_FALSE(values.at("dpd").empty()) << table.rules[row].id;
    return values;
  }

  // Keeps what the case says and makes the rest follow; a grade that is not given stays null.
  void make_real(Context& inputs, std::mt19937_64& random) const {
    const auto dpd = inputs.find("dpd")->to_int64();
    inputs.set("bucket", model("bucket.dmn").evaluate("bucket", inputs).value);
    const bool past_due = *dpd > 0;
    if (!past_due) inputs.set("overdue_fen", 0);
    if (past_due && *inputs.find("overdue_fen")->to_int64() <= 0) inputs.set("overdue_fen", 500'00);
    if (*inputs.find("balance_fen")->to_int64() < *inputs.find("overdue_fen")->to_int64()) {
      inputs.set("balance_fen", *inputs.find("overdue_fen"));
    }
    const auto& [grade, approach] = graded_[random() % graded_.size()];  // the row may want another
    inputs.set("grade", grade);
    inputs.set("approach", approach);
  }

 private:
  std::vector<std::pair<std::string, std::string>> graded_;
};

Context with_dpd(int dpd) {
  const Context dpd_only{{"dpd", dpd}};
  const bool past_due = dpd > 0;
  return Context{{"status", "open"},
                 {"flag", "none"},
                 {"promise", "none"},
                 {"promise_days", 0},
                 {"broken_promises", 0},
                 {"product", "card"},
                 {"bucket", model("bucket.dmn").evaluate("bucket", dpd_only).value},
                 {"dpd", dpd},
                 {"due_in_days", -1},
                 {"grade", "medium"},
                 {"approach", "negotiate"},
                 {"overdue_fen", past_due ? 2'000'00 : 0},
                 {"balance_fen", 20'000'00},
                 {"contacts_7d", 0}};
}

std::string treated(const Context& inputs) {
  const auto answer = model("treatment.dmn").evaluate("treatment", inputs);
  EXPECT_TRUE(answer.messages.empty()) << answer.messages[0];
  if (answer.value.is_null()) return "";
  return answer.value.context().find("treatment")->text();
}

TEST(Treatment, has_sixty_rows_or_more_and_every_one_is_reached_by_a_case_that_can_happen) {
  const decision::Model& of = model("treatment.dmn");
  const auto decisions = of.decisions();
  const auto& info = *find(decisions, "treatment");
  ASSERT_GE(info.table->rules.size(), 60u);
  auto all = all_candidates(of, info);
  for (const Value& dpd : candidates(model("bucket.dmn").decisions(), "dpd")) {
    all.at("dpd").push_back(dpd);
  }
  const RealCases real;
  std::mt19937_64 random(3);
  for (std::size_t row = 0; row + 1 < info.table->rules.size(); ++row) {
    expect_row_reached(of, info, all, row,
                       [&](Context& inputs) { real.make_real(inputs, random); });
  }
  // The last row is for accounts without a grade.
  Context inputs = with_dpd(40);
  inputs.set("grade", {}).set("approach", {});
  EXPECT_EQ(treated(inputs), "manual_review");
}

TEST(Treatment, holds_are_handled_without_any_contact_and_nobody_is_chased_before_the_due_date) {
  const decision::Model& of = model("treatment.dmn");
  const auto decisions = of.decisions();
  const auto& info = *find(decisions, "treatment");
  const auto all = all_candidates(of, info);
  const std::set<std::string> chased = {"none", "lost"};
  const RealCases real;
  std::mt19937_64 random(5);
  for (int tries = 0; tries < 20'000; ++tries) {
    Context inputs = random_case(info, all, random);
    real.make_real(inputs, random);
    const auto answer = of.evaluate("treatment", inputs);
    ASSERT_FALSE(answer.value.is_null());
    const Context& said = answer.value.context();
    const std::string channel = said.find("channel")->text(), work = said.find("work")->text();
    const std::string& rule = answer.fired.back().rule_id;
    if (!chased.contains(inputs.find("flag")->text())) {
      ASSERT_EQ(channel, "none") << rule;
    }
    if (*inputs.find("dpd")->to_int64() <= 0 && inputs.find("promise")->text() != "open") {
      ASSERT_TRUE(channel == "none" || work == "machine") << rule;
    }
    // Channels and who works them go together.
    if (work == "none" || work == "agency") {
      ASSERT_EQ(channel, "none") << rule;
    }
    if (channel == "call" || channel == "visit") {
      ASSERT_EQ(work, "human") << rule;
    }
    ASSERT_EQ(channel == "none", said.find("script")->text() == "none") << rule;
  }
}

TEST(Treatment, before_the_due_date_and_in_the_first_days) {
  const auto due_in = [](int days, const char* grade) {
    Context inputs = with_dpd(0);
    inputs.set("due_in_days", days).set("grade", grade);
    return treated(inputs);
  };
  EXPECT_EQ(due_in(7, "high"), "pre_due_help");
  EXPECT_EQ(due_in(7, "low"), "no_action");
  EXPECT_EQ(due_in(3, "high"), "pre_due_sms");
  EXPECT_EQ(due_in(3, "low"), "pre_due_push");
  EXPECT_EQ(due_in(2, "high"), "no_action");
  EXPECT_EQ(due_in(1, "low"), "due_tomorrow");
  EXPECT_EQ(due_in(0, "low"), "due_today");
  EXPECT_EQ(due_in(-1, "high"), "no_action");
  EXPECT_EQ(treated(with_dpd(1)), "grace_sms");
  EXPECT_EQ(treated(with_dpd(2)), "grace_push");
  EXPECT_EQ(treated(with_dpd(3)), "grace_last_day");
  EXPECT_EQ(treated(with_dpd(4)), "m1_sms");
  Context loan = with_dpd(1);
  EXPECT_EQ(treated(loan.set("product", "online_loan")), "first_overdue_notice");
}

TEST(Treatment, by_stage_and_approach_at_the_edges_of_each_stage) {
  struct Row {
    int dpd;
    const char *negotiate, *relief, *press, *formal;
  };
  const std::vector<Row> rows = {
      {8, "learn_why_call", "hardship_ask_call", "learn_why_call", "learn_why_call"},
      {15, "learn_why_call", "hardship_ask_call", "learn_why_call", "learn_why_call"},
      {16, "learn_why_call", "instalment_offer_call", "consequence_call", "overdue_letter"},
      {30, "learn_why_call", "instalment_offer_call", "consequence_call", "overdue_letter"},
      {31, "agree_plan_call", "instalment_offer_call", "overdue_letter", "overdue_letter"},
      {36, "agree_plan_call", "instalment_offer_call", "consequence_call", "overdue_letter"},
      {60, "agree_plan_call", "instalment_offer_call", "consequence_call", "overdue_letter"},
      {61, "agree_plan_call", "personal_plan_call", "demand_letter", "demand_letter"},
      {66, "agree_plan_call", "personal_plan_call", "consequence_call", "demand_letter"},
      {90, "agree_plan_call", "personal_plan_call", "consequence_call", "demand_letter"},
      {91, "mediation", "personal_plan_call", "lawyer_letter", "agency_placement"},
      {120, "mediation", "personal_plan_call", "lawyer_letter", "agency_placement"},
      {121, "mediation", "personal_plan_call", "payment_order", "agency_placement"},
      {142, "mediation", "personal_plan_call", "payment_order", "agency_placement"},
      {143, "demand_letter", "personal_plan_call", "payment_order", "agency_placement"},
      {150, "demand_letter", "personal_plan_call", "payment_order", "agency_placement"},
      {151, "agency_placement", "mediation", "payment_order", "payment_order"},
      {180, "agency_placement", "mediation", "payment_order", "payment_order"},
      {181, "agency_placement", "mediation", "payment_order", "agency_placement"},
      {359, "agency_placement", "mediation", "payment_order", "agency_placement"},
      {360, "agency_second_placement", "mediation", "payment_order", "agency_second_placement"},
      {914, "agency_second_placement", "mediation", "payment_order", "agency_second_placement"},
      {915, "limitation_review", "limitation_review", "limitation_review", "limitation_review"},
  };
  const auto with = [](int dpd, const char* grade, const char* approach) {
    Context inputs = with_dpd(dpd);
    return treated(inputs.set("grade", grade).set("approach", approach));
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.dpd);
    EXPECT_EQ(with(row.dpd, "medium", "negotiate"), row.negotiate);
    EXPECT_EQ(with(row.dpd, "medium", "relief"), row.relief);
    EXPECT_EQ(with(row.dpd, "high", "press"), row.press);
    EXPECT_EQ(with(row.dpd, "high", "formal"), row.formal);
  }
}

TEST(Treatment, promises_are_waited_for_and_broken_ones_followed_in_steps) {
  const auto at = [](const char* promise, int days, int dpd = 20) {
    Context inputs = with_dpd(dpd);
    return treated(inputs.set("promise", promise)
                       .set("promise_days", days)
                       .set("broken_promises", std::string(promise) == "broken" ? 1 : 0));
  };
  EXPECT_EQ(at("open", -5), "promise_wait");
  EXPECT_EQ(at("open", -1), "promise_reminder");
  EXPECT_EQ(at("open", 0), "promise_due_today");
  EXPECT_EQ(at("open", 2), "promise_wait");
  EXPECT_EQ(at("kept", 1, 0), "promise_thanks");
  EXPECT_EQ(at("kept", 2, 0), "no_action");
  for (const int day : {1, 3}) EXPECT_EQ(at("broken", day), "promise_broken_sms");
  for (const int day : {4, 7}) EXPECT_EQ(at("broken", day), "promise_replan_call");
  for (const int day : {8, 14}) EXPECT_EQ(at("broken", day), "formal_notice");
  EXPECT_EQ(at("broken", 15), "learn_why_call");
  EXPECT_EQ(at("broken", 2, 0), "no_action");
}

// ---- the others at their edges -----------------------------------------------------------------

TEST(Bucket, edges) {
  const std::vector<std::pair<int, std::string>> edges = {
      {-5, "M0"},  {0, "M0"},   {1, "M1"},    {30, "M1"},    {31, "M2"},  {60, "M2"},
      {61, "M3"},  {90, "M3"},  {91, "M4"},   {120, "M4"},   {121, "M5"}, {150, "M5"},
      {151, "M6"}, {180, "M6"}, {181, "M6+"}, {5'000, "M6+"}};
  for (const auto& [dpd, bucket] : edges) {
    EXPECT_EQ(model("bucket.dmn").evaluate("bucket", {{"dpd", dpd}}).value.text(), bucket) << dpd;
  }
}

TEST(PaymentOrder, turns_to_principal_first_after_ninety_days) {
  const auto order = [](const char* product, int dpd) {
    const Context inputs{{"product", product}, {"dpd", dpd}};
    return model("payment_order.dmn").evaluate("payment_order", inputs).value.text();
  };
  EXPECT_EQ(order("card", 90), "interest,late_fee,instalment_fee,cost,principal");
  EXPECT_EQ(order("card", 91), "principal,interest,late_fee,instalment_fee,cost");
  EXPECT_EQ(order("online_loan", 91), "cost,interest,late_fee,instalment_fee,principal");
  // Every part once, in every row.
  const auto decisions = model("payment_order.dmn").decisions();
  for (const auto& rule : decisions[0].table->rules) {
    auto parts = parts_of(word_of(rule.outputs[0]));
    std::sort(parts.begin(), parts.end());
    EXPECT_EQ(parts, (std::vector<std::string>{"cost", "instalment_fee", "interest", "late_fee",
                                               "principal"}))
        << rule.id;
  }
}

TEST(Grade, edges_of_willingness_and_ability) {
  const auto grade = [](int willingness, int ability) {
    const Context inputs{{"willingness", willingness}, {"ability", ability}};
    const Value value = model("risk_grade.dmn").evaluate("grade", inputs).value;
    return value.context().find("grade")->text() + " " + value.context().find("approach")->text();
  };
  EXPECT_EQ(grade(65, 65), "low negotiate");
  EXPECT_EQ(grade(64, 65), "low negotiate");
  EXPECT_EQ(grade(64, 64), "medium negotiate");
  EXPECT_EQ(grade(45, 52), "medium negotiate");
  EXPECT_EQ(grade(65, 51), "medium relief");
  EXPECT_EQ(grade(45, 51), "medium relief");
  EXPECT_EQ(grade(44, 52), "high press");
  EXPECT_EQ(grade(44, 51), "high formal");
  EXPECT_EQ(grade(0, 100), "high press");
}

TEST(Words, an_unknown_code_is_called_by_its_code_and_a_bad_file_is_refused) {
  const auto words = Words::parse("variable,code,zh,en\na,b,\"甲,\"\"乙\"\"\",x\r\na,,丙,y\n", "w");
  ASSERT_TRUE(words);
  EXPECT_EQ(words->zh("a", "b"), "甲,\"乙\"");
  EXPECT_EQ(words->en("a"), "y");
  EXPECT_EQ(words->zh("a", "c"), "c");
  EXPECT_EQ(Words::parse("variable,code,zh,en\na,b,c\n", "w").error().where, "w:2");
  EXPECT_EQ(Words::parse("variable,code,zh,en\na,b,c,d\na,b,e,f\n", "w").error().where, "w:3");
}

}  // namespace
}  // namespace strategy
