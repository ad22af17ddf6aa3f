// packs_differential [--pairs N] [--seed N]: the long form; exit 1 and disagreement.dmn at the
// first difference. Run in the project's folder.

#include <cstdlib>
#include <cstring>
#include <iostream>

#include "tests/packs/agree.h"

int main(int count, char** words) {
  std::int64_t pairs = 1'000'000;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(words[i], "--pairs") == 0) pairs = std::atoll(words[i + 1]);
    if (std::strcmp(words[i], "--seed") == 0) seed = std::strtoull(words[i + 1], nullptr, 10);
  }
  const tests::Compared done = tests::compare_packs(tests::shipped_packs(), pairs, seed);
  std::cout << done.pairs << " pairs of answers, " << done.refused << " refused, over "
            << done.packs << " packs (" << done.broken << " of them broken), " << done.compiled
            << " of " << done.tables << " tables compiled\n"
            << done.difference;
  return done.difference.empty() && done.pairs >= pairs ? 0 : 1;
}
