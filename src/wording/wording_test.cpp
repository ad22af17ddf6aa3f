// What may be said: the shipped lists and table, on texts as people write them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "kernel/hash.h"
#include "wording/types.h"

namespace {

using wording::Context;
using wording::Refusal;
using wording::Rules;
using wording::Verdict;

const Rules& shipped() {
  static const Rules rules = [] {
    auto loaded = Rules::load("decisions");
    CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
    return *loaded;
  }();
  return rules;
}

Verdict check(std::string_view text, const Context& context = {}) {
  auto verdict = shipped().check(text, context);
  EXPECT_TRUE(verdict) << verdict.error().message;
  return verdict ? *verdict : Verdict{};
}

std::set<std::string> classes(const Verdict& verdict) {
  std::set<std::string> found;
  for (const Refusal& one : verdict.refusals) found.insert(one.wording_class);
  return found;
}

using Classes = std::set<std::string>;

Context in(std::string position) {
  Context context;
  context.position = std::move(position);
  return context;
}
Context to(std::string role, bool confirmed = true) {
  Context context;
  context.role = std::move(role);
  context.identity_confirmed = confirmed;
  return context;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// ---- marks -------------------------------------------------------------------------------------

TEST(Wording, words_are_marked_where_they_stand_in_the_original) {
  const Verdict verdict = check("王先生😀，再不还就坐 * 牢，知道吗");
  ASSERT_EQ(classes(verdict), Classes{"crime"});
  const Refusal& refusal = verdict.refusals.front();
  EXPECT_EQ(refusal.code, "CN_CRIME_THREAT");
  EXPECT_EQ(refusal.severity, "block");
  EXPECT_EQ(refusal.file, "wording.dmn");
  EXPECT_EQ(refusal.rule_id, "crime");
  EXPECT_EQ(refusal.version.size(), 12U);
  EXPECT_FALSE(refusal.citation.empty());
  EXPECT_FALSE(refusal.suggestion_zh.empty());
  EXPECT_FALSE(refusal.suggestion_en.empty());
  ASSERT_EQ(refusal.marks.size(), 1U);
  EXPECT_EQ(refusal.marks[0].from, 9);  // code points: the emoji is one
  EXPECT_EQ(refusal.marks[0].to, 14);
  EXPECT_EQ(refusal.marks[0].text, "坐 * 牢");
  EXPECT_EQ(refusal.marks[0].how, "disguised");
}

TEST(Wording, one_word_in_every_disguise) {
  for (const char* text : {"坐牢", "坐 牢", "坐　牢", "坐*牢", "坐.牢", "坐\u200b牢", "坐\u2060牢",
                           "坐-_-牢", "坐🔥牢", "坐\u0336牢\u0336", "坐窂", "座牢", "做牢", "坐lao",
                           "zuo牢", "zuolao", "ZUO LAO", "ｚｕｏ牢", "【坐】【牢】"}) {
    const Verdict verdict = check(std::string("你等着") + text + "吧");
    EXPECT_TRUE(classes(verdict).contains("crime")) << text;
    ASSERT_FALSE(verdict.refusals.empty());
  }
}

// A stop beside a single character hides a word; one between longer pieces ends a clause.
TEST(Wording, stops_that_hide_and_stops_that_part) {
  EXPECT_TRUE(classes(check("坐。牢")).contains("crime"));
  EXPECT_TRUE(classes(check("不还就等着坐，牢")).contains("crime"));
  EXPECT_TRUE(classes(check("请坐，牢记还款日")).empty());
}

TEST(Wording, traditional_full_width_digits_and_initials) {
  EXPECT_TRUE(classes(check("打斷你的腿")).contains("threat"));
  EXPECT_TRUE(classes(check("妳這個垃圾")).contains("insult"));
  EXPECT_TRUE(classes(check("你ＳＢ")).contains("insult"));
  EXPECT_TRUE(classes(check("c n m")).contains("insult"));
  EXPECT_TRUE(classes(check("打一一〇抓你")).contains("crime"));
  EXPECT_TRUE(classes(check("打幺幺零抓你")).contains("crime"));
  EXPECT_TRUE(classes(check("打①①⓪抓你")).contains("crime"));
  EXPECT_TRUE(classes(check("弄4你")).contains("threat"));
  EXPECT_TRUE(classes(check("草尼🐴")).contains("insult"));
  EXPECT_TRUE(classes(check("𝐬𝐛")).contains("insult"));
  EXPECT_TRUE(classes(check("ѕЬ")).contains("insult"));  // Cyrillic
}

TEST(Wording, what_only_looks_like_it_passes) {
  for (const char* text :
       {"请坐，牢记还款日", "请用USB接口", "sbt终端", "电话1101234", "预期的金额", "行事要谨慎",
        "您出生的年份", "请您坐老位置", "四川死海", "他妈妈的电话", "砍价", "杀毒软件", "垃圾短信"})
    EXPECT_TRUE(classes(check(text)).empty()) << text << ": " << codes_of(check(text));
}

// ---- who hears it, where -----------------------------------------------------------------------

TEST(Wording, the_debt_is_named_to_the_debtor_only_and_only_once_known) {
  const char* text = "您的贷款逾期了";
  EXPECT_EQ(classes(check(text)), Classes{});
  EXPECT_EQ(classes(check(text, to("guarantor"))), Classes{});
  EXPECT_EQ(classes(check(text, to("contact_person"))), Classes{"debt_word"});
  EXPECT_EQ(classes(check(text, to("other"))), Classes{"debt_word"});
  const Verdict unknown = check(text, to("self", false));
  ASSERT_EQ(unknown.refusals.size(), 1U);
  EXPECT_EQ(unknown.refusals[0].code, "CN_IDENTITY_FIRST");
}

TEST(Wording, hardship_forbids_pressure) {
  Context context;
  EXPECT_EQ(classes(check("今天必须还清", context)), Classes{});
  context.hardship = true;
  EXPECT_EQ(classes(check("今天必须还清", context)), Classes{"pressure"});
}

TEST(Wording, denials_and_warnings_of_others_pass) {
  for (const char* text :
       {"我们不会起诉您的家人", "我们绝不会告诉您的家人", "我们不是法院，也不是公安",
        "如果有人威胁要打断您的腿，请立即报警", "应您要求，我们已冻结您的信用卡",
        "可能依法提起诉讼", "请勿转到个人账户"})
    EXPECT_TRUE(classes(check(text)).empty()) << text << ": " << codes_of(check(text));
}

TEST(Wording, a_note_may_quote_the_customer_but_not_insult) {
  const Context note = in("note");
  EXPECT_EQ(classes(check("客户说要报警，还骂坐席傻逼", note)), Classes{});
  EXPECT_EQ(classes(check("客户：你们这群混蛋", note)), Classes{});
  const Verdict insult = check("这个客户是傻逼", note);
  EXPECT_FALSE(insult.allowed);
  const Verdict ours = check("我跟客户说再不还就弄死他", note);
  EXPECT_TRUE(ours.allowed) << "a record of what we did wrong is kept";
  ASSERT_EQ(classes(ours), Classes{"threat"});
  EXPECT_EQ(ours.refusals[0].severity, "warn");
  // Who speaks changes within a sentence.
  EXPECT_EQ(classes(check("客户说没钱，我告知客户会坐牢", note)), Classes{"crime"});
}

TEST(Wording, what_must_be_said) {
  EXPECT_EQ(classes(check("您好，请问是李先生吗", in("opening"))), Classes{"no_lender_name"});
  EXPECT_EQ(classes(check("您好，我是海安银行的，请问是李先生吗", in("opening"))), Classes{});
  EXPECT_EQ(classes(check("请问是李先生吗")), Classes{});
  const Verdict letter = check("王先生：请尽快还款。海安银行", in("letter"));
  EXPECT_EQ(classes(letter), Classes{"letter_part"});
  EXPECT_EQ(letter.refusals.size(), 9U) << "one for each part that is missing";
  EXPECT_TRUE(letter.refusals.front().marks.empty());
}

// ---- limits ------------------------------------------------------------------------------------

TEST(Wording, too_long_or_unknown_is_an_error_and_no_answer) {
  EXPECT_FALSE(shipped().check(std::string(wording::text_bytes_max + 1, 'a'), {}));
  EXPECT_TRUE(shipped().check(std::string(wording::text_bytes_max, 'a'), {}));
  EXPECT_FALSE(shipped().check("你好", to("nobody")));
  EXPECT_FALSE(shipped().check("你好", in("somewhere")));
}

TEST(Wording, any_bytes_are_read) {
  EXPECT_FALSE(check("\xff\xfe坐牢\xc0").allowed);
  EXPECT_TRUE(check(std::string_view("\0\0", 2)).allowed);
  EXPECT_TRUE(check("").allowed);
}

TEST(Wording, marks_of_a_text_have_an_end) {
  std::string text;
  while (text.size() + 6 < wording::text_bytes_max) text += "坐牢";
  const Verdict verdict = check(text);
  ASSERT_EQ(verdict.refusals.size(), 1U);
  EXPECT_EQ(verdict.refusals[0].marks.size(), wording::marks_max);
}

// ---- the lists ---------------------------------------------------------------------------------

std::vector<Rules::File> shipped_files() {
  std::vector<Rules::File> files;
  for (const char* name :
       {"wording/classes.csv", "wording/words.csv", "wording/exceptions.csv",
        "wording/speakers.csv", "wording/lookalikes.csv", "wording/required.csv", "wording.dmn"}) {
    auto bytes = std::make_shared<const std::string>(read(std::string("decisions/") + name));
    files.push_back({name, kernel::sha256_hex(*bytes).substr(0, 12), bytes});
  }
  return files;
}

TEST(WordingLists, a_missing_or_broken_list_is_an_error) {
  const auto all = shipped_files();
  ASSERT_TRUE(Rules::of(all));
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto fewer = all;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(Rules::of(fewer)) << all[i].name;
    auto broken = all;
    broken[i].bytes = std::make_shared<const std::string>("nonsense\n");
    EXPECT_FALSE(Rules::of(broken)) << all[i].name;
  }
}

TEST(WordingLists, a_pattern_that_cannot_be_is_an_error_with_its_line) {
  for (const char* pattern :
       {"", "(坐牢", "坐牢)", "坐~牢", "坐~99牢", "[]", "@坐牢", "~3", "坐?", "坐。牢", "𠀀"}) {
    auto files = shipped_files();
    files[1].bytes = std::make_shared<const std::string>(
        "word_id,wording_class,pattern,homophone,unless,suggestion_zh,suggestion_en,source\n"
        "one,crime," +
        std::string(pattern) + ",no,,,,x\n");
    const auto rules = Rules::of(files);
    ASSERT_FALSE(rules) << pattern;
    EXPECT_EQ(rules.error().where, "words.csv:2") << pattern << rules.error().message;
  }
}

const std::string lender_head = R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="ours" name="ours"
    namespace="https://evenhand.example/ours">
  <inputData id="i" name="position"><variable id="iv" name="position" typeRef="string"/></inputData>
  <decision id="our_words" name="our_words"><variable id="v" name="our_words" typeRef="Any"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <decisionTable id="t" hitPolicy="COLLECT">
      <input id="in"><inputExpression id="ie" typeRef="string"><text>position</text>
      </inputExpression></input>
      <output id="o1" name="code" typeRef="string"/><output id="o2" name="rank" typeRef="string"/>
      <output id="o3" name="wording_class" typeRef="string"/>
      <output id="o4" name="pattern" typeRef="string"/>
      <output id="o5" name="homophone" typeRef="string"/>)";
std::string lender_table(const std::string& pattern) {
  std::string xml =
      lender_head + "<rule id=\"w1\"><inputEntry id=\"a\"><text>-</text></inputEntry>";
  int n = 0;
  for (const std::string& cell : {std::string("OUR_1"), std::string("lender"),
                                  std::string("insult"), pattern, std::string("yes")})
    xml += "<outputEntry id=\"e" + std::to_string(++n) + "\"><text>\"" + cell +
           "\"</text></outputEntry>";
  return xml + "</rule></decisionTable></decision></definitions>";
}

TEST(WordingLists, a_lender_adds_words_and_takes_none_away) {
  auto files = shipped_files();
  EXPECT_TRUE(check("你这个铁公鸡").allowed);
  const std::string xml = lender_table("铁公鸡");
  EXPECT_EQ(wording::table_problem("wording/our-words.dmn", xml), "");
  files.push_back({"wording/our-words.dmn", "v1", std::make_shared<const std::string>(xml)});
  const auto rules = Rules::of(files);
  ASSERT_TRUE(rules) << rules.error().message << rules.error().where;
  const auto verdict = rules->check("你这个铁 公 鸡", {});
  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->refusals.size(), 1U);
  EXPECT_EQ(verdict->refusals[0].marks[0].word_id, "OUR_1");
  EXPECT_EQ(verdict->refusals[0].code, "CN_WORDS_INSULT");
  // Everything that was refused is refused still.
  const auto still = rules->check("坐牢，傻逼，弄死你", {});
  ASSERT_TRUE(still);
  EXPECT_EQ(classes(*still), (Classes{"crime", "insult", "threat"}));
}

TEST(WordingLists, a_lenders_table_that_cannot_be_used_says_why) {
  EXPECT_NE(wording::table_problem("wording/x.dmn", lender_table("(铁公鸡")), "");
  EXPECT_NE(wording::table_problem("wording/x.dmn", "<nonsense/>"), "");
  EXPECT_NE(wording::table_problem("wording/x.dmn", read("decisions/bucket.dmn")), "");
}

// Every word of the list finds something that the list means: none is dead.
TEST(WordingLists, every_class_of_the_lists_is_judged_by_a_row) {
  const std::string table = read("decisions/wording.dmn");
  const std::string list = read("decisions/wording/classes.csv");
  std::stringstream lines(list);
  std::string line;
  std::getline(lines, line);
  int count = 0;
  while (std::getline(lines, line)) {
    const std::string name = line.substr(0, line.find(','));
    EXPECT_NE(table.find("\"" + name + "\""), table.npos) << name;
    ++count;
  }
  EXPECT_GE(count, 15);
}

// ---- how good ----------------------------------------------------------------------------------

TEST(WordingScore, precision_and_recall_do_not_fall) {
  const std::string csv = read("decisions/wording/labelled.csv");
  ASSERT_GE(std::count(csv.begin(), csv.end(), '\n'), 700);
  const auto score = wording::measure(shipped(), csv, "labelled.csv");
  ASSERT_TRUE(score) << score.error().message << score.error().where;
  std::set<std::string> parts;
  for (const wording::Measure& one : score->measures) {
    parts.insert(one.part);
    SCOPED_TRACE(one.part + " " + one.wording_class);
    if (one.wording_class == "all") {
      EXPECT_GE(one.precision(), one.part == "fresh" ? 0.90 : 0.97);
      EXPECT_GE(one.recall(), one.part == "fresh" ? 0.60 : 0.97);
    } else if (one.wording_class == "pass") {
      EXPECT_GE(one.recall(), one.part == "fresh" ? 0.85 : 0.95) << "lines that must pass";
    } else if ((one.part == "dev" || one.part == "held") && one.found + one.missed >= 5) {
      EXPECT_GE(one.precision(), 0.80);
      EXPECT_GE(one.recall(), 0.85);
    }
  }
  EXPECT_TRUE(parts.contains("dev") && parts.contains("held"));
}

}  // namespace
