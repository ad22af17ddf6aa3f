// /team-day: each collector's load and what was done today.

#include <map>

#include "allocation/types.h"
#include "casework/types.h"
#include "outreach/types.h"
#include "people/types.h"
#include "reports/cases.h"

namespace reports {

using kernel::Money;
using kernel::Result;

struct CollectorLoad {
  std::string user_name, shown_name, team;
  std::int64_t capacity = 0, cases = 0;
  Money overdue_fen;
  std::int64_t worked_today = 0, contacts_today = 0, promises_today = 0;
};
BOOST_DESCRIBE_STRUCT(CollectorLoad, (),
                      (user_name, shown_name, team, capacity, cases, overdue_fen, worked_today,
                       contacts_today, promises_today))

struct TeamDay {
  kernel::Date today;
  std::vector<CollectorLoad> collectors;  // by team, then name
  std::int64_t unallotted_cases = 0;
};
BOOST_DESCRIBE_STRUCT(TeamDay, (), (today, collectors, unallotted_cases))

namespace {

Money overdue_of(const book::BookView& book, const std::string& customer_no) {
  Money sum;
  const auto row = book.find_customer(customer_no);
  if (!row) return sum;
  const auto overdue = book.accounts().get<std::int64_t>("overdue_fen");
  for (const std::int32_t account : book.accounts_of(*row))
    sum += Money::from_fen(overdue[static_cast<std::size_t>(account)]);
  return sum;
}

std::vector<CollectorLoad> load_collectors(store::Transaction& tx, const book::BookView& book,
                                           kernel::Date today) {
  std::map<std::string, CollectorLoad> loads;
  for (const people::User& user : people::load_users(tx)) {
    if (user.role != http::Role::collector || !user.active) continue;
    CollectorLoad load;
    load.user_name = user.user_name;
    load.shown_name = user.shown_name;
    load.team = user.team;
    load.capacity = user.capacity;
    loads.emplace(user.user_name, load);
  }
  for (const auto& allotment : allocation::load_allotments(tx)) {
    const auto load = loads.find(allotment.collector);
    if (load == loads.end()) continue;
    ++load->second.cases;
    load->second.overdue_fen += overdue_of(book, allotment.customer_no);
  }
  const auto days = outreach::user_days(tx, today);
  const auto promises = casework::promises_made(tx, today);
  std::map<std::pair<std::string, std::string>, CollectorLoad> by_team;
  for (auto& [name, load] : loads) {
    if (const auto day = days.find(name); day != days.end()) {
      load.worked_today = day->second.customers;
      load.contacts_today = day->second.contacts;
    }
    if (const auto made = promises.find(name); made != promises.end())
      load.promises_today = made->second;
    by_team.emplace(std::pair(load.team, name), std::move(load));
  }
  std::vector<CollectorLoad> all;
  for (auto& [key, load] : by_team) all.push_back(std::move(load));
  return all;
}

// Customers with work for people whom nobody has, of those the caller may see.
Result<std::int64_t> count_unallotted(store::Transaction& tx, const Deps& deps,
                                      const book::BookView& book, const http::Request& request) {
  Filter filter;
  filter.work = std::string(strategy::work_human);
  std::unordered_set<std::string> taken;
  for (const auto& allotment : allocation::load_allotments(tx)) {
    if (!allotment.collector.empty()) taken.insert(allotment.customer_no);
  }
  filter.except_customer_nos = std::move(taken);
  TRY(restrict_to_caller(tx, deps, request, filter));
  return decide_choice(book, filter, {}, 0, 0).total;
}

}  // namespace

std::vector<http::Route> team_routes(const Deps& deps) {
  return {http::route<http::Nothing, TeamDay>(
      "GET", "/api/v1/team-day", "reports", "Load and the day's work of each collector",
      {.roles = {http::Role::lead, http::Role::analyst, http::Role::admin}},
      [deps](const http::Nothing&, const http::Request& request) -> Result<TeamDay> {
        TRY_ASSIGN(const auto book, deps.shelf.latest_book());
        return deps.store.read([&](store::Transaction& tx) -> Result<TeamDay> {
          TeamDay day;
          day.today = request.now.china_date();
          day.collectors = load_collectors(tx, *book, day.today);
          std::erase_if(day.collectors, [&](const CollectorLoad& load) {
            return !casework::may_reach_team(tx, deps.decisions, *request.caller, load.team,
                                             request.now);
          });
          TRY_ASSIGN(day.unallotted_cases, count_unallotted(tx, deps, *book, request));
          return day;
        });
      })};
}

std::vector<http::Route> routes(const Deps& deps) {
  std::vector<http::Route> all;
  for (auto part :
       {case_routes(deps), team_routes(deps), dashboard_routes(deps), health_routes(deps)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace reports
