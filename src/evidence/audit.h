#pragma once
// Audit: is the log true to its own rules? Enters: a log folder (checkpoint, tiles, packs/) and
// nothing else. Leaves: a report. Each permit and refusal is judged again by the packs in force
// then, whose bytes the log names by SHA-256; each count is made again from the log alone. A log
// can be whole (`evidence verify`) and still tell of a gate that broke its caps: that is found
// here.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/date.h"
#include "kernel/result.h"

namespace evidence {

// What does not hold, and the facts that show it.
struct Violation {
  std::string kind;                   // word of violation_kinds()
  std::vector<std::string> fact_ids;  // entries of the log
  std::int64_t leaf = -1;             // index of the first of them; -1: none
  std::string message_zh, message_en;
};
BOOST_DESCRIBE_STRUCT(Violation, (), (kind, fact_ids, leaf, message_zh, message_en))

struct ViolationCount {
  std::string kind, meaning_zh, meaning_en;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(ViolationCount, (), (kind, meaning_zh, meaning_en, count))

struct RuleCount {
  std::string code, pack;
  std::int64_t refusals = 0;
};
BOOST_DESCRIBE_STRUCT(RuleCount, (), (code, pack, refusals))

struct DayCount {
  kernel::Date date;  // a day in China
  std::int64_t granted = 0, refused = 0, used = 0, contacts = 0;
};
BOOST_DESCRIBE_STRUCT(DayCount, (), (date, granted, refused, used, contacts))

struct AskerCount {
  std::string asker_kind;  // user | agency | machine | unknown
  std::int64_t granted = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(AskerCount, (), (asker_kind, granted, refused))

struct PackCount {
  std::string pack, version, sha256;
  std::int64_t permits = 0, refusals = 0;  // judged under it
  std::optional<bool> same_as_given;       // as the file of that name in `decisions`
};
BOOST_DESCRIBE_STRUCT(PackCount, (), (pack, version, sha256, permits, refusals, same_as_given))

struct AuditReport {
  bool good = false;  // nothing found
  std::string origin, root;
  std::int64_t entries = 0;
  std::optional<kernel::Date> from, to;
  std::int64_t granted = 0, refused = 0, used = 0, outcomes = 0, contacts = 0, holds = 0;
  std::int64_t persons = 0, numbers = 0;
  std::int64_t replayed = 0;      // verdicts made again
  std::int64_t not_replayed = 0;  // refused before any pack was asked (no such customer)
  std::int64_t milliseconds = 0;
  std::int64_t violations = 0;          // all of them
  std::vector<ViolationCount> by_kind;  // every kind, also those with none
  std::vector<Violation> first;         // at most `violations_kept` of each kind
  std::vector<RuleCount> by_rule;
  std::vector<DayCount> by_day;
  std::vector<AskerCount> by_asker_kind;
  std::vector<PackCount> packs;
};
BOOST_DESCRIBE_STRUCT(AuditReport, (),
                      (good, origin, root, entries, from, to, granted, refused, used, outcomes,
                       contacts, holds, persons, numbers, replayed, not_replayed, milliseconds,
                       violations, by_kind, first, by_rule, by_day, by_asker_kind, packs))

inline constexpr std::size_t violations_kept = 100;

struct ViolationKind {
  const char* kind;
  const char* meaning_zh;
  const char* meaning_en;
};
const std::vector<ViolationKind>& violation_kinds();

// What was found so far: every one counted, the first of each kind kept.
class Findings {
 public:
  void add(std::string_view kind, std::vector<std::int64_t> fact_ids, std::int64_t leaf,
           std::string message_zh, std::string message_en);
  // Leaves that are not in the days asked for are counted with, and not reported on.
  void say_of(std::int64_t leaf, bool reported);
  void give(AuditReport& report) const;
  std::int64_t count(std::string_view kind) const;

 private:
  std::map<std::string, std::int64_t, std::less<>> counts_;
  std::vector<Violation> first_;
  std::vector<bool> silent_;  // by leaf; empty: none
};

struct AuditOptions {
  std::filesystem::path log;
  std::string vkey;                      // key the checkpoint must be signed with; empty: LOG/vkey
  std::filesystem::path decisions;       // may be empty; else its packs are compared with the log's
  std::optional<kernel::Date> from, to;  // days to report on (both included); counting sees all
  std::filesystem::path temporary;       // for what memory should not hold; empty: the system's
  std::function<void(std::int64_t done, std::int64_t of)> on_progress;
  std::function<bool()> cancelled;
};

// An Error only where there is no log to audit or no room to work; faults are in the report.
kernel::Result<AuditReport> audit(const AuditOptions& options);
std::string text_of(const AuditReport& report);  // for a terminal

}  // namespace evidence
