#pragma once
// The check of store and log as a page sees it: run in the background on request, one at a time,
// its last result kept beside the data so that it outlives the server.

#include <atomic>
#include <mutex>
#include <thread>

#include "evidence/types.h"
#include "http/route.h"

namespace evidence {

// A finding of the log's files, as of the store's rows.
struct VerifyState {
  std::string state = "none";  // none | running | done | failed
  std::int64_t done_facts = 0;
  std::optional<kernel::Instant> started_at, ended_at;
  std::string asked_by, message;            // of a failure
  std::optional<Checked> store;             // rows against entries; the last that ended
  std::int64_t file_finding_count = 0;      // of the log's own files
  std::vector<CheckFinding> file_findings;  // the first 200
};
BOOST_DESCRIBE_STRUCT(VerifyState, (),
                      (state, done_facts, started_at, ended_at, asked_by, message, store,
                       file_finding_count, file_findings))

class VerifyJob {
 public:
  VerifyJob(store::Store& store, std::filesystem::path log, std::filesystem::path kept);
  VerifyJob(const VerifyJob&) = delete;
  VerifyJob& operator=(const VerifyJob&) = delete;
  ~VerifyJob();  // gives up what runs

  VerifyState state() const;
  kernel::Result<VerifyState> start(std::string_view by, kernel::Instant now);  // conflict: runs

 private:
  void run(kernel::Instant begun);

  store::Store& store_;
  const std::filesystem::path log_, kept_;
  mutable std::mutex mutex_;
  VerifyState state_;
  std::atomic<std::int64_t> done_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

struct Deps {
  store::Store& store;
  std::filesystem::path log;
  VerifyJob& verify;
};
// The evidence browser: GET /api/v1/evidence and below, for compliance, auditor and admin.
std::vector<http::Route> routes(const Deps& deps);

}  // namespace evidence
