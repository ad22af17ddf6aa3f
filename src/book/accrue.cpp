#include <algorithm>
#include <map>

#include "book/ledger_columns.h"
#include "book/types.h"

namespace book {

using kernel::Money;

namespace {

constexpr std::int32_t payments_kept_days = 30;

// What the tables say for each product; payment orders by days past due.
struct ProductTerms {
  Terms terms;
  std::vector<PaymentOrder> orders;
};

PaymentOrder order_of(const void* tables, std::int32_t dpd) {
  const auto& orders = static_cast<const ProductTerms*>(tables)->orders;
  return orders[std::min(static_cast<std::size_t>(std::max(dpd, 0)), orders.size() - 1)];
}

kernel::Result<Terms> load_terms(const decision::Model& model, const std::string& product) {
  const decision::Evaluation said = model.evaluate("terms", {{"product", product}});
  if (said.value.kind() != decision::Kind::context) {
    return kernel::Error{kernel::Code::invalid_input,
                         "no terms for the product " + product +
                             (said.messages.empty() ? "" : ": " + said.messages.front()),
                         "terms.dmn"};
  }
  std::map<std::string, std::int64_t> numbers;
  for (const auto& [name, value] : said.value.context().entries()) {
    const std::optional<std::int64_t> number = value.to_int64();
    if (!number || *number < 0) {
      return kernel::Error{kernel::Code::invalid_input,
                           name + " of " + product + " must be a whole number, 0 or more",
                           "terms.dmn"};
    }
    numbers[name] = *number;
  }
  return Terms{numbers["daily_rate_cap_ppm"],
               numbers["late_fee_bps"],
               Money::from_fen(numbers["late_fee_min_fen"]),
               Money::from_fen(numbers["late_fee_max_fen"]),
               static_cast<std::int32_t>(std::min<std::int64_t>(numbers["grace_days"], 365)),
               numbers["cost_cap_annual_bps"]};
}

kernel::Result<std::vector<PaymentOrder>> load_orders(const decision::Model& model,
                                                      std::int16_t product,
                                                      const std::vector<std::string>& products,
                                                      std::int32_t dpd_max) {
  column::Sheet cases(static_cast<std::size_t>(dpd_max) + 1);
  const auto codes = cases.add_codes("product", products);
  const auto dpd = cases.add<std::int32_t>("dpd");
  for (std::size_t row = 0; row < cases.rows(); ++row) {
    codes[row] = product;
    dpd[row] = static_cast<std::int32_t>(row);
  }
  TRY(decide_by_table(cases, model, {.decision = "payment_order"}));
  const column::Codes said = cases.codes("payment_order");
  std::vector<PaymentOrder> known;
  for (const std::string& word : *said.words) {
    TRY_ASSIGN(PaymentOrder order, parse_payment_order(word));
    known.push_back(order);
  }
  std::vector<PaymentOrder> orders;
  for (const std::int16_t code : said.values) {
    if (code < 0) {
      return kernel::Error{kernel::Code::invalid_input, "no payment order for some days past due",
                           "payment_order.dmn"};
    }
    orders.push_back(known[static_cast<std::size_t>(code)]);
  }
  return orders;
}

std::int32_t dpd_max_of(const column::Sheet& dues, kernel::Date date) {
  std::int32_t oldest = date.days();
  for (const std::int32_t due_date : dues.get<std::int32_t>("due_date")) {
    oldest = std::min(oldest, due_date);
  }
  return date.days() - oldest;
}

kernel::Result<std::vector<ProductTerms>> load_products(const Sheets& sheets, kernel::Date date,
                                                        const decision::Model& terms,
                                                        const decision::Model& payment_order) {
  const column::Codes product = sheets.accounts.codes("product");
  const std::vector<std::string>& words = *product.words;
  std::vector<bool> used(words.size(), false);
  for (const std::int16_t code : product.values) {
    if (code < 0) {
      return kernel::Error{kernel::Code::corrupt, "an account has no product", "book"};
    }
    used[static_cast<std::size_t>(code)] = true;
  }
  const std::int32_t dpd_max = dpd_max_of(sheets.dues, date);
  std::vector<ProductTerms> products(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!used[i]) continue;
    TRY_ASSIGN(products[i].terms, load_terms(terms, words[i]));
    TRY_ASSIGN(products[i].orders,
               load_orders(payment_order, static_cast<std::int16_t>(i), words, dpd_max));
  }
  return products;
}

// What accrual adds beyond the ledger.
struct AmountColumns {
  explicit AmountColumns(column::Sheet& sheet)
      : ledger(sheet),
        overdue(sheet.add<std::int64_t>("overdue_fen")),
        paid_30d(sheet.add<std::int64_t>("paid_30d_fen")),
        oldest(sheet.add<std::int32_t>("oldest_due_date")),
        next(sheet.get<std::int32_t>("next_due_date")) {}
  LedgerWriter ledger;
  std::span<std::int64_t> overdue, paid_30d;
  std::span<std::int32_t> oldest;
  column::Values<std::int32_t> next;
};

struct Carried {
  DueRows dues;
  PaymentRows payments;
};

class Carrier {
 public:
  Carrier(const Sheets& sheets, kernel::Date date, const std::vector<ProductTerms>& products)
      : ledgers_(sheets.accounts),
        dues_(sheets.dues, 0, sheets.accounts.rows()),
        payments_(sheets.payments, 0, sheets.accounts.rows()),
        product_(sheets.accounts.codes("product")),
        balance_as_of_(sheets.accounts.get<std::int32_t>("balance_as_of")),
        date_(date.days()),
        products_(products) {}

  void carry(std::size_t begin, std::size_t end, const AmountColumns& columns, Carried& out) const {
    std::vector<Due> dues;
    std::vector<Payment> payments;
    for (std::size_t row = begin; row < end; ++row) {
      Ledger ledger = ledgers_.at(row);
      dues_.read(row, dues);
      payments.clear();
      for (std::size_t i = payments_.begin(row); i < payments_.end(row); ++i) {
        payments.push_back(payments_.at(i));
      }
      const ProductTerms& product = products_[static_cast<std::size_t>(product_.values[row])];
      carry_forward(ledger, dues, payments, product.terms, {&product, order_of}, date_);
      if (ledger.scheduled) ledger.next_due_date = next_scheduled(dues);
      columns.ledger.put(row, ledger);
      columns.overdue[row] = overdue_amount(dues, date_).fen();
      columns.oldest[row] =
          dues.empty() || dues.front().due_date >= date_ ? 0 : dues.front().due_date;
      keep_payments(row, payments, columns, out.payments);
      out.dues.add(static_cast<std::int32_t>(row), dues);
    }
  }

 private:
  std::int32_t next_scheduled(std::span<const Due> dues) const {
    for (const Due& due : dues) {
      if (due.due_date >= date_) return due.due_date;
    }
    return 0;
  }

  void keep_payments(std::size_t row, std::span<const Payment> payments,
                     const AmountColumns& columns, PaymentRows& out) const {
    Money paid;
    for (std::size_t i = 0; i < payments.size(); ++i) {
      const Payment& payment = payments[i];
      const bool recent = payment.paid_on > date_ - payments_kept_days;
      if (recent && payment.paid_on <= date_) paid += payment.amount_fen;
      if (!recent && payment.applied && payment.paid_on <= balance_as_of_[row]) continue;
      out.account_row.push_back(static_cast<std::int32_t>(row));
      out.payments.push_back(payment);
      out.payment_no.push_back(payments_.payment_no(payments_.begin(row) + i));
    }
    columns.paid_30d[row] = paid.fen();
  }

  LedgerReader ledgers_;
  DueReader dues_;
  PaymentReader payments_;
  column::Codes product_;
  column::Values<std::int32_t> balance_as_of_;
  std::int32_t date_;
  const std::vector<ProductTerms>& products_;
};

}  // namespace

kernel::Status decide_accrual(Sheets& sheets, kernel::Date date, const decision::Model& terms,
                              const decision::Model& payment_order, unsigned threads) {
  TRY_ASSIGN(const std::vector<ProductTerms> products,
             load_products(sheets, date, terms, payment_order));
  const std::size_t rows = sheets.accounts.rows();
  column::Sheet amounts(rows);
  const AmountColumns columns(amounts);
  std::map<std::size_t, Carried> parts;  // by first row, whichever thread is done first
  std::mutex mutex;
  const Carrier carrier(sheets, date, products);
  over_rows(rows, threads, [&](std::size_t begin, std::size_t end) {
    Carried out;
    carrier.carry(begin, end, columns, out);
    const std::lock_guard lock(mutex);
    parts.emplace(begin, std::move(out));
  });
  std::vector<DueRows> dues;
  std::vector<PaymentRows> payments;
  for (auto& [begin, part] : parts) {
    dues.push_back(std::move(part.dues));
    payments.push_back(std::move(part.payments));
  }
  column::Sheet payment_sheet = sheet_of(payments);  // before the sheet its texts point into goes
  sheets.dues = sheet_of(dues);
  sheets.payments = std::move(payment_sheet);
  sheets.accounts.take(std::move(amounts));
  return kernel::Ok{};
}

}  // namespace book
