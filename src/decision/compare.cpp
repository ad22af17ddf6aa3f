#include "decision/compare.h"

#include <algorithm>

#include "decision/zone.h"

namespace decision {

namespace {

constexpr std::int64_t kNanosPerMilli = 1'000'000;  // FEEL compares times to the millisecond

std::int64_t millis(__int128 nanos) {
  __int128 floor = nanos >= 0 ? nanos / kNanosPerMilli : -((-nanos - 1) / kNanosPerMilli) - 1;
  return static_cast<std::int64_t>(floor);
}

std::int64_t time_key(const ClockTime& time) {
  return millis(nanos_of_day(time)) - offset_of(time) * std::int64_t{1000};
}

bool both_or_neither_zoned(const ClockTime& a, const ClockTime& b) {
  return a.zone.known == b.zone.known;
}

std::optional<bool> lists_equal(const List& a, const List& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!feel_equal(a[i], b[i]).value_or(false)) return false;
  }
  return true;
}

std::optional<bool> contexts_equal(const Context& a, const Context& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a.entries()) {
    const Value* other = b.find(name);
    if (other == nullptr || !feel_equal(value, *other).value_or(false)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::strong_ordering> feel_order(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::number:
      return a.number() <=> b.number();
    case Kind::string:
      return a.string().compare(b.string()) <=> 0;
    case Kind::date:
      return a.date() <=> b.date();
    case Kind::time:
      if (!both_or_neither_zoned(a.time(), b.time())) return std::nullopt;
      return time_key(a.time()) <=> time_key(b.time());
    case Kind::date_time:
      if (!both_or_neither_zoned(a.date_time().time, b.date_time().time)) return std::nullopt;
      return millis(instant_of(a.date_time())) <=> millis(instant_of(b.date_time()));
    case Kind::days_duration:
      return a.days_duration() <=> b.days_duration();
    case Kind::months_duration:
      return a.months_duration() <=> b.months_duration();
    default:
      return std::nullopt;
  }
}

std::optional<bool> feel_equal(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::boolean:
      return a.boolean() == b.boolean();
    case Kind::list:
      return lists_equal(a.list(), b.list());
    case Kind::context:
      return contexts_equal(a.context(), b.context());
    case Kind::range:
    case Kind::function:
      return a == b;
    default: {
      auto order = feel_order(a, b);
      return order ? *order == 0 : false;
    }
  }
}

std::optional<bool> compare(Op op, const Value& a, const Value& b) {
  if (op == Op::equal) return feel_equal(a, b);
  if (op == Op::not_equal) {
    auto equal = feel_equal(a, b);
    return equal ? std::optional(!*equal) : std::nullopt;
  }
  auto order = feel_order(a, b);
  if (!order) return std::nullopt;
  switch (op) {
    case Op::less:
      return *order < 0;
    case Op::less_equal:
      return *order <= 0;
    case Op::greater:
      return *order > 0;
    case Op::greater_equal:
      return *order >= 0;
    default:
      return std::nullopt;
  }
}

std::optional<bool> in_range(const Value& value, const Range& range) {
  if (range.test == "!=") return compare(Op::not_equal, value, range.low);
  bool interval = range.test.empty();  // both its ends count, so neither may be unknown
  if (interval && (range.low.is_null() || range.high.is_null())) return std::nullopt;
  if (range.low.is_null() && range.high.is_null()) return std::nullopt;
  std::optional<bool> above = true;
  std::optional<bool> below = true;
  if (!range.low.is_null()) {
    above = compare(range.low_closed ? Op::greater_equal : Op::greater, value, range.low);
  }
  if (!range.high.is_null()) {
    below = compare(range.high_closed ? Op::less_equal : Op::less, value, range.high);
  }
  if (!above || !below) return std::nullopt;
  return *above && *below;
}

bool meets(const Value& value, const Value& test) {
  if (test.kind() == Kind::range && value.kind() != Kind::range) {
    return in_range(value, test.range()).value_or(false);
  }
  if (feel_equal(value, test).value_or(false)) return true;
  if (test.kind() != Kind::list) return false;
  auto item_met = [&](const Value& item) {
    if (item.kind() == Kind::range && value.kind() != Kind::range) {
      return in_range(value, item.range()).value_or(false);
    }
    return feel_equal(value, item).value_or(false);
  };
  return std::any_of(test.list().begin(), test.list().end(), item_met);
}

}  // namespace decision
