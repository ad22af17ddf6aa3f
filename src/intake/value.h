#pragma once
// What an expression works on: text, an exact decimal number, a day, a moment, yes or no. No double
// anywhere. Parsers here are total: any text gives a value or the reason why not.

#include <cstdint>
#include <optional>
#include <string_view>

#include "intake/reason.h"

namespace intake {

// units / 10^scale; scale 0–12.
struct Decimal {
  std::int64_t units = 0;
  int scale = 0;
};

std::optional<Decimal> add(Decimal a, Decimal b, bool subtract = false);  // nothing: too large
std::optional<Decimal> multiply(Decimal a, Decimal b);
int compare(Decimal a, Decimal b);  // <0, 0, >0
// As a whole number: nothing when there is a fraction or it does not fit.
std::optional<std::int64_t> whole(Decimal a, int shift_scale = 0);  // of a * 10^shift_scale

struct Value {
  enum class Kind { text, number, date, time, flag };
  Kind kind = Kind::text;
  std::string_view text;
  Decimal number;
  std::int64_t count = 0;  // days of a date, µs of a time, 0/1 of a flag
  int column = -1;         // of the source it came from, to name it in a rejection

  bool empty() const { return kind == Kind::text && text.empty(); }
};

std::string_view trim(std::string_view text);  // spaces, tabs, U+3000, U+00A0

// "-1,234.50"; commas every three digits or none; + allowed. Nothing when it is none.
std::optional<Decimal> parse_decimal(std::string_view text);
// The same, and "5.00E+05" as a spreadsheet writes it: the value as written, whatever it was
// before.
std::optional<Decimal> parse_scientific(std::string_view text);
// Format of YYYY MM M DD D hh mm ss and literal text. Fills `problem` on false.
bool parse_date(std::string_view text, std::string_view format, std::int64_t& days,
                Problem& problem);
bool parse_time(std::string_view text, std::string_view format, std::int64_t& micros,
                Problem& problem);
bool parse_iso_time(std::string_view text, std::int64_t& micros, Problem& problem);

}  // namespace intake
