#include "kernel/money.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace kernel {
namespace {

std::int64_t narrow(__int128 wide) {
  CHECK_MSG(wide >= std::numeric_limits<std::int64_t>::min() &&
                wide <= std::numeric_limits<std::int64_t>::max(),
            "money out of range");
  return static_cast<std::int64_t>(wide);
}

}  // namespace

std::int64_t divide(__int128 numerator, std::int64_t denominator, Rounding rounding) {
  CHECK(denominator > 0);
  const bool negative = numerator < 0;
  const __int128 magnitude = negative ? -numerator : numerator;
  __int128 quotient = magnitude / denominator;
  const __int128 twice = (magnitude % denominator) * 2;
  const bool tie_up = rounding == Rounding::half_up || (quotient % 2 != 0);
  if (rounding != Rounding::down && (twice > denominator || (twice == denominator && tie_up))) {
    ++quotient;
  }
  return narrow(negative ? -quotient : quotient);
}

Result<Money> Money::parse_yuan(std::string_view text) {
  const auto bad = [&](const char* why) {
    return Error{Code::invalid_input, std::string("not an amount in yuan: ") + why,
                 std::string(text)};
  };
  std::size_t at = 0;
  const bool negative = at < text.size() && text[at] == '-';
  if (negative) ++at;
  __int128 fen = 0;
  int digits = 0, decimals = -1, since_comma = -1;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      if (decimals == 2) return bad("more than two decimals");
      fen = fen * 10 + (c - '0');
      if (fen > std::numeric_limits<std::int64_t>::max()) return bad("too large");
      ++digits;
      if (decimals >= 0) ++decimals;
      if (decimals < 0 && since_comma >= 0) ++since_comma;
    } else if (c == ',' && decimals < 0 && digits > 0 && (since_comma == 3 || since_comma < 0)) {
      if (since_comma < 0 && digits > 3) return bad("a comma in the wrong place");
      since_comma = 0;
    } else if (c == '.' && decimals < 0 && digits > 0) {
      decimals = 0;
      if (since_comma >= 0 && since_comma != 3) return bad("a comma in the wrong place");
    } else {
      return bad("unexpected character");
    }
  }
  if (digits == 0 || decimals == 0) return bad("digits missing");
  if (since_comma >= 0 && since_comma != 3) return bad("a comma in the wrong place");
  for (int d = std::max(decimals, 0); d < 2; ++d) fen *= 10;
  if (fen > std::numeric_limits<std::int64_t>::max()) return bad("too large");
  return Money(static_cast<std::int64_t>(negative ? -fen : fen));
}

std::string Money::format_yuan() const {
  const __int128 wide = fen_;
  const auto magnitude = static_cast<unsigned long long>(wide < 0 ? -wide : wide);
  std::string cents = std::to_string(magnitude % 100);
  if (cents.size() < 2) cents.insert(0, "0");
  return (fen_ < 0 ? "-" : "") + std::to_string(magnitude / 100) + "." + cents;
}

Money Money::operator+(Money other) const {
  return Money(narrow(static_cast<__int128>(fen_) + other.fen_));
}

Money Money::operator-(Money other) const {
  return Money(narrow(static_cast<__int128>(fen_) - other.fen_));
}

Money Money::share(std::int64_t bps, Rounding rounding) const {
  return Money(divide(static_cast<__int128>(fen_) * bps, 10'000, rounding));
}

Money Money::share_ppm(std::int64_t ppm, Rounding rounding) const {
  return Money(divide(static_cast<__int128>(fen_) * ppm, 1'000'000, rounding));
}

std::vector<Money> Money::split(const std::vector<std::int64_t>& weights) const {
  const __int128 total = std::accumulate(weights.begin(), weights.end(), static_cast<__int128>(0));
  CHECK_MSG(total > 0 && total <= std::numeric_limits<std::int64_t>::max(), "weights to split by");
  const auto sum = static_cast<std::int64_t>(total);
  std::vector<Money> parts;
  std::vector<std::pair<__int128, std::size_t>> remainders;
  Money left = *this;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(weights[i] >= 0);
    const __int128 product = static_cast<__int128>(fen_) * weights[i];
    parts.push_back(Money(divide(product, sum, Rounding::down)));
    const __int128 rest = product % sum;
    remainders.emplace_back(rest < 0 ? rest : -rest, i);
    left -= parts.back();
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const Money one = from_fen(left.fen() < 0 ? -1 : 1);
  for (std::size_t i = 0; left.fen() != 0; ++i, left -= one) parts[remainders[i].second] += one;
  return parts;
}

}  // namespace kernel
