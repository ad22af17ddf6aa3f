#include "experiment/verdict.h"

#include <gtest/gtest.h>

#include <random>

namespace experiment {
namespace {

using kernel::Date;
using kernel::Instant;

const Date start = Date::from_ymd(2026, 11, 21);

Rules rules() {
  auto model = decision::Model::load("decisions/experiment.dmn");
  CHECK_MSG(static_cast<bool>(model), model ? "" : model.error().message.c_str());
  auto read = Rules::read(std::move(*model));
  CHECK_MSG(static_cast<bool>(read), read ? "" : read.error().message.c_str());
  return std::move(*read);
}

Experiment made() {
  Experiment e;
  e.asked = {.name = "e1",
             .title = "t",
             .file = "treatment.dmn",
             .share_bps = 5'000,
             .seed = "7",
             .start_date = start,
             .end_date = start.plus_days(60),
             .horizon_days = 14,
             .metric = "cured",
             .margin_bps = 300,
             .guards = {"complaints", "contacts"}};
  e.state = "running";
  return e;
}

// Half of the persons in each arm; `lift` more of the challenger's are cured.
Outcomes outcomes(std::size_t persons, double lift, bool full = true) {
  std::mt19937_64 random(11);
  const auto coin = [&](double p) { return static_cast<double>(random() >> 11) * 0x1.0p-53 < p; };
  Outcomes out;
  out.strata = 1;
  for (std::size_t i = 0; i < persons; ++i) {
    Followed person;
    person.person_no = "C" + std::to_string(i);
    person.challenger = i % 2 == 1;
    person.assigned_on = start.plus_days(i < persons / 2 ? 0 : 2);
    person.newcomer = i >= persons / 2;
    person.overdue_fen = 10'000;
    person.full = full;
    person.cured = coin(0.2 + (person.challenger ? lift : 0));
    person.paid_fen = person.cured ? 12'000 : 0;
    person.contacts = 3;
    out.persons.push_back(person);
  }
  return out;
}

Verdict judge(const Outcomes& found, const Experiment& e = made(), SplitReport split = {}) {
  split.persons = static_cast<std::int64_t>(found.persons.size());
  auto verdict = decide_verdict(e, split, found, rules(), start.plus_days(20));
  CHECK_MSG(static_cast<bool>(verdict), verdict ? "" : verdict.error().message.c_str());
  return *verdict;
}

TEST(Verdict, betterWorseAndNoDifferenceThatMatters) {
  const Verdict better = judge(outcomes(6'000, 0.1));
  EXPECT_EQ(better.verdict, "better") << better.words_en;
  EXPECT_EQ(better.advice, "adopt");
  EXPECT_NE(better.words_zh.find("挑战者更好"), std::string::npos);
  EXPECT_EQ(better.days.size(), 2U);
  EXPECT_GT(better.row, 0);
  EXPECT_EQ(judge(outcomes(6'000, -0.1)).verdict, "worse");
  EXPECT_EQ(judge(outcomes(40'000, 0)).verdict, "no_difference");
}

TEST(Verdict, notEnoughSaysHowManyMoreOrWhen) {
  const Verdict early = judge(outcomes(6'000, 0.3, false));
  EXPECT_EQ(early.verdict, "not_enough");
  EXPECT_NE(early.words_zh.find("2026-12-05"), std::string::npos) << early.words_zh;
  const Verdict few = judge(outcomes(600, 0.05));
  EXPECT_EQ(few.verdict, "not_enough");
  ASSERT_TRUE(few.more_persons);
  EXPECT_GT(*few.more_persons, 500);
  ASSERT_TRUE(few.more_days);
}

TEST(Verdict, moreComplaintsStopItHoweverGoodTheMoney) {
  Outcomes found = outcomes(6'000, 0.1);
  int left = 40;
  for (Followed& person : found.persons) {
    if (!person.challenger || left == 0) continue;
    person.complained_at = Instant::china(start.plus_days(3), 600 + --left);
  }
  const Verdict verdict = judge(found);
  EXPECT_EQ(verdict.verdict, "guard_breached");
  EXPECT_EQ(verdict.advice, "stop");
  // A guard nobody asked for stops nothing.
  Experiment unguarded = made();
  unguarded.asked.guards = {};
  EXPECT_EQ(judge(found, unguarded).verdict, "better");
}

TEST(Verdict, manyMoreContactsStopIt) {
  Outcomes found = outcomes(6'000, 0);
  for (Followed& person : found.persons) person.contacts += person.challenger ? 4 : 0;
  EXPECT_EQ(judge(found).verdict, "guard_breached");
}

TEST(Verdict, whatIsNotSoundIsNotJudged) {
  // One in eight of the champion's persons went missing.
  Outcomes found = outcomes(6'000, 0.1);
  int count = 0;
  for (Followed& person : found.persons) {
    if (!person.challenger && ++count % 8 == 0) person.in_book = false;
  }
  const Verdict verdict = judge(found);
  EXPECT_EQ(verdict.verdict, "unsound") << verdict.words_en;
  EXPECT_NE(verdict.words_en.find("followed_ratio"), std::string::npos);

  Outcomes mixed = outcomes(6'000, 0.1);
  for (std::size_t i = 0; i < 400; ++i) mixed.persons[i].other_table = 1;
  EXPECT_EQ(judge(mixed).verdict, "unsound");

  Outcomes changed = outcomes(6'000, 0.1);
  changed.champion_versions = {{start, "a"}, {start.plus_days(5), "b"}};
  const Verdict warned = judge(changed);
  EXPECT_EQ(warned.verdict, "better");  // told, not forbidden
  bool told = false;
  for (const CheckLine& check : warned.checks) {
    told = told || (check.check == "champion_changed" && check.state == "warn");
  }
  EXPECT_TRUE(told);
}

TEST(Verdict, whoWasHeldLaterStaysInTheCount) {
  Outcomes found = outcomes(6'000, 0.1);
  for (std::size_t i = 0; i < 100; ++i) found.persons[i].held = "hardship";
  const Verdict verdict = judge(found);
  EXPECT_EQ(verdict.followed, 6'000);
  EXPECT_EQ(verdict.arms[0].held_later + verdict.arms[1].held_later, 100);
}

}  // namespace
}  // namespace experiment
