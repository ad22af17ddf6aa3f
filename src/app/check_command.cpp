// check: findings of decision tables, as text or JSON; 1 where there are errors.

#include <algorithm>
#include <filesystem>

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"
#include "decision/check.h"
#include "http/json.h"
#include "strategy/journey.h"

namespace app {

namespace {

namespace fs = std::filesystem;

struct CheckedValue {
  std::string input, value;
};
BOOST_DESCRIBE_STRUCT(CheckedValue, (), (input, value))
struct CheckedFinding {
  std::string file, kind, severity, decision;
  std::int64_t row = 0, other_row = 0;
  std::string column, message_zh, message_en;
  std::vector<CheckedValue> example;
};
BOOST_DESCRIBE_STRUCT(CheckedFinding, (),
                      (file, kind, severity, decision, row, other_row, column, message_zh,
                       message_en, example))
struct CheckedNight {
  std::vector<CheckedValue> inputs;
  std::string treatment;
  std::int64_t row = 0;
};
BOOST_DESCRIBE_STRUCT(CheckedNight, (), (inputs, treatment, row))
struct CheckedJourney {
  std::string kind, severity, treatment, message_zh, message_en;
  std::vector<CheckedNight> path;
};
BOOST_DESCRIBE_STRUCT(CheckedJourney, (), (kind, severity, treatment, message_zh, message_en, path))
struct CheckedFiles {
  std::vector<std::string> files;
  std::vector<CheckedFinding> findings;
  std::vector<CheckedJourney> journey;
};
BOOST_DESCRIBE_STRUCT(CheckedFiles, (), (files, findings, journey))

std::vector<fs::path> models_of(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(path, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() == ".dmn") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A file that cannot be read is a finding too: it can decide nobody.
std::vector<decision::Finding> findings_of(const fs::path& path, bool night) {
  const auto broken = [](const kernel::Error& error) {
    const std::string text = error.where + ": " + error.message;
    return std::vector<decision::Finding>{{"not_understood",
                                           "error",
                                           "",
                                           0,
                                           0,
                                           "",
                                           "文件读不懂：" + text,
                                           "cannot be read: " + text,
                                           {}}};
  };
  const auto model = decision::Model::load(path);
  if (!model) return broken(model.error());
  auto findings = decision::check(*model, {.night = night});
  return findings ? *findings : broken(findings.error());
}

CheckedFinding described(const std::string& file, const decision::Finding& finding) {
  CheckedFinding result{file,
                        finding.kind,
                        finding.severity,
                        finding.decision,
                        finding.row,
                        finding.other_row,
                        finding.column,
                        finding.message_zh,
                        finding.message_en,
                        {}};
  for (const auto& [input, value] : finding.example) result.example.push_back({input, value});
  return result;
}

CheckedJourney described(const strategy::JourneyFinding& finding) {
  CheckedJourney result{finding.kind,       finding.severity,   finding.treatment,
                        finding.message_zh, finding.message_en, {}};
  for (const strategy::JourneyNight& night : finding.path) {
    CheckedNight& told = result.path.emplace_back();
    told.treatment = night.treatment;
    told.row = night.row;
    for (const auto& [input, value] : night.inputs) told.inputs.push_back({input, value});
  }
  return result;
}

// A folder with a journey.csv holds a whole strategy.
kernel::Result<std::vector<strategy::JourneyFinding>> journey_of(const fs::path& folder) {
  if (!fs::exists(folder / "journey.csv")) return std::vector<strategy::JourneyFinding>{};
  TRY_ASSIGN(const auto models, strategy::Models::load(folder));
  TRY_ASSIGN(const auto rules, strategy::JourneyRules::load(folder));
  return strategy::check_journey(models, rules);
}

}  // namespace

int run_check(const CheckCommand& command) {
  fs::path path = command.path;
  if (path.empty()) {
    const auto shipped = find_decisions(Place{});
    if (!shipped) return fail(shipped.error());
    path = *shipped;
  }
  if (!fs::exists(path)) return fail({kernel::Code::not_found, "no such file or folder", path});
  CheckedFiles all;
  std::string text;
  bool errors = false;
  for (const fs::path& file : models_of(path)) {
    const auto findings = findings_of(file, true);
    errors |= decision::has_errors(findings);
    all.files.push_back(file.string());
    for (const auto& finding : findings) {
      all.findings.push_back(described(file.string(), finding));
      text += file.string() + " " + decision::render_finding(finding, command.language);
    }
  }
  if (!errors) {  // one that decides nobody has no nights
    const auto journey = journey_of(path);
    if (!journey) return fail(journey.error());
    for (const auto& finding : *journey) {
      errors = true;
      all.journey.push_back(described(finding));
      text += strategy::render_journey(finding, command.language);
    }
  }
  const std::size_t count = all.findings.size() + all.journey.size();
  const std::string summary =
      command.language == "en"
          ? std::to_string(all.files.size()) + " files, " + std::to_string(count) + " findings\n"
          : "共 " + std::to_string(all.files.size()) + " 个文件，" + std::to_string(count) +
                " 条发现\n";
  const int said = say(command.json ? http::write_json(all) + "\n" : text + summary);
  return said != 0 ? said : errors ? 1 : 0;
}

}  // namespace app
