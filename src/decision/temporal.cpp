#include "decision/temporal.h"

#include <charconv>
#include <cstdlib>

#include "decision/zone.h"

namespace decision {

namespace {

constexpr std::int64_t kYearMax = 999'999'999;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int32_t kOffsetMax = 14 * 3600;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads digits and marks off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }

  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view digits() {
    std::size_t n = 0;
    while (n < rest_.size() && is_digit(rest_[n])) ++n;
    std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }

  std::optional<int> two_digits() {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return std::nullopt;
    int value = (rest_[0] - '0') * 10 + (rest_[1] - '0');
    rest_.remove_prefix(2);
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> whole(std::string_view digits) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Digits after a point as nanoseconds; those past the ninth are dropped.
std::optional<std::int32_t> fraction(Cursor& cursor) {
  if (!cursor.take('.')) return 0;
  std::string_view digits = cursor.digits();
  if (digits.empty()) return std::nullopt;
  std::int32_t nanos = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    nanos = nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  return nanos;
}

std::optional<CalendarDate> take_date(Cursor& cursor) {
  bool negative = cursor.take('-');
  std::string_view year_digits = cursor.digits();
  if (year_digits.size() < 4 || year_digits.size() > 9) return std::nullopt;
  if (year_digits.size() > 4 && year_digits[0] == '0') return std::nullopt;
  auto year = whole(year_digits);
  if (!year || !cursor.take('-')) return std::nullopt;
  auto month = cursor.two_digits();
  if (!month || !cursor.take('-')) return std::nullopt;
  auto day = cursor.two_digits();
  if (!day) return std::nullopt;
  CalendarDate date{negative ? -*year : *year, *month, *day};
  return exists(date) ? std::optional(date) : std::nullopt;
}

std::optional<ZoneOffset> take_zone(Cursor& cursor) {
  ZoneOffset zone;
  if (cursor.done()) return zone;
  zone.known = true;
  if (cursor.take('Z') || cursor.take('z'))
    return cursor.done() ? std::optional(zone) : std::nullopt;
  if (cursor.take('@')) {
    zone.id = std::string(cursor.rest());
    return zone_exists(zone.id) ? std::optional(zone) : std::nullopt;
  }
  int sign = cursor.take('-') ? -1 : cursor.take('+') ? 1 : 0;
  auto hours = cursor.two_digits();
  if (sign == 0 || !hours || !cursor.take(':')) return std::nullopt;
  auto minutes = cursor.two_digits();
  if (!minutes || *minutes > 59) return std::nullopt;
  int seconds = 0;
  if (cursor.take(':')) {
    auto taken = cursor.two_digits();
    if (!taken || *taken > 59) return std::nullopt;
    seconds = *taken;
  }
  zone.seconds = sign * (*hours * 3600 + *minutes * 60 + seconds);
  bool fits = std::abs(zone.seconds) <= kOffsetMax && cursor.done();
  return fits ? std::optional(zone) : std::nullopt;
}

std::optional<ClockTime> take_time(Cursor& cursor) {
  ClockTime time;
  auto hour = cursor.two_digits();
  if (!hour || *hour > 23 || !cursor.take(':')) return std::nullopt;
  auto minute = cursor.two_digits();
  if (!minute || *minute > 59 || !cursor.take(':')) return std::nullopt;
  auto second = cursor.two_digits();
  if (!second || *second > 59) return std::nullopt;
  auto nanos = fraction(cursor);
  auto zone = nanos ? take_zone(cursor) : std::nullopt;
  if (!zone) return std::nullopt;
  return ClockTime{*hour, *minute, *second, *nanos, *zone};
}

std::string pad(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(std::abs(value));
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return value < 0 ? "-" + digits : digits;
}

std::string nanos_text(std::int64_t nanos) {
  if (nanos == 0) return "";
  std::string digits = pad(nanos, 9);
  digits.erase(digits.find_last_not_of('0') + 1);
  return "." + digits;
}

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

}  // namespace

int days_in_month(std::int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

bool exists(const CalendarDate& date) {
  return date.year >= -kYearMax && date.year <= kYearMax && date.month >= 1 && date.month <= 12 &&
         date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

// Howard Hinnant's days_from_civil, over 400-year eras that begin in March.
std::int64_t days_since_epoch(const CalendarDate& date) {
  std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  std::int64_t year_of_era = year - era * 400;
  std::int64_t day_of_year =
      (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CalendarDate date_of_days(std::int64_t days) {
  days += 719'468;
  std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  std::int64_t day_of_era = days - era * 146'097;
  std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  std::int64_t shifted = (5 * day_of_year + 2) / 153;
  int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int weekday(const CalendarDate& date) {
  std::int64_t days = days_since_epoch(date) + 3;  // 1970-01-01 was a Thursday
  return static_cast<int>((days % 7 + 7) % 7) + 1;
}

std::optional<CalendarDate> parse_date(std::string_view text) {
  Cursor cursor(text);
  auto date = take_date(cursor);
  return cursor.done() ? date : std::nullopt;
}

std::optional<ClockTime> parse_time(std::string_view text) {
  Cursor cursor(text);
  return take_time(cursor);
}

std::optional<DateTime> parse_date_time(std::string_view text) {
  Cursor cursor(text);
  auto date = take_date(cursor);
  if (!date || !cursor.take('T')) return std::nullopt;
  auto time = take_time(cursor);
  if (!time) return std::nullopt;
  return DateTime{*date, *time};
}

std::optional<DaysDuration> parse_days_duration(std::string_view text) {
  Cursor cursor(text);
  bool negative = cursor.take('-');
  if (!cursor.take('P') || cursor.done()) return std::nullopt;
  __int128 seconds = 0;
  std::int32_t nanos = 0;
  bool in_time = false;
  int last = -1;  // D, H, M, S must come in order
  constexpr std::string_view kUnits = "DHMS";
  constexpr std::int64_t kSeconds[] = {86'400, 3600, 60, 1};
  while (!cursor.done()) {
    if (!in_time && cursor.take('T')) in_time = true;
    std::string_view digits = cursor.digits();
    auto count = digits.empty() ? std::nullopt : whole(digits);
    bool bare_point = cursor.rest().starts_with(".S");  // as XML Schema allows
    if (bare_point) cursor.take('.');
    auto part = count ? fraction(cursor) : std::nullopt;
    if (!part || cursor.done()) return std::nullopt;
    auto unit = kUnits.find(cursor.peek());
    if (unit == std::string_view::npos || static_cast<int>(unit) <= last) return std::nullopt;
    if ((unit > 0) != in_time || (*part != 0 && unit != 3)) return std::nullopt;
    cursor.take(cursor.peek());
    seconds += static_cast<__int128>(*count) * kSeconds[unit];
    nanos += *part;
    last = static_cast<int>(unit);
  }
  if (last < 0) return std::nullopt;
  constexpr __int128 kNanosMax = static_cast<__int128>(INT64_MAX) * 1'000'000;
  if (seconds > kNanosMax / kNanosPerSecond) return std::nullopt;
  __int128 total = seconds * kNanosPerSecond + nanos;
  return DaysDuration{negative ? -total : total};
}

std::optional<MonthsDuration> parse_months_duration(std::string_view text) {
  Cursor cursor(text);
  bool negative = cursor.take('-');
  if (!cursor.take('P') || cursor.done()) return std::nullopt;
  __int128 months = 0;
  bool years_taken = false;
  while (!cursor.done()) {
    std::string_view digits = cursor.digits();
    auto count = digits.empty() ? std::nullopt : whole(digits);
    if (!count) return std::nullopt;
    if (!years_taken && cursor.take('Y')) {
      months += static_cast<__int128>(*count) * 12;
      years_taken = true;
    } else if (cursor.take('M') && cursor.done()) {
      months += *count;
    } else {
      return std::nullopt;
    }
  }
  if (months > INT64_MAX / 16) return std::nullopt;
  auto total = static_cast<std::int64_t>(months);
  return MonthsDuration{negative ? -total : total};
}

std::string format(const CalendarDate& date) {
  return pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2);
}

std::string format(const ClockTime& time) {
  std::string text = pad(time.hour, 2) + ":" + pad(time.minute, 2) + ":" + pad(time.second, 2);
  text += nanos_text(time.nanos);
  if (!time.zone.known) return text;
  if (!time.zone.id.empty()) return text + "@" + time.zone.id;
  if (time.zone.seconds == 0) return text + "Z";
  std::int32_t offset = std::abs(time.zone.seconds);
  text += time.zone.seconds < 0 ? "-" : "+";
  text += pad(offset / 3600, 2) + ":" + pad(offset / 60 % 60, 2);
  return offset % 60 == 0 ? text : text + ":" + pad(offset % 60, 2);
}

std::string format(const DateTime& moment) {
  return format(moment.date) + "T" + format(moment.time);
}

std::string format(const DaysDuration& duration) {
  __int128 nanos = duration.nanos < 0 ? -duration.nanos : duration.nanos;
  auto seconds = static_cast<std::int64_t>(nanos / kNanosPerSecond);
  std::int64_t rest = static_cast<std::int64_t>(nanos % kNanosPerSecond);
  std::string days = seconds >= 86'400 ? std::to_string(seconds / 86'400) + "D" : "";
  std::string time;
  if (seconds % 86'400 >= 3600) time += std::to_string(seconds % 86'400 / 3600) + "H";
  if (seconds % 3600 >= 60) time += std::to_string(seconds % 3600 / 60) + "M";
  if (seconds % 60 != 0 || rest != 0) {
    time += std::to_string(seconds % 60) + nanos_text(rest) + "S";
  }
  if (days.empty() && time.empty()) return "PT0S";
  std::string sign = duration.nanos < 0 ? "-P" : "P";
  return sign + days + (time.empty() ? "" : "T" + time);
}

std::string format(const MonthsDuration& duration) {
  std::int64_t months = std::abs(duration.months);
  if (months == 0) return "P0M";
  std::string text = duration.months < 0 ? "-P" : "P";
  if (months >= 12) text += std::to_string(months / 12) + "Y";
  if (months % 12 != 0) text += std::to_string(months % 12) + "M";
  return text;
}

}  // namespace decision
