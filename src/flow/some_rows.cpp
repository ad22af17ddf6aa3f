#include "flow/some_rows.h"

#include <algorithm>
#include <numeric>

#include "column/sorted.h"

namespace flow {

namespace {

template <class T>
void pick(const column::Sheet& from, std::span<const std::size_t> rows, const std::string& name,
          column::Sheet& to) {
  const auto values = from.get<T>(name);
  const auto out = to.add<T>(name);
  for (std::size_t i = 0; i < rows.size(); ++i) out[i] = values[rows[i]];
}

// Rows of dues or payments that are of the accounts at these rows, told by the accounts' new rows.
column::Sheet of_accounts(const column::Sheet& sheet, std::span<const std::size_t> accounts) {
  const auto account_row = sheet.get<std::int32_t>("account_row");
  std::vector<std::size_t> rows;
  std::vector<std::int32_t> renamed;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const auto [begin, end] = std::equal_range(account_row.begin(), account_row.end(),
                                               static_cast<std::int32_t>(accounts[i]));
    for (auto at = begin; at != end; ++at) {
      rows.push_back(static_cast<std::size_t>(at - account_row.begin()));
      renamed.push_back(static_cast<std::int32_t>(i));
    }
  }
  column::Sheet out = some_rows(sheet, rows);
  std::copy(renamed.begin(), renamed.end(), out.add<std::int32_t>("account_row").begin());
  return out;
}

// Customers of the accounts chosen, and which is whose.
column::Sheet customers_of(const book::Sheets& book, std::span<const std::size_t> rows,
                           column::Sheet& accounts) {
  const auto old = book.accounts.get<std::int32_t>("customer_row");
  std::vector<std::int32_t> order(rows.size());  // by customer, then by account_no
  std::iota(order.begin(), order.end(), 0);
  const auto customer_of = [&](std::int32_t i) { return old[rows[static_cast<std::size_t>(i)]]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return customer_of(a) < customer_of(b); });
  const auto customer_row = accounts.add<std::int32_t>("customer_row");
  const auto account_order = accounts.add<std::int32_t>("account_order");
  std::vector<std::size_t> chosen;
  std::vector<std::int32_t> first;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto customer = static_cast<std::size_t>(customer_of(order[i]));
    if (chosen.empty() || chosen.back() != customer) {
      chosen.push_back(customer);
      first.push_back(static_cast<std::int32_t>(i));
    }
    account_order[i] = order[i];
    customer_row[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(chosen.size()) - 1;
  }
  const column::Texts customer_no = book.customers.texts("customer_no");
  std::vector<std::string_view> numbers;
  for (const std::size_t customer : chosen) numbers.push_back(customer_no.at(customer));
  column::Sheet customers(chosen.size());
  customers.add_texts("customer_no", numbers);
  const auto first_account = customers.add<std::int32_t>("first_account");
  const auto account_count = customers.add<std::int32_t>("account_count");
  for (std::size_t i = 0; i < first.size(); ++i) {
    first_account[i] = first[i];
    const std::size_t end =
        i + 1 < first.size() ? static_cast<std::size_t>(first[i + 1]) : order.size();
    account_count[i] = static_cast<std::int32_t>(end) - first[i];
  }
  return customers;
}

}  // namespace

column::Sheet some_rows(const column::Sheet& sheet, std::span<const std::size_t> rows) {
  column::Sheet out(rows.size());
  for (const std::string& name : sheet.names()) {
    switch (sheet.type(name)) {
      case column::Type::i8:
        pick<std::int8_t>(sheet, rows, name, out);
        break;
      case column::Type::i16:
        pick<std::int16_t>(sheet, rows, name, out);
        break;
      case column::Type::i32:
        pick<std::int32_t>(sheet, rows, name, out);
        break;
      case column::Type::i64:
        pick<std::int64_t>(sheet, rows, name, out);
        break;
      case column::Type::code: {
        const column::Codes codes = sheet.codes(name);
        const auto values = out.add_codes(name, *codes.words);
        for (std::size_t i = 0; i < rows.size(); ++i) values[i] = codes.values[rows[i]];
        break;
      }
      case column::Type::text: {
        const column::Texts texts = sheet.texts(name);
        std::vector<std::string_view> values;
        for (const std::size_t row : rows) values.push_back(texts.at(row));
        out.add_texts(name, values);
        break;
      }
    }
  }
  return out;
}

std::vector<std::size_t> rows_of(const column::Sheet& batch, const AccountNos& account_nos) {
  const column::Texts account_no = batch.texts("account_no");
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < account_no.size(); ++row) {
    if (account_nos.contains(account_no.at(row))) rows.push_back(row);
  }
  return rows;
}

book::Sheets some_accounts(const book::Sheets& book, const AccountNos& account_nos) {
  const column::Texts all = book.accounts.texts("account_no");
  std::vector<std::size_t> rows;
  for (const std::string& account_no : account_nos) {
    if (const auto row = column::find_sorted(all, account_no)) rows.push_back(*row);
  }
  book::Sheets out;
  out.accounts = some_rows(book.accounts, rows);
  out.customers = customers_of(book, rows, out.accounts);
  out.dues = of_accounts(book.dues, rows);
  out.payments = of_accounts(book.payments, rows);
  return out;
}

}  // namespace flow
