// Powers, roots, exponentials and logarithms of Decimal: series in decimal arithmetic, right to
// about 33 digits.

#include <cmath>

#include "decision/decimal.h"
#include "decision/wide.h"

namespace decision {

namespace {

const char* const kLn10 = "2.302585092994045684017991454684364208";

Decimal constant(const char* text) {
  return *Decimal::parse(text);
}

std::optional<Decimal> whole_power(Decimal base, std::int64_t exponent) {
  std::optional<Decimal> result = Decimal(1);
  while (exponent > 0) {
    if (exponent % 2 == 1) result = result->times(base);
    exponent /= 2;
    if (!result) return std::nullopt;
    if (exponent == 0) break;
    auto squared = base.times(base);
    if (!squared) return std::nullopt;
    base = *squared;
  }
  return result;
}

// e^x for |x| ≤ 1.2: the series of x/16, squared four times.
std::optional<Decimal> small_exponential(const Decimal& x) {
  auto part = x.over(Decimal(16));
  std::optional<Decimal> sum = Decimal(1);
  std::optional<Decimal> term = Decimal(1);
  for (int n = 1; n < 40 && !term->is_zero(); ++n) {
    term = term->times(*part)->over(Decimal(n));
    if (!term) return std::nullopt;
    sum = sum->plus(*term);
  }
  for (int i = 0; i < 4; ++i) sum = sum->times(*sum);
  return sum;
}

}  // namespace

std::optional<Decimal> Decimal::power(const Decimal& exponent) const {
  if (exponent.is_zero()) return Decimal(1);
  if (auto whole = exponent.to_int64(); whole && std::abs(*whole) < 1'000'000'000) {
    auto magnitude = whole_power(*this, std::abs(*whole));
    if (!magnitude || *whole > 0) return magnitude;
    return Decimal(1).over(*magnitude);
  }
  if (is_zero()) return exponent.is_negative() ? std::nullopt : std::optional(Decimal());
  auto log = logarithm();
  auto product = log ? log->times(exponent) : std::nullopt;
  auto power = product ? product->exponential() : std::nullopt;
  if (!power) return std::nullopt;
  int top = Wide(power->coefficient_).digits() + power->exponent_;
  return power->round(30 - top, RoundingMode::half_even);  // the digits that are surely right
}

// Correctly rounded: the root of a whole number of 67 or 68 digits has 34, and what is left over
// tells whether to round up. There is no tie: the square of a half never is a whole number.
std::optional<Decimal> Decimal::square_root() const {
  if (is_negative()) return std::nullopt;
  if (is_zero()) return Decimal();
  int shift = 2 * kDigits - Wide(coefficient_).digits();
  if ((exponent_ - shift) % 2 != 0) --shift;
  Wide square = Wide(coefficient_).times_power_of_10(shift);
  Coefficient root = power_of_10(kDigits) - 1;
  while (true) {  // Newton's steps fall towards the root and stop there
    Coefficient next = (root + square.divided_by(root).quotient.low()) / 2;
    if (next >= root) break;
    root = next;
  }
  Wide rest = square.minus(Wide::product(root, root));
  if (Wide(root) < rest) ++root;
  return *Decimal(false, root, 0).times(power_of_ten((exponent_ - shift) / 2));
}

std::optional<Decimal> Decimal::exponential() const {
  if (abs() > Decimal(20'000)) return is_negative() ? std::optional(Decimal()) : std::nullopt;
  Decimal ln10 = constant(kLn10);
  Decimal tens = over(ln10)->round(0, RoundingMode::half_even);
  auto rest = minus(*tens.times(ln10));
  auto small = rest ? small_exponential(*rest) : std::nullopt;
  return small ? small->times(power_of_ten(static_cast<int>(*tens.to_int64()))) : std::nullopt;
}

std::optional<Decimal> Decimal::logarithm() const {
  if (is_negative() || is_zero()) return std::nullopt;
  int tens = 0;
  Decimal mantissa = *this;
  mantissa.exponent_ = 0;
  tens = exponent_;
  auto estimate = from_double(std::log(mantissa.to_double()));
  for (int i = 0; estimate && i < 2; ++i) {  // Halley: three times the digits each time
    auto power = estimate->exponential();
    auto above = power ? mantissa.minus(*power) : std::nullopt;
    auto below = power ? mantissa.plus(*power) : std::nullopt;
    auto ratio = above && below ? above->over(*below) : std::nullopt;
    auto step = ratio ? ratio->times(Decimal(2)) : std::nullopt;
    estimate = step ? estimate->plus(*step) : std::nullopt;
  }
  auto shift = constant(kLn10).times(Decimal(tens));
  return estimate && shift ? estimate->plus(*shift) : std::nullopt;
}

}  // namespace decision
