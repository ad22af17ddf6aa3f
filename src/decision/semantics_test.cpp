// What a model adds to FEEL: types and constraints, requirements, knowledge, services, imports.

#include <filesystem>
#include <fstream>

#include "decision/model_cases.h"

namespace decision {
namespace {

std::string item(const std::string& name, const std::string& inside,
                 const std::string& attributes = "") {
  return "<itemDefinition name=\"" + name + "\" " + attributes + ">" + inside + "</itemDefinition>";
}

std::string ref(const std::string& type) {
  return "<typeRef>" + type + "</typeRef>";
}

std::string component(const std::string& name, const std::string& inside,
                      const std::string& attributes = "") {
  return "<itemComponent name=\"" + name + "\" " + attributes + ">" + inside + "</itemComponent>";
}

std::string values(const std::string& tag, const std::string& tests) {
  return "<" + tag + "><text>" + escaped(tests) + "</text></" + tag + ">";
}

// What a decision of that type makes of an expression.
std::string as(const std::string& type, const std::string& feel, const std::string& items = "") {
  return answer(items + decision("D", literal(feel), {}, type));
}

TEST(Semantics, Types) {
  struct Row {
    const char* type;
    const char* feel;
    const char* wanted;
  };
  const Row rows[] = {
      {"number", "1", "1"},
      {"number", "\"1\"", "null"},
      {"number", "[1]", "1"},
      {"number", "[1, 2]", "null"},
      {"number", "[[1]]", "1"},
      {"number", "null", "null"},
      {"Any", "[1]", "[1]"},
      {"string", "[\"a\"]", "\"a\""},
      {"date", "@\"2012-12-25\"", "date(\"2012-12-25\")"},
      {"date", "@\"2012-12-25T00:00:00\"", "null"},
      {"date and time", "@\"2012-12-25\"", "date and time(\"2012-12-25T00:00:00Z\")"},
      {"dateTime", "@\"2012-12-25T00:00:00\"", "date and time(\"2012-12-25T00:00:00\")"},
      {"dayTimeDuration", "@\"P1D\"", "duration(\"P1D\")"},
      {"yearMonthDuration", "@\"P1D\"", "null"},
      {"feel:number", "1", "1"},
      {"tNumbers", "1", "[1]"},
      {"tNumbers", "[1, 2]", "[1, 2]"},
      {"tNumbers", "[1, \"a\"]", "null"},
      {"tNumbers", "[]", "[]"},
      {"tGrade", "\"A\"", "\"A\""},
      {"tGrade", "\"C\"", "null"},
      {"tGrade", "1", "null"},
      {"tGrades", "[\"A\", \"B\", \"A\"]", "[\"A\", \"B\", \"A\"]"},
      {"tGrades", "[\"A\", \"C\"]", "null"},
      {"tGrades", "[\"A\", \"A\", \"A\", \"A\"]", "null"},
      {"tSmall", "3", "3"},
      {"tSmall", "30", "null"},
      {"tSmaller", "3", "3"},
      {"tSmaller", "7", "null"},
      {"tSmaller", "12", "null"},
      {"tPerson", "{name: \"Li\", age: 3}", "{name: \"Li\", age: 3}"},
      {"tPerson", "{name: \"Li\", age: 3, more: 1}", "{name: \"Li\", age: 3, more: 1}"},
      {"tPerson", "{name: \"Li\", age: null}", "{name: \"Li\", age: null}"},
      {"tPerson", "{name: \"Li\"}", "null"},
      {"tPerson", "{name: \"Li\", age: 300}", "null"},
      {"tPeople", "[{name: \"Li\", age: 3}]", "[{name: \"Li\", age: 3}]"},
      {"tPeople", "{name: \"Li\", age: 3}", "[{name: \"Li\", age: 3}]"},
      {"tTeam", "{lead: {name: \"Li\", age: 3}, ids: [1]}",
       "{lead: {name: \"Li\", age: 3}, ids: [1]}"},
      {"tTeam", "{lead: {name: \"Li\"}, ids: [1]}", "null"},
      {"tTeam", "{lead: {name: \"Li\", age: 3}, ids: [\"1\"]}", "null"},
      {"tNobody", "1", "null"},
  };
  std::string items =
      item("tNumbers", ref("number"), "isCollection=\"true\"") +
      item("tGrade", ref("string") + values("allowedValues", "\"A\", \"B\"")) +
      item("tGrades",
           ref("string") + values("allowedValues", "\"A\", \"B\"") +
               values("typeConstraint", "count(?) < 4"),
           "isCollection=\"true\"") +
      item("tSmall", ref("number") + values("typeConstraint", "< 10")) +
      item("tSmaller", ref("tSmall") + values("allowedValues", "[1..5], 12")) +
      item("tPerson", component("name", ref("string")) +
                          component("age", ref("number") + values("allowedValues", "[0..150]"))) +
      item("tPeople", ref("tPerson"), "isCollection=\"true\"") +
      item("tTeam", component("lead", ref("tPerson")) +
                        component("ids", ref("number"), "isCollection=\"true\""));
  for (const Row& row : rows) {
    if (std::string(row.type) == "tNobody") continue;
    EXPECT_EQ(as(row.type, row.feel, items), row.wanted) << row.type << " of " << row.feel;
  }
}

TEST(Semantics, FunctionTypes) {
  std::string items = item("tPick",
                           "<functionItem outputTypeRef=\"number\"><parameters name=\"a\" "
                           "typeRef=\"number\"/></functionItem>");
  EXPECT_EQ(as("tPick", "function(a: number) a", items), "function");
  EXPECT_EQ(as("tPick", "function(a: string) a", items), "null");
  EXPECT_EQ(as("tPick", "function(a, b) a", items), "null");
  EXPECT_EQ(as("tPick", "1", items), "null");
}

TEST(Semantics, InputsOfAnotherTypeAreNull) {
  std::string model = input("x", "number") + decision("D", literal("[x, x = null]"), {"i:x"});
  EXPECT_EQ(answer(model, "D", {{"x", 1}}), "[1, false]");
  EXPECT_EQ(answer(model, "D", {{"x", "1"}}), "[null, true]");
  EXPECT_EQ(answer(model, "D", {{"x", List{5}}}), "[5, false]");
  EXPECT_EQ(answer(model, "D"), "[null, true]");
  EXPECT_EQ(answer(model, "D", {{"y", 1}}), "[null, true]");
}

TEST(Semantics, DecisionsWithoutLogic) {
  EXPECT_EQ(answer(decision("E", "") + decision("D", literal("[E, 1]"), {"d:E"})), "[null, 1]");
}

TEST(Semantics, NamesOfEveryKind) {
  const char* names[] = {"Loan - fee",    "a+b", "数量",    "it's", "x/y", "for example",
                         "date of birth", "in",  "not now", "A.b",  "50"};
  for (const char* name : names) {
    if (name[0] == '5') continue;  // a name does not begin with a digit
    std::string model = input(name, "number") + decision("D", literal(std::string(name) + " + 1"),
                                                         {std::string("i:") + name});
    if (std::string(name) == "in") continue;  // a keyword stays one
    EXPECT_EQ(answer(model, "D", {{name, 1}}), "2") << name;
  }
}

TEST(Semantics, Services) {
  std::string base = input("x", "number") + decision("E", literal("x * 2"), {"i:x"}, "number") +
                     decision("F", literal("E + 1"), {"d:E"}) +
                     decision("G", literal("E + x"), {"d:E", "i:x"});
  auto service = [](const std::string& inside) {
    return "<decisionService id=\"S\" name=\"S\"><variable name=\"S\"/>" + inside +
           "</decisionService>";
  };
  auto link = [](const char* tag, const char* id) {
    return std::string("<") + tag + " href=\"#" + id + "\"/>";
  };
  std::string whole = base + service(link("outputDecision", "F") +
                                     link("encapsulatedDecision", "E") + link("inputData", "x"));
  auto call = [](const std::string& feel) { return decision("D", literal(feel), {"k:S"}); };
  EXPECT_EQ(answer(whole + call("S(4)")), "9");
  EXPECT_EQ(answer(whole + call("S(x: 4)")), "9");
  EXPECT_EQ(answer(whole + call("S(\"4\")")), "null");
  EXPECT_EQ(answer(whole + call("S()")), "null");
  EXPECT_EQ(answer(whole + call("S(1, 2)")), "null");
  EXPECT_EQ(answer(whole + call("S(y: 4)")), "null");
  EXPECT_EQ(answer(whole + call("for i in 1..2 return S(i)")), "[3, 5]");
  std::string pair = base + service(link("outputDecision", "F") + link("outputDecision", "G") +
                                    link("inputDecision", "E") + link("inputData", "x"));
  EXPECT_EQ(answer(pair + call("S(x: 1, E: 10)")), "{F: 11, G: 11}");
  EXPECT_EQ(answer(pair + call("S(x: 1, E: \"a\")")), "null");
  auto model = Model::parse(definitions(pair), "t");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->evaluate_service("S", {{"x", 1}, {"E", 10}}).value.source(), "{F: 11, G: 11}");
  EXPECT_TRUE(model->evaluate_service("T", {}).value.is_null());
}

TEST(Semantics, Imports) {
  auto folder = std::filesystem::temp_directory_path() / "evenhand_import_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto write = [&](const char* name, const std::string& xml) {
    std::ofstream(folder / name) << xml;
  };
  const std::string type = "importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"";
  write("base.dmn", "<definitions name=\"base\" namespace=\"urn:base\">" +
                        item("tGrade", ref("string") + values("allowedValues", "\"A\", \"B\"")) +
                        input("x", "number") + decision("Twice", literal("x * 2"), {"i:x"}) +
                        knowledge("add one", {"n:number"}, literal("n + 1")) + "</definitions>");
  auto needs = [](const char* group, const char* tag, const std::string& href) {
    return std::string("<") + group + "><" + tag + " href=\"" + href + "\"/></" + group + ">";
  };
  auto importing = [&](const std::string& feel, const std::string& result = "") {
    return "<definitions name=\"m\" namespace=\"urn:m\"><import name=\"b\" "
           "namespace=\"urn:base\" " +
           type + "/><decision id=\"D\" name=\"D\"><variable name=\"D\" typeRef=\"" + result +
           "\"/>" + needs("informationRequirement", "requiredDecision", "urn:base#Twice") +
           needs("informationRequirement", "requiredInput", "urn:base#x") +
           needs("knowledgeRequirement", "requiredKnowledge", "urn:base#add one") + literal(feel) +
           "</decision></definitions>";
  };
  auto ask = [&](const std::string& xml) {
    auto model = Model::parse(xml, "m", {.folder = folder});
    return model ? model->evaluate("D", {{"b", Context{{"x", 4}}}}).value.source()
                 : model.error().message;
  };
  EXPECT_EQ(ask(importing("b.Twice")), "8");
  EXPECT_EQ(ask(importing("b.add one(b.x)")), "5");
  auto model = Model::parse(importing("b.Twice + b.x"), "m", {.folder = folder});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->evaluate("D", {{"{urn:base}x", 3}, {"x", 1}}).value, Value(9));
  EXPECT_EQ(model->evaluate("D", {{"x", 1}}).value, Value(3));
  EXPECT_EQ(ask(importing("\"A\"", "b.tGrade")), "\"A\"");
  EXPECT_EQ(ask(importing("\"C\"", "b.tGrade")), "null");
  EXPECT_EQ(ask(importing("Twice")), "\"Twice\" is not known here");
  write("ring.dmn",
        "<definitions name=\"ring\" namespace=\"urn:ring\"><import name=\"r\" "
        "namespace=\"urn:ring\" " +
            type + "/></definitions>");
  auto ring = Model::load(folder / "ring.dmn");
  ASSERT_FALSE(ring);
  EXPECT_NE(ring.error().message.find("imports itself"), std::string::npos);
  std::string gone = importing("1");
  gone.replace(gone.find("urn:base"), 8, "urn:gone");
  EXPECT_NE(ask(gone).find("no model of that namespace"), std::string::npos);
}

std::string table(const std::string& attributes, const std::string& columns,
                  const std::vector<std::vector<std::string>>& rules) {
  std::string xml = "<decisionTable " + attributes + ">" + columns;
  for (const auto& rule : rules) {
    xml += "<rule>";
    for (std::size_t i = 0; i < rule.size(); ++i) {
      const char* tag = rule[i].starts_with("=") ? "outputEntry" : "inputEntry";
      xml += std::string("<") + tag + "><text>" +
             escaped(rule[i].starts_with("=") ? rule[i].substr(1) : rule[i]) + "</text></" + tag +
             ">";
    }
    xml += "</rule>";
  }
  return xml + "</decisionTable>";
}

std::string in_column(const std::string& feel, const std::string& inside = "") {
  return "<input><inputExpression><text>" + escaped(feel) + "</text></inputExpression>" + inside +
         "</input>";
}

TEST(Semantics, CellsOfATable) {
  struct Row {
    const char* cell;
    Value x;
    bool wanted;
  };
  const Row rows[] = {
      {"-", {}, true},
      {"", {}, true},
      {"5", 5, true},
      {"5", "5", false},
      {"5", {}, false},
      {"null", {}, true},
      {"not(null)", 1, true},
      {"< 5, > 10", 11, true},
      {"[1..5]", 5, true},
      {"[1..5)", 5, false},
      {"]1..5[", 1, false},
      {"not(1, 2)", 3, true},
      {"not([1..5])", 7, true},
      {"not(< 5)", 3, false},
      {"? > 3 and ? < 6", 4, true},
      {"? = null", {}, true},
      {"? != null", {}, false},
      {"limit", 10, true},
      {"< limit", 9, true},
      {"limit + 1", 11, true},
      {"[limit..limit + 5]", 12, true},
      {"\"a\", \"b\"", "b", true},
      {"starts with(?, \"a\")", "abc", true},
      {"matches(?, \"^a.c$\")", "abc", true},
      {"[1, 2, 3]", 2, true},
      {"[1, 2, 3]", List{1, 2, 3}, true},
      {"list contains(?, 2)", List{1, 2}, true},
      {"count(?) > 1", List{1, 2}, true},
      {"every i in ? satisfies i > 0", List{1, 2}, true},
      {"true", true, true},
      {"not(true)", false, true},
      {"date(\"2012-12-25\")", CalendarDate{2012, 12, 25}, true},
      {"< date(\"2012-12-25\")", CalendarDate{2012, 12, 24}, true},
      {"[date(\"2012-12-24\")..date(\"2012-12-25\")]", CalendarDate{2012, 12, 24}, true},
      {"limit > 5", 3, true},  // true of itself, whatever the input
      {"limit < 5", 3, false},
      {"function(x) x", 3, false},
      {"1 / 0", 3, false},
  };
  for (const Row& row : rows) {
    std::string model = input("x") + decision("limit", literal("10")) +
                        decision("D",
                                 table("hitPolicy=\"FIRST\"", in_column("x") + "<output/>",
                                       {{row.cell, "=\"yes\""}, {"-", "=\"no\""}}),
                                 {"i:x", "d:limit"});
    EXPECT_EQ(answer(model, "D", {{"x", row.x}}), row.wanted ? "\"yes\"" : "\"no\"")
        << row.cell << " of " << row.x.source();
  }
}

TEST(Semantics, OutputsOfATable) {
  auto of = [](const std::string& attributes, const std::string& outputs,
               const std::vector<std::vector<std::string>>& rules, int x = 1) {
    return answer(
        input("x") + decision("D", table(attributes, in_column("x") + outputs, rules), {"i:x"}),
        "D", {{"x", x}});
  };
  const std::string two = "<output name=\"a\"/><output name=\"b\" typeRef=\"number\"/>";
  EXPECT_EQ(of("", two, {{"1", "=\"p\"", "=2"}}), "{a: \"p\", b: 2}");
  EXPECT_EQ(of("", two, {{"1", "=\"p\"", "=\"q\""}}), "{a: \"p\", b: null}");
  EXPECT_EQ(of("", two, {{"2", "=\"p\"", "=2"}}), "null");
  EXPECT_EQ(of("hitPolicy=\"RULE ORDER\"", two, {{"1", "=1", "=2"}, {"-", "=3", "=4"}}),
            "[{a: 1, b: 2}, {a: 3, b: 4}]");
  const std::string fallback =
      "<output name=\"a\"><defaultOutputEntry><text>\"d\"</text></defaultOutputEntry></output>"
      "<output name=\"b\"/>";
  EXPECT_EQ(of("", fallback, {{"2", "=1", "=2"}}), "{a: \"d\", b: null}");
  EXPECT_EQ(of("hitPolicy=\"COLLECT\"", "<output/>", {{"2", "=1"}}), "[]");
  EXPECT_EQ(of("hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", "<output/>", {{"2", "=1"}}), "0");
  EXPECT_EQ(of("hitPolicy=\"COLLECT\" aggregation=\"SUM\"", "<output/>", {{"2", "=1"}}), "null");
  EXPECT_EQ(
      of("hitPolicy=\"COLLECT\" aggregation=\"SUM\"", "<output/>", {{"1", "=\"a\""}, {"-", "=1"}}),
      "null");
  EXPECT_EQ(
      of("hitPolicy=\"COLLECT\" aggregation=\"MAX\"", "<output/>", {{"1", "=5"}, {"-", "=9"}}),
      "9");
  EXPECT_EQ(of("", "<output/>", {{"1", "="}}), "null");
  const std::string listed =
      "<output><outputValues><text>\"hi\", \"lo\"</text></outputValues></output>";
  EXPECT_EQ(of("hitPolicy=\"PRIORITY\"", listed, {{"1", "=\"lo\""}, {"-", "=\"hi\""}}), "\"hi\"");
  EXPECT_EQ(of("hitPolicy=\"OUTPUT ORDER\"", listed, {{"1", "=\"lo\""}, {"-", "=\"hi\""}}),
            "[\"hi\", \"lo\"]");
  const std::string guarded =
      in_column("x", "<inputValues><text>1, 2</text></inputValues>") + "<output/>";
  std::string model = input("x") + decision("D", table("", guarded, {{"-", "=\"any\""}}), {"i:x"});
  EXPECT_EQ(answer(model, "D", {{"x", 2}}), "\"any\"");
  EXPECT_EQ(answer(model, "D", {{"x", 3}}), "null");
  EXPECT_EQ(answer(model, "D", {}), "\"any\"");
}

}  // namespace
}  // namespace decision
