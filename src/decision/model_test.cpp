#include <gtest/gtest.h>

#include "decision/decide_csv.h"
#include "decision/decision.h"

namespace decision {
namespace {

std::string wrap(const std::string& inside) {
  return R"(<definitions name="m" namespace="n">
    <inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>)" +
         inside + "</definitions>";
}

std::string decision_xml(const std::string& body, const std::string& type = "") {
  return "<decision id=\"d\" name=\"D\"><variable name=\"D\" typeRef=\"" + type +
         "\"/><informationRequirement><requiredInput href=\"#x\"/></informationRequirement>" +
         body + "</decision>";
}

// Rows of "test => output"; the outputs are strings or numbers as written.
std::string table(const std::string& attributes, const std::string& output,
                  const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string xml = "<decisionTable " + attributes +
                    "><input><inputExpression><text>x</text></inputExpression></input><output>" +
                    output + "</output><annotation name=\"why\"/>";
  for (const auto& [test, entry] : rows) {
    xml += "<rule id=\"r" + test.substr(test.size() - 1) + "\"><inputEntry><text>" + test +
           "</text></inputEntry><outputEntry><text>" + entry +
           "</text></outputEntry><annotationEntry><text>because " + test +
           "</text></annotationEntry></rule>";
  }
  return decision_xml(xml + "</decisionTable>");
}

Evaluation ask(const std::string& xml, const Value& x) {
  auto model = Model::parse(wrap(xml), "test.dmn");
  EXPECT_TRUE(model) << model.error().message << " at " << model.error().where;
  return model ? model->evaluate("D", {{"x", x}}) : Evaluation{};
}

std::string refusal(const std::string& xml) {
  auto model = Model::parse(xml, "test.dmn");
  return model ? "read" : model.error().where + ": " + model.error().message;
}

TEST(Model, EveryHitPolicy) {
  const std::string priorities =
      "<outputValues><text>\"low\", \"mid\", \"high\"</text></outputValues>";
  const std::string fallback = "<defaultOutputEntry><text>\"none\"</text></defaultOutputEntry>";
  const std::vector<std::pair<std::string, std::string>> words = {
      {"&gt; 1", "\"mid\""}, {"&gt; 2", "\"high\""}, {"&gt; 3", "\"low\""}};
  const std::vector<std::pair<std::string, std::string>> numbers = {
      {"&gt; 1", "4"}, {"&gt; 2", "1.5"}, {"&gt; 3", "4"}};
  struct Row {
    const char* attributes;
    const std::vector<std::pair<std::string, std::string>>* rules;
    int x;
    const char* wanted;
    std::size_t fired;
  };
  const Row rows[] = {
      {"hitPolicy=\"UNIQUE\"", &words, 2, "\"mid\"", 1},
      {"hitPolicy=\"UNIQUE\"", &words, 3, "null", 0},
      {"hitPolicy=\"ANY\"", &words, 3, "null", 0},
      {"hitPolicy=\"ANY\"", &words, 2, "\"mid\"", 1},
      {"hitPolicy=\"FIRST\"", &words, 9, "\"mid\"", 1},
      {"hitPolicy=\"PRIORITY\"", &words, 9, "\"low\"", 1},
      {"hitPolicy=\"PRIORITY\"", &words, 0, "\"none\"", 0},
      {"hitPolicy=\"RULE ORDER\"", &words, 9, "[\"mid\", \"high\", \"low\"]", 3},
      {"hitPolicy=\"OUTPUT ORDER\"", &words, 9, "[\"low\", \"mid\", \"high\"]", 3},
      {"hitPolicy=\"COLLECT\"", &words, 3, "[\"mid\", \"high\"]", 2},
      {"hitPolicy=\"COLLECT\" aggregation=\"SUM\"", &numbers, 9, "9.5", 3},
      {"hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", &numbers, 9, "3", 3},
      {"hitPolicy=\"COLLECT\" aggregation=\"MIN\"", &numbers, 9, "1.5", 3},
      {"hitPolicy=\"COLLECT\" aggregation=\"MAX\"", &numbers, 9, "4", 3},
  };
  for (const Row& row : rows) {
    std::string output = row.rules == &words ? priorities + fallback : "";
    Evaluation got = ask(table(row.attributes, output, *row.rules), row.x);
    EXPECT_EQ(got.value.source(), row.wanted) << row.attributes << " " << row.x;
    EXPECT_EQ(got.fired.size(), row.fired) << row.attributes << " " << row.x;
  }
}

TEST(Model, ExplainsWhatFired) {
  Evaluation got = ask(table("hitPolicy=\"FIRST\"", "", {{"&lt; 1", "1"}, {"&gt;= 2", "2"}}), 5);
  ASSERT_EQ(got.fired.size(), 1u);
  EXPECT_EQ(got.fired[0].decision, "D");
  EXPECT_EQ(got.fired[0].row, 2);
  EXPECT_EQ(got.fired[0].rule_id, "r2");
  EXPECT_EQ(got.fired[0].annotation, "because >= 2");
  EXPECT_EQ(got.fired[0].inputs[0].first, "x");
  EXPECT_EQ(got.fired[0].inputs[0].second, Value(5));
  Evaluation none = ask(table("hitPolicy=\"FIRST\"", "", {{"&lt; 1", "1"}}), 5);
  EXPECT_EQ(none.messages, std::vector<std::string>{"D: no rule matches"});
}

TEST(Model, TellsWhatItHolds) {
  auto model = Model::parse(wrap(table("hitPolicy=\"FIRST\"", "", {{"&lt; 1", "1"}})), "t");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->version().size(), 12u);
  DecisionInfo info = model->decisions().at(0);
  EXPECT_EQ(info.inputs.at(0).base_type, "number");
  EXPECT_EQ(info.table->rules.at(0).inputs.at(0), "< 1");
  EXPECT_EQ(info.table->annotations.at(0), "why");
  EXPECT_STREQ(hit_policy_letter(HitPolicy::collect, Aggregation::sum), "C+");
  EXPECT_FALSE(model->has("E"));
  EXPECT_TRUE(model->evaluate("E", {}).value.is_null());
}

TEST(Model, ChecksTypesAndAllowedValues) {
  std::string typed = R"(<itemDefinition name="tGrade"><typeRef>string</typeRef>
      <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>)";
  std::string body =
      "<literalExpression><text>if x > 1 then \"A\" else \"Z\"</text>"
      "</literalExpression>";
  EXPECT_EQ(ask(typed + decision_xml(body, "tGrade"), 2).value, Value("A"));
  Evaluation refused = ask(typed + decision_xml(body, "tGrade"), 1);
  EXPECT_TRUE(refused.value.is_null());
  EXPECT_EQ(refused.messages.at(0), "decision D: \"Z\" is not a tGrade (\"A\", \"B\")");
  EXPECT_EQ(ask(typed + decision_xml(body, "tGrade"), "two").messages.at(0),
            "input x: \"two\" is not a number");
}

TEST(Model, RefusesWhatItCannotTrust) {
  std::string literal = "<literalExpression><text>TEXT</text></literalExpression>";
  auto with = [&](const std::string& text) {
    std::string xml = decision_xml(literal);
    return wrap(xml.replace(xml.find("TEXT"), 4, text));
  };
  std::string cycle;
  for (auto [a, b] : {std::pair{"a", "b"}, {"b", "c"}, {"c", "a"}}) {
    cycle += std::string("<decision id=\"") + a + "\" name=\"" + a +
             "\"><informationRequirement><requiredDecision href=\"#" + b +
             "\"/></informationRequirement>" + literal + "</decision>";
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  std::string bomb =
      "<!DOCTYPE z [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>" + with("\"&amp;b;\"");
  EXPECT_NE(refusal(bomb).find("a DOCTYPE is not taken"), std::string::npos);
  EXPECT_EQ(refusal(with("1 + 1")), "read");
  const std::pair<std::string, const char*> rows[] = {
      {"", "test.dmn"},
      {"<definitions>", "test.dmn:line"},
      {"<html/>", "no <definitions>"},
      {deep, "test.dmn"},
      {wrap(cycle), "requires itself"},
      {with("1 +"), "test.dmn:decision D"},
      {with("y + 1"), "\"y\" is not known"},
      {wrap(decision_xml("")), "has no expression"},
      {wrap(decision_xml(literal, "tNothing")), "\"tNothing\" is not defined"},
      {wrap("<decision id=\"e\" name=\"E\"><informationRequirement><requiredInput "
            "href=\"#gone\"/></informationRequirement></decision>"),
       "#gone"},
      {wrap("<itemDefinition name=\"t\"><typeRef>t</typeRef></itemDefinition>"), "itself"},
      {wrap("<import name=\"i\" namespace=\"q\" importType=\"https://www.omg.org/DMN/\"/>"),
       "imports are not allowed"},
      {wrap(table("", "", {{"&lt; ", "1"}})), "row 1, input 1"},
  };
  for (const auto& [xml, wanted] : rows) {
    EXPECT_NE(refusal(xml).find(wanted), std::string::npos)
        << wanted << " in " << refusal(xml).substr(0, 200);
  }
}

TEST(DecideCsv, GivesLinesBackWithOutputs) {
  std::string rules = table("hitPolicy=\"FIRST\"", "", {{"&lt; 1", "\"a, b\""}, {"&lt; 9", "2"}});
  auto model = Model::parse(wrap(rules), "t");
  ASSERT_TRUE(model);
  auto got = decide_csv(*model, "D", "\xEF\xBB\xBFno,x\r\n\"1,\"\"2\",0.5\n3,8\r\n4,\n", "in.csv");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(*got, "no,x,D,fired row\r\n\"1,\"\"2\",0.5,\"a, b\",1\r\n3,8,2,2\r\n4,,,\r\n");
  auto error = [&](const char* csv) {
    auto refused = decide_csv(*model, "D", csv, "in.csv");
    return refused ? "" : refused.error().where + " " + refused.error().message;
  };
  EXPECT_EQ(error("x\n1\nq\n"), "in.csv:3 \"q\" in column x is not a number");
  EXPECT_EQ(error("y\n1\n"), "in.csv:1 the header has no column \"x\"");
  EXPECT_EQ(error("x\n1,2\n"), "in.csv:2 has 2 cells, not 1");
  EXPECT_EQ(error("x\n\"1\n"), "in.csv:2 a quoted cell does not end");
  EXPECT_FALSE(decide_csv(*model, "E", "x\n", "in.csv"));
}

}  // namespace
}  // namespace decision
