#pragma once
// Wide: an unsigned 256-bit whole number, just enough of one for Decimal to hold a product or an
// aligned sum of 34-digit coefficients before it rounds. Past 2^256 is our mistake.

#include <array>
#include <cstdint>

#include "decision/decimal.h"

namespace decision {

unsigned __int128 power_of_10(int exponent);  // 0 to 38

class Wide {
 public:
  explicit constexpr Wide(unsigned __int128 value)
      : limbs_{static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64), 0, 0} {}
  static Wide product(unsigned __int128 a, unsigned __int128 b);

  unsigned __int128 low() const {
    return static_cast<unsigned __int128>(limbs_[1]) << 64 | limbs_[0];
  }
  bool is_narrow() const { return (limbs_[2] | limbs_[3]) == 0; }
  int digits() const;  // of zero: 1
  bool operator<(const Wide& other) const;

  Wide plus(const Wide& other) const;
  Wide minus(const Wide& other) const;  // other is not larger
  Wide times_power_of_10(int exponent) const;
  struct Division;
  Division divided_by(unsigned __int128 divisor) const;
  // Without its last `count` digits, rounded as the mode says for a number of that sign.
  Wide drop_digits(int count, RoundingMode mode, bool negative) const;

 private:
  std::uint64_t divide_in_place(std::uint64_t divisor);  // gives the remainder
  std::array<std::uint64_t, 4> limbs_;                   // least first
};

struct Wide::Division {
  Wide quotient;
  unsigned __int128 remainder;
};

}  // namespace decision
