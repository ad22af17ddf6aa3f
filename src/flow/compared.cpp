// What reports say from format 3 on: of the allocation and the batches, and every figure by name.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "flow/report.h"
#include "kernel/money.h"

namespace flow {

namespace {

std::int64_t rate_bps(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return 0;
  return kernel::divide(static_cast<__int128>(part) * 10'000, whole, kernel::Rounding::half_up);
}

using CasesOf = std::map<std::string, std::int64_t, std::less<>>;

std::vector<TeamLoad> loads_of(const std::vector<allocation::Collector>& collectors,
                               const CasesOf& cases) {
  std::map<std::string, std::vector<std::int64_t>> by_team;
  for (const allocation::Collector& one : collectors) {
    const auto found = cases.find(one.user_name);
    by_team[one.team].push_back(found == cases.end() ? 0 : found->second);
  }
  std::vector<TeamLoad> loads;
  for (auto& [team, counts] : by_team) {
    std::sort(counts.begin(), counts.end());
    TeamLoad load{team,           static_cast<std::int64_t>(counts.size()), 0,
                  counts.front(), counts[(counts.size() - 1) / 2],          counts.back()};
    for (const std::int64_t count : counts) load.cases += count;
    loads.push_back(std::move(load));
  }
  return loads;
}

}  // namespace

void add_batches(const Inputs& inputs, const std::vector<book::BatchSheet>& batches,
                 ComparedReport& report) {
  for (const intake::BatchRef& batch : inputs.batches) report.rejected_lines += batch.rejected;
  for (const book::BatchSheet& batch : batches) {
    if (batch.kind != "payments") continue;
    const auto amounts = batch.rows.get<std::int64_t>("amount_fen");
    report.payments += static_cast<std::int64_t>(amounts.size());
    for (std::size_t row = 0; row < amounts.size(); ++row) report.payments_fen += amounts[row];
  }
}

void add_cure_rate(const column::Sheet* previous_accounts, ComparedReport& report) {
  if (previous_accounts == nullptr) return;
  const auto dpd = previous_accounts->get<std::int32_t>("dpd");
  std::int64_t overdue = 0;
  for (std::size_t row = 0; row < dpd.size(); ++row) overdue += dpd[row] > 0 ? 1 : 0;
  report.cure_rate_bps = rate_bps(report.totals.cured_accounts, overdue);
}

AllocationLine decide_allocation_line(const book::Sheets& sheets, const Cut& cut) {
  const std::vector<allocation::Standing> standing = standing_of(cut);
  auto had = standing.begin();  // by customer_no, as the book's customers are
  const column::Codes collector = sheets.accounts.codes("collector");
  const column::Texts customer_no = sheets.customers.texts("customer_no");
  const auto lead = sheets.customers.get<std::int32_t>("lead_account");
  AllocationLine line;
  CasesOf cases;
  for (std::size_t row = 0; row < sheets.customers.rows(); ++row) {
    if (lead[row] < 0) continue;
    const std::string_view now = collector.at(static_cast<std::size_t>(lead[row]));
    if (now.empty()) continue;
    ++line.cases;
    ++cases[std::string(now)];
    const std::string_view customer = customer_no.at(row);
    while (had != standing.end() && had->customer_no < customer) ++had;
    if (had == standing.end() || had->customer_no != customer || had->collector.empty()) continue;
    ++line.had;
    line.kept += had->collector == now ? 1 : 0;
  }
  line.kept_rate_bps = rate_bps(line.kept, line.had);
  line.teams = loads_of(collectors_of(cut), cases);
  return line;
}

std::vector<Figure> figures_of(const ComparedReport& report) {
  const Totals& totals = report.totals;
  std::vector<Figure> all = {{"accounts", "", totals.accounts},
                             {"customers", "", totals.customers},
                             {"balance_fen", "", totals.balance_fen},
                             {"overdue_fen", "", totals.overdue_fen},
                             {"overdue_accounts", "", totals.overdue_accounts}};
  const auto add = [&](const char* figure, const std::string& of, std::int64_t value) {
    all.push_back({figure, of, value});
  };
  for (const BucketLine& line : report.buckets) {
    add("bucket_accounts", line.bucket, line.accounts);
    add("bucket_overdue_fen", line.bucket, line.overdue_fen);
  }
  std::map<std::string, std::int64_t> work;
  for (const TreatmentLine& line : report.treatments) work[line.work] += line.accounts;
  for (const auto& [word, accounts] : work) add("work_accounts", word, accounts);
  for (const CountLine& line : report.grades) add("grade_accounts", line.code, line.accounts);
  for (const CountLine& line : report.allotments) {
    add("allotment_accounts", line.code, line.accounts);
  }
  add("payments", "", report.payments);
  add("payments_fen", "", report.payments_fen);
  add("rejected_lines", "", report.rejected_lines);
  const Oddities& odd = report.oddities;
  add("to_look_at", "accounts_without_balance", odd.accounts_without_balance);
  add("to_look_at", "balances_without_account", odd.balances_without_account);
  add("to_look_at", "instalments_without_account", odd.instalments_without_account);
  add("to_look_at", "payments_without_account", odd.payments_without_account);
  add("to_look_at", "schedules_that_disagree", odd.schedules_that_disagree);
  add("to_look_at", "payments_back_dated", odd.payments_back_dated);
  add("to_look_at", "cost_reviews", odd.cost_reviews);
  if (report.previous.empty()) return all;
  // Against the book before, of which the first night has none.
  add("entered_accounts", "", totals.entered_accounts);
  add("entered_fen", "", totals.entered_fen);
  add("entry_rate_bps", "", totals.entry_rate_bps);
  add("cured_accounts", "", totals.cured_accounts);
  add("cure_rate_bps", "", report.cure_rate_bps);
  add("recovered_fen", "", totals.recovered_fen);
  add("recovery_rate_bps", "", totals.recovery_rate_bps);
  add("kept_rate_bps", "", report.allocation.kept_rate_bps);
  add("new_accounts", "", report.changes.new_accounts);
  add("changed_accounts", "bucket", report.changes.bucket);
  add("changed_accounts", "treatment", report.changes.treatment);
  add("changed_accounts", "collector", report.changes.collector);
  return all;
}

std::string render_text(const AllocationLine& line) {
  std::string out = fmt::format(
      "\n分案：{} 案有经办人，其中 {} 案此前已有，{} 案不换人（{}.{:02}%）\n", line.cases, line.had,
      line.kept, line.kept_rate_bps / 100, line.kept_rate_bps % 100);
  for (const TeamLoad& team : line.teams) {
    out +=
        fmt::format("  {}：{} 人 {} 案，每人最少 {}、中位 {}、最多 {}\n", team.team,
                    team.collectors, team.cases, team.cases_min, team.cases_median, team.cases_max);
  }
  return out;
}

}  // namespace flow
