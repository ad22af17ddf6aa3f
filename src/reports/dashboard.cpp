// /dashboard: one day's book in sums, beside the day before, and the days behind it.

#include <algorithm>
#include <map>

#include "reports/cases.h"
#include "tables/types.h"

namespace reports {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Money;
using kernel::Result;

struct DashboardInput {
  std::optional<Date> date;
};
BOOST_DESCRIBE_STRUCT(DashboardInput, (), (date))

struct Totals {
  std::int64_t accounts = 0, customers = 0;
  Money balance_fen, overdue_fen;
  std::int64_t overdue_accounts = 0, entered_accounts = 0;
  Money entered_fen;
  std::int64_t cured_accounts = 0;
  Money recovered_fen;
  std::int64_t entry_rate_bps = 0, recovery_rate_bps = 0;
};
BOOST_DESCRIBE_STRUCT(Totals, (),
                      (accounts, customers, balance_fen, overdue_fen, overdue_accounts,
                       entered_accounts, entered_fen, cured_accounts, recovered_fen, entry_rate_bps,
                       recovery_rate_bps))

struct BucketSum {
  std::string bucket;
  std::int64_t accounts = 0;
  Money balance_fen, overdue_fen;
};
BOOST_DESCRIBE_STRUCT(BucketSum, (), (bucket, accounts, balance_fen, overdue_fen))

struct RollCell {
  std::string from, to;
  std::int64_t accounts = 0;
  Money balance_fen;
  std::int64_t rate_bps = 0;
};
BOOST_DESCRIBE_STRUCT(RollCell, (), (from, to, accounts, balance_fen, rate_bps))

struct RollRates {
  std::vector<std::string> from, to;
  std::vector<RollCell> cells;
};
BOOST_DESCRIBE_STRUCT(RollRates, (), (from, to, cells))

struct TreatmentSum {
  std::string treatment, treatment_text, treatment_text_en, work;
  std::int64_t accounts = 0;
  Money overdue_fen;
};
BOOST_DESCRIBE_STRUCT(TreatmentSum, (),
                      (treatment, treatment_text, treatment_text_en, work, accounts, overdue_fen))

struct GradeSum {
  std::string grade;
  std::int64_t accounts = 0;
};
BOOST_DESCRIBE_STRUCT(GradeSum, (), (grade, accounts))

struct HistoryDay {
  Date date;
  std::vector<BucketSum> buckets;
  std::int64_t entry_rate_bps = 0, recovery_rate_bps = 0;
};
BOOST_DESCRIBE_STRUCT(HistoryDay, (), (date, buckets, entry_rate_bps, recovery_rate_bps))

struct Dashboard {
  Date date;
  std::vector<Date> dates;
  Totals totals;
  std::vector<BucketSum> buckets;
  RollRates roll_rates;
  std::vector<TreatmentSum> treatments;
  std::vector<GradeSum> grades;
  std::vector<HistoryDay> history;
};
BOOST_DESCRIBE_STRUCT(Dashboard, (),
                      (date, dates, totals, buckets, roll_rates, treatments, grades, history))

namespace {

constexpr std::size_t history_days_max = 30;

// Sums by a code column, in the order of its words; words no account has are left out.
struct CodeSum {
  std::string word;
  std::int64_t accounts = 0;
  Money balance_fen, overdue_fen;
};
std::vector<CodeSum> sum_by(const column::Sheet& accounts, const char* name) {
  const column::Codes codes = accounts.codes(name);
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  std::vector<CodeSum> sums(codes.words->size());
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].word = (*codes.words)[i];
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    if (codes.values[row] < 0) continue;
    CodeSum& sum = sums[static_cast<std::size_t>(codes.values[row])];
    ++sum.accounts;
    sum.balance_fen += Money::from_fen(balance[row]);
    sum.overdue_fen += Money::from_fen(overdue[row]);
  }
  return sums;
}

std::vector<BucketSum> sum_buckets(const column::Sheet& accounts) {
  std::vector<BucketSum> out;
  for (const CodeSum& sum : sum_by(accounts, "bucket"))
    out.push_back({sum.word, sum.accounts, sum.balance_fen, sum.overdue_fen});
  return out;
}

Totals sum_totals(const book::BookView& book, const std::vector<BucketSum>& buckets,
                  const book::RollRates& rolled) {
  Totals totals;
  totals.accounts = static_cast<std::int64_t>(book.accounts().rows());
  totals.customers = static_cast<std::int64_t>(book.customers().rows());
  for (const BucketSum& bucket : buckets) {
    totals.balance_fen += bucket.balance_fen;
    totals.overdue_fen += bucket.overdue_fen;
  }
  for (const std::int32_t dpd : book.accounts().get<std::int32_t>("dpd"))
    totals.overdue_accounts += dpd > 0 ? 1 : 0;
  totals.entered_accounts = rolled.entered_accounts;
  totals.entered_fen = Money::from_fen(rolled.entered_fen);
  totals.cured_accounts = rolled.cured_accounts;
  totals.recovered_fen = Money::from_fen(rolled.recovered_fen);
  totals.entry_rate_bps = rolled.entry_rate_bps;
  totals.recovery_rate_bps = rolled.recovery_rate_bps;
  return totals;
}

// Which work a treatment gives, from the first account that has it: one table row gives both.
std::vector<TreatmentSum> sum_treatments(const column::Sheet& accounts,
                                         const strategy::Words& words) {
  std::map<std::string, std::string> work_of;
  const column::Codes treatment = accounts.codes("treatment"), work = accounts.codes("work");
  for (std::size_t row = 0; row < accounts.rows(); ++row)
    work_of.try_emplace(std::string(treatment.at(row)), work.at(row));
  std::vector<TreatmentSum> out;
  for (const CodeSum& sum : sum_by(accounts, "treatment")) {
    if (sum.accounts == 0) continue;
    out.push_back({sum.word, words.zh("treatment", sum.word), words.en("treatment", sum.word),
                   work_of[sum.word], sum.accounts, sum.overdue_fen});
  }
  std::stable_sort(out.begin(), out.end(), [](const TreatmentSum& a, const TreatmentSum& b) {
    return a.accounts > b.accounts;
  });
  return out;
}

RollRates render_rolls(const book::RollRates& rolled) {
  RollRates out{rolled.from, rolled.to, {}};
  for (const book::RollCell& cell : rolled.cells) {
    out.cells.push_back(
        {cell.from, cell.to, cell.accounts, Money::from_fen(cell.balance_fen), cell.rate_bps});
  }
  return out;
}

// A day's book and, where there is one, the book of the day before it.
struct Pair {
  std::shared_ptr<const book::BookView> today, before;
  book::RollRates rolled() const {
    return book::decide_roll_rates(today->accounts(), before ? &before->accounts() : nullptr);
  }
};
Result<Pair> load_pair(const book::Shelf& shelf, const std::vector<Date>& dates, std::size_t at) {
  Pair pair;
  TRY_ASSIGN(pair.today, shelf.at(dates[at]));
  if (at > 0) {
    TRY_ASSIGN(pair.before, shelf.at(dates[at - 1]));
  }
  return pair;
}

Result<Dashboard> dashboard(const Deps& deps, const DashboardInput& in) {
  Dashboard out;
  out.dates = deps.shelf.dates();
  if (out.dates.empty())
    return Error{Code::not_found, "no night has been run yet: evenhand nightly", ""};
  out.date = in.date.value_or(out.dates.back());
  const auto found = std::lower_bound(out.dates.begin(), out.dates.end(), out.date);
  if (found == out.dates.end() || *found != out.date)
    return Error{Code::not_found, "no night was run for that day", out.date.format()};
  const auto at = static_cast<std::size_t>(found - out.dates.begin());
  TRY_ASSIGN(const auto known_words, tables::shipped_words(deps.decisions));
  const strategy::Words& words = *known_words;
  TRY_ASSIGN(const Pair pair, load_pair(deps.shelf, out.dates, at));
  const column::Sheet& accounts = pair.today->accounts();
  const book::RollRates rolled = pair.rolled();
  out.buckets = sum_buckets(accounts);
  out.totals = sum_totals(*pair.today, out.buckets, rolled);
  out.roll_rates = render_rolls(rolled);
  out.treatments = sum_treatments(accounts, words);
  for (const CodeSum& sum : sum_by(accounts, "grade"))
    out.grades.push_back({sum.word, sum.accounts});
  for (std::size_t i = at + 1 > history_days_max ? at + 1 - history_days_max : 0; i <= at; ++i) {
    TRY_ASSIGN(const Pair day, load_pair(deps.shelf, out.dates, i));
    const book::RollRates rates = day.rolled();
    out.history.push_back({out.dates[i], sum_buckets(day.today->accounts()), rates.entry_rate_bps,
                           rates.recovery_rate_bps});
  }
  return out;
}

}  // namespace

std::vector<http::Route> dashboard_routes(const Deps& deps) {
  return {http::route<DashboardInput, Dashboard>(
      "GET", "/api/v1/dashboard", "reports",
      "Buckets, roll rates, entry and recovery, treatments of a day, and the 30 days behind it",
      {.roles = {http::Role::lead, http::Role::analyst, http::Role::admin}},
      [deps](const DashboardInput& in, const http::Request&) { return dashboard(deps, in); })};
}

}  // namespace reports
