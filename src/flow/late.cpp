#include "flow/late.h"

#include <algorithm>
#include <set>

#include "column/sorted.h"

namespace flow {

namespace {

// Accounts of the book before that have a snapshot tonight, which then is the truth.
std::set<std::size_t> snapshots_of(const Night& night, const std::vector<book::BatchSheet>& batches,
                                   const std::set<std::size_t>& wanted) {
  const column::Texts accounts = night.previous->accounts.texts("account_no");
  const auto balance_as_of = night.previous->accounts.get<std::int32_t>("balance_as_of");
  std::set<std::size_t> found;
  for (const book::BatchSheet& batch : batches) {
    if (batch.kind != "balances" || wanted.empty()) continue;
    const column::Texts account_no = batch.rows.texts("account_no");
    const auto as_of = batch.rows.get<std::int32_t>("as_of");
    for (std::size_t i = 0; i < account_no.size(); ++i) {
      if (as_of[i] > night.inputs.date.days()) continue;
      const auto row = column::find_sorted(accounts, account_no.at(i));
      if (row && wanted.contains(*row) && as_of[i] >= balance_as_of[*row]) found.insert(*row);
    }
  }
  return found;
}

}  // namespace

std::optional<Known> find_known(const column::Sheet& payments, std::size_t account,
                                std::string_view payment_no) {
  const auto account_row = payments.get<std::int32_t>("account_row");
  const column::Texts numbers = payments.texts("payment_no");
  const auto [begin, end] =
      std::equal_range(account_row.begin(), account_row.end(), static_cast<std::int32_t>(account));
  for (auto at = begin; at != end; ++at) {
    const auto row = static_cast<std::size_t>(at - account_row.begin());
    if (numbers.at(row) != payment_no) continue;
    return Known{payments.get<std::int32_t>("paid_on")[row],
                 payments.get<std::int64_t>("amount_fen")[row],
                 payments.get<std::int8_t>("applied")[row] != 0};
  }
  return std::nullopt;
}

std::vector<Late> find_late(const Night& night, const std::vector<book::BatchSheet>& batches) {
  const column::Sheet& accounts = night.previous->accounts;
  const column::Texts account_nos = accounts.texts("account_no");
  const auto balance_as_of = accounts.get<std::int32_t>("balance_as_of");
  const std::int32_t passed = night.inputs.previous->date.days();
  std::vector<std::pair<std::size_t, Late>> found;
  std::set<std::pair<std::size_t, std::string>> met;
  std::set<std::size_t> rows;
  for (const book::BatchSheet& batch : batches) {
    if (batch.kind != "payments") continue;
    const PaymentColumns payments(batch.rows);
    std::vector<std::optional<std::size_t>> row_of(payments.paid_on.size());
    book::over_rows(row_of.size(), night.options.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        row_of[i] = column::find_sorted(account_nos, payments.account_no.at(i));
    });
    for (std::size_t i = 0; i < row_of.size(); ++i) {
      const auto row = row_of[i];
      if (!row) continue;
      Late late = payments.at(i);
      if (!met.emplace(*row, late.payment_no).second) continue;
      const auto known = find_known(night.previous->payments, *row, late.payment_no);
      if (known && (known->is(late) || !known->applied)) continue;
      late.corrects = known.has_value();
      // The earlier of the two days that no snapshot has in it.
      if (known && known->paid_on > balance_as_of[*row]) {
        late.since = late.paid_on > balance_as_of[*row] ? std::min(late.paid_on, known->paid_on)
                                                        : known->paid_on;
      }
      if (late.since <= balance_as_of[*row] || late.since > passed) continue;
      rows.insert(*row);
      found.emplace_back(*row, std::move(late));
    }
  }
  const std::set<std::size_t> snapshots = snapshots_of(night, batches, rows);
  std::vector<Late> late;
  for (auto& [row, one] : found) {
    if (!snapshots.contains(row)) late.push_back(std::move(one));
  }
  return late;
}

AccountNos accounts_of_persons(const Night& night, const std::vector<Late>& late) {
  const book::BookView& before = *night.previous_view;
  AccountNos all;
  for (const Late& one : late) {
    const std::size_t row = *before.find_account(one.account_no);
    for (const std::int32_t other : before.accounts_of(before.customer_of(row))) {
      all.emplace(before.account_no(static_cast<std::size_t>(other)));
    }
  }
  return all;
}

}  // namespace flow
