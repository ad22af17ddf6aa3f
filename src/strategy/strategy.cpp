#include <algorithm>

#include "book/types.h"
#include "strategy/arms.h"
#include "strategy/types.h"

namespace strategy {

namespace {

void decide_due_in_days(column::Sheet& accounts, kernel::Date date, unsigned threads) {
  const auto next_due_date = accounts.get<std::int32_t>("next_due_date");
  const auto due_in_days = accounts.add<std::int32_t>("due_in_days");
  book::over_rows(accounts.rows(), threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::int32_t due = next_due_date[row];
      due_in_days[row] = due == 0 || due < date.days() ? -1 : due - date.days();
    }
  });
}

// An input outside a table's allowed values gives no answer: somebody must see that, tonight.
kernel::Status all_answered(const column::Sheet& accounts, const char* column, const char* file) {
  const auto codes = accounts.codes(column).values;
  const auto row = std::find(codes.begin(), codes.end(), std::int16_t{-1});
  if (row == codes.end()) return kernel::Ok{};
  const auto index = static_cast<std::size_t>(row - codes.begin());
  return kernel::Error{kernel::Code::invalid_input,
                       std::string("the table gives no ") + column + " for account " +
                           std::string(accounts.texts("account_no").at(index)),
                       file};
}

}  // namespace

kernel::Status decide_strategy(column::Sheet& accounts, const Models& models, kernel::Date date,
                               unsigned threads) {
  TRY(decide_file(accounts, models, "risk_grade.dmn", {{.decision = "grade", .threads = threads}}));
  TRY(all_answered(accounts, "grade", "risk_grade.dmn"));

  decide_due_in_days(accounts, date, threads);
  TRY(decide_file(accounts, models, "treatment.dmn",
                  {{.decision = "balance_band", .threads = threads},
                   {.decision = "treatment", .threads = threads}}));
  TRY(all_answered(accounts, "treatment", "treatment.dmn"));
  TRY(all_answered(accounts, "work", "treatment.dmn"));

  // Kept tables of nights before it was there do without.
  if (models.find("expected_net.dmn") != nullptr) {
    TRY(decide_file(accounts, models, "expected_net.dmn",
                    {{.decision = "expected_recovery_fen", .threads = threads},
                     {.decision = "expected_cost_fen", .threads = threads}}));
  }

  return decide_file(accounts, models, "priority.dmn",
                     {{.decision = "priority",
                       .number_types = {{"priority", column::Type::i32}},
                       .threads = threads}});
}

}  // namespace strategy
