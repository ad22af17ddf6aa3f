#include "book/opening.h"

#include <algorithm>

namespace book {

using kernel::Money;

namespace {

constexpr Money zero;

void sort_by_date(std::vector<Due>& dues) {
  std::stable_sort(dues.begin(), dues.end(), [](const Due& a, const Due& b) {
    return a.due_date != b.due_date ? a.due_date < b.due_date : a.period < b.period;
  });
}

Due due_of(const Instalment& line) {
  const Money unpaid = line.principal_fen + line.fee_fen - line.paid_fen;
  // What was paid of a line went to its fee first.
  return {line.due_date, unpaid, std::min(unpaid, line.principal_fen), line.period};
}

// Missed lines of the schedule, less what was paid since it was drawn up (oldest first), when they
// then agree with what the bank says is overdue.
bool missed_by_schedule(const std::vector<Due>& dues, const Snapshot& snapshot,
                        std::vector<Due>& missed) {
  Money total;
  for (const Due& due : dues) {
    if (due.due_date >= snapshot.as_of) continue;
    missed.push_back(due);
    total += due.unpaid_fen;
  }
  if (total < snapshot.overdue_fen) return false;
  Money paid = total - snapshot.overdue_fen;
  std::size_t cleared = 0;
  for (Due& due : missed) {
    const Money of_line = std::min(paid, due.unpaid_fen);
    due.unpaid_fen -= of_line;
    due.principal_fen = std::min(due.principal_fen, due.unpaid_fen);
    paid -= of_line;
    if (due.unpaid_fen > zero) break;
    ++cleared;
  }
  missed.erase(missed.begin(), missed.begin() + static_cast<std::ptrdiff_t>(cleared));
  return (missed.empty() ? 0 : missed.front().due_date) == snapshot.oldest_due_date;
}

std::vector<Due> missed_by_month(const Snapshot& snapshot) {
  std::vector<Due> missed;
  if (snapshot.oldest_due_date == 0 || snapshot.oldest_due_date >= snapshot.as_of) return missed;
  const kernel::Date oldest = kernel::Date::from_days(snapshot.oldest_due_date);
  if (snapshot.overdue_fen <= zero) {  // stated overdue without an amount: open until a payment
    missed.push_back({snapshot.oldest_due_date, zero, zero});
    return missed;
  }
  for (int month = 0; oldest.plus_months(month).days() < snapshot.as_of; ++month) {
    missed.push_back({oldest.plus_months(month).days(), zero, zero});
  }
  const std::vector<Money> parts =
      snapshot.overdue_fen.split(std::vector<std::int64_t>(missed.size(), 1));
  for (std::size_t i = 0; i < missed.size(); ++i) {
    missed[i].unpaid_fen = parts[i];
    missed[i].principal_fen = parts[i];
  }
  return missed;
}

// The statement that stands: due at next_due_date, what it asks beyond the overdue.
void add_statement(Ledger& ledger, std::vector<Due>& dues, const Snapshot& snapshot) {
  const Money beyond = snapshot.min_due_fen - snapshot.overdue_fen;
  ledger.min_due_fen = std::max(beyond > zero ? beyond : snapshot.min_due_fen, zero);
  ledger.next_due_date = snapshot.next_due_date;
  if (ledger.next_due_date == 0) return;
  bool stale = false;
  while (ledger.next_due_date < snapshot.as_of) {
    const kernel::Date stated = kernel::Date::from_days(ledger.next_due_date);
    ledger.next_due_date = stated.plus_months(1).days();
    stale = true;
  }
  Money open;
  for (const Due& due : dues) open += due.unpaid_fen;
  const Money asked = std::min(beyond, ledger.balance_fen() - open);
  if (!stale && asked > zero) dues.push_back({ledger.next_due_date, asked, asked});
}

}  // namespace

void apply_schedule(std::vector<Due>& dues, std::span<const Instalment> lines, bool full) {
  std::erase_if(dues, [&](const Due& due) {
    return due.period == 0 || full ||
           std::any_of(lines.begin(), lines.end(),
                       [&](const Instalment& line) { return line.period == due.period; });
  });
  for (const Instalment& line : lines) {
    const Due due = due_of(line);
    if (due.unpaid_fen > zero) dues.push_back(due);
  }
  sort_by_date(dues);
}

bool apply_snapshot(Ledger& ledger, std::vector<Due>& dues, const Snapshot& snapshot) {
  ledger.principal_fen = snapshot.principal_fen;
  ledger.interest_fen = snapshot.interest_fen;
  ledger.late_fee_fen = snapshot.late_fee_fen;
  ledger.instalment_fee_fen = snapshot.instalment_fee_fen;
  ledger.cost_fen = snapshot.cost_fen;
  ledger.accrued_on = snapshot.as_of;

  std::vector<Due> open;
  bool agrees = true;
  if (ledger.scheduled && missed_by_schedule(dues, snapshot, open)) {
    // as the schedule says
  } else {
    agrees = !ledger.scheduled;
    open = missed_by_month(snapshot);
  }
  if (ledger.scheduled) {
    for (const Due& due : dues) {
      if (due.due_date >= snapshot.as_of) open.push_back(due);
    }
    ledger.min_due_fen = snapshot.min_due_fen;
    ledger.next_due_date = 0;
  } else {
    add_statement(ledger, open, snapshot);
  }
  dues = std::move(open);
  return agrees;
}

}  // namespace book
