#pragma once
// Calendars imported after shipping: the State Council announces a year in November of the one
// before. What enters is a file in the form of decisions/calendar-cn.csv; what leaves is a version,
// in force from the day of its import, and a fact. Never true: a calendar that says less of the
// years to come than the one before it; a day judged by a calendar of a later day.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/calendar.h"
#include "store/store.h"

namespace gate {

struct CalendarYear {
  int year = 0;
  int festivals = 0, rest_days = 0, workdays = 0;  // lines of each kind
};
BOOST_DESCRIBE_STRUCT(CalendarYear, (), (year, festivals, rest_days, workdays))

// The years it speaks of. An Error (where: file and line) says what is wrong and what to do: the
// header, dates in order and once, 13 festivals a year (Regulation on Public Holidays for National
// Annual Festivals and Memorial Days, as amended 2024), workdays swapped only onto weekends, a name
// and a source on each line.
kernel::Result<std::vector<CalendarYear>> check_calendar(std::string_view csv,
                                                         std::string_view where);

struct CalendarVersion {
  std::int64_t version = 0;  // 0: as shipped
  std::string sha256, bytes, imported_by;
  std::optional<kernel::Instant> imported_at;
};

// The latest that was imported by the end of this day in China; none: the shipped one counts.
std::optional<CalendarVersion> find_calendar(store::Transaction& tx, kernel::Date date);
std::vector<CalendarVersion> load_calendars(store::Transaction& tx);  // oldest first

// Checks it, also against the one in force now, and keeps it with its fact, calendar_imported.
kernel::Result<CalendarVersion> import_calendar(store::Transaction& tx, std::string_view csv,
                                                std::string_view where, std::string_view in_force,
                                                std::string_view by, kernel::Instant now);

}  // namespace gate
