#include <algorithm>

#include "score/types.h"

namespace score {

namespace {

constexpr std::int64_t ratio_max_bps = 1'000'000;
constexpr std::int32_t not_known = -1;

std::int32_t ratio_bps(std::int64_t part_fen, std::int64_t whole_fen) {
  if (whole_fen <= 0) return not_known;
  const __int128 bps = static_cast<__int128>(part_fen) * 10'000 / whole_fen;
  return static_cast<std::int32_t>(std::clamp<__int128>(bps, 0, ratio_max_bps));
}

}  // namespace

void decide_facts(column::Sheet& accounts, kernel::Date date, unsigned threads) {
  const auto last_payment_on = accounts.get<std::int32_t>("last_payment_on");
  const auto paid = accounts.get<std::int64_t>("paid_30d_fen");
  const auto min_due = accounts.get<std::int64_t>("min_due_fen");
  const auto balance = accounts.get<std::int64_t>("balance_fen");
  const auto limit = accounts.get<std::int64_t>("credit_limit_fen");
  const auto days_since_payment = accounts.add<std::int32_t>("days_since_payment");
  const auto payment_ratio = accounts.add<std::int32_t>("payment_ratio_bps");
  const auto utilisation = accounts.add<std::int32_t>("utilisation_bps");
  book::over_rows(accounts.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::int32_t paid_on = last_payment_on[row];
      days_since_payment[row] = paid_on == 0 ? not_known : std::max(0, date.days() - paid_on);
      payment_ratio[row] = ratio_bps(paid[row], min_due[row]);
      utilisation[row] = ratio_bps(balance[row], limit[row]);
    }
  });
}

}  // namespace score
