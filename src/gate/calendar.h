#pragma once
// Which days are festivals, rest days and workdays in China. What enters is
// decisions/calendar-cn.csv, a data file to be updated when the State Council announces a year;
// years without a line are unknown. And which local time it is where a person is:
// decisions/zones.csv.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gate/zone.h"
#include "kernel/date.h"
#include "kernel/result.h"

namespace gate {

class Calendar {
 public:
  // Lines of date,day_kind,name,source with a header; day_kind: festival | rest_day | workday.
  static kernel::Result<Calendar> parse(std::string_view csv, std::string_view where);

  // festival | rest_day | workday | unknown (a year the file says nothing of)
  std::string_view day_kind(kernel::Date date) const;

  const std::string& sha256() const { return sha256_; }  // of the file, in hex

  // Lines of zone,jurisdiction,posix_tz,source with a header.
  kernel::Status add_zones(std::string_view csv, std::string_view where);

  // The named zone, or with no name the only one of the jurisdiction; none: not known. China's
  // needs no file.
  std::optional<Zone> zone(std::string_view jurisdiction, std::string_view name) const;

 private:
  struct NamedZone {
    std::string name, jurisdiction;
    Zone zone;
  };
  std::string sha256_;
  std::vector<NamedZone> zones_;
  std::map<kernel::Date, std::string> days_;
  std::set<int> years_;
};

}  // namespace gate
