#include <fmt/format.h>

#include <algorithm>

#include "simulation/types.h"

namespace simulation {

namespace {

std::string yuan(std::int64_t fen) {
  return kernel::Money::from_fen(fen).format_yuan();
}

std::string milli(std::int64_t thousandths) {
  return fmt::format("{}.{:03}", thousandths / 1'000, thousandths % 1'000);
}

void render_totals(const Report& report, std::string& out) {
  const auto line = [&](const char* title, const std::string& today, const std::string& draft) {
    out += fmt::format("{}  今 {}  草案 {}\n", title, today, draft);
  };
  const Totals &a = report.today, &b = report.draft;
  const auto count = [&](const char* title, std::int64_t Totals::*member) {
    line(title, std::to_string(a.*member), std::to_string(b.*member));
  };
  const auto money = [&](const char* title, std::int64_t Totals::*member) {
    line(title, yuan(a.*member), yuan(b.*member));
  };
  count("尝试", &Totals::attempts);
  count("联系", &Totals::contacts);
  count("受限未做", &Totals::held_back);
  money("成本（元）", &Totals::spent_fen);
  money("预期回收（元）", &Totals::expected_fen);
  money("试算回收（元）", &Totals::paid_fen);
  money("未逾期户按期还款（元）", &Totals::due_paid_fen);
  line("预期投诉", milli(a.complaints_milli), milli(b.complaints_milli));
  count("承诺", &Totals::promises_made);
  count("履约", &Totals::promises_kept);
  count("失约", &Totals::promises_broken);
  if (report.nights > 1) {
    count("期末逾期户", &Totals::overdue_accounts_end);
    money("期末逾期（元）", &Totals::overdue_end_fen);
  }
}

void render_fit(const Report& report, std::string& out) {
  out += fmt::format(
      "\n校准（{} 对相邻账簿）\n阶段     观察户      发生    先验预期   系数(bps) 来源\n",
      report.fit_pairs);
  for (const FitLine& line : report.fit) {
    out += fmt::format("{:<6} {:>9} {:>9} {:>9} {:>9} {}\n", line.bucket, line.accounts,
                       line.observed, line.expected, line.factor_bps,
                       line.source == "fitted" ? "拟合" : "先验：" + line.reason);
  }
}

}  // namespace

std::string render_text(const Report& report) {
  std::string out = fmt::format("策略试算 {}（账簿 {}），{} 晚，种子 {}\n账户 {}，客户 {}\n",
                                report.date.format(), report.edition, report.nights, report.seed,
                                report.accounts, report.customers);
  for (const Override& one : report.overrides)
    out += fmt::format("草案 {} {} → {}\n", one.file, one.version_today, one.version_draft);
  if (report.overrides.empty()) out += "草案与现行相同\n";
  out += fmt::format("有差异：{} 户（{} 客户），今晚 {} 户，逾期 {} 元\n\n",
                     report.differing.accounts, report.differing.customers,
                     report.differing.tonight, yuan(report.differing.overdue_fen));
  render_totals(report, out);
  out += "\n由何处置改为何处置                                       账户\n";
  for (const ChangeLine& line : report.changes)
    out += fmt::format("{:<26} → {:<26} {:>9}\n", line.treatment_from, line.treatment_to,
                       line.accounts);
  out += "\n渠道          今尝试    草案尝试      今成本（元）    草案成本（元）\n";
  for (const ChannelLine& line : report.channels)
    out += fmt::format("{:<10} {:>9} {:>9} {:>16} {:>16}\n", line.channel, line.today.attempts,
                       line.draft.attempts, yuan(line.today.spent_fen), yuan(line.draft.spent_fen));
  out += "\n班组          每晚可办  今需办(最多)  草案需办(最多)\n";
  for (const TeamLine& line : report.teams)
    out += fmt::format("{:<12} {:>9} {:>12} {:>12}\n", line.team, line.available,
                       line.today.needed_max, line.draft.needed_max);
  render_fit(report, out);
  return out;
}

std::string render_cases_csv(const column::Sheet& cases) {
  std::string out =
      "account_no,customer_no,night,treatment_from,treatment_to,row_from,row_to,channel_from,"
      "channel_to,work_from,work_to,grade_from,grade_to,priority_from,priority_to,overdue_fen,"
      "paid_from_fen,paid_to_fen\n";
  const column::Texts account_no = cases.texts("account_no"),
                      customer_no = cases.texts("customer_no");
  const auto night = cases.get<std::int16_t>("night");
  std::vector<column::Codes> codes;
  for (const char* name : {"treatment_from", "treatment_to", "channel_from", "channel_to",
                           "work_from", "work_to", "grade_from", "grade_to"})
    codes.push_back(cases.codes(name));
  const auto i32 = [&](const char* name) { return cases.get<std::int32_t>(name); };
  const auto row_from = i32("row_from"), row_to = i32("row_to"),
             priority_from = i32("priority_from"), priority_to = i32("priority_to");
  const auto overdue = cases.get<std::int64_t>("overdue_fen"),
             paid_from = cases.get<std::int64_t>("paid_from_fen"),
             paid_to = cases.get<std::int64_t>("paid_to_fen");
  for (std::size_t row = 0; row < cases.rows(); ++row) {
    out += fmt::format("{},{},{},{},{},{},{}", account_no.at(row), customer_no.at(row), night[row],
                       codes[0].at(row), codes[1].at(row), row_from[row], row_to[row]);
    for (std::size_t i = 2; i < codes.size(); ++i) out += fmt::format(",{}", codes[i].at(row));
    out += fmt::format(",{},{},{},{},{}\n", priority_from[row], priority_to[row], overdue[row],
                       paid_from[row], paid_to[row]);
  }
  return out;
}

}  // namespace simulation
