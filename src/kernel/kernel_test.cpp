#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/money.h"
#include "kernel/secret.h"
#include "kernel/words.h"
#include "kernel/yuan_text.h"

namespace kernel {
namespace {

TEST(Money, parses_yuan_and_prints_them) {
  struct {
    const char* text;
    std::int64_t fen;
  } cases[] = {{"0", 0},
               {"1", 100},
               {"-1.5", -150},
               {"1,234.56", 123456},
               {"12,345,678", 1234567800},
               {"92233720368547758.07", INT64_MAX},
               {"0.01", 1},
               {"-0.10", -10}};
  for (const auto& c : cases) {
    const auto money = Money::parse_yuan(c.text);
    ASSERT_TRUE(money) << c.text;
    EXPECT_EQ(money->fen(), c.fen) << c.text;
  }
  for (const char* bad : {"", "-", ".5", "1.", "1.234", "1,23", "1234,567", "12a", "1 000",
                          "92233720368547758.08", "1,,000", "1,000.5,0", "١"}) {
    EXPECT_FALSE(Money::parse_yuan(bad)) << bad;
  }
  EXPECT_EQ(Money::from_fen(-5).format_yuan(), "-0.05");
  EXPECT_EQ(Money::from_fen(INT64_MIN).format_yuan(), "-92233720368547758.08");
  EXPECT_EQ(kernel::yuan_text(Money::from_fen(INT64_MIN)), "-92,233,720,368,547,758.08");
  EXPECT_EQ(kernel::yuan_text(Money::from_fen(100000)), "1,000.00");
  EXPECT_EQ(kernel::yuan_text(Money::from_fen(-99999)), "-999.99");
  EXPECT_EQ(kernel::yuan_text(Money::from_fen(5)), "0.05");
}

TEST(Money, rounds_as_named) {
  EXPECT_EQ(divide(5, 10, Rounding::half_up), 1);
  EXPECT_EQ(divide(-5, 10, Rounding::half_up), -1);
  EXPECT_EQ(divide(5, 10, Rounding::half_even), 0);
  EXPECT_EQ(divide(15, 10, Rounding::half_even), 2);
  EXPECT_EQ(divide(19, 10, Rounding::down), 1);
  EXPECT_EQ(divide(-19, 10, Rounding::down), -1);
  EXPECT_EQ(divide(16, 10, Rounding::half_even), 2);
  EXPECT_EQ(divide(14, 10, Rounding::half_up), 1);
  // 0.05 % a day on 10,000.00 yuan is 5 yuan.
  EXPECT_EQ(Money::from_fen(1'000'000).share_ppm(500, Rounding::half_up).fen(), 500);
}

TEST(Money, split_keeps_every_fen) {
  const auto parts = Money::from_fen(100).split({1, 1, 1});
  EXPECT_EQ(parts[0].fen(), 34);
  EXPECT_EQ(parts[1].fen(), 33);
  EXPECT_EQ(parts[2].fen(), 33);
  const auto negative = Money::from_fen(-100).split({1, 1, 1});
  EXPECT_EQ((negative[0] + negative[1] + negative[2]).fen(), -100);
  const auto zero_weight = Money::from_fen(7).split({0, 2, 5});
  EXPECT_EQ(zero_weight[0].fen(), 0);
  EXPECT_EQ(zero_weight[1].fen(), 2);
}

TEST(MoneyDeathTest, overflow_is_our_mistake) {
  EXPECT_DEATH(Money::from_fen(INT64_MAX) + Money::from_fen(1), "money out of range");
}

TEST(Date, knows_the_calendar) {
  EXPECT_EQ(Date::from_ymd(1970, 1, 1).days(), 0);
  EXPECT_EQ(Date::parse("2026-11-22")->weekday(), 7);
  EXPECT_EQ(Date::parse("2024-02-29")->plus_months(12).format(), "2025-02-28");
  EXPECT_EQ(Date::parse("2026-01-31")->plus_months(1).format(), "2026-02-28");
  for (const char* bad : {"2025-02-29", "2026-13-01", "2026-00-10", "20261122", "2026-1-2", ""}) {
    EXPECT_FALSE(Date::parse(bad)) << bad;
  }
}

TEST(Instant, lives_in_china) {
  const auto at = Instant::parse("2026-11-22T00:30:00+08:00");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->china_date().format(), "2026-11-22");
  EXPECT_EQ(at->china_minute(), 30);
  EXPECT_EQ(at->format(), "2026-11-22T00:30:00+08:00");
  EXPECT_EQ(Instant::parse("2026-11-21T16:30:00Z")->micros(), at->micros());
  EXPECT_EQ(Instant::china(Date::from_ymd(2026, 11, 22), 30), *at);
  EXPECT_EQ(Instant::from_micros(-1).china_date().format(), "1970-01-01");
  EXPECT_EQ(Instant::parse("2026-11-22T09:00:00.250000+08:00")->format(),
            "2026-11-22T09:00:00.250000+08:00");
  for (const char* bad : {"2026-11-22", "2026-11-22T25:00:00Z", "2026-11-22T09:00:00"}) {
    EXPECT_FALSE(Instant::parse(bad)) << bad;
  }
}

TEST(Secret, shows_only_its_mask) {
  EXPECT_EQ(Phone::take("13812341234").masked(), "138****1234");
  EXPECT_EQ(Name::take("张三丰").masked(), "张**");
  EXPECT_EQ(Name::take("张").masked(), "张*");
  EXPECT_EQ(CitizenId::take("110101199003070011").masked(), "1101**********0011");
  EXPECT_EQ(Phone::take("110").masked(), "****");
  EXPECT_EQ(Phone::take("8886666").masked(), "****");
  EXPECT_EQ(Phone::take("88886666").masked(), "****6666");
  EXPECT_EQ(Phone::take("02088886666").masked(), "020****6666");
  EXPECT_EQ(mask_account_no("6222021234561234"), "6222********1234");
}

TEST(Words, come_back_from_a_column) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"card"}, {"card", "北京", "M3"}}) {
    EXPECT_EQ(split_words(join_words(words)), words);
  }
  EXPECT_EQ(join_words({"card", "loan"}), "card,loan");
  EXPECT_THAT(split_words("a,b,"), testing::ElementsAre("a", "b"));
}

}  // namespace
}  // namespace kernel
