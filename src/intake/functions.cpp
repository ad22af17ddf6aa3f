#include <fmt/core.h>

#include "intake/expression.h"
#include "kernel/date.h"
#include "kernel/money.h"

namespace intake {
namespace {

using Arguments = std::vector<int>;

bool give_number(Context& context, Value& out, std::optional<Decimal> number, int column) {
  out = Value{.kind = Value::Kind::number, .column = column};
  if (!number) return fail(context, Reason::out_of_range, out, "the result is too large");
  out.number = *number;
  return true;
}

bool run_if(const Expression& e, const Arguments& a, Context& context, Value& out) {
  bool yes = false;
  if (!e.eval_flag(a[0], context, yes)) return false;
  return e.eval(a[yes ? 1 : 2], context, out);
}

bool run_sum(const Expression& e, const Arguments& a, Context& context, Value& out) {
  std::optional<Decimal> total = Decimal{};
  int column = -1;
  for (const int argument : a) {
    if (!e.eval_number(argument, context, out)) return false;
    if (column < 0) column = out.column;
    total = add(*total, out.number);
    if (!total) break;
  }
  return give_number(context, out, total, column);
}

template <bool largest>
bool run_extreme(const Expression& e, const Arguments& a, Context& context, Value& out) {
  if (!e.eval_number(a[0], context, out)) return false;
  for (std::size_t i = 1; i < a.size(); ++i) {
    Value other;
    if (!e.eval_number(a[i], context, other)) return false;
    const int order = compare(other.number, out.number);
    if (largest ? order > 0 : order < 0) out = other;
  }
  return true;
}

// An amount in a unit of 10^shift fen: exact or refused, never rounded.
template <int shift>
bool run_amount(const Expression& e, const Arguments& a, Context& context, Value& out) {
  if (!e.eval(a[0], context, out)) return false;
  if (out.empty()) return fail(context, Reason::missing_value, out, "an amount is needed");
  const Value given = out;
  std::optional<Decimal> amount;
  if (out.kind == Value::Kind::number) amount = out.number;
  if (out.kind == Value::Kind::text) amount = parse_decimal(out.text);
  if (!amount) return fail(context, Reason::broken_amount, given, "not an amount");
  const auto fen = whole(*amount, shift);
  if (!fen) {
    return fail(context, Reason::broken_amount, given,
                amount->scale > shift ? "a part of a fen" : "too large");
  }
  return give_number(context, out, Decimal{*fen, 0}, given.column);
}

bool run_scientific(const Expression& e, const Arguments& a, Context& context, Value& out) {
  if (!e.eval(a[0], context, out)) return false;
  if (out.kind == Value::Kind::number || out.empty()) return true;
  const auto number =
      out.kind == Value::Kind::text ? parse_scientific(out.text) : std::optional<Decimal>();
  if (!number) return fail(context, Reason::broken_number, out, "a number such as 5.00E+05");
  return give_number(context, out, number, out.column);
}

bool run_round(const Expression& e, const Arguments& a, Context& context, Value& out) {
  Value top, bottom, how;
  if (!e.eval_number(a[0], context, top) || !e.eval_number(a[1], context, bottom) ||
      !e.eval_text(a[2], context, how)) {
    return false;
  }
  kernel::Rounding rounding = kernel::Rounding::down;
  if (how.text == "half_up") {
    rounding = kernel::Rounding::half_up;
  } else if (how.text == "half_even") {
    rounding = kernel::Rounding::half_even;
  } else if (how.text != "down") {
    return fail(context, Reason::wrong_type, how, "round half_up, half_even or down");
  }
  // Bring both to whole numbers; the sign goes to the top.
  while (top.number.scale != bottom.number.scale) {
    Decimal& low = top.number.scale < bottom.number.scale ? top.number : bottom.number;
    if (__builtin_mul_overflow(low.units, std::int64_t{10}, &low.units)) {
      return fail(context, Reason::out_of_range, top, "too large to divide");
    }
    ++low.scale;
  }
  __int128 units = top.number.units;
  std::int64_t by = bottom.number.units;
  if (by == 0 || by == INT64_MIN) return fail(context, Reason::out_of_range, bottom, "by zero");
  if (by < 0) units = -units, by = -by;
  if (units / by >= INT64_MAX || units / by <= INT64_MIN) {
    return fail(context, Reason::out_of_range, top, "the result is too large");
  }
  return give_number(context, out, Decimal{kernel::divide(units, by, rounding), 0}, top.column);
}

bool run_concat(const Expression& e, const Arguments& a, Context& context, Value& out) {
  std::string& made = context.scratch->take();
  int column = -1;
  for (const int argument : a) {
    if (!e.eval_text(argument, context, out)) return false;
    if (column < 0) column = out.column;
    made += out.text;
  }
  out = Value{.kind = Value::Kind::text, .text = made, .column = column};
  return true;
}

bool run_trim(const Expression& e, const Arguments& a, Context& context, Value& out) {
  if (!e.eval_text(a[0], context, out)) return false;
  out.text = trim(out.text);
  return true;
}

bool run_digits(const Expression& e, const Arguments& a, Context& context, Value& out) {
  if (!e.eval_text(a[0], context, out)) return false;
  std::string& made = context.scratch->take();
  for (const char c : out.text) {
    if (c >= '0' && c <= '9') made += c;
  }
  out.text = made;
  return true;
}

// Characters, not bytes: part('张三丰', 2, 1) is 三. Positions count from 1.
bool run_part(const Expression& e, const Arguments& a, Context& context, Value& out) {
  Value from, length;
  if (!e.eval_number(a[1], context, from) || !e.eval_number(a[2], context, length) ||
      !e.eval_text(a[0], context, out)) {
    return false;
  }
  const auto first = whole(from.number), count = whole(length.number);
  if (!first || !count || *first < 1 || *count < 0) {
    return fail(context, Reason::wrong_type, from, "part(x, from, length) counts from 1");
  }
  std::int64_t character = 0;
  std::size_t begin = out.text.size(), end = begin;
  for (std::size_t at = 0; at < out.text.size(); ++at) {
    if ((static_cast<unsigned char>(out.text[at]) & 0xC0) == 0x80) continue;
    ++character;
    if (character == *first) begin = at;
    if (character > *first && character - *first == *count) {
      end = at;
      break;
    }
  }
  out.text = out.text.substr(begin, *count == 0 ? 0 : end - begin);
  return true;
}

bool run_code(const Expression& e, const Arguments& a, Context& context, Value& out) {
  const CodeTable& table = *e.table_of(a[1]);
  if (!e.eval_text(a[0], context, out)) return false;
  auto found = table.words.find(out.text);
  if (found == table.words.end()) found = table.words.find("*");
  if (found == table.words.end()) {
    std::string known;
    for (const auto& [word, means] : table.words) known += (known.empty() ? "" : ", ") + word;
    return fail(context, Reason::unknown_code, out,
                fmt::format("[codes.{}] knows {}", table.name, known));
  }
  out.text = found->second;
  return true;
}

bool run_date(const Expression& e, const Arguments& a, Context& context, Value& out) {
  Value format;
  if (!e.eval_text(a[1], context, format) || !e.eval_text(a[0], context, out)) return false;
  if (out.text.empty()) return true;  // no day stays no day
  const Value given = out;
  context.problem.column = given.column;
  if (!parse_date(given.text, format.text, out.count, context.problem)) return false;
  out.kind = Value::Kind::date;
  return true;
}

bool run_time(const Expression& e, const Arguments& a, Context& context, Value& out) {
  Value format;
  if (!e.eval_text(a[1], context, format) || !e.eval_text(a[0], context, out)) return false;
  if (out.text.empty()) return true;
  const Value given = out;
  context.problem.column = given.column;
  if (!parse_time(given.text, format.text, out.count, context.problem)) return false;
  out.kind = Value::Kind::time;
  return true;
}

// Two arguments: a day (text is read as YYYY-MM-DD) and a whole number.
bool day_and_number(const Expression& e, const Arguments& a, Context& context, Value& day,
                    std::int64_t& number) {
  Value count;
  if (!e.eval(a[0], context, day) || !e.eval_number(a[1], context, count)) return false;
  const auto n = whole(count.number);
  if (!n || *n < -400'000 || *n > 400'000) {
    return fail(context, Reason::out_of_range, count, "a whole number of days is needed");
  }
  number = *n;
  if (day.kind == Value::Kind::date) return true;
  if (day.kind != Value::Kind::text || day.text.empty()) {
    return fail(context, day.empty() ? Reason::missing_value : Reason::wrong_type, day,
                "a day is needed");
  }
  const Value given = day;
  context.problem.column = given.column;
  if (!parse_date(given.text, "YYYY-MM-DD", day.count, context.problem)) return false;
  day.kind = Value::Kind::date;
  return true;
}

template <int sign>
bool run_days(const Expression& e, const Arguments& a, Context& context, Value& out) {
  std::int64_t number = 0;
  if (!day_and_number(e, a, context, out, number)) return false;
  out.count += sign * number;
  return true;
}

// The first day on or after this one with that day of the month (31 means the last).
bool run_next_day(const Expression& e, const Arguments& a, Context& context, Value& out) {
  std::int64_t number = 0;
  if (!day_and_number(e, a, context, out, number)) return false;
  if (number < 1 || number > 31) {
    return fail(context, Reason::out_of_range, out, "a day of the month is 1 to 31");
  }
  const auto from = kernel::Date::from_days(static_cast<std::int32_t>(out.count));
  kernel::Date month = from.plus_days(1 - from.day());
  for (int i = 0; i < 2; ++i, month = month.plus_months(1)) {
    const int last = (month.plus_months(1) - month);
    const auto day = month.plus_days(std::min(static_cast<int>(number), last) - 1);
    if (day < from) continue;
    out.count = day.days();
    break;
  }
  return true;
}

}  // namespace

const std::vector<Expression::FunctionSpec>& Expression::functions() {
  static const std::vector<FunctionSpec> all = {
      {"if", 3, 3, run_if, "if(condition, then, else)"},
      {"sum", 1, 64, run_sum, "sum(a, b, …)"},
      {"min", 1, 64, run_extreme<false>, "min(a, b, …)"},
      {"max", 1, 64, run_extreme<true>, "max(a, b, …)"},
      {"yuan", 1, 1, run_amount<2>, "yuan(x)"},
      {"fen", 1, 1, run_amount<0>, "fen(x)"},
      {"wan", 1, 1, run_amount<6>, "wan(x)"},
      {"scientific", 1, 1, run_scientific, "scientific(x)"},
      {"divide", 3, 3, run_round, "divide(a, b, 'half_up')"},
      {"concat", 1, 64, run_concat, "concat(a, b, …)"},
      {"trim", 1, 1, run_trim, "trim(x)"},
      {"digits", 1, 1, run_digits, "digits(x)"},
      {"part", 3, 3, run_part, "part(x, from, length)"},
      {"code", 2, 2, run_code, "code(x, table)"},
      {"date", 2, 2, run_date, "date(x, 'YYYYMMDD')"},
      {"time", 2, 2, run_time, "time(x, 'YYYY-MM-DD hh:mm:ss')"},
      {"days_before", 2, 2, run_days<-1>, "days_before(day, n)"},
      {"days_after", 2, 2, run_days<1>, "days_after(day, n)"},
      {"next_day", 2, 2, run_next_day, "next_day(day, day_of_month)"},
  };
  return all;
}

}  // namespace intake
