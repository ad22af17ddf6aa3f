// decide, tck, gate ask.

#include <fstream>

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"
#include "decision/decide_csv.h"
#include "decision/tck.h"

namespace app {

using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

Result<std::string> decide(const DecideCommand& command) {
  TRY_ASSIGN(const decision::Model model, decision::Model::load(command.model));
  if (!model.has(command.decision)) {
    std::string names;
    for (const auto& info : model.decisions()) names += (names.empty() ? "" : ", ") + info.name;
    return Error{Code::not_found, "the model has no decision of that name; it has: " + names,
                 command.decision};
  }
  TRY_ASSIGN(const std::string csv, read_file(command.input));
  return decision::decide_csv(model, command.decision, csv, command.input);
}

Result<std::string> ask_gate(const GateAskCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto decisions, find_decisions(command.place));
  TRY_ASSIGN(const std::string json, read_file(command.json));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  return gate::answer_json(*store, make_gate(decisions, gate_clock(command.place)), json, clock());
}

}  // namespace

int run_decide(const DecideCommand& command) {
  const auto csv = decide(command);
  return csv ? say(*csv) : fail(csv.error());
}

int run_tck(const std::string& folder, const std::string& csv) {
  const auto results = decision::run_tck(folder);
  if (results.empty()) return fail({Code::not_found, "no conformance cases there", folder});
  if (!csv.empty() && !(std::ofstream(csv) << decision::render_tck_csv(results)))
    return fail({Code::unavailable, "cannot write the result file", csv});
  std::string text;
  for (const auto& result : results) {
    if (!result.passed)
      text += result.folder + "/" + result.file + " " + result.test_case + " " + result.node +
              ": " + result.detail + "\n";
  }
  return say(text + decision::render_tck_summary(results));
}

int run_gate_ask(const GateAskCommand& command) {
  const auto answer = ask_gate(command);
  return answer ? say(*answer) : fail(answer.error());
}

}  // namespace app
