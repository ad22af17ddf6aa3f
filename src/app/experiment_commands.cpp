// experiment list, experiment verdict.

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"

namespace app {

namespace {

kernel::Result<std::string> answer(const ExperimentCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto decisions, find_decisions(command.place));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  const book::Shelf shelf(command.place.data);
  const experiment::Deps deps = make_experiment_deps(*store, shelf, decisions);
  const kernel::Date today = clock().china_date();
  return command.action == "list" ? experiment::list_text(deps, today)
                                  : experiment::verdict_text(deps, command.name, today);
}

}  // namespace

int run_experiment(const ExperimentCommand& command) {
  const auto text = answer(command);
  return text ? say(*text) : fail(text.error());
}

}  // namespace app
