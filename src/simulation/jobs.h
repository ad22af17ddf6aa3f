#pragma once
// The background thread that runs simulations, and what routes ask of it.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "simulation/rows.h"
#include "simulation/types.h"

namespace simulation {

// A job as it stands this moment; of a running one the progress is the live one.
struct Standing {
  Job job;
  std::int64_t rows_per_s = 0, seconds_left = 0;
};

class Jobs::Inside {
 public:
  Inside(store::Store& store, Setup setup) : store_(store), setup_(std::move(setup)) {}
  ~Inside();
  void start(std::function<kernel::Instant()> clock);

  struct Asked {
    std::vector<std::int64_t> version_ids;
    std::int64_t nights = 1, seed = 1;
    std::optional<kernel::Date> date;  // nothing: the latest book
    std::string by;
    kernel::Instant now;
  };
  kernel::Result<Standing> ask(const Asked& asked);
  kernel::Result<std::vector<Standing>> list();
  kernel::Result<Standing> find(std::int64_t simulation_id);
  kernel::Result<Standing> cancel(std::int64_t simulation_id, kernel::Instant now);

  // Results on disk; not_found where they are not kept any more.
  kernel::Result<Report> load_report(std::int64_t simulation_id) const;
  kernel::Result<column::Sheet> load_cases(std::int64_t simulation_id) const;
  const std::filesystem::path& data_dir() const { return setup_.data_dir; }

 private:
  void work(const std::stop_token& stop);
  void run(Job job);
  kernel::Status run_and_keep(Job& job);
  kernel::Result<Options> options_of(Job& job);
  void tell(const Progress& progress);
  void forget_old();
  Standing standing(Job job) const;
  std::filesystem::path folder(std::int64_t simulation_id) const;

  store::Store& store_;
  Setup setup_;
  std::function<kernel::Instant()> clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::int64_t running_ = 0;  // simulation_id; 0: none
  Progress progress_;
  std::chrono::steady_clock::time_point started_, saved_;
  std::atomic<bool> cancelled_{false}, stopping_{false};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace simulation
