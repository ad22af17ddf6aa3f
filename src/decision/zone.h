#pragma once
// Time zones by name, from the system's zone files (TZif), read once each and never changed.
// What enters is "Europe/Paris" and a local time; what leaves is seconds east of UTC.

#include <cstdint>
#include <optional>
#include <string_view>

#include "decision/temporal.h"

namespace decision {

bool zone_exists(std::string_view id);
// The offset in force at a local moment; 0 where the zone is not known.
std::int32_t zone_offset(std::string_view id, const CalendarDate& date, const ClockTime& time);

// Seconds east of UTC of a date-time, or of a time (zones by name are taken as of 1970-01-01).
std::int32_t offset_of(const DateTime& moment);
std::int32_t offset_of(const ClockTime& time);
// Nanoseconds since 1970-01-01T00:00Z; local ones count as UTC.
__int128 instant_of(const DateTime& moment);
__int128 nanos_of_day(const ClockTime& time);  // of the wall clock, without the offset

}  // namespace decision
