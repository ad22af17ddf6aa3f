#include "gate/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace gate {

namespace {

constexpr int kDay = 1440;

kernel::Instant utc(kernel::Date date, int minute) {
  return kernel::Instant::from_micros((static_cast<std::int64_t>(date.days()) * kDay + minute) *
                                      60'000'000);
}

std::int64_t minutes_of(kernel::Instant at) {
  const std::int64_t us = at.micros(), minute = 60'000'000;
  return us >= 0 ? us / minute : -((-us + minute - 1) / minute);
}

std::int64_t day_of(std::int64_t minutes) {
  return minutes >= 0 ? minutes / kDay : -((-minutes + kDay - 1) / kDay);
}

}  // namespace

// Reads a rule from left to right; `bad` says that it is none.
struct ZoneReader {
  std::string_view rest;
  bool bad = false;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void name() {
    std::size_t n = 0;
    if (take('<')) {
      n = rest.find('>');
      bad = bad || n == rest.npos;
      rest.remove_prefix(bad ? rest.size() : n + 1);
      return;
    }
    while (n < rest.size() && std::isalpha(static_cast<unsigned char>(rest[n]))) ++n;
    bad = bad || n < 3;
    rest.remove_prefix(n);
  }
  int number(int highest) {
    int value = 0;
    std::size_t n = 0;
    while (n < rest.size() && n < 4 && std::isdigit(static_cast<unsigned char>(rest[n])))
      value = value * 10 + (rest[n++] - '0');
    bad = bad || n == 0 || value > highest;
    rest.remove_prefix(n);
    return value;
  }
  int time() {  // [+-]hh[:mm] in minutes
    const bool minus = take('-');
    if (!minus) take('+');
    int minutes = number(24) * 60;
    if (take(':')) minutes += number(59);
    return minus ? -minutes : minutes;
  }
  Zone::Change change() {
    Zone::Change c;
    bad = bad || !take('M');
    c.month = number(12);
    bad = bad || !take('.');
    c.week = number(5);
    bad = bad || !take('.');
    c.weekday = number(6);
    bad = bad || c.month == 0 || c.week == 0;
    if (take('/')) c.minute = time();
    return c;
  }
};

kernel::Result<Zone> Zone::parse(std::string_view posix_tz) {
  Zone zone;
  ZoneReader in{posix_tz};
  in.name();
  zone.standard_ = -in.time();
  zone.summer_ = zone.standard_;
  if (!in.bad && !in.rest.empty()) {
    in.name();
    zone.summer_ = zone.standard_ + 60;
    if (!in.rest.empty() && in.rest.front() != ',') zone.summer_ = -in.time();
    in.bad = in.bad || !in.take(',');
    zone.begins_ = in.change();
    in.bad = in.bad || !in.take(',');
    zone.ends_ = in.change();
  }
  if (in.bad || !in.rest.empty())
    return kernel::Error{kernel::Code::invalid_input,
                         fmt::format("'{}' is no rule of a time zone (POSIX TZ)", posix_tz),
                         std::string(posix_tz)};
  return zone;
}

kernel::Instant Zone::change_at(const Change& c, int year, int offset_before) const {
  const kernel::Date first = kernel::Date::from_ymd(year, c.month, 1);
  const int ahead = (c.weekday - first.weekday() % 7 + 7) % 7;  // ISO 7 is Sunday, POSIX 0
  kernel::Date day = first.plus_days(ahead + 7 * (c.week - 1));
  while (day.month() != c.month) day = day.plus_days(-7);
  return utc(day, c.minute - offset_before);
}

int Zone::offset(kernel::Instant at) const {
  if (!begins_ || !ends_) return standard_;
  const auto day = day_of(minutes_of(at) + standard_);
  const int year = kernel::Date::from_days(static_cast<std::int32_t>(day)).year();
  const kernel::Instant begins = change_at(*begins_, year, standard_);
  const kernel::Instant ends = change_at(*ends_, year, summer_);
  const bool north = begins < ends;
  const bool summer = north ? at >= begins && at < ends : at >= begins || at < ends;
  return summer ? summer_ : standard_;
}

kernel::Date Zone::date(kernel::Instant at) const {
  return kernel::Date::from_days(static_cast<std::int32_t>(day_of(minutes_of(at) + offset(at))));
}

int Zone::minute(kernel::Instant at) const {
  const std::int64_t local = minutes_of(at) + offset(at);
  return static_cast<int>(local - day_of(local) * kDay);
}

kernel::Instant Zone::at(kernel::Date date, int minute_of_day) const {
  // With each offset in turn: the one that is in force at the moment it gives. The larger offset is
  // the earlier moment.
  const int larger = std::max(standard_, summer_), smaller = std::min(standard_, summer_);
  const kernel::Instant early = utc(date, minute_of_day - larger);
  if (offset(early) == larger) return early;
  return utc(date, minute_of_day - smaller);
}

}  // namespace gate
