#include "book/ledger.h"

#include <algorithm>

namespace book {

using kernel::Money;
using kernel::Rounding;

namespace {

constexpr std::int32_t year_days = 365;
constexpr Money zero;

Money at_least_zero(Money amount) {
  return std::max(amount, zero);
}

Money& component_of(Ledger& ledger, Component component) {
  switch (component) {
    case Component::principal:
      return ledger.principal_fen;
    case Component::interest:
      return ledger.interest_fen;
    case Component::late_fee:
      return ledger.late_fee_fen;
    case Component::instalment_fee:
      return ledger.instalment_fee_fen;
    case Component::cost:
      return ledger.cost_fen;
  }
  CHECK_MSG(false, "a component outside its list");
  return ledger.principal_fen;
}

// What of a charge the year's cap leaves room for. 24 % a year is where a court begins to cut
// (法发〔2017〕22号), so we hold back what exceeds it and raise cost_review for a person to look.
Money within_cost_cap(Ledger& ledger, Money charge, const Terms& terms, std::int32_t day) {
  if (charge <= zero || terms.cost_cap_annual_bps <= 0) return at_least_zero(charge);
  if (ledger.cost_year_from == 0 || day - ledger.cost_year_from >= year_days) {
    ledger.cost_year_from = day;
    ledger.cost_year_fen = zero;
    ledger.cost_year_base_fen = zero;
    ledger.cost_review = false;
  }
  ledger.cost_year_base_fen = std::max(ledger.cost_year_base_fen, ledger.principal_fen);
  const Money cap = ledger.cost_year_base_fen.share(terms.cost_cap_annual_bps, Rounding::down);
  const Money room = at_least_zero(cap - ledger.cost_year_fen);
  if (charge > room) ledger.cost_review = true;
  const Money charged = std::min(charge, room);
  ledger.cost_year_fen += charged;
  return charged;
}

void charge_late_fees(Ledger& ledger, std::span<const Due> dues, const Terms& terms,
                      std::int32_t day) {
  for (const Due& due : dues) {
    if (due.due_date + terms.grace_days + 1 != day || due.unpaid_fen <= zero) continue;
    const Money fee = within_cost_cap(ledger, decide_late_fee(due.unpaid_fen, terms), terms, day);
    if (fee == zero) continue;
    ledger.late_fee_fen += fee;
    ledger.late_fee_periods += 1;
  }
}

// A schedule's fee is owed from its due date.
void bill_schedule_fees(Ledger& ledger, std::span<const Due> dues, std::int32_t day) {
  if (!ledger.scheduled) return;
  for (const Due& due : dues) {
    if (due.due_date == day) ledger.instalment_fee_fen += due.unpaid_fen - due.principal_fen;
  }
}

// A revolving account's statement comes round each month; its minimum stands at the last one known
// until the bank's next snapshot, and never asks for more than is owed and not yet due.
void add_next_dues(Ledger& ledger, std::vector<Due>& dues, std::int32_t day) {
  if (ledger.scheduled || ledger.next_due_date == 0) return;
  while (ledger.next_due_date < day) {
    const kernel::Date last = kernel::Date::from_days(ledger.next_due_date);
    ledger.next_due_date = last.plus_months(1).days();
    Money open;
    for (const Due& due : dues) open += due.unpaid_fen;
    const Money amount = std::min(ledger.min_due_fen, at_least_zero(ledger.balance_fen()) - open);
    if (amount > zero) dues.push_back({ledger.next_due_date, amount, amount});
  }
}

// No missed due, no due that falls or comes round, no payment: the days pass without a trace.
bool nothing_happens(const Ledger& ledger, std::span<const Due> dues,
                     std::span<const Payment> payments, std::int32_t to) {
  if (!dues.empty() && dues.front().due_date <= to) return false;
  if (ledger.next_due_date != 0 && ledger.next_due_date < to) return false;
  return std::none_of(payments.begin(), payments.end(), [&](const Payment& payment) {
    return !payment.applied && payment.paid_on <= to;
  });
}

}  // namespace

kernel::Result<PaymentOrder> parse_payment_order(std::string_view text) {
  constexpr std::array<std::string_view, 5> names = {"principal", "interest", "late_fee",
                                                     "instalment_fee", "cost"};
  const kernel::Error error{kernel::Code::invalid_input,
                            "a payment order names principal, interest, late_fee, instalment_fee "
                            "and cost, each once: " +
                                std::string(text),
                            "payment_order"};
  PaymentOrder order{};
  std::array<bool, 5> seen{};
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t comma = text.find(',');
    if ((comma == std::string_view::npos) != (at + 1 == order.size())) return error;
    std::string_view word = text.substr(0, comma);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    const auto name = std::find(names.begin(), names.end(), word);
    if (name == names.end()) return error;
    const auto index = static_cast<std::size_t>(name - names.begin());
    if (seen[index]) return error;
    seen[index] = true;
    order[at] = static_cast<Component>(index);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return order;
}

std::int32_t decide_dpd(std::span<const Due> dues, std::int32_t on) {
  if (dues.empty() || dues.front().due_date >= on) return 0;
  return on - dues.front().due_date;
}

Money overdue_amount(std::span<const Due> dues, std::int32_t on) {
  Money overdue;
  for (const Due& due : dues) {
    if (due.due_date < on) overdue += due.unpaid_fen;
  }
  return overdue;
}

Money decide_interest(const Ledger& ledger, std::span<const Due> dues, const Terms& terms,
                      std::int32_t day) {
  if (!ledger.bears_charges || decide_dpd(dues, day) == 0) return zero;
  Money base = ledger.principal_fen;
  if (ledger.scheduled) {
    Money missed;
    for (const Due& due : dues) {
      if (due.due_date < day) missed += due.principal_fen;
    }
    base = std::min(base, missed);
  }
  std::int64_t rate_ppm = std::max<std::int64_t>(ledger.daily_rate_ppm, 0);
  if (terms.daily_rate_cap_ppm > 0) rate_ppm = std::min(rate_ppm, terms.daily_rate_cap_ppm);
  return at_least_zero(base).share_ppm(rate_ppm, Rounding::half_up);
}

Money decide_late_fee(Money unpaid_fen, const Terms& terms) {
  if (terms.late_fee_bps <= 0 || unpaid_fen <= zero) return zero;
  Money fee = unpaid_fen.share(terms.late_fee_bps, Rounding::half_up);
  fee = std::max(fee, terms.late_fee_min_fen);
  return terms.late_fee_max_fen > zero ? std::min(fee, terms.late_fee_max_fen) : fee;
}

void apply_payment(Ledger& ledger, std::vector<Due>& dues, Money amount_fen, std::int32_t day,
                   const PaymentOrder& order) {
  if (amount_fen <= zero) return;
  Money left = amount_fen;
  std::size_t cleared = 0;
  for (Due& due : dues) {
    const Money paid = std::min(left, due.unpaid_fen);
    const Money fee = due.unpaid_fen - due.principal_fen;
    const Money to_fee = order.front() == Component::principal
                             ? at_least_zero(paid - due.principal_fen)
                             : std::min(paid, fee);
    // A fee paid before its due date is owed from now, or it would be taken from principal.
    if (ledger.scheduled && due.due_date > day) ledger.instalment_fee_fen += to_fee;
    due.unpaid_fen -= paid;
    due.principal_fen -= paid - to_fee;
    left -= paid;
    if (due.unpaid_fen > zero) break;
    ++cleared;
  }
  dues.erase(dues.begin(), dues.begin() + static_cast<std::ptrdiff_t>(cleared));

  left = amount_fen;
  for (const Component part : order) {
    Money& owed = component_of(ledger, part);
    const Money paid = std::min(left, at_least_zero(owed));
    owed -= paid;
    left -= paid;
  }
  ledger.principal_fen -= left;  // over-payment: the customer's money, kept as negative principal
  if (ledger.balance_fen() <= zero) dues.clear();  // who owes nothing is not past due
}

void carry_forward(Ledger& ledger, std::vector<Due>& dues, std::span<Payment> payments,
                   const Terms& terms, const Orders& orders, std::int32_t to) {
  if (nothing_happens(ledger, dues, payments, to)) {
    ledger.accrued_on = std::max(ledger.accrued_on, to);
    return;
  }
  for (std::int32_t day = ledger.accrued_on + 1; day <= to; ++day) {
    if (ledger.bears_charges) charge_late_fees(ledger, dues, terms, day);
    const Money interest = decide_interest(ledger, dues, terms, day);
    ledger.interest_fen += within_cost_cap(ledger, interest, terms, day);
    bill_schedule_fees(ledger, dues, day);
    for (Payment& payment : payments) {
      if (payment.applied || payment.paid_on > day) continue;
      apply_payment(ledger, dues, payment.amount_fen, day, orders.at(decide_dpd(dues, day)));
      payment.applied = true;
      if (payment.paid_on < ledger.last_payment_on) continue;
      ledger.last_payment_on = payment.paid_on;
      ledger.last_payment_fen = payment.amount_fen;
    }
    add_next_dues(ledger, dues, day);
    ledger.accrued_on = day;
  }
}

}  // namespace book
