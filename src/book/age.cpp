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

std::int32_t days_past_due(std::int32_t oldest_due_date, kernel::Date date) {
  return oldest_due_date == 0 ? 0 : std::max(0, date.days() - oldest_due_date);
}

void add_days_past_due(column::Sheet& accounts, const column::Sheet& customers, kernel::Date date,
                       unsigned threads) {
  const auto oldest = accounts.get<std::int32_t>("oldest_due_date");
  const auto customer_row = accounts.get<std::int32_t>("customer_row");
  const auto worst = customers.get<std::int32_t>("dpd");
  const auto dpd = accounts.add<std::int32_t>("dpd");
  const auto customer_dpd = accounts.add<std::int32_t>("customer_dpd");
  over_rows(accounts.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      dpd[row] = days_past_due(oldest[row], date);
      customer_dpd[row] = worst[static_cast<std::size_t>(customer_row[row])];
    }
  });
}

}  // namespace

void decide_worst(const column::Sheet& accounts, column::Sheet& customers, kernel::Date date) {
  const auto oldest = accounts.get<std::int32_t>("oldest_due_date");
  const auto customer_row = accounts.get<std::int32_t>("customer_row");
  const auto worst = customers.add<std::int32_t>("dpd");
  for (std::size_t row = 0; row < accounts.rows(); ++row) {
    std::int32_t& of = worst[static_cast<std::size_t>(customer_row[row])];
    of = std::max(of, days_past_due(oldest[row], date));
  }
}

kernel::Status decide_ageing(column::Sheet& accounts, const column::Sheet& customers,
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
