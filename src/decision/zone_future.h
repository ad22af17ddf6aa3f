#pragma once
// The rule that closes a zone file, for moments after its last known change: POSIX's TZ text, such
// as "CET-1CEST,M3.5.0,M10.5.0/3".

#include <cstdint>
#include <optional>
#include <string_view>

#include "decision/temporal.h"

namespace decision {

// When clocks turn each year: the week-th weekday of a month (5: the last), or a day of the year.
struct ClockTurn {
  int month = 0;  // 0: a day of the year
  int week = 0;
  int weekday = 0;  // 0 Sunday
  int day = 0;      // of the year, from 0
  bool skips_leap_day = false;
  std::int32_t seconds = 7200;  // after midnight, by the clock before the turn
};

struct ZoneFuture {
  std::int32_t standard = 0;  // seconds east of UTC
  bool has_summer = false;
  std::int32_t summer = 0;
  ClockTurn begins;
  ClockTurn ends;
};

std::optional<ZoneFuture> read_zone_future(std::string_view text);
std::int32_t offset_in(const ZoneFuture& future, const CalendarDate& date, const ClockTime& time);

}  // namespace decision
