#include <algorithm>

#include "book/types.h"

namespace book {

namespace {

// Yesterday's bucket under today's words; a word no longer in the table is kept at the end.
void add_bucket_before(column::Sheet& accounts, const column::Sheet* previous, unsigned threads) {
  std::vector<std::string> words = *accounts.codes("bucket").words;
  std::vector<std::int16_t> renamed;
  column::Codes before;
  if (previous != nullptr) {
    before = previous->codes("bucket");
    for (const std::string& word : *before.words) {
      auto found = std::find(words.begin(), words.end(), word);
      if (found == words.end()) found = words.insert(words.end(), word);
      renamed.push_back(static_cast<std::int16_t>(found - words.begin()));
    }
  }
  const auto previous_row = accounts.get<std::int32_t>("previous_row");
  const auto out = accounts.add_codes("bucket_before", words);
  over_rows(accounts.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      out[row] = -1;
      if (previous == nullptr || previous_row[row] < 0) continue;
      const std::int16_t code = before.values[static_cast<std::size_t>(previous_row[row])];
      if (code >= 0) out[row] = renamed[static_cast<std::size_t>(code)];
    }
  });
}

void add_days_past_due(column::Sheet& accounts, column::Sheet& customers, kernel::Date date,
                       unsigned threads) {
  const auto oldest = accounts.get<std::int32_t>("oldest_due_date");
  const auto dpd = accounts.add<std::int32_t>("dpd");
  over_rows(accounts.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      dpd[row] = oldest[row] == 0 ? 0 : std::max(0, date.days() - oldest[row]);
    }
  });
  const auto order = accounts.get<std::int32_t>("account_order");
  const auto first = customers.get<std::int32_t>("first_account");
  const auto count = customers.get<std::int32_t>("account_count");
  const auto customer_dpd = accounts.add<std::int32_t>("customer_dpd");
  const auto worst = customers.add<std::int32_t>("dpd");
  over_rows(customers.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t customer = begin; customer < end; ++customer) {
      const auto from = static_cast<std::size_t>(first[customer]);
      const auto to = from + static_cast<std::size_t>(count[customer]);
      for (std::size_t i = from; i < to; ++i) {
        worst[customer] = std::max(worst[customer], dpd[static_cast<std::size_t>(order[i])]);
      }
      for (std::size_t i = from; i < to; ++i) {
        customer_dpd[static_cast<std::size_t>(order[i])] = worst[customer];
      }
    }
  });
}

}  // namespace

kernel::Status decide_ageing(column::Sheet& accounts, column::Sheet& customers,
                             const column::Sheet* previous_accounts, kernel::Date date,
                             const decision::Model& bucket, unsigned threads) {
  add_days_past_due(accounts, customers, date, threads);
  TRY(decide_by_table(accounts, bucket, {.decision = "bucket", .threads = threads}));
  const column::Codes said = accounts.codes("bucket");
  const auto none = std::find(said.values.begin(), said.values.end(), std::int16_t{-1});
  if (none != said.values.end()) {
    const auto row = static_cast<std::size_t>(none - said.values.begin());
    return kernel::Error{kernel::Code::invalid_input,
                         "no bucket for " + std::to_string(accounts.get<std::int32_t>("dpd")[row]) +
                             " days past due",
                         "bucket.dmn"};
  }
  add_bucket_before(accounts, previous_accounts, threads);
  return kernel::Ok{};
}

}  // namespace book
