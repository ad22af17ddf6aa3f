#include "book/ledger_columns.h"

#include <algorithm>
#include <thread>

#include "book/types.h"

namespace book {

using kernel::Money;

const std::vector<std::string>& amount_columns() {
  static const std::vector<std::string> names = {
      "principal_fen",   "interest_fen",     "late_fee_fen",  "instalment_fee_fen",
      "cost_fen",        "balance_fen",      "min_due_fen",   "next_due_date",
      "last_payment_on", "last_payment_fen", "accrued_on",    "late_fee_periods",
      "scheduled",       "cost_year_from",   "cost_year_fen", "cost_year_base_fen",
      "cost_review"};
  return names;
}

LedgerReader::LedgerReader(const column::Sheet& sheet)
    : principal_(sheet.get<std::int64_t>("principal_fen")),
      interest_(sheet.get<std::int64_t>("interest_fen")),
      late_fee_(sheet.get<std::int64_t>("late_fee_fen")),
      instalment_fee_(sheet.get<std::int64_t>("instalment_fee_fen")),
      cost_(sheet.get<std::int64_t>("cost_fen")),
      min_due_(sheet.get<std::int64_t>("min_due_fen")),
      last_payment_(sheet.get<std::int64_t>("last_payment_fen")),
      cost_year_(sheet.get<std::int64_t>("cost_year_fen")),
      cost_year_base_(sheet.get<std::int64_t>("cost_year_base_fen")),
      next_due_(sheet.get<std::int32_t>("next_due_date")),
      accrued_on_(sheet.get<std::int32_t>("accrued_on")),
      rate_(sheet.get<std::int32_t>("daily_rate_ppm")),
      last_payment_on_(sheet.get<std::int32_t>("last_payment_on")),
      cost_year_from_(sheet.get<std::int32_t>("cost_year_from")),
      late_fee_periods_(sheet.get<std::int16_t>("late_fee_periods")),
      scheduled_(sheet.get<std::int8_t>("scheduled")),
      cost_review_(sheet.get<std::int8_t>("cost_review")),
      status_(sheet.codes("status")) {}

Ledger LedgerReader::at(std::size_t row) const {
  Ledger ledger;
  ledger.principal_fen = Money::from_fen(principal_[row]);
  ledger.interest_fen = Money::from_fen(interest_[row]);
  ledger.late_fee_fen = Money::from_fen(late_fee_[row]);
  ledger.instalment_fee_fen = Money::from_fen(instalment_fee_[row]);
  ledger.cost_fen = Money::from_fen(cost_[row]);
  ledger.min_due_fen = Money::from_fen(min_due_[row]);
  ledger.next_due_date = next_due_[row];
  ledger.accrued_on = accrued_on_[row];
  ledger.daily_rate_ppm = rate_[row];
  ledger.scheduled = scheduled_[row] != 0;
  ledger.bears_charges = status_.at(row) == "open";
  ledger.late_fee_periods = late_fee_periods_[row];
  ledger.last_payment_on = last_payment_on_[row];
  ledger.last_payment_fen = Money::from_fen(last_payment_[row]);
  ledger.cost_year_from = cost_year_from_[row];
  ledger.cost_year_fen = Money::from_fen(cost_year_[row]);
  ledger.cost_year_base_fen = Money::from_fen(cost_year_base_[row]);
  ledger.cost_review = cost_review_[row] != 0;
  return ledger;
}

LedgerWriter::LedgerWriter(column::Sheet& sheet)
    : principal_(sheet.add<std::int64_t>("principal_fen")),
      interest_(sheet.add<std::int64_t>("interest_fen")),
      late_fee_(sheet.add<std::int64_t>("late_fee_fen")),
      instalment_fee_(sheet.add<std::int64_t>("instalment_fee_fen")),
      cost_(sheet.add<std::int64_t>("cost_fen")),
      min_due_(sheet.add<std::int64_t>("min_due_fen")),
      last_payment_(sheet.add<std::int64_t>("last_payment_fen")),
      cost_year_(sheet.add<std::int64_t>("cost_year_fen")),
      cost_year_base_(sheet.add<std::int64_t>("cost_year_base_fen")),
      balance_(sheet.add<std::int64_t>("balance_fen")),
      next_due_(sheet.add<std::int32_t>("next_due_date")),
      accrued_on_(sheet.add<std::int32_t>("accrued_on")),
      last_payment_on_(sheet.add<std::int32_t>("last_payment_on")),
      cost_year_from_(sheet.add<std::int32_t>("cost_year_from")),
      late_fee_periods_(sheet.add<std::int16_t>("late_fee_periods")),
      scheduled_(sheet.add<std::int8_t>("scheduled")),
      cost_review_(sheet.add<std::int8_t>("cost_review")) {}

void LedgerWriter::put(std::size_t row, const Ledger& ledger) const {
  principal_[row] = ledger.principal_fen.fen();
  interest_[row] = ledger.interest_fen.fen();
  late_fee_[row] = ledger.late_fee_fen.fen();
  instalment_fee_[row] = ledger.instalment_fee_fen.fen();
  cost_[row] = ledger.cost_fen.fen();
  balance_[row] = ledger.balance_fen().fen();
  min_due_[row] = ledger.min_due_fen.fen();
  last_payment_[row] = ledger.last_payment_fen.fen();
  cost_year_[row] = ledger.cost_year_fen.fen();
  cost_year_base_[row] = ledger.cost_year_base_fen.fen();
  next_due_[row] = ledger.next_due_date;
  accrued_on_[row] = ledger.accrued_on;
  last_payment_on_[row] = ledger.last_payment_on;
  cost_year_from_[row] = ledger.cost_year_from;
  late_fee_periods_[row] = static_cast<std::int16_t>(ledger.late_fee_periods);
  scheduled_[row] = ledger.scheduled ? 1 : 0;
  cost_review_[row] = ledger.cost_review ? 1 : 0;
}

void DueRows::add(std::int32_t account, std::span<const Due> more) {
  account_row.insert(account_row.end(), more.size(), account);
  dues.insert(dues.end(), more.begin(), more.end());
}

namespace {

// Each part to its place in the whole, side by side.
template <class Part, class Put>
void put_parts(std::span<const Part> parts, const Put& put) {
  std::vector<std::thread> running;
  std::size_t at = 0;
  for (const Part& part : parts) {
    running.emplace_back([&put, &part, at] { put(part, at); });
    at += part.account_row.size();
  }
  for (std::thread& thread : running) thread.join();
}

template <class Part>
std::size_t rows_of(std::span<const Part> parts) {
  std::size_t rows = 0;
  for (const Part& part : parts) rows += part.account_row.size();
  return rows;
}

}  // namespace

column::Sheet sheet_of(std::span<const DueRows> parts) {
  column::Sheet sheet(rows_of(parts));
  const auto account_row = sheet.add<std::int32_t>("account_row");
  const auto due_date = sheet.add<std::int32_t>("due_date");
  const auto unpaid = sheet.add<std::int64_t>("unpaid_fen");
  const auto principal = sheet.add<std::int64_t>("principal_fen");
  const auto period = sheet.add<std::int16_t>("period");
  put_parts(parts, [&](const DueRows& part, std::size_t at) {
    for (std::size_t i = 0; i < part.dues.size(); ++i, ++at) {
      account_row[at] = part.account_row[i];
      due_date[at] = part.dues[i].due_date;
      unpaid[at] = part.dues[i].unpaid_fen.fen();
      principal[at] = part.dues[i].principal_fen.fen();
      period[at] = part.dues[i].period;
    }
  });
  return sheet;
}

column::Sheet sheet_of(std::span<const PaymentRows> parts) {
  column::Sheet sheet(rows_of(parts));
  const auto account_row = sheet.add<std::int32_t>("account_row");
  const auto paid_on = sheet.add<std::int32_t>("paid_on");
  const auto amount = sheet.add<std::int64_t>("amount_fen");
  const auto applied = sheet.add<std::int8_t>("applied");
  std::vector<std::string_view> payment_no(sheet.rows());
  put_parts(parts, [&](const PaymentRows& part, std::size_t at) {
    for (std::size_t i = 0; i < part.payments.size(); ++i, ++at) {
      account_row[at] = part.account_row[i];
      paid_on[at] = part.payments[i].paid_on;
      amount[at] = part.payments[i].amount_fen.fen();
      applied[at] = part.payments[i].applied ? 1 : 0;
      payment_no[at] = part.payment_no[i];
    }
  });
  sheet.add_texts("payment_no", payment_no);
  return sheet;
}

AccountRows::AccountRows(column::Values<std::int32_t> account_row, std::size_t first,
                         std::size_t end)
    : first_(first), begin_(end - first + 1) {
  const auto from =
      std::lower_bound(account_row.begin(), account_row.end(), static_cast<std::int32_t>(first));
  auto at = static_cast<std::size_t>(from - account_row.begin());
  // Numbers of a packed column are quicker read many at once.
  std::vector<std::int32_t> some(std::min(account_row.size() - at, column::Packed::segment_rows));
  std::size_t account = first;
  while (account <= end && at < account_row.size()) {
    const std::size_t count = std::min(account_row.size() - at, some.size());
    account_row.read(at, at + count, some.data());
    for (std::size_t i = 0; i < count; ++i) {
      while (account <= end && static_cast<std::int32_t>(account) <= some[i]) {
        begin_[account++ - first] = at + i;
      }
    }
    at += count;
  }
  while (account <= end) begin_[account++ - first] = at;
}

DueReader::DueReader(const column::Sheet& dues, std::size_t first, std::size_t end)
    : rows_(dues.get<std::int32_t>("account_row"), first, end),
      due_date_(dues.get<std::int32_t>("due_date")),
      unpaid_(dues.get<std::int64_t>("unpaid_fen")),
      principal_(dues.get<std::int64_t>("principal_fen")),
      period_(dues.get<std::int16_t>("period")) {}

void DueReader::read(std::size_t account, std::vector<Due>& out) const {
  out.clear();
  for (std::size_t i = rows_.begin(account); i < rows_.end(account); ++i) {
    out.push_back(
        {due_date_[i], Money::from_fen(unpaid_[i]), Money::from_fen(principal_[i]), period_[i]});
  }
}

PaymentReader::PaymentReader(const column::Sheet& payments, std::size_t first, std::size_t end)
    : rows_(payments.get<std::int32_t>("account_row"), first, end),
      paid_on_(payments.get<std::int32_t>("paid_on")),
      amount_(payments.get<std::int64_t>("amount_fen")),
      applied_(payments.get<std::int8_t>("applied")),
      payment_no_(payments.texts("payment_no")) {}

Payment PaymentReader::at(std::size_t i) const {
  return {paid_on_[i], Money::from_fen(amount_[i]), applied_[i] != 0};
}

}  // namespace book
