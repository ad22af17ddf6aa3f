#include "decision/decimal.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

namespace decision {
namespace {

Decimal number(std::string_view text) {
  auto parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Decimal());
}

std::string show(const std::optional<Decimal>& value) {
  return value ? value->format() : "none";
}

std::optional<Decimal> apply(const Decimal& a, const std::string& op, const Decimal& b) {
  if (op == "+") return a.plus(b);
  if (op == "-") return a.minus(b);
  if (op == "*") return a.times(b);
  if (op == "/") return a.over(b);
  if (op == "%") return a.modulo(b);
  return a.power(b);
}

TEST(Decimal, Arithmetic) {
  std::istringstream cases(R"(
    0.1 + 0.2 0.3
    1 - 0.9 0.1
    12 - 12 0
    -3 * 0.5 -1.5
    10 / 4 2.5
    10 / 5 2
    1 / 3 0.3333333333333333333333333333333333
    2 / 3 0.6666666666666666666666666666666667
    10 / 0 none
    12 % 5 2
    -12 % 5 3
    12 % -5 -3
    10.1 % 4.5 1.1
    10 ** 5 100000
    10 ** -5 0.00001
    4 ** 0.5 2
    2 ** 100 1267650600228229401496703205376
    9999999999999999999999999999999999 + 1 10000000000000000000000000000000000
    9999999999999999999999999999999999 + 0.5 10000000000000000000000000000000000
    9999999999999999999999999999999998 + 0.5 9999999999999999999999999999999998
    1e40 + 1 10000000000000000000000000000000000000000
    1e33 - 1e-9 1000000000000000000000000000000000
    1e33 - 0.4 999999999999999999999999999999999.6
    1e6000 * 1e6000 none
    1e-6000 * 1e-6000 0
    1234567890123456789012345678901234 * 1e2 123456789012345678901234567890123400
  )");
  std::string a, op, b, wanted;
  int rows = 0;
  while (cases >> a >> op >> b >> wanted) {
    EXPECT_EQ(show(apply(number(a), op, number(b))), wanted) << a << op << b;
    ++rows;
  }
  EXPECT_EQ(rows, 26);
}

TEST(Decimal, Rounding) {
  using enum RoundingMode;
  struct Row {
    const char* value;
    int scale;
    RoundingMode mode;
    const char* wanted;
  };
  const Row rows[] = {
      {"2.5", 0, half_even, "2"},      {"3.5", 0, half_even, "4"},
      {"-2.5", 0, half_up, "-3"},      {"2.5", 0, half_down, "2"},
      {"2.51", 0, half_down, "3"},     {"2.01", 0, up, "3"},
      {"-2.01", 0, up, "-3"},          {"2.99", 0, down, "2"},
      {"-2.01", 0, floor, "-3"},       {"-2.99", 0, ceiling, "-2"},
      {"1.125", 2, half_even, "1.12"}, {"1.135", 2, half_even, "1.14"},
      {"125", -1, half_even, "120"},   {"0.004", 2, half_up, "0"},
      {"7", -1, half_up, "10"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(number(row.value).round(row.scale, row.mode).format(), row.wanted) << row.value;
  }
}

TEST(Decimal, ParsesOnlyNumbers) {
  EXPECT_EQ(number("0012.500").format(), "12.5");
  EXPECT_EQ(number("1.5e3").format(), "1500");
  EXPECT_EQ(number("12345678901234567890123456789012345").format(),
            "12345678901234567890123456789012340");
  for (const char* text : {"", "-", ".", "1a", "1.2.3", "e5", "1e", "0x10", "1e999999"}) {
    EXPECT_FALSE(Decimal::parse(text)) << text;
  }
}

TEST(Decimal, Scaled) {
  EXPECT_EQ(Decimal::scaled(1250, 2).format(), "12.5");
  EXPECT_EQ(number("12.5").to_scaled(2), 1250);
  EXPECT_EQ(number("12.505").to_scaled(2), std::nullopt);
  EXPECT_EQ(number("9223372036854775807").to_int64(), INT64_MAX);
  EXPECT_EQ(number("9223372036854775808").to_int64(), std::nullopt);
  EXPECT_EQ(Decimal(INT64_MIN).format(), "-9223372036854775808");
}

TEST(Decimal, Functions) {
  EXPECT_EQ(number("2").square_root()->round(30, RoundingMode::half_even).format(),
            "1.41421356237309504880168872421");
  EXPECT_EQ(number("1").exponential()->round(30, RoundingMode::half_even).format(),
            "2.718281828459045235360287471353");
  EXPECT_EQ(number("10").logarithm()->round(30, RoundingMode::half_even).format(),
            "2.302585092994045684017991454684");
  EXPECT_FALSE(number("-1").square_root());
  EXPECT_FALSE(number("0").logarithm());
}

TEST(Decimal, OrderIsThatOfValues) {
  const char* rising[] = {"-1e20", "-10", "-9.9", "-0.001", "0",
                          "1e-30", "0.5", "1",    "1e5",    "1e40"};
  for (std::size_t i = 0; i < std::size(rising); ++i) {
    for (std::size_t j = 0; j < std::size(rising); ++j) {
      EXPECT_EQ(number(rising[i]) <=> number(rising[j]), i <=> j) << rising[i] << rising[j];
    }
  }
}

TEST(Decimal, AgreesWithIntegers) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    auto a = static_cast<std::int64_t>(random() >> (random() % 60)) / 2 - (1 << 20);
    auto b = static_cast<std::int64_t>(random() >> (random() % 60)) / 2 - (1 << 20);
    auto sum = Decimal(a).plus(Decimal(b));
    ASSERT_EQ(sum->minus(Decimal(b)), Decimal(a));
    ASSERT_EQ(Decimal(a) < Decimal(b), a < b);
    ASSERT_EQ(Decimal::parse(Decimal(a).format()), Decimal(a));
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(a, b, &product)) {
      ASSERT_EQ(Decimal(a).times(Decimal(b)), Decimal(product));
      if (b != 0) {
        ASSERT_EQ(Decimal(product).over(Decimal(b)), Decimal(a));
      }
    }
  }
}

}  // namespace
}  // namespace decision
