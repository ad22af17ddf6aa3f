// The short form of packs_differential, and what the shipped packs compile to.

#include <gtest/gtest.h>

#include "tests/packs/agree.h"

namespace tests {
namespace {

TEST(packs, compiled_and_interpreted_agree) {
  const Compared done = compare_packs(shipped_packs(), 6'000, 7);
  EXPECT_EQ(done.difference, "");
  EXPECT_EQ(done.pairs, 6'000);
  EXPECT_GT(done.refused, 1'000);
  EXPECT_GT(done.compiled, done.tables / 4);
  EXPECT_LT(done.compiled, done.tables);  // some were changed to what cannot be compiled
}

TEST(packs, every_table_that_is_shipped_compiles) {
  for (const std::string& xml : shipped_packs()) {
    const gate::Pack pack = gate::Pack::parse(xml, "shipped");
    ASSERT_EQ(pack.problem, "");
    for (const gate::PackTable& table : pack.program->tables())
      EXPECT_EQ(table.why_interpreted, "") << table.name;
    EXPECT_TRUE(pack.program->has_rows());
  }
}

}  // namespace
}  // namespace tests
