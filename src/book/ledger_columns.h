#pragma once
// The ledger of each account as columns: one place that says which column holds what.

#include <span>
#include <string>
#include <vector>

#include "book/ledger.h"
#include "column/column.h"

namespace book {

// Reads a ledger from a row of a sheet.
class LedgerReader {
 public:
  explicit LedgerReader(const column::Sheet& sheet);
  Ledger at(std::size_t row) const;

 private:
  column::Values<std::int64_t> principal_, interest_, late_fee_, instalment_fee_, cost_, min_due_,
      last_payment_, cost_year_, cost_year_base_;
  column::Values<std::int32_t> next_due_, accrued_on_, rate_, last_payment_on_, cost_year_from_;
  column::Values<std::int16_t> late_fee_periods_;
  column::Values<std::int8_t> scheduled_, cost_review_;
  column::Codes status_;
};

// Adds the columns to a sheet and writes rows; daily_rate_ppm and status stay as they are.
class LedgerWriter {
 public:
  explicit LedgerWriter(column::Sheet& sheet);
  void put(std::size_t row, const Ledger& ledger) const;

 private:
  std::span<std::int64_t> principal_, interest_, late_fee_, instalment_fee_, cost_, min_due_,
      last_payment_, cost_year_, cost_year_base_, balance_;
  std::span<std::int32_t> next_due_, accrued_on_, last_payment_on_, cost_year_from_;
  std::span<std::int16_t> late_fee_periods_;
  std::span<std::int8_t> scheduled_, cost_review_;
};

// Dues and payments of accounts, in order of account row.
struct DueRows {
  std::vector<std::int32_t> account_row;
  std::vector<Due> dues;
  void add(std::int32_t account, std::span<const Due> more);
};
struct PaymentRows {
  std::vector<std::int32_t> account_row;
  std::vector<Payment> payments;
  std::vector<std::string_view> payment_no;
};

column::Sheet sheet_of(std::span<const DueRows> parts);
column::Sheet sheet_of(std::span<const PaymentRows> parts);

// Where the rows of each account lie, of a column of account rows in ascending order.
class AccountRows {
 public:
  // Of accounts [first, end) alone.
  AccountRows(column::Values<std::int32_t> account_row, std::size_t first, std::size_t end);
  std::size_t begin(std::size_t account) const { return begin_[account - first_]; }
  std::size_t end(std::size_t account) const { return begin_[account - first_ + 1]; }

 private:
  std::size_t first_;
  std::vector<std::size_t> begin_;
};

// Dues of accounts [first, end).
class DueReader {
 public:
  DueReader(const column::Sheet& dues, std::size_t first, std::size_t end);
  void read(std::size_t account, std::vector<Due>& out) const;

 private:
  AccountRows rows_;
  column::Values<std::int32_t> due_date_;
  column::Values<std::int64_t> unpaid_, principal_;
  column::Values<std::int16_t> period_;
};

// Payments of accounts [first, end).
class PaymentReader {
 public:
  PaymentReader(const column::Sheet& payments, std::size_t first, std::size_t end);
  std::size_t begin(std::size_t account) const { return rows_.begin(account); }
  std::size_t end(std::size_t account) const { return rows_.end(account); }
  Payment at(std::size_t i) const;
  std::string_view payment_no(std::size_t i) const { return payment_no_.at(i); }

 private:
  AccountRows rows_;
  column::Values<std::int32_t> paid_on_;
  column::Values<std::int64_t> amount_;
  column::Values<std::int8_t> applied_;
  column::Texts payment_no_;
};

}  // namespace book
