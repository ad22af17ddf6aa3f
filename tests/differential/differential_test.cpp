// A short run of what decision_differential asks a million times.

#include "tests/differential/agree.h"

#include <gtest/gtest.h>

namespace differential {
namespace {

TEST(Differential, compiled_decisions_answer_as_the_interpreter_does) {
  Tally tally = run(8'000, 20261122);
  EXPECT_EQ(tally.difference, "");
  EXPECT_GE(tally.pairs, 8'000);
  EXPECT_GT(tally.lowered * 10, tally.programs * 7);  // else the test would prove little
}

}  // namespace
}  // namespace differential
