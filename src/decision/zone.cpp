#include "decision/zone.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "decision/zone_future.h"

namespace decision {

namespace {

constexpr __int128 kNanosPerSecond = 1'000'000'000;
const char* const kZoneFolder = "/usr/share/zoneinfo/";

struct ZoneRules {
  std::vector<std::int64_t> changes;  // instants, rising
  std::vector<std::int32_t> offsets;  // one more than changes: before the first, then after each
  std::optional<ZoneFuture> future;   // after the last change
};

bool is_zone_name(std::string_view id) {
  auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
  };
  return !id.empty() && id.size() < 64 && id[0] != '/' &&
         std::all_of(id.begin(), id.end(), allowed);
}

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

struct TzifHeader {
  std::size_t ut, standard, leap, changes, types, letters;
  std::size_t body(std::size_t width) const {
    return changes * width + changes + types * 6 + letters + leap * (width + 4) + standard + ut;
  }
};

std::optional<TzifHeader> read_header(std::string_view bytes) {
  if (bytes.size() < 44 || bytes.substr(0, 4) != "TZif") return std::nullopt;
  std::array<std::size_t, 6> counts{};
  for (std::size_t i = 0; i < 6; ++i) {
    std::int64_t count = big_endian(bytes.substr(20 + i * 4, 4));
    if (count < 0 || count > 100'000) return std::nullopt;
    counts[i] = static_cast<std::size_t>(count);
  }
  return TzifHeader{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

// The 64-bit part of a TZif file of version 2 or later, and the rule for the future that closes it.
std::optional<ZoneRules> parse_tzif(std::string_view bytes) {
  auto old = read_header(bytes);
  if (!old || bytes.size() < 44 + old->body(4) + 44) return std::nullopt;
  bytes.remove_prefix(44 + old->body(4));
  auto header = read_header(bytes);
  if (!header || bytes.size() < 44 + header->body(8) || header->types == 0) return std::nullopt;
  bytes.remove_prefix(44);
  std::string_view indexes = bytes.substr(header->changes * 8);
  std::string_view types = indexes.substr(header->changes);
  auto offset = [&](std::size_t type) {
    if (type >= header->types) return std::int32_t{0};
    return static_cast<std::int32_t>(big_endian(types.substr(type * 6, 4)));
  };
  ZoneRules rules;
  rules.offsets.push_back(offset(0));
  for (std::size_t i = 0; i < header->changes; ++i) {
    rules.changes.push_back(big_endian(bytes.substr(i * 8, 8)));
    rules.offsets.push_back(offset(static_cast<unsigned char>(indexes[i])));
  }
  std::string_view closing = bytes.substr(header->body(8));
  if (closing.size() > 2 && closing[0] == '\n') {
    closing.remove_prefix(1);
    rules.future = read_zone_future(closing.substr(0, closing.find('\n')));
  }
  return rules;
}

std::optional<ZoneRules> load_zone(std::string_view id) {
  if (!is_zone_name(id)) return std::nullopt;
  std::filesystem::path path = kZoneFolder + std::string(id);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return parse_tzif(bytes);
}

// Read once each: a process meets a few of the some 600 there are, and names of none are not kept.
const ZoneRules* known_zone(std::string_view id) {
  static std::shared_mutex mutex;
  static std::map<std::string, ZoneRules, std::less<>> zones;
  {
    std::shared_lock reading(mutex);
    auto found = zones.find(id);
    if (found != zones.end()) return &found->second;
  }
  auto rules = load_zone(id);
  if (!rules) return nullptr;
  std::unique_lock writing(mutex);
  return &zones.try_emplace(std::string(id), std::move(*rules)).first->second;
}

std::int64_t local_seconds(const CalendarDate& date, const ClockTime& time) {
  return days_since_epoch(date) * 86'400 + time.hour * 3600 + time.minute * 60 + time.second;
}

}  // namespace

bool zone_exists(std::string_view id) {
  return known_zone(id) != nullptr;
}

std::int32_t zone_offset(std::string_view id, const CalendarDate& date, const ClockTime& time) {
  const ZoneRules* rules = known_zone(id);
  if (rules == nullptr) return 0;
  std::int64_t local = local_seconds(date, time);
  bool past_all = rules->changes.empty() || local - rules->offsets.back() >= rules->changes.back();
  if (past_all && rules->future) return offset_in(*rules->future, date, time);
  for (std::size_t i = rules->changes.size(); i-- > 0;) {
    if (local - rules->offsets[i + 1] >= rules->changes[i]) return rules->offsets[i + 1];
  }
  return rules->offsets[0];
}

std::int32_t offset_of(const DateTime& moment) {
  const ZoneOffset& zone = moment.time.zone;
  return zone.id.empty() ? zone.seconds : zone_offset(zone.id, moment.date, moment.time);
}

std::int32_t offset_of(const ClockTime& time) {
  return offset_of(DateTime{CalendarDate{}, time});
}

__int128 nanos_of_day(const ClockTime& time) {
  std::int64_t seconds = time.hour * 3600 + time.minute * 60 + time.second;
  return seconds * kNanosPerSecond + time.nanos;
}

__int128 instant_of(const DateTime& moment) {
  std::int64_t seconds = local_seconds(moment.date, moment.time) - offset_of(moment);
  return seconds * kNanosPerSecond + moment.time.nanos;
}

}  // namespace decision
