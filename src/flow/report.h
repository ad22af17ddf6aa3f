#pragma once
// What a night says about itself: buckets, roll rates, treatments, work, changes, oddities, tables.
// Pure; no wall clock: the same book gives the same bytes.

#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "book/types.h"
#include "flow/cut.h"
#include "flow/figures.h"
#include "flow/inputs.h"
#include "flow/restate.h"

namespace flow {

struct BucketLine {
  std::string bucket;
  std::int64_t accounts = 0, balance_fen = 0, overdue_fen = 0;
};
BOOST_DESCRIBE_STRUCT(BucketLine, (), (bucket, accounts, balance_fen, overdue_fen))

struct RollLine {
  std::string from, to;
  std::int64_t accounts = 0, balance_fen = 0, rate_bps = 0, balance_rate_bps = 0;
};
BOOST_DESCRIBE_STRUCT(RollLine, (), (from, to, accounts, balance_fen, rate_bps, balance_rate_bps))

struct RollTable {
  std::vector<std::string> from, to;
  std::vector<RollLine> cells;
};
BOOST_DESCRIBE_STRUCT(RollTable, (), (from, to, cells))

struct CountLine {
  std::string code;
  std::int64_t accounts = 0, overdue_fen = 0;
};
BOOST_DESCRIBE_STRUCT(CountLine, (), (code, accounts, overdue_fen))

struct TreatmentLine {
  std::string treatment, work;
  std::int64_t accounts = 0, overdue_fen = 0;
};
BOOST_DESCRIBE_STRUCT(TreatmentLine, (), (treatment, work, accounts, overdue_fen))

struct Totals {
  std::int64_t accounts = 0, customers = 0, balance_fen = 0, overdue_fen = 0, overdue_accounts = 0,
               entered_accounts = 0, entered_fen = 0, cured_accounts = 0, recovered_fen = 0,
               entry_rate_bps = 0, recovery_rate_bps = 0;
};
BOOST_DESCRIBE_STRUCT(Totals, (),
                      (accounts, customers, balance_fen, overdue_fen, overdue_accounts,
                       entered_accounts, entered_fen, cured_accounts, recovered_fen, entry_rate_bps,
                       recovery_rate_bps))

struct ChangeCounts {  // against the book before
  std::int64_t new_accounts = 0, bucket = 0, treatment = 0, collector = 0;
};
BOOST_DESCRIBE_STRUCT(ChangeCounts, (), (new_accounts, bucket, treatment, collector))

struct Oddities {  // for a person to look at; see docs of each word in README.md
  std::int64_t accounts_without_balance = 0, balances_without_account = 0,
               instalments_without_account = 0, payments_without_account = 0,
               schedules_that_disagree = 0, payments_back_dated = 0, cost_reviews = 0;
};
BOOST_DESCRIBE_STRUCT(Oddities, (),
                      (accounts_without_balance, balances_without_account,
                       instalments_without_account, payments_without_account,
                       schedules_that_disagree, payments_back_dated, cost_reviews))

struct Report {
  kernel::Date date;
  std::string previous;  // date and edition of the book before; empty at the start
  std::int64_t batches = 0;
  Totals totals;
  std::vector<BucketLine> buckets;
  RollTable roll_rates;
  std::vector<TreatmentLine> treatments;
  std::vector<CountLine> grades, allotments;
  ChangeCounts changes;
  Oddities oddities;
  std::vector<TableVersion> tables;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (date, previous, batches, totals, buckets, roll_rates, treatments, grades,
                       allotments, changes, oddities, tables))

// Until format 2: of a night that payments came late to; others had no word of it.
struct LateReport : Report {
  BackDated back_dated;
};
BOOST_DESCRIBE_STRUCT(LateReport, (Report), (back_dated))
std::string render_text(const BackDated& told);

struct TeamLoad {  // over its collectors of that day, those with no case too
  std::string team;
  std::int64_t collectors = 0, cases = 0, cases_min = 0, cases_median = 0, cases_max = 0;
};
BOOST_DESCRIBE_STRUCT(TeamLoad, (), (team, collectors, cases, cases_min, cases_median, cases_max))

struct AllocationLine {    // a case is a customer
  std::int64_t cases = 0;  // somebody's tonight
  std::int64_t had = 0;    // of those, somebody's before
  std::int64_t kept = 0;   // of those, the same one's
  std::int64_t kept_rate_bps = 0;
  std::vector<TeamLoad> teams;  // by name
};
BOOST_DESCRIBE_STRUCT(AllocationLine, (), (cases, had, kept, kept_rate_bps, teams))

// From format 3 on.
struct ComparedReport : Report {
  AllocationLine allocation;
  std::int64_t cure_rate_bps = 0;  // cured ÷ accounts that were past due (出催率)
  std::int64_t payments = 0, payments_fen = 0, rejected_lines = 0;  // of tonight's batches
  std::optional<BackDated> back_dated;  // null where no payment came late
  Compared anomalies;
};
BOOST_DESCRIBE_STRUCT(ComparedReport, (Report),
                      (allocation, cure_rate_bps, payments, payments_fen, rejected_lines,
                       back_dated, anomalies))

void add_batches(const Inputs& inputs, const std::vector<book::BatchSheet>& batches,
                 ComparedReport& report);
void add_cure_rate(const column::Sheet* previous_accounts, ComparedReport& report);
AllocationLine decide_allocation_line(const book::Sheets& sheets, const Cut& cut);
std::vector<Figure> figures_of(const ComparedReport& report);
std::string render_text(const AllocationLine& line);

Report decide_report(const book::Sheets& sheets, const column::Sheet* previous_accounts,
                     const Inputs& inputs, const book::Anomalies& anomalies, unsigned threads);
std::string render_text(const Report& report);

// A line a person with work for people: by collector, then priority, then customer_no; people
// nobody could be given to come last.
kernel::Status save_worklist(const book::Sheets& sheets, const std::filesystem::path& path,
                             unsigned threads);

}  // namespace flow
