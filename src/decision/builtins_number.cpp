// Numbers and booleans: not, abs, floor, round…, modulo, sqrt, log, exp, odd, even, decimal.

#include "decision/builtins.h"

namespace decision {

namespace {

using Maybe = std::optional<Decimal>;

Value or_null(const Maybe& number) {
  return number ? Value(*number) : Value();
}

Maybe number_at(Arguments arguments, std::size_t i) {
  if (i >= arguments.size() || arguments[i].kind() != Kind::number) return std::nullopt;
  return arguments[i].number();
}

// The scale of a rounding function: a whole number between the exponents of decimal128.
std::optional<int> scale_at(Arguments arguments, std::size_t i) {
  auto number = number_at(arguments, i);
  if (!number) return std::nullopt;
  auto scale = number->round(0, RoundingMode::down).to_int64();
  if (!scale || *scale < -6111 || *scale > 6176) return std::nullopt;
  return static_cast<int>(*scale);
}

Value rounded(Arguments arguments, RoundingMode mode, bool scale_needed) {
  auto number = number_at(arguments, 0);
  bool given = arguments.size() > 1;
  auto scale = given || scale_needed ? scale_at(arguments, 1) : std::optional(0);
  return number && scale ? Value(number->round(*scale, mode)) : Value();
}

template <RoundingMode mode>
Value round_by(Evaluator&, Arguments arguments) {
  return rounded(arguments, mode, false);
}

Value logical_not(Evaluator&, Arguments arguments) {
  return arguments[0].kind() == Kind::boolean ? Value(!arguments[0].boolean()) : Value();
}

Value absolute(Evaluator&, Arguments arguments) {
  const Value& value = arguments[0];
  if (value.kind() == Kind::number) return value.number().abs();
  if (value.kind() == Kind::days_duration) {
    __int128 nanos = value.days_duration().nanos;
    return DaysDuration{nanos < 0 ? -nanos : nanos};
  }
  if (value.kind() == Kind::months_duration) {
    return MonthsDuration{std::abs(value.months_duration().months)};
  }
  return {};
}

Value modulo(Evaluator&, Arguments arguments) {
  auto dividend = number_at(arguments, 0);
  auto divisor = number_at(arguments, 1);
  return dividend && divisor ? or_null(dividend->modulo(*divisor)) : Value();
}

Value square_root(Evaluator&, Arguments arguments) {
  auto number = number_at(arguments, 0);
  return number ? or_null(number->square_root()) : Value();
}

Value logarithm(Evaluator&, Arguments arguments) {
  auto number = number_at(arguments, 0);
  return number ? or_null(number->logarithm()) : Value();
}

Value exponential(Evaluator&, Arguments arguments) {
  auto number = number_at(arguments, 0);
  return number ? or_null(number->exponential()) : Value();
}

Value parity(Arguments arguments, bool odd) {
  auto number = number_at(arguments, 0);
  if (!number || !number->is_integer()) return {};
  return number->modulo(Decimal(2))->is_zero() != odd;
}

Value is_odd(Evaluator&, Arguments arguments) {
  return parity(arguments, true);
}
Value is_even(Evaluator&, Arguments arguments) {
  return parity(arguments, false);
}

constexpr BuiltIn kBuiltIns[] = {
    {"not", "1:negand", logical_not, true},
    {"abs", "1:n", absolute},
    {"floor", "1:n,scale?", round_by<RoundingMode::floor>},
    {"ceiling", "1:n,scale?", round_by<RoundingMode::ceiling>},
    {"decimal", "1:n,scale", round_by<RoundingMode::half_even>},
    {"round up", "1:n,scale", round_by<RoundingMode::up>},
    {"round down", "1:n,scale", round_by<RoundingMode::down>},
    {"round half up", "1:n,scale", round_by<RoundingMode::half_up>},
    {"round half down", "1:n,scale", round_by<RoundingMode::half_down>},
    {"modulo", "1:dividend,divisor", modulo},
    {"sqrt", "1:number", square_root},
    {"log", "1:number", logarithm},
    {"exp", "1:number", exponential},
    {"odd", "1:number", is_odd},
    {"even", "1:number", is_even},
};

}  // namespace

std::span<const BuiltIn> number_built_ins() {
  return kBuiltIns;
}

}  // namespace decision
