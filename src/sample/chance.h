#pragma once
// Random numbers that are the same everywhere: SplitMix64 (Steele, Lea, Flood 2014), and shapes
// made of whole numbers. The standard library's distributions differ between libraries, so none is
// used.

#include <array>
#include <cstdint>
#include <span>

namespace sample {

class Chance {
 public:
  // A stream of its own for each (seed, what): one customer's data never depend on another's.
  Chance(std::uint64_t seed, std::uint64_t what) : state_(seed * 0x9E3779B97F4A7C15ull + what) {
    next();
    state_ ^= what << 32;
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  // 0 to below `count`; the bias of the high-bits method is under 2^-32 here.
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(((next() >> 32) * static_cast<std::uint64_t>(count)) >> 32);
  }
  std::int64_t between(std::int64_t lowest, std::int64_t highest) {
    return lowest + below(highest - lowest + 1);
  }
  bool happens(int per_thousand) { return below(1000) < per_thousand; }

  // Index of a weight, in proportion.
  std::size_t pick(std::span<const int> weights) {
    std::int64_t total = 0;
    for (const int weight : weights) total += weight;
    std::int64_t at = below(total);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (at < weights[i]) return i;
      at -= weights[i];
    }
    return weights.size() - 1;
  }

  // A log-normal with median 1000 and sigma 0.8, by its quantiles with straight lines between.
  std::int64_t log_normal_permille() {
    static constexpr std::array<std::int64_t, 21> quantiles = {
        156,  268,  359,  436,  510,  583,  657,  735,  817,  904, 1000,
        1106, 1225, 1361, 1521, 1715, 1961, 2291, 2788, 3728, 6431};
    const std::int64_t u = below(20'000);
    const auto i = static_cast<std::size_t>(u / 1000);
    return quantiles[i] + (quantiles[i + 1] - quantiles[i]) * (u % 1000) / 1000;
  }

 private:
  std::uint64_t state_;
};

}  // namespace sample
