// FEEL, a row a case: what stands left of the arrow gives what stands right of it.

#include <gtest/gtest.h>

#include <sstream>

#include "decision/builtins.h"
#include "decision/evaluate.h"
#include "decision/parser.h"

namespace decision {
namespace {

const char* const kCases = R"cases(
10 + 20 / -5 - 3 -> 3
-2 ** 2 -> 4
2 ** 3 ** 2 -> 64
0.1 + 0.2 = 0.3 -> true
1 = "1" -> null
null = null -> true
1 < null -> null
true and null -> null
false and null -> false
true or null -> true
not(null) -> null
"a" + "b" -> "ab"
"a" + 1 -> null
if 1 > 2 then "yes" else "no" -> "no"
if null then 1 else 2 -> 2
5 between 1 and 5 -> true
5 in (1..5] -> true
5 in [1..5) -> false
5 in (1, < 3, > 4) -> true
"b" in ("a", "b") -> true
[1, 2, 3][2] -> 2
[1, 2, 3][-1] -> 3
[1, 2, 3][4] -> null
[1, 2, 3][item > 1] -> [2, 3]
[{a: 1}, {a: 5}][a > 2].a -> [5]
{a: 1, b: a + 1}.b -> 2
{first name: "Li"}.first name -> "Li"
for i in 1..3 return i * i -> [1, 4, 9]
for i in 3..1 return i -> [3, 2, 1]
for x in [1, 2], y in [x, 10] return x * y -> [1, 10, 4, 20]
for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2] -> [1, 1, 2, 3]
some x in [1, 2] satisfies x > 1 -> true
every x in [1, 2] satisfies x > 1 -> false
(function(a, b) a - b)(b: 1, a: 3) -> 2
sort([3, 1, 2], function(x, y) x > y) -> [3, 2, 1]
substring("横綱力士", 2, 2) -> "綱力"
string length("横綱") -> 2
upper case("straße") -> "STRAßE"
replace("abcd", "(b)(c)", "$2$1") -> "acbd"
matches("foobar", "^fo*b") -> true
split("a;b;c", ";") -> ["a", "b", "c"]
string join(["a", null, "b"], "-") -> "a-b"
number("1 000,5", " ", ",") -> 1000.5
decimal(2.5, 0) -> 2
decimal(1.125, 2) -> 1.12
round half up(-2.5, 0) -> -3
modulo(-12, 5) -> 3
median([8, 2, 5, 3, 4]) -> 4
decimal(stddev([2, 4, 7, 5]), 30) -> 2.08166599946613273528229770698
distinct values([1, 2, 1, null]) -> [1, 2, null]
index of([1, 2, 1], 1) -> [1, 3]
date("2024-01-31") + duration("P1M") -> date("2024-02-29")
date("2024-03-01") - date("2024-02-01") -> duration("P29D")
date and time("2024-01-01T23:30:00") + duration("PT45M") -> date and time("2024-01-02T00:15:00")
@"2024-01-01T12:00:00+08:00" = @"2024-01-01T04:00:00Z" -> true
duration("P1Y2M") * 2 -> duration("P2Y4M")
years and months duration(date("2011-12-22"), date("2013-08-24")) -> duration("P1Y8M")
date("2026-11-22").weekday -> 7
week of year(date("2005-01-01")) -> 53
date("2023-02-29") -> null
before([1..5), [5..10]) -> true
overlaps([1..5], [5..10]) -> true
get value({a: {b: 1}}, "a").b -> 1
context put({a: 1}, ["b", "c"], 2) -> {a: 1, b: {c: 2}}
[1, "a"] instance of list<number> -> false
{a: 1} instance of context<a: number> -> true
date and time("2024-01-01T00:00:00") instance of date and time -> true
10 / 0 -> null
unknown -> null
/* a comment */ 1 // and one more -> 1
)cases";

Value ask(const std::string& text) {
  ParseContext context;
  auto node = parse_expression(text, built_in_names(), context);
  if (!node) return "error: " + node.error().message;
  Evaluator evaluator;
  return evaluator.evaluate(**node, Scope{});
}

TEST(Feel, Cases) {
  std::istringstream lines(kCases);
  std::string line;
  int rows = 0;
  while (std::getline(lines, line)) {
    std::size_t arrow = line.rfind(" -> ");
    if (arrow == std::string::npos) continue;
    EXPECT_EQ(ask(line.substr(0, arrow)).source(), line.substr(arrow + 4)) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 70);
}

TEST(Feel, NamesMayHoldSpacesAndOperators) {
  NameScope scope{&built_in_names(), {"Loan", "Loan - fee", "fee", "in stock", "x"}};
  Context values{{"Loan", 10}, {"Loan - fee", 1}, {"fee", 3}, {"in stock", 5}, {"x", 2}};
  const std::pair<const char*, int> rows[] = {{"Loan - fee", 1},   {"Loan  -  fee", 1},
                                              {"Loan-fee", 1},     {"Loan + fee", 13},
                                              {"in  stock*x", 10}, {"(Loan) - fee", 7}};
  for (auto [text, wanted] : rows) {
    ParseContext context;
    auto node = parse_expression(text, scope, context);
    ASSERT_TRUE(node) << text;
    Evaluator evaluator;
    EXPECT_EQ(evaluator.evaluate(**node, Scope{nullptr, &values}), Value(wanted)) << text;
  }
}

TEST(Feel, UnaryTests) {
  struct Row {
    const char* tests;
    Value input;
    bool wanted;
  };
  const Row rows[] = {
      {"-", {}, true},
      {"< 5", 4, true},
      {"< 5", {}, false},
      {"not(1, 2)", 3, true},
      {"not(1, 2)", 2, false},
      {"[1..3], 7", 7, true},
      {"? > 1 and ? < 3", 2, true},
      {"\"a\"", "a", true},
      {"null", {}, true},
      {"not(null)", {}, false},
      {"true", true, true},
      {"false", true, false},
      {"starts with(?, \"a\")", "ab", true},
      {"!= 3", 4, true},
      {"[1, 2, 3]", 2, true},
      {"(1..3)", 1, false},
      {"1 + 1", 2, true},
  };
  for (const Row& row : rows) {
    ParseContext context;
    auto node = parse_unary_tests(row.tests, built_in_names(), context);
    ASSERT_TRUE(node) << row.tests;
    Evaluator evaluator;
    EXPECT_EQ(evaluator.passes(**node, row.input, Scope{}), row.wanted)
        << row.tests << " of " << row.input.source();
  }
}

TEST(Feel, RefusesWithAPlace) {
  for (const char* text : {"", "1 +", "(1", "[1, 2", "{a 1}", "if a then b", "\"open", "1 2",
                           "for x return 1", "a.", "f(1,", "x instance of nothing", "]1..2"}) {
    ParseContext context;
    auto node = parse_expression(text, built_in_names(), context);
    ASSERT_FALSE(node) << text;
    EXPECT_NE(node.error().where.find("character"), std::string::npos);
  }
}

TEST(Feel, NothingExhaustsTheStackOrTheClock) {
  for (const char* piece : {"(", "[", "-", "{a:", "not(", "if ", "a[", "function(a) "}) {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += piece;
    EXPECT_EQ(ask(text).source().substr(0, 7), "\"error:") << piece;
  }
  Value endless = ask("{f: function(x) f(x), r: (function(g) g(g))(function(g) g(g))}.r");
  EXPECT_TRUE(endless.is_null());
  EXPECT_TRUE(ask("count(for i in 1..100000, j in 1..100000 return i)").kind() != Kind::string);
}

}  // namespace
}  // namespace decision
