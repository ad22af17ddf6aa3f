// What would exhaust the stack, the memory or the clock: each a refusal, or null with a message,
// and soon.

#include <chrono>
#include <filesystem>
#include <fstream>

#include "decision/feel_cases.h"
#include "decision/model_cases.h"

namespace decision {
namespace {

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

// The answer, once it is clear that it came in time; sanitizers and slow machines get some more.
std::string soon(const std::string& feel) {
  auto start = std::chrono::steady_clock::now();
  FeelAnswer got = ask_feel(feel);
  auto took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(std::chrono::duration<double>(took).count(), 60) << feel.substr(0, 100);
  return got.text;
}

TEST(Limits, DeepExpressions) {
  for (const char* piece : {"(", "[", "-", "{a:", "not(", "if ", "a[", "function(a) ", "f(", "[<",
                            "for a in ", "some a in ", "1 in (", "(<", "]", "1..", "{\"a\":"}) {
    EXPECT_EQ(soon(repeated(piece, 100'000)), "error") << piece;
  }
  for (const char* piece : {" + 1", " - 1", " * 1", "**1", " and true", " or true", " = 1", ".a",
                            "[1]", "(1)", " between 1 and 2"}) {
    EXPECT_EQ(soon("1" + repeated(piece, 200'000)), "error") << piece;
    std::string some = soon("1" + repeated(piece, 450));
    EXPECT_NE(some, "error") << piece;
  }
  EXPECT_EQ(soon("0" + repeated(" + 1", 4000)), "4000");
  EXPECT_EQ(soon("false" + repeated(" or false", 4000)), "false");
  EXPECT_EQ(soon("count([" + repeated("1,", 100'000) + "1])"), "100001");
  EXPECT_EQ(soon("1 instance of " + repeated("list<", 100'000)), "error");
  EXPECT_EQ(soon("1 instance of " + repeated("context<a:", 100'000)), "error");
}

TEST(Limits, GiantNumbers) {
  EXPECT_EQ(soon(repeated("9", 1'000'000) + " > 1"), "error");  // past 10^6144
  EXPECT_EQ(soon("0." + repeated("3", 1'000'000)), "0.3333333333333333333333333333333333");
  EXPECT_EQ(soon("1e999999999"), "error");
  EXPECT_EQ(soon("1e-999999999"), "error");
  EXPECT_EQ(soon("1e99999999999999999999"), "error");
  EXPECT_EQ(soon("10 ** 999999999"), "null");
  EXPECT_EQ(soon("9 ** 9 ** 9 ** 9 ** 9"), "null");
  EXPECT_EQ(soon("exp(1e30)"), "null");
  EXPECT_EQ(soon("number(\"1e999999999\")"), "null");
  EXPECT_EQ(soon("decimal(1, 999999999)"), "null");
  EXPECT_EQ(soon("modulo(1e6000, 3)"), "1");
  EXPECT_EQ(soon("@\"P99999999999999999999D\""), "null");
  EXPECT_EQ(soon("@\"P9999999999999999999Y\""), "null");
  EXPECT_EQ(soon("@\"PT9999999999999999S\""), "null");
  EXPECT_EQ(soon("@\"2012-12-25\" + @\"P99999999999Y\""), "null");
  EXPECT_EQ(soon("@\"P1D\" * 1e6000"), "null");
  EXPECT_EQ(soon("date(1e30, 1, 1)"), "null");
}

TEST(Limits, HugeLists) {
  EXPECT_EQ(soon("for i in 1..1000000000000 return i"), "null");
  EXPECT_EQ(soon("count(for i in 1..1000000, j in 1..1000000 return i)"), "null");
  EXPECT_EQ(soon("for i in 1..100000 return every j in 1..1000000 satisfies false"), "null");
  EXPECT_EQ(soon("for d in @\"0001-01-01\"..@\"9999999-01-01\" return d"), "null");
  EXPECT_EQ(soon("count(distinct values(for i in 1..500000 return i))"), "null");
  EXPECT_EQ(soon("count(for i in 1..200000 return count(partial))"), "null");
  // Each list holds the one before it ten times.
  std::string bomb = "{a: [1,1,1,1,1,1,1,1,1,1]";
  for (char c = 'b'; c <= 'z'; ++c) {
    std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(", ") + c + ": [" + repeated(before + ",", 9) + before + "]";
  }
  for (const char* use :
       {"flatten(z)", "string(z)", "z = z", "z", "count(z)", "flatten(f) = [1]"}) {
    soon(bomb + ", use: " + use + "}.use");
  }
  EXPECT_EQ(soon(bomb + ", use: count(flatten(f))}.use"), "1000000");
  EXPECT_NE(ask_feel(bomb + "}").messages.at(0).find("too large"), std::string::npos);
  // Each list holds the one before it, and so lies one deeper.
  soon("for i in 1..50000 return [partial[-1]]");
  soon("for i in 1..50000 return {a: partial[-1]}");
  soon("for i in 1..50000 return function() partial[-1]");
}

TEST(Limits, HugeTexts) {
  std::string doubling = "{a: \"0123456789\"";
  for (char c = 'b'; c <= 'z'; ++c) {
    std::string before(1, static_cast<char>(c - 1));
    doubling += std::string(", ") + c + ": " + before + " + " + before;
  }
  EXPECT_EQ(soon(doubling + ", use: z}.use"), "null");
  EXPECT_EQ(soon(doubling + ", use: string length(q)}.use"), "655360");
  soon(doubling + ", use: for i in 1..100000 return q}.use");
  soon(doubling + ", use: for i in 1..100000 return contains(q, p)}.use");
  soon(doubling + ", use: for i in 1..100000 return upper case(q)}.use");
  EXPECT_EQ(soon(doubling + ", use: string join(for i in 1..100 return q)}.use"), "null");
  EXPECT_EQ(soon(doubling + ", use: string([q, q, q])}.use"), "null");
  EXPECT_EQ(soon("{a: " + literal("x") + "}"), "error");
  soon("for i in 1..1000 return matches(string join(for j in 1..5000 return \"a\"), \"(a|aa)*b\")");
}

TEST(Limits, FunctionsWithoutEnd) {
  EXPECT_EQ(soon("{f: function(x) f(x), r: f(1)}.r"), "null");
  EXPECT_EQ(soon("{f: function(x) f(x) + f(x), r: f(1)}.r"), "null");
  EXPECT_EQ(soon("(function(g) g(g))(function(g) g(g))"), "null");
  EXPECT_EQ(soon("sort([1, 2], function(x, y) sort([1, 2], function(a, b) a < b) = [])"), "[1, 2]");
}

std::string refusal(const std::string& xml) {
  auto model = Model::parse(xml, "t");
  return model ? "read" : model.error().message;
}

TEST(Limits, Documents) {
  EXPECT_EQ(refusal("<!DOCTYPE x [<!ENTITY a \"aa\">]><definitions/>"), "a DOCTYPE is not taken");
  EXPECT_EQ(refusal("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><definitions/>"),
            "a DOCTYPE is not taken");
  EXPECT_EQ(refusal(repeated("<a>", 300) + repeated("</a>", 300)), "the XML is nested too deeply");
  EXPECT_NE(refusal(repeated("<a>", 1'000'000)), "read");
  EXPECT_EQ(refusal(std::string(33 << 20, ' ')), "the model is larger than 32 MiB");
  std::string boxes = repeated("<context><contextEntry>", 60) + literal("1") +
                      repeated("</contextEntry></context>", 60);
  EXPECT_EQ(refusal(definitions(decision("D", boxes))), "boxes are nested too deeply");
}

TEST(Limits, Circles) {
  std::string ring = decision("A", literal("B"), {"d:B"}) + decision("B", literal("A"), {"d:A"});
  EXPECT_NE(refusal(definitions(ring)).find("requires itself"), std::string::npos);
  std::string chain = decision("D0", literal("1"));
  for (int i = 1; i < 20'000; ++i) {
    std::string before = "D" + std::to_string(i - 1);
    chain += decision("D" + std::to_string(i), literal(before), {"d:" + before});
  }
  EXPECT_EQ(refusal(definitions(chain)), "stands on too many others");
  std::string each_other = knowledge("f", {"n"}, literal("g(n)"), "", {"k:g"}) +
                           knowledge("g", {"n"}, literal("f(n)"), "", {"k:f"});
  EXPECT_EQ(answer(each_other + decision("D", literal("f(1)"), {"k:f"})), "null");
  std::string service =
      "<decisionService id=\"S\" name=\"S\"><variable name=\"S\"/><outputDecision href=\"#D\"/>"
      "</decisionService>" +
      decision("D", literal("S()"), {"k:S"});
  EXPECT_EQ(answer(service), "null");
  std::string types =
      "<itemDefinition name=\"a\"><typeRef>b</typeRef></itemDefinition>"
      "<itemDefinition name=\"b\"><typeRef>a</typeRef></itemDefinition>";
  EXPECT_NE(refusal(definitions(types)).find("contains itself"), std::string::npos);
}

// Every model of a folder imports all of them: a tree of imports that has no end.
TEST(Limits, Imports) {
  auto folder = std::filesystem::temp_directory_path() / "evenhand_limits_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  for (int i = 0; i < 10; ++i) {
    std::string name = std::to_string(i);
    std::string xml = "<definitions name=\"m\" namespace=\"urn:" + name + "\">";
    for (int k = i + 1; k < 10; ++k) {
      std::string other = std::to_string(k);
      xml += "<import name=\"m" + other + "\" namespace=\"urn:" + other +
             "\" importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/>";
    }
    std::ofstream(folder / (name + ".dmn")) << xml << "</definitions>";
  }
  auto model = Model::load(folder / "0.dmn");
  ASSERT_FALSE(model);
  EXPECT_NE(model.error().message.find("imports"), std::string::npos);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace decision
