#pragma once
// The checker of the long race: the audit of the log, which reads nothing but the log, and then the
// outside record beside it: has everything the store acknowledged gone into the log?

#include <fstream>
#include <map>
#include <string>
#include <unordered_map>

#include "evidence/audit.h"
#include "evidence/audit_entry.h"
#include "tests/race/world.h"
#include "tlog/tlog.h"

namespace race {

struct Checked {
  evidence::AuditReport audit;
  std::int64_t acknowledged = 0;  // permits the outside record has
  std::int64_t acknowledged_uses = 0, acknowledged_outcomes = 0, acknowledged_holds = 0;
  std::int64_t permits_lost = 0;        // acknowledged, and not in the log
  std::int64_t others_lost = 0;         // uses, outcomes and holds likewise
  std::int64_t used_twice_outside = 0;  // two processes were told that they had used one permit
  std::int64_t keys_forked = 0;         // one idempotency key, two permits

  std::int64_t caps_exceeded() const {
    return count("person_cap_exceeded") + count("number_cap_exceeded");
  }
  std::int64_t double_use() const {
    return count("used_twice") + count("contact_twice") + used_twice_outside;
  }
  std::int64_t count(std::string_view kind) const {
    for (const evidence::ViolationCount& one : audit.by_kind)
      if (one.kind == kind) return one.count;
    CHECK_MSG(false, "no such kind");
    return 0;
  }
  bool good() const {
    return audit.good && permits_lost == 0 && others_lost == 0 && used_twice_outside == 0 &&
           keys_forked == 0;
  }
  std::string text() const {
    return fmt::format(
        "log: {} entries, {} permits, {} refusals, {} uses, {} outcomes, {} contacts, {} holds\n"
        "acknowledged outside: {} permits, {} uses, {} outcomes, {} holds\n"
        "caps exceeded {}, double use {}, acknowledged permits lost {}, other acknowledged lost {},"
        " keys with two permits {}, violations of the audit {}\n",
        audit.entries, audit.granted, audit.refused, audit.used, audit.outcomes, audit.contacts,
        audit.holds, acknowledged, acknowledged_uses, acknowledged_outcomes, acknowledged_holds,
        caps_exceeded(), double_use(), permits_lost, others_lost, keys_forked, audit.violations);
  }
};

namespace detail {

struct InLog {
  bool granted = false, used = false, told = false;
};

struct Seen {
  std::unordered_map<std::int64_t, InLog> permits;
  std::unordered_map<std::int64_t, bool> holds;
};

inline Seen read_log(const std::filesystem::path& log, std::int64_t size) {
  Seen seen;
  evidence::EntryParser parser;
  const tlog::Reader reader(log, static_cast<std::uint64_t>(size));
  const auto done = reader.entries(
      0, static_cast<std::uint64_t>(size),
      [&](std::uint64_t leaf, std::string_view bytes) -> kernel::Status {
        const auto entry = parser.parse(static_cast<std::int64_t>(leaf), bytes);
        if (!entry) return kernel::Ok{};  // the audit has named it
        if (const auto* judged = std::get_if<evidence::JudgedEntry>(&*entry))
          seen.permits[judged->judged.permit_id].granted = true;
        if (const auto* touch = std::get_if<evidence::TouchedEntry>(&*entry)) {
          InLog& permit = seen.permits[touch->touched.permit_id];
          permit.used = permit.used || touch->touched.what == evidence::What::used;
          permit.told = permit.told || touch->touched.what == evidence::What::outcome;
        }
        if (const auto* hold = std::get_if<evidence::HoldEntry>(&*entry))
          seen.holds[hold->hold.hold_id] = true;
        return kernel::Ok{};
      });
  CHECK_MSG(static_cast<bool>(done), "the log cannot be read");
  return seen;
}

}  // namespace detail

inline Checked check(const Config& config) {
  Checked checked;
  auto audited = evidence::audit({.log = config.log(), .temporary = config.folder});
  CHECK_MSG(static_cast<bool>(audited), audited ? "" : audited.error().message.c_str());
  checked.audit = std::move(*audited);
  const detail::Seen seen = detail::read_log(config.log(), checked.audit.entries);
  const auto in_log = [&](std::int64_t permit_id) {
    const auto found = seen.permits.find(permit_id);
    return found == seen.permits.end() ? detail::InLog() : found->second;
  };
  std::map<std::int64_t, std::int64_t> permit_of_key, uses;
  for (const auto& file : std::filesystem::directory_iterator(config.folder / "record")) {
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string what, person;
      std::int64_t a = 0, b = 0;
      words >> what >> a;
      if (what == "granted") {
        words >> b >> person;
        ++checked.acknowledged;
        checked.permits_lost += !in_log(b).granted;
        const auto [at, fresh] = permit_of_key.emplace(a, b);
        checked.keys_forked += !fresh && at->second != b;
      } else if (what == "used") {
        ++checked.acknowledged_uses;
        checked.others_lost += !in_log(a).used;
        checked.used_twice_outside += ++uses[a] == 2;
      } else if (what == "outcome") {
        ++checked.acknowledged_outcomes;
        checked.others_lost += !in_log(a).told;
      } else if (what == "hold") {
        ++checked.acknowledged_holds;
        checked.others_lost += !seen.holds.contains(a);
      }
    }
  }
  return checked;
}

}  // namespace race
