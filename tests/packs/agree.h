#pragma once
// Compiled packs say what interpreted ones say: every row, every word, in the same order.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gate/packs.h"

namespace tests {

using Dice = std::mt19937_64;
inline std::size_t throw_dice(Dice& dice, std::size_t sides) {
  return static_cast<std::size_t>(dice() % sides);
}

// Facts of words and numbers that the pack's own cells name, of their neighbours, of words nobody
// knows, and of nothing where a fact may be null.
class RandomFacts {
 public:
  explicit RandomFacts(const std::vector<std::string>& pack_texts);
  gate::Facts draw(Dice& dice) const;

 private:
  std::vector<std::string> words_;
  std::vector<int> numbers_;
};

// The text of a pack with some of its cells, bounds, types and rows changed; it may not parse.
std::string mutated_pack(const std::string& xml, Dice& dice);

// Empty where both agree on these facts; else what differs.
std::string disagreement(const gate::PackSet& packs, const gate::Facts& facts);

struct Compared {
  std::int64_t pairs = 0, refused = 0, packs = 0, broken = 0, tables = 0, compiled = 0;
  std::string difference;  // the first, with the seed that makes it; empty: none
};
// Rounds of the shipped packs, and of mutated ones, until so many pairs of answers are compared.
Compared compare_packs(const std::vector<std::string>& xmls, std::int64_t pairs,
                       std::uint64_t seed);

std::vector<std::string> shipped_packs();  // texts of decisions/packs/*.dmn

}  // namespace tests
