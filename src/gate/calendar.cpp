#include "gate/calendar.h"

#include <fmt/format.h>

#include "kernel/hash.h"

namespace gate {

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string_view take_cell(std::string_view& line) {
  const std::size_t end = line.find(',');
  const std::string_view cell = line.substr(0, end);
  line.remove_prefix(end == line.npos ? line.size() : end + 1);
  return cell;
}

}  // namespace

kernel::Result<Calendar> Calendar::parse(std::string_view csv, std::string_view where) {
  Calendar calendar;
  calendar.sha256_ = kernel::sha256_hex(csv);
  int line_no = 1;
  take_line(csv);
  while (!csv.empty()) {
    std::string_view line = take_line(csv);
    ++line_no;
    if (line.empty()) continue;
    const std::string at = fmt::format("{}:{}", where, line_no);
    const auto date = kernel::Date::parse(take_cell(line));
    if (!date) return kernel::Error{kernel::Code::invalid_input, date.error().message, at};
    const std::string_view kind = take_cell(line);
    if (kind != "festival" && kind != "rest_day" && kind != "workday")
      return kernel::Error{kernel::Code::invalid_input,
                           fmt::format("day_kind is festival, rest_day or workday, not '{}'", kind),
                           at};
    calendar.days_[*date] = kind;
    calendar.years_.insert(date->year());
  }
  return calendar;
}

kernel::Status Calendar::add_zones(std::string_view csv, std::string_view where) {
  int line_no = 1;
  take_line(csv);
  while (!csv.empty()) {
    std::string_view line = take_line(csv);
    ++line_no;
    if (line.empty()) continue;
    NamedZone found;
    found.name = take_cell(line);
    found.jurisdiction = take_cell(line);
    // A rule has commas, so it stands in quotes.
    std::string_view rule = line.substr(0, line.find(','));
    if (line.starts_with('"')) rule = line.substr(1, line.find('"', 1) - 1);
    auto zone = Zone::parse(rule);
    if (!zone)
      return kernel::Error{kernel::Code::invalid_input, zone.error().message,
                           fmt::format("{}:{}", where, line_no)};
    found.zone = *zone;
    zones_.push_back(std::move(found));
  }
  return kernel::Ok{};
}

std::optional<Zone> Calendar::zone(std::string_view jurisdiction, std::string_view name) const {
  if (jurisdiction == "CN" && (name.empty() || name == "Asia/Shanghai")) return Zone();
  std::optional<Zone> only;
  for (const NamedZone& known : zones_) {
    if (!name.empty() && known.name == name) return known.zone;
    if (!name.empty() || known.jurisdiction != jurisdiction) continue;
    if (only) return std::nullopt;
    only = known.zone;
  }
  return only;
}

std::string_view Calendar::day_kind(kernel::Date date) const {
  if (!years_.contains(date.year())) return "unknown";
  if (const auto found = days_.find(date); found != days_.end()) return found->second;
  return date.weekday() >= 6 ? "rest_day" : "workday";
}

}  // namespace gate
