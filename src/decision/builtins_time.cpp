// Dates and times: their constructors, and what is asked of a day. This room has no clock: now()
// and today() give what the caller said.

#include "decision/builtins.h"
#include "decision/evaluate.h"
#include "decision/zone.h"

namespace decision {

namespace {

template <class T>
Value or_null(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

std::optional<CalendarDate> date_of(const Value& value) {
  if (value.kind() == Kind::date) return value.date();
  if (value.kind() == Kind::date_time) return value.date_time().date;
  return std::nullopt;
}

std::optional<int> small_whole(const Value& value) {
  auto whole = value.to_int64();
  if (!whole || *whole < -1'000'000'000 || *whole > 1'000'000'000) return std::nullopt;
  return static_cast<int>(*whole);
}

Value make_date(Evaluator&, Arguments arguments) {
  if (arguments.size() == 1) {
    if (arguments[0].kind() == Kind::string) return or_null(parse_date(arguments[0].string()));
    return or_null(date_of(arguments[0]));
  }
  auto year = small_whole(arguments[0]);
  auto month = small_whole(arguments[1]);
  auto day = small_whole(arguments[2]);
  if (!year || !month || !day) return {};
  CalendarDate date{*year, *month, *day};
  return exists(date) ? Value(date) : Value();
}

ZoneOffset utc() {
  ZoneOffset zone;
  zone.known = true;
  return zone;
}

Value time_of_parts(Arguments arguments) {
  auto hour = small_whole(arguments[0]);
  auto minute = small_whole(arguments[1]);
  if (!hour || !minute || arguments[2].kind() != Kind::number) return {};
  Decimal second = arguments[2].number();
  bool fits = *hour >= 0 && *hour < 24 && *minute >= 0 && *minute < 60 && !second.is_negative() &&
              second < Decimal(60);
  if (!fits) return {};
  ClockTime time{*hour, *minute, static_cast<int>(*second.floor().to_int64()), 0, {}};
  auto nanos = second.minus(second.floor())->round(9, RoundingMode::down).to_scaled(9);
  time.nanos = static_cast<std::int32_t>(*nanos);
  if (arguments.size() > 3 && !arguments[3].is_null()) {
    if (arguments[3].kind() != Kind::days_duration) return {};
    __int128 seconds = arguments[3].days_duration().nanos / 1'000'000'000;
    if (seconds > 18 * 3600 || seconds < -18 * 3600) return {};
    time.zone = utc();
    time.zone.seconds = static_cast<std::int32_t>(seconds);
  }
  return time;
}

Value make_time(Evaluator&, Arguments arguments) {
  if (arguments.size() > 1) return time_of_parts(arguments);
  const Value& from = arguments[0];
  if (from.kind() == Kind::string) return or_null(parse_time(from.string()));
  if (from.kind() == Kind::time) return from;
  if (from.kind() == Kind::date_time) return from.date_time().time;
  if (from.kind() == Kind::date) return ClockTime{0, 0, 0, 0, utc()};
  return {};
}

Value make_date_time(Evaluator&, Arguments arguments) {
  const Value& from = arguments[0];
  if (arguments.size() == 2) {
    auto date = date_of(from);
    if (!date) return {};
    if (arguments[1].kind() == Kind::time) return DateTime{*date, arguments[1].time()};
    return {};
  }
  if (from.kind() == Kind::date_time) return from;
  if (from.kind() == Kind::date) return DateTime{from.date(), ClockTime{0, 0, 0, 0, utc()}};
  if (from.kind() != Kind::string) return {};
  if (auto date = parse_date(from.string())) return DateTime{*date, ClockTime{}};
  return or_null(parse_date_time(from.string()));
}

Value make_duration(Evaluator&, Arguments arguments) {
  const Value& from = arguments[0];
  if (from.kind() == Kind::days_duration || from.kind() == Kind::months_duration) return from;
  if (from.kind() != Kind::string) return {};
  if (auto months = parse_months_duration(from.string())) return *months;
  return or_null(parse_days_duration(from.string()));
}

// Whole months from one day to another, counted towards zero.
Value years_and_months(Evaluator&, Arguments arguments) {
  auto from = date_of(arguments[0]);
  auto to = date_of(arguments[1]);
  if (!from || !to) return {};
  std::int64_t months = (to->year - from->year) * 12 + (to->month - from->month);
  if (months > 0 && to->day < from->day) --months;
  if (months < 0 && to->day > from->day) ++months;
  return MonthsDuration{months};
}

std::int64_t day_number(const CalendarDate& date) {
  return days_since_epoch(date) - days_since_epoch({date.year, 1, 1}) + 1;
}

Value day_of_year(Evaluator&, Arguments arguments) {
  auto date = date_of(arguments[0]);
  return date ? Value(day_number(*date)) : Value();
}

Value day_of_week(Evaluator&, Arguments arguments) {
  constexpr const char* kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                   "Friday", "Saturday", "Sunday"};
  auto date = date_of(arguments[0]);
  return date ? Value(kDays[weekday(*date) - 1]) : Value();
}

Value month_of_year(Evaluator&, Arguments arguments) {
  constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
  auto date = date_of(arguments[0]);
  return date ? Value(kMonths[date->month - 1]) : Value();
}

// ISO 8601: the week with the year's first Thursday is the first.
Value week_of_year(Evaluator&, Arguments arguments) {
  auto date = date_of(arguments[0]);
  if (!date) return {};
  CalendarDate thursday = date_of_days(days_since_epoch(*date) + 4 - weekday(*date));
  return (day_number(thursday) - 1) / 7 + 1;
}

Value now(Evaluator& evaluator, Arguments) {
  return evaluator.now() != nullptr ? Value(*evaluator.now()) : Value();
}

Value today(Evaluator& evaluator, Arguments) {
  return evaluator.now() != nullptr ? Value(evaluator.now()->date) : Value();
}

constexpr BuiltIn kBuiltIns[] = {
    {"date", "1:from|year,month,day", make_date},
    {"time", "1:from|hour,minute,second,offset?", make_time},
    {"date and time", "1:from|date,time", make_date_time},
    {"duration", "1:from", make_duration},
    {"years and months duration", "1:from,to", years_and_months},
    {"day of year", "1:date", day_of_year},
    {"day of week", "1:date", day_of_week},
    {"month of year", "1:date", month_of_year},
    {"week of year", "1:date", week_of_year},
    {"now", "", now},
    {"today", "", today},
};

}  // namespace

std::span<const BuiltIn> time_built_ins() {
  return kBuiltIns;
}

}  // namespace decision
