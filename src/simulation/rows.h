#pragma once
// The room's own tables: who asked for what, and how far it is.

#include <optional>

#include "simulation/types.h"

namespace simulation {

struct Job {
  std::int64_t simulation_id = 0;
  std::string state, runner;  // state: queued | running | done | cancelled | failed
  kernel::Date date;
  std::int64_t nights = 1, seed = 1;
  std::string asked_by;
  kernel::Instant asked_at;
  std::optional<kernel::Instant> started_at, finished_at;
  std::string stage;
  std::int64_t night = 0, done_rows = 0, total_rows = 0;
  std::string message;
  bool kept = false;
  std::vector<TableVersion> versions;
};

void save_new(store::Transaction& tx, const Job& job);
std::vector<Job> load_jobs(store::Transaction& tx, std::int64_t most);  // the latest first
std::optional<Job> find_job(store::Transaction& tx, std::int64_t simulation_id);
std::optional<Job> next_queued(store::Transaction& tx, std::string_view runner);

void save_started(store::Transaction& tx, const Job& job, kernel::Instant now);
void save_progress(store::Transaction& tx, std::int64_t simulation_id, const Progress& progress);
// False where it had ended already.
bool save_ended(store::Transaction& tx, std::int64_t simulation_id, std::string_view state,
                std::string_view message, bool kept, kernel::Instant now);
// What this runner left running when it died.
std::int64_t fail_running(store::Transaction& tx, std::string_view runner, std::string_view message,
                          kernel::Instant now);
// Ends of results on disk beyond the latest `most`: their ids, marked as gone.
std::vector<std::int64_t> forget_beyond(store::Transaction& tx, std::string_view runner,
                                        std::int64_t most);

}  // namespace simulation
