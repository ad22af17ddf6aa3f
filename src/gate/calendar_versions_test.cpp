#include "gate/calendar_versions.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gate/packs.h"
#include "tables/types.h"
#include "tests/stores.h"

namespace gate {
namespace {

using kernel::Date;
using kernel::Instant;

std::string shipped() {
  std::ifstream in("decisions/calendar-cn.csv", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in);
  return text.str();
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = shipped();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

std::string where_wrong(const std::string& csv) {
  const auto years = check_calendar(csv, "f.csv");
  return years ? std::string() : years.error().where;
}

TEST(calendar_file, the_shipped_one_is_in_order) {
  const auto years = check_calendar(shipped(), "calendar-cn.csv");
  ASSERT_TRUE(years) << years.error().where << " " << years.error().message;
  ASSERT_GE(years->size(), 3u);
  EXPECT_EQ(years->front().year, 2025);
  EXPECT_EQ(years->front().festivals, 13);
  EXPECT_GT(years->front().workdays, 0);
}

TEST(calendar_file, what_is_wrong_is_told_with_its_line) {
  EXPECT_EQ(where_wrong(shipped()), "");
  EXPECT_EQ(where_wrong(""), "f.csv:1");
  EXPECT_EQ(where_wrong("date,kind\n"), "f.csv:1");
  EXPECT_EQ(where_wrong(changed("2025-01-01,", "2025-02-30,")), "f.csv:2");
  EXPECT_EQ(where_wrong(changed("2025-01-26,workday", "2025-01-27,workday")), "f.csv:3");  // Monday
  EXPECT_EQ(where_wrong(changed("2025-01-29,festival", "2025-01-28,festival")),
            "f.csv:5");  // twice
  EXPECT_EQ(where_wrong(changed("2025-01-28,festival", "2025-01-28,party")), "f.csv:4");
  EXPECT_EQ(where_wrong(changed("festival,元旦,", "festival,,")), "f.csv:2");
  EXPECT_EQ(where_wrong(changed("2025-01-01,festival", "2025-01-01,rest_day")), "f.csv");  // twelve
}

std::vector<store::Migration> schemas() {
  std::vector<store::Migration> all = tables::schema();
  const auto& own = schema();
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

// 2027 as it might be announced: a day off moved, and a Saturday worked for it.
std::string announced() {
  std::string text = shipped();
  if (!text.ends_with('\n')) text += '\n';
  const std::size_t at = text.find("2027-02-0");
  EXPECT_NE(at, text.npos);
  return text.insert(at, "2027-01-30,workday,春节调休上班,国办发明电〔2026〕9号\n");
}

TEST(calendar_import, counts_from_its_day_on_with_a_fact_and_never_says_less) {
  tests::for_each_store(schemas(), [](store::Store& store, const std::filesystem::path&) {
    const Instant now = Instant::china(Date::from_ymd(2026, 11, 20), 600);
    const std::string was = shipped(), is = announced();
    const auto done = store.transact([&](store::Transaction& tx) -> kernel::Status {
      const auto kind = [&](Date asked) {
        const Packs packs = Packs::in_force(tx, "decisions", asked);
        return std::string(packs.set().calendar().day_kind(Date::from_ymd(2027, 1, 30)));
      };
      EXPECT_EQ(kind(now.china_date()), "rest_day");
      const auto without = import_calendar(tx, is.substr(0, is.find("2027-")), "f", was, "li", now);
      EXPECT_FALSE(without);  // 2027 was known
      const auto again = import_calendar(tx, was, "f", was, "li", now);
      EXPECT_EQ(again.error().code, kernel::Code::conflict);
      const auto made = import_calendar(tx, is, "f", was, "li", now);
      EXPECT_TRUE(made);
      if (!made) return made.error();
      EXPECT_EQ(made->version, 1);
      EXPECT_EQ(kind(now.china_date()), "workday");
      EXPECT_EQ(kind(now.china_date().plus_days(40)), "workday");
      EXPECT_EQ(kind(now.china_date().plus_days(-1)), "rest_day");  // what held then
      EXPECT_EQ(Packs::in_force(tx, "decisions", now.china_date()).set().calendar().sha256(),
                made->sha256);
      EXPECT_EQ(load_calendars(tx).size(), 1u);
      EXPECT_EQ(tx.query_i64("SELECT COUNT(*) FROM fact WHERE kind = 'calendar_imported'"), 1);
      return kernel::Ok{};
    });
    EXPECT_TRUE(done);
    const auto gone = store.transact([](store::Transaction& tx) -> kernel::Status {
      tx.execute("DELETE FROM gate_calendar");
      return kernel::Ok{};
    });
    EXPECT_FALSE(gone);
  });
}

}  // namespace
}  // namespace gate
