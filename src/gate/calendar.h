#pragma once
// Which days are festivals, rest days and workdays in China. What enters is
// decisions/calendar-cn.csv, a data file to be updated when the State Council announces a year;
// years without a line are unknown.

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "kernel/date.h"
#include "kernel/result.h"

namespace gate {

class Calendar {
 public:
  // Lines of date,day_kind,name,source with a header; day_kind: festival | rest_day | workday.
  static kernel::Result<Calendar> parse(std::string_view csv, std::string_view where);

  // festival | rest_day | workday | unknown (a year the file says nothing of)
  std::string_view day_kind(kernel::Date date) const;

 private:
  std::map<kernel::Date, std::string> days_;
  std::set<int> years_;
};

}  // namespace gate
