#include "evidence/audit_job.h"

#include <chrono>

#include "tlog/files.h"

namespace evidence {

using kernel::Code;
using kernel::Error;

AuditJob::AuditJob(AuditOptions options, std::filesystem::path kept)
    : options_(std::move(options)), kept_(std::move(kept)) {
  load();
}

AuditJob::~AuditJob() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

AuditState AuditJob::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

kernel::Result<AuditState> AuditJob::start(std::optional<kernel::Date> from,
                                           std::optional<kernel::Date> to, std::string_view by,
                                           kernel::Instant now) {
  const std::lock_guard lock(mutex_);
  if (state_.state == "running")
    return Error{Code::conflict, "an audit is running; its result will be here", ""};
  if (thread_.joinable()) thread_.join();  // it has ended
  state_.state = "running";
  state_.done_entries = state_.all_entries = 0;
  state_.started_at = now;
  state_.ended_at.reset();
  state_.asked_by = by;
  state_.message.clear();
  AuditOptions options = options_;
  options.from = from;
  options.to = to;
  options.cancelled = [this] { return stopping_.load(); };
  options.on_progress = [this](std::int64_t done, std::int64_t of) {
    const std::lock_guard held(mutex_);
    state_.done_entries = done;
    state_.all_entries = of;
  };
  thread_ = std::thread([this, options = std::move(options), now] { run(options, now); });
  return state_;
}

void AuditJob::run(AuditOptions options, kernel::Instant begun) {
  const auto started = std::chrono::steady_clock::now();
  auto report = audit(options);
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started);
  const std::lock_guard lock(mutex_);
  state_.ended_at = begun.plus_seconds(took.count());
  state_.state = report ? "done" : "failed";
  if (report) {
    state_.done_entries = state_.all_entries = report->entries;
    state_.report = std::move(*report);
  } else {
    state_.message = report.error().message;
  }
  save(state_);
}

void AuditJob::load() {
  const auto text = tlog::read_whole(kept_);
  if (!text) return;
  if (auto state = http::parse_json<AuditState>(*text)) state_ = std::move(*state);
}

// A report that cannot be kept is still shown as long as the server lives.
void AuditJob::save(const AuditState& state) const {
  std::error_code ignored;
  std::filesystem::create_directories(kept_.parent_path(), ignored);
  (void)tlog::replace_file(kept_, http::write_json(state) + "\n");
}

// ---- routes ------------------------------------------------------------------------------------

namespace {

struct AuditIn {
  std::optional<kernel::Date> from, to;
};
BOOST_DESCRIBE_STRUCT(AuditIn, (), (from, to))

}  // namespace

std::vector<http::Route> audit_routes(AuditJob& job) {
  using http::Nothing;
  using http::Request;
  using http::Role;
  const http::Access access = http::only({Role::compliance, Role::auditor, Role::admin});
  return {http::route<Nothing, AuditState>(
              "GET", "/api/v1/audit", "evidence", "the last audit of the log, and one that runs",
              access,
              [&job](const Nothing&, const Request&) -> kernel::Result<AuditState> {
                return job.state();
              }),
          http::route<AuditIn, AuditState>(
              "POST", "/api/v1/audit", "evidence",
              "audits the log in the background: each permit judged again, each cap counted again",
              access, [&job](const AuditIn& in, const Request& request) {
                return job.start(in.from, in.to, request.caller ? request.caller->user_name : "",
                                 request.now);
              })};
}

}  // namespace evidence
