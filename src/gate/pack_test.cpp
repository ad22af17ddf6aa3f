// The shipped pack against its test table (decisions/packs/cn-bank-card.tests.csv), every row and
// every option of it against being dropped or moved, and the union of packs against being loosened.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "gate/packs.h"

namespace gate {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in) << path;
  return text.str();
}

const std::string& pack_xml() {
  static const std::string xml = read_file("decisions/packs/cn-bank-card.dmn");
  return xml;
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, mark);) parts.push_back(part);
  return parts;
}

// RFC 4180 cells of one line; the table has no line breaks inside cells.
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool doubled = quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
    if (doubled)
      out.back() += line[i++];
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += line[i];
  }
  return out;
}

struct Case {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
  Facts facts;
  std::set<std::string> codes, rules;
};

Facts ordinary_call() {
  return {.channel = "call",
          .purpose = "collect",
          .role = "self",
          .point_channel = "mobile",
          .point_source = "contract",
          .point_valid = true,
          .point_consent = true,
          .minute = 600,
          .day_kind = "workday",
          .asker_kind = "user",
          .certified = true,
          .recording_ready = true};
}

void set_fact(Facts& f, const std::string& name, const std::string& value) {
  const std::map<std::string, std::string*> texts = {{"channel", &f.channel},
                                                     {"purpose", &f.purpose},
                                                     {"role", &f.role},
                                                     {"point_channel", &f.point_channel},
                                                     {"point_source", &f.point_source},
                                                     {"day_kind", &f.day_kind},
                                                     {"asker_kind", &f.asker_kind}};
  const std::map<std::string, bool*> flags = {{"says_debt", &f.says_debt},
                                              {"point_valid", &f.point_valid},
                                              {"point_consent", &f.point_consent},
                                              {"opted_out", &f.opted_out},
                                              {"certified", &f.certified},
                                              {"licence_valid", &f.licence_valid},
                                              {"recording_ready", &f.recording_ready}};
  const std::map<std::string, int*> numbers = {
      {"visitors", &f.visitors},
      {"minute", &f.minute},
      {"contacts_today", &f.contacts_today},
      {"third_party_contacts_today", &f.third_party_contacts_today},
      {"attempts_today", &f.attempts_today}};
  if (texts.contains(name))
    *texts.at(name) = value;
  else if (flags.contains(name))
    *flags.at(name) = value == "true";
  else if (numbers.contains(name))
    *numbers.at(name) = std::stoi(value);
  else if (name == "minutes_since_contact")
    f.minutes_since_contact = std::stoi(value);
  else if (name == "holds")
    f.holds = split(value, '|');
  else
    FAIL() << "no fact " << name;
}

std::pair<std::string, std::string> pair_of(const std::string& text) {
  const std::size_t at = text.find('=');
  return {text.substr(0, at), text.substr(at + 1)};
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    std::vector<Case> read;
    const auto lines = split(read_file("decisions/packs/cn-bank-card.tests.csv"), '\n');
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto cell = cells(lines[i]);
      EXPECT_EQ(cell.size(), 5u) << lines[i];
      Case c{.name = cell[0], .facts = ordinary_call()};
      for (const auto& option : split(cell[1], ' ')) c.options.push_back(pair_of(option));
      for (const auto& fact : split(cell[2], ' ')) {
        const auto [name, value] = pair_of(fact);
        set_fact(c.facts, name, value);
      }
      for (const auto& code : split(cell[3], ' ')) c.codes.insert(code);
      if (cell.size() > 4)
        for (const auto& rule : split(cell[4], ' ')) c.rules.insert(rule);
      read.push_back(std::move(c));
    }
    return read;
  }();
  return all;
}

std::string with_option(std::string xml, const std::string& name, const std::string& value) {
  const std::string mark = "<literalExpression id=\"option_text_" + name + "\"><text>";
  const std::size_t at = xml.find(mark);
  EXPECT_NE(at, xml.npos) << "no option " << name;
  const std::size_t begin = at + mark.size();
  return xml.replace(begin, xml.find("</text>", begin) - begin, value);
}

// Packs by what was changed in them: parsing one takes longer than asking it.
class Variants {
 public:
  explicit Variants(std::string xml) : xml_(std::move(xml)) {}
  const PackSet& of(const Case& c) {
    std::string key;
    for (const auto& [name, value] : c.options) key += name + "=" + value + " ";
    auto found = sets_.find(key);
    if (found == sets_.end()) {
      std::string xml = xml_;
      for (const auto& [name, value] : c.options) xml = with_option(xml, name, value);
      found = sets_.emplace(key, PackSet({Pack::parse(xml, "cn-bank-card")}, Calendar())).first;
    }
    return found->second;
  }

 private:
  std::string xml_;
  std::map<std::string, PackSet> sets_;
};

std::set<std::string> codes_of(const PackSet& packs, const Facts& facts) {
  std::set<std::string> codes;
  for (const Refusal& refusal : packs.refusals(facts)) codes.insert(refusal.code);
  return codes;
}

std::set<std::string> rules_of(const PackSet& packs, const Facts& facts) {
  std::set<std::string> rules;
  for (const Refusal& refusal : packs.refusals(facts)) rules.insert(refusal.rule_id);
  return rules;
}

bool some_code_differs(const std::string& xml) {
  Variants variants(xml);
  for (const Case& c : cases())
    if (codes_of(variants.of(c), c.facts) != c.codes) return true;
  return false;
}

bool some_rule_differs(const std::string& xml) {
  Variants variants(xml);
  for (const Case& c : cases())
    if (rules_of(variants.of(c), c.facts) != c.rules) return true;
  return false;
}

std::vector<std::string> rule_ids() {
  std::vector<std::string> ids;
  const std::regex mark("<rule id=\"([^\"]+)\">");
  const std::string& xml = pack_xml();
  for (std::sregex_iterator it(xml.begin(), xml.end(), mark), end; it != end; ++it)
    ids.push_back((*it)[1]);
  return ids;
}

TEST(pack, reads_without_a_problem) {
  const Pack pack = Pack::parse(pack_xml(), "cn-bank-card");
  EXPECT_EQ(pack.problem, "");
  EXPECT_EQ(pack.tables.size(), 6u);
  EXPECT_EQ(pack.options.cap_person_day, 3);
  EXPECT_EQ(pack.options.cap_number_day, 6);
  EXPECT_EQ(pack.options.open_minute, 480);
  EXPECT_EQ(pack.options.close_minute, 1260);
}

TEST(pack, answers_every_case_of_its_table) {
  Variants variants(pack_xml());
  for (const Case& c : cases()) {
    std::set<std::string> codes, rules;
    for (const Refusal& refusal : variants.of(c).refusals(c.facts)) {
      codes.insert(refusal.code);
      rules.insert(refusal.rule_id);
      EXPECT_FALSE(refusal.citation.empty()) << refusal.rule_id;
      EXPECT_FALSE(refusal.reason_zh.empty() || refusal.reason_en.empty()) << refusal.rule_id;
    }
    EXPECT_EQ(codes, c.codes) << c.name;
    EXPECT_EQ(rules, c.rules) << c.name;
  }
}

TEST(pack, its_one_decision_refusals_says_the_same_as_its_tables) {
  const Pack pack = Pack::parse(pack_xml(), "cn-bank-card");
  ASSERT_EQ(pack.problem, "");
  for (const Case& c : cases()) {
    if (!c.options.empty()) continue;
    const auto all = pack.model->evaluate("refusals", to_context(c.facts));
    ASSERT_EQ(all.value.kind(), decision::Kind::list) << c.name;
    EXPECT_EQ(all.value.list().size(), c.rules.size()) << c.name;
  }
}

TEST(pack, every_row_fires_and_is_missed_when_it_is_gone) {
  ASSERT_FALSE(some_code_differs(pack_xml()));
  std::set<std::string> fired;
  for (const Case& c : cases()) fired.insert(c.rules.begin(), c.rules.end());
  for (const std::string& id : rule_ids()) {
    EXPECT_TRUE(fired.contains(id)) << id << " fires in no case";
    std::string xml = pack_xml();
    const std::size_t begin = xml.find("<rule id=\"" + id + "\">");
    const std::size_t end = xml.find("</rule>", begin) + 7;
    EXPECT_TRUE(some_code_differs(xml.erase(begin, end - begin))) << id << " is missed by no case";
  }
}

TEST(pack, every_number_is_held_by_a_case_on_each_side) {
  ASSERT_FALSE(some_rule_differs(pack_xml()));
  const std::regex mark("id=\"option_text_(\\w+)\"><text>(\\d+)<");
  const std::string& xml = pack_xml();
  for (std::sregex_iterator it(xml.begin(), xml.end(), mark), end; it != end; ++it) {
    const std::string name = (*it)[1];
    if (name == "permit_minutes") continue;  // read by the gate, in no row
    for (const int step : {-1, 1}) {
      // The same either way: less than no gap is no gap, and before eight the trade's row refuses.
      if ((name == "gap_minutes" || name == "open_minute") && step < 0) continue;
      const std::string value = std::to_string(std::stoi((*it)[2]) + step);
      EXPECT_TRUE(some_rule_differs(with_option(xml, name, value))) << name << " = " << value;
    }
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
    for (const Case& c : cases()) {
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

TEST(packs, a_looser_option_of_another_pack_loosens_nothing) {
  const Pack law = Pack::parse(pack_xml(), "cn-bank-card");
  const Pack loose = Pack::parse(
      with_option(with_option(pack_xml(), "cap_person_day", "99"), "open_minute", "0"), "loose");
  const PackSet both({law, loose}, Calendar());
  EXPECT_EQ(both.smallest(&PackOptions::cap_person_day, 0), 3);
  EXPECT_EQ(both.largest(&PackOptions::open_minute, 0), 480);
  Facts fourth = ordinary_call();
  fourth.contacts_today = 3;
  EXPECT_EQ(codes_of(both, fourth), std::set<std::string>{"CN_CALLS_3"});
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

TEST(calendar, knows_festivals_swapped_days_and_its_own_limits) {
  const auto calendar = Calendar::parse(read_file("decisions/calendar-cn.csv"), "calendar-cn.csv");
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
