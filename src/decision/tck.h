#pragma once
// Runs the conformance kit of the DMN standard (dmn-tck): every folder of models and test files
// under a directory; one result for each expected value.

#include <filesystem>
#include <string>
#include <vector>

namespace decision {

struct TckResult {
  std::string folder;  // "compliance-level-3/0001-filter"
  std::string file;    // the test file
  std::string test_case;
  std::string node;  // the decision asked
  bool passed = false;
  std::string detail;  // what was wanted and what came, where they differ
};

std::vector<TckResult> run_tck(const std::filesystem::path& directory);
// As vendors publish it (tck_results.csv): "folder","file" (without .xml),"case","SUCCESS" or
// "ERROR","message".
std::string render_tck_csv(const std::vector<TckResult>& results);
// How many cases and results pass, by compliance level and in all.
std::string render_tck_summary(const std::vector<TckResult>& results);

}  // namespace decision
