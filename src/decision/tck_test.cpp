#include "decision/tck.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace decision {
namespace {

std::filesystem::path kit() {
  if (const char* shared = std::getenv("EVENHAND_SHARED")) {
    return std::filesystem::path(shared) / "dmn-tck";
  }
  auto source = std::filesystem::path(__FILE__).parent_path();
  return source / "../../../shared/dmn-tck";
}

// Every expected result of a folder of the kit must come out; counts how many there are.
void expect_all_pass(const std::filesystem::path& folder, std::size_t wanted) {
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "the conformance kit is not at " << folder << " (set EVENHAND_SHARED)";
  }
  auto results = run_tck(folder);
  EXPECT_EQ(results.size(), wanted);
  for (const TckResult& result : results) {
    EXPECT_TRUE(result.passed) << result.folder << " " << result.test_case << " " << result.node
                               << ": " << result.detail;
  }
}

TEST(Tck, Level2) {
  expect_all_pass(kit() / "compliance-level-2", 126);
}

TEST(Tck, Level3) {
  expect_all_pass(kit() / "compliance-level-3", 1477);
}

TEST(Tck, CsvHasOneLineForEachCase) {
  std::vector<TckResult> results = {{"f", "t.xml", "001", "a", true, ""},
                                    {"f", "t.xml", "001", "b", false, ""},
                                    {"f", "t.xml", "002", "a", true, ""}};
  EXPECT_EQ(render_tck_csv(results),
            "\"f\",\"t.xml\",\"001\",\"ERROR\",\"\"\n\"f\",\"t.xml\",\"002\",\"SUCCESS\",\"\"\n");
}

}  // namespace
}  // namespace decision
