#include "simulation/rows.h"

namespace simulation {

namespace {

constexpr const char* columns =
    "SELECT simulation_id, state, runner, book_date, nights, seed, asked_by, asked_at, started_at, "
    "finished_at, stage, night, done_rows, total_rows, message, kept FROM simulation ";

Job job_of(const store::Row& row) {
  return {.simulation_id = row.i64(0),
          .state = row.text(1),
          .runner = row.text(2),
          .date = row.date(3),
          .nights = row.i64(4),
          .seed = row.i64(5),
          .asked_by = row.text(6),
          .asked_at = row.instant(7),
          .started_at = row.opt_instant(8),
          .finished_at = row.opt_instant(9),
          .stage = row.text(10),
          .night = row.i64(11),
          .done_rows = row.i64(12),
          .total_rows = row.i64(13),
          .message = row.text(14),
          .kept = row.flag(15)};
}

void load_versions(store::Transaction& tx, Job& job) {
  tx.query(
      "SELECT version_id, file, version FROM simulation_version WHERE simulation_id = $1 "
      "ORDER BY position",
      {job.simulation_id}, [&](const store::Row& row) {
        job.versions.push_back({row.i64(0), row.text(1), row.text(2)});
      });
}

void save_versions(store::Transaction& tx, const Job& job) {
  tx.execute("DELETE FROM simulation_version WHERE simulation_id = $1", {job.simulation_id});
  for (std::size_t i = 0; i < job.versions.size(); ++i) {
    const TableVersion& version = job.versions[i];
    tx.execute(
        "INSERT INTO simulation_version (simulation_id, position, version_id, file, version) "
        "VALUES ($1, $2, $3, $4, $5)",
        {job.simulation_id, static_cast<std::int64_t>(i), version.version_id, version.file,
         version.version});
  }
}

std::vector<Job> jobs_of(store::Transaction& tx, const std::string& sql,
                         const store::Params& params) {
  std::vector<Job> jobs;
  tx.query(sql, params, [&](const store::Row& row) { jobs.push_back(job_of(row)); });
  for (Job& job : jobs) load_versions(tx, job);
  return jobs;
}

std::optional<Job> first_of(std::vector<Job> jobs) {
  return jobs.empty() ? std::nullopt : std::optional(std::move(jobs.front()));
}

}  // namespace

void save_new(store::Transaction& tx, const Job& job) {
  tx.execute(
      "INSERT INTO simulation (simulation_id, state, runner, book_date, nights, seed, asked_by, "
      "asked_at, stage, night, done_rows, total_rows, message, kept) VALUES ($1, 'queued', $2, $3, "
      "$4, $5, $6, $7, '', 0, 0, 0, '', 0)",
      {job.simulation_id, job.runner, job.date, job.nights, job.seed, job.asked_by, job.asked_at});
  save_versions(tx, job);
}

std::vector<Job> load_jobs(store::Transaction& tx, std::int64_t most) {
  return jobs_of(tx, std::string(columns) + "ORDER BY simulation_id DESC LIMIT $1", {most});
}

std::optional<Job> find_job(store::Transaction& tx, std::int64_t simulation_id) {
  return first_of(jobs_of(tx, std::string(columns) + "WHERE simulation_id = $1", {simulation_id}));
}

std::optional<Job> next_queued(store::Transaction& tx, std::string_view runner) {
  return first_of(jobs_of(tx,
                          std::string(columns) +
                              "WHERE state = 'queued' AND runner = $1 ORDER BY simulation_id "
                              "LIMIT 1",
                          {runner}));
}

void save_started(store::Transaction& tx, const Job& job, kernel::Instant now) {
  tx.execute(
      "UPDATE simulation SET state = 'running', started_at = $2 WHERE simulation_id = $1 AND "
      "state = 'queued'",
      {job.simulation_id, now});
  save_versions(tx, job);
}

void save_progress(store::Transaction& tx, std::int64_t simulation_id, const Progress& progress) {
  tx.execute(
      "UPDATE simulation SET stage = $2, night = $3, done_rows = $4, total_rows = $5 WHERE "
      "simulation_id = $1",
      {simulation_id, progress.stage, static_cast<std::int64_t>(progress.night), progress.done_rows,
       progress.total_rows});
}

bool save_ended(store::Transaction& tx, std::int64_t simulation_id, std::string_view state,
                std::string_view message, bool kept, kernel::Instant now) {
  return tx.execute(
             "UPDATE simulation SET state = $2, message = $3, kept = $4, finished_at = $5 WHERE "
             "simulation_id = $1 AND state IN ('queued', 'running')",
             {simulation_id, state, message, kept, now}) > 0;
}

std::int64_t fail_running(store::Transaction& tx, std::string_view runner, std::string_view message,
                          kernel::Instant now) {
  return tx.execute(
      "UPDATE simulation SET state = 'failed', message = $2, finished_at = $3 WHERE runner = $1 "
      "AND state = 'running'",
      {runner, message, now});
}

std::vector<std::int64_t> forget_beyond(store::Transaction& tx, std::string_view runner,
                                        std::int64_t most) {
  std::vector<std::int64_t> ids;
  std::int64_t at = 0;
  tx.query(
      "SELECT simulation_id FROM simulation WHERE kept = 1 AND runner = $1 ORDER BY simulation_id "
      "DESC",
      {runner}, [&](const store::Row& row) {
        if (++at > most) ids.push_back(row.i64(0));
      });
  for (const std::int64_t id : ids)
    tx.execute("UPDATE simulation SET kept = 0 WHERE simulation_id = $1", {id});
  return ids;
}

}  // namespace simulation
