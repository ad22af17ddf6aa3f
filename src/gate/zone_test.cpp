// Local time by POSIX rules: the days of the leaps, both hemispheres' order, what is no rule.

#include "gate/zone.h"

#include <gtest/gtest.h>

#include "gate/calendar.h"

namespace gate {
namespace {

kernel::Instant at(const char* text) {
  const auto instant = kernel::Instant::parse(text);
  EXPECT_TRUE(instant) << text;
  return *instant;
}

Zone zone_of(const char* rule) {
  const auto zone = Zone::parse(rule);
  EXPECT_TRUE(zone) << rule;
  return zone ? *zone : Zone();
}

std::string local(const Zone& zone, const char* moment) {
  const int minute = zone.minute(at(moment));
  return zone.date(at(moment)).format() + " " + std::to_string(minute / 60) + ":" +
         std::to_string(minute % 60);
}

TEST(zone, leaps_on_the_right_sunday) {
  const Zone york = zone_of("EST5EDT,M3.2.0,M11.1.0");
  EXPECT_EQ(local(york, "2026-03-08T06:59:00Z"), "2026-03-08 1:59");
  EXPECT_EQ(local(york, "2026-03-08T07:00:00Z"), "2026-03-08 3:0");
  EXPECT_EQ(local(york, "2026-11-01T05:59:00Z"), "2026-11-01 1:59");
  EXPECT_EQ(local(york, "2026-11-01T06:00:00Z"), "2026-11-01 1:0");
  const Zone london = zone_of("GMT0BST,M3.5.0/1,M10.5.0");
  EXPECT_EQ(local(london, "2026-03-29T00:59:00Z"), "2026-03-29 0:59");
  EXPECT_EQ(local(london, "2026-03-29T01:00:00Z"), "2026-03-29 2:0");
  EXPECT_EQ(local(london, "2026-10-25T00:59:00Z"), "2026-10-25 1:59");
  EXPECT_EQ(local(london, "2026-10-25T01:00:00Z"), "2026-10-25 1:0");
  const Zone sydney = zone_of("AEST-10AEDT,M10.1.0,M4.1.0/3");
  EXPECT_EQ(local(sydney, "2026-01-01T00:00:00Z"), "2026-01-01 11:0");
  EXPECT_EQ(local(sydney, "2026-07-01T00:00:00Z"), "2026-07-01 10:0");
  EXPECT_EQ(local(zone_of("HST10"), "2026-07-01T03:30:00Z"), "2026-06-30 17:30");
}

TEST(zone, a_local_moment_and_back) {
  for (const char* rule : {"CST-8", "EST5EDT,M3.2.0,M11.1.0", "GMT0BST,M3.5.0/1,M10.5.0"}) {
    const Zone zone = zone_of(rule);
    for (int day = 0; day < 366; ++day) {
      const kernel::Date date = kernel::Date::from_ymd(2026, 1, 1).plus_days(day);
      for (const int minute : {0, 59, 180, 480, 1260, 1439}) {
        EXPECT_EQ(zone.date(zone.at(date, minute)), date) << rule;
        EXPECT_EQ(zone.minute(zone.at(date, minute)), minute) << rule << date.format();
      }
    }
  }
}

TEST(zone, chinas_is_the_kernels) {
  const kernel::Instant noon = at("2026-11-22T04:30:00Z");
  EXPECT_EQ(Zone().date(noon), noon.china_date());
  EXPECT_EQ(Zone().minute(noon), noon.china_minute());
  EXPECT_EQ(Zone().at(noon.china_date(), 600), kernel::Instant::china(noon.china_date(), 600));
}

TEST(zone, what_is_no_rule_is_refused) {
  for (const char* rule :
       {"", "EST", "E5", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST25",
        "EST5EDT,M3.0.0,M11.1.0", "EST5EDT,J60,J300", "EST5EDT,M3.2.0,M11.1.0x", "<EST5"})
    EXPECT_FALSE(Zone::parse(rule)) << rule;
  EXPECT_TRUE(Zone::parse("<+0330>-3:30"));
}

TEST(zone, known_by_name_or_as_the_only_one_of_a_jurisdiction) {
  Calendar calendar;
  EXPECT_TRUE(calendar.zone("CN", ""));
  EXPECT_FALSE(calendar.zone("UK", ""));
  ASSERT_TRUE(
      calendar.add_zones("zone,jurisdiction,posix_tz,source\n"
                         "Europe/London,UK,\"GMT0BST,M3.5.0/1,M10.5.0\",x\n"
                         "America/Phoenix,US,MST7,x\nPacific/Honolulu,US,HST10,x\n",
                         "zones.csv"));
  EXPECT_TRUE(calendar.zone("UK", ""));
  EXPECT_FALSE(calendar.zone("US", ""));  // two of them: nobody knows which
  EXPECT_TRUE(calendar.zone("US", "Pacific/Honolulu"));
  EXPECT_FALSE(calendar.zone("US", "Mars/Olympus"));
  EXPECT_FALSE(calendar.zone("mixed", ""));
  EXPECT_FALSE(calendar.add_zones("h\nA,US,nonsense,x\n", "zones.csv"));
}

}  // namespace
}  // namespace gate
