#include "decision/properties.h"

#include "decision/zone.h"

namespace decision {

namespace {

std::optional<Value> date_property(const CalendarDate& date, const std::string& name) {
  if (name == "year") return date.year;
  if (name == "month") return date.month;
  if (name == "day") return date.day;
  if (name == "weekday") return weekday(date);
  return std::nullopt;
}

std::optional<Value> time_property(const ClockTime& time, std::int32_t offset,
                                   const std::string& name) {
  if (name == "hour") return time.hour;
  if (name == "minute") return time.minute;
  if (name == "second") {
    return Value(Decimal::scaled(time.second * std::int64_t{1'000'000'000} + time.nanos, 9));
  }
  if (name == "time offset") {
    if (!time.zone.known) return Value();
    return Value(DaysDuration{static_cast<__int128>(offset) * 1'000'000'000});
  }
  if (name == "timezone") return time.zone.id.empty() ? Value() : Value(time.zone.id);
  return std::nullopt;
}

std::optional<Value> days_property(__int128 nanos, const std::string& name) {
  constexpr __int128 kSecond = 1'000'000'000;
  auto seconds = static_cast<std::int64_t>(nanos / kSecond);
  if (name == "days") return seconds / 86'400;
  if (name == "hours") return seconds % 86'400 / 3600;
  if (name == "minutes") return seconds % 3600 / 60;
  if (name == "seconds") {
    return Value(Decimal::scaled(static_cast<std::int64_t>(nanos % (60 * kSecond)), 9));
  }
  if (name == "value") {
    auto whole = Decimal(seconds);
    return *whole.plus(Decimal::scaled(static_cast<std::int64_t>(nanos % kSecond), 9));
  }
  return std::nullopt;
}

std::optional<Value> range_property(const Range& range, const std::string& name) {
  if (name == "start") return range.low;
  if (name == "end") return range.high;
  if (name == "start included") return range.low_closed;
  if (name == "end included") return range.high_closed;
  return std::nullopt;
}

}  // namespace

const std::vector<std::string>& property_names() {
  static const std::vector<std::string> names = {"time offset", "start included", "end included"};
  return names;
}

std::optional<Value> property(const Value& value, const std::string& name) {
  switch (value.kind()) {
    case Kind::date:
      return date_property(value.date(), name);
    case Kind::time:
      return time_property(value.time(), offset_of(value.time()), name);
    case Kind::date_time:
      if (auto found = date_property(value.date_time().date, name)) return found;
      return time_property(value.date_time().time, offset_of(value.date_time()), name);
    case Kind::days_duration:
      return days_property(value.days_duration().nanos, name);
    case Kind::months_duration: {
      std::int64_t months = value.months_duration().months;
      if (name == "years") return months / 12;
      if (name == "months") return months % 12;
      if (name == "value") return months;
      return std::nullopt;
    }
    case Kind::range:
      return range_property(value.range(), name);
    default:
      return std::nullopt;
  }
}

}  // namespace decision
