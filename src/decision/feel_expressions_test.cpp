// FEEL's expressions, by the rules of its grammar (chapter 10.3.1): what each gives, and where
// null comes from.

#include "decision/feel_cases.h"

namespace decision {
namespace {

TEST(FeelExpressions, Literals) {
  expect_feel(R"feel(
null -> null
true -> true
.5 -> 0.5
1.5e2 -> 150
1E-2 -> 0.01
1e+2 -> 100
-1 -> -1
- 1 -> -1
--1 -> 1
1. -> error
1e -> error
1.2.3 -> error
0001 -> 1
9999999999999999999999999999999999 + 0 -> 9999999999999999999999999999999999
12345678901234567890123456789012345 -> 12345678901234567890123456789012340
0.1 + 0.2 -> 0.3
"a\"b" -> "a\"b"
"a\\b" -> "a\\b"
"\u0041\U01F40E" = "A🐎" -> true
"\uD83D\uDC0E" = "\U01F40E" -> true
"tab\t" = "tab	" -> true
'a' -> error
"" -> ""
@"2012-12-25" -> date("2012-12-25")
@"23:59:00Z" -> time("23:59:00Z")
@"2012-12-25T23:59:00@Asia/Shanghai" -> date and time("2012-12-25T23:59:00@Asia/Shanghai")
@"P1Y" -> duration("P1Y")
@"-PT5H" -> duration("-PT5H")
@"foo" -> null
@1 -> error
1 /* one */ + /* two */ 2 // three -> 3
/* open -> error
)feel",
              32);
}

TEST(FeelExpressions, Arithmetic) {
  expect_feel(R"feel(
1 + 2 * 3 -> 7
(1 + 2) * 3 -> 9
10 / 4 -> 2.5
1 / 3 * 3 -> 0.9999999999999999999999999999999999
2 ** 10 -> 1024
2 ** -1 -> 0.5
2 ** 0.5 = sqrt(2) -> false
4 ** 0.5 -> 2
0 ** 0 -> 1
0 ** -1 -> null
(-8) ** (1 / 3) -> null
10 ** 6145 -> null
10 ** 6144 / 10 ** 6143 -> 10
1 / 0 -> null
0 / 0 -> null
1 + null -> null
null - 1 -> null
1 + "a" -> null
"a" + "b" -> "ab"
"a" - "b" -> null
"a" * 2 -> null
"a" + null -> null
true + 1 -> null
[1] + [2] -> null
{} + {} -> null
-"a" -> null
-null -> null
-true -> null
-[1] -> null
@"2012-12-25" + @"P1D" -> date("2012-12-26")
@"P1D" + @"2012-12-25" -> date("2012-12-26")
@"2012-12-25" - @"P1M" -> date("2012-11-25")
@"2012-12-25" + @"PT36H" -> date("2012-12-26")
@"2012-03-31" - @"P1M" -> date("2012-02-29")
@"2012-12-25" - @"2012-12-24" -> duration("P1D")
@"2012-12-25" + @"2012-12-24" -> null
@"2012-12-25" + 1 -> null
@"P1D" - @"2012-12-25" -> null
@"2012-12-25T00:00:00" - @"2012-12-24T12:00:00" -> duration("PT12H")
@"2012-12-25T00:00:00Z" - @"2012-12-24T12:00:00+02:00" -> duration("PT14H")
@"2012-12-25T00:00:00Z" - @"2012-12-24T12:00:00" -> null
@"2012-12-25T00:00:00Z" - @"2012-12-24" -> duration("P1D")
@"2012-12-25T00:00:00" + @"P1Y" -> date and time("2013-12-25T00:00:00")
@"2012-12-25T23:00:00" + @"PT2H" -> date and time("2012-12-26T01:00:00")
@"23:00:00" + @"PT2H" -> time("01:00:00")
@"01:00:00" - @"PT2H" -> time("23:00:00")
@"23:00:00" + @"P1D" -> time("23:00:00")
@"23:00:00" + @"P1Y" -> null
@"23:00:00" - @"21:30:00" -> duration("PT1H30M")
@"23:00:00Z" - @"23:00:00+01:00" -> duration("PT1H")
@"23:00:00Z" - @"23:00:00" -> null
@"P1Y" + @"P2M" -> duration("P1Y2M")
@"P1D" + @"PT1H" -> duration("P1DT1H")
@"P1Y" + @"P1D" -> null
@"P1Y" - @"P13M" -> duration("-P1M")
@"P1D" * 1.5 -> duration("P1DT12H")
2 * @"P1Y" -> duration("P2Y")
@"P1Y" * @"P1Y" -> null
@"P1Y" / 2 -> duration("P6M")
@"P1D" / 0 -> null
@"P1D" / @"PT6H" -> 4
@"P1Y" / @"P5M" -> 2.4
@"P1Y" / @"P1D" -> null
@"P1D" / @"PT0S" -> null
2 / @"P1Y" -> null
-@"P1Y2M" -> duration("-P1Y2M")
@"2012-02-29" + @"P1Y" -> date("2013-02-28")
@"999999999-12-31" + @"P1D" -> null
)feel",
              68);
}

TEST(FeelExpressions, Comparisons) {
  expect_feel(R"feel(
1 = 1.0 -> true
"a" = "A" -> false
1 = null -> false
null = null -> true
null != 1 -> true
1 = "1" -> null
1 != "1" -> null
true = true -> true
true = 1 -> null
[1, 2] = [1, 2] -> true
[1, 2] = [1, "2"] -> false
[] = [] -> true
{a: 1, b: 2} = {b: 2, a: 1} -> true
{a: 1} = {a: 2} -> false
{a: 1} != {b: 1} -> true
[1..2] = [1..2] -> true
[1..2] = [1..2) -> false
@"P1Y" = @"P12M" -> true
@"P1D" = @"PT24H" -> true
@"P1Y" = @"P365D" -> null
@"2012-12-25" = @"2012-12-25T00:00:00" -> null
@"23:00:00Z" = @"22:00:00-01:00" -> true
@"2012-12-25T12:00:00@Europe/Paris" = @"2012-12-25T11:00:00Z" -> true
@"2012-07-25T12:00:00@Europe/Paris" = @"2012-07-25T10:00:00Z" -> true
@"2042-07-25T12:00:00@Europe/Paris" = @"2042-07-25T10:00:00Z" -> true
@"2042-01-25T12:00:00@Europe/Paris" = @"2042-01-25T11:00:00Z" -> true
@"2042-01-25T12:00:00@Australia/Sydney" = @"2042-01-25T01:00:00Z" -> true
@"2042-07-25T12:00:00@Australia/Sydney" = @"2042-07-25T02:00:00Z" -> true
@"2042-07-25T12:00:00@Asia/Shanghai" = @"2042-07-25T04:00:00Z" -> true
@"2042-03-30T01:59:59@Europe/Paris" = @"2042-03-30T00:59:59Z" -> true
@"2042-03-30T03:00:00@Europe/Paris" = @"2042-03-30T01:00:00Z" -> true
1 < 2 -> true
"a" <= "b" -> true
1 < "2" -> null
1 < null -> null
null >= null -> null
true > false -> null
[1] < [2] -> null
@"2012-12-24" < @"2012-12-25" -> true
@"2012-12-24T00:00:00Z" < @"2012-12-24T00:00:00" -> null
@"P1D" < @"P1M" -> null
1 < 2 < 3 -> null
1 = 1 = true -> true
1 between 0 and 2 -> true
3 between 0 and 2 -> false
1 between null and 2 -> null
1 between 2 and null -> false
"b" between "a" and "c" -> true
1 between "a" and 2 -> null
@"2012-12-25" between @"2012-12-24" and @"2012-12-26" -> true
true and true -> true
true and false -> false
false and null -> false
null and true -> null
"a" and true -> null
"a" and false -> false
false or null -> null
true or "a" -> true
false or 1 -> null
null or null -> null
true and not(false) -> true
1 = 1 and 2 = 2 or false -> true
1 in 1 -> true
1 in (1) -> true
1 in (2, 1) -> true
1 in [1] -> true
1 in [2, 3] -> false
1 in [0..2] -> true
1 in (1..2) -> false
1 in ]1..2] -> false
2 in [1..2[ -> false
2 in (1..2] -> true
1 in (>= 1, "a") -> true
1 in < 2 -> true
1 in [[0..1], [3..4]] -> true
[1, 2] in [[1, 2], [3]] -> true
[1] in ([1], [2]) -> true
"a" in ["a", "b"] -> true
null in (null) -> true
null in [1..2] -> null
{a: 1} in [{a: 1}] -> true
@"2012-12-25" in [@"2012-12-24"..@"2012-12-26"] -> true
true in (true) -> true
1 in (= 1) -> true
1 in (!= 2) -> true
)feel",
              85);
}

TEST(FeelExpressions, ControlFlow) {
  expect_feel(R"feel(
if true then 1 else 2 -> 1
if false then 1 else 2 -> 2
if null then 1 else 2 -> 2
if "true" then 1 else 2 -> 2
if 1 = 1 then if false then 1 else 2 else 3 -> 2
if true then 1 -> error
for x in [1, 2] return x * 2 -> [2, 4]
for x in 1..3 return x -> [1, 2, 3]
for x in 3..1 return x -> [3, 2, 1]
for x in 1..1 return x -> [1]
for x in -2..0 return x -> [-2, -1, 0]
for x in 1 + 1..2 + 2 return x -> [2, 3, 4]
for x in [1..3] return x -> [1, 2, 3]
for x in (1..3) return x -> [2]
for x in [[1, 2], [3]] return count(x) -> [2, 1]
for x in [], y in [1] return x -> []
for x in [1, 2], y in [3, 4] return [x, y] -> [[1, 3], [1, 4], [2, 3], [2, 4]]
for x in [[1, 2], [3]], y in x return y -> [1, 2, 3]
for x in 1..2, y in 1..x return x * 10 + y -> [11, 21, 22]
for i in 0..4 return if i = 0 then 1 else i * partial[-1] -> [1, 1, 2, 6, 24]
for i in 1..3 return count(partial) -> [0, 1, 2]
for x in null return x -> null
for x in 5 return x -> [5]
for x in "a" return x -> ["a"]
for x in 1..null return x -> null
for x in 1..2.5 return x -> null
for x in "a".."c" return x -> null
for d in @"2020-02-28"..@"2020-03-01" return d.day -> [28, 29, 1]
for d in @"2020-03-01"..@"2020-02-28" return d.day -> [1, 29, 28]
for x in {a: 1} return x.a -> [1]
for my x in [1, 2] return my x + 1 -> [2, 3]
some x in [1, 2] satisfies x = 2 -> true
some x in [1, 2], y in [2, 3] satisfies x = y -> true
some x in [] satisfies x = 2 -> false
some x in [1, null] satisfies x = 2 -> false
some x in [1, "a"] satisfies x > 1 -> null
some x in null satisfies x = 2 -> null
every x in [1, 2] satisfies x > 0 -> true
every x in [1, 2], y in [x] satisfies x = y -> true
every x in [] satisfies false -> true
every x in [1, "a"] satisfies x > 0 -> null
every x in [1, "a"] satisfies x < 0 -> false
every x in [1, 2] satisfies null -> null
some x in [[1, 2], [3]] satisfies some y in x satisfies y = 3 -> true
)feel",
              44);
}

TEST(FeelExpressions, ListsAndContexts) {
  expect_feel(R"feel(
[] -> []
[1, [2], null] -> [1, [2], null]
[1, 2, 3][1] -> 1
[1, 2, 3][-3] -> 1
[1, 2, 3][-4] -> null
[1, 2, 3][0] -> null
[1, 2, 3][4] -> null
[1, 2, 3][1.5] -> null
[1, 2, 3][item >= 2] -> [2, 3]
[1, 2, 3][item > 5] -> []
[1, 2, 3][true] -> [1, 2, 3]
[1, 2, 3][false] -> []
[1, 2, 3][null] -> []
[1, null, 3][item = null] -> [null]
[[1, 2], [3, 4]][2][1] -> 3
[[1, 2], [3]][count(item) = 1] -> [[3]]
[{x: 1, y: 2}, {x: 2, y: 3}][x = 1] -> [{x: 1, y: 2}]
[{x: 1, y: 2}, {x: 2, y: 3}][item.x = 2].y -> [3]
[{x: 1}, {x: null}, {}][x = null] -> [{x: null}, {}]
[{item: 1}, {item: 2}][item = 2] -> [{item: 2}]
[{x: 1}, {x: 2}].x -> [1, 2]
[{x: {y: 1}}, {x: {y: 2}}].x.y -> [1, 2]
[{x: 1}, {y: 2}].x -> [1, null]
[1, 2][count([1])] -> 1
1[1] -> 1
1[2] -> null
1[item = 1] -> [1]
null[1] -> null
null[true] -> null
{a: 1}.a -> 1
{a: 1}.b -> null
null.a -> null
1.a -> null
"a".b -> null
{a: {b: {c: 1}}}.a.b.c -> 1
{a: 1, b: a + 1, c: b * 2}.c -> 4
{"a b": 1, c: a b + 1}.c -> 2
{a b: 1}.a b -> 1
{a-b: 5, c: a-b - 1}.c -> 4
{a: 1, a: 2} -> null
{a: {a: 2}.a}.a -> 2
{} -> {}
{a: function(x) x * 2, b: a(4)}.b -> 8
{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(10)}.r -> 55
(function(x, y) x - y)(1, 2) -> -1
(function(x, y) x - y)(y: 1, x: 2) -> 1
(function(x, y) x - y)(1) -> null
(function(x, y) x - y)(x: 1) -> null
(function(x, y) x - y)(x: 1, z: 2) -> null
(function(x: number) x)("a") -> null
(function(x: number) x)([1]) -> 1
(function(x: list<number>) count(x))(1) -> 1
(function(x: number) x = null)("a") -> null
(function() 5)() -> 5
(function(f) f(2))(function(x) x + 1) -> 3
(function(f) f([1, 2]))(count) -> 2
{make: function(a) function(b) a + b, r: make(1)(2)}.r -> 3
1(2) -> null
"a"(1) -> null
{a: 1}.a(1) -> null
@"2012-12-25".year -> 2012
@"2012-12-25".weekday -> 2
@"2012-12-25".hour -> null
@"2012-12-25T23:59:01.5+02:00".second -> 1.5
@"2012-12-25T23:59:01+02:00".time offset -> duration("PT2H")
@"2012-12-25T23:59:01@Europe/Paris".timezone -> "Europe/Paris"
@"2012-12-25T23:59:01@Europe/Paris".time offset -> duration("PT1H")
@"2012-12-25T23:59:01".time offset -> null
@"23:59:01Z".hour -> 23
@"P1Y2M".years -> 1
@"P1Y2M".months -> 2
@"P1Y2M".days -> null
@"P1DT2H3M4.5S".hours -> 2
@"P1DT2H3M4.5S".seconds -> 4.5
@"-P1DT2H".days -> -1
[1..5).start -> 1
[1..5).end included -> false
(1..5].start included -> false
(< 5).end -> 5
(< 5).start -> null
(>= 5).start included -> true
)feel",
              81);
}

TEST(FeelExpressions, Types) {
  expect_feel(R"feel(
1 instance of number -> true
"a" instance of string -> true
true instance of boolean -> true
@"2012-12-25" instance of date -> true
@"23:59:00" instance of time -> true
@"2012-12-25T23:59:00" instance of date and time -> true
@"P1D" instance of days and time duration -> true
@"P1Y" instance of years and months duration -> true
@"P1Y" instance of days and time duration -> false
[1] instance of list<number> -> true
[1, "a"] instance of list<number> -> false
[1, "a"] instance of list<Any> -> true
[] instance of list<string> -> true
[null] instance of list<string> -> true
1 instance of list<number> -> false
[1] instance of number -> false
{a: 1} instance of context<a: number> -> true
{a: 1, b: 2} instance of context<a: number> -> true
{b: 1} instance of context<a: number> -> false
{a: {b: "x"}} instance of context<a: context<b: string>> -> true
[1..5] instance of range<number> -> true
["a".."b"] instance of range<number> -> false
(> 5) instance of range<number> -> true
count instance of function<list<Any>> -> number -> true
(function(x) x) instance of function<Any> -> Any -> true
(function(x: string) x) instance of function<number> -> Any -> false
(function(x, y) x) instance of function<Any> -> Any -> false
null instance of Null -> true
null instance of number -> false
null instance of Any -> false
1 instance of Any -> true
not(1 instance of string) -> true
1 instance of number and true -> true
1 + 1 instance of number -> null
1 instance of nothing -> error
)feel",
              35);
}

TEST(FeelExpressions, Ranges) {
  expect_feel(R"feel(
before(1, 10) -> true
before(10, 1) -> false
before(1, [1..10]) -> false
before(1, (1..10]) -> true
before([1..10], 10) -> false
before([1..10), 10) -> true
before([1..10], [15..20]) -> true
before([1..10), [10..20]) -> true
before(point1: 1, point2: 2) -> true
before(range1: [1..2], range2: [3..4]) -> true
after(10, 5) -> true
after([11..20], 10) -> true
after((10..20], 10) -> true
after([11..20], [1..11)) -> true
after(range: [11..20], point: 12) -> false
meets([1..5], [5..10]) -> true
meets([1..5), [5..10]) -> false
meets([1..5], [6..10]) -> false
met by([5..10], [1..5]) -> true
met by([5..10], [1..5)) -> false
overlaps([1..5], [3..8]) -> true
overlaps([3..8], [1..5]) -> true
overlaps([1..8], [3..5]) -> true
overlaps([1..5], [6..8]) -> false
overlaps([1..5), [5..8]) -> false
overlaps([1..5], (5..8]) -> false
overlaps before([1..5], [3..8]) -> true
overlaps before([1..5], [6..8]) -> false
overlaps before([1..5], [5..8]) -> true
overlaps before([1..5], (5..8]) -> false
overlaps before([1..5), [1..5]) -> false
overlaps before([1..5], (1..5]) -> true
overlaps before([1..5), (1..5]) -> true
overlaps after([3..8], [1..5]) -> true
overlaps after([5..8], [1..5)) -> false
overlaps after((1..5], [1..5)) -> true
finishes(10, [1..10]) -> true
finishes(10, [1..10)) -> false
finishes([5..10], [1..10]) -> true
finishes([5..10), [1..10]) -> false
finished by([1..10], 10) -> true
finished by([1..10], [5..10]) -> true
includes([1..10], 5) -> true
includes([1..10), 10) -> false
includes([1..10], [1..10)) -> true
includes([1..10), [1..10]) -> false
during(5, [1..10]) -> true
during([4..6], [1..10)) -> true
during(1, (1..10]) -> false
starts(1, [1..10]) -> true
starts(1, (1..10]) -> false
starts([1..5], [1..10]) -> true
started by([1..10], 1) -> true
started by([1..10], [1..5]) -> true
coincides(5, 5) -> true
coincides([1..5], [1..5]) -> true
coincides([1..5], (1..5]) -> false
coincides(3, 4) -> false
before(null, 1) -> null
before(1, "a") -> null
includes(1, [1..2]) -> null
includes([1..5]) -> null
before(@"2012-12-24", @"2012-12-25") -> true
during(@"2012-12-24", [@"2012-12-24"..@"2012-12-25"]) -> true
range("[18..21)") -> [18..21)
range("[\"a\"..\"c\"]") -> ["a".."c"]
range("[date(\"2012-12-24\")..date(\"2012-12-25\")]") -> [date("2012-12-24")..date("2012-12-25")]
range("[@\"P1D\"..@\"P2D\"]") -> [duration("P1D")..duration("P2D")]
range("(1..5)") -> (1..5)
range("]1..5[") -> (1..5)
range("[2..1]") -> null
range("[1..\"a\"]") -> null
range("1..2") -> null
range("") -> null
range(null) -> null
range(1) -> null
range(from: "[1..2]") -> [1..2]
)feel",
              77);
}

}  // namespace
}  // namespace decision
