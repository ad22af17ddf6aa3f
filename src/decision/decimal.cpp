#include "decision/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "decision/wide.h"

namespace decision {

using Uint128 = unsigned __int128;

// Builds canonical decimals: at most 34 digits, no trailing zeros, zero without sign or exponent.
struct DecimalMaker {
  static Decimal canonical(bool negative, Uint128 coefficient, int exponent) {
    if (coefficient == 0) return Decimal();
    while (exponent < 0 || coefficient > UINT64_MAX) {  // small whole numbers stay as they are
      if (coefficient % 10 != 0) break;
      coefficient /= 10;
      ++exponent;
    }
    // A whole number with few digits is kept with exponent 0, so that integers compare fast.
    while (exponent > 0 && exponent <= 18 && coefficient < power_of_10(16)) {
      coefficient *= 10;
      --exponent;
    }
    return Decimal(negative, coefficient, exponent);
  }

  // Rounds a wide coefficient to 34 digits, half to even; nullopt past the largest exponent.
  static std::optional<Decimal> rounded(bool negative, Wide coefficient, int exponent) {
    int excess = coefficient.digits() - Decimal::kDigits;
    excess = std::max(excess, Decimal::kExponentMin - exponent);
    if (excess > 0) {
      coefficient = coefficient.drop_digits(excess, RoundingMode::half_even, negative);
      exponent += excess;
    }
    Uint128 narrow = coefficient.low();
    if (narrow == power_of_10(Decimal::kDigits)) {
      narrow /= 10;
      ++exponent;
    }
    if (narrow != 0 && exponent > Decimal::kExponentMax) return std::nullopt;
    return canonical(negative, narrow, exponent);
  }

  static Wide coefficient(const Decimal& d) { return Wide(d.coefficient_); }
};

Decimal::Decimal(std::int64_t value) {
  negative_ = value < 0;
  Coefficient magnitude = value < 0 ? -static_cast<Coefficient>(value) : Coefficient(value);
  coefficient_ = magnitude;
}

Decimal Decimal::scaled(std::int64_t value, int scale) {
  Decimal whole(value);
  return DecimalMaker::canonical(whole.negative_, whole.coefficient_, -scale);
}

Decimal Decimal::power_of_ten(int exponent) {
  return DecimalMaker::canonical(false, 1, exponent);
}

namespace {

struct NumberText {
  Uint128 coefficient = 0;
  int exponent = 0;
  int digits = 0;  // significant ones taken
  bool any = false;
  bool round_up = false;
  bool sticky = false;  // a digit after the first left-out one is not zero
  int first_left_out = -1;
};

void take_digit(NumberText& number, int digit, bool after_point) {
  number.any = true;
  if (number.digits < Decimal::kDigits) {
    number.coefficient = number.coefficient * 10 + static_cast<unsigned>(digit);
    if (number.coefficient != 0) ++number.digits;
    if (after_point) --number.exponent;
    return;
  }
  if (number.first_left_out < 0) {
    number.first_left_out = digit;
  } else if (digit != 0) {
    number.sticky = true;
  }
  if (!after_point) ++number.exponent;
}

void round_left_out(NumberText& number) {
  int digit = number.first_left_out;
  bool tie = digit == 5 && !number.sticky;
  bool up = digit > 5 || (digit == 5 && number.sticky) || (tie && number.coefficient % 2 == 1);
  if (up) ++number.coefficient;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  bool negative = !text.empty() && text[0] == '-';
  std::size_t i = negative || (!text.empty() && text[0] == '+') ? 1 : 0;
  NumberText number;
  bool point = false;
  for (; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      take_digit(number, text[i] - '0', point);
    } else if (text[i] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!number.any) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    int exponent = 0;
    auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (exponent > 100'000 || exponent < -100'000) return std::nullopt;
    number.exponent += exponent;
  }
  round_left_out(number);
  return DecimalMaker::rounded(negative, Wide(number.coefficient), number.exponent);
}

std::optional<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  std::array<char, 64> text{};
  auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return parse(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

bool Decimal::is_integer() const {
  return exponent_ >= 0;
}

std::string Decimal::format() const {
  std::string digits;
  Coefficient rest = coefficient_;
  do {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  std::reverse(digits.begin(), digits.end());
  if (exponent_ > 0) digits.append(static_cast<std::size_t>(exponent_), '0');
  if (exponent_ < 0) {
    auto places = static_cast<std::size_t>(-exponent_);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
  }
  return negative_ ? "-" + digits : digits;
}

double Decimal::to_double() const {
  std::string text = std::to_string(static_cast<std::uint64_t>(coefficient_ / power_of_10(17)));
  std::string low = std::to_string(static_cast<std::uint64_t>(coefficient_ % power_of_10(17)));
  text += std::string(17 - low.size(), '0') + low + "e" + std::to_string(exponent_);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return negative_ ? -value : value;
}

std::optional<std::int64_t> Decimal::to_scaled(int scale) const {
  int shift = exponent_ + scale;
  if (coefficient_ == 0) return 0;
  if (shift < 0 || shift > 18) return std::nullopt;
  if (coefficient_ > static_cast<Coefficient>(INT64_MAX)) return std::nullopt;
  Coefficient magnitude = coefficient_ * power_of_10(shift);
  if (magnitude > static_cast<Coefficient>(INT64_MAX)) return std::nullopt;
  auto value = static_cast<std::int64_t>(magnitude);
  return negative_ ? -value : value;
}

int Decimal::scale() const {
  return exponent_ < 0 ? -exponent_ : 0;
}

Decimal Decimal::operator-() const {
  if (coefficient_ == 0) return *this;
  return Decimal(!negative_, coefficient_, exponent_);
}

namespace {

// Brings two decimals to one exponent; a far smaller one becomes a single last digit, which rounds
// the same way.
struct Aligned {
  Wide big;
  Wide small;
  int exponent;
};

Aligned align(Uint128 big, int big_exponent, Uint128 small, int small_exponent) {
  int room = Decimal::kDigits - Wide(big).digits();
  int wanted = big_exponent - small_exponent;
  if (wanted <= room) {
    return {Wide(big).times_power_of_10(wanted), Wide(small), small_exponent};
  }
  constexpr int kGuard = 36;
  if (wanted - room > kGuard) {
    return {Wide(big).times_power_of_10(room + kGuard), Wide(1), big_exponent - room - kGuard};
  }
  return {Wide(big).times_power_of_10(wanted), Wide(small), small_exponent};
}

}  // namespace

std::optional<Decimal> Decimal::plus(const Decimal& other) const {
  if (other.is_zero()) return *this;
  if (is_zero()) return other;
  const Decimal& big = exponent_ >= other.exponent_ ? *this : other;
  const Decimal& small = exponent_ >= other.exponent_ ? other : *this;
  Aligned a = align(big.coefficient_, big.exponent_, small.coefficient_, small.exponent_);
  if (big.negative_ == small.negative_) {
    return DecimalMaker::rounded(negative_, a.big.plus(a.small), a.exponent);
  }
  bool big_wins = !(a.big < a.small);
  Wide difference = big_wins ? a.big.minus(a.small) : a.small.minus(a.big);
  bool negative = big_wins ? big.negative_ : small.negative_;
  return DecimalMaker::rounded(negative, difference, a.exponent);
}

std::optional<Decimal> Decimal::times(const Decimal& other) const {
  return DecimalMaker::rounded(negative_ != other.negative_,
                               Wide::product(coefficient_, other.coefficient_),
                               exponent_ + other.exponent_);
}

std::optional<Decimal> Decimal::over(const Decimal& other) const {
  if (other.is_zero()) return std::nullopt;
  if (is_zero()) return Decimal();
  int shift = kDigits + 2 + Wide(other.coefficient_).digits() - Wide(coefficient_).digits();
  shift = std::max(shift, 0);
  auto [quotient, remainder] =
      Wide(coefficient_).times_power_of_10(shift).divided_by(other.coefficient_);
  Wide sticky = quotient.times_power_of_10(1).plus(Wide(remainder != 0 ? 1 : 0));
  return DecimalMaker::rounded(negative_ != other.negative_, sticky,
                               exponent_ - other.exponent_ - shift - 1);
}

namespace {

// 10^exponent · value mod divisor, for divisors of at most 34 digits.
Uint128 shifted_remainder(Uint128 value, int exponent, Uint128 divisor) {
  auto times = [&](Uint128 a, Uint128 b) {
    return Wide::product(a, b).divided_by(divisor).remainder;
  };
  Uint128 result = value % divisor;
  Uint128 power = 10 % divisor;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = times(result, power);
    power = times(power, power);
  }
  return result;
}

}  // namespace

// Exact, however far apart the two are.
std::optional<Decimal> Decimal::modulo(const Decimal& other) const {
  if (other.is_zero()) return std::nullopt;
  if (is_zero()) return Decimal();
  Decimal rest = abs();
  int up = exponent_ - other.exponent_;
  if (up >= 0) {
    Uint128 left = shifted_remainder(coefficient_, up, other.coefficient_);
    rest = DecimalMaker::canonical(false, left, other.exponent_);
  } else if (-up <= kDigits) {
    Wide divisor = Wide(other.coefficient_).times_power_of_10(-up);
    if (divisor.is_narrow() && divisor.digits() <= kDigits) {
      rest = DecimalMaker::canonical(false, coefficient_ % divisor.low(), exponent_);
    }  // else the divisor is the larger of the two
  }
  if (rest.is_zero() || negative_ == other.negative_) return negative_ ? -rest : rest;
  auto left = other.abs().minus(rest);
  return left && other.negative_ ? -*left : left;
}

Decimal Decimal::round(int scale, RoundingMode mode) const {
  int excess = -exponent_ - scale;
  if (excess <= 0 || is_zero()) return *this;
  Wide kept = Wide(coefficient_).drop_digits(excess, mode, negative_);
  return DecimalMaker::rounded(negative_, kept, -scale).value_or(*this);
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (negative_ != other.negative_) return other.negative_ <=> negative_;
  auto magnitude = std::strong_ordering::equal;
  if (exponent_ == other.exponent_) {
    magnitude = coefficient_ <=> other.coefficient_;
  } else if (is_zero() || other.is_zero()) {
    magnitude = !is_zero() <=> !other.is_zero();
  } else {
    int top = Wide(coefficient_).digits() + exponent_;
    int other_top = Wide(other.coefficient_).digits() + other.exponent_;
    if (top != other_top) {
      magnitude = top <=> other_top;
    } else if (exponent_ > other.exponent_) {  // same size: at most 33 digits apart
      magnitude = coefficient_ * power_of_10(exponent_ - other.exponent_) <=> other.coefficient_;
    } else {
      magnitude = coefficient_ <=> other.coefficient_ * power_of_10(other.exponent_ - exponent_);
    }
  }
  return negative_ ? 0 <=> magnitude : magnitude;
}

}  // namespace decision
