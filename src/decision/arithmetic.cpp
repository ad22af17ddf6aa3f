// What "+ - * / **" do in FEEL, by the kinds of their operands.

#include "decision/compare.h"
#include "decision/zone.h"

namespace decision {

namespace {

constexpr std::size_t kStringMax = 1 << 20;
constexpr __int128 kNanosPerSecond = 1'000'000'000;
constexpr __int128 kNanosPerDay = 86'400 * kNanosPerSecond;
constexpr __int128 kNanosMax = static_cast<__int128>(INT64_MAX) * 1'000'000;

Value or_null(const std::optional<Decimal>& number) {
  return number ? Value(*number) : Value();
}

Value days_value(__int128 nanos) {
  if (nanos > kNanosMax || nanos < -kNanosMax) return {};
  return DaysDuration{nanos};
}

Value months_value(__int128 months) {
  if (months > INT64_MAX / 16 || months < INT64_MIN / 16) return {};
  return MonthsDuration{static_cast<std::int64_t>(months)};
}

Value numbers(Op op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Op::add:
      return or_null(a.plus(b));
    case Op::subtract:
      return or_null(a.minus(b));
    case Op::multiply:
      return or_null(a.times(b));
    case Op::divide:
      return or_null(a.over(b));
    case Op::power:
      return or_null(a.power(b));
    default:
      return {};
  }
}

std::optional<CalendarDate> plus_months(const CalendarDate& date, std::int64_t months) {
  std::int64_t total = date.year * 12 + (date.month - 1) + months;
  std::int64_t year = total >= 0 ? total / 12 : -((-total + 11) / 12);
  auto month = static_cast<int>(total - year * 12) + 1;
  CalendarDate result{year, month, std::min(date.day, days_in_month(year, month))};
  return exists(result) ? std::optional(result) : std::nullopt;
}

Value date_plus_months(const Value& when, std::int64_t months) {
  if (when.kind() == Kind::date) {
    auto date = plus_months(when.date(), months);
    return date ? Value(*date) : Value();
  }
  auto date = plus_months(when.date_time().date, months);
  return date ? Value(DateTime{*date, when.date_time().time}) : Value();
}

__int128 floor_div(__int128 a, __int128 b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

ClockTime clock_of(__int128 nanos, const ZoneOffset& zone) {
  auto seconds = static_cast<int>(nanos / kNanosPerSecond);
  return {seconds / 3600, seconds / 60 % 60, seconds % 60,
          static_cast<std::int32_t>(nanos % kNanosPerSecond), zone};
}

Value moment_plus(const DateTime& moment, __int128 nanos) {
  __int128 total = days_since_epoch(moment.date) * kNanosPerDay + nanos_of_day(moment.time) + nanos;
  __int128 days = floor_div(total, kNanosPerDay);
  if (days > 400'000'000'000 || days < -400'000'000'000) return {};
  CalendarDate date = date_of_days(static_cast<std::int64_t>(days));
  if (!exists(date)) return {};
  return DateTime{date, clock_of(total - days * kNanosPerDay, moment.time.zone)};
}

Value when_plus_nanos(const Value& when, __int128 nanos) {
  if (when.kind() == Kind::time) {
    __int128 total = nanos_of_day(when.time()) + nanos;
    return clock_of(total - floor_div(total, kNanosPerDay) * kNanosPerDay, when.time().zone);
  }
  if (when.kind() == Kind::date_time) return moment_plus(when.date_time(), nanos);
  Value moment = moment_plus({when.date(), ClockTime{}}, nanos);
  return moment.is_null() ? moment : Value(moment.date_time().date);
}

bool is_when(Kind kind) {
  return kind == Kind::date || kind == Kind::time || kind == Kind::date_time;
}

DateTime as_moment(const Value& value) {
  if (value.kind() == Kind::date_time) return value.date_time();
  ClockTime midnight;
  midnight.zone.known = true;  // a date counts from midnight UTC
  return {value.date(), midnight};
}

Value difference(const Value& a, const Value& b) {
  if (a.kind() == Kind::time || b.kind() == Kind::time) {
    if (a.kind() != b.kind() || a.time().zone.known != b.time().zone.known) return {};
    __int128 offsets = offset_of(a.time()) - offset_of(b.time());
    return DaysDuration{nanos_of_day(a.time()) - nanos_of_day(b.time()) -
                        offsets * kNanosPerSecond};
  }
  DateTime left = as_moment(a);
  DateTime right = as_moment(b);
  if (left.time.zone.known != right.time.zone.known) return {};
  return days_value(instant_of(left) - instant_of(right));
}

Value durations(Op op, const Value& a, const Value& b) {
  bool days = a.kind() == Kind::days_duration;
  if (op == Op::divide) {
    auto amount = [&](const Value& v) {
      if (!days) return Decimal(v.months_duration().months);
      __int128 nanos = v.days_duration().nanos;
      Decimal seconds(static_cast<std::int64_t>(nanos / kNanosPerSecond));
      return *seconds.plus(Decimal::scaled(static_cast<std::int64_t>(nanos % kNanosPerSecond), 9));
    };
    return or_null(amount(a).over(amount(b)));
  }
  if (op != Op::add && op != Op::subtract) return {};
  int sign = op == Op::add ? 1 : -1;
  if (days) return days_value(a.days_duration().nanos + sign * b.days_duration().nanos);
  return months_value(static_cast<__int128>(a.months_duration().months) +
                      static_cast<__int128>(sign) * b.months_duration().months);
}

Value scaled_duration(Op op, const Value& duration, const Decimal& factor) {
  bool days = duration.kind() == Kind::days_duration;
  std::optional<Decimal> amount;
  if (days) {
    __int128 nanos = duration.days_duration().nanos;
    Decimal seconds(static_cast<std::int64_t>(nanos / kNanosPerSecond));
    amount = seconds.plus(Decimal::scaled(static_cast<std::int64_t>(nanos % kNanosPerSecond), 9));
  } else {
    amount = Decimal(duration.months_duration().months);
  }
  auto result = op == Op::multiply ? amount->times(factor) : amount->over(factor);
  if (!result) return {};
  if (!days) {
    auto months = result->round(0, RoundingMode::down).to_int64();
    return months ? months_value(*months) : Value();
  }
  auto whole = result->round(0, RoundingMode::down);
  auto seconds = whole.to_int64();
  auto rest = result->minus(whole)->round(9, RoundingMode::down).to_scaled(9);
  return seconds && rest ? days_value(*seconds * kNanosPerSecond + *rest) : Value();
}

Value when_and_duration(Op op, const Value& when, const Value& duration) {
  int sign = op == Op::add ? 1 : -1;
  if (duration.kind() == Kind::days_duration) {
    return when_plus_nanos(when, sign * duration.days_duration().nanos);
  }
  if (when.kind() == Kind::time) return {};
  return date_plus_months(when, sign * duration.months_duration().months);
}

bool is_duration(Kind kind) {
  return kind == Kind::days_duration || kind == Kind::months_duration;
}

}  // namespace

Value arithmetic(Op op, const Value& a, const Value& b) {
  Kind left = a.kind();
  Kind right = b.kind();
  bool scales = op == Op::multiply || op == Op::divide;
  bool adds = op == Op::add || op == Op::subtract;
  if (left == Kind::number && right == Kind::number) return numbers(op, a.number(), b.number());
  if (left == Kind::string && right == Kind::string) {
    bool fits = a.string().size() + b.string().size() <= kStringMax;
    return op == Op::add && fits ? Value(a.string() + b.string()) : Value();
  }
  if (is_duration(left) && left == right) return durations(op, a, b);
  if (is_duration(left) && right == Kind::number && scales) {
    return scaled_duration(op, a, b.number());
  }
  if (left == Kind::number && is_duration(right) && op == Op::multiply) {
    return scaled_duration(op, b, a.number());
  }
  if (is_when(left) && is_duration(right) && adds) return when_and_duration(op, a, b);
  if (is_duration(left) && is_when(right) && op == Op::add) return when_and_duration(op, b, a);
  if (is_when(left) && is_when(right) && op == Op::subtract) return difference(a, b);
  return {};
}

Value negated(const Value& value) {
  switch (value.kind()) {
    case Kind::number:
      return -value.number();
    case Kind::days_duration:
      return DaysDuration{-value.days_duration().nanos};
    case Kind::months_duration:
      return MonthsDuration{-value.months_duration().months};
    default:
      return {};
  }
}

}  // namespace decision
