#include "decision/wide.h"

#include <algorithm>

#include "kernel/check.h"

namespace decision {

using Uint128 = unsigned __int128;

namespace {

constexpr int kChunkDigits = 18;  // of a divisor that fits 64 bits

constexpr std::array<Uint128, 39> make_powers() {
  std::array<Uint128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr auto kPowers = make_powers();

int digits_of(Uint128 value) {
  auto after = std::upper_bound(kPowers.begin() + 1, kPowers.end(), value);
  return static_cast<int>(after - kPowers.begin());
}

bool rounds_up(RoundingMode mode, bool negative, bool odd, int versus_half, bool any) {
  switch (mode) {
    case RoundingMode::half_even:
      return versus_half > 0 || (versus_half == 0 && odd);
    case RoundingMode::half_up:
      return versus_half >= 0;
    case RoundingMode::half_down:
      return versus_half > 0;
    case RoundingMode::up:
      return any;
    case RoundingMode::down:
      return false;
    case RoundingMode::floor:
      return any && negative;
    case RoundingMode::ceiling:
      return any && !negative;
  }
  return false;
}

}  // namespace

Uint128 power_of_10(int exponent) {
  CHECK(exponent >= 0 && exponent < static_cast<int>(kPowers.size()));
  return kPowers[static_cast<std::size_t>(exponent)];
}

Wide Wide::product(Uint128 a, Uint128 b) {
  Wide left(a);
  Wide right(b);
  Wide result(0);
  for (std::size_t i = 0; i < 2; ++i) {
    Uint128 carry = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      carry += static_cast<Uint128>(left.limbs_[i]) * right.limbs_[j] + result.limbs_[i + j];
      result.limbs_[i + j] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    result.limbs_[i + 2] += static_cast<std::uint64_t>(carry);
  }
  return result;
}

int Wide::digits() const {
  Wide rest = *this;
  int digits = 0;
  while (!rest.is_narrow()) {
    rest.divide_in_place(static_cast<std::uint64_t>(kPowers[kChunkDigits]));
    digits += kChunkDigits;
  }
  return digits + digits_of(rest.low());
}

bool Wide::operator<(const Wide& other) const {
  return std::lexicographical_compare(limbs_.rbegin(), limbs_.rend(), other.limbs_.rbegin(),
                                      other.limbs_.rend());
}

Wide Wide::plus(const Wide& other) const {
  Wide result = *this;
  Uint128 carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    carry += static_cast<Uint128>(limbs_[i]) + other.limbs_[i];
    result.limbs_[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
  CHECK(carry == 0);
  return result;
}

Wide Wide::minus(const Wide& other) const {
  Wide result = *this;
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    Uint128 subtrahend = static_cast<Uint128>(other.limbs_[i]) + borrow;
    borrow = limbs_[i] < subtrahend ? 1 : 0;
    result.limbs_[i] = limbs_[i] - static_cast<std::uint64_t>(subtrahend);
  }
  CHECK(borrow == 0);
  return result;
}

Wide Wide::times_power_of_10(int exponent) const {
  Wide result = *this;
  while (exponent > 0) {
    int chunk = std::min(exponent, kChunkDigits);
    auto factor = static_cast<std::uint64_t>(kPowers[static_cast<std::size_t>(chunk)]);
    Uint128 carry = 0;
    for (auto& limb : result.limbs_) {
      carry += static_cast<Uint128>(limb) * factor;
      limb = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    CHECK(carry == 0);
    exponent -= chunk;
  }
  return result;
}

std::uint64_t Wide::divide_in_place(std::uint64_t divisor) {
  Uint128 remainder = 0;
  for (std::size_t i = 4; i-- > 0;) {
    remainder = remainder << 64 | limbs_[i];
    limbs_[i] = static_cast<std::uint64_t>(remainder / divisor);
    remainder %= divisor;
  }
  return static_cast<std::uint64_t>(remainder);
}

// Divisors stay below 2^113, so the running remainder never loses a bit.
Wide::Division Wide::divided_by(Uint128 divisor) const {
  Wide quotient = *this;
  if (divisor <= UINT64_MAX) {
    Uint128 remainder = quotient.divide_in_place(static_cast<std::uint64_t>(divisor));
    return {quotient, remainder};
  }
  Uint128 remainder = 0;
  for (std::size_t bit = 256; bit-- > 0;) {
    std::uint64_t& limb = quotient.limbs_[bit / 64];
    std::uint64_t mask = std::uint64_t{1} << (bit % 64);
    remainder = remainder << 1 | ((limb & mask) != 0 ? 1 : 0);
    limb &= ~mask;
    if (remainder >= divisor) {
      remainder -= divisor;
      limb |= mask;
    }
  }
  return {quotient, remainder};
}

Wide Wide::drop_digits(int count, RoundingMode mode, bool negative) const {
  Wide kept = *this;
  bool sticky = false;
  if (count > 77) {  // nothing of it is left
    sticky = !(kept.is_narrow() && kept.low() == 0);
    bool up = rounds_up(mode, negative, false, -1, sticky);
    return Wide(up ? 1 : 0);
  }
  while (count > kChunkDigits) {
    sticky |= kept.divide_in_place(static_cast<std::uint64_t>(kPowers[kChunkDigits])) != 0;
    count -= kChunkDigits;
  }
  auto unit = static_cast<std::uint64_t>(kPowers[static_cast<std::size_t>(count)]);
  std::uint64_t remainder = kept.divide_in_place(unit);
  int versus_half = remainder > unit / 2 ? 1 : remainder < unit / 2 ? -1 : sticky ? 1 : 0;
  bool odd = (kept.limbs_[0] & 1) != 0;
  bool up = rounds_up(mode, negative, odd, versus_half, sticky || remainder != 0);
  return up ? kept.plus(Wide(1)) : kept;
}

}  // namespace decision
