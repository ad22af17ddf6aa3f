#include "flow/past.h"

#include <algorithm>
#include <limits>

#include "column/sorted.h"

namespace flow {

using kernel::Date;

namespace {

// The day of the payment in a book that this one corrects, where it counted and no snapshot has it;
// else a day that never comes.
std::int32_t corrected_in(const book::Sheets& book, const Late& payment) {
  constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
  const auto row = column::find_sorted(book.accounts.texts("account_no"), payment.account_no);
  if (!row) return never;
  const auto known = find_known(book.payments, *row, payment.payment_no);
  if (!known || known->is(payment) || !known->applied) return never;
  const std::int32_t snapshot = book.accounts.get<std::int32_t>("balance_as_of")[*row];
  return known->paid_on > snapshot ? known->paid_on : never;
}

}  // namespace

kernel::Status Past::reach_back(Date since) {
  while (next_ && next_->date >= since && !(gone_ && next_->date <= *gone_)) {
    PastNight past{*next_, folder_, {}, {}};
    kernel::Result<Inputs> inputs =
        load_inputs_of(night_.store, night_.options.data_dir, past.file);
    if (!inputs) {
      // An old night's spoilt input must not stop tonight.
      if (inputs.error().code == kernel::Code::unavailable || night_.made_before) {
        return inputs.error();
      }
      gone_ = next_->date;
      return kernel::Ok{};
    }
    past.inputs = std::move(inputs).value();
    TRY_ASSIGN(const std::vector<book::BatchSheet> batches, load_batch_sheets(past.inputs));
    for (const book::BatchSheet& batch : batches) {
      past.batches.push_back(
          {batch.kind, batch.full, some_rows(batch.rows, rows_of(batch.rows, account_nos_))});
    }
    next_ = past.inputs.previous;
    folder_ = past.inputs.previous_folder;
    nights_.push_back(std::move(past));
  }
  return kernel::Ok{};
}

kernel::Result<std::optional<Date>> Past::earlier() const {
  if (!next_) return std::optional<Date>();
  TRY_ASSIGN(const book::Sheets before, book::open_sheets(folder_));
  std::int32_t earliest = next_->date.days() + 1;
  for (const PastNight& past : nights_) {
    TRY_ASSIGN(const book::BookView book,
               book::BookView::open_edition(past.folder, past.file.date));
    const auto balance_as_of = book.accounts().get<std::int32_t>("balance_as_of");
    for (const book::BatchSheet& batch : past.batches) {
      if (batch.kind != "payments") continue;
      const PaymentColumns payments(batch.rows);
      for (std::size_t i = 0; i < payments.paid_on.size(); ++i) {
        const auto row = book.find_account(payments.account_no.at(i));
        if (row && payments.paid_on[i] > balance_as_of[*row]) {
          earliest = std::min(earliest, payments.paid_on[i]);
        }
        earliest = std::min(earliest, corrected_in(before, payments.at(i)));
      }
    }
  }
  if (earliest > next_->date.days()) return std::optional<Date>();
  return std::optional(Date::from_days(earliest));
}

kernel::Result<std::optional<book::Sheets>> Past::book_before() const {
  if (!next_) return std::optional<book::Sheets>();
  TRY_ASSIGN(const book::Sheets book, book::open_sheets(folder_));
  return std::optional(some_accounts(book, account_nos_));
}

}  // namespace flow
