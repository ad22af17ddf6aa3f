#include "intake/value.h"

#include <algorithm>
#include <limits>

#include "kernel/date.h"

namespace intake {
namespace {

constexpr int scale_max = 12;

std::int64_t power_of_ten(int n) {
  std::int64_t p = 1;
  while (n-- > 0) p *= 10;
  return p;
}

std::optional<Decimal> narrow(__int128 units, int scale) {
  while (scale > 0 && units % 10 == 0) units /= 10, --scale;
  if (scale > scale_max || units > std::numeric_limits<std::int64_t>::max() ||
      units < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return Decimal{static_cast<std::int64_t>(units), scale};
}

__int128 at_scale(Decimal a, int scale) {
  return static_cast<__int128>(a.units) * power_of_ten(scale - a.scale);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<Decimal> add(Decimal a, Decimal b, bool subtract) {
  const int scale = std::max(a.scale, b.scale);
  const __int128 right = at_scale(b, scale);
  return narrow(at_scale(a, scale) + (subtract ? -right : right), scale);
}

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  return narrow(static_cast<__int128>(a.units) * b.units, a.scale + b.scale);
}

int compare(Decimal a, Decimal b) {
  const int scale = std::max(a.scale, b.scale);
  const __int128 x = at_scale(a, scale), y = at_scale(b, scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

std::optional<std::int64_t> whole(Decimal a, int shift_scale) {
  const auto shifted = multiply(a, {power_of_ten(shift_scale), 0});
  if (!shifted || shifted->scale != 0) return std::nullopt;
  return shifted->units;
}

std::string_view trim(std::string_view text) {
  const auto solid = [](char c) { return c > 0x20 && c < 0x7F; };
  if (!text.empty() && solid(text.front()) && solid(text.back())) return text;
  static constexpr std::string_view blanks[] = {" ", "\t", "\r", "\xE3\x80\x80", "\xC2\xA0"};
  for (bool again = true; again;) {
    again = false;
    for (const auto blank : blanks) {
      while (text.starts_with(blank)) text.remove_prefix(blank.size()), again = true;
      while (text.ends_with(blank)) text.remove_suffix(blank.size()), again = true;
    }
  }
  return text;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  if (!text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), is_digit)) {
    std::int64_t units = 0;  // what nearly every amount is
    for (const char c : text) units = units * 10 + (c - '0');
    return Decimal{units, 0};
  }
  std::size_t at = 0;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) ++at;
  __int128 units = 0;
  int digits = 0, scale = -1, since_comma = -1;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c)) {
      if (++digits > 18 || scale == scale_max) return std::nullopt;
      units = units * 10 + (c - '0');
      if (scale >= 0) ++scale;
      if (scale < 0 && since_comma >= 0) ++since_comma;
    } else if (c == ',' && scale < 0 && digits > 0 &&
               (since_comma == 3 || (since_comma < 0 && digits <= 3))) {
      since_comma = 0;
    } else if (c == '.' && scale < 0 && digits > 0 && (since_comma < 0 || since_comma == 3)) {
      scale = 0;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || scale == 0 || (scale < 0 && since_comma >= 0 && since_comma != 3)) {
    return std::nullopt;
  }
  return narrow(negative ? -units : units, std::max(scale, 0));
}

std::optional<Decimal> parse_scientific(std::string_view text) {
  const std::size_t mark = text.find_first_of("eE");
  const auto digits = parse_decimal(text.substr(0, mark));
  if (mark == text.npos || !digits) return digits;
  std::string_view rest = text.substr(mark + 1);
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty() || rest.size() > 2) return std::nullopt;
  int exponent = 0;
  for (const char c : rest) {
    if (!is_digit(c)) return std::nullopt;
    exponent = exponent * 10 + (c - '0');
  }
  if (exponent > scale_max) return std::nullopt;
  return negative ? narrow(digits->units, digits->scale + exponent)
                  : multiply(*digits, {power_of_ten(exponent), 0});
}

namespace {

struct Parts {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

// One or two (or exactly two, or four) digits at the front of `text`, or -1.
int take_digits(std::string_view& text, std::size_t at_least, std::size_t at_most) {
  int value = 0;
  std::size_t n = 0;
  while (n < at_most && n < text.size() && is_digit(text[n]))
    value = value * 10 + (text[n++] - '0');
  if (n < at_least) return -1;
  text.remove_prefix(n);
  return value;
}

bool match(std::string_view text, std::string_view format, Parts& parts) {
  struct Piece {
    std::string_view word;
    std::size_t at_least, at_most;
    int Parts::*part;
  };
  static constexpr Piece pieces[] = {
      {"YYYY", 4, 4, &Parts::year}, {"MM", 2, 2, &Parts::month},  {"M", 1, 2, &Parts::month},
      {"DD", 2, 2, &Parts::day},    {"D", 1, 2, &Parts::day},     {"hh", 2, 2, &Parts::hour},
      {"mm", 2, 2, &Parts::minute}, {"ss", 2, 2, &Parts::second},
  };
  while (!format.empty()) {
    const Piece* found = nullptr;
    for (const Piece& piece : pieces) {
      if (!found && format.starts_with(piece.word)) found = &piece;
    }
    if (found) {
      const int value = take_digits(text, found->at_least, found->at_most);
      if (value < 0) return false;
      parts.*(found->part) = value;
      format.remove_prefix(found->word.size());
    } else {
      if (text.empty() || text[0] != format[0]) return false;
      text.remove_prefix(1);
      format.remove_prefix(1);
    }
  }
  return text.empty();
}

// What nearly every date is, without going through a format.
bool match_iso(std::string_view text, Parts& parts) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t at : {0, 1, 2, 3, 5, 6, 8, 9})
    if (!is_digit(text[at])) return false;
  const auto pair = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  parts.year = pair(0) * 100 + pair(2);
  parts.month = pair(5);
  parts.day = pair(8);
  return true;
}

bool day_exists(const Parts& parts, std::string_view text, Problem& problem) {
  if (kernel::Date::exists(parts.year, parts.month, parts.day)) return true;
  problem.reason = Reason::impossible_date;
  problem.value = text;
  problem.detail = std::to_string(parts.year) + " has no month " + std::to_string(parts.month) +
                   " with a day " + std::to_string(parts.day);
  if (parts.year < 1900 || parts.year > 2999) problem.detail = "years run from 1900 to 2999";
  return false;
}

}  // namespace

bool parse_date(std::string_view text, std::string_view format, std::int64_t& days,
                Problem& problem) {
  Parts parts;
  const bool iso = format == "YYYY-MM-DD";
  if (iso ? !match_iso(text, parts) : !match(text, format, parts)) {
    problem.reason = Reason::broken_date;
    problem.value = text;
    problem.detail = "expected " + std::string(format);
    return false;
  }
  if (!day_exists(parts, text, problem)) return false;
  days = kernel::Date::from_ymd(parts.year, parts.month, parts.day).days();
  return true;
}

bool parse_time(std::string_view text, std::string_view format, std::int64_t& micros,
                Problem& problem) {
  Parts parts;
  if (!match(text, format, parts) || parts.hour > 23 || parts.minute > 59 || parts.second > 59) {
    problem.reason = Reason::broken_time;
    problem.value = text;
    problem.detail = "expected " + std::string(format);
    return false;
  }
  if (!day_exists(parts, text, problem)) return false;
  const auto day = kernel::Date::from_ymd(parts.year, parts.month, parts.day);
  micros = kernel::Instant::china(day, parts.hour * 60 + parts.minute)
               .plus_seconds(parts.second)
               .micros();
  return true;
}

bool parse_iso_time(std::string_view text, std::int64_t& micros, Problem& problem) {
  const auto parsed = kernel::Instant::parse(text);
  if (parsed) {
    micros = parsed->micros();
    return true;
  }
  std::int64_t days = 0;
  if (text.size() > 10 && !parse_date(text.substr(0, 10), "YYYY-MM-DD", days, problem) &&
      problem.reason == Reason::impossible_date) {
    problem.value = text;
    return false;
  }
  problem.reason = Reason::broken_time;
  problem.value = text;
  problem.detail = "expected 2026-11-22T09:30:00+08:00";
  return false;
}

}  // namespace intake
