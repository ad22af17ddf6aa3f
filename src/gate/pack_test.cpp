// The shipped packs against their tables of cases (decisions/packs/*.tests.csv) and against their
// files in conformance/, and the union of packs against being loosened. mutation_test.cpp holds
// every row of them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "gate/conformance.h"
#include "gate/packs.h"
#include "gate/when.h"
#include "tests/files.h"

namespace gate {
namespace {

namespace fs = std::filesystem;

const std::string& pack_xml() {
  static const std::string xml = tests::read_file("decisions/packs/cn-bank-card.dmn");
  return xml;
}

const std::vector<PackCase>& cases() {
  static const std::vector<PackCase> all = [] {
    auto read =
        read_pack_cases(tests::read_file("decisions/packs/cn-bank-card.tests.csv"), "cn-bank-card");
    EXPECT_TRUE(read) << read.error().message << " " << read.error().where;
    return read ? *read : std::vector<PackCase>{};
  }();
  return all;
}

Facts ordinary_call() {
  return cases().front().facts;
}

std::vector<fs::path> pack_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator("decisions/packs"))
    if (entry.path().extension() == ".dmn") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string with_option(const std::string& xml, const std::string& name, const std::string& value) {
  const auto changed = with_options(xml, {{name, value}});
  EXPECT_TRUE(changed) << "no option " << name;
  return changed ? *changed : xml;
}

std::set<std::string> codes_of(const PackSet& packs, const Facts& facts) {
  std::set<std::string> codes;
  for (const Refusal& refusal : packs.refusals(facts)) codes.insert(refusal.code);
  return codes;
}

TEST(pack, all_read_and_answer_their_cases_as_the_conformance_files_say) {
  ASSERT_EQ(pack_files().size(), 4u);
  for (const fs::path& file : pack_files()) {
    const std::string name = file.stem().string(), xml = tests::read_file(file);
    const Pack pack = Pack::parse(xml, name);
    EXPECT_EQ(pack.problem, "") << name;
    fs::path csv = file;
    const auto lines =
        make_case_lines(xml, name, tests::read_file(csv.replace_extension(".tests.csv")));
    ASSERT_TRUE(lines) << lines.error().where << ": " << lines.error().message;
    EXPECT_TRUE(*lines == tests::read_file("conformance/cases/" + name + ".jsonl"))
        << name << " and its file differ: evenhand conformance conformance --write";
    const auto options = make_option_lines(xml, name);
    ASSERT_TRUE(options) << options.error().message;
    EXPECT_NE(tests::read_file("conformance/options.jsonl").find(*options), std::string::npos)
        << name;
  }
}

TEST(pack, every_row_says_what_it_rests_on) {
  const std::set<std::string> ranks = {"statute",  "department_rule", "normative",
                                       "standard", "association",     "lender"};
  const std::set<std::string> certainties = {"found", "copy", "memory"};
  for (const fs::path& file : pack_files()) {
    const std::string name = file.stem().string(), xml = tests::read_file(file);
    fs::path csv = file;
    const auto read = read_pack_cases(tests::read_file(csv.replace_extension(".tests.csv")), name);
    ASSERT_TRUE(read);
    const PackSet packs({Pack::parse(xml, name)}, Calendar());
    std::set<std::string> fired, all;
    const std::regex mark("<rule id=\"([^\"]+)\">");
    for (std::sregex_iterator it(xml.begin(), xml.end(), mark), end; it != end; ++it)
      all.insert((*it)[1]);
    for (const PackCase& one : *read) {
      fired.insert(one.rules.begin(), one.rules.end());
      if (!one.options.empty()) continue;
      for (const Refusal& r : packs.refusals(one.facts)) {
        EXPECT_TRUE(ranks.contains(r.rank)) << r.rule_id;
        EXPECT_TRUE(certainties.contains(r.certainty)) << r.rule_id;
        EXPECT_FALSE(r.citation.empty() || r.reason_zh.empty() || r.reason_en.empty()) << r.rule_id;
        EXPECT_TRUE(r.rank == "lender" || !r.effective_from.empty() ||
                    r.rule_id.ends_with("_unknown"))
            << r.rule_id << " of " << name << " says not since when";
        // What is not known is refused on any day.
        EXPECT_TRUE(!r.rule_id.ends_with("_unknown") || r.effective_from.empty()) << r.rule_id;
      }
    }
    EXPECT_EQ(fired, all) << name << ": rows that fire in no case";
  }
}

// A hold that nothing answers would be a promise not kept.
TEST(pack, every_kind_of_hold_stops_something_or_is_there_to_open_something) {
  const std::set<std::string> open = {"lost", "debt_adviser_progress"};
  for (const fs::path& file : pack_files()) {
    const std::string name = file.stem().string();
    const PackSet packs({Pack::parse(tests::read_file(file), name)}, Calendar());
    fs::path csv = file;
    const Facts ordinary =
        read_pack_cases(tests::read_file(csv.replace_extension(".tests.csv")), name)->front().facts;
    for (const std::string& kind : hold_kinds()) {
      bool stops = false;
      for (const std::string& channel : channels())
        for (const std::string& purpose : purposes()) {
          Facts facts = ordinary;
          facts.channel = channel;
          facts.purpose = purpose;
          facts.point_place = "work";
          const auto without = codes_of(packs, facts);
          facts.holds = {kind};
          if (kind == "breathing_space") facts.days_in_breathing_space = 0;
          if (kind == "debt_adviser") facts.days_with_debt_adviser = 0;
          stops = stops || codes_of(packs, facts) != without;
        }
      EXPECT_EQ(stops, !open.contains(kind)) << kind << " in " << name;
    }
  }
}

TEST(pack, its_one_decision_refusals_says_the_same_as_its_tables) {
  const Pack pack = Pack::parse(pack_xml(), "cn-bank-card");
  ASSERT_EQ(pack.problem, "");
  EXPECT_EQ(pack.tables.size(), 6u);
  EXPECT_EQ(pack.options.cap_person_day, 3);
  EXPECT_EQ(pack.options.cap_number_day, 6);
  EXPECT_EQ(pack.options.open_minute, 480);
  EXPECT_EQ(pack.options.close_minute, 1260);
  for (const PackCase& c : cases()) {
    if (!c.options.empty() || !c.facts.day.empty()) continue;  // days are judged beside the tables
    const auto all = pack.model->evaluate("refusals", to_context(c.facts));
    ASSERT_EQ(all.value.kind(), decision::Kind::list) << c.name;
    EXPECT_EQ(all.value.list().size(), c.rules.size()) << c.name;
  }
}

std::string small_pack(const std::string& test, const std::string& code) {
  return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="small" name="small"
  namespace="n">
  <inputData id="i" name="purpose"><variable name="purpose" typeRef="string"/></inputData>
  <decision id="d" name="refusals"><variable name="refusals"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable hitPolicy="COLLECT">
      <input><inputExpression typeRef="string"><text>purpose</text></inputExpression></input>
      <output name="code" typeRef="string"/><output name="again" typeRef="string"/>
      <rule id="only"><inputEntry><text>{}</text></inputEntry>
        <outputEntry><text>"{}"</text></outputEntry>
        <outputEntry><text>"never"</text></outputEntry></rule>
    </decisionTable></decision>
</definitions>)",
                     test, code);
}

TEST(packs, one_more_pack_can_only_refuse_more) {
  const Pack law = Pack::parse(pack_xml(), "cn-bank-card");
  const std::vector<Pack> others = {
      Pack::parse(small_pack("\"remind\"", "LENDER_NO_REMINDERS"), "lender"),
      Pack::parse(small_pack("-", ""), "an empty code"),
      Pack::parse(small_pack("\"no such purpose\"", "ALLOW"), "allow"),
      Pack::parse("<definitions", "broken"),
      Pack::parse(small_pack("no_such_fact + 1", "X"), "unknown name"),
  };
  const PackSet alone({law}, Calendar());
  for (const Pack& other : others) {
    const PackSet before({other, law}, Calendar()), after({law, other}, Calendar());
    for (const PackCase& c : cases()) {
      if (!c.options.empty()) continue;
      const auto of_law = codes_of(alone, c.facts);
      for (const PackSet* both : {&before, &after}) {
        const auto united = codes_of(*both, c.facts);
        EXPECT_TRUE(std::includes(united.begin(), united.end(), of_law.begin(), of_law.end()))
            << other.name << ": " << c.name;
      }
    }
  }
}

// The shipped ones with each other, on every case of each.
TEST(packs, a_person_under_two_laws_is_refused_whatever_either_refuses) {
  std::vector<Pack> packs;
  for (const fs::path& file : pack_files()) packs.push_back(Pack::load(file));
  std::size_t more = 0;
  for (const Pack& one : packs) {
    const auto read =
        read_pack_cases(tests::read_file("decisions/packs/" + one.name + ".tests.csv"), one.name);
    ASSERT_TRUE(read);
    const PackSet alone({one}, Calendar());
    for (const Pack& other : packs) {
      const PackSet both({other, one}, Calendar());
      for (const PackCase& c : *read) {
        if (!c.options.empty()) continue;
        const auto of_one = codes_of(alone, c.facts), of_both = codes_of(both, c.facts);
        EXPECT_TRUE(std::includes(of_both.begin(), of_both.end(), of_one.begin(), of_one.end()))
            << one.name << " with " << other.name << ": " << c.name;
        more += of_both.size() > of_one.size() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(more, 1000u);  // else the test would prove little
}

TEST(packs, a_looser_option_of_another_pack_loosens_nothing) {
  const Pack law = Pack::parse(pack_xml(), "cn-bank-card");
  const Pack loose = Pack::parse(
      with_option(with_option(pack_xml(), "cap_person_day", "99"), "open_minute", "0"), "loose");
  const PackSet both({law, loose}, Calendar());
  EXPECT_EQ(both.smallest(&PackOptions::cap_person_day, 0), 3);
  EXPECT_EQ(both.largest(&PackOptions::open_minute, 0), 480);
  Facts fourth = ordinary_call();
  fourth.contacts_today = 3;
  EXPECT_EQ(codes_of(both, fourth), std::set<std::string>{"CN_CONTACTS_3"});
}

TEST(packs, without_a_pack_or_with_a_broken_one_all_is_refused) {
  const Facts facts = ordinary_call();
  EXPECT_EQ(codes_of(PackSet({}, Calendar()), facts), std::set<std::string>{"GATE_NO_PACK"});
  const std::vector<std::string> broken = {
      "",
      "<definitions",
      small_pack("\"remind", "X"),
      with_option(pack_xml(), "cap_person_day", "three of them"),
      std::regex_replace(pack_xml(), std::regex("COLLECT"), "FIRST"),
      std::regex_replace(small_pack("-", "X"), std::regex("purpose"), "mood_of_the_day")};
  for (const std::string& xml : broken)
    EXPECT_TRUE(codes_of(PackSet({Pack::parse(xml, "broken")}, Calendar()), facts)
                    .contains("GATE_PACK_FAILED"))
        << xml.substr(0, 200);
}

// A row of another day than today's, in a pack of two: one that is always there.
std::string dated_pack(const std::string& from, const std::string& until) {
  std::string xml = small_pack("-", "ALWAYS");
  const auto put = [&](const std::string& after, const std::string& text) {
    const std::size_t at = xml.find(after);
    ASSERT_NE(at, xml.npos) << after;
    xml.insert(at + after.size(), text);
  };
  put("<output name=\"again\" typeRef=\"string\"/>",
      "<output name=\"effective_from\"/><output name=\"effective_until\"/>");
  put("<outputEntry><text>\"never\"</text></outputEntry>",
      "<outputEntry><text>\"\"</text></outputEntry><outputEntry><text>\"\"</text></outputEntry>");
  put("</rule>", fmt::format(R"(
      <rule id="dated"><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"DATED"</text></outputEntry>
        <outputEntry><text>"never"</text></outputEntry>
        <outputEntry><text>"{}"</text></outputEntry><outputEntry><text>"{}"</text></outputEntry>
      </rule>)",
                             from, until));
  return xml;
}

bool counts_on(const std::string& xml, const std::string& day) {
  const Pack pack = Pack::parse(xml, "dated");
  EXPECT_EQ(pack.problem, "");
  const PackSet packs({pack}, Calendar());
  Facts facts = ordinary_call();
  facts.day = day;
  Verdict interpreted;
  packs.interpret(facts, packs.everything(), interpreted);
  const auto codes = codes_of(packs, facts);
  EXPECT_TRUE(codes.contains("ALWAYS")) << day;
  EXPECT_EQ(interpreted.rows().size(), codes.size()) << day;
  return codes.contains("DATED");
}

TEST(pack, a_row_counts_from_its_first_day_to_its_last) {
  const std::string both = dated_pack("2026-02-01", "2026-02-28");
  EXPECT_FALSE(counts_on(both, "2026-01-31"));
  EXPECT_TRUE(counts_on(both, "2026-02-01"));
  EXPECT_TRUE(counts_on(both, "2026-02-28"));
  EXPECT_FALSE(counts_on(both, "2026-03-01"));
  EXPECT_TRUE(counts_on(both, ""));  // a day nobody told: refused
  EXPECT_TRUE(counts_on(dated_pack("", "2026-02-28"), "2020-01-01"));
  EXPECT_FALSE(counts_on(dated_pack("", "2026-02-28"), "2026-03-01"));
  EXPECT_TRUE(counts_on(dated_pack("2026-02-01", ""), "2099-12-31"));
  EXPECT_TRUE(counts_on(dated_pack("soon", "2026-02-28x"), "2026-03-01"));  // not a date: counts
}

// The trade's rule on calls at night began on 2026-01-30 (China Banking Association).
TEST(pack, a_shipped_row_does_not_fire_before_its_day) {
  const PackSet packs({Pack::parse(pack_xml(), "cn-bank-card")}, Calendar());
  Facts late = ordinary_call();
  late.minute = 1320;
  late.day = "2026-01-29";
  EXPECT_FALSE(codes_of(packs, late).contains("CN_HOURS"));
  late.day = "2026-01-30";
  EXPECT_TRUE(codes_of(packs, late).contains("CN_HOURS"));
}

// The day is the person's own: midnight in China is four in the afternoon before in London.
TEST(pack, the_day_judged_is_the_day_where_the_person_is) {
  History history;
  const auto at = kernel::Instant::china(kernel::Date::from_ymd(2026, 1, 30), 0);
  EXPECT_EQ(facts_at(history, Calendar(), at).day, "2026-01-30");
  EXPECT_EQ(facts_at(history, Calendar(), at.plus_seconds(-1)).day, "2026-01-29");
  history.zone = *Zone::parse("GMT0BST,M3.5.0/1,M10.5.0");
  EXPECT_EQ(facts_at(history, Calendar(), at).day, "2026-01-29");
  EXPECT_EQ(facts_at(history, Calendar(), at.plus_seconds(8 * 3600)).day, "2026-01-30");
}

// A row that ends frees the contact on the morning after its last day, as one that begins shuts it.
TEST(pack, when_it_would_be_allowed_knows_the_days_of_the_rows) {
  const PackSet packs(
      {Pack::parse(pack_xml(), "cn-bank-card"),
       Pack::parse(std::regex_replace(dated_pack("2026-02-01", "2026-02-03"),
                                      std::regex("<rule id=\"only\">"
                                                 "[^]*?</rule>"),
                                      ""),
                   "dated")},
      *Calendar::parse(tests::read_file("decisions/calendar-cn.csv"), "calendar-cn.csv"));
  History history;
  const Facts ordinary = ordinary_call();
  history.request = {.channel = ordinary.channel, .purpose = ordinary.purpose};
  history.point = {.role = "self", .channel = "mobile", .source = "contract"};
  history.point.valid = history.point.consent = true;
  history.asker = {.kind = "user", .certified = true, .recording_ready = true};
  history.own_numbers = 1;
  const auto ten = kernel::Instant::china(kernel::Date::from_ymd(2026, 2, 2), 600);
  auto refusals = packs.refusals(facts_at(history, packs.calendar(), ten));
  ASSERT_EQ(refusals.size(), 1u);
  const auto free = find_allowed_at(packs, history, ten, refusals);
  ASSERT_TRUE(free);
  EXPECT_EQ(free->format(), "2026-02-04T08:00:00+08:00");
}

TEST(calendar, knows_festivals_swapped_days_and_its_own_limits) {
  const auto calendar =
      Calendar::parse(tests::read_file("decisions/calendar-cn.csv"), "calendar-cn.csv");
  ASSERT_TRUE(calendar) << calendar.error().message;
  auto kind = [&](int y, int m, int d) {
    return std::string(calendar->day_kind(kernel::Date::from_ymd(y, m, d)));
  };
  EXPECT_EQ(kind(2026, 10, 1), "festival");
  EXPECT_EQ(kind(2026, 10, 7), "rest_day");   // a Wednesday of the long week
  EXPECT_EQ(kind(2026, 10, 10), "workday");   // a Saturday worked for it
  EXPECT_EQ(kind(2026, 11, 21), "rest_day");  // a plain Saturday
  EXPECT_EQ(kind(2026, 11, 23), "workday");
  EXPECT_EQ(kind(2027, 2, 6), "festival");
  EXPECT_EQ(kind(2031, 3, 3), "unknown");
  EXPECT_FALSE(Calendar::parse("date,day_kind,name,source\n2026-02-30,festival,x,y\n", "f"));
  EXPECT_FALSE(Calendar::parse("date,day_kind,name,source\n2026-02-01,party,x,y\n", "f"));
}

}  // namespace
}  // namespace gate
