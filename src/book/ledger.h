#pragma once
// One account carried forward day by day: late fees, interest, payments, dues that come round.
// What enters: components, open dues, payments and the terms in force. What leaves: the same,
// later. Never true: interest on fees or on interest, a charge past the year's cost cap, a negative
// component other than principal (an over-payment stands as negative principal until used).

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernel/date.h"
#include "kernel/money.h"
#include "kernel/result.h"

namespace book {

enum class Component : std::int8_t { principal, interest, late_fee, instalment_fee, cost };
using PaymentOrder = std::array<Component, 5>;
// "interest,late_fee,instalment_fee,cost,principal": all five, each once.
kernel::Result<PaymentOrder> parse_payment_order(std::string_view text);

// What a product's row of terms.dmn says. Zero means: no such cap, no such fee.
struct Terms {
  std::int64_t daily_rate_cap_ppm = 0;
  std::int64_t late_fee_bps = 0;  // of what is unpaid of the amount due
  kernel::Money late_fee_min_fen, late_fee_max_fen;
  std::int32_t grace_days = 0;  // 容时: a due paid within them costs no late fee
  std::int64_t cost_cap_annual_bps = 0;
};

// An amount that falls due on a date and is still open. A due the bank states without an amount
// (unpaid_fen zero) stays open until a payment comes.
struct Due {
  std::int32_t due_date = 0;
  kernel::Money unpaid_fen;
  kernel::Money principal_fen;  // part of unpaid_fen; the rest is a fee of the schedule
  std::int16_t period = 0;      // of the schedule; 0: not of one
};

struct Payment {
  std::int32_t paid_on = 0;
  kernel::Money amount_fen;
  bool applied = false;  // already inside the amounts
};

struct Ledger {
  kernel::Money principal_fen, interest_fen, late_fee_fen, instalment_fee_fen, cost_fen;
  kernel::Money min_due_fen;       // of the latest statement, beyond what was overdue
  std::int32_t next_due_date = 0;  // of a revolving account; 0: none
  std::int32_t accrued_on = 0;     // everything up to the end of this day is inside
  std::int64_t daily_rate_ppm = 0;
  bool scheduled = false;             // dues come from a schedule; else they come round monthly
  bool bears_charges = true;          // false once closed or charged off
  std::int32_t late_fee_periods = 0;  // late fees charged so far
  std::int32_t last_payment_on = 0;
  kernel::Money last_payment_fen;
  std::int32_t cost_year_from = 0;   // the year the cost cap counts; 0: nothing charged yet
  kernel::Money cost_year_fen;       // charged in it, by us
  kernel::Money cost_year_base_fen;  // highest principal charged on in it
  bool cost_review = false;          // the cap held something back in this year

  kernel::Money balance_fen() const {
    return principal_fen + interest_fen + late_fee_fen + instalment_fee_fen + cost_fen;
  }
};

// Days past due on a day: from the oldest open due before it, 0 when there is none.
std::int32_t decide_dpd(std::span<const Due> dues, std::int32_t on);
kernel::Money overdue_amount(std::span<const Due> dues, std::int32_t on);

// The interest of one night, before the cost cap: 四舍五入 to the fen on the interest-bearing base
// (revolving: the principal once a due is missed; scheduled: the principal part of missed dues),
// never on interest, late fees or service fees (银发〔2016〕111号).
kernel::Money decide_interest(const Ledger& ledger, std::span<const Due> dues, const Terms& terms,
                              std::int32_t day);
// Once for a missed due, the day after its grace has passed.
kernel::Money decide_late_fee(kernel::Money unpaid_fen, const Terms& terms);

// In which order a payment is set off, given days past due when it came in.
using OrderOf = PaymentOrder (*)(const void* tables, std::int32_t dpd);
struct Orders {
  const void* tables;
  OrderOf order_of;
  PaymentOrder at(std::int32_t dpd) const { return order_of(tables, dpd); }
};

// Sets a payment off: oldest due first (降期), components in the order given.
void apply_payment(Ledger& ledger, std::vector<Due>& dues, kernel::Money amount_fen,
                   std::int32_t day, const PaymentOrder& order);

// From accrued_on to the end of `to`. Dues by date, payments by date; those applied are marked.
// A payment dated on or before accrued_on takes effect on the first day carried; the night plays
// such accounts again from before its day, where it can (flow/restate.h).
void carry_forward(Ledger& ledger, std::vector<Due>& dues, std::span<Payment> payments,
                   const Terms& terms, const Orders& orders, std::int32_t to);

}  // namespace book
