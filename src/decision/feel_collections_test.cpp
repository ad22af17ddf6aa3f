// FEEL's own functions on lists, contexts, numbers and days, as feel_functions_test.cpp has the
// others.

#include "decision/feel_cases.h"

namespace decision {
namespace {

TEST(FeelCollections, Lists) {
  expect_feel(R"feel(
list contains([1, 2, 3], 2) -> true
list contains(list: [1, null], element: null) -> true
list contains([], null) -> false
list contains(null, 2) -> null
list contains([[1]], [1]) -> true
list contains(1, 1) -> true
list contains([1]) -> null
count([1, 2, null]) -> 3
count(list: []) -> 0
count(null) -> null
count(1) -> 1
count() -> null
min([1, 2, 3]) -> 1
min(1, 2, 3) -> 1
min(list: [3, 2]) -> 2
min([]) -> null
min(null) -> null
min([1, null]) -> null
min([1, "a"]) -> null
min("a", "b") -> "a"
min([date("2012-01-02"), date("2012-01-01")]) -> date("2012-01-01")
max(duration("P1D"), duration("PT25H")) -> duration("P1DT1H")
max(1) -> 1
max() -> null
sum([1, 2, 3]) -> 6
sum(1, 2, 3) -> 6
sum(1) -> 1
sum([]) -> null
sum([1, null]) -> null
sum([1, "a"]) -> null
sum(null) -> null
sum() -> null
sum([duration("P1D"), duration("PT1H")]) -> duration("P1DT1H")
mean([1, 2, 3]) -> 2
mean(1, 2) -> 1.5
mean([]) -> null
mean(null) -> null
mean(["a"]) -> null
mean() -> null
all([false, null, true]) -> false
all(true) -> true
all([true]) -> true
all([]) -> true
all(0) -> null
all([true, null]) -> null
all(null) -> null
all(true, true) -> true
all() -> null
any([false, null, true]) -> true
any(false) -> false
any([]) -> false
any(0) -> null
any([false, null]) -> null
any(list: [true]) -> true
sublist([4, 5, 6], 1, 2) -> [4, 5]
sublist(list: [4, 5, 6], start position: 2) -> [5, 6]
sublist([4, 5, 6], -2) -> [5, 6]
sublist([4, 5, 6], -2, 1) -> [5]
sublist([4, 5, 6], 0) -> null
sublist([4, 5, 6], 4) -> null
sublist([4, 5, 6], 2, 5) -> null
sublist(null, 1) -> null
sublist([1], "1") -> null
append([1], 2, 3) -> [1, 2, 3]
append([], null) -> [null]
append(1, 2) -> [1, 2]
append(null, 1) -> null
append([1], [2]) -> [1, [2]]
append() -> null
concatenate([1, 2], [3]) -> [1, 2, 3]
concatenate([1], 2) -> [1, 2]
concatenate([1], null) -> null
concatenate([1, [2]], [[3]]) -> [1, [2], [3]]
insert before([1, 3], 1, 2) -> [2, 1, 3]
insert before([1, 3], -1, 2) -> [1, 2, 3]
insert before(list: [1, 3], position: 2, newItem: null) -> [1, null, 3]
insert before([1, 3], 0, 2) -> null
insert before([1, 3], 4, 2) -> null
insert before(null, 1, 2) -> null
remove([1, 2, 3], 2) -> [1, 3]
remove(list: [1, 2, 3], position: -1) -> [1, 2]
remove([1, 2, 3], 4) -> null
remove([1, 2, 3], 0) -> null
remove(null, 1) -> null
reverse([1, 2, 3]) -> [3, 2, 1]
reverse(list: []) -> []
reverse(null) -> null
index of([1, 2, 3, 2], 2) -> [2, 4]
index of(list: [1, null], match: null) -> [2]
index of([1], 5) -> []
index of(null, 1) -> null
union([1, 2], [2, 3]) -> [1, 2, 3]
union([1, 1], [null, null]) -> [1, null]
union(1, [2]) -> [1, 2]
union(null, [1]) -> null
distinct values([1, 2, 3, 2, 1]) -> [1, 2, 3]
distinct values(list: [null, null]) -> [null]
distinct values(null) -> null
flatten([[1, 2], [[3]], 4]) -> [1, 2, 3, 4]
flatten(list: []) -> []
flatten(null) -> null
flatten(1) -> [1]
product([2, 3, 4]) -> 24
product(2, 3, 4) -> 24
product([]) -> null
product([2, null]) -> null
product(null) -> null
product("a") -> null
median(8, 2, 5, 3, 4) -> 4
median([6, 1, 2, 3]) -> 2.5
median([]) -> null
median(null) -> null
median([1, null]) -> null
stddev(2, 4, 7, 5) -> 2.081665999466132735282297706979931
stddev([47]) -> null
stddev(47) -> null
stddev([]) -> null
stddev([1, null]) -> null
mode(6, 3, 9, 6, 6) -> [6]
mode([6, 1, 9, 6, 1]) -> [1, 6]
mode([]) -> []
mode(null) -> null
mode([null]) -> null
mode([1, "a"]) -> null
list replace([2, 4, 7, 8], 3, 6) -> [2, 4, 6, 8]
list replace([2, 4, 7, 8], -1, 6) -> [2, 4, 7, 6]
list replace([2, 4, 7], function(item, newItem) item < newItem, 5) -> [5, 5, 7]
list replace(list: [2], match: function(item, newItem) true, newItem: 5) -> [5]
list replace([2, 4], 0, 1) -> null
list replace([2, 4], 3, 1) -> null
list replace([2, 4], null, 1) -> null
list replace(null, 1, 1) -> null
list replace([1], function(item) true, 1) -> null
list replace([1], function(item, newItem) null, 1) -> null
sort([3, 1, 2], function(x, y) x < y) -> [1, 2, 3]
sort(list: [3, 1, 2], precedes: function(x, y) x > y) -> [3, 2, 1]
sort([{a: 2, b: 1}, {a: 1}, {a: 2}], function(x, y) x.a < y.a).b -> [null, 1, null]
sort(null, function(x, y) x < y) -> null
sort([3, 1], 1) -> null
)feel",
              139);
}

TEST(FeelCollections, Numbers) {
  expect_feel(R"feel(
decimal(1 / 3, 2) -> 0.33
decimal(1.5, 0) -> 2
decimal(2.5, 0) -> 2
decimal(n: 12345, scale: -2) -> 12300
decimal(1, null) -> null
decimal(null, 1) -> null
decimal(1, 6177) -> null
decimal(1) -> null
floor(1.5) -> 1
floor(-1.56, 1) -> -1.6
floor(n: -1.5) -> -2
floor(n: 1.56, scale: 1) -> 1.5
floor(null) -> null
floor("1") -> null
ceiling(1.5) -> 2
ceiling(-1.56, 1) -> -1.5
ceiling(n: -1.5, scale: 0) -> -1
ceiling(null) -> null
round up(5.5, 0) -> 6
round up(-5.5, 0) -> -6
round up(1.121, 2) -> 1.13
round up(n: -1.126, scale: 2) -> -1.13
round up(5.5, null) -> null
round up(5.5) -> null
round down(5.5, 0) -> 5
round down(-5.5, 0) -> -5
round down(1.126, 2) -> 1.12
round half up(5.5, 0) -> 6
round half up(-5.5, 0) -> -6
round half up(1.125, 2) -> 1.13
round half down(5.5, 0) -> 5
round half down(-5.5, 0) -> -5
round half down(1.126, 2) -> 1.13
abs(-10) -> 10
abs(n: 10) -> 10
abs(-duration("P1D")) -> duration("P1D")
abs(duration("-P1Y")) -> duration("P1Y")
abs(null) -> null
abs("a") -> null
modulo(12, 5) -> 2
modulo(-12, 5) -> 3
modulo(12, -5) -> -3
modulo(-12, -5) -> -2
modulo(10.1, 4.5) -> 1.1
modulo(-10.1, 4.5) -> 3.4
modulo(dividend: 10.1, divisor: -4.5) -> -3.4
modulo(12, 0) -> null
modulo(null, 5) -> null
modulo(9999999999999999999999999999999999, 7) -> 3
modulo(1e33, 3) -> 1
modulo(1e100, 7) -> 4
modulo(-1e100, 7) -> 3
modulo(1e-100, 7) = 1e-100 -> true
modulo(0.3, 0.1) -> 0
modulo(-0.1, 1e33) -> 999999999999999999999999999999999.9
sqrt(16) -> 4
sqrt(number: 2) -> 1.414213562373095048801688724209698
sqrt(9999999999999999999999999999999998) -> 99999999999999999.99999999999999999
sqrt(1e-7) -> 0.0003162277660168379331998893544432719
sqrt(0) -> 0
sqrt(-3) -> null
sqrt(null) -> null
decimal(log(10), 8) -> 2.30258509
log(1) -> 0
log(0) -> null
log(-5) -> null
log(null) -> null
decimal(exp(5), 10) -> 148.4131591026
exp(0) -> 1
exp(number: null) -> null
decimal(exp(-1), 20) -> 0.3678794411714423216
odd(5) -> true
odd(2) -> false
odd(number: -1) -> true
odd(null) -> null
even(5) -> false
even(-2) -> true
even(0) -> true
even("a") -> null
)feel",
              79);
}

TEST(FeelCollections, DatesAndContexts) {
  expect_feel(R"feel(
day of year(date(2019, 9, 17)) -> 260
day of year(date: date and time("2020-12-31T10:00:00")) -> 366
day of year(null) -> null
day of year("2019-09-17") -> null
day of week(date(2019, 9, 17)) -> "Tuesday"
day of week(null) -> null
month of year(date: date(2019, 9, 17)) -> "September"
month of year(null) -> null
week of year(date(2019, 9, 17)) -> 38
week of year(date(2003, 12, 29)) -> 1
week of year(date(2004, 1, 4)) -> 1
week of year(date(2005, 1, 1)) -> 53
week of year(null) -> null
now() -> date and time("2026-11-22T09:30:00")
today() -> date("2026-11-22")
now(1) -> null
today(1) -> null
get value({key1: "value1"}, "key1") -> "value1"
get value(m: {a: 1}, key: "a") -> 1
get value({a: 1}, "b") -> null
get value({a: 1}, null) -> null
get value(null, "a") -> null
get value(1, "a") -> null
get entries({key1: "value1", key2: 2}) -> [{key: "key1", value: "value1"}, {key: "key2", value: 2}]
get entries(m: {}) -> []
get entries(null) -> null
get entries(1) -> null
get entries({a: 1, b: 2})[key = "b"].value -> [2]
context([{key: "a", value: 1}, {key: "b", value: 2}]) -> {a: 1, b: 2}
context({key: "a", value: 1}) -> {a: 1}
context(entries: []) -> {}
context([{key: "a", value: null}]) -> {a: null}
context([{key: "a", value: 1}, {key: "a", value: 2}]) -> null
context([{key: "a"}]) -> null
context([{value: 1}]) -> null
context([{key: 1, value: 1}]) -> null
context([{key: null, value: 1}]) -> null
context([1]) -> null
context(null) -> null
context([null]) -> null
context([{key: "a", value: 1, other: 2}]) -> {a: 1}
context put({x: 1}, "y", 2) -> {x: 1, y: 2}
context put({x: 1, y: 0}, "y", 2) -> {x: 1, y: 2}
context put({x: 1, y: {a: 0}}, ["y", "a"], 2) -> {x: 1, y: {a: 2}}
context put({x: 1}, "y", null) -> {x: 1, y: null}
context put({x: 1}, null, 2) -> null
context put(null, "y", 2) -> null
context put({x: 1}, "y") -> null
context merge([{x: 1}, {y: 2}]) -> {x: 1, y: 2}
context merge([{x: 1, y: 0}, {y: 2}]) -> {x: 1, y: 2}
context merge(contexts: []) -> {}
context merge({x: 1}) -> {x: 1}
context merge(null) -> null
context merge([null]) -> null
context merge([{x: 1}, 1]) -> null
)feel",
              55);
}

}  // namespace
}  // namespace decision
