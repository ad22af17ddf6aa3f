#pragma once
// The audit as a page sees it: run in the background on request, one at a time, its last report
// kept beside the data so that it outlives the server.

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "evidence/audit.h"
#include "http/route.h"

namespace evidence {

struct AuditState {
  std::string state = "none";  // none | running | done | failed
  std::int64_t done_entries = 0, all_entries = 0;
  std::optional<kernel::Instant> started_at, ended_at;
  std::string asked_by, message;      // of a failure
  std::optional<AuditReport> report;  // the last one that ended, also while another runs
};
BOOST_DESCRIBE_STRUCT(AuditState, (),
                      (state, done_entries, all_entries, started_at, ended_at, asked_by, message,
                       report))

class AuditJob {
 public:
  // `kept`: the file of the last report. The options' progress is the job's own.
  AuditJob(AuditOptions options, std::filesystem::path kept);
  AuditJob(const AuditJob&) = delete;
  AuditJob& operator=(const AuditJob&) = delete;
  ~AuditJob();  // gives up what runs

  AuditState state() const;
  // Begins one over the days asked for; conflict while one runs.
  kernel::Result<AuditState> start(std::optional<kernel::Date> from, std::optional<kernel::Date> to,
                                   std::string_view by, kernel::Instant now);

 private:
  void run(AuditOptions options, kernel::Instant begun);
  void load();
  void save(const AuditState& state) const;

  const AuditOptions options_;
  const std::filesystem::path kept_;
  mutable std::mutex mutex_;
  AuditState state_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// GET and POST /api/v1/audit, for compliance, auditor and admin.
std::vector<http::Route> audit_routes(AuditJob& job);

}  // namespace evidence
