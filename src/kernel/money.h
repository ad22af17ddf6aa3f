#pragma once
// Money: whole fen of renminbi, int64 (±92,233,720,368,547,758.07 yuan). No double goes in or out.
// Adding past the range is our mistake (CHECK). Rounding is always named.

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace kernel {

enum class Rounding {
  half_up,    // 四舍五入: ties away from zero; what Chinese banks print
  half_even,  // ties to the even fen
  down,       // towards zero: never charge a fen that is not full
};

// numerator / denominator, rounded; denominator > 0.
std::int64_t divide(__int128 numerator, std::int64_t denominator, Rounding rounding);

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money from_fen(std::int64_t fen) { return Money(fen); }
  template <std::floating_point T>
  static Money from_fen(T) = delete;
  // "1,234.5" or "-3" yuan, at most two decimals; a third is refused, never rounded.
  static Result<Money> parse_yuan(std::string_view text);

  constexpr std::int64_t fen() const { return fen_; }
  std::string format_yuan() const;  // "-1234.50"

  Money operator+(Money other) const;
  Money operator-(Money other) const;
  Money operator-() const { return Money() - *this; }
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
  auto operator<=>(const Money&) const = default;

  Money share(std::int64_t bps, Rounding rounding) const;      // of 10,000
  Money share_ppm(std::int64_t ppm, Rounding rounding) const;  // of 1,000,000
  // Parts in proportion to weights (≥ 0, one > 0) that add up to this, fen for fen: the fen left
  // over go one each to the first parts with the largest remainders.
  std::vector<Money> split(const std::vector<std::int64_t>& weights) const;

 private:
  explicit constexpr Money(std::int64_t fen) : fen_(fen) {}
  std::int64_t fen_ = 0;
};

}  // namespace kernel
