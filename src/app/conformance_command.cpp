// conformance: the packs' cases against this binary, or against anybody who asks line by line.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"
#include "gate/conformance.h"

namespace app {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

// A store of its own for the histories, gone afterwards.
class Scratch {
 public:
  Scratch()
      : folder_(fs::temp_directory_path() /
                ("evenhand-conformance-" + std::to_string(::getpid()))) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    fs::create_directories(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Result<std::unique_ptr<store::Store>> open() const {
    TRY_ASSIGN(const auto clock, make_clock(""));
    return open_store({.data = folder_.string()}, clock);
  }

 private:
  fs::path folder_;
};

Status write_files(const fs::path& folder, const fs::path& decisions) {
  TRY_ASSIGN(const auto files, gate::make_files(decisions));
  std::error_code error;
  fs::create_directories(folder / "cases", error);
  for (const auto& [name, text] : files)
    if (error || !(std::ofstream(folder / name, std::ios::binary) << text))
      return Error{Code::unavailable, "cannot write the file", (folder / name).string()};
  return kernel::Ok{};
}

Result<gate::ConformanceReport> run_all(const fs::path& folder, const fs::path& decisions) {
  gate::ConformanceReport report;
  TRY(gate::run_case_files(folder, decisions, report));
  if (fs::exists(folder / "sequences")) {
    const Scratch scratch;
    TRY_ASSIGN(const auto store, scratch.open());
    TRY(gate::run_sequence_files(folder, decisions, *store, report));
  }
  return report;
}

// One question a line, one answer a line, until the input ends.
int answer_lines(const fs::path& decisions) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) continue;
    const auto answer = gate::answer_case(decisions, line);
    if (!answer) return fail(answer.error());
    std::cout << *answer << std::endl;
  }
  return 0;
}

}  // namespace

int run_conformance(const ConformanceCommand& command) {
  const auto decisions = find_decisions(command.place);
  if (!decisions) return fail(decisions.error());
  if (command.answer) return answer_lines(*decisions);
  if (command.folder.empty())
    return fail({Code::invalid_input, "name the folder of the cases, or --answer", "DIR"});
  if (command.write) {
    const Status written = write_files(command.folder, *decisions);
    return written ? say("written; look at the difference before you keep it\n")
                   : fail(written.error());
  }
  const auto report = run_all(command.folder, *decisions);
  if (!report) return fail(report.error());
  std::string text;
  for (const std::string& failure : report->failures) text += "FAILED " + failure + "\n";
  text += std::to_string(report->cases) + " cases, " + std::to_string(report->sequences) +
          " sequences of " + std::to_string(report->steps) +
          " steps: " + std::to_string(report->failures.size()) + " failed\n";
  const int said = say(text);
  return said != 0 ? said : report->failures.empty() ? 0 : 1;
}

}  // namespace app
