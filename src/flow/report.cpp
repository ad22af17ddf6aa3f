#include "flow/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>

#include "kernel/beside.h"

namespace flow {

namespace {

void add_totals(const book::Sheets& sheets, Report& report) {
  const auto balance = sheets.accounts.get<std::int64_t>("balance_fen");
  const auto overdue = sheets.accounts.get<std::int64_t>("overdue_fen");
  const auto dpd = sheets.accounts.get<std::int32_t>("dpd");
  const auto cost_review = sheets.accounts.get<std::int8_t>("cost_review");
  const column::Codes bucket = sheets.accounts.codes("bucket");
  report.totals.accounts = static_cast<std::int64_t>(sheets.accounts.rows());
  report.totals.customers = static_cast<std::int64_t>(sheets.customers.rows());
  for (const std::string& word : *bucket.words) report.buckets.push_back({word});
  for (std::size_t row = 0; row < balance.size(); ++row) {
    report.totals.balance_fen += balance[row];
    report.totals.overdue_fen += overdue[row];
    if (dpd[row] > 0) ++report.totals.overdue_accounts;
    report.oddities.cost_reviews += cost_review[row];
    BucketLine& line = report.buckets[static_cast<std::size_t>(bucket.values[row])];
    ++line.accounts;
    line.balance_fen += balance[row];
    line.overdue_fen += overdue[row];
  }
}

void add_roll_rates(const book::Sheets& sheets, const column::Sheet* previous, Report& report) {
  const book::RollRates rates = book::decide_roll_rates(sheets.accounts, previous);
  report.roll_rates.from = rates.from;
  report.roll_rates.to = rates.to;
  for (const book::RollCell& cell : rates.cells) {
    report.roll_rates.cells.push_back({cell.from, cell.to, cell.accounts, cell.balance_fen,
                                       cell.rate_bps, cell.balance_rate_bps});
  }
  report.totals.entered_accounts = rates.entered_accounts;
  report.totals.entered_fen = rates.entered_fen;
  report.totals.cured_accounts = rates.cured_accounts;
  report.totals.recovered_fen = rates.recovered_fen;
  report.totals.entry_rate_bps = rates.entry_rate_bps;
  report.totals.recovery_rate_bps = rates.recovery_rate_bps;
}

std::vector<CountLine> count_by(const column::Sheet& accounts, const char* name) {
  const column::Codes codes = accounts.codes(name);
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  std::vector<CountLine> lines;
  for (const std::string& word : *codes.words) lines.push_back({word});
  lines.push_back({""});
  for (std::size_t row = 0; row < overdue.size(); ++row) {
    CountLine& line =
        codes.values[row] < 0 ? lines.back() : lines[static_cast<std::size_t>(codes.values[row])];
    ++line.accounts;
    line.overdue_fen += overdue[row];
  }
  std::erase_if(lines, [](const CountLine& line) { return line.accounts == 0; });
  return lines;
}

void add_treatments(const column::Sheet& accounts, Report& report) {
  const column::Codes treatment = accounts.codes("treatment");
  const column::Codes work = accounts.codes("work");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  const std::size_t works = work.words->size();
  std::vector<TreatmentLine> lines(treatment.words->size() * works);
  for (std::size_t row = 0; row < overdue.size(); ++row) {
    TreatmentLine& line = lines[static_cast<std::size_t>(treatment.values[row]) * works +
                                static_cast<std::size_t>(work.values[row])];
    ++line.accounts;
    line.overdue_fen += overdue[row];
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].accounts == 0) continue;
    lines[i].treatment = (*treatment.words)[i / works];
    lines[i].work = (*work.words)[i % works];
    report.treatments.push_back(std::move(lines[i]));
  }
}

// By code + 1: a number for each text, the same for the same text; a row without one has "".
std::vector<std::size_t> numbers_of(const column::Codes& codes,
                                    std::map<std::string_view, std::size_t>& numbers) {
  std::vector<std::size_t> all = {numbers.emplace("", numbers.size()).first->second};
  for (const std::string& word : *codes.words) {
    all.push_back(numbers.emplace(word, numbers.size()).first->second);
  }
  return all;
}

std::int64_t changed_codes(const column::Sheet& accounts, const column::Sheet& previous,
                           const char* name) {
  const column::Codes now = accounts.codes(name);
  const column::Codes before = previous.codes(name);
  std::map<std::string_view, std::size_t> numbers;
  const std::vector<std::size_t> now_is = numbers_of(now, numbers);
  const std::vector<std::size_t> before_was = numbers_of(before, numbers);
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  std::int64_t changed = 0;
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    if (previous_row[row] < 0) continue;
    const std::int16_t was = before.values[static_cast<std::size_t>(previous_row[row])];
    if (now_is[static_cast<std::size_t>(now.values[row] + 1)] !=
        before_was[static_cast<std::size_t>(was + 1)])
      ++changed;
  }
  return changed;
}

void add_changes(const column::Sheet& accounts, const column::Sheet* previous, Report& report) {
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  report.changes.new_accounts =
      std::count(previous_row.begin(), previous_row.end(), std::int32_t{-1});
  if (previous == nullptr) return;
  report.changes.bucket = changed_codes(accounts, *previous, "bucket");
  report.changes.treatment = changed_codes(accounts, *previous, "treatment");
  report.changes.collector = changed_codes(accounts, *previous, "collector");
}

std::string yuan(std::int64_t fen) {
  return kernel::Money::from_fen(fen).format_yuan();
}

std::string percent(std::int64_t bps) {
  return fmt::format("{}.{:02}%", bps / 100, bps % 100);
}

void render_roll_rates(const Report& report, std::string& out) {
  if (report.previous.empty()) return;
  out += "\n滚动率（账户数）\n        ";
  for (const std::string& to : report.roll_rates.to) out += fmt::format("{:>9}", to);
  out += '\n';
  for (const std::string& from : report.roll_rates.from) {
    out += fmt::format("{:<8}", from);
    for (const std::string& to : report.roll_rates.to) {
      const auto cell =
          std::find_if(report.roll_rates.cells.begin(), report.roll_rates.cells.end(),
                       [&](const RollLine& line) { return line.from == from && line.to == to; });
      const bool none = cell == report.roll_rates.cells.end();
      out += fmt::format("{:>9}", none ? "·" : percent(cell->rate_bps));
    }
    out += '\n';
  }
}

void render_oddities(const Oddities& found, std::string& out) {
  const std::vector<std::pair<const char*, std::int64_t>> lines = {
      {"账户无余额", found.accounts_without_balance},
      {"余额无账户", found.balances_without_account},
      {"分期计划无账户", found.instalments_without_account},
      {"还款无账户", found.payments_without_account},
      {"分期计划与逾期金额不符", found.schedules_that_disagree},
      {"还款倒起息", found.payments_back_dated},
      {"年化成本触及复核线", found.cost_reviews}};
  for (const auto& [what, count] : lines) {
    if (count > 0) out += fmt::format("  请核查 {}：{}\n", what, count);
  }
}

}  // namespace

Report decide_report(const book::Sheets& sheets, const column::Sheet* previous_accounts,
                     const Inputs& inputs, const book::Anomalies& anomalies, unsigned threads) {
  Report report;
  report.date = inputs.date;
  if (inputs.previous) {
    report.previous = inputs.previous->date.format() + " " + inputs.previous->edition;
  }
  report.batches = static_cast<std::int64_t>(inputs.batches.size());
  report.oddities = {anomalies.accounts_without_balance,
                     anomalies.balances_without_account,
                     anomalies.instalments_without_account,
                     anomalies.payments_without_account,
                     anomalies.schedules_that_disagree,
                     anomalies.payments_back_dated,
                     0};
  report.tables = inputs.tables;
  // Each goes through the book by itself and says figures that no other does.
  std::future<void> beside = std::async(kernel::beside(threads), [&] {
    add_roll_rates(sheets, previous_accounts, report);
    add_changes(sheets.accounts, previous_accounts, report);
  });
  add_totals(sheets, report);
  add_treatments(sheets.accounts, report);
  report.grades = count_by(sheets.accounts, "grade");
  report.allotments = count_by(sheets.accounts, "allotment");
  beside.get();
  return report;
}

std::string render_text(const Report& report) {
  const Totals& totals = report.totals;
  std::string out = fmt::format("日报 {}（上一账簿：{}）\n", report.date.format(),
                                report.previous.empty() ? "无" : report.previous);
  out += fmt::format("账户 {}，客户 {}，余额 {} 元，逾期 {} 元 / {} 户\n", totals.accounts,
                     totals.customers, yuan(totals.balance_fen), yuan(totals.overdue_fen),
                     totals.overdue_accounts);
  out +=
      fmt::format("入催 {} 户 {} 元（{}），出催 {} 户，回收 {} 元（{}）\n", totals.entered_accounts,
                  yuan(totals.entered_fen), percent(totals.entry_rate_bps), totals.cured_accounts,
                  yuan(totals.recovered_fen), percent(totals.recovery_rate_bps));
  out += "\n阶段        账户             余额（元）             逾期（元）\n";
  for (const BucketLine& line : report.buckets) {
    out += fmt::format("{:<6} {:>9} {:>22} {:>22}\n", line.bucket, line.accounts,
                       yuan(line.balance_fen), yuan(line.overdue_fen));
  }
  render_roll_rates(report, out);
  out += "\n策略                           办理       账户             逾期（元）\n";
  for (const TreatmentLine& line : report.treatments) {
    out += fmt::format("{:<30} {:<8} {:>7} {:>22}\n", line.treatment, line.work, line.accounts,
                       yuan(line.overdue_fen));
  }
  out +=
      fmt::format("\n变化：新账户 {}，阶段 {}，策略 {}，经办人 {}\n", report.changes.new_accounts,
                  report.changes.bucket, report.changes.treatment, report.changes.collector);
  render_oddities(report.oddities, out);
  out += "规则表：";
  for (const TableVersion& table : report.tables) {
    out += fmt::format(" {}@{}", table.file, table.version);
  }
  out += '\n';
  return out;
}

std::string render_text(const BackDated& told) {
  std::string out = fmt::format("倒起息还款：{} 笔", told.payments);
  if (told.corrections > 0) out += fmt::format("（更正 {} 笔）", told.corrections);
  if (told.accounts > 0) {
    out += fmt::format("，{} 户自 {} 起重算 {} 个日终，其中 {} 户次本会是另一阶段或策略",
                       told.accounts, told.since, told.nights, told.decided_otherwise);
  }
  if (told.not_recomputed > 0) {
    out += fmt::format("；{} 笔未重算：{} 及以前日终的输入已不在", told.not_recomputed, told.gone);
  }
  return out + "\n";
}

}  // namespace flow
