// The counting itself, written from docs/gate.md and not from the gate's code: two that agree are
// worth more than one that is run twice.

#include <algorithm>
#include <map>

#include "evidence/audit_lives.h"
#include "gate/types.h"

namespace evidence {

const std::array<TallyInfo, tally_count>& tallies() {
  static const std::array<TallyInfo, tally_count> all = {
      TallyInfo{"contacts_today", Joins::sum},
      {"contacts_7d", Joins::sum},
      {"calls_today", Joins::sum},
      {"third_party_contacts_today", Joins::sum},
      {"third_party_contacts_7d", Joins::sum},
      {"attempts_today", Joins::sum},
      {"attempts_today_person", Joins::sum},
      {"calls_7d", Joins::sum},
      {"minutes_since_contact", Joins::least},
      {"days_since_conversation", Joins::least},
      {"missed_calls", Joins::row},
      {"missed_days", Joins::row},
  };
  return all;
}

Meaning meaning_of(std::string_view outcome) {
  const auto is = [&](auto... words) { return ((outcome == words) || ...); };
  return {.contact = !is("no_answer", "busy", "not_delivered", "not_made"),
          .settled = !is("", "unknown"),
          .talked = !is("no_answer", "busy", "not_delivered", "not_made", "wrong_number",
                        "connected_third_party"),
          .missed = is("no_answer", "busy", "not_delivered", "wrong_number")};
}

namespace {

constexpr std::int64_t kMinute = 60'000'000, kWindow = 8 * 1440 * kMinute;

struct Misses {
  std::int32_t reached_ago = std::numeric_limits<std::int32_t>::max();
  std::int64_t reached_at = std::numeric_limits<std::int64_t>::min();
  struct Call {
    std::int32_t ago;
    std::int64_t at;
  };
  std::vector<Call> missed;
};

// Misses in a row: since the last call that reached somebody, and days on which all were missed.
void count_misses(const Misses& misses, Tallies& own) {
  std::map<std::int32_t, int> by_day;
  for (const Misses::Call& call : misses.missed) {
    if (call.ago < misses.reached_ago) ++by_day[call.ago];
    if (call.ago > 0 && call.at > misses.reached_at) ++own[missed_calls];
  }
  if (by_day.empty()) return;
  for (std::int32_t ago = by_day.begin()->first; by_day.contains(ago); ++ago) ++own[missed_days];
}

void least(std::int32_t& tally, std::int64_t value) {
  tally = static_cast<std::int32_t>(std::min<std::int64_t>(tally, value));
}

}  // namespace

Tallies count_again(const Life* begin, const Life& now, bool same_nth, bool one_clock) {
  Tallies own{};
  own[minutes_since_contact] = own[days_since_conversation] = no_value;
  Misses misses;
  const std::int32_t today = day_of(now.entry);
  for (const Life* life = begin; life != &now; ++life) {
    const Judged& past = life->entry;
    if (past.permit_id == 0 || life->revoked_before(now.entry, same_nth)) continue;
    if (now.entry.at - past.at > kWindow) continue;
    const Meaning is = life->known_before(now.entry, same_nth) ? life->meaning : meaning_of("");
    const std::int32_t day = one_clock ? day_at(past.at, now.entry.offset_minutes) : day_of(past);
    const std::int32_t ago = std::max(today - day, 0);  // of the future: as today's
    const bool week = ago < 7, is_today = ago == 0;
    own[attempts_today_person] += is_today;
    own[calls_7d] += past.call && !past.third_party && week;
    if (past.call && is.contact && is.talked && !past.third_party)
      least(own[days_since_conversation], ago);
    if (past.own && past.call && is.missed)
      misses.missed.push_back({ago, past.at});
    else if (past.own && past.call && is.contact) {
      misses.reached_ago = std::min(misses.reached_ago, ago);
      misses.reached_at = std::max(misses.reached_at, past.at);
    }
    if (!is.contact) continue;
    own[contacts_today] += is_today;
    own[calls_today] += is_today && past.call;
    own[third_party_contacts_today] += is_today && past.third_party;
    own[contacts_7d] += week;
    own[third_party_contacts_7d] += week && past.third_party;
    if (is.settled) least(own[minutes_since_contact], (now.entry.at - past.at) / kMinute);
  }
  count_misses(misses, own);
  return own;
}

}  // namespace evidence
