// The files of conformance/ against this gate: every case, and every history on each store.

#include "gate/conformance.h"

#include <gtest/gtest.h>

#include <fstream>

#include "intake/types.h"
#include "tests/stores.h"

namespace gate {
namespace {

namespace fs = std::filesystem;

std::vector<store::Migration> schemas() {
  std::vector<store::Migration> all = intake::schema();
  const auto& own = schema();
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

std::string told(const ConformanceReport& report) {
  std::string all;
  for (const std::string& failure : report.failures) all += failure + "\n";
  return all;
}

TEST(conformance, every_case_is_answered_as_its_file_says) {
  ConformanceReport report;
  const auto run = run_case_files("conformance", "decisions", report);
  ASSERT_TRUE(run) << run.error().where << ": " << run.error().message;
  EXPECT_GT(report.cases, 3000);
  EXPECT_TRUE(report.failures.empty()) << told(report);
}

TEST(conformance, every_history_ends_as_its_file_says) {
  tests::for_each_store(schemas(), [](store::Store& store, const fs::path&) {
    ConformanceReport report;
    const auto run = run_sequence_files("conformance", "decisions", store, report);
    ASSERT_TRUE(run) << run.error().where << ": " << run.error().message;
    EXPECT_GT(report.sequences, 60);
    EXPECT_GT(report.steps, 400);
    EXPECT_TRUE(report.failures.empty()) << told(report);
  });
}

// The runner must be able to fail: one word of a case changed, and one step of a history.
TEST(conformance, what_differs_is_told) {
  const tests::Folder folder;
  fs::create_directories(folder.path() / "cases");
  fs::create_directories(folder.path() / "sequences");
  const auto changed = [&](const std::string& file, const std::string& from,
                           const std::string& to) {
    std::ifstream in("conformance/" + file);
    std::string text, line;
    bool once = false;
    while (std::getline(in, line)) {
      const std::size_t at = line.find(from);
      if (at != line.npos && !once) {
        line.replace(at, from.size(), to);
        once = true;
      }
      text += line + "\n";
    }
    ASSERT_TRUE(once) << file;
    std::ofstream(folder.path() / file) << text;
  };
  changed("cases/cn-bank-card.jsonl", "\"minute\":479", "\"minute\":480");
  changed("sequences/cn-bank-card.jsonl", "\"CN_CALLS_3\"", "\"CN_HOURS\"");
  ConformanceReport cases;
  ASSERT_TRUE(run_case_files(folder.path(), "decisions", cases));
  EXPECT_EQ(cases.failures.size(), 1u) << told(cases);
  tests::for_each_store(schemas(), [&](store::Store& store, const fs::path&) {
    ConformanceReport histories;
    ASSERT_TRUE(run_sequence_files(folder.path(), "decisions", store, histories));
    EXPECT_EQ(histories.failures.size(), 1u) << told(histories);
  });
}

}  // namespace
}  // namespace gate
