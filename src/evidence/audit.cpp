#include "evidence/audit.h"

#include <fmt/format.h>

#include <chrono>

#include "evidence/audit_entry.h"
#include "evidence/audit_packs.h"
#include "tlog/tlog.h"

namespace evidence {

using kernel::Code;
using kernel::Error;

namespace {

constexpr std::int64_t progress_every = 20'000;

// The root of a tree whose leaves come one by one (RFC 6962 §2.1): a stack of full subtrees.
class RootOf {
 public:
  void add(const tlog::Hash& leaf) {
    full_.push_back(leaf);
    for (std::uint64_t n = ++size_; n % 2 == 0; n /= 2) fold();
  }
  tlog::Hash root() const {
    if (full_.empty()) return tlog::empty_root();
    RootOf rest = *this;
    while (rest.full_.size() > 1) rest.fold();
    return rest.full_.front();
  }

 private:
  void fold() {
    const tlog::Hash right = full_.back();
    full_.pop_back();
    full_.back() = tlog::node_hash(full_.back(), right);
  }
  std::vector<tlog::Hash> full_;
  std::uint64_t size_ = 0;
};

class Auditor {
 public:
  Auditor(const AuditOptions& options, std::filesystem::path temporary)
      : options_(options),
        packs_(options.log / "packs", findings_),
        recount_(temporary, findings_) {}

  kernel::Result<AuditReport> run() {
    const auto begun = std::chrono::steady_clock::now();
    TRY_ASSIGN(const tlog::Checkpoint checkpoint, open_log());
    TRY(read_all(checkpoint));
    packs_.finish();
    if (!options_.decisions.empty()) packs_.compare_with(options_.decisions);
    TRY(recount_.finish());
    finish_report();
    report_.milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::steady_clock::now() - begun)
                               .count();
    return std::move(report_);
  }

 private:
  kernel::Result<tlog::Checkpoint> open_log();
  kernel::Status read_all(const tlog::Checkpoint& checkpoint);
  void read(std::int64_t leaf, std::string_view bytes);
  void take(JudgedEntry& entry);
  void take(const TouchedEntry& entry);
  void take(const HoldEntry& entry);
  void take(const PackEntry& entry) { packs_.used(entry); }
  void take(const Other&) {}
  void check_clock(const JudgedEntry& entry);
  void finish_report();
  DayCount& day() { return by_day_[parser_.day()]; }

  const AuditOptions& options_;
  Findings findings_;
  EntryParser parser_;
  LogPacks packs_;
  Recount recount_;
  AuditReport report_;
  bool in_range_ = true;
  std::map<std::pair<std::string, std::string>, std::int64_t> by_rule_;
  std::map<kernel::Date, DayCount> by_day_;
  std::map<std::string, AskerCount, std::less<>> by_asker_;
};

kernel::Result<tlog::Checkpoint> Auditor::open_log() {
  TRY_ASSIGN(const std::string note, tlog::read_whole(options_.log / "checkpoint"));
  std::string vkey = options_.vkey;
  if (vkey.empty()) {
    TRY_ASSIGN(vkey, tlog::read_whole(options_.log / "vkey", 4096));
    while (!vkey.empty() && vkey.back() == '\n') vkey.pop_back();
  }
  TRY_ASSIGN(const tlog::Verifier key, tlog::Verifier::parse(vkey));
  TRY_ASSIGN(const auto opened, tlog::open_checkpoint(note, std::span(&key, 1)));
  report_.origin = opened.checkpoint.origin;
  report_.entries = static_cast<std::int64_t>(opened.checkpoint.tree.size);
  report_.root = tlog::base64(tlog::bytes_of(opened.checkpoint.tree.root));
  return opened.checkpoint;
}

// Entries are hashed as they are read: what is audited is what the checkpoint was signed for.
kernel::Status Auditor::read_all(const tlog::Checkpoint& checkpoint) {
  const tlog::Reader reader(options_.log, checkpoint.tree.size);
  RootOf root;
  const auto read_one = [&](std::uint64_t index, std::string_view bytes) -> kernel::Status {
    const auto leaf = static_cast<std::int64_t>(index);
    if (leaf % progress_every == 0) {
      if (options_.cancelled && options_.cancelled())
        return Error{Code::unavailable, "the audit was cancelled", ""};
      if (options_.on_progress) options_.on_progress(leaf, report_.entries);
    }
    root.add(tlog::leaf_hash(bytes));
    read(leaf, bytes);
    return kernel::Ok{};
  };
  const kernel::Status done = reader.entries(0, checkpoint.tree.size, read_one);
  if (!done) {
    const Error& error = done.error();
    if (error.code != Code::corrupt && error.code != Code::not_found) return error;
    findings_.add(
        "log_broken", {}, -1, fmt::format("日志无法读完：{}", error.message),
        fmt::format("the log cannot be read to its end: {} ({})", error.message, error.where));
  } else if (root.root() != checkpoint.tree.root) {
    findings_.add("log_broken", {}, -1, "条目与签名的检查点不符",
                  "the entries are not those the checkpoint was signed for");
  }
  return kernel::Ok{};
}

void Auditor::read(std::int64_t leaf, std::string_view bytes) {
  auto entry = parser_.parse(leaf, bytes);
  if (!entry) {
    findings_.say_of(leaf, true);
    findings_.add("entry_unreadable", {}, leaf,
                  fmt::format("条目无法读取：{}", entry.error().message), entry.error().message);
    return;
  }
  in_range_ = (!options_.from || parser_.day() >= *options_.from) &&
              (!options_.to || parser_.day() <= *options_.to);
  findings_.say_of(leaf, in_range_);
  std::visit([this](auto& one) { take(one); }, *entry);
}

void Auditor::take(JudgedEntry& entry) {
  const bool replayed = packs_.judge(entry);
  check_clock(entry);
  for (const std::string_view kind : entry.holds) entry.judged.holds |= recount_.hold_bit(kind);
  if (entry.has_facts) recount_.judged(entry.judged);
  if (!in_range_) return;
  const bool granted = entry.judged.permit_id != 0;
  ++(replayed ? report_.replayed : report_.not_replayed);
  ++(granted ? report_.granted : report_.refused);
  ++(granted ? day().granted : day().refused);
  const std::string_view kind = entry.asker_kind.empty() ? "unknown" : entry.asker_kind;
  AskerCount& asker = by_asker_[std::string(kind)];
  ++(granted ? asker.granted : asker.refused);
  for (const Rule& rule : entry.rules) ++by_rule_[{std::string(rule.code), std::string(rule.pack)}];
}

// Where the zone leaves no choice, the minute judged must be that of the moment judged; the day
// must be that on which it is this minute there: rows begin and end with days.
void Auditor::check_clock(const JudgedEntry& entry) {
  if (!entry.has_facts || entry.minute == not_said) return;
  const std::int32_t offset = entry.judged.offset_minutes;
  const bool china = !entry.zone_known || entry.jurisdiction == "CN";
  const bool good = china                        ? offset == 480
                    : entry.jurisdiction == "UK" ? offset == 0 || offset == 60
                                                 : true;
  if (!good)
    findings_.add(
        "minute_differs", {entry.judged.fact_id}, entry.judged.leaf,
        fmt::format("minute 记为 {}，与判断时刻不符", entry.minute),
        fmt::format("minute says {}, which is not the minute of the moment judged", entry.minute));
  constexpr std::int64_t minute_micros = 60'000'000;
  const std::string day =
      kernel::Instant::from_micros(entry.judged.at + (offset - 480) * minute_micros)
          .china_date()
          .format();
  if (!entry.day.empty() && entry.day != day)
    findings_.add("minute_differs", {entry.judged.fact_id}, entry.judged.leaf,
                  fmt::format("day 记为 {}，判断时刻是 {}", entry.day, day),
                  fmt::format("day says {}; the moment judged was on {}", entry.day, day));
}

void Auditor::take(const TouchedEntry& entry) {
  recount_.touched(entry.touched);
  if (!in_range_) return;
  switch (entry.touched.what) {
    case What::used:
      ++report_.used;
      ++day().used;
      break;
    case What::outcome:
    case What::expired:
      ++report_.outcomes;
      break;
    case What::attempted:
      ++report_.contacts;
      ++day().contacts;
      break;
    case What::revoked:
      break;
  }
}

void Auditor::take(const HoldEntry& entry) {
  HoldMoved hold = entry.hold;
  hold.bit = recount_.hold_bit(entry.kind);
  recount_.hold(hold);
  for (const std::int64_t permit_id : entry.revoked)
    recount_.touched({.permit_id = permit_id,
                      .fact_id = hold.fact_id,
                      .at = hold.at,
                      .leaf = hold.leaf,
                      .person = hold.person,
                      .nth = hold.nth,
                      .what = What::revoked});
  if (in_range_ && !hold.lifted) ++report_.holds;
}

void Auditor::finish_report() {
  report_.from = options_.from;
  report_.to = options_.to;
  report_.persons = recount_.persons();
  report_.numbers = recount_.numbers();
  for (const auto& [rule, count] : by_rule_)
    report_.by_rule.push_back({rule.first, rule.second, count});
  std::stable_sort(report_.by_rule.begin(), report_.by_rule.end(),
                   [](const RuleCount& a, const RuleCount& b) { return a.refusals > b.refusals; });
  for (auto& [date, count] : by_day_) {
    count.date = date;
    report_.by_day.push_back(count);
  }
  for (auto& [kind, count] : by_asker_) {
    count.asker_kind = kind;
    report_.by_asker_kind.push_back(count);
  }
  report_.packs = packs_.counts();
  findings_.give(report_);
}

// A folder of this audit's own, gone when it ends.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& in) {
    std::error_code error;
    std::string name =
        ((in.empty() ? std::filesystem::temp_directory_path(error) : in) / "evenhand-audit-XXXXXX")
            .string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

kernel::Result<AuditReport> audit(const AuditOptions& options) {
  const Temporary temporary(options.temporary);
  if (temporary.path().empty())
    return Error{Code::unavailable, "cannot make a temporary folder", options.temporary.string()};
  return Auditor(options, temporary.path()).run();
}

}  // namespace evidence
