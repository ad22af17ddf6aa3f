// Test cases of the shipped tables, the CSV they are written in, and differences in words.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tables/analysis.h"
#include "tables/cases.h"
#include "tables/cell_words.h"
#include "tables/diff.h"
#include "tables/row_match.h"

namespace tables {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

decision::Model model_of(const std::string& xml) {
  auto model = decision::Model::parse(xml, "test");
  EXPECT_TRUE(model) << model.error().message;
  return *model;
}

const strategy::Words& words() {
  static const strategy::Words all = *strategy::Words::load("decisions");
  return all;
}

TEST(Cases, those_of_every_shipped_table_hold) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator("decisions")) {
    if (entry.path().extension() != ".dmn") continue;
    const std::string file = entry.path().filename().string();
    const std::string csv = shipped_cases("decisions", file);
    if (csv.empty()) continue;
    ++files;
    const auto tests = run_cases(model_of(read(entry.path())), csv, file);
    ASSERT_TRUE(tests) << tests.error().message << " " << tests.error().where;
    EXPECT_GE(tests->size(), 10U) << file;
    for (const TableTest& test : *tests)
      EXPECT_TRUE(test.passed) << file << " line " << test.line << " " << test.name << ": expected "
                               << test.expected << ", got " << test.got;
  }
  EXPECT_GE(files, 9);
}

TEST(Cases, every_night_table_has_some) {
  for (const std::string& file : night_files())
    EXPECT_NE(shipped_cases("decisions", file), "") << file;
}

TEST(Cases, one_that_does_not_hold_says_what_came) {
  const auto model = model_of(read("decisions/bucket.dmn"));
  const auto tests = run_cases(model,
                               "case,decision,dpd,expect_bucket,expect_rule\n"
                               "\"two\nlines\",bucket,31,M2,\n"
                               "late,bucket,31,M1,bucket_m1\n",
                               "t.csv");
  ASSERT_TRUE(tests) << tests.error().message;
  ASSERT_EQ(tests->size(), 2U);
  EXPECT_TRUE(tests->at(0).passed);
  EXPECT_EQ(tests->at(1).line, 4);
  EXPECT_FALSE(tests->at(1).passed);
  EXPECT_EQ(tests->at(1).expected, "bucket = M1, rule = bucket_m1");
  EXPECT_EQ(tests->at(1).got, "bucket = M2, rule = bucket_m2");
}

TEST(Cases, a_csv_that_is_wrong_names_the_line) {
  const auto model = model_of(read("decisions/bucket.dmn"));
  const auto wrong = [&](const std::string& csv) {
    const auto tests = run_cases(model, csv, "t.csv");
    EXPECT_FALSE(tests) << csv;
    return tests ? std::string() : tests.error().where + " " + tests.error().message;
  };
  EXPECT_THAT(wrong("case,decision,ddp,expect_bucket\n"), HasSubstr("t.csv:1 column 'ddp'"));
  EXPECT_THAT(wrong("case,dpd\n"), HasSubstr("t.csv:1 the first line needs"));
  const std::string head = "case,decision,dpd,expect_bucket\n";
  EXPECT_THAT(wrong(head + "a,bucket,x,M1\n"), HasSubstr("t.csv:2 'x' in column dpd"));
  EXPECT_THAT(wrong(head + "a,bucket,1,M1\nb,buckets,1,M1\n"), HasSubstr("t.csv:3"));
  EXPECT_THAT(wrong(head + "a,bucket,1\n"), HasSubstr("3 cells"));
  EXPECT_THAT(wrong(head + "a,bucket,1,\n"), HasSubstr("expects nothing"));
  EXPECT_THAT(wrong("case,decision,dpd,expect_grade\na,bucket,1,M1\n"), HasSubstr("no output"));
}

TEST(RowMatch, by_id_then_by_cells_then_by_likeness) {
  const std::vector<MatchRow> from = {
      {"a", {"1", "x", "p"}}, {"b", {"2", "y", "q"}}, {"c", {"3", "z", "r"}}};
  const std::vector<MatchRow> to = {{"b", {"9", "9", "9"}},
                                    {"new", {"3", "z", "r"}},
                                    {"n2", {"1", "x", "changed"}},
                                    {"n3", {"7", "7", "7"}}};
  const auto matched = match_rows(from, to);
  EXPECT_EQ(matched[0], 1U);
  EXPECT_EQ(matched[1], 2U);
  EXPECT_EQ(matched[2], 0U);
  EXPECT_EQ(matched[3], std::nullopt);
  EXPECT_EQ(find_moved(matched), (std::vector<bool>{false, false, true, false}));
}

TEST(RowMatch, one_row_put_first_is_one_row_that_moved) {
  std::vector<std::optional<std::size_t>> matched = {4, 0, 1, 2, 3};
  EXPECT_EQ(find_moved(matched), (std::vector<bool>{true, false, false, false, false}));
}

TEST(Diff, of_a_version_with_itself_is_nothing) {
  const auto model = model_of(read("decisions/treatment.dmn"));
  const TableDiff diff = diff_models(model, model, words());
  EXPECT_EQ(diff.zh, "两个版本相同");
  for (const DecisionDiff& one : diff.decisions) EXPECT_EQ(one.kind, "same");
  const auto commented = model_of(read("decisions/treatment.dmn") + "<!-- hello -->");
  EXPECT_EQ(diff_models(model, commented, words()).en,
            "the same rules; only layout or comments differ");
}

TEST(Diff, a_changed_cell_is_said_in_words) {
  const std::string xml = read("decisions/treatment.dmn");
  const auto from = model_of(xml);
  const auto to = model_of(replaced(xml, "<inputEntry><text>&lt; 10000</text></inputEntry>",
                                    "<inputEntry><text>&lt; 20000</text></inputEntry>"));
  const TableDiff diff = diff_models(from, to, words());
  EXPECT_EQ(diff.zh, "修改行 1");
  const DecisionDiff& band = diff.decisions.at(0);
  ASSERT_EQ(band.name, "balance_band");
  ASSERT_EQ(band.rows.size(), 1U);
  EXPECT_EQ(band.rows[0].kind, "changed");
  EXPECT_EQ(band.rows[0].rule_id, "balance_band_tiny");
  EXPECT_THAT(band.rows[0].zh, HasSubstr("逾期金额 由“< 100 元”改为“< 200 元”"));
  EXPECT_THAT(band.rows[0].en, HasSubstr("from '< 100 yuan' to '< 200 yuan'"));
  EXPECT_EQ(band.same_rows, 4);
}

TEST(Diff, rows_added_removed_and_moved) {
  const std::string xml = read("decisions/bucket.dmn");
  const auto begin = xml.find("<rule id=\"bucket_m1\""), next = xml.find("<rule id=\"bucket_m2\"");
  ASSERT_NE(begin, xml.npos);
  const std::string row = xml.substr(begin, next - begin);
  const std::string without = replaced(xml, row, "");
  const auto diff = diff_models(model_of(xml), model_of(without), words());
  ASSERT_EQ(diff.decisions.at(0).rows.size(), 1U);
  EXPECT_EQ(diff.decisions[0].rows[0].kind, "removed");
  EXPECT_EQ(diff.decisions[0].rows[0].from_row, 2);
  EXPECT_THAT(diff.decisions[0].rows[0].zh, HasSubstr("1 至 30"));
  const auto back = diff_models(model_of(without), model_of(xml), words());
  EXPECT_EQ(back.decisions.at(0).rows.at(0).kind, "added");
  const auto last = without.find("</decisionTable>");
  const auto moved = diff_models(
      model_of(xml), model_of(without.substr(0, last) + row + without.substr(last)), words());
  ASSERT_EQ(moved.decisions.at(0).rows.size(), 1U);
  EXPECT_EQ(moved.decisions[0].rows[0].kind, "moved");
  EXPECT_THAT(moved.decisions[0].rows[0].zh, HasSubstr("先后不影响结果"));
}

TEST(Diff, a_decision_that_comes_and_goes) {
  const std::string xml = read("decisions/bucket.dmn");
  const auto more = model_of(
      replaced(xml, "</definitions>",
               "<decision id=\"limit\" name=\"limit\"><variable name=\"limit\"/>"
               "<literalExpression><text>7</text></literalExpression></decision></definitions>"));
  const auto diff = diff_models(model_of(xml), more, words());
  EXPECT_EQ(diff.zh, "新增决策 1，其他修改 1");
  EXPECT_EQ(diff.decisions.back().kind, "added");
  EXPECT_EQ(diff.decisions.back().properties.at(0).to, "7");
  EXPECT_EQ(diff_models(more, model_of(xml), words()).decisions.back().kind, "removed");
}

TEST(Diff, a_column_that_comes_is_said_once) {
  const std::string xml = read("decisions/bucket.dmn");
  const std::string output = "<outputEntry><text>\"M0\"</text></outputEntry>";
  ASSERT_NE(xml.find(output), xml.npos);
  std::string wider = replaced(xml, "<input id=",
                               "<input id=\"extra\"><inputExpression>"
                               "<text>dpd + 1</text></inputExpression></input>"
                               "<input id=");
  for (std::size_t at = wider.find("<inputEntry"); at != wider.npos;
       at = wider.find("<inputEntry", at + 100))
    wider.insert(at, "<inputEntry><text>-</text></inputEntry>");
  const auto diff = diff_models(model_of(xml), model_of(wider), words());
  ASSERT_EQ(diff.decisions.at(0).properties.size(), 1U);
  EXPECT_EQ(diff.decisions[0].properties[0].what, "column");
  EXPECT_TRUE(diff.decisions[0].rows.empty());
}

TEST(CellWords, what_is_understood_is_said_and_the_rest_left) {
  const CellWords zh{words(), Language::zh}, en{words(), Language::en};
  EXPECT_EQ(zh.test("dpd", "-"), "任意");
  EXPECT_EQ(zh.test("dpd", "[1..3]"), "1 至 3");
  EXPECT_EQ(en.test("dpd", "(1..3]"), "> 1 and ≤ 3");
  EXPECT_EQ(en.test("balance_fen", ">= 5000000"), "≥ 50000 yuan");
  EXPECT_EQ(zh.test("bucket", "\"M1\", \"M2\""), "M1、M2");
  EXPECT_EQ(zh.test("bucket", "not(\"M0\")"), "非 M0");
  EXPECT_EQ(zh.value("channel", "\"sms\""), words().zh("channel", "sms"));
  EXPECT_EQ(en.test("dpd", "? * 2 > 7"), "? * 2 > 7");
  EXPECT_EQ(en.test("x", "date(\"2026-01-01\")"), "date(\"2026-01-01\")");
}

}  // namespace
}  // namespace tables
