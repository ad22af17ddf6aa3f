#include "flow/figures.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/stores.h"

namespace flow {
namespace {

const decision::Model& limits() {
  static const decision::Model model = [] {
    auto loaded = decision::Model::load("decisions/anomaly.dmn");
    CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
    return std::move(*loaded);
  }();
  return model;
}

const kernel::Date start = kernel::Date::from_ymd(2026, 10, 14);  // a Wednesday

// A night a week, so that every one is a workday's.
kernel::Date week(std::size_t number) {
  return start.plus_days(7 * static_cast<int>(number));
}

// One figure over so many nights.
std::vector<FiguresOfNight> nights_of(const std::string& figure, const std::string& of,
                                      const std::vector<std::int64_t>& values) {
  std::vector<FiguresOfNight> nights;
  for (const std::int64_t value : values) {
    nights.push_back({week(nights.size()), {{figure, of, value}}});
  }
  return nights;
}

Compared compare(const std::string& figure, const std::vector<std::int64_t>& before,
                 std::int64_t tonight) {
  const auto compared = decide_anomalies(nights_of(figure, "", before),
                                         {week(before.size()), {{figure, "", tonight}}}, limits());
  EXPECT_TRUE(compared) << compared.error().message;
  return *compared;
}

// new_accounts: seven nights, six deviations, half of the median, twenty.
TEST(Figures, the_range_is_median_and_deviations_and_no_less_than_the_table_says) {
  const std::vector<std::int64_t> before = {100, 110, 90, 105, 95, 100, 5000};
  // Median 100, deviations 0 0 5 5 10 10 4900: their median 5, six times 30; half of 100 is 50.
  EXPECT_TRUE(compare("new_accounts", before, 150).items.empty());
  EXPECT_TRUE(compare("new_accounts", before, 50).items.empty());
  const Compared high = compare("new_accounts", before, 151);
  ASSERT_EQ(high.items.size(), 1U);
  EXPECT_EQ(high.items[0].title, "新账户数（工作日）");
  EXPECT_EQ(high.items[0].usual_low, 50);
  EXPECT_EQ(high.items[0].usual_high, 150);
  EXPECT_EQ(high.items[0].median, 100);
  EXPECT_EQ(high.items[0].nights, 7);
  EXPECT_EQ(compare("new_accounts", before, 49).items.size(), 1U);
  // Wider by its own deviations: 0 … 300 around 150 in steps of 50.
  const std::vector<std::int64_t> wide = {0, 50, 100, 150, 200, 250, 300};
  EXPECT_TRUE(compare("new_accounts", wide, 750).items.empty());
  EXPECT_EQ(compare("new_accounts", wide, 751).items.size(), 1U);
  // Nothing deviates: twenty are usual still, and below nothing there is nothing.
  const std::vector<std::int64_t> still(10, 0);
  EXPECT_TRUE(compare("new_accounts", still, 20).items.empty());
  ASSERT_EQ(compare("new_accounts", still, 21).items.size(), 1U);
  EXPECT_EQ(compare("new_accounts", still, 21).items[0].usual_low, 0);
}

TEST(Figures, too_few_nights_are_not_compared) {
  const std::vector<std::int64_t> six(6, 100), seven(7, 100);
  EXPECT_EQ(compare("new_accounts", six, 9'000).figures, 0);
  EXPECT_TRUE(compare("new_accounts", six, 9'000).items.empty());
  EXPECT_EQ(compare("new_accounts", seven, 9'000).figures, 1);
  EXPECT_EQ(compare("new_accounts", seven, 9'000).items.size(), 1U);
}

TEST(Figures, fen_of_any_size_are_compared_exactly) {
  constexpr std::int64_t most = 9'000'000'000'000'000'000;
  const std::vector<std::int64_t> before = {0, most, 0, most, 0, most, 0};
  EXPECT_TRUE(compare("balance_fen", before, 1).items.empty());
  const std::vector<std::int64_t> large(7, most);
  EXPECT_EQ(compare("balance_fen", large, most / 100 * 94).items.size(), 1U);
  EXPECT_TRUE(compare("balance_fen", large, most / 100 * 96).items.empty());
}

// A bucket that is gone, and one that was never there, are figures too.
TEST(Figures, what_is_absent_counts_as_none_of_it) {
  std::vector<FiguresOfNight> before =
      nights_of("bucket_accounts", "M1", {90, 90, 90, 90, 90, 90, 90});
  const std::vector<Figure> tonight = {{"bucket_accounts", "M2", 80}, {"payments", "", 900}};
  const auto compared = decide_anomalies(before, {week(7), tonight}, limits());
  ASSERT_TRUE(compared) << compared.error().message;
  ASSERT_EQ(compared->items.size(), 2U);
  EXPECT_EQ(compared->items[0].title, "阶段 M2 户数");
  EXPECT_EQ(compared->items[0].median, 0);
  EXPECT_EQ(compared->items[1].title, "阶段 M1 户数");
  EXPECT_EQ(compared->items[1].value, 0);
  EXPECT_EQ(compared->figures, 2);  // nobody counted payments before: they are not compared
}

TEST(Figures, thirty_nights_are_kept_and_come_back) {
  std::vector<FiguresOfNight> before;
  for (int i = 0; i < 40; ++i) {
    const FiguresOfNight tonight{start.plus_days(i),
                                 {{"accounts", "", i}, {"bucket_accounts", "M0", -i}}};
    before = figures_of(figures_sheet(before, tonight));
    EXPECT_EQ(before.size(), static_cast<std::size_t>(std::min(i + 1, 30)));
  }
  EXPECT_EQ(before.front().date, start.plus_days(10));
  EXPECT_EQ(before.back().date, start.plus_days(39));
  ASSERT_EQ(before.back().figures.size(), 2U);
  EXPECT_EQ(before.back().figures[1].of, "M0");
  EXPECT_EQ(before.back().figures[1].value, -39);
}

TEST(Figures, the_report_says_the_number_the_range_and_the_nights) {
  EXPECT_NE(render_text(compare("new_accounts", {1, 2}, 3)).find("此前仅 2 夜"), std::string::npos);
  const std::vector<std::int64_t> still(10, 10'000'000);
  EXPECT_NE(render_text(compare("overdue_fen", still, 10'000'000)).find("异常：无（1 项"),
            std::string::npos);
  EXPECT_NE(render_text(compare("overdue_fen", still, 99'999'999))
                .find("逾期金额：999999.99 元，此前 10 夜通常 50000.00 元 至 150000.00 元，中位 "
                      "100000.00 元"),
            std::string::npos);
  EXPECT_NE(render_text(compare("entry_rate_bps", std::vector<std::int64_t>(8, 150), 1'005))
                .find("入催率（工作日）：10.05%，此前 8 夜通常 0.50% 至 2.50%，中位 1.50%"),
            std::string::npos);
}

// A thousand payments on a workday, a hundred on a Saturday or a Sunday.
std::vector<FiguresOfNight> a_month_before(kernel::Date date) {
  std::vector<FiguresOfNight> nights;
  for (int i = 30; i > 0; --i) {
    const kernel::Date night = date.plus_days(-i);
    nights.push_back({night, {{"payments", "", night.weekday() >= 6 ? 100 : 1'000}}});
  }
  return nights;
}

TEST(Figures, a_rest_day_stands_beside_rest_days_and_a_workday_beside_workdays) {
  const auto on = [](kernel::Date date, std::int64_t payments) {
    const auto compared =
        decide_anomalies(a_month_before(date), {date, {{"payments", "", payments}}}, limits());
    EXPECT_TRUE(compared) << compared.error().message;
    return compared->items;
  };
  const kernel::Date sunday = kernel::Date::from_ymd(2026, 11, 29);
  EXPECT_TRUE(on(sunday, 100).empty());
  ASSERT_EQ(on(sunday, 1'000).size(), 1U);
  EXPECT_EQ(on(sunday, 1'000)[0].title, "还款笔数（休息日）");
  EXPECT_EQ(on(sunday, 1'000)[0].nights, 9);
  EXPECT_EQ(on(sunday, 1'000)[0].median, 100);
  const kernel::Date monday = sunday.plus_days(1);
  EXPECT_TRUE(on(monday, 1'000).empty());
  ASSERT_EQ(on(monday, 100).size(), 1U);
  EXPECT_EQ(on(monday, 100)[0].title, "还款笔数（工作日）");
}

// As it was until kinds of days came: nights of then are made again by tables of then.
TEST(Figures, an_older_table_compares_with_every_night) {
  const auto older = decision::Model::parse(
      R"(<definitions name="anomaly" namespace="older"
    xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">
  <inputData name="figure" id="f"><variable name="figure" typeRef="string"/></inputData>
  <decision id="anomaly" name="anomaly"><variable name="anomaly"/>
    <informationRequirement><requiredInput href="#f"/></informationRequirement>
    <decisionTable hitPolicy="FIRST">
      <input><inputExpression typeRef="string"><text>figure</text></inputExpression></input>
      <output name="nights_min" typeRef="number"/><output name="mad_times" typeRef="number"/>
      <output name="share_bps" typeRef="number"/><output name="least" typeRef="number"/>
      <rule><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>7</text></outputEntry><outputEntry><text>6</text></outputEntry>
        <outputEntry><text>5000</text></outputEntry><outputEntry><text>20</text></outputEntry>
      </rule>
    </decisionTable></decision></definitions>)",
      "anomaly.dmn");
  ASSERT_TRUE(older) << older.error().message;
  const kernel::Date sunday = kernel::Date::from_ymd(2026, 11, 29);
  const auto compared =
      decide_anomalies(a_month_before(sunday), {sunday, {{"payments", "", 100}}}, *older);
  ASSERT_TRUE(compared) << compared.error().message;
  ASSERT_EQ(compared->items.size(), 1U);
  EXPECT_EQ(compared->items[0].title, "还款笔数");
  EXPECT_EQ(compared->items[0].nights, 30);
}

// Two files say which days are festivals; a year that comes into one must come into the other.
TEST(Figures, the_table_knows_every_day_that_the_calendar_knows) {
  std::ifstream file("decisions/calendar-cn.csv");
  std::map<std::string, bool> rests;
  for (std::string line; std::getline(file, line);) {
    if (line >= "2026" && line < "3") rests[line.substr(0, 10)] = line.substr(11, 7) != "workday";
  }
  ASSERT_GT(rests.size(), 40U);
  const kernel::Date last = *kernel::Date::parse(rests.rbegin()->first.substr(0, 4) + "-12-31");
  for (auto date = kernel::Date::from_ymd(2026, 1, 1); date <= last; date = date.plus_days(1)) {
    const auto found = rests.find(date.format());
    const bool rest = found == rests.end() ? date.weekday() >= 6 : found->second;
    const decision::Evaluation said = limits().evaluate(
        "day_kind", {{"night_date", date}, {"weekday", std::int64_t{date.weekday()}}});
    EXPECT_EQ(said.value.text(), rest ? "rest_day" : "workday") << date.format();
  }
}

TEST(Figures, a_table_without_a_number_is_refused_by_name) {
  auto model = decision::Model::load("decisions/bucket.dmn");
  ASSERT_TRUE(model);
  const auto compared =
      decide_anomalies(nights_of("accounts", "", {1}), {week(1), {{"accounts", "", 1}}}, *model);
  ASSERT_FALSE(compared);
  EXPECT_EQ(compared.error().code, kernel::Code::invalid_input);
  EXPECT_EQ(compared.error().where, "anomaly.dmn");
}

}  // namespace
}  // namespace flow
