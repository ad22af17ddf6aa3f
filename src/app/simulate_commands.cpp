// simulate.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "app/answer.h"
#include "app/commands.h"
#include "app/rooms.h"
#include "http/json.h"
#include "simulation/types.h"

namespace app {

namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;

std::atomic<bool> interrupted{false};

// One line that moves on a terminal: stage, share done, rate.
class Line {
 public:
  void show(const simulation::Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_).count();
    const std::int64_t rate = progress.done_rows * 1'000 / std::max<std::int64_t>(ms, 1);
    std::fprintf(
        stderr, "\r\033[K%3d%% night %d/%d %s, %lld rows/s",
        static_cast<int>(progress.done_rows * 100 / std::max<std::int64_t>(progress.total_rows, 1)),
        std::min(progress.night + 1, progress.nights), progress.nights, progress.stage.c_str(),
        static_cast<long long>(rate));
    std::fflush(stderr);
  }
  static void end() { std::fprintf(stderr, "\r\033[K"); }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

Result<simulation::Result> simulate(const SimulateCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  simulation::Options options;
  options.data_dir = command.place.data;
  TRY_ASSIGN(options.decisions_dir, find_decisions(command.place));
  if (command.date.empty()) {
    const auto dates = book::book_dates(options.data_dir);
    if (dates.empty())
      return Error{Code::not_found, "there is no book yet: run a night first", command.place.data};
    options.date = dates.back();
  } else {
    TRY_ASSIGN(options.date, kernel::Date::parse(command.date));
  }
  TRY_ASSIGN(options.in_force,
             tables::models_in_force(*store, options.decisions_dir, options.date));
  options.draft = options.in_force;
  if (!command.drafts.empty()) {
    TRY_ASSIGN(options.draft, strategy::Models::load(std::filesystem::path(command.drafts[0])));
  }
  options.nights = command.nights;
  options.seed = command.seed;
  options.threads =
      command.threads > 0 ? command.threads : std::max(1U, std::thread::hardware_concurrency());
  const gate::Packs packs = gate::Packs::load(options.decisions_dir);
  options.caps = {packs.cap_person_day(), packs.cap_number_day()};
  Line line;
  if (on_terminal())
    options.on_progress = [&](const simulation::Progress& progress) { line.show(progress); };
  std::signal(SIGINT, [](int) { interrupted = true; });
  options.cancelled = [] { return interrupted.load(); };
  auto result = simulation::simulate(options);
  if (on_terminal()) Line::end();
  return result;
}

}  // namespace

int run_simulate(const SimulateCommand& command) {
  const auto result = simulate(command);
  if (!result) return fail(result.error());
  if (!command.cases.empty()) {
    std::ofstream out(command.cases, std::ios::binary);
    out << simulation::render_cases_csv(result->cases);
    if (!out.flush()) return fail({Code::unavailable, "cannot be written", command.cases});
  }
  return say(command.json ? http::write_json(result->report) + "\n"
                          : simulation::render_text(result->report));
}

}  // namespace app
