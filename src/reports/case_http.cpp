// /my-day and /cases: whose cases, in which order, which page.

#include <algorithm>
#include <sstream>

#include "allocation/types.h"
#include "casework/types.h"
#include "intake/types.h"
#include "outreach/types.h"
#include "reports/cases.h"
#include "tables/types.h"

namespace reports {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;

struct MyDayInput {
  std::optional<std::int64_t> page, size;
};
BOOST_DESCRIBE_STRUCT(MyDayInput, (), (page, size))

struct ContactWindow {
  std::string open, close;  // "08:00"
  bool open_now = false;
  Instant next_open_at;  // now, when it is open
};
BOOST_DESCRIBE_STRUCT(ContactWindow, (), (open, close, open_now, next_open_at))

struct DayCounts {
  std::int64_t cases = 0, worked_today = 0, contacts_today = 0, promises_due_today = 0;
};
BOOST_DESCRIBE_STRUCT(DayCounts, (), (cases, worked_today, contacts_today, promises_due_today))

struct MyDay {
  kernel::Date today, night_date;
  Instant now;
  ContactWindow window;
  DayCounts counts;
  std::int64_t total = 0;
  std::vector<CaseRow> items;
};
BOOST_DESCRIBE_STRUCT(MyDay, (), (today, night_date, now, window, counts, total, items))

struct CasesInput {
  std::optional<std::string> bucket, from_bucket, treatment, grade, team, collector, work,
      region_code, q;
  std::optional<bool> overdue;
  std::optional<std::int64_t> page, size;
};
BOOST_DESCRIBE_STRUCT(CasesInput, (),
                      (bucket, from_bucket, treatment, grade, team, collector, work, region_code, q,
                       overdue, page, size))

struct CaseList {
  std::int64_t total = 0;
  std::vector<CaseRow> items;
};
BOOST_DESCRIBE_STRUCT(CaseList, (), (total, items))

namespace {

constexpr std::int64_t page_size_usual = 50, page_size_max = 200;

struct Page {
  std::size_t skip = 0, take = 0;
};

Result<Page> read_page(const std::optional<std::int64_t>& page,
                       const std::optional<std::int64_t>& size) {
  const std::int64_t number = page.value_or(1), rows = size.value_or(page_size_usual);
  if (number < 1 || number > 1'000'000)
    return Error{Code::invalid_input, "pages count from 1", "page"};
  if (rows < 1 || rows > page_size_max)
    return Error{Code::invalid_input, "a page has 1 to 200 rows", "size"};
  return Page{static_cast<std::size_t>((number - 1) * rows), static_cast<std::size_t>(rows)};
}

std::string clock_text(int minute) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(minute / 60) + ":" + two(minute % 60);
}

ContactWindow decide_window(store::Transaction& tx, const gate::Gate& gate, Instant now) {
  const auto window = gate.packs(tx, now.china_date()).window();
  const int minute = now.china_minute();
  ContactWindow out{clock_text(window.open_minute), clock_text(window.close_minute), false, now};
  out.open_now = minute >= window.open_minute && minute < window.close_minute;
  if (!out.open_now) {
    const auto day = now.china_date().plus_days(minute < window.open_minute ? 0 : 1);
    out.next_open_at = Instant::china(day, gate.packs(tx, day).window().open_minute);
  }
  return out;
}

std::unordered_set<std::string> set_of(const std::vector<std::string>& values) {
  return {values.begin(), values.end()};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

void keep_only(Filter& filter, std::unordered_set<std::string> customer_nos) {
  if (filter.customer_nos) {
    std::erase_if(*filter.customer_nos, [&](const auto& no) { return !customer_nos.contains(no); });
  } else {
    filter.customer_nos = std::move(customer_nos);
  }
}

}  // namespace

kernel::Status restrict_to_caller(store::Transaction& tx, const Deps& deps,
                                  const http::Request& request, Filter& filter) {
  using Cases = casework::CaseScope::Cases;
  const http::Caller& caller = *request.caller;
  TRY_ASSIGN(casework::CaseScope scope,
             casework::decide_scope(tx, deps.decisions, caller, request.now.china_date()));
  filter.own_regions = std::move(scope.regions);
  switch (scope.cases) {
    case Cases::none:
      keep_only(filter, {});
      break;
    case Cases::own:
      keep_only(filter, set_of(allocation::load_customers_of(tx, caller.user_name)));
      break;
    case Cases::team:
      filter.own_team = {caller.team, allocation::load_teams_by_hand(tx)};
      break;
    case Cases::all:
      break;
  }
  auto barred = allocation::load_barred(tx);
  for (std::string& customer_no : barred[caller.user_name]) {
    if (!filter.except_customer_nos) filter.except_customer_nos.emplace();
    filter.except_customer_nos->insert(std::move(customer_no));
  }
  return kernel::Ok{};
}

namespace {

Result<MyDay> my_day(const Deps& deps, const MyDayInput& in, const http::Request& request) {
  TRY_ASSIGN(const Page page, read_page(in.page, in.size));
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  TRY_ASSIGN(const auto known_words, tables::shipped_words(deps.decisions));
  const strategy::Words& words = *known_words;
  const http::Caller& caller = *request.caller;
  return deps.store.read([&](store::Transaction& tx) -> Result<MyDay> {
    MyDay day;
    day.today = request.now.china_date();
    day.night_date = book->date();
    day.now = request.now;
    day.window = decide_window(tx, deps.gate, request.now);
    Filter filter;
    filter.work = std::string(strategy::work_human);
    TRY(restrict_to_caller(tx, deps, request, filter));
    // A case given by hand is worked whatever the night thought of it.
    if (caller.role == http::Role::collector) filter.work.clear();
    const auto worked = outreach::work_of_day(tx, day.today);
    std::unordered_set<std::string> done;
    for (const auto& [customer_no, work] : worked) done.insert(customer_no);
    const Choice choice = decide_choice(*book, filter, done, page.skip, page.take);
    day.total = day.counts.cases = choice.total;
    day.items = load_case_rows(tx, deps, words, *book, choice, page.skip, request.now);
    const auto mine = [&](const std::string& customer_no) {
      if (filter.customer_nos && !filter.customer_nos->contains(customer_no)) return false;
      const auto row = book->find_customer(customer_no);
      return row ? is_in_scope(*book, *row, filter) : !filter.own_team;
    };
    for (const auto& [customer_no, work] : worked) {
      if (!mine(customer_no)) continue;
      ++day.counts.worked_today;
      day.counts.contacts_today += work.contacts;
    }
    for (const auto& promise : casework::promises_due(tx, day.today))
      day.counts.promises_due_today += mine(promise.customer_no) ? 1 : 0;
    return day;
  });
}

Result<Filter> read_filter(store::Transaction& tx, const Deps& deps, const CasesInput& in,
                           const http::Request& request) {
  Filter filter;
  filter.buckets = split(in.bucket.value_or(""));
  filter.from_buckets = split(in.from_bucket.value_or(""));
  filter.treatment = in.treatment.value_or("");
  filter.grade = in.grade.value_or("");
  filter.team = in.team.value_or("");
  filter.work = in.work.value_or("");
  filter.overdue_only = in.overdue.value_or(false);
  if (const std::string region = in.region_code.value_or(""); !region.empty()) {
    if (region.size() > 6 || region.find_first_not_of("0123456789") != std::string::npos)
      return Error{Code::invalid_input, "the leading digits of a GB/T 2260 code", "region_code"};
    filter.region_prefix = std::stoi(region);
  }
  const std::string collector = in.collector.value_or("");
  if (collector == "-") {
    std::unordered_set<std::string> taken;
    for (const auto& allotment : allocation::load_allotments(tx)) {
      if (!allotment.collector.empty()) taken.insert(allotment.customer_no);
    }
    filter.except_customer_nos = std::move(taken);
    if (filter.work.empty()) filter.work = std::string(strategy::work_human);
  } else if (!collector.empty()) {
    filter.customer_nos = set_of(allocation::load_customers_of(tx, collector));
  }
  if (const std::string q = in.q.value_or(""); !q.empty()) {
    auto found = set_of(intake::find_customers(tx, q));
    if (filter.customer_nos)
      std::erase_if(found, [&](const auto& no) { return filter.customer_nos->count(no) == 0; });
    filter.customer_nos = std::move(found);
  }
  TRY(restrict_to_caller(tx, deps, request, filter));
  return filter;
}

Result<CaseList> list_cases(const Deps& deps, const CasesInput& in, const http::Request& request) {
  TRY_ASSIGN(const Page page, read_page(in.page, in.size));
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  TRY_ASSIGN(const auto known_words, tables::shipped_words(deps.decisions));
  const strategy::Words& words = *known_words;
  return deps.store.read([&](store::Transaction& tx) -> Result<CaseList> {
    TRY_ASSIGN(const Filter filter, read_filter(tx, deps, in, request));
    const Choice choice = decide_choice(*book, filter, {}, page.skip, page.take);
    CaseList list;
    list.total = choice.total;
    list.items = load_case_rows(tx, deps, words, *book, choice, page.skip, request.now);
    return list;
  });
}

}  // namespace

std::vector<http::Route> case_routes(const Deps& deps) {
  std::vector<http::Route> all;
  all.push_back(http::route<MyDayInput, MyDay>(
      "GET", "/api/v1/my-day", "reports", "Today's list: own cases, or the team's for a lead",
      http::only({http::Role::collector, http::Role::lead, http::Role::analyst, http::Role::admin}),
      [deps](const MyDayInput& in, const http::Request& r) { return my_day(deps, in, r); }));
  all.push_back(http::route<CasesInput, CaseList>(
      "GET", "/api/v1/cases", "reports",
      "Cases by bucket and yesterday's bucket (comma lists), grade, treatment, team, collector (- "
      "is nobody), region or "
      "a search (customer number, or a whole number, name or citizen id)",
      http::case_readers(),
      [deps](const CasesInput& in, const http::Request& r) { return list_cases(deps, in, r); }));
  return all;
}

}  // namespace reports
