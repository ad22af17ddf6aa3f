#include "decision/tck.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace decision {
namespace {

std::filesystem::path kit() {
  if (const char* shared = std::getenv("EVENHAND_SHARED")) {
    return std::filesystem::path(shared) / "dmn-tck";
  }
  return "../shared/dmn-tck";  // tests run in the project's folder
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
  std::vector<TckResult> results = {
      {"compliance-level-2/f", "t", "001", "a", true, ""},
      {"compliance-level-2/f", "t", "001", "b", false, "wanted \"x\",\ngot 1"},
      {"compliance-level-3/g", "t", "001", "a", true, ""}};
  EXPECT_EQ(render_tck_csv(results),
            "\"compliance-level-2/f\",\"t\",\"001\",\"ERROR\","
            "\"b: wanted \"\"x\"\", got 1\"\n"
            "\"compliance-level-3/g\",\"t\",\"001\",\"SUCCESS\",\"\"\n");
  EXPECT_EQ(render_tck_summary(results),
            "compliance-level-2: 0 of 1 cases, 1 of 2 results\n"
            "compliance-level-3: 1 of 1 cases, 1 of 1 results\n"
            "all: 1 of 2 cases, 2 of 3 results\n");
}

// A kit of one folder, made here: lists, components, nulls, expected errors, a broken file.
TEST(Tck, RunsAnyFolder) {
  auto root = std::filesystem::temp_directory_path() / "evenhand_tck_test" / "compliance-level-3";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root / "deep" / "0001-x");
  auto write = [&](const char* name, const std::string& text) {
    std::ofstream(root / "deep" / "0001-x" / name) << text;
  };
  write("m.dmn", R"(<definitions name="m" namespace="n">
    <inputData id="a" name="A"><variable name="A"/></inputData>
    <decision id="d" name="D"><variable name="D"/><informationRequirement>
    <requiredInput href="#a"/></informationRequirement>
    <literalExpression><text>{list: A, twice: [A[1].v * 2, null]}</text></literalExpression>
    </decision></definitions>)");
  write("m-test-01.xml", R"(<testCases xmlns:xsi="i"><modelName>m.dmn</modelName>
    <testCase id="001"><inputNode name="A"><list><item><component name="v">
    <value xsi:type="xsd:decimal">2</value></component></item></list></inputNode>
    <resultNode name="D"><expected>
    <component name="list"><list><item><component name="v"><value xsi:type="xsd:decimal">2.0</value>
    </component></item></list></component>
    <component name="twice"><list><item><value xsi:type="xsd:decimal">4</value></item>
    <item><value xsi:nil="true"/></item></list></component>
    </expected></resultNode></testCase>
    <testCase id="002"><resultNode name="E" errorResult="true"><expected><value xsi:nil="true"/>
    </expected></resultNode></testCase>
    <testCase id="003"><resultNode name="D"><expected><value xsi:type="xsd:string">x</value>
    </expected></resultNode></testCase></testCases>)");
  write("m-test-02.xml", "<testCases>");
  write("other.xml", "<other/>");
  auto results = run_tck(root);
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].folder, "compliance-level-3/deep/0001-x");
  EXPECT_TRUE(results[0].passed) << results[0].detail;
  EXPECT_TRUE(results[1].passed) << results[1].detail;
  EXPECT_FALSE(results[2].passed);
  EXPECT_FALSE(results[3].passed);
  EXPECT_NE(results[3].detail.find("well-formed"), std::string::npos);
}

}  // namespace
}  // namespace decision
