#pragma once
// Which local time it is where a person lives. A zone is a POSIX TZ rule (IEEE Std 1003.1, "TZ"),
// as the tz database writes it: "CST-8", "EST5EDT,M3.2.0,M11.1.0". Pure: no clock, no environment.

#include <optional>
#include <string_view>

#include "kernel/date.h"
#include "kernel/result.h"

namespace gate {

class Zone {
 public:
  Zone() = default;  // China: +08:00, no summer time
  // std offset [dst [offset] , Mm.w.d[/time] , Mm.w.d[/time]]; offsets are west of Greenwich.
  static kernel::Result<Zone> parse(std::string_view posix_tz);

  kernel::Date date(kernel::Instant at) const;
  int minute(kernel::Instant at) const;  // of the local day, 0–1439
  // The moment of a local day and minute (0 to 1,440). In the hour that spring skips: the moment
  // after the leap; in the one that autumn has twice: the first.
  kernel::Instant at(kernel::Date date, int minute_of_day) const;

 private:
  // Mm.w.d/time: the d-th weekday (0 Sunday) of week w (5: the last) of month m, local minute.
  struct Change {
    int month = 0, week = 0, weekday = 0, minute = 120;
  };
  friend struct ZoneReader;
  int offset(kernel::Instant at) const;  // minutes east of Greenwich
  kernel::Instant change_at(const Change& change, int year, int offset_before) const;

  int standard_ = 480, summer_ = 480;  // minutes east of Greenwich
  std::optional<Change> begins_, ends_;
};

}  // namespace gate
