// decision_differential --pairs N --seed S: exit 1 and the model at the first difference.

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/differential/agree.h"

int main(int argc, char** argv) {
  std::int64_t pairs = 1'000'000;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string_view option = argv[i];
    if (option == "--pairs") pairs = std::atoll(argv[i + 1]);
    if (option == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  differential::Tally tally = differential::run(pairs, seed);
  std::printf(
      "%lld pairs of a model and a row, %lld models (%lld refused when read), seed %llu; "
      "%lld of %lld programs ran without the interpreter\n",
      static_cast<long long>(tally.pairs), static_cast<long long>(tally.models),
      static_cast<long long>(tally.unread), static_cast<unsigned long long>(seed),
      static_cast<long long>(tally.lowered), static_cast<long long>(tally.programs));
  for (const auto& [why, times] : tally.why)
    std::printf("%6d interpreted: %s\n", times, why.c_str());
  if (tally.difference.empty()) {
    std::printf("no difference\n");
    return 0;
  }
  std::printf("DIFFERENT: %s\n", tally.difference.c_str());
  return 1;
}
