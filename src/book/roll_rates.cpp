#include <algorithm>

#include "book/types.h"

namespace book {

namespace {

std::int64_t rate(__int128 part, __int128 whole) {
  if (whole <= 0 || part <= 0) return 0;
  return static_cast<std::int64_t>((part * 20'000 + whole) / (whole * 2));  // 四舍五入
}

struct Yesterday {
  column::Codes bucket;
  column::Values<std::int64_t> balance, overdue;
  column::Values<std::int32_t> dpd;
};

Yesterday yesterday_of(const column::Sheet& previous) {
  return {previous.codes("bucket"), previous.get<std::int64_t>("balance_fen"),
          previous.get<std::int64_t>("overdue_fen"), previous.get<std::int32_t>("dpd")};
}

void add_rates(RollRates& rates) {
  for (RollCell& cell : rates.cells) {
    std::int64_t accounts = 0;
    __int128 balance = 0;
    for (const RollCell& other : rates.cells) {
      if (other.from != cell.from) continue;
      accounts += other.accounts;
      balance += other.balance_before_fen;
    }
    cell.rate_bps = rate(cell.accounts, accounts);
    cell.balance_rate_bps = rate(cell.balance_fen, balance);
  }
}

}  // namespace

RollRates decide_roll_rates(const column::Sheet& accounts, const column::Sheet* previous_accounts) {
  const column::Codes bucket = accounts.codes("bucket");
  const column::Codes before = accounts.codes("bucket_before");
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  const auto dpd = accounts.get<std::int32_t>("dpd");
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  std::optional<Yesterday> yesterday;
  if (previous_accounts != nullptr) yesterday = yesterday_of(*previous_accounts);

  RollRates rates;
  rates.to = *bucket.words;
  rates.from = *before.words;
  rates.from.emplace_back("new");
  std::vector<RollCell> cells(rates.from.size() * rates.to.size());
  std::int64_t current_before = 0;
  __int128 overdue_before = 0;
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    const std::size_t from = before.values[row] < 0 ? rates.from.size() - 1
                                                    : static_cast<std::size_t>(before.values[row]);
    RollCell& cell = cells[from * rates.to.size() + static_cast<std::size_t>(bucket.values[row])];
    ++cell.accounts;
    cell.balance_fen += balance[row];
    if (!yesterday || previous_row[row] < 0) {
      if (yesterday && dpd[row] > 0) {  // in a first book nothing has entered since yesterday
        ++rates.entered_accounts;
        rates.entered_fen += overdue[row];
      }
      continue;
    }
    const auto old = static_cast<std::size_t>(previous_row[row]);
    cell.balance_before_fen += yesterday->balance[old];
    const bool was = yesterday->dpd[old] > 0;
    if (!was) ++current_before;
    if (!was && dpd[row] > 0) {
      ++rates.entered_accounts;
      rates.entered_fen += overdue[row];
    }
    if (was && dpd[row] == 0) ++rates.cured_accounts;
    if (!was) continue;
    overdue_before += yesterday->overdue[old];
    rates.recovered_fen += std::max<std::int64_t>(0, yesterday->overdue[old] - overdue[row]);
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].accounts == 0) continue;
    cells[i].from = rates.from[i / rates.to.size()];
    cells[i].to = rates.to[i % rates.to.size()];
    rates.cells.push_back(cells[i]);
  }
  add_rates(rates);
  if (yesterday) rates.entry_rate_bps = rate(rates.entered_accounts, current_before);
  rates.recovery_rate_bps = rate(rates.recovered_fen, overdue_before);
  return rates;
}

}  // namespace book
