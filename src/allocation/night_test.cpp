#include <gtest/gtest.h>

#include <random>
#include <set>

#include "allocation/types.h"
#include "tests/nights.h"

namespace allocation {
namespace {

const kernel::Date today = tests::accounts_date;
const kernel::Instant now = kernel::Instant::china(today, 120);

using tests::Book, tests::book_of, tests::Case;

using tests::NightAnswer;

NightAnswer night(Book& book, const std::vector<Collector>& collectors,
                  const std::vector<Allotment>& standing = {}) {
  const auto done = tests::decide_night(book, {.allocation = tests::allocation_table(),
                                               .collectors = collectors,
                                               .standing = tests::standing_of(standing)});
  CHECK_MSG(static_cast<bool>(done), done ? "" : done.error().message.c_str());
  return tests::answer_of(book, collectors, standing, today, now);
}

Allotment had(const std::string& customer_no, const std::string& collector,
              const std::string& set_by = "night") {
  return {.customer_no = customer_no,
          .collector = collector,
          .team = "early",
          .since = today.plus_days(-5),
          .set_by = set_by,
          .set_at = now.plus_seconds(-86'400)};
}

std::map<std::string, std::string> owners(const NightAnswer& answer) {
  std::map<std::string, std::string> owners;
  for (const Allotment& one : answer.allotments) owners[one.customer_no] = one.collector;
  return owners;
}

using Owners = std::map<std::string, std::string>;

Collector early(const std::string& name, int capacity) {
  return {.user_name = name, .team = "early", .skills = {"remind"}, .capacity = capacity};
}

TEST(Night, by_priority_and_no_more_than_the_capacity) {
  Book book = book_of({{"a1", "c1", 100}, {"a2", "c2", 900}, {"a3", "c3", 500}});
  const NightAnswer answer = night(book, {early("li", 2)});
  EXPECT_EQ(owners(answer), (Owners{{"c2", "li"}, {"c3", "li"}}));
  EXPECT_EQ(book.accounts.codes("allotment").at(0), "no_capacity");
  EXPECT_EQ(book.accounts.codes("collector").at(0), "");
  EXPECT_EQ(book.accounts.codes("collector").at(1), "li");
}

TEST(Night, shares_out_by_room_and_ties_go_by_name) {
  Book book = book_of({{"a1", "c1"}, {"a2", "c2"}, {"a3", "c3"}, {"a4", "c4"}});
  const NightAnswer answer = night(book, {early("wang", 6), early("li", 2)});
  EXPECT_EQ(answer.load, (std::map<std::string, int>{{"li", 1}, {"wang", 3}}));
}

TEST(Night, all_accounts_of_a_customer_go_where_the_most_urgent_goes) {
  Book book = book_of({{"a1", "c1", 100}, {"a2", "c1", 700, "legal"}, {"a3", "c1", 900, "none"}});
  const NightAnswer answer = night(
      book, {early("li", 5),
             {.user_name = "zhao", .team = "legal_desk", .skills = {"legal"}, .capacity = 5}});
  EXPECT_EQ(owners(answer), (Owners{{"c1", "zhao"}}));
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(book.accounts.codes("collector").at(row), "zhao");
  }
  // a3 has the highest priority but needs nobody.
  EXPECT_EQ(book.customers.get<std::int32_t>("lead_account")[0], 1);
}

TEST(Night, says_why_nobody_could_be_given) {
  Case west{.account_no = "a1", .customer_no = "c1"};
  west.region_code = 540102;
  Collector south = early("li", 5);
  south.regions = {"44", "45"};
  Collector untrained = early("li", 5);
  untrained.certified = false;
  Collector unskilled = early("li", 5);
  unskilled.skills = {"firm"};
  Collector elsewhere = early("li", 5);
  elsewhere.team = "late";
  const std::vector<std::pair<Collector, std::string>> expected = {{south, "no_region"},
                                                                   {untrained, "not_certified"},
                                                                   {unskilled, "no_skill"},
                                                                   {elsewhere, "no_team"},
                                                                   {early("li", 0), "no_capacity"}};
  for (const auto& [collector, reason] : expected) {
    Book book = book_of({west});
    EXPECT_TRUE(night(book, {collector}).allotments.empty());
    EXPECT_EQ(book.accounts.codes("allotment").at(0), reason);
  }
}

TEST(Night, keeps_yesterdays_collector_and_the_day_it_began) {
  Book book = book_of({{"a1", "c1"}, {"a2", "c2"}});
  const NightAnswer answer = night(book, {early("li", 9), early("wang", 9)}, {had("c1", "wang")});
  EXPECT_EQ(owners(answer), (Owners{{"c1", "wang"}, {"c2", "li"}}));
  EXPECT_EQ(answer.allotments[0], had("c1", "wang"));
  EXPECT_EQ(answer.allotments[1].since, today);
}

TEST(Night, a_new_urgent_case_takes_a_place_of_yesterdays_only_when_no_other_is_left) {
  const std::vector<Case> cases = {{"a1", "c1", 100}, {"a2", "c2", 900}};
  Book roomy = book_of(cases);
  EXPECT_EQ(owners(night(roomy, {early("li", 1), early("wang", 1)}, {had("c1", "li")})),
            (Owners{{"c1", "li"}, {"c2", "wang"}}));
  Book tight = book_of(cases);
  EXPECT_EQ(owners(night(tight, {early("li", 1)}, {had("c1", "li")})), (Owners{{"c2", "li"}}));
  EXPECT_EQ(tight.accounts.codes("allotment").at(0), "no_capacity");
}

TEST(Night, who_no_longer_fits_gets_another_collector) {
  Book book = book_of({{"a1", "c1", 500, "human", "none", "M2"}});
  const NightAnswer answer =
      night(book,
            {early("li", 5),
             {.user_name = "wu", .team = "middle", .skills = {"negotiate"}, .capacity = 5}},
            {had("c1", "li")});
  EXPECT_EQ(owners(answer), (Owners{{"c1", "wu"}}));
}

TEST(Night, what_hands_gave_stays_whatever_the_table_says_and_takes_a_place) {
  Book book = book_of({{"a1", "c1", 100, "human", "none", "M3"}, {"a2", "c2", 900}});
  const NightAnswer answer = night(book, {early("li", 1)}, {had("c1", "li", "user:7")});
  EXPECT_EQ(owners(answer), (Owners{{"c1", "li"}}));
  EXPECT_EQ(answer.outcomes.at("manual"), 1);
  EXPECT_EQ(answer.outcomes.at("no_capacity"), 1);
  // Unless that collector is gone.
  Book later = book_of({{"a1", "c1"}});
  EXPECT_EQ(owners(night(later, {early("wang", 1)}, {had("c1", "li", "user:7")})),
            (Owners{{"c1", "wang"}}));
}

TEST(Night, a_conflict_of_interest_keeps_a_case_away_whoever_gave_it) {
  const auto barred_li = [](int capacity) {
    Collector li = early("li", capacity);
    li.barred = {"c1"};
    return li;
  };
  for (const Allotment& before : {had("c1", "li"), had("c1", "li", "user:7")}) {
    Book book = book_of({{"a1", "c1"}, {"a2", "c2"}});
    EXPECT_EQ(owners(night(book, {barred_li(9), early("wang", 9)}, {before, had("c2", "li")})),
              (Owners{{"c1", "wang"}, {"c2", "li"}}));
  }
  Book alone = book_of({{"a1", "c1", 900}, {"a2", "c2", 100}});
  EXPECT_EQ(owners(night(alone, {barred_li(1)})), (Owners{{"c2", "li"}}));
  EXPECT_EQ(alone.accounts.codes("allotment").at(0), "no_capacity");
  // Nor does one who merely waits stay with them.
  Book waiting = book_of({{"a1", "c1", 100, "none"}});
  EXPECT_TRUE(night(waiting, {barred_li(9)}, {had("c1", "li")}).allotments.empty());
}

TEST(Night, who_waits_stays_with_the_collector_without_taking_a_place) {
  Case cured{"a3", "c3", 0, "none", "none", "M0"};
  cured.dpd = 0;
  Book book = book_of({{"a1", "c1", 500, "none"}, {"a2", "c2"}, cured});
  const NightAnswer answer =
      night(book, {early("li", 1)}, {had("c1", "li"), had("c2", "li"), had("c3", "li")});
  EXPECT_EQ(owners(answer), (Owners{{"c1", "li"}, {"c2", "li"}}));
  EXPECT_EQ(book.accounts.codes("allotment").at(0), "waiting");
  EXPECT_EQ(answer.load, (std::map<std::string, int>{{"li", 1}}));
}

// ---- over many made-up nights ------------------------------------------------------------------

class RandomNight {
 public:
  explicit RandomNight(unsigned seed) : random_(seed) {
    make_collectors();
    make_cases();
    for (const Case& one : cases_) {
      if (!standing_.empty() && standing_.back().customer_no == one.customer_no) continue;
      if (pick(2) == 0) {
        const std::string& name = collectors_[pick(collectors_.size())].user_name;
        standing_.push_back(had(one.customer_no, name, pick(8) == 0 ? "user:7" : "night"));
      }
    }
  }

  void shuffle() {
    std::shuffle(cases_.begin(), cases_.end(), random_);
    std::shuffle(collectors_.begin(), collectors_.end(), random_);
    std::shuffle(standing_.begin(), standing_.end(), random_);
  }

  std::size_t pick(std::size_t below) { return random_() % below; }

  std::vector<Collector> collectors_;
  std::vector<Case> cases_;
  std::vector<Allotment> standing_;

 private:
  void make_collectors() {
    const std::vector<std::string> teams = {"early", "middle", "late", "care", "legal_desk"};
    const std::vector<std::string> skills = {"remind", "negotiate", "relief",
                                             "firm",   "care",      "legal"};
    const std::vector<std::string> regions = {"11", "44", "4403", "31"};
    for (std::size_t i = 0; i < 3 + pick(12); ++i) {
      Collector one{.user_name = "u" + std::to_string(i), .team = teams[pick(teams.size())]};
      for (const std::string& skill : skills) {
        if (pick(2) == 0) one.skills.push_back(skill);
      }
      for (const std::string& region : regions) {
        if (pick(4) == 0) one.regions.push_back(region);
      }
      one.capacity = static_cast<int>(pick(9));
      one.certified = pick(8) != 0;
      collectors_.push_back(std::move(one));
    }
  }

  void make_cases() {
    const std::vector<std::string> works = {"human", "human", "human", "none", "machine", "legal"};
    const std::vector<std::string> flags = {"none", "none", "none", "hardship", "dispute"};
    const std::vector<std::string> buckets = {"M0", "M1", "M2", "M3", "M4", "M6+"};
    const std::vector<std::string> approaches = {"negotiate", "relief", "press", "formal"};
    const std::vector<std::int32_t> regions = {110105, 440106, 440300, 310115, 510104};
    for (std::size_t customer = 0; customer < 5 + pick(60); ++customer) {
      for (std::size_t account = 0; account <= pick(3); ++account) {
        Case one{.account_no = "a" + std::to_string(100 + customer) + std::to_string(account),
                 .customer_no = "c" + std::to_string(100 + customer),
                 .priority = static_cast<int>(pick(20)),
                 .work = works[pick(works.size())],
                 .flag = flags[pick(flags.size())],
                 .bucket = buckets[pick(buckets.size())],
                 .approach = approaches[pick(approaches.size())],
                 .region_code = regions[pick(regions.size())]};
        one.dpd = one.bucket == "M0" ? 0 : 20;
        cases_.push_back(std::move(one));
      }
    }
  }

  std::mt19937_64 random_;
};

const Collector& collector_of(const RandomNight& made, std::string_view name) {
  return *std::find_if(made.collectors_.begin(), made.collectors_.end(),
                       [&](const Collector& one) { return one.user_name == name; });
}

TEST(Night, whatever_the_night_every_promise_of_this_room_holds) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    RandomNight made(seed);
    Book book = book_of(made.cases_);
    const NightAnswer answer = night(book, made.collectors_, made.standing_);
    std::map<std::string, int> by_night, by_hand;
    const auto leads = book.customers.get<std::int32_t>("lead_account");
    const auto collectors = book.accounts.codes("collector"), teams = book.accounts.codes("team"),
               skills = book.accounts.codes("skill"), outcomes = book.accounts.codes("allotment");
    for (std::size_t customer = 0; customer < book.customers.rows(); ++customer) {
      const auto lead = static_cast<std::size_t>(leads[customer]);
      const std::string outcome(outcomes.at(lead)), name(collectors.at(lead));
      ASSERT_EQ(name.empty(),
                outcome == "none" || outcome.starts_with("no_") || outcome == "not_certified");
      if (outcome == "manual" && teams.at(lead) != "none") ++by_hand[name];
      if (outcome != "kept" && outcome != "new") continue;
      ++by_night[name];
      const Collector& who = collector_of(made, name);
      ASSERT_TRUE(who.certified);
      ASSERT_EQ(who.team, teams.at(lead));
      ASSERT_NE(std::find(who.skills.begin(), who.skills.end(), skills.at(lead)), who.skills.end());
      const std::string region =
          std::to_string(book.accounts.get<std::int32_t>("region_code")[lead]);
      ASSERT_TRUE(who.regions.empty() ||
                  std::any_of(who.regions.begin(), who.regions.end(),
                              [&](const auto& prefix) { return region.starts_with(prefix); }));
    }
    for (const auto& [name, load] : by_night) {
      ASSERT_LE(load + by_hand[name], collector_of(made, name).capacity) << name;
    }
    for (std::size_t row = 0; row < made.cases_.size(); ++row) {
      for (std::size_t other = 0; other < row; ++other) {
        if (made.cases_[row].customer_no != made.cases_[other].customer_no) continue;
        ASSERT_EQ(collectors.at(row), collectors.at(other));
      }
    }
  }
}

TEST(Night, the_order_of_rows_people_and_yesterday_changes_nothing) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    RandomNight made(seed);
    Book book = book_of(made.cases_);
    const NightAnswer first = night(book, made.collectors_, made.standing_);
    made.shuffle();
    Book shuffled = book_of(made.cases_);
    const NightAnswer second = night(shuffled, made.collectors_, made.standing_);
    ASSERT_EQ(first.allotments, second.allotments);
    ASSERT_EQ(first.outcomes, second.outcomes);
    ASSERT_EQ(first.load, second.load);
  }
}

TEST(Night, a_second_night_with_nothing_new_changes_nobodys_collector) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    RandomNight made(seed);
    Book book = book_of(made.cases_);
    const NightAnswer first = night(book, made.collectors_, made.standing_);
    Book again = book_of(made.cases_);
    const NightAnswer second = night(again, made.collectors_, first.allotments);
    ASSERT_EQ(first.allotments, second.allotments);
    ASSERT_TRUE(decide_changes(first.allotments, second.allotments).empty());
  }
}

// The rows of a book in blocks, the last block first, each with its own words: as the whole at
// once.
TEST(Night, does_not_hang_on_blocks) {
  tests::MadeNight made = tests::NightMaker({.customers = 300, .collectors = 20}, 7).make();
  const NightInput input{.allocation = tests::allocation_table(),
                         .collectors = made.collectors,
                         .standing = tests::standing_of(made.standing)};
  // Some have a second account, far away in the book.
  for (std::size_t i = 0; i < 100; ++i) {
    Case second = made.cases[i * 3 % 300];
    second.account_no += "b";
    second.priority = 1000 - second.priority;
    made.cases.push_back(second);
  }
  Book whole = tests::book_of(made.cases);
  ASSERT_TRUE(tests::decide_night(whole, input));

  Book book = tests::book_of(made.cases);
  Night night(book.accounts, book.customers, input);
  std::vector<std::pair<std::size_t, column::Sheet>> blocks;
  for (std::size_t first = 0; first < book.accounts.rows(); first += 7)
    blocks.emplace_back(first,
                        book.accounts.window(first, std::min(first + 7, book.accounts.rows())));
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
    ASSERT_TRUE(night.ask_table(block->second, block->first));
  ASSERT_TRUE(night.decide());
  night.put_leads(book.customers);
  for (auto& [first, block] : blocks) {
    night.give(block);
    for (const char* name : {"team", "skill", "collector", "allotment"})
      for (std::size_t row = 0; row < block.rows(); ++row)
        EXPECT_EQ(block.codes(name).at(row), whole.accounts.codes(name).at(first + row)) << name;
  }
  const auto leads = book.customers.get<std::int32_t>("lead_account"),
             of_whole = whole.customers.get<std::int32_t>("lead_account");
  EXPECT_EQ(std::vector(leads.begin(), leads.end()), std::vector(of_whole.begin(), of_whole.end()));
}

}  // namespace
}  // namespace allocation
