#include "evidence/check_job.h"

#include <chrono>

#include "tlog/files.h"
#include "tlog/verify.h"

namespace evidence {

using kernel::Code;
using kernel::Error;

VerifyJob::VerifyJob(store::Store& store, std::filesystem::path log, std::filesystem::path kept)
    : store_(store), log_(std::move(log)), kept_(std::move(kept)) {
  const auto text = tlog::read_whole(kept_);
  if (!text) return;
  auto before = http::parse_json<VerifyState>(*text);
  if (before && before->state != "running") state_ = std::move(*before);
}

VerifyJob::~VerifyJob() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

VerifyState VerifyJob::state() const {
  const std::lock_guard lock(mutex_);
  VerifyState now = state_;
  if (now.state == "running") now.done_facts = done_;
  return now;
}

kernel::Result<VerifyState> VerifyJob::start(std::string_view by, kernel::Instant now) {
  const std::lock_guard lock(mutex_);
  if (state_.state == "running")
    return Error{Code::conflict, "a check is running; its result will be here", ""};
  if (thread_.joinable()) thread_.join();  // it has ended
  state_.state = "running";
  state_.done_facts = done_ = 0;
  state_.started_at = now;
  state_.ended_at.reset();
  state_.asked_by = by;
  state_.message.clear();
  thread_ = std::thread([this, now] { run(now); });
  return state_;
}

void VerifyJob::run(kernel::Instant begun) {
  const auto started = std::chrono::steady_clock::now();
  tlog::VerifyOptions options;
  options.other_folders = {"packs"};
  options.wait_ms = 3000;
  const tlog::Report files = tlog::verify(log_, options);
  auto checked = check_store(store_, log_,
                             {.data = log_.parent_path(),
                              .progress = [this](std::int64_t facts) { done_ = facts; },
                              .cancelled = [this] { return stopping_.load(); }});
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started);
  const std::lock_guard lock(mutex_);
  state_.ended_at = begun.plus_seconds(took.count());
  state_.state = checked ? "done" : "failed";
  state_.file_finding_count = static_cast<std::int64_t>(files.finding_count);
  state_.file_findings.clear();
  for (const tlog::Finding& f : files.findings)
    state_.file_findings.push_back({f.kind, f.file, f.message_zh, f.message_en});
  if (checked) {
    state_.done_facts = checked->facts;
    state_.store = std::move(*checked);
  } else {
    state_.message = checked.error().message;
  }
  (void)tlog::replace_file(kept_, http::write_json(state_) + "\n");
}

}  // namespace evidence
