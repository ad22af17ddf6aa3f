#pragma once
// Luck by counter: the draw for a purpose of an account on a night is a hash of seed, account,
// night and purpose. No state, so neither order nor threads matter, and an account has the same
// luck under every set of tables.

#include <cstdint>
#include <string_view>

namespace simulation {

enum class Purpose : std::uint32_t {
  habit,
  due_day,
  reminded,
  reach,
  response,
  amount,
  share,
  promise_days,
  promise_kept,
  complaint,
  circumstance,
};

inline std::uint64_t mixed(std::uint64_t x) {  // the finaliser of SplitMix64
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

inline std::uint64_t key_of(std::uint64_t seed, std::string_view account_no) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : account_no) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return mixed(hash ^ mixed(seed));
}

// In [0, below).
inline std::int64_t draw(std::uint64_t key, std::int32_t night, Purpose purpose,
                         std::int64_t below) {
  const auto count = static_cast<std::uint64_t>(static_cast<std::uint32_t>(night)) << 8 |
                     static_cast<std::uint64_t>(purpose);
  const std::uint64_t luck = mixed(key ^ mixed(count)) >> 32;
  return static_cast<std::int64_t>(luck * static_cast<std::uint64_t>(below) >> 32);
}

inline constexpr std::int64_t million = 1'000'000;

inline std::int64_t draw_ppm(std::uint64_t key, std::int32_t night, Purpose purpose) {
  return draw(key, night, purpose, million);
}

}  // namespace simulation
