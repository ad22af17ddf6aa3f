#include "gate/calendar_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "gate/door.h"
#include "http/json.h"
#include "kernel/hash.h"

namespace gate {

namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;

constexpr std::string_view kHeader = "date,day_kind,name,source";
constexpr int kFestivals = 13;
constexpr int kFirstYear = 2025;  // from then on there are thirteen

Error wrong(std::string message, std::string_view where, int line_no) {
  return {Code::invalid_input, std::move(message), fmt::format("{}:{}", where, line_no)};
}

std::array<std::string_view, 4> cells_of(std::string_view line) {
  std::array<std::string_view, 4> cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t end = i + 1 < cells.size() ? line.find(',') : line.npos;
    cells[i] = line.substr(0, end);
    line.remove_prefix(end == line.npos ? line.size() : end + 1);
  }
  return cells;
}

// One line, and what it adds to its year.
kernel::Status check_line(std::string_view line, std::optional<kernel::Date>& before,
                          std::map<int, CalendarYear>& years, std::string_view where, int line_no) {
  const auto [day, kind, name, source] = cells_of(line);
  const auto date = kernel::Date::parse(day);
  if (!date)
    return wrong(fmt::format("'{}' is no date; write it as 2027-02-06", day), where, line_no);
  if (before && *date <= *before)
    return wrong(
        fmt::format("{} comes after {}; sort the lines, each day once", day, before->format()),
        where, line_no);
  before = *date;
  if (name.empty() || source.empty())
    return wrong("name the festival, and the notice of the State Council it stands in", where,
                 line_no);
  CalendarYear& year = years[date->year()];
  year.year = date->year();
  if (kind == "festival") {
    ++year.festivals;
  } else if (kind == "rest_day") {
    ++year.rest_days;
  } else if (kind == "workday") {
    ++year.workdays;
    if (date->weekday() < 6)
      return wrong(fmt::format("{} is a weekday and a workday without this line; take it out, or "
                               "look up which day is swapped",
                               day),
                   where, line_no);
  } else {
    return wrong(fmt::format("day_kind is festival, rest_day or workday, not '{}'", kind), where,
                 line_no);
  }
  return kernel::Ok{};
}

}  // namespace

Result<std::vector<CalendarYear>> check_calendar(std::string_view csv, std::string_view where) {
  std::map<int, CalendarYear> years;
  std::optional<kernel::Date> before;
  for (int line_no = 1; !csv.empty(); ++line_no) {
    const std::size_t end = csv.find('\n');
    std::string_view line = csv.substr(0, end);
    csv.remove_prefix(end == csv.npos ? csv.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line_no == 1) {
      if (line != kHeader)
        return wrong(fmt::format("the first line is '{}', in UTF-8", kHeader), where, line_no);
      continue;
    }
    if (!line.empty()) TRY(check_line(line, before, years, where, line_no));
  }
  if (years.empty()) return wrong("it has no day; begin with one that is in force", where, 1);
  std::vector<CalendarYear> all;
  for (const auto& [number, year] : years) {
    if (number >= kFirstYear && year.festivals != kFestivals)
      return Error{
          Code::invalid_input,
          fmt::format("{} has {} festivals, and there are {} a year; complete it, or leave "
                      "the year out until it is announced",
                      number, year.festivals, kFestivals),
          std::string(where)};
    all.push_back(year);
  }
  return all;
}

namespace {

constexpr std::string_view kSelect =
    "SELECT version, sha256, bytes, imported_by, imported_at FROM gate_calendar";

CalendarVersion read_row(const store::Row& row) {
  return {.version = row.i64(0),
          .sha256 = row.text(1),
          .bytes = row.blob(2),
          .imported_by = row.text(3),
          .imported_at = row.instant(4)};
}

struct Imported {
  std::int64_t version = 0;
  std::string sha256;
  std::vector<CalendarYear> years;
};
BOOST_DESCRIBE_STRUCT(Imported, (), (version, sha256, years))

}  // namespace

std::optional<CalendarVersion> find_calendar(store::Transaction& tx, kernel::Date date) {
  std::optional<CalendarVersion> found;
  tx.query(std::string(kSelect) + " WHERE imported_at < $1 ORDER BY version DESC LIMIT 1",
           {kernel::Instant::china(date.plus_days(1), 0)},
           [&](const store::Row& row) { found = read_row(row); });
  return found;
}

std::vector<CalendarVersion> load_calendars(store::Transaction& tx) {
  std::vector<CalendarVersion> all;
  tx.query(std::string(kSelect) + " ORDER BY version", {},
           [&](const store::Row& row) { all.push_back(read_row(row)); });
  return all;
}

Result<CalendarVersion> import_calendar(store::Transaction& tx, std::string_view csv,
                                        std::string_view where, std::string_view in_force,
                                        std::string_view by, kernel::Instant now) {
  TRY_ASSIGN(std::vector<CalendarYear> years, check_calendar(csv, where));
  if (csv == in_force)
    return Error{Code::conflict, "this calendar is in force already", std::string(where)};
  const auto known = check_calendar(in_force, "the calendar in force");
  if (known)
    for (const CalendarYear& year : *known) {
      const bool there = std::any_of(years.begin(), years.end(), [&](const CalendarYear& one) {
        return one.year == year.year;
      });
      if (!there && year.year >= now.china_date().year())
        return Error{Code::invalid_input,
                     fmt::format("it says nothing of {}, which the calendar in force knows; add "
                                 "that year's lines",
                                 year.year),
                     std::string(where)};
    }
  const std::vector<CalendarVersion> before = load_calendars(tx);
  CalendarVersion made{.version = before.empty() ? 1 : before.back().version + 1,
                       .sha256 = kernel::sha256_hex(csv),
                       .bytes = std::string(csv),
                       .imported_by = std::string(by),
                       .imported_at = now};
  save_calendar(tx, made);
  tx.append({"calendar_imported", "calendar:cn", std::string(by), now,
             http::write_json(Imported{made.version, made.sha256, std::move(years)})});
  return made;
}

}  // namespace gate
