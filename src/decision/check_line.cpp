#include "decision/check_line.h"

#include <algorithm>
#include <optional>

#include "decision/compare.h"

namespace decision {

namespace {

bool before(const Value& a, const Value& b) {
  auto order = feel_order(a, b);
  return order && *order < 0;
}

Value seconds(int count) {
  return DaysDuration{static_cast<__int128>(count) * 1'000'000'000};
}

// The steps by which one may go on from a value of the kind, longest first.
std::vector<Value> steps_of(Kind kind, bool whole) {
  switch (kind) {
    case Kind::number:
      if (whole) return {1};
      return {1, Value(Decimal::scaled(1, 3)), Value(Decimal::scaled(1, 9))};
    case Kind::date:
      return {seconds(86'400)};
    case Kind::time:
    case Kind::date_time:
    case Kind::days_duration:
      return {seconds(86'400), seconds(3'600), seconds(60), seconds(1),
              Value(DaysDuration{1'000'000})};
    case Kind::months_duration:
      return {Value(MonthsDuration{1})};
    default:
      return {};
  }
}

std::optional<Value> before_first(const Value& point, bool whole) {
  if (point.kind() == Kind::string) {
    if (point.string().empty()) return std::nullopt;
    return Value("");
  }
  for (const Value& step : steps_of(point.kind(), whole)) {
    Value less = arithmetic(Op::subtract, point, step);
    if (before(less, point)) return less;
  }
  return std::nullopt;
}

std::optional<Value> after_last(const Value& point, bool whole) {
  if (point.kind() == Kind::string) return Value(point.string() + "z");
  for (const Value& step : steps_of(point.kind(), whole)) {
    Value more = arithmetic(Op::add, point, step);
    if (before(point, more)) return more;
  }
  return std::nullopt;
}

std::optional<Value> between(const Value& low, const Value& high, bool whole) {
  if (low.kind() == Kind::string) {
    for (const char* more : {"a", "0", " ", "\x01"}) {
      Value text(low.string() + more);
      if (before(low, text) && before(text, high)) return text;
    }
    return std::nullopt;
  }
  for (const Value& step : steps_of(low.kind(), whole)) {
    Value more = arithmetic(Op::add, low, step);
    if (before(low, more) && before(more, high)) return more;
  }
  if (low.kind() != Kind::number || whole) return std::nullopt;
  Value middle = arithmetic(Op::divide, arithmetic(Op::add, low, high), 2);
  if (before(low, middle) && before(middle, high)) return middle;
  return std::nullopt;
}

Value any_of_kind(Kind kind) {
  switch (kind) {
    case Kind::number:
      return 0;
    case Kind::string:
      return "";
    case Kind::date:
      return CalendarDate{2026, 1, 1};
    case Kind::time:
      return ClockTime{};
    case Kind::date_time:
      return DateTime{CalendarDate{2026, 1, 1}, ClockTime{}};
    case Kind::days_duration:
      return seconds(0);
    case Kind::months_duration:
      return MonthsDuration{0};
    default:
      return {};
  }
}

}  // namespace

void sort_on_line(std::vector<Value>& values) {
  if (values.empty()) return;
  const Value first = values[0];
  std::erase_if(values, [&](const Value& value) { return !feel_order(first, value); });
  std::sort(values.begin(), values.end(), before);
  auto same = [](const Value& a, const Value& b) { return !before(a, b); };
  values.erase(std::unique(values.begin(), values.end(), same), values.end());
}

std::vector<Value> line_of(Kind kind, const std::vector<Value>& points, bool whole) {
  if (points.empty()) return {any_of_kind(kind)};
  std::vector<Value> line;
  auto add = [&](std::optional<Value> value) {
    if (value) line.push_back(std::move(*value));
  };
  add(before_first(points[0], whole));
  for (std::size_t i = 0; i < points.size(); ++i) {
    line.push_back(points[i]);
    if (i + 1 < points.size()) add(between(points[i], points[i + 1], whole));
  }
  add(after_last(points.back(), whole));
  return line;
}

ValueAt find_on_line(ValueAt begin, ValueAt end, const Value& value) {
  auto at = std::lower_bound(begin, end, value, before);
  return at != end && !before(value, *at) && feel_order(value, *at) ? at : end;
}

Value text_unlike(const std::vector<Value>& texts) {
  std::string text = "other";
  while (std::find(texts.begin(), texts.end(), Value(text)) != texts.end()) text += "_";
  return text;
}

}  // namespace decision
