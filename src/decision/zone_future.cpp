#include "decision/zone_future.h"

#include <algorithm>
#include <cctype>

namespace decision {

namespace {

// Takes the parts of the text off its front.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name() {
    std::size_t end = 0;
    if (take('<')) {
      end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
      return true;
    }
    while (end < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[end])) != 0) ++end;
    rest_.remove_prefix(end);
    return end >= 3;
  }

  std::optional<int> number() {
    std::size_t end = 0;
    int value = 0;
    while (end < rest_.size() && end < 4 && rest_[end] >= '0' && rest_[end] <= '9') {
      value = value * 10 + (rest_[end++] - '0');
    }
    rest_.remove_prefix(end);
    return end > 0 ? std::optional(value) : std::nullopt;
  }

  // "5", "-1", "5:45", "3:30:15"
  std::optional<std::int32_t> seconds() {
    int sign = take('-') ? -1 : 1;
    if (sign > 0) take('+');
    auto hours = number();
    if (!hours) return std::nullopt;
    std::int32_t total = *hours * 3600;
    for (int unit : {60, 1}) {
      if (!take(':')) break;
      auto part = number();
      if (!part) return std::nullopt;
      total += *part * unit;
    }
    return sign * total;
  }

  std::optional<ClockTurn> turn() {
    ClockTurn turn;
    bool month = take('M');
    turn.skips_leap_day = !month && take('J');
    auto first = number();
    if (!first) return std::nullopt;
    if (month) {
      auto week = take('.') ? number() : std::nullopt;
      auto weekday = week && take('.') ? number() : std::nullopt;
      if (!weekday || *first < 1 || *first > 12 || *week < 1 || *week > 5) return std::nullopt;
      turn.month = *first;
      turn.week = *week;
      turn.weekday = *weekday % 7;
    } else {
      turn.day = turn.skips_leap_day ? *first - 1 : *first;
    }
    if (!take('/')) return turn;
    auto at = seconds();
    if (!at) return std::nullopt;
    turn.seconds = *at;
    return turn;
  }

 private:
  std::string_view rest_;
};

// Seconds since 1970-01-01 by the local clock before the turn.
std::int64_t local_turn(const ClockTurn& turn, std::int64_t year) {
  std::int64_t days = 0;
  if (turn.month == 0) {
    bool after_leap_day = turn.skips_leap_day && turn.day >= 59 && days_in_month(year, 2) == 29;
    days = days_since_epoch({year, 1, 1}) + turn.day + (after_leap_day ? 1 : 0);
  } else {
    CalendarDate first{year, turn.month, 1};
    int ahead = (turn.weekday - weekday(first) % 7 + 7) % 7;
    int day = 1 + ahead + (turn.week - 1) * 7;
    while (day > days_in_month(year, turn.month)) day -= 7;
    days = days_since_epoch(first) + day - 1;
  }
  return days * 86'400 + turn.seconds;
}

}  // namespace

std::optional<ZoneFuture> read_zone_future(std::string_view text) {
  RuleReader reader(text);
  ZoneFuture future;
  auto west = reader.name() ? reader.seconds() : std::nullopt;
  if (!west) return std::nullopt;
  future.standard = -*west;
  if (reader.done()) return future;
  if (!reader.name()) return std::nullopt;
  future.has_summer = true;
  future.summer = future.standard + 3600;
  if (!reader.take(',')) {
    auto summer = reader.seconds();
    if (!summer || !reader.take(',')) return std::nullopt;
    future.summer = -*summer;
  }
  auto begins = reader.turn();
  auto ends = begins && reader.take(',') ? reader.turn() : std::nullopt;
  if (!ends) return std::nullopt;
  future.begins = *begins;
  future.ends = *ends;
  return future;
}

std::int32_t offset_in(const ZoneFuture& future, const CalendarDate& date, const ClockTime& time) {
  if (!future.has_summer) return future.standard;
  std::int64_t local =
      days_since_epoch(date) * 86'400 + time.hour * 3600 + time.minute * 60 + time.second;
  std::int64_t begins = local_turn(future.begins, date.year);
  std::int64_t ends = local_turn(future.ends, date.year);
  bool summer = begins < ends ? local >= begins && local < ends : local >= begins || local < ends;
  return summer ? future.summer : future.standard;
}

}  // namespace decision
