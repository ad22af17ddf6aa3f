#pragma once
// Accounts as the night hands them to score, strategy and allocation: made up from a seed, with the
// columns the book and the cut would have given them. Same seed, same bytes.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "column/column.h"
#include "kernel/date.h"

namespace tests {

inline const kernel::Date accounts_date = kernel::Date::from_ymd(2026, 11, 20);

class AccountMaker {
 public:
  AccountMaker(std::size_t rows, unsigned seed) : sheet_(rows), random_(seed) {}

  column::Sheet make() {
    add_accounts();
    add_amounts();
    add_cut();
    return std::move(sheet_);
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    // Not std::uniform_int_distribution, whose answers differ between libraries.
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }

  template <class T, class Value>
  void fill(const char* name, Value value) {
    const auto out = sheet_.add<T>(name);
    for (std::size_t row = 0; row < out.size(); ++row) out[row] = static_cast<T>(value(row));
  }

  // The first word for most rows, any of them for one in `others`.
  void fill_codes(const char* name, std::vector<std::string> words, int others) {
    const auto last = static_cast<std::int64_t>(words.size()) - 1;
    const auto out = sheet_.add_codes(name, std::move(words));
    for (auto& code : out) {
      code = static_cast<std::int16_t>(pick(1, others) == 1 ? pick(0, last) : 0);
    }
  }

  void add_accounts() {
    std::vector<std::string> numbers;
    for (std::size_t row = 0; row < sheet_.rows(); ++row) {
      const std::string digits = std::to_string(row);
      numbers.push_back("A" + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') +
                        digits);
    }
    sheet_.add_texts("account_no", {numbers.begin(), numbers.end()});
    fill_codes("product", {"card", "card_instalment", "online_loan"}, 2);
    fill_codes("status", {"open", "closed", "charged_off"}, 20);
    const std::vector<std::int32_t> regions = {110105, 310115, 440106, 440300, 510104, 330106};
    fill<std::int32_t>("region_code", [&](std::size_t) { return regions[random_() % 6]; });
    fill<std::int16_t>("months_on_book", [&](std::size_t) { return pick(0, 120); });
  }

  void add_amounts() {
    fill<std::int32_t>("dpd", [&](std::size_t) { return pick(0, 2) == 0 ? 0 : pick(0, 240); });
    const auto dpd = sheet_.get<std::int32_t>("dpd");
    fill<std::int32_t>("customer_dpd", [&](std::size_t row) { return dpd[row]; });
    fill<std::int16_t>("late_fee_periods", [&](std::size_t row) { return (dpd[row] + 29) / 30; });
    fill<std::int64_t>("credit_limit_fen",
                       [&](std::size_t) { return pick(0, 9) == 0 ? 0 : pick(1, 120) * 100'000; });
    fill<std::int64_t>("balance_fen",
                       [&](std::size_t) { return pick(1, 100) * pick(100, 120'000); });
    const auto balance = sheet_.get<std::int64_t>("balance_fen");
    fill<std::int64_t>("overdue_fen", [&](std::size_t row) {
      return dpd[row] > 0 ? std::max<std::int64_t>(1, balance[row] / pick(1, 20)) : 0;
    });
    fill<std::int64_t>("min_due_fen", [&](std::size_t row) { return balance[row] / 10; });
    fill<std::int64_t>("paid_30d_fen", [&](std::size_t row) {
      return pick(0, 2) == 0 ? 0 : balance[row] / pick(2, 60);
    });
    const auto paid = sheet_.get<std::int64_t>("paid_30d_fen");
    fill<std::int32_t>("last_payment_on", [&](std::size_t row) {
      if (paid[row] > 0) return accounts_date.days() - static_cast<std::int32_t>(pick(0, 29));
      return pick(0, 3) == 0 ? 0 : accounts_date.days() - static_cast<std::int32_t>(pick(30, 400));
    });
    fill<std::int32_t>("next_due_date", [&](std::size_t) {
      return pick(0, 9) == 0 ? 0 : accounts_date.days() + static_cast<std::int32_t>(pick(0, 30));
    });
  }

  void add_cut() {
    const std::vector<std::string> buckets = {"M0", "M1", "M2", "M3", "M4", "M5", "M6", "M6+"};
    const auto dpd = sheet_.get<std::int32_t>("dpd");
    const auto bucket_of = [&](std::size_t row) {
      return static_cast<std::int16_t>(std::min((dpd[row] + 29) / 30, 7));
    };
    const auto bucket = sheet_.add_codes("bucket", buckets);
    const auto before = sheet_.add_codes("bucket_before", buckets);
    for (std::size_t row = 0; row < bucket.size(); ++row) {
      bucket[row] = bucket_of(row);
      before[row] = static_cast<std::int16_t>(pick(0, 19) == 0 ? bucket[row] - 1 : bucket[row]);
    }
    fill_codes("promise", {"none", "open", "kept", "broken"}, 3);
    fill<std::int16_t>("promise_days", [&](std::size_t) { return pick(-10, 20); });
    fill<std::int8_t>("broken_promises",
                      [&](std::size_t) { return pick(0, 9) < 7 ? 0 : pick(1, 4); });
    fill_codes("flag",
               {"none", "dispute", "complaint", "hardship", "plan", "lost", "deceased", "counsel",
                "minor", "bankrupt", "cease"},
               5);
    fill<std::int8_t>("contacts_7d", [&](std::size_t) { return pick(0, 9); });
  }

  column::Sheet sheet_;
  std::mt19937_64 random_;
};

inline column::Sheet make_accounts(std::size_t rows, unsigned seed = 1) {
  return AccountMaker(rows, seed).make();
}

}  // namespace tests
