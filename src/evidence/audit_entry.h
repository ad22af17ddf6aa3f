#pragma once
// Reads an entry of the log as the audit needs it. Enters: a leaf's bytes. Leaves: which of the
// things the audit follows it tells of, or `Other`. docs/evidence.md has the form of an entry.

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "evidence/audit_recount.h"
#include "gate/types.h"

namespace evidence {

struct Other {};

struct Rule {
  std::string_view code, pack, version, table, rule_id;
  auto operator<=>(const Rule&) const = default;
};

// permit_granted, permit_refused
struct JudgedEntry {
  Judged judged;
  std::string_view role, channel, purpose, asker_kind, jurisdiction, day;
  bool has_facts = false;  // false: refused before a pack was asked (no such customer, no clock)
  bool says_debt = false, zone_known = true;
  std::int32_t minute = not_said;
  std::vector<gate::LoggedFact> facts;
  std::vector<std::string_view> holds;
  std::vector<gate::PackRef> packs;
  std::vector<Rule> rules;
};

// permit_used, permit_outcome, permit_expired, contact_attempted
struct TouchedEntry {
  Touched touched;
  std::string_view outcome;
};

// hold_set, hold_lifted
struct HoldEntry {
  HoldMoved hold;
  std::string_view kind;
  std::vector<std::int64_t> revoked;  // permits it took back
};

// pack_used
struct PackEntry {
  std::int64_t fact_id = 0, leaf = 0;
  std::string_view pack, version, sha256;
};

using LogEntry = std::variant<Other, JudgedEntry, TouchedEntry, HoldEntry, PackEntry>;

// Not for two threads at once.
class EntryParser {
 public:
  EntryParser();
  ~EntryParser();
  // Valid until the next call. Error: the entry is not of the form, or lacks what its kind has.
  kernel::Result<LogEntry> parse(std::int64_t leaf, std::string_view bytes);
  kernel::Date day() const { return day_; }  // of the last entry, in China

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
  kernel::Date day_;
};

}  // namespace evidence
