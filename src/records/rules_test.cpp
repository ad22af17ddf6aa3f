#include <gmock/gmock.h>

#include <regex>

#include "records/rules.h"
#include "tests/records_office.h"

namespace records {
namespace {

using kernel::Date;

Date day(const char* text) {
  return *Date::parse(text);
}

decision::Model model_of(const std::string& xml) {
  return must(decision::Model::parse(xml, "retention.dmn"));
}
std::string shipped_xml() {
  return bytes_of("decisions/retention.dmn");
}

const std::vector<std::string>& all_kinds() {
  static const std::vector<std::string> kinds = [] {
    std::vector<std::string> all = document_kinds();
    for (const char* kind :
         {"note", "attempt_note", "promise_note", "contact_record", "hold_reason", "permit",
          "approval_note", "refusal", "import_reject", "session", "simulation_run"})
      all.emplace_back(kind);
    return all;
  }();
  return kinds;
}

RetentionRules rules_of(const std::string& xml) {
  return must(RetentionRules::of(model_of(xml), model_of(shipped_xml()), all_kinds()));
}

CaseState closed_case(const std::string& product, const char* closed_on = "2020-01-31") {
  CaseState state{.person_key = "p", .open = false, .products = {product}};
  state.last_activity = state.closed_on = day(closed_on);
  return state;
}

TEST(RetentionTable, ItsOwnCases) {
  const auto model = model_of(shipped_xml());
  const auto cases = must(tables::run_cases(model, bytes_of("decisions/retention.tests.csv"), "t"));
  EXPECT_GE(cases.size(), 25U);
  for (const auto& one : cases)
    EXPECT_TRUE(one.passed) << one.name << ": expected " << one.expected << ", got " << one.got;
}

// kind, product, land, made, closed → the day it is due
TEST(RetentionRules, TheDayByKindLenderAndLand) {
  const RetentionRules rules = rules_of(shipped_xml());
  const auto due = [&](const char* kind, const char* product, const char* land, const char* made,
                       const char* closed) {
    CaseState state = closed_case(product, closed);
    state.jurisdiction = land;
    return rules.decide(kind, day(made), &state, day("2026-11-20")).due_on.format();
  };
  EXPECT_EQ(due("recording", "card", "CN", "2020-01-31", "2020-02-10"), "2022-01-31");
  EXPECT_EQ(due("recording", "card", "CN", "2020-02-29", "2020-03-01"), "2022-02-28");
  EXPECT_EQ(due("recording", "card", "CN", "2018-01-31", "2020-02-10"), "2020-02-10")
      << "not before the case is over";
  EXPECT_EQ(due("recording", "consumer_finance", "CN", "2020-01-31", "2020-02-10"), "2025-01-31");
  EXPECT_EQ(due("recording", "online_loan", "CN", "2020-01-31", "2020-02-10"), "2022-01-31");
  EXPECT_EQ(due("recording", "boat", "CN", "2020-01-31", "2020-02-10"), "2025-01-31")
      << "a product nobody knows: the longest";
  EXPECT_EQ(due("recording", "card", "US", "2020-01-31", "2020-02-10"), "2023-01-31");
  EXPECT_EQ(due("note", "card", "US", "2020-01-31", "2020-02-10"), "2023-02-10");
  EXPECT_EQ(due("note", "card", "UK", "2020-01-31", "2020-02-10"), "2026-02-10");
  EXPECT_EQ(due("recording", "card", "mixed", "2020-01-31", "2020-02-10"), "2026-02-10");
  EXPECT_EQ(due("complaint", "card", "CN", "2020-01-31", "2020-02-10"), "2023-02-10");
  EXPECT_EQ(rules.decide("import_reject", day("2026-08-20"), nullptr, day("2026-11-20")).state,
            Due::State::due);
  EXPECT_EQ(rules.decide("import_reject", day("2026-08-21"), nullptr, day("2026-11-20")).state,
            Due::State::later);
}

TEST(RetentionRules, WhatIsNotKnownStays) {
  const RetentionRules rules = rules_of(shipped_xml());
  const Date today = day("2026-11-20"), made = day("2010-01-01");
  CaseState state = closed_case("card");
  EXPECT_EQ(rules.decide("recording", made, &state, today).state, Due::State::due);
  EXPECT_EQ(rules.decide("poem", made, &state, today).state, Due::State::not_known);
  state.open = true;
  EXPECT_EQ(rules.decide("recording", made, &state, today).state, Due::State::open);
  state = closed_case("card");
  state.closed_on.reset();
  EXPECT_EQ(rules.decide("recording", made, &state, today).state, Due::State::not_known);
  state = closed_case("card");
  state.plan_open = true;
  EXPECT_EQ(rules.decide("recording", made, &state, today).state, Due::State::not_known);
  state.plan_open = false;
  state.plan_settled_on = day("2026-11-21");
  EXPECT_EQ(rules.decide("recording", made, &state, today).state, Due::State::later);
  state.plan_settled_on = today;
  EXPECT_EQ(rules.decide("recording", made, &state, today).state, Due::State::due);
}

TEST(RetentionRules, TheChineseChoiceIsAnOption) {
  const std::string longest = std::regex_replace(
      shipped_xml(), std::regex(R"((option_text_cn_longest"><text>)false)"), "$1true");
  ASSERT_NE(longest, shipped_xml());
  const CaseState state = closed_case("card");
  const auto due = [&](const std::string& xml) {
    return rules_of(xml)
        .decide("recording", day("2020-01-31"), &state, day("2026-11-20"))
        .due_on.format();
  };
  EXPECT_EQ(due(shipped_xml()), "2022-01-31");
  EXPECT_EQ(due(longest), "2025-01-31");
}

// Every row of law of the table in force, taken out or shortened by a month: the same days.
TEST(RetentionRules, NobodyLoosensTheLaw) {
  const std::string shipped = shipped_xml();
  const RetentionRules lawful = rules_of(shipped);
  EXPECT_TRUE(lawful.loosened().empty());
  const auto begin = shipped.find("<decision id=\"keep_at_least\"");
  const auto end = shipped.find("</decision>", begin);
  const std::string law = shipped.substr(begin, end - begin);
  const std::regex row(R"re(\n\s*<rule id="([a-z_]+)">.*</rule>)re");
  int mutants = 0;
  for (auto it = std::sregex_iterator(law.begin(), law.end(), row); it != std::sregex_iterator();
       ++it) {
    const std::string whole = it->str(), id = (*it)[1];
    const std::regex months("(" + id + R"(_o2"><text>)([0-9]+))");
    std::smatch found;
    ASSERT_TRUE(std::regex_search(whole, found, months)) << id;
    const int number = std::stoi(found[2]);
    std::vector<std::string> changed = {""};
    if (number > 0)
      changed.push_back(
          std::regex_replace(whole, months, found[1].str() + std::to_string(number - 1)));
    for (const std::string& text : changed) {
      std::string xml = shipped;
      xml.replace(begin + static_cast<std::size_t>(it->position()), whole.size(), text);
      const RetentionRules loose = rules_of(xml);
      ++mutants;
      if (id != "cn_card_longest") {
        EXPECT_FALSE(loose.loosened().empty()) << id;
      }
      for (const std::string& kind : all_kinds())
        for (const char* product : {"card", "online_loan", "consumer_finance"})
          for (const char* land : {"CN", "US", "UK"}) {
            CaseState state = closed_case(product);
            state.jurisdiction = land;
            state.plan_settled_on = day("2020-06-01");
            const auto due = [&](const RetentionRules& rules) {
              return rules.decide(kind, day("2020-01-31"), &state, day("2026-11-20")).due_on;
            };
            EXPECT_GE(due(loose), due(lawful)) << id << kind << product << land;
          }
    }
  }
  EXPECT_GE(mutants, 14);
}

TEST(RetentionRules, WhatALenderWantsEndsWhereTheLawDemandsDeletion) {
  // A lender that wants notes for ever: cut at the law's end and the months of the purpose.
  const std::string forever = std::regex_replace(
      shipped_xml(), std::regex(R"((case_not_over_o2"><text>)0)"), std::string("$01") + "1200");
  ASSERT_NE(forever, shipped_xml());
  const RetentionRules rules = rules_of(forever);
  CaseState state = closed_case("card", "2020-02-10");
  const auto due = rules.decide("note", day("2020-01-31"), &state, day("2026-11-20"));
  EXPECT_EQ(due.due_on.format(), "2025-01-31") << "2022-01-31 by law, and 36 months";
  EXPECT_EQ(due.rule.code, "PIPL_47");
}

}  // namespace
}  // namespace records
