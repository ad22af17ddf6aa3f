#include <array>

#include "book/types.h"

namespace book {

namespace {

// The header is a promise: columns of later rooms stand here by name.
// clang-format off
constexpr std::array<std::string_view, 64> columns = {"product",
                                                      "region_code",
                                                      "opened_on",
                                                      "status",
                                                      "credit_limit_fen",
                                                      "daily_rate_ppm",
                                                      "billing_day",
                                                      "months_on_book",
                                                      "balance_as_of",
                                                      "accrued_on",
                                                      "principal_fen",
                                                      "interest_fen",
                                                      "late_fee_fen",
                                                      "instalment_fee_fen",
                                                      "cost_fen",
                                                      "balance_fen",
                                                      "overdue_fen",
                                                      "min_due_fen",
                                                      "oldest_due_date",
                                                      "next_due_date",
                                                      "last_payment_on",
                                                      "last_payment_fen",
                                                      "paid_30d_fen",
                                                      "late_fee_periods",
                                                      "scheduled",
                                                      "cost_year_from",
                                                      "cost_year_fen",
                                                      "cost_year_base_fen",
                                                      "cost_review",
                                                      "dpd",
                                                      "customer_dpd",
                                                      "bucket",
                                                      "bucket_before",
                                                      "bucket_row",
                                                      "promise",
                                                      "promise_days",
                                                      "broken_promises",
                                                      "flag",
                                                      "contacts_7d",
                                                      "days_since_payment",
                                                      "payment_ratio_bps",
                                                      "utilisation_bps",
                                                      "due_in_days",
                                                      "willingness",
                                                      "ability",
                                                      "willingness_reason",
                                                      "ability_reason",
                                                      "grade",
                                                      "approach",
                                                      "grade_row",
                                                      "balance_band",
                                                      "treatment",
                                                      "channel",
                                                      "work",
                                                      "script",
                                                      "treatment_row",
                                                      "expected_recovery_fen",
                                                      "expected_cost_fen",
                                                      "priority",
                                                      "team",
                                                      "skill",
                                                      "allocation_row",
                                                      "collector",
                                                      "allotment"};
// clang-format on

bool is_date(std::string_view name) {
  return name.ends_with("_date") || name.ends_with("_on") || name == "balance_as_of" ||
         name == "cost_year_from";
}

// The sheet's own columns under their own names; not there yet where it has none.
column::Field own(const column::Sheet& sheet, std::string_view name) {
  return {.name = std::string(name),
          .sheet = sheet.has(name) ? &sheet : nullptr,
          .source = std::string(name),
          .date = is_date(name),
          .row_column = {}};
}

column::Field of_row(std::string name, const column::Sheet& sheet, std::string source,
                     const column::Sheet& rows, std::string row_column) {
  return {.name = std::move(name),
          .sheet = rows.has(row_column) ? &sheet : nullptr,
          .source = std::move(source),
          .through = &rows,
          .row_column = std::move(row_column)};
}

column::Table of_accounts(std::string name, const column::Sheet& sheet,
                          const column::Sheet& accounts,
                          std::initializer_list<std::string_view> names) {
  column::Table table{std::move(name), sheet.rows(), {}};
  table.fields.push_back(of_row("account_no", accounts, "account_no", sheet, "account_row"));
  for (const std::string_view one : names) table.fields.push_back(own(sheet, one));
  return table;
}

}  // namespace

column::Table accounts_table(const column::Sheet& accounts, const column::Sheet& customers) {
  column::Table table{"accounts", accounts.rows(), {own(accounts, "account_no")}};
  table.fields.push_back(of_row("customer_no", customers, "customer_no", accounts, "customer_row"));
  for (const std::string_view name : columns) table.fields.push_back(own(accounts, name));
  if (accounts.has("arm")) table.fields.push_back(own(accounts, "arm"));
  return table;
}

std::vector<column::Table> tables_of(const Sheets& sheets) {
  const column::Sheet& customers = sheets.customers;
  column::Table people{"customers", customers.rows(), {}};
  for (const char* name : {"customer_no", "account_count", "dpd"}) {
    people.fields.push_back(own(customers, name));
  }
  people.fields.push_back(
      of_row("lead_account_no", sheets.accounts, "account_no", customers, "lead_account"));
  std::vector<column::Table> tables;
  tables.push_back(accounts_table(sheets.accounts, customers));
  tables.push_back(std::move(people));
  tables.push_back(of_accounts("dues", sheets.dues, sheets.accounts,
                               {"due_date", "unpaid_fen", "principal_fen", "period"}));
  tables.push_back(of_accounts("payments", sheets.payments, sheets.accounts,
                               {"payment_no", "paid_on", "amount_fen", "applied"}));
  return tables;
}

}  // namespace book
