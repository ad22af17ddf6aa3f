#pragma once
// Decimal: a finite decimal number of up to 34 digits (the precision of IEEE 754 decimal128),
// rounded half to even where a result needs more. Never infinite, never NaN: an operation without
// such an answer (division by zero, overflow) gives nullopt. See docs/decisions/0010-decimal.md.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace decision {

enum class RoundingMode { half_even, half_up, half_down, up, down, floor, ceiling };

class Decimal {
 public:
  static constexpr int kDigits = 34;
  static constexpr int kExponentMax = 6111;  // of the last digit, as in decimal128
  static constexpr int kExponentMin = -6176;

  constexpr Decimal() = default;
  Decimal(std::int64_t value);  // whole numbers are decimals
  // value / 10^scale, exact.
  static Decimal scaled(std::int64_t value, int scale);
  static Decimal power_of_ten(int exponent);
  // "-12.5", ".5", "1e3"; more than 34 digits are rounded.
  static std::optional<Decimal> parse(std::string_view text);
  static std::optional<Decimal> from_double(double value);

  bool is_zero() const { return coefficient_ == 0; }
  bool is_negative() const { return negative_; }
  bool is_integer() const;
  std::string format() const;  // plain digits, no exponent: "1200", "0.001"
  double to_double() const;
  // The same value as value / 10^scale; nullopt where that is not exact or not in the range.
  std::optional<std::int64_t> to_scaled(int scale) const;
  std::optional<std::int64_t> to_int64() const { return to_scaled(0); }
  int scale() const;  // digits after the point once trailing zeros are gone; never negative

  Decimal operator-() const;
  Decimal abs() const { return negative_ ? -*this : *this; }
  std::optional<Decimal> plus(const Decimal& other) const;
  std::optional<Decimal> minus(const Decimal& other) const { return plus(-other); }
  std::optional<Decimal> times(const Decimal& other) const;
  std::optional<Decimal> over(const Decimal& other) const;
  std::optional<Decimal> modulo(const Decimal& other) const;  // sign of the divisor, as FEEL has it
  std::optional<Decimal> power(const Decimal& exponent) const;
  std::optional<Decimal> square_root() const;
  std::optional<Decimal> exponential() const;
  std::optional<Decimal> logarithm() const;  // natural
  Decimal round(int scale, RoundingMode mode) const;
  Decimal floor() const { return round(0, RoundingMode::floor); }
  Decimal ceiling() const { return round(0, RoundingMode::ceiling); }

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

 private:
  using Coefficient = unsigned __int128;
  constexpr Decimal(bool negative, Coefficient coefficient, int exponent)
      : coefficient_(coefficient), exponent_(exponent), negative_(negative) {}
  friend struct DecimalMaker;

  Coefficient coefficient_ = 0;  // below 10^34
  std::int32_t exponent_ = 0;    // value = ±coefficient · 10^exponent
  bool negative_ = false;        // never with coefficient 0
};

}  // namespace decision
