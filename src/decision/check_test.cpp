// Findings of small tables, one fault each, and of none.

#include "decision/check.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace decision {
namespace {

struct Column {
  std::string name, type, values;
};

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return result;
}

// A model of one table over input data of the columns' names.
std::string table(const std::string& policy, const std::vector<Column>& inputs,
                  const Column& output, const std::vector<std::vector<std::string>>& rows,
                  const std::string& fallback = "") {
  std::string xml =
      "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"m\" name=\"m\" "
      "namespace=\"n\">";
  std::string needs, columns;
  for (const Column& input : inputs) {
    xml += fmt::format(
        "<inputData id=\"i_{0}\" name=\"{0}\"><variable name=\"{0}\" typeRef=\"{1}\"/>"
        "</inputData>",
        input.name, input.type);
    needs += fmt::format(
        "<informationRequirement><requiredInput href=\"#i_{}\"/>"
        "</informationRequirement>",
        input.name);
    columns +=
        fmt::format("<input><inputExpression typeRef=\"{}\"><text>{}</text></inputExpression>",
                    input.type, input.name);
    if (!input.values.empty()) {
      columns += "<inputValues><text>" + escaped(input.values) + "</text></inputValues>";
    }
    columns += "</input>";
  }
  xml += "<decision id=\"d\" name=\"d\"><variable name=\"d\"/>" + needs +
         "<decisionTable hitPolicy=\"" + policy + "\">" + columns;
  xml += fmt::format("<output typeRef=\"{}\">", output.type);
  if (!output.values.empty()) {
    xml += "<outputValues><text>" + escaped(output.values) + "</text></outputValues>";
  }
  if (!fallback.empty()) {
    xml += "<defaultOutputEntry><text>" + escaped(fallback) + "</text></defaultOutputEntry>";
  }
  xml += "</output>";
  for (const auto& row : rows) {
    xml += "<rule>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const char* tag = i < inputs.size() ? "inputEntry" : "outputEntry";
      xml += fmt::format("<{0}><text>{1}</text></{0}>", tag, escaped(row[i]));
    }
    xml += "</rule>";
  }
  return xml + "</decisionTable></decision></definitions>";
}

std::vector<Finding> found(const std::string& xml, const CheckOptions& options = {}) {
  const auto model = Model::parse(xml, "test");
  EXPECT_TRUE(model) << model.error().message << model.error().where;
  if (!model) return {};
  const auto findings = check(*model, options);
  EXPECT_TRUE(findings);
  return *findings;
}

// "gap error 0 | dpd = 31", one line a finding.
std::string lines(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{} {} {}", finding.kind, finding.severity, finding.row);
    if (finding.other_row > 0) text += fmt::format("/{}", finding.other_row);
    text += " |";
    for (const auto& [name, value] : finding.example) text += " " + name + "=" + value;
    text += "\n";
  }
  return text;
}

const Column dpd{"dpd", "number", ""};
const Column word{"word", "string", "\"a\", \"b\""};
const Column out{"d", "string", ""};

TEST(Check, a_complete_table_without_overlaps_is_clean) {
  EXPECT_EQ(lines(found(table("UNIQUE", {dpd, word}, out,
                              {{"<= 0", "-", "\"x\""},
                               {"[1..30]", "\"a\"", "\"y\""},
                               {"[1..30]", "\"b\"", "\"z\""},
                               {"> 30", "-", "\"w\""}}))),
            "");
}

TEST(Check, a_gap_is_shown_by_a_case_that_no_row_takes) {
  EXPECT_EQ(lines(found(table(
                "UNIQUE", {dpd, word}, out,
                {{"<= 0", "-", "\"x\""}, {"[1..30]", "\"a\"", "\"y\""}, {"> 31", "-", "\"w\""}}))),
            "gap error 0 | dpd=31 word=\"a\"\ngap error 0 | dpd=1 word=\"b\"\n");
}

TEST(Check, numbers_compared_with_fractions_are_points_of_a_line) {
  EXPECT_EQ(lines(found(table("UNIQUE", {dpd}, out, {{"<= 0.5", "\"x\""}, {">= 1", "\"y\""}}))),
            "gap error 0 | dpd=0.501\n");
  const std::string whole = table("UNIQUE", {dpd}, out, {{"<= 0", "\"x\""}, {">= 1", "\"y\""}});
  EXPECT_EQ(lines(found(whole)), "");
  EXPECT_EQ(lines(found(whole, {.whole_numbers = false})), "gap error 0 | dpd=0.001\n");
}

TEST(Check, two_rows_of_a_unique_table_that_take_one_case) {
  EXPECT_EQ(lines(found(table("UNIQUE", {dpd}, out,
                              {{"<= 30", "\"x\""}, {"[30..60]", "\"y\""}, {"> 60", "\"z\""}}))),
            "overlap error 1/2 | dpd=30\n");
}

TEST(Check, rows_of_an_any_table_may_overlap_where_they_agree) {
  EXPECT_EQ(lines(found(table("ANY", {dpd}, out,
                              {{"<= 30", "\"x\""}, {"[30..60]", "\"x\""}, {"> 50", "\"z\""}}))),
            "overlap error 2/3 | dpd=51\n");
}

TEST(Check, a_row_that_never_decides) {
  EXPECT_EQ(lines(found(table("FIRST", {dpd}, out,
                              {{"< 10", "\"x\""}, {">= 10", "\"y\""}, {"[5..20]", "\"z\""}}))),
            "shadowed error 3/1 | dpd=5\n");
}

}  // namespace
}  // namespace decision
