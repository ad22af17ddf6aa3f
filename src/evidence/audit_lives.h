#pragma once
// What the recount keeps of a permit between its passes. Only the recount includes this.

#include "evidence/audit_recount.h"

namespace evidence {

inline constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();

// The day in China, and the day of a clock so many minutes from UTC.
inline std::int32_t day_of(std::int64_t micros) {
  return kernel::Instant::from_micros(micros).china_date().days();
}
inline std::int32_t day_at(std::int64_t micros, std::int32_t offset_minutes) {
  return day_of(micros + (offset_minutes - 480) * std::int64_t{60'000'000});
}
inline std::int32_t day_of(const Judged& entry) {
  return day_at(entry.at, entry.offset_minutes);
}

struct Life {
  Judged entry;
  std::int64_t known_at = std::numeric_limits<std::int64_t>::max();  // when its outcome was told
  std::int32_t known_after = never;    // after which of the person's permits; not_said: by time
  std::int32_t revoked_after = never;  // likewise, when a hold revoked it
  Meaning meaning{};

  // Was it so when `now` was judged? What came after the same permit as a refusal may have been
  // known to it: `same_nth` says whether it was.
  static bool before(std::int32_t after, std::int64_t at, const Judged& now, bool same_nth) {
    if (after == not_said) return at <= now.at;
    return now.permit_id == 0 && same_nth ? after <= now.nth : after < now.nth;
  }
  bool known_before(const Judged& now, bool same_nth) const {
    return before(known_after, known_at, now, same_nth);
  }
  bool revoked_before(const Judged& now, bool same_nth) const {
    return revoked_after != never && before(revoked_after, 0, now, same_nth);
  }
};

// What had been counted when `now` was judged, from those before it. What was told after the same
// permit may have been known to a refusal or not: `same_nth` says which is taken. Days are those of
// each entry's own clock, or of `now`'s where one clock must do for all.
Tallies count_again(const Life* begin, const Life& now, bool same_nth, bool one_clock);

struct OnNumber {
  std::int64_t fact_id = 0, leaf = 0, at = 0;
  std::int32_t day = 0;  // where the person is
  Ref number{};
  std::int32_t said = not_said, imported = not_said, cap = no_value;
  bool revoked = false;

  std::int32_t imported_count() const { return imported == not_said ? 0 : imported; }
  std::int32_t own() const { return said == not_said ? 0 : said - imported_count(); }
};

}  // namespace evidence
