// Boxed expressions (chapter 10.2), each against its meaning in FEEL, with nulls and wrong kinds.

#include "decision/model_cases.h"

namespace decision {
namespace {

std::string entry(const std::string& name, const std::string& body, const std::string& type = "") {
  std::string variable =
      name.empty() ? "" : "<variable name=\"" + name + "\" typeRef=\"" + type + "\"/>";
  return "<contextEntry>" + variable + body + "</contextEntry>";
}

std::string boxed(const std::string& body, const std::vector<std::string>& needs = {}) {
  return decision("D", body, needs);
}

TEST(Boxed, Context) {
  auto context = [](const std::string& inside) {
    return boxed("<context>" + inside + "</context>");
  };
  EXPECT_EQ(answer(context(entry("a", literal("1")) + entry("b c", literal("a + 1")))),
            "{a: 1, b c: 2}");
  EXPECT_EQ(answer(context(entry("a", literal("1")) + entry("b", literal("a + 1")) +
                           entry("", literal("a + b")))),
            "3");
  EXPECT_EQ(answer(context(entry("a", literal("\"x\""), "number"))), "{a: null}");
  EXPECT_EQ(answer(context(entry("a", literal("[5]"), "number"))), "{a: 5}");
  EXPECT_EQ(answer(context(entry("a", literal("1 +")) + entry("b", literal("2")))),
            "{a: null, b: 2}");
  EXPECT_EQ(answer(context("")), "{}");
  std::string inner = "<context>" + entry("x", literal("outer * 2")) + "</context>";
  EXPECT_EQ(answer(context(entry("outer", literal("4")) + entry("in", inner) +
                           entry("", literal("in.x")))),
            "8");
}

TEST(Boxed, FunctionsMayCallThemselves) {
  std::string factorial = "<functionDefinition><formalParameter name=\"n\" typeRef=\"number\"/>" +
                          literal("if n = 0 then 1 else n * f(n - 1)") + "</functionDefinition>";
  std::string context =
      "<context>" + entry("f", factorial) + entry("", literal("f(5)")) + "</context>";
  EXPECT_EQ(answer(boxed(context)), "120");
  std::string endless = "<functionDefinition><formalParameter name=\"n\"/>" + literal("f(n)") +
                        "</functionDefinition>";
  context = "<context>" + entry("f", endless) + entry("", literal("f(5)")) + "</context>";
  EXPECT_EQ(answer(boxed(context)), "null");
  std::string knows = knowledge("fib", {"n:number"},
                                literal("if n < 2 then n else fib(n - 1) + fib(n - 2)"), "number");
  EXPECT_EQ(answer(knows + boxed(literal("fib(10)"), {"k:fib"})), "55");
}

TEST(Boxed, FunctionsOfOtherLanguagesAreNull) {
  for (const char* kind : {"Java", "PMML"}) {
    std::string function = std::string("<functionDefinition kind=\"") + kind +
                           "\"><formalParameter name=\"a\"/><context>" +
                           entry("class", literal("\"com.example.Thing\"")) +
                           entry("method signature", literal("\"max(int)\"")) +
                           "</context></functionDefinition>";
    std::string context = "<context>" + entry("f", function) + entry("x", literal("1")) +
                          entry("y", literal("f(1)")) + "</context>";
    Evaluation got = ask_model(boxed(context), "D");
    EXPECT_EQ(got.value.context().find("x")->source(), "1");
    EXPECT_EQ(got.value.context().find("y")->source(), "null");
    EXPECT_FALSE(got.messages.empty());
  }
  EXPECT_EQ(answer(boxed(literal("{f: function(a) external {java: {class: \"com.example.Thing\", "
                                 "method signature: \"max(int)\"}}, x: 1, y: f(1)}.x"))),
            "1");
}

TEST(Boxed, Invocation) {
  auto invoke = [](const std::string& callee, const std::string& bindings) {
    return "<invocation>" + literal(callee) + bindings + "</invocation>";
  };
  auto bind = [](const std::string& name, const std::string& value) {
    return "<binding><parameter name=\"" + name + "\"/>" + literal(value) + "</binding>";
  };
  std::string minus = knowledge("minus", {"a:number", "b:number"}, literal("a - b"), "number");
  auto with = [&](const std::string& callee, const std::string& bindings) {
    return answer(minus + boxed(invoke(callee, bindings), {"k:minus"}));
  };
  EXPECT_EQ(with("minus", bind("b", "1") + bind("a", "5")), "4");
  EXPECT_EQ(with("minus", bind("a", "5")), "null");
  EXPECT_EQ(with("minus", bind("a", "5") + bind("c", "5")), "null");
  EXPECT_EQ(with("minus", bind("a", "[5]") + bind("b", "1")), "4");
  EXPECT_EQ(with("minus", bind("a", "\"5\"") + bind("b", "1")), "null");
  EXPECT_EQ(with("nobody", bind("a", "5")), "null");
  EXPECT_EQ(with("abs", bind("n", "-5")), "5");
  std::string text = knowledge("text", {"a"}, literal("a"), "string");
  EXPECT_EQ(answer(text + boxed(literal("text(1)"), {"k:text"})), "null");
  EXPECT_EQ(answer(text + boxed(literal("text([\"x\"])"), {"k:text"})), "\"x\"");
}

TEST(Boxed, ListsAndRelations) {
  EXPECT_EQ(answer(boxed("<list>" + literal("1") + literal("\"a\"") + "</list>")), "[1, \"a\"]");
  EXPECT_EQ(answer(boxed("<list></list>")), "[]");
  EXPECT_EQ(answer(boxed("<list><list>" + literal("1") + "</list></list>")), "[[1]]");
  std::string relation = "<relation><column name=\"a\"/><column name=\"b c\"/><row>" +
                         literal("1") + literal("2") + "</row><row>" + literal("3") +
                         literal("null") + "</row></relation>";
  EXPECT_EQ(answer(boxed(relation)), "[{a: 1, b c: 2}, {a: 3, b c: null}]");
  EXPECT_EQ(answer(decision("R", relation) + boxed(literal("R[a > 1].b c"), {"d:R"})), "[null]");
}

std::string part(const char* name, const std::string& feel, const std::string& attributes = "") {
  return std::string("<") + name + " " + attributes + ">" + literal(feel) + "</" + name + ">";
}

TEST(Boxed, Conditional) {
  auto conditional = [](const char* condition) {
    return answer(boxed("<conditional>" + part("if", condition) + part("then", "1") +
                        part("else", "2") + "</conditional>"));
  };
  EXPECT_EQ(conditional("1 = 1"), "1");
  EXPECT_EQ(conditional("1 = 2"), "2");
  EXPECT_EQ(conditional("null"), "2");
}

TEST(Boxed, Filter) {
  auto filter = [](const char* in, const char* match) {
    return answer(boxed("<filter>" + part("in", in) + part("match", match) + "</filter>"));
  };
  EXPECT_EQ(filter("[1, 2, 3]", "item > 1"), "[2, 3]");
  EXPECT_EQ(filter("[{a: 1}, {a: 2}]", "item.a > 1"), "[{a: 2}]");
  EXPECT_EQ(filter("[{a: 1}, {a: 2}]", "a > 1"), "[{a: 2}]");
  EXPECT_EQ(filter("[1, 2, 3]", "2"), "2");
  EXPECT_EQ(filter("[1, 2, 3]", "null"), "[]");
  EXPECT_EQ(filter("null", "true"), "null");
  EXPECT_EQ(filter("5", "item = 5"), "[5]");
}

TEST(Boxed, Iterators) {
  auto loop = [](const char* kind, const char* in, const char* body) {
    std::string end = std::string(kind) == "for" ? "return" : "satisfies";
    return answer(boxed(std::string("<") + kind + " iteratorVariable=\"the x\">" + part("in", in) +
                        part(end.c_str(), body) + "</" + kind + ">"));
  };
  EXPECT_EQ(loop("for", "[1, 2]", "the x * 2"), "[2, 4]");
  EXPECT_EQ(loop("for", "[1..3]", "the x"), "[1, 2, 3]");
  EXPECT_EQ(loop("for", "1..3", "the x"), "[1, 2, 3]");
  EXPECT_EQ(loop("for", "[1, 2, 3]", "count(partial)"), "[0, 1, 2]");
  EXPECT_EQ(loop("for", "null", "the x"), "null");
  EXPECT_EQ(loop("for", "5", "the x"), "[5]");
  EXPECT_EQ(loop("some", "[1, 2]", "the x = 2"), "true");
  EXPECT_EQ(loop("some", "[]", "the x = 2"), "false");
  EXPECT_EQ(loop("some", "null", "the x = 2"), "null");
  EXPECT_EQ(loop("every", "[1, 2]", "the x > 0"), "true");
  EXPECT_EQ(loop("every", "[1, 2]", "the x > 1"), "false");
  EXPECT_EQ(loop("every", "[]", "false"), "true");
}

TEST(Boxed, TablesInsideBoxes) {
  std::string table =
      "<decisionTable hitPolicy=\"FIRST\"><input><inputExpression><text>n</text></inputExpression>"
      "</input><output/><rule><inputEntry><text>[1..5]</text></"
      "inputEntry><outputEntry><text>\"few\""
      "</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"
      "\"many\"</text></outputEntry></rule></decisionTable>";
  std::string context =
      "<context>" + entry("n", literal("3")) + entry("size", table) + "</context>";
  EXPECT_EQ(answer(boxed(context)), "{n: 3, size: \"few\"}");
  EXPECT_EQ(answer(knowledge("K", {"n"}, table) + boxed(literal("K(9)"), {"k:K"})), "\"many\"");
}

}  // namespace
}  // namespace decision
