#include "kernel/date.h"

#include <fmt/core.h>

#include <chrono>

namespace kernel {
namespace {

constexpr std::int64_t day_micros = 86'400'000'000;
constexpr std::int64_t china_offset_micros = 8 * 3'600'000'000LL;

std::chrono::year_month_day ymd_of(std::int32_t days) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days)));
}

// Exactly `count` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, int count) {
  if (at + static_cast<std::size_t>(count) > text.size()) return -1;
  int value = 0;
  for (int i = 0; i < count; ++i) {
    const char c = text[at + static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

bool Date::exists(int year, int month, int day) {
  if (year < 1900 || year > 2999 || month < 1 || day < 1) return false;
  return std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

Date Date::from_ymd(int year, int month, int day) {
  CHECK_MSG(exists(year, month, day), "no such date");
  const std::chrono::year_month_day ymd(std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day)));
  return Date(static_cast<std::int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count()));
}

Result<Date> Date::parse(std::string_view text) {
  const int y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || y < 0 || m < 0 || d < 0) {
    return Error{Code::invalid_input, "not a date of the form YYYY-MM-DD", std::string(text)};
  }
  if (!exists(y, m, d)) {
    return Error{Code::invalid_input, "no such date", std::string(text)};
  }
  return from_ymd(y, m, d);
}

int Date::year() const {
  return static_cast<int>(ymd_of(days_).year());
}
int Date::month() const {
  return static_cast<int>(static_cast<unsigned>(ymd_of(days_).month()));
}
int Date::day() const {
  return static_cast<int>(static_cast<unsigned>(ymd_of(days_).day()));
}

int Date::weekday() const {
  return static_cast<int>(
      std::chrono::weekday(std::chrono::sys_days(std::chrono::days(days_))).iso_encoding());
}

std::string Date::format() const {
  const auto ymd = ymd_of(days_);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

Date Date::plus_months(int months) const {
  const auto from = ymd_of(days_);
  const auto month =
      std::chrono::year_month(from.year(), from.month()) + std::chrono::months(months);
  const std::chrono::year_month_day_last last(month.year(),
                                              std::chrono::month_day_last(month.month()));
  const unsigned day =
      std::min(static_cast<unsigned>(from.day()), static_cast<unsigned>(last.day()));
  return from_ymd(static_cast<int>(month.year()),
                  static_cast<int>(static_cast<unsigned>(month.month())), static_cast<int>(day));
}

Result<Instant> Instant::parse(std::string_view text) {
  const Error bad{Code::invalid_input, "not a time of the form YYYY-MM-DDThh:mm:ss+08:00 (or Z)",
                  std::string(text)};
  if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ')) return bad;
  auto date = Date::parse(text.substr(0, 10));
  if (!date) return date.error();
  const int h = digits(text, 11, 2), m = digits(text, 14, 2), s = digits(text, 17, 2);
  if (text[13] != ':' || text[16] != ':' || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
    return bad;
  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (text[at] == '.') {
    std::int64_t unit = 100'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      fraction += (text[at] - '0') * unit;
    }
  }
  const std::string_view zone = text.substr(at);
  int offset_minutes = 0;
  if (zone != "Z") {
    const int oh = digits(zone, 1, 2), om = digits(zone, 4, 2);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || oh < 0 ||
        oh > 14 || om < 0 || om > 59)
      return bad;
    offset_minutes = (oh * 60 + om) * (zone[0] == '-' ? -1 : 1);
  }
  const std::int64_t seconds = static_cast<std::int64_t>(date->days()) * 86'400 + h * 3600 +
                               m * 60 + s - offset_minutes * 60;
  return Instant(seconds * 1'000'000 + fraction);
}

Date Instant::china_date() const {
  return Date::from_days(
      static_cast<std::int32_t>(floor_divide(us_ + china_offset_micros, day_micros)));
}

int Instant::china_minute() const {
  const std::int64_t local = us_ + china_offset_micros;
  return static_cast<int>((local - floor_divide(local, day_micros) * day_micros) / 60'000'000);
}

std::string Instant::format() const {
  const std::int64_t local = us_ + china_offset_micros;
  const std::int64_t in_day = local - floor_divide(local, day_micros) * day_micros;
  const std::int64_t s = in_day / 1'000'000, fraction = in_day % 1'000'000;
  std::string text =
      fmt::format("{}T{:02}:{:02}:{:02}", china_date().format(), s / 3600, s / 60 % 60, s % 60);
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text + "+08:00";
}

}  // namespace kernel
