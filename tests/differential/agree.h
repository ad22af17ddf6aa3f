#pragma once
// Asks each random model both ways, compiled and interpreted, and says where they differ.

#include <cstdint>
#include <map>
#include <string>

namespace differential {

struct Tally {
  std::int64_t pairs = 0;  // (model, row), each asked by column and as a case
  std::int64_t models = 0;
  std::int64_t programs = 0;       // decisions of them, by column and as a case
  std::int64_t lowered = 0;        // those that ran without the interpreter
  std::int64_t unread = 0;         // models that were refused when read
  std::map<std::string, int> why;  // why others did not
  std::string difference;          // empty where there is none
};

// Stops at the first difference. The same seed asks the same.
Tally run(std::int64_t pairs, std::uint64_t seed);

}  // namespace differential
