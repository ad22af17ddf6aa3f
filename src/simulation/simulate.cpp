// simulate: both sides, night after night, compared and summed.

#include <algorithm>

#include "kernel/hash.h"
#include "simulation/differ.h"
#include "simulation/fit.h"
#include "simulation/report.h"

namespace simulation {

namespace {

constexpr std::array<const char*, 11> files_of_a_night = {
    "allocation.dmn", "bucket.dmn",     "expected_net.dmn", "payment_order.dmn",
    "priority.dmn",   "risk_grade.dmn", "scorecard.dmn",    "simulation.dmn",
    "terms.dmn",      "treatment.dmn",  "promise.dmn"};

// Says how far it is, and stops where the caller wants it stopped.
class Pace {
 public:
  Pace(const Options& options, std::int64_t accounts) : options_(options) {
    progress_.nights = options.nights;
    progress_.total_rows = accounts * options.nights * 2;
  }
  kernel::Status step(const char* stage, std::int32_t night, std::int64_t more_rows = 0) {
    progress_.stage = stage;
    progress_.night = night;
    progress_.done_rows += more_rows;
    if (options_.on_progress) options_.on_progress(progress_);
    if (options_.cancelled && options_.cancelled()) {
      return kernel::Error{kernel::Code::conflict, cancelled_message, "simulation"};
    }
    return kernel::Ok{};
  }

 private:
  const Options& options_;
  Progress progress_;
};

kernel::Result<std::map<std::string, std::int64_t>> load_available(
    const std::filesystem::path& edition) {
  std::map<std::string, std::int64_t> available;
  TRY_ASSIGN(const column::Sheet collectors,
             column::Sheet::open(edition / "02-cut" / "collectors"));
  const column::Texts team = collectors.texts("team");
  const auto capacity = collectors.get<std::int32_t>("capacity");
  const auto certified = collectors.get<std::int8_t>("certified");
  for (std::size_t row = 0; row < collectors.rows(); ++row)
    if (certified[row] != 0) available[std::string(team.at(row))] += capacity[row];
  return available;
}

kernel::Result<World> make_world(const Options& options, Fit& fit) {
  if (options.nights < 1 || options.nights > nights_max) {
    return kernel::Error{kernel::Code::invalid_input,
                         "a simulation is of 1 to " + std::to_string(nights_max) + " nights",
                         "nights"};
  }
  TRY_ASSIGN(const std::string edition, book::current_edition(options.data_dir, options.date));
  World world{.options = options,
              .edition = book::book_folder(options.data_dir, options.date) / edition};
  // One behaviour for both sides: a draft of it is not a treatment of anybody.
  TRY_ASSIGN(world.behaviour, options.in_force.need("simulation.dmn"));
  TRY_ASSIGN(world.settings, read_settings(*world.behaviour));
  TRY_ASSIGN(world.available, load_available(world.edition));
  TRY_ASSIGN(fit, decide_fit(options, *world.behaviour, world.settings));
  world.factors = fit.factors;
  return world;
}

void draw_keys(World& world, const column::Sheet& accounts) {
  const column::Texts account_no = accounts.texts("account_no");
  world.keys.resize(accounts.rows());
  book::over_rows(world.keys.size(), world.options.threads,
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t row = begin; row < end; ++row)
                      world.keys[row] = key_of(world.options.seed, account_no.at(row));
                  });
}

// The tables that are not the same on both sides.
std::vector<Override> overrides_of(const Options& options) {
  std::vector<Override> all;
  for (const char* file : files_of_a_night) {
    const strategy::ModelFile* today = options.in_force.find(file);
    const strategy::ModelFile* draft = options.draft.find(file);
    if (today == nullptr || draft == nullptr || *today->bytes == *draft->bytes) continue;
    all.push_back({file, today->version, draft->version});
  }
  std::sort(all.begin(), all.end(),
            [](const Override& a, const Override& b) { return a.file < b.file; });
  return all;
}

kernel::Status decide_night(Side& side, std::int32_t night, Pace& pace) {
  if (night > 0) {
    TRY(pace.step("accrue", night));
    TRY(side.carry_to(night));
  }
  TRY(pace.step("age", night));
  TRY(side.age());
  TRY(pace.step("score", night));
  TRY(side.score());
  TRY(pace.step("treat", night));
  TRY(side.treat());
  TRY(pace.step("act", night));
  TRY(side.act());
  return pace.step("act", night, static_cast<std::int64_t>(side.accounts().rows()));
}

}  // namespace

kernel::Result<Result> simulate(const Options& options) {
  Fit fit;
  TRY_ASSIGN(World world, make_world(options, fit));
  TRY_ASSIGN(const std::unique_ptr<Side> today, Side::open(world, options.in_force));
  TRY_ASSIGN(const std::unique_ptr<Side> draft, Side::open(world, options.draft));
  draw_keys(world, today->accounts());
  const std::size_t accounts = today->accounts().rows();
  Pace pace(options, static_cast<std::int64_t>(accounts));
  TRY(pace.step("fit", 0));
  Reporting reporting(options, *today);
  Differences differences(accounts);
  for (std::int32_t night = 0; night < options.nights; ++night) {
    TRY(decide_night(*today, night, pace));
    TRY(decide_night(*draft, night, pace));
    TRY(pace.step("compare", night));
    const std::int64_t otherwise = differences.compare(*today, *draft, night, options.threads);
    reporting.add_night(night, *today, *draft, otherwise);
  }
  if (options.nights > 1) {
    TRY(pace.step("end", options.nights));
    for (Side* side : {today.get(), draft.get()}) {
      TRY(side->carry_to(options.nights));
      TRY(side->age());
    }
    reporting.add_end(*today, *draft);
  }
  Result result;
  result.report = reporting.take();
  Report& report = result.report;
  report.edition = world.edition.filename().string();
  report.overrides = overrides_of(options);
  report.behaviour_version = world.behaviour->version();
  report.fit_pairs = fit.pairs;
  report.fit = std::move(fit.lines);
  report.differing = differences.sums(today->accounts());
  report.changes = differences.changes();
  for (TeamLine& line : report.teams) {
    const auto found = world.available.find(line.team);
    line.available = found == world.available.end() ? 0 : found->second;
  }
  result.cases = differences.cases(*today, *draft);
  return result;
}

}  // namespace simulation
