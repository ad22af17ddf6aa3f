#pragma once
// Date: a day of the Chinese civil calendar. Instant: a moment, µs since 1970-01-01T00:00Z.
// China keeps one zone, +08:00, without summer time since 1991-09-15 (国务院 1992): a fixed offset.
// Neither knows what time it is now: only app and tests own a clock.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace kernel {

class Date {
 public:
  constexpr Date() = default;
  static constexpr Date from_days(std::int32_t days) { return Date(days); }  // since 1970-01-01
  static Date from_ymd(int year, int month, int day);  // CHECKs that it exists
  static bool exists(int year, int month, int day);    // years 1900 to 2999
  static Result<Date> parse(std::string_view text);    // "2026-11-22"

  constexpr std::int32_t days() const { return days_; }
  int year() const;
  int month() const;           // 1–12
  int day() const;             // 1–31
  int weekday() const;         // 1 Monday – 7 Sunday (ISO 8601)
  std::string format() const;  // "2026-11-22"

  constexpr Date plus_days(std::int32_t days) const { return Date(days_ + days); }
  Date plus_months(int months) const;  // the same day, or the month's last
  constexpr std::int32_t operator-(Date other) const { return days_ - other.days_; }
  auto operator<=>(const Date&) const = default;

 private:
  explicit constexpr Date(std::int32_t days) : days_(days) {}
  std::int32_t days_ = 0;
};

class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant from_micros(std::int64_t us) { return Instant(us); }
  // Start of the day in China plus so many minutes (0 to 1,440).
  static constexpr Instant china(Date date, int minute_of_day) {
    return Instant((static_cast<std::int64_t>(date.days()) * 1440 + minute_of_day - 480) *
                   60'000'000);
  }
  static Result<Instant> parse(std::string_view text);  // "2026-11-22T09:30:00[.ffffff]+08:00" or Z

  constexpr std::int64_t micros() const { return us_; }
  Date china_date() const;
  int china_minute() const;    // minute of the day in China, 0–1439
  std::string format() const;  // "2026-11-22T09:30:00+08:00", with .ffffff where there are any

  constexpr Instant plus_seconds(std::int64_t s) const { return Instant(us_ + s * 1'000'000); }
  constexpr std::int64_t micros_since(Instant other) const { return us_ - other.us_; }
  auto operator<=>(const Instant&) const = default;

 private:
  explicit constexpr Instant(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

}  // namespace kernel
