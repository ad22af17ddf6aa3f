#pragma once
// One made-up account: how far behind it is, what it owes, what was paid. Shares by bucket follow
// from roll rates (3.2 of a hundred enter a month; 30 % of M1 reach M2, 62 % M3, 75, 85, 88, 92 %).

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/date.h"
#include "kernel/money.h"
#include "sample/chance.h"

namespace sample {

struct Instalment {
  int period = 0;
  kernel::Date due_date;
  std::int64_t principal_fen = 0, fee_fen = 0, paid_fen = 0;
};

struct MadeUpAccount {
  std::string account_no, product, status;
  kernel::Date opened_on;
  std::int64_t credit_limit_fen = 0, daily_rate_ppm = 0;
  int billing_day = 1;
  int missed = 0;  // statements not paid; 0: in order
  std::int64_t principal_fen = 0, interest_fen = 0, late_fee_fen = 0, instalment_fee_fen = 0,
               cost_fen = 0, overdue_fen = 0, min_due_fen = 0;
  bool overdue = false;
  kernel::Date oldest_due_date, next_due_date;
  std::vector<Instalment> instalments;
  std::int64_t paid_fen = 0;  // 0: nothing in the last thirty days
  kernel::Date paid_on;
};

// `missed_before`: of the same customer's first account, -1 when this is it.
MadeUpAccount make_account(Chance& chance, std::int64_t account, kernel::Date as_of,
                           int missed_before);

}  // namespace sample
