// FEEL's own functions, one by one as chapter 10.3.4 of the standard lists them: what they give,
// with names for arguments, for null, for a wrong type, at their bounds.

#include "decision/feel_cases.h"

namespace decision {
namespace {

TEST(FeelFunctions, Conversions) {
  expect_feel(R"feel(
date("2012-12-25") - date("2012-12-24") -> duration("P1D")
date(from: "2012-12-25") -> date("2012-12-25")
date(2012, 12, 25) -> date("2012-12-25")
date(year: 2012, month: 12, day: 25) -> date("2012-12-25")
date(day: 25, year: 2012, month: 12) -> date("2012-12-25")
date(date and time("2012-12-24T23:59:00Z")) -> date("2012-12-24")
date(date("2012-12-24")) -> date("2012-12-24")
date(2012, 13, 1) -> null
date(2012, 2, 30) -> null
date(2012.5, 1, 1) -> null
date(2012, "1", 1) -> null
date(2012, 1) -> null
date() -> null
date(null) -> null
date(1) -> null
date([]) -> null
date("2012-12-25T00:00:00") -> null
date("2012-12-25Z") -> null
date("2012-1-25") -> null
date("12012-12-25") -> date("12012-12-25")
date("-2012-12-25") -> date("-2012-12-25")
date("+2012-12-25") -> null
date("02012-12-25") -> null
date("999999999-12-31") -> date("999999999-12-31")
date("9999999999-12-31") -> null
date(999999999, 12, 31) -> date("999999999-12-31")
date(1000000000, 1, 1) -> null
date(-999999999, 1, 1) -> date("-999999999-01-01")
date("  2012-12-25") -> null
date("2012-12-25 ") -> null
date and time("2012-12-24T23:59:00") -> date and time("2012-12-24T23:59:00")
date and time("2012-12-24") -> date and time("2012-12-24T00:00:00")
date and time(@"2012-12-24", @"23:59:00") -> date and time("2012-12-24T23:59:00")
date and time(date: @"2012-12-24", time: @"23:59:00Z") -> date and time("2012-12-24T23:59:00Z")
date and time(@"2012-12-24T01:00:00Z", @"23:59:00") -> date and time("2012-12-24T23:59:00")
string(@"2012-12-24T23:59:00@Europe/Paris") -> "2012-12-24T23:59:00@Europe/Paris"
date and time("2012-12-24T23:59:00@Europe/Nowhere") -> null
string(date and time("2012-12-24T23:59:00.123456789Z")) -> "2012-12-24T23:59:00.123456789Z"
date and time("2012-12-24T24:00:01") -> null
date and time("2012-12-24T23:60:00") -> null
date and time("2012-12-24T23:59:60") -> null
date and time("2012-12-24T23:59") -> null
date and time("2012-12-24 23:59:00") -> null
date and time("2012-12-24T23:59:00+19:00") -> null
date and time(null) -> null
date and time(date("2012-12-24"), null) -> null
date and time(null, time("23:59:00")) -> null
date and time(1) -> null
date and time() -> null
time("23:59:00") -> time("23:59:00")
time(from: "23:59:00Z") -> time("23:59:00Z")
time("23:59:00@Asia/Shanghai") -> time("23:59:00@Asia/Shanghai")
time(23, 59, 0) -> time("23:59:00")
time(23, 59, 0, duration("PT8H")) -> time("23:59:00+08:00")
time(hour: 23, minute: 59, second: 0, offset: duration("-PT1H30M")) -> time("23:59:00-01:30")
time(23, 59, 0, null) -> time("23:59:00")
time(23, 59, 1.5) -> time("23:59:01.5")
time(24, 0, 0) -> null
time(-1, 0, 0) -> null
time(1, 60, 0) -> null
time(1, 1, 60) -> null
time(1, 1) -> null
time(null) -> null
time("7:20:00") -> null
time("07:20") -> null
time("24:00:00") -> null
time(date and time("2012-12-24T23:59:00Z")) -> time("23:59:00Z")
time(date("2012-12-24")) -> time("00:00:00Z")
number("1 000,5", " ", ",") -> 1000.5
number("1,000.5", ",", ".") -> 1000.5
number("1.000,5", ".", ",") -> 1000.5
number(from: "1,000.5", grouping separator: ",", decimal separator: ".") -> 1000.5
number("1000.5", null, null) -> 1000.5
number("1000,5", null, ",") -> 1000.5
number("1000.5", null, ".") -> 1000.5
number("1", ",", ",") -> null
number("1", "x", ".") -> null
number("1", ",", "x") -> null
number("1", 1, ".") -> null
number("1,000.5") -> null
number("-1.5") -> -1.5
number("1e3") -> 1000
number("x") -> null
number("") -> null
number(null) -> null
number(1) -> null
number("0x1F") -> null
string(1.1) -> "1.1"
string(from: 1) -> "1"
string("a") -> "a"
string(null) -> null
string(true) -> "true"
string(date("2012-12-25")) -> "2012-12-25"
string(time("23:59:00.10Z")) -> "23:59:00.1Z"
string(date and time("2012-12-24T23:59:00@Europe/Paris")) -> "2012-12-24T23:59:00@Europe/Paris"
string(duration("P1DT2H3M4.567S")) -> "P1DT2H3M4.567S"
string(duration("P14M")) -> "P1Y2M"
string(duration("PT0S")) -> "PT0S"
string(duration("P0M")) -> "P0M"
string(-duration("P13M")) -> "-P1Y1M"
string([1, "a", null]) -> "[1, \"a\", null]"
string({a: 1, b: "x"}) -> "{a: 1, b: \"x\"}"
string([1..5)) -> "[1..5)"
string() -> null
string(1, 2) -> null
string(1 / 3) -> "0.3333333333333333333333333333333333"
string(10 ** 20) -> "100000000000000000000"
string(0.000001) -> "0.000001"
duration("P1Y2M") -> duration("P1Y2M")
duration(from: "P1D") -> duration("P1D")
duration("-PT1H") -> duration("-PT1H")
duration("P1Y1D") -> null
duration("P") -> null
duration("PT") -> null
duration("P1DT") -> null
duration("1D") -> null
duration("P1H") -> null
duration("P1.5D") -> null
duration("PT1.5S") -> duration("PT1.5S")
duration("P400D") -> duration("P400D")
duration("PT36H") -> duration("P1DT12H")
duration(null) -> null
duration(1) -> null
duration("P0Y") -> duration("P0M")
years and months duration(date("2011-12-22"), date("2013-08-24")) -> duration("P1Y8M")
years and months duration(from: date("2013-08-24"), to: date("2011-12-22")) -> duration("-P1Y8M")
years and months duration(date("2011-01-31"), date("2011-02-28")) -> duration("P0M")
years and months duration(@"2011-12-22T10:00:00", @"2012-12-22") -> duration("P1Y")
years and months duration(null, date("2012-12-22")) -> null
years and months duration(date("2012-12-22"), null) -> null
years and months duration("2011-12-22", "2012-12-22") -> null
)feel",
              131);
}

// A list of one stands for its item where a single value is wanted.
TEST(FeelFunctions, TakeAListOfOne) {
  expect_feel(R"feel(
upper case(["abc"]) -> "ABC"
contains(["foobar"], ["o"]) -> true
abs([-1]) -> 1
not([true]) -> false
date(["2012-12-25"]) -> date("2012-12-25")
day of week([@"2012-12-25"]) -> "Tuesday"
abs([1, 2]) -> null
abs([[1]]) -> null
string(["a"]) -> "[\"a\"]"
string join(["a"]) -> "a"
)feel",
              10);
}

TEST(FeelFunctions, Booleans) {
  expect_feel(R"feel(
not(true) -> false
not(negand: false) -> true
not(null) -> null
not("a") -> null
not() -> null
not(true, false) -> null
is(date("2012-12-25"), time("23:00:50")) -> false
is(time("23:00:50"), time("23:00:50")) -> true
is(time("23:00:50"), time("23:00:50Z")) -> false
is(1, 1.0) -> true
is(null, null) -> true
is(1, null) -> false
is("1", 1) -> false
is() -> null
)feel",
              14);
}

TEST(FeelFunctions, Strings) {
  expect_feel(R"feel(
substring("foobar", 3) -> "obar"
substring("foobar", 3, 3) -> "oba"
substring("foobar", -2, 1) -> "a"
substring("\U01F40Eab", 2) -> "ab"
substring(string: "foobar", start position: 3, length: 1) -> "o"
substring("foobar", 0) -> null
substring("foobar", 1, 0) -> null
substring("foobar", 1, 20) -> "foobar"
substring("foobar", -7) -> null
substring(null, 1) -> null
substring("foobar", null) -> null
substring("foobar", "1") -> null
substring("foobar", 1, "1") -> null
substring(1, 1) -> null
substring("foobar") -> null
string length("foo") -> 3
string length("\U01F40Eab") -> 3
string length(string: "") -> 0
string length(null) -> null
string length(12) -> null
string length([]) -> null
upper case("aBc4") -> "ABC4"
upper case(string: "é") -> "É"
upper case(null) -> null
upper case(1) -> null
lower case("aBc4") -> "abc4"
lower case(string: "É") -> "é"
lower case(null) -> null
substring before("foobar", "bar") -> "foo"
substring before(string: "foobar", match: "xyz") -> ""
substring before("foobar", "") -> ""
substring before("foobar", null) -> null
substring before(1, "a") -> null
substring after("foobar", "ob") -> "ar"
substring after(string: "foobar", match: "xyz") -> ""
substring after("", "a") -> ""
substring after("foobar", "") -> "foobar"
substring after(null, "a") -> null
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") -> "[1=ab][2=]cd"
replace(input: "abc", pattern: "B", replacement: "x", flags: "i") -> "axc"
replace("abc", "b", null) -> null
replace("abc", null, "x") -> null
replace(null, "b", "x") -> null
replace("abc", "b", "x", null) -> "axc"
replace("abc", "b", "x", "k") -> null
replace("abc", "[b", "x") -> null
replace("abc", "b") -> null
contains("foobar", "of") -> false
contains(string: "foobar", match: "oba") -> true
contains("foobar", "") -> true
contains("foobar", null) -> null
contains(null, "a") -> null
contains(1, "1") -> null
starts with("foobar", "fo") -> true
starts with(string: "foobar", match: "ob") -> false
starts with("foobar", null) -> null
ends with("foobar", "r") -> true
ends with(string: "foobar", match: "fo") -> false
ends with(null, null) -> null
matches("foobar", "^fo*b") -> true
matches(input: "foobar", pattern: "^Fo*b", flags: "i") -> true
matches("foobar", "^Fo*b", null) -> false
matches("foobar", null) -> null
matches(null, "a") -> null
matches("foobar", "[") -> null
split("John Doe", "\\s") -> ["John", "Doe"]
split("a;b;c;;", ";") -> ["a", "b", "c", "", ""]
split(string: "a-b", delimiter: "-") -> ["a", "b"]
split("", ",") -> [""]
split("abc", ",") -> ["abc"]
split(null, ",") -> null
split("a", null) -> null
split("a", 1) -> null
split("a") -> null
string join(["a", "b", "c"], "_and_") -> "a_and_b_and_c"
string join(["a", "b", "c"], "") -> "abc"
string join(["a", "b", "c"], null) -> "abc"
string join(["a"], "X") -> "a"
string join(["a", null, "c"], "X") -> "aXc"
string join([], "X") -> ""
string join(["a", "b", "c"]) -> "abc"
string join(list: ["a", "b"], delimiter: "-") -> "a-b"
string join([1], "X") -> null
string join(["a"], 1) -> null
string join(null) -> null
string join() -> null
)feel",
              86);
}

}  // namespace
}  // namespace decision
