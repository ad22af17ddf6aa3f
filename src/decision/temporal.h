#pragma once
// Dates, times and durations as FEEL has them: the proleptic Gregorian calendar, years to
// ±999,999,999, times with an optional offset or zone, nanoseconds. Pure: no clock in here.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace decision {

struct CalendarDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;

  auto operator<=>(const CalendarDate&) const = default;
};

struct ZoneOffset {
  bool known = false;        // false: local time
  std::int32_t seconds = 0;  // east of UTC
  std::string id;            // "Europe/Paris", or empty where only an offset was given

  bool operator==(const ZoneOffset&) const = default;
};

struct ClockTime {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int32_t nanos = 0;
  ZoneOffset zone;

  bool operator==(const ClockTime&) const = default;
};

struct DateTime {
  CalendarDate date;
  ClockTime time;

  bool operator==(const DateTime&) const = default;
};

struct DaysDuration {  // days and time duration
  __int128 nanos = 0;
  auto operator<=>(const DaysDuration&) const = default;
};

struct MonthsDuration {  // years and months duration
  std::int64_t months = 0;
  auto operator<=>(const MonthsDuration&) const = default;
};

bool exists(const CalendarDate& date);
std::int64_t days_since_epoch(const CalendarDate& date);  // 0 = 1970-01-01
CalendarDate date_of_days(std::int64_t days);
int days_in_month(std::int64_t year, int month);
int weekday(const CalendarDate& date);  // 1 Monday – 7 Sunday

std::optional<CalendarDate> parse_date(std::string_view text);
std::optional<ClockTime> parse_time(std::string_view text);
std::optional<DateTime> parse_date_time(std::string_view text);
std::optional<DaysDuration> parse_days_duration(std::string_view text);
std::optional<MonthsDuration> parse_months_duration(std::string_view text);

std::string format(const CalendarDate& date);
std::string format(const ClockTime& time);
std::string format(const DateTime& moment);
std::string format(const DaysDuration& duration);
std::string format(const MonthsDuration& duration);

}  // namespace decision
