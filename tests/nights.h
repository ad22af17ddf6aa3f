#pragma once
// Nights as allocation meets them: cases by hand or made up from a seed, and the book of them. Same
// seed, same night.

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "allocation/types.h"
#include "tests/accounts.h"

namespace tests {

inline const decision::Model& allocation_table() {
  static const decision::Model model = [] {
    auto loaded = decision::Model::load("decisions/allocation.dmn");
    CHECK_MSG(static_cast<bool>(loaded), loaded ? "" : loaded.error().message.c_str());
    return std::move(*loaded);
  }();
  return model;
}

// An account as the table and the night see it.
struct Case {
  std::string account_no, customer_no;
  int priority = 500;
  std::string work = "human", flag = "none", bucket = "M1", approach = "negotiate";
  std::int32_t region_code = 110105;
  int dpd = 20;
};

struct Book {
  column::Sheet accounts, customers;
};

inline void add_words(column::Sheet& sheet, const char* name,
                      const std::vector<std::string>& values) {
  std::vector<std::string> words(values);
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  const auto codes = sheet.add_codes(name, words);
  for (std::size_t row = 0; row < values.size(); ++row) {
    codes[row] = static_cast<std::int16_t>(
        std::lower_bound(words.begin(), words.end(), values[row]) - words.begin());
  }
}

template <class Member>
std::vector<std::string> column_of(const std::vector<Case>& cases, Member member) {
  std::vector<std::string> values;
  for (const Case& one : cases) values.push_back(one.*member);
  return values;
}

inline void add_customers(Book& book, const std::vector<Case>& cases) {
  std::map<std::string, std::vector<std::size_t>> rows;
  std::vector<std::string> customers;
  for (std::size_t row = 0; row < cases.size(); ++row) {
    std::vector<std::size_t>& of = rows[cases[row].customer_no];
    if (of.empty()) customers.push_back(cases[row].customer_no);
    of.push_back(row);
  }
  book.customers = column::Sheet(customers.size());
  book.customers.add_texts("customer_no", {customers.begin(), customers.end()});
  const auto first = book.customers.add<std::int32_t>("first_account");
  const auto count = book.customers.add<std::int32_t>("account_count");
  const auto dpd = book.customers.add<std::int32_t>("dpd");
  const auto order = book.accounts.add<std::int32_t>("account_order");
  const auto customer_row = book.accounts.add<std::int32_t>("customer_row");
  std::int32_t placed = 0;
  for (std::size_t customer = 0; customer < customers.size(); ++customer) {
    first[customer] = placed;
    for (const std::size_t row : rows[customers[customer]]) {
      customer_row[row] = static_cast<std::int32_t>(customer);
      order[static_cast<std::size_t>(placed++)] = static_cast<std::int32_t>(row);
      ++count[customer];
      dpd[customer] = std::max(dpd[customer], cases[row].dpd);
    }
  }
}

// In the order given; the customers in the order they are met.
inline Book book_of(const std::vector<Case>& cases) {
  Book book{column::Sheet(cases.size()), column::Sheet()};
  add_customers(book, cases);
  const auto numbers = column_of(cases, &Case::account_no);
  book.accounts.add_texts("account_no", {numbers.begin(), numbers.end()});
  const auto priority = book.accounts.add<std::int32_t>("priority");
  const auto region = book.accounts.add<std::int32_t>("region_code");
  for (std::size_t row = 0; row < cases.size(); ++row) {
    priority[row] = cases[row].priority;
    region[row] = cases[row].region_code;
  }
  add_words(book.accounts, "work", column_of(cases, &Case::work));
  add_words(book.accounts, "flag", column_of(cases, &Case::flag));
  add_words(book.accounts, "bucket", column_of(cases, &Case::bucket));
  add_words(book.accounts, "approach", column_of(cases, &Case::approach));
  add_words(book.accounts, "channel", std::vector<std::string>(cases.size(), "call"));
  add_words(book.accounts, "balance_band", std::vector<std::string>(cases.size(), "small"));
  return book;
}

// ---- decided -----------------------------------------------------------------------------------

// The whole book as one block.
inline kernel::Status decide_night(Book& book, const allocation::NightInput& input) {
  allocation::Night night(book.accounts, book.customers, input);
  TRY(night.ask_table(book.accounts, 0));
  TRY(night.decide());
  night.give(book.accounts);
  night.put_leads(book.customers);
  return kernel::Ok{};
}

inline std::vector<allocation::Standing> standing_of(
    const std::vector<allocation::Allotment>& allotments) {
  std::vector<allocation::Standing> standing;
  for (const allocation::Allotment& one : allotments)
    standing.push_back({one.customer_no, one.collector, one.by_hand()});
  return standing;
}

struct NightAnswer {
  std::vector<allocation::Allotment> allotments;  // whose case is whose from now on, by customer_no
  std::map<std::string, int> outcomes;            // customers by the word of column allotment
  std::map<std::string, int> load;                // customers to work today by user name
};

// What a decided book says. What stands as it was keeps its day and hand.
inline NightAnswer answer_of(const Book& book, const std::vector<allocation::Collector>& collectors,
                             const std::vector<allocation::Allotment>& standing, kernel::Date date,
                             kernel::Instant now) {
  NightAnswer answer;
  std::map<std::string, const allocation::Allotment*, std::less<>> before;
  for (const allocation::Allotment& one : standing) before.emplace(one.customer_no, &one);
  std::map<std::string, std::string, std::less<>> teams;
  for (const allocation::Collector& one : collectors) teams.emplace(one.user_name, one.team);
  const auto lead = book.customers.get<std::int32_t>("lead_account");
  const auto outcome = book.accounts.codes("allotment"),
             collector = book.accounts.codes("collector"), team = book.accounts.codes("team");
  const auto customer_no = book.customers.texts("customer_no");
  for (std::size_t row = 0; row < book.customers.rows(); ++row) {
    const auto account = static_cast<std::size_t>(lead[row]);
    ++answer.outcomes[std::string(outcome.at(account))];
    if (collector.values[account] < 0) continue;
    const std::string name(collector.at(account));
    const auto had = before.find(customer_no.at(row));
    if (had != before.end() && outcome.at(account) != "new") {
      answer.allotments.push_back(*had->second);
      answer.allotments.back().team = teams.at(name);
    } else {
      answer.allotments.push_back({.customer_no = std::string(customer_no.at(row)),
                                   .collector = name,
                                   .team = teams.at(name),
                                   .since = date,
                                   .set_at = now});
    }
    if (team.at(account) != "none") ++answer.load[name];
  }
  std::sort(answer.allotments.begin(), answer.allotments.end(),
            [](const auto& a, const auto& b) { return a.customer_no < b.customer_no; });
  return answer;
}

// ---- made up -----------------------------------------------------------------------------------

struct NightShape {
  std::size_t customers = 60, collectors = 12;
  int places_percent = 110;  // places for a hundred cases, over the house
  int had_percent = 80;      // customers who had a collector yesterday
  int skill_percent = 35;    // collectors who have a skill beyond the first of their team
  int bound_percent = 60;    // collectors bound to regions
  int hand_percent = 2;      // of the former, given by hand
};

struct MadeNight {
  std::vector<Case> cases;
  std::vector<allocation::Collector> collectors;
  std::vector<allocation::Allotment> standing;
};

class NightMaker {
 public:
  NightMaker(NightShape shape, unsigned seed) : shape_(shape), random_(seed) {}

  MadeNight make() {
    for (std::size_t i = 0; i < shape_.collectors; ++i) night_.collectors.push_back(collector(i));
    for (std::size_t i = 0; i < shape_.customers; ++i) night_.cases.push_back(a_case(i));
    for (const Case& one : night_.cases)
      if (percent(shape_.had_percent)) night_.standing.push_back(standing(one));
    return std::move(night_);
  }

 private:
  struct Kind {  // of case, how many of a hundred are; team and skill as allocation.dmn has them
    int share;
    const char *work, *flag, *bucket, *approach, *team, *skill;
  };
  static const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {
        {40, "human", "none", "M1", "negotiate", "early", "remind"},
        {6, "human", "none", "M1", "relief", "early", "relief"},
        {14, "human", "none", "M2", "negotiate", "middle", "negotiate"},
        {5, "human", "none", "M2", "relief", "middle", "relief"},
        {10, "human", "none", "M3", "press", "middle", "firm"},
        {10, "human", "none", "M5", "press", "late", "firm"},
        {3, "human", "none", "M5", "relief", "late", "relief"},
        {4, "human", "dispute", "M2", "negotiate", "care", "care"},
        {4, "legal", "none", "M6", "press", "legal_desk", "legal"},
        {4, "agency", "none", "M6", "press", "agency_desk", "agency"}};
    return all;
  }

  std::size_t pick(std::size_t below) { return random_() % below; }
  bool percent(int share) { return static_cast<int>(pick(100)) < share; }
  const Kind& kind() {
    int left = static_cast<int>(pick(100));
    for (const Kind& one : kinds())
      if ((left -= one.share) < 0) return one;
    return kinds().front();
  }

  // Of 31 provinces the first are the busiest; ten cities in each, six districts in each of them.
  int province() { return 11 + static_cast<int>(std::min(pick(31), pick(31))); }

  allocation::Collector collector(std::size_t i) {
    static const std::map<std::string, std::vector<std::string>> skills = {
        {"early", {"remind", "relief", "negotiate"}},
        {"middle", {"negotiate", "relief", "firm"}},
        {"late", {"firm", "relief", "visit"}},
        {"care", {"care"}},
        {"legal_desk", {"legal"}},
        {"agency_desk", {"agency"}}};
    allocation::Collector one{.user_name = "u" + std::to_string(100'000 + i), .team = kind().team};
    const std::vector<std::string>& of_team = skills.at(one.team);
    for (std::size_t s = 0; s < of_team.size(); ++s)
      if (percent(s == 0 ? 85 : shape_.skill_percent)) one.skills.push_back(of_team[s]);
    if (percent(shape_.bound_percent))
      for (std::size_t n = 0; n <= pick(4); ++n) {
        const std::string code = std::to_string(province());
        one.regions.push_back(percent(20) ? code + "0" + std::to_string(1 + pick(9)) : code);
      }
    const std::size_t average_percent =  // places, a hundred times
        shape_.customers * static_cast<std::size_t>(shape_.places_percent) / shape_.collectors;
    one.capacity = static_cast<int>((average_percent * (60 + pick(81)) + 5'000) / 10'000);
    one.certified = !percent(3);
    if (percent(2)) one.barred.push_back(customer_no(pick(shape_.customers)));
    return one;
  }

  static std::string customer_no(std::size_t i) { return "c" + std::to_string(1'000'000 + i); }

  Case a_case(std::size_t i) {
    const Kind& of = kind();
    Case one{.account_no = "a" + std::to_string(1'000'000 + i),
             .customer_no = customer_no(i),
             .priority = static_cast<int>((pick(1'001) + pick(1'001)) / 2),
             .work = of.work,
             .flag = of.flag,
             .bucket = of.bucket,
             .approach = of.approach};
    one.region_code = province() * 10'000 + static_cast<std::int32_t>(1 + pick(10)) * 100 +
                      static_cast<std::int32_t>(1 + pick(6));
    return one;
  }

  // Mostly somebody who could have had the case.
  allocation::Allotment standing(const Case& one) {
    const Kind& of = *std::find_if(kinds().begin(), kinds().end(), [&](const Kind& known) {
      return known.work == one.work && known.flag == one.flag && known.bucket == one.bucket &&
             known.approach == one.approach;
    });
    const std::string code = std::to_string(one.region_code);
    const allocation::Collector* who = nullptr;
    for (int tries = 0; tries < 200; ++tries) {
      who = &night_.collectors[pick(night_.collectors.size())];
      const bool there = who->regions.empty() ||
                         std::any_of(who->regions.begin(), who->regions.end(),
                                     [&](const auto& begin) { return code.starts_with(begin); });
      const bool able =
          std::find(who->skills.begin(), who->skills.end(), of.skill) != who->skills.end();
      if (who->team == of.team && there && able) break;
    }
    const bool by_hand = percent(shape_.hand_percent);
    return {.customer_no = one.customer_no,
            .collector = who->user_name,
            .team = who->team,
            .since = accounts_date.plus_days(-5),
            .set_by = by_hand ? "user:7" : std::string(allocation::set_by_night),
            .set_at = kernel::Instant::china(accounts_date, 0)};
  }

  NightShape shape_;
  std::mt19937_64 random_;
  MadeNight night_;
};

}  // namespace tests
