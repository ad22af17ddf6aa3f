#include "simulation/jobs.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "http/json.h"

namespace simulation {

namespace fs = std::filesystem;

namespace {

using kernel::Code;
using kernel::Error;

constexpr std::int64_t results_kept = 20;
constexpr std::int64_t listed_most = 100;
constexpr auto progress_every = std::chrono::seconds(2);
constexpr int nice_of_background = 10;
constexpr const char* died_message =
    "the server ended while this was running; ask again for a result";

struct EndedBody {
  std::string simulation_id, state;
  std::vector<std::string> versions;
};
BOOST_DESCRIBE_STRUCT(EndedBody, (), (simulation_id, state, versions))

struct AskedBody {
  std::string simulation_id;
  std::int64_t nights = 0, seed = 0;
  std::vector<std::string> versions;
};
BOOST_DESCRIBE_STRUCT(AskedBody, (), (simulation_id, nights, seed, versions))

std::vector<std::string> texts_of(const std::vector<TableVersion>& versions) {
  std::vector<std::string> texts;
  for (const TableVersion& version : versions)
    texts.push_back(version.file + "@" + version.version);
  return texts;
}

kernel::Status save_results(const fs::path& folder, const Result& result) {
  const fs::path part = folder.string() + ".part";
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(part, error);
  std::ofstream out(part / "report.json", std::ios::binary);
  out << http::write_json(result.report) << "\n";
  out.close();
  if (!out) return Error{Code::unavailable, "cannot be written", part.string()};
  TRY(result.cases.save(part / "cases"));
  fs::rename(part, folder, error);
  if (error) return Error{Code::unavailable, "cannot be written", folder.string()};
  return kernel::Ok{};
}

}  // namespace

Jobs::Jobs(store::Store& store, Setup setup)
    : inside_(std::make_unique<Inside>(store, std::move(setup))) {}
Jobs::~Jobs() = default;
void Jobs::start(std::function<kernel::Instant()> clock) {
  inside_->start(std::move(clock));
}

Jobs::Inside::~Inside() {
  stopping_ = true;
  cancelled_ = true;
  thread_.request_stop();
  woken_.notify_all();
}

void Jobs::Inside::start(std::function<kernel::Instant()> clock) {
  clock_ = std::move(clock);
  (void)store_.transact([&](store::Transaction& tx) {
    return fail_running(tx, setup_.runner, died_message, clock_());
  });
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

fs::path Jobs::Inside::folder(std::int64_t simulation_id) const {
  return setup_.data_dir / "simulations" / std::to_string(simulation_id);
}

// ---- what routes ask ---------------------------------------------------------------------------

kernel::Result<Standing> Jobs::Inside::ask(const Asked& asked) {
  Job job{.simulation_id = store_.next_id(),
          .state = "queued",
          .runner = setup_.runner,
          .nights = std::max<std::int64_t>(asked.nights, 1),
          .seed = asked.seed,
          .asked_by = asked.by,
          .asked_at = asked.now};
  if (job.nights > 400) return Error{Code::invalid_input, "at most 400 nights", "nights"};
  const std::vector<kernel::Date> dates = book::book_dates(setup_.data_dir);
  if (dates.empty()) return Error{Code::not_found, "there is no book yet", "date"};
  job.date = asked.date ? *asked.date : dates.back();
  if (std::find(dates.begin(), dates.end(), job.date) == dates.end())
    return Error{Code::not_found, "there is no book of that date", "date"};
  TRY(store_.transact([&](store::Transaction& tx) -> kernel::Result<bool> {
    job.versions.clear();
    for (const std::int64_t version_id : asked.version_ids) {
      TRY_ASSIGN(TableVersion version, setup_.ports.find_version(tx, version_id));
      job.versions.push_back(std::move(version));
    }
    save_new(tx, job);
    tx.append({.kind = "simulation_asked",
               .subject = "simulation:" + std::to_string(job.simulation_id),
               .made_by = "user:" + asked.by,
               .made_at = asked.now,
               .body = http::write_json(AskedBody{std::to_string(job.simulation_id), job.nights,
                                                  job.seed, texts_of(job.versions)})});
    return true;
  }));
  woken_.notify_all();
  return standing(std::move(job));
}

Standing Jobs::Inside::standing(Job job) const {
  Standing standing{.job = std::move(job)};
  const std::lock_guard lock(mutex_);
  if (standing.job.simulation_id != running_ || standing.job.state != "running") return standing;
  standing.job.stage = progress_.stage;
  standing.job.night = progress_.night;
  standing.job.done_rows = progress_.done_rows;
  standing.job.total_rows = progress_.total_rows;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                      std::chrono::steady_clock::now() - started_)
                      .count();
  standing.rows_per_s = progress_.done_rows * 1'000 / std::max<std::int64_t>(ms, 1);
  if (standing.rows_per_s > 0)
    standing.seconds_left = (progress_.total_rows - progress_.done_rows) / standing.rows_per_s;
  return standing;
}

kernel::Result<std::vector<Standing>> Jobs::Inside::list() {
  TRY_ASSIGN(std::vector<Job> jobs,
             store_.read([](store::Transaction& tx) { return load_jobs(tx, listed_most); }));
  std::vector<Standing> all;
  for (Job& job : jobs) all.push_back(standing(std::move(job)));
  return all;
}

kernel::Result<Standing> Jobs::Inside::find(std::int64_t simulation_id) {
  TRY_ASSIGN(std::optional<Job> job,
             store_.read([&](store::Transaction& tx) { return find_job(tx, simulation_id); }));
  if (!job) return Error{Code::not_found, "there is no such simulation", "simulation_id"};
  return standing(std::move(*job));
}

kernel::Result<Standing> Jobs::Inside::cancel(std::int64_t simulation_id, kernel::Instant now) {
  TRY_ASSIGN(const Standing found, find(simulation_id));
  {
    const std::lock_guard lock(mutex_);
    if (running_ == simulation_id) cancelled_ = true;
  }
  if (found.job.state == "queued" || found.job.state == "running") {
    TRY(store_.transact([&](store::Transaction& tx) {
      save_ended(tx, simulation_id, "cancelled", "", false, now);
      return true;
    }));
  }
  return find(simulation_id);
}

kernel::Result<Report> Jobs::Inside::load_report(std::int64_t simulation_id) const {
  const fs::path file = folder(simulation_id) / "report.json";
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{Code::not_found, "the result is not kept any more", "simulation_id"};
  return http::parse_json<Report>(text.str());
}

kernel::Result<column::Sheet> Jobs::Inside::load_cases(std::int64_t simulation_id) const {
  const fs::path cases = folder(simulation_id) / "cases";
  std::error_code error;
  if (!fs::exists(cases, error))
    return Error{Code::not_found, "the result is not kept any more", "simulation_id"};
  return column::Sheet::open(cases);
}

// ---- the thread --------------------------------------------------------------------------------

void Jobs::Inside::work(const std::stop_token& stop) {
  // This thread and those it starts; people who work with the pages come first.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), nice_of_background);
  while (!stop.stop_requested()) {
    auto next = store_.transact([&](store::Transaction& tx) {
      auto job = next_queued(tx, setup_.runner);
      if (job) save_started(tx, *job, clock_());
      return job;
    });
    if (next && *next) {
      run(std::move(**next));
      continue;
    }
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
}

void Jobs::Inside::run(Job job) {
  {
    const std::lock_guard lock(mutex_);
    running_ = job.simulation_id;
    progress_ = Progress{.stage = "open", .nights = static_cast<std::int32_t>(job.nights)};
    started_ = saved_ = std::chrono::steady_clock::now();
    cancelled_ = stopping_.load();
  }
  const kernel::Status done = run_and_keep(job);
  std::string state = "done", message;
  if (!done) {
    const bool asked = done.error().message == cancelled_message;
    state = asked && !stopping_ ? "cancelled" : "failed";
    message = asked ? (stopping_ ? died_message : "") : done.error().message;
    if (!asked && !done.error().where.empty()) message += " (" + done.error().where + ")";
  }
  const kernel::Instant now = clock_();
  const auto told = store_.transact([&](store::Transaction& tx) {
    const bool ended = save_ended(tx, job.simulation_id, state, message, state == "done", now);
    if (ended && state == "done") {
      for (const TableVersion& version : job.versions)
        setup_.ports.record_simulated(tx, version.version, std::to_string(job.simulation_id), now);
    }
    if (ended) {
      tx.append({.kind = "simulation_ended",
                 .subject = "simulation:" + std::to_string(job.simulation_id),
                 .made_by = "simulation",
                 .made_at = now,
                 .body = http::write_json(
                     EndedBody{std::to_string(job.simulation_id), state, texts_of(job.versions)})});
    }
    return ended;
  });
  if (!told || !*told) {  // cancelled meanwhile: nothing of it is kept
    std::error_code ignored;
    fs::remove_all(folder(job.simulation_id), ignored);
  }
  {
    const std::lock_guard lock(mutex_);
    running_ = 0;
  }
  forget_old();
}

kernel::Result<Options> Jobs::Inside::options_of(Job& job) {
  Options options{.data_dir = setup_.data_dir,
                  .date = job.date,
                  .nights = static_cast<std::int32_t>(job.nights),
                  .seed = static_cast<std::uint64_t>(job.seed),
                  .threads = setup_.threads};
  TRY(store_.read([&](store::Transaction& tx) -> kernel::Result<bool> {
    std::vector<std::int64_t> version_ids;
    for (const TableVersion& version : job.versions) version_ids.push_back(version.version_id);
    TRY_ASSIGN(options.in_force, setup_.ports.models_in_force(tx, job.date));
    TRY_ASSIGN(options.draft, setup_.ports.models_with(tx, job.date, version_ids));
    options.caps = setup_.ports.caps(tx, job.date);
    return true;
  }));
  for (TableVersion& version : job.versions) {  // the draft may have been saved since it was asked
    if (const strategy::ModelFile* file = options.draft.find(version.file))
      version.version = file->version;
  }
  return options;
}

kernel::Status Jobs::Inside::run_and_keep(Job& job) {
  TRY_ASSIGN(Options options, options_of(job));
  TRY(store_.transact([&](store::Transaction& tx) {
    save_started(tx, job, clock_());
    return true;
  }));
  options.on_progress = [this](const Progress& progress) { tell(progress); };
  options.cancelled = [this] { return cancelled_.load(); };
  TRY_ASSIGN(const Result result, simulate(options));
  return save_results(folder(job.simulation_id), result);
}

void Jobs::Inside::tell(const Progress& progress) {
  std::int64_t save = 0;
  {
    const std::lock_guard lock(mutex_);
    progress_ = progress;
    const auto now = std::chrono::steady_clock::now();
    if (now - saved_ >= progress_every) {
      saved_ = now;
      save = running_;
    }
  }
  if (save == 0) return;
  // A progress that could not be saved is not worth stopping for: the live one is in memory.
  (void)store_.transact([&](store::Transaction& tx) {
    save_progress(tx, save, progress);
    return true;
  });
}

void Jobs::Inside::forget_old() {
  const auto gone = store_.transact(
      [&](store::Transaction& tx) { return forget_beyond(tx, setup_.runner, results_kept); });
  if (!gone) return;
  std::error_code ignored;
  for (const std::int64_t id : *gone) fs::remove_all(folder(id), ignored);
}

}  // namespace simulation
