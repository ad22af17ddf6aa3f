// Columns must answer exactly as the interpreter does: random models, random rows, every row asked
// both ways.

#include "decision/columns.h"

#include <gtest/gtest.h>

#include <random>

#include "decision/decision.h"

namespace decision {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  std::string pick(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

std::string escaped(const std::string& text) {
  std::string result;
  for (char c : text) result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return result;
}

std::string element(const std::string& name, const std::string& text) {
  return "<" + name + "><text>" + escaped(text) + "</text></" + name + ">";
}

std::string number_test(Dice& dice) {
  std::string a = std::to_string(dice.below(60) - 10);
  std::string b = std::to_string(dice.below(60) + 10);
  switch (dice.below(9)) {
    case 0:
      return "-";
    case 1:
      return "< " + a;
    case 2:
      return ">= " + a + ".5";
    case 3:
      return "[" + a + ".." + b + ")";
    case 4:
      return a + ", " + b;
    case 5:
      return "not(" + a + ", > " + b + ")";
    case 6:
      return "? > " + a + " and ? <= " + b;
    case 7:
      return "(" + a + ".." + b + "], null";
    default:
      return "<= " + b;
  }
}

std::string string_test(Dice& dice) {
  static const std::vector<std::string> tests = {
      "-",    "\"A\"",     "\"A\", \"B\"",   "not(\"C\")", "not(\"A\", \"B\")",
      "null", "not(null)", "[\"A\"..\"B\"]", "\"Z\"",      "-"};
  return dice.pick(tests);
}

std::string boolean_test(Dice& dice) {
  return dice.pick({"-", "true", "false", "not(true)", "-"});
}

struct HitPolicyXml {
  const char* attributes;
  bool numeric;
};
constexpr HitPolicyXml kHitPolicies[] = {
    {"hitPolicy=\"UNIQUE\"", false},
    {"hitPolicy=\"FIRST\"", false},
    {"hitPolicy=\"ANY\"", false},
    {"hitPolicy=\"PRIORITY\"", false},
    {"hitPolicy=\"COLLECT\" aggregation=\"SUM\"", true},
    {"hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", true},
    {"hitPolicy=\"COLLECT\" aggregation=\"MIN\"", true},
    {"hitPolicy=\"COLLECT\" aggregation=\"MAX\"", true},
};

std::string rule_xml(Dice& dice, bool numeric, bool calculated) {
  std::string rule = "<rule>";
  rule += element("inputEntry", number_test(dice));
  rule += element("inputEntry", number_test(dice));
  rule += element("inputEntry", string_test(dice));
  rule += element("inputEntry", boolean_test(dice));
  if (numeric)
    return rule + element("outputEntry", dice.pick({"1", "2.5", "-3", "100"})) + "</rule>";
  rule += element("outputEntry", dice.pick({"\"low\"", "\"mid\"", "\"high\""}));
  std::string score = dice.pick({"1", "2.25", "null", "10"});
  if (calculated && dice.chance(50)) score = dice.pick({"dpd * 2", "amount - dpd", "-dpd + 0.5"});
  return rule + element("outputEntry", score) + "</rule>";
}

std::string table_xml(Dice& dice, const HitPolicyXml& policy, bool calculated, int rules) {
  std::string xml = std::string("<decisionTable ") + policy.attributes + ">";
  for (const char* input : {"dpd", "amount", "region", "vip"}) {
    std::string values;
    if (std::string(input) == "dpd" && dice.chance(20)) values = element("inputValues", "[0..40]");
    xml += "<input><inputExpression><text>" + std::string(input) + "</text></inputExpression>" +
           values + "</input>";
  }
  bool fallback = dice.chance(40);
  if (policy.numeric) {
    xml += "<output typeRef=\"number\">" + (fallback ? element("defaultOutputEntry", "7") : "") +
           "</output>";
  } else {
    xml += "<output name=\"grade\" typeRef=\"string\">" +
           element("outputValues", "\"high\",\"mid\",\"low\"") +
           (fallback ? element("defaultOutputEntry", "\"none\"") : "") + "</output>";
    xml += "<output name=\"score\" typeRef=\"number\"/>";
  }
  for (int i = 0; i < rules; ++i) xml += rule_xml(dice, policy.numeric, calculated);
  return xml + "</decisionTable>";
}

std::string model_xml(Dice& dice) {
  const HitPolicyXml& policy = kHitPolicies[dice.below(8)];
  std::string name = policy.attributes;
  bool fixed = name.find("ANY") != std::string::npos || name.find("PRIORITY") != std::string::npos;
  int rules = 1 + dice.below(dice.chance(10) ? 90 : 8);
  std::string inputs;
  std::string needs;
  for (auto [input, type] : {std::pair{"dpd", "number"},
                             {"amount", "number"},
                             {"region", "string"},
                             {"vip", "boolean"}}) {
    inputs += std::string("<inputData id=\"") + input + "\" name=\"" + input +
              "\"><variable name=\"" + input + "\" typeRef=\"" + type + "\"/></inputData>";
    needs += std::string("<informationRequirement><requiredInput href=\"#") + input +
             "\"/></informationRequirement>";
  }
  std::string score = policy.numeric ? "T" : "T.score";
  std::string use = dice.pick(
      {"if vip then 0 else max(SCORE, 3) * 2", "if SCORE > 2 and vip then dpd else amount / 100",
       "min(dpd, amount) + abs(SCORE)", "if region = \"A\" or SCORE < 1 then 1 else null",
       "decimal(amount * 0.125, 1) - floor(dpd / 10)",
       "if dpd between 3 and 30 then SCORE else -amount", "if dpd in (1, [5..9]) then 1 else 2"});
  for (auto at = use.find("SCORE"); at != std::string::npos; at = use.find("SCORE")) {
    use.replace(at, 5, score);
  }
  return "<definitions name=\"m\" namespace=\"n\">" + inputs + "<decision id=\"t\" name=\"T\">" +
         needs + table_xml(dice, policy, !fixed, rules) + "</decision>" +
         "<decision id=\"u\" name=\"U\"><variable name=\"U\" typeRef=\"number\"/>" + needs +
         "<informationRequirement><requiredDecision href=\"#t\"/></informationRequirement>" +
         "<literalExpression><text>" + escaped(use) + "</text></literalExpression></decision>" +
         "</definitions>";
}

struct Rows {
  std::vector<std::int32_t> dpd;
  std::vector<std::int64_t> amount;  // in hundredths
  std::vector<std::int16_t> region;
  std::vector<std::uint8_t> vip;
  std::vector<std::string> dictionary = {"C", "A", "B", "D"};

  Rows(Dice& dice, int count) {
    for (int i = 0; i < count; ++i) {
      dpd.push_back(dice.below(80) - 15);
      amount.push_back(dice.chance(2) ? INT64_MAX - dice.below(5) : dice.below(9000) - 1000);
      region.push_back(static_cast<std::int16_t>(dice.below(5) - 1));
      vip.push_back(dice.chance(50) ? 1 : 0);
    }
  }
  std::vector<ColumnData> columns() const {
    return {std::span<const std::int32_t>(dpd), std::span<const std::int64_t>(amount),
            Codes16{region, dictionary}, Flags{vip}};
  }
  Context context(std::size_t i) const {
    Value region_value;
    if (region[i] >= 0) region_value = dictionary[static_cast<std::size_t>(region[i])];
    return {{"dpd", static_cast<std::int64_t>(dpd[i])},
            {"amount", Decimal::scaled(amount[i], 2)},
            {"region", region_value},
            {"vip", vip[i] != 0}};
  }
};

const std::vector<ColumnType> kInputs = {{"dpd", ColumnKind::number, 0},
                                         {"amount", ColumnKind::number, 2},
                                         {"region", ColumnKind::string, 0},
                                         {"vip", ColumnKind::boolean, 0}};

Value value_of(const OutputColumn& column, std::size_t row) {
  if (!column.nulls.empty() && column.nulls[row] != 0) return {};
  if (column.kind == ColumnKind::number) return Decimal::scaled(column.numbers[row], column.scale);
  if (column.kind == ColumnKind::boolean) return column.flags[row] != 0;
  return column.dictionary[static_cast<std::size_t>(column.codes[row])];
}

std::int32_t first_fired(const Evaluation& evaluation) {
  std::int32_t first = 0;
  for (const FiredRow& row : evaluation.fired) {
    if (first == 0 || row.row < first) first = row.row;
  }
  return first;
}

// Gives whether the program ran without the interpreter.
bool expect_agreement(const Model& model, const std::string& decision, const Rows& rows,
                      const std::string& xml) {
  auto program = model.compile(decision, kInputs);
  if (!program) {
    ADD_FAILURE() << program.error().message;
    return false;
  }
  auto columns = rows.columns();
  auto result = program->run(columns, 3, rows.dpd.size(), {.fired_rows = true});
  if (!result) {  // only where the exact answer does not fit the column
    EXPECT_NE(result.error().message.find("does not fit"), std::string::npos);
    return program->lowered();
  }
  for (std::size_t i = 3; i < rows.dpd.size(); ++i) {
    Evaluation exact = model.evaluate(decision, rows.context(i));
    for (const OutputColumn& column : result->outputs) {
      Value wanted = exact.value;
      if (result->outputs.size() > 1 && wanted.kind() == Kind::context) {
        wanted = *wanted.context().find(column.name);
      }
      EXPECT_EQ(value_of(column, i - 3).source(), wanted.source())
          << column.name << " of row " << i << Value(rows.context(i)).source() << "\n"
          << xml;
    }
    EXPECT_EQ(result->fired_rows[0][i - 3], first_fired(exact)) << xml;
    if (testing::Test::HasFailure()) break;
  }
  return program->lowered();
}

TEST(Columns, AgreeWithTheInterpreter) {
  int lowered = 0;
  constexpr int kModels = 400;
  for (int seed = 0; seed < kModels && !HasFailure(); ++seed) {
    Dice dice(static_cast<std::uint64_t>(seed));
    std::string xml = model_xml(dice);
    auto model = Model::parse(xml, "random");
    ASSERT_TRUE(model) << model.error().message << " " << model.error().where << xml;
    Rows rows(dice, 60);
    lowered += expect_agreement(*model, "T", rows, xml) ? 1 : 0;
    lowered += expect_agreement(*model, "U", rows, xml) ? 1 : 0;
  }
  EXPECT_GT(lowered, kModels * 2 * 9 / 10);  // else the test would prove little
}

const char* const kCollect = R"(<definitions name="p" namespace="n">
  <inputData id="h" name="hour"><variable name="hour" typeRef="number"/></inputData>
  <inputData id="c" name="channel"><variable name="channel" typeRef="string"/></inputData>
  <decision id="d" name="Refusals">
    <informationRequirement><requiredInput href="#h"/></informationRequirement>
    <informationRequirement><requiredInput href="#c"/></informationRequirement>
    <decisionTable hitPolicy="COLLECT">
      <input><inputExpression><text>hour</text></inputExpression></input>
      <input><inputExpression><text>channel</text></inputExpression></input>
      <output/>
      <rule><inputEntry><text>not([8..22))</text></inputEntry>
            <inputEntry><text>-</text></inputEntry>
            <outputEntry><text>"quiet hours"</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry>
            <inputEntry><text>starts with(?, "v")</text></inputEntry>
            <outputEntry><text>"no visits"</text></outputEntry></rule>
    </decisionTable></decision></definitions>)";

TEST(Columns, CollectGivesEveryRuleThatFires) {
  auto model = Model::parse(kCollect, "collect");
  ASSERT_TRUE(model) << model.error().message;
  auto program = model->compile("Refusals", {{"hour"}, {"channel", ColumnKind::string}});
  ASSERT_TRUE(program);
  EXPECT_TRUE(program->lowered()) << program->why_interpreted();
  std::vector<std::int8_t> hours = {7, 8, 21, 22, 3};
  std::vector<std::int32_t> channels = {0, 0, 1, 1, -1};
  std::vector<std::string> dictionary = {"call", "visit"};
  std::vector<ColumnData> columns = {std::span<const std::int8_t>(hours),
                                     Codes32{channels, dictionary}};
  std::string seen;
  auto status = program->run_collect(columns, 0, 5, [&](std::size_t row, auto rules) {
    seen += std::to_string(row) + ":";
    for (std::int32_t rule : rules) seen += std::to_string(rule);
    seen += " ";
  });
  ASSERT_TRUE(status);
  EXPECT_EQ(seen, "0:1 1: 2:2 3:12 4:1 ");
}

// Tables of many rows that overlap: the graph of one may end early, and sets of rows are used.
TEST(Columns, LargeTablesAgreeWithTheInterpreter) {
  for (const char* policy : {"FIRST", "UNIQUE", "COLLECT", "COLLECT\" aggregation=\"SUM"}) {
    Dice dice(7);
    std::string xml = "<definitions name=\"m\" namespace=\"n\">";
    std::string needs;
    std::string columns;
    for (const char* input : {"dpd", "amount", "x", "y", "z"}) {
      std::string name = input;
      xml += "<inputData id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name +
             "\" typeRef=\"number\"/></inputData>";
      needs += "<informationRequirement><requiredInput href=\"#" + name +
               "\"/></informationRequirement>";
      columns += "<input><inputExpression><text>" + name + "</text></inputExpression></input>";
    }
    xml += "<decision id=\"t\" name=\"T\">" + needs + "<decisionTable hitPolicy=\"" + policy +
           "\">" + columns + "<output typeRef=\"number\"/>";
    for (int rule = 0; rule < 600; ++rule) {
      xml += "<rule>";
      for (int i = 0; i < 5; ++i) {
        int low = dice.below(900'000);
        xml += element("inputEntry", "[" + std::to_string(low) + ".." +
                                         std::to_string(low + dice.below(500'000)) + ")");
      }
      xml += element("outputEntry", std::to_string(rule)) + "</rule>";
    }
    auto model = Model::parse(xml + "</decisionTable></decision></definitions>", "large");
    ASSERT_TRUE(model) << model.error().message;
    auto program = model->compile("T", {{"dpd"}, {"amount"}, {"x"}, {"y"}, {"z"}});
    ASSERT_TRUE(program);
    ASSERT_TRUE(program->lowered()) << program->why_interpreted();
    std::vector<std::vector<std::int64_t>> data(5);
    std::vector<ColumnData> spans;
    for (auto& column : data) {
      for (int i = 0; i < 300; ++i) column.push_back(dice.below(1'400'000));
      spans.emplace_back(std::span<const std::int64_t>(column));
    }
    auto result = program->run(spans, 0, 300, {.fired_rows = true});
    ASSERT_TRUE(result);
    for (std::size_t row = 0; row < 300; ++row) {
      Evaluation exact = model->evaluate("T", {{"dpd", data[0][row]},
                                               {"amount", data[1][row]},
                                               {"x", data[2][row]},
                                               {"y", data[3][row]},
                                               {"z", data[4][row]}});
      EXPECT_EQ(result->fired_rows[0][row], first_fired(exact)) << policy << " row " << row;
      if (result->outputs.empty()) continue;
      EXPECT_EQ(value_of(result->outputs[0], row), exact.value);
    }
  }
}

TEST(Columns, RefusesColumnsThatDoNotFit) {
  auto model = Model::parse(kCollect, "collect");
  auto program = model->compile("Refusals", {{"hour"}, {"channel", ColumnKind::string}});
  std::vector<std::int8_t> hours = {7, 8};
  std::vector<std::int32_t> codes = {0, 9};
  std::vector<std::string> dictionary = {"call"};
  std::vector<ColumnData> columns = {std::span<const std::int8_t>(hours),
                                     Codes32{codes, dictionary}};
  EXPECT_EQ(program->run(columns, 0, 3).error().message, "the column is too short");
  EXPECT_TRUE(program->run(columns, 0, 1));
  EXPECT_EQ(program->run(columns, 0, 2).error().where, "channel");
  std::swap(columns[0], columns[1]);
  EXPECT_EQ(program->run(columns, 0, 1).error().message, "the column is of another kind");
  columns.pop_back();
  EXPECT_FALSE(program->run(columns, 0, 1));
  EXPECT_EQ(model->compile("Nothing", {}).error().code, kernel::Code::not_found);
}

}  // namespace
}  // namespace decision
