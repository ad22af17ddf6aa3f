// simulate.

#include <stdlib.h>

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

namespace fs = std::filesystem;
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

Result<std::string> write_draft(const strategy::Models& in_force, const fs::path& folder,
                                const fs::path& draft, const std::string& name) {
  for (const strategy::ModelFile& file : in_force.files()) {
    if (file.file != name && fs::path(file.file).filename() != name) continue;
    TRY_ASSIGN(const std::string bytes, read_file(draft.string()));
    std::ofstream(folder / file.file, std::ios::binary) << bytes;
    return file.file;
  }
  return Error{Code::invalid_input, "there is no table of that name in force", draft.string()};
}

// The tables in force with the files given in place of those of their names. Through a folder, so
// that tables which import others find them.
Result<strategy::Models> draft_models(const strategy::Models& in_force,
                                      const std::vector<std::string>& drafts) {
  std::string made = (fs::temp_directory_path() / "evenhand-draft-XXXXXX").string();
  if (::mkdtemp(made.data()) == nullptr)
    return Error{Code::unavailable, "cannot make a folder", made};
  const fs::path folder = made;
  const auto load = [&]() -> Result<strategy::Models> {
    for (const strategy::ModelFile& file : in_force.files()) {
      fs::create_directories((folder / file.file).parent_path());
      std::ofstream(folder / file.file, std::ios::binary) << *file.bytes;
    }
    for (const std::string& draft : drafts) {
      if (!fs::is_directory(draft)) {
        TRY(write_draft(in_force, folder, draft, fs::path(draft).filename().string()));
        continue;
      }
      for (const auto& entry : fs::recursive_directory_iterator(draft))
        if (entry.path().extension() == ".dmn")
          TRY(write_draft(in_force, folder, entry.path(),
                          entry.path().lexically_relative(draft).generic_string()));
    }
    return strategy::Models::load(folder);
  };
  Result<strategy::Models> models = load();
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return models;
}

// Like a job of the server: a draft of these very bytes may now be sent to review.
kernel::Status record(store::Store& store, const simulation::Options& options,
                      kernel::Instant now) {
  return store.transact([&](store::Transaction& tx) {
    for (const strategy::ModelFile& file : options.draft.files()) {
      const strategy::ModelFile* before = options.in_force.find(file.file);
      if (before == nullptr || before->version != file.version)
        tables::record_simulated(tx, file.version, "command", now);
    }
    return kernel::Ok{};
  });
}

Result<simulation::Result> simulate(const SimulateCommand& command) {
  TRY_ASSIGN(const auto clock, make_clock(command.place.now));
  TRY_ASSIGN(const auto store, open_store(command.place, clock));
  simulation::Options options;
  options.data_dir = command.place.data;
  TRY_ASSIGN(const fs::path decisions, find_decisions(command.place));
  if (command.date.empty()) {
    const auto dates = book::book_dates(options.data_dir);
    if (dates.empty())
      return Error{Code::not_found, "there is no book yet: run a night first", command.place.data};
    options.date = dates.back();
  } else {
    TRY_ASSIGN(options.date, kernel::Date::parse(command.date));
  }
  TRY_ASSIGN(options.in_force, tables::models_in_force(*store, decisions, options.date));
  TRY_ASSIGN(options.draft, draft_models(options.in_force, command.drafts));
  options.nights = command.nights;
  options.seed = command.seed;
  options.threads =
      command.threads > 0 ? command.threads : std::max(1U, std::thread::hardware_concurrency());
  TRY_ASSIGN(options.caps, store->read([&](store::Transaction& tx) {
    const auto packs = gate::Packs::in_force(tx, decisions, options.date);
    return simulation::Caps{packs.cap_person_day(), packs.cap_number_day()};
  }));
  Line line;
  if (on_terminal())
    options.on_progress = [&](const simulation::Progress& progress) { line.show(progress); };
  std::signal(SIGINT, [](int) { interrupted = true; });
  options.cancelled = [] { return interrupted.load(); };
  auto result = simulation::simulate(options);
  if (on_terminal()) Line::end();
  if (result) TRY(record(*store, options, clock()));
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
