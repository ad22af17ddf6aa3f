// The recount on entries put together by hand: a person's day as an honest gate tells it has no
// finding; each lie has the one that names it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "evidence/audit_recount.h"
#include "tests/stores.h"

namespace evidence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Ref ref(int n) {
  Ref made{};
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i] = static_cast<std::uint8_t>((n * 2654435761u) >> (i % 4 * 8) ^ (i * 17));
  return made;
}

std::int64_t at(int minute, int day = 0) {
  return kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 20).plus_days(day), minute)
      .micros();
}

struct Log {
  std::vector<Judged> judged;
  std::vector<Touched> touched;
  std::vector<HoldMoved> holds;
  std::int64_t ids = 1000;

  Judged& permit(int person, int nth, int minute, int contacts, int attempts, int day = 0) {
    Judged one{.fact_id = ++ids,
               .permit_id = person * 1000 + nth,
               .leaf = ids - 1000,
               .at = at(minute, day),
               .expires_at = at(minute + 10, day),
               .person = ref(person),
               .number = ref(100 + person),
               .nth = nth,
               .cap_person = 3,
               .cap_number = 6};
    one.said[contacts_today] = one.said[contacts_7d] = one.said[calls_today] = contacts;
    one.said[attempts_today] = one.said[attempts_today_person] = one.said[calls_7d] = attempts;
    one.said[minutes_since_contact] = one.imported[minutes_since_contact] = no_value;
    one.said[days_since_conversation] = nth == 1 ? no_value : 0;
    one.imported[days_since_conversation] = no_value;
    judged.push_back(one);
    return judged.back();
  }
  Judged& refusal(int person, int nth, int minute, int contacts, int attempts) {
    Judged& one = permit(person, nth, minute, contacts, attempts);
    one.permit_id = 0;
    return one;
  }
  Touched& touch(What what, int person, int nth, int minute, int after = not_said) {
    touched.push_back({.permit_id = person * 1000 + nth,
                       .fact_id = ++ids,
                       .at = at(minute),
                       .leaf = ids - 1000,
                       .person = ref(person),
                       .nth = after,
                       .what = what});
    return touched.back();
  }
  HoldMoved& hold(int person, int after, int minute, bool lifted = false) {
    holds.push_back({.hold_id = person,
                     .fact_id = ++ids,
                     .at = at(minute),
                     .leaf = ids - 1000,
                     .person = ref(person),
                     .nth = after,
                     .bit = 1,
                     .lifted = lifted});
    return holds.back();
  }

  std::vector<std::string> found(bool shuffle = false) const {
    const tests::Folder folder;
    Findings findings;
    Recount recount(folder.path(), findings);
    auto shuffled = *this;
    if (shuffle) {
      std::mt19937 random(7);
      std::shuffle(shuffled.judged.begin(), shuffled.judged.end(), random);
      std::shuffle(shuffled.touched.begin(), shuffled.touched.end(), random);
    }
    for (const Judged& one : shuffled.judged) recount.judged(one);
    for (const Touched& one : shuffled.touched) recount.touched(one);
    for (const HoldMoved& one : shuffled.holds) recount.hold(one);
    EXPECT_TRUE(recount.finish());
    AuditReport report;
    findings.give(report);
    std::vector<std::string> kinds;
    for (const ViolationCount& kind : report.by_kind)
      if (kind.count > 0) kinds.push_back(kind.kind);
    return kinds;
  }
};

// Three permits of one person, the second came to nothing, and a fourth.
Log honest() {
  Log log;
  log.permit(1, 1, 600, 0, 0);
  log.touch(What::used, 1, 1, 601);
  log.touch(What::attempted, 1, 1, 601);
  Touched& talked = log.touch(What::outcome, 1, 1, 605, 1);
  talked.meaning = meaning_of("promise");
  log.permit(1, 2, 620, 1, 1).said[minutes_since_contact] = 20;
  log.touch(What::used, 1, 2, 621);
  log.touch(What::outcome, 1, 2, 622, 2).meaning = meaning_of("not_made");
  log.permit(1, 3, 640, 1, 2).said[minutes_since_contact] = 40;
  log.permit(1, 4, 641, 2, 3).said[minutes_since_contact] = 41;
  Judged& no = log.refusal(1, 4, 642, 3, 4);
  no.said[minutes_since_contact] = 42;
  return log;
}

TEST(recount, an_honest_day_has_no_finding) {
  EXPECT_THAT(honest().found(), IsEmpty());
  EXPECT_THAT(honest().found(true), IsEmpty());
}

TEST(recount, counts) {
  for (std::size_t tally = 0; tally < tally_count; ++tally) {
    Log log = honest();
    log.judged[2].said[tally] = 7;
    EXPECT_THAT(log.found(), ElementsAre("count_differs")) << tallies()[tally].name;
  }
  Log refused = honest();
  refused.judged.back().said[contacts_today] = 2;  // of a refusal too
  EXPECT_THAT(refused.found(), ElementsAre("count_differs"));
}

TEST(recount, what_was_imported_is_taken_as_said) {
  Log log = honest();
  for (Judged& one : log.judged) {
    one.said[contacts_7d] += 5;
    one.imported[contacts_7d] = 5;
  }
  EXPECT_THAT(log.found(), IsEmpty());
  log.judged[1].imported[contacts_7d] = 4;
  EXPECT_THAT(log.found(), ElementsAre("count_differs"));
}

TEST(recount, an_outcome_known_only_later_freed_nothing_before) {
  Log log = honest();
  log.touched[4].nth = 3;  // the second's outcome was told after the third was granted
  EXPECT_THAT(log.found(), ElementsAre("count_differs"));
}

TEST(recount, a_cap_of_the_person) {
  Log log;
  for (int nth = 1; nth <= 4; ++nth) log.permit(1, nth, 600 + nth, nth - 1, nth - 1);
  EXPECT_THAT(log.found(), ElementsAre("person_cap_exceeded"));
  log.judged[3].at = at(1, 1);  // the next day
  Tallies& said = log.judged[3].said;
  said[contacts_today] = said[calls_today] = said[attempts_today] = said[attempts_today_person] = 0;
  said[days_since_conversation] = 1;
  EXPECT_THAT(log.found(), IsEmpty());
}

TEST(recount, a_cap_of_the_number) {
  Log log;
  for (int person = 1; person <= 7; ++person) {
    Judged& one = log.permit(person, 1, 600 + person, 0, 0);
    one.number = ref(500);
    one.said[attempts_today] = person - 1;
  }
  EXPECT_THAT(log.found(), ElementsAre("number_cap_exceeded"));
  log.judged.pop_back();
  EXPECT_THAT(log.found(), IsEmpty());
  log.judged[4].said[attempts_today] = 3;  // two that counted three: the lock was not held
  EXPECT_THAT(log.found(), ElementsAre("count_differs"));
}

TEST(recount, permits_lost_and_forked) {
  Log log = honest();
  log.judged.erase(log.judged.begin() + 2);  // the third
  auto found = log.found();
  EXPECT_THAT(found, testing::Contains("permit_lost"));
  log = honest();
  log.judged[2].nth = 2;
  EXPECT_THAT(log.found(), testing::Contains("permit_forked"));
  log = honest();
  log.judged.push_back(log.judged[1]);
  log.judged.back().leaf = 999;
  EXPECT_THAT(log.found(), ElementsAre("permit_twice"));
  log = honest();
  log.judged[3].at = at(300);
  EXPECT_THAT(log.found(), testing::Contains("clock_back"));
}

TEST(recount, uses_and_outcomes) {
  Log log = honest();
  log.touch(What::used, 1, 1, 602);
  EXPECT_THAT(log.found(), ElementsAre("used_twice"));
  log = honest();
  log.touch(What::expired, 1, 1, 700, 4);
  EXPECT_THAT(log.found(), testing::Contains("outcome_twice"));
  log = honest();
  log.touch(What::attempted, 1, 1, 602);
  EXPECT_THAT(log.found(), ElementsAre("contact_twice"));
  log = honest();
  log.touch(What::attempted, 1, 3, 641);
  EXPECT_THAT(log.found(), ElementsAre("contact_without_permit"));
  log = honest();
  log.touch(What::attempted, 1, 77, 641);
  EXPECT_THAT(log.found(), ElementsAre("contact_without_permit"));
  log = honest();
  log.touch(What::used, 9, 1, 641);
  EXPECT_THAT(log.found(), ElementsAre("use_without_permit"));
  log = honest();
  log.touch(What::used, 1, 3, 651);
  EXPECT_THAT(log.found(), ElementsAre("used_late"));
  log.touched.back().at = at(650);  // to the last moment
  EXPECT_THAT(log.found(), IsEmpty());
  log.touched.back().at = at(640) - 1;
  EXPECT_THAT(log.found(), ElementsAre("used_early"));
  log = honest();
  log.touched[0].person = ref(2);
  EXPECT_THAT(log.found(), ElementsAre("person_differs"));
}

TEST(recount, holds) {
  Log log = honest();
  log.hold(1, 2, 630);
  EXPECT_THAT(log.found(), ElementsAre("hold_ignored"));
  log.hold(1, 2, 635, true);  // lifted before the third
  EXPECT_THAT(log.found(), IsEmpty());
  log.holds.pop_back();
  log.holds.back().until = kernel::Date::from_ymd(2026, 11, 19).days();  // over
  EXPECT_THAT(log.found(), IsEmpty());
  log.holds.back().until = no_value;
  for (std::size_t i = 2; i < log.judged.size(); ++i) log.judged[i].holds = 1;
  EXPECT_THAT(log.found(), IsEmpty());
}

TEST(recount, a_revoked_permit_counts_no_more_and_cannot_be_used) {
  Log log;
  log.permit(1, 1, 600, 0, 0);
  log.hold(1, 1, 601);
  log.touch(What::revoked, 1, 1, 601, 1);
  log.hold(1, 1, 602, true);
  log.permit(1, 2, 603, 0, 0).said[days_since_conversation] = no_value;
  EXPECT_THAT(log.found(), IsEmpty());
  log.touch(What::used, 1, 1, 604);
  EXPECT_THAT(log.found(), ElementsAre("used_after_hold"));
}

// Many persons, more than memory is given for: the same findings through the temporary files.
TEST(recount, many) {
  Log log;
  for (int person = 1; person <= 30'000; ++person)
    for (int nth = 1; nth <= 3; ++nth) log.permit(person, nth, 600 + nth, nth - 1, nth - 1);
  EXPECT_THAT(log.found(true), IsEmpty());
  log.judged[70'000].said[contacts_today] += 1;
  EXPECT_THAT(log.found(true), ElementsAre("count_differs"));
}

}  // namespace
}  // namespace evidence
