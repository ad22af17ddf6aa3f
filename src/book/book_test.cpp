// The book over sheets: merging batches, accrual, ageing and roll rates, with the shipped tables.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "book/types.h"
#include "tests/stores.h"

namespace book {
namespace {

using kernel::Date;

Date on(const char* text) {
  return *Date::parse(text);
}

struct AccountLine {
  std::string account_no, customer_no, product = "card", status = "open";
};
struct BalanceLine {
  std::string account_no;
  const char* as_of;
  std::int64_t principal_fen = 0, overdue_fen = 0, min_due_fen = 0;
  const char* oldest_due_date = "";
  const char* next_due_date = "";
};
struct InstalmentLine {
  std::string account_no;
  int period;
  const char* due_date;
  std::int64_t principal_fen = 0, fee_fen = 0, paid_fen = 0;
};
struct PaymentLine {
  std::string payment_no, account_no;
  const char* paid_on;
  std::int64_t amount_fen = 0;
};

std::int32_t days(const char* text) {
  return *text == 0 ? 0 : on(text).days();
}

template <class Line, class Of>
void texts(column::Sheet& sheet, const char* name, const std::vector<Line>& lines, Of of) {
  std::vector<std::string_view> values;
  for (const Line& line : lines) values.emplace_back(of(line));
  sheet.add_texts(name, values);
}

void words(column::Sheet& sheet, const char* name, const std::vector<std::string>& values) {
  std::vector<std::string> list;
  for (const std::string& value : values) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
  }
  const auto codes = sheet.add_codes(name, list);
  for (std::size_t i = 0; i < values.size(); ++i) {
    codes[i] =
        static_cast<std::int16_t>(std::find(list.begin(), list.end(), values[i]) - list.begin());
  }
}

BatchSheet accounts(const std::vector<AccountLine>& lines) {
  column::Sheet sheet(lines.size());
  texts(sheet, "account_no", lines,
        [](const auto& line) -> const std::string& { return line.account_no; });
  texts(sheet, "customer_no", lines,
        [](const auto& line) -> const std::string& { return line.customer_no; });
  std::vector<std::string> products, states;
  for (const AccountLine& line : lines) {
    products.push_back(line.product);
    states.push_back(line.status);
  }
  words(sheet, "product", products);
  words(sheet, "status", states);
  const auto rate = sheet.add<std::int32_t>("daily_rate_ppm");
  const auto opened = sheet.add<std::int32_t>("opened_on");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    rate[i] = 500;
    opened[i] = days("2024-05-20");
  }
  sheet.add<std::int64_t>("credit_limit_fen");
  sheet.add<std::int8_t>("billing_day");
  return {"accounts", false, std::move(sheet)};
}

BatchSheet balances(const std::vector<BalanceLine>& lines) {
  column::Sheet sheet(lines.size());
  texts(sheet, "account_no", lines,
        [](const auto& line) -> const std::string& { return line.account_no; });
  const auto as_of = sheet.add<std::int32_t>("as_of");
  const auto oldest = sheet.add<std::int32_t>("oldest_due_date");
  const auto next = sheet.add<std::int32_t>("next_due_date");
  const auto principal = sheet.add<std::int64_t>("principal_fen");
  const auto overdue = sheet.add<std::int64_t>("overdue_fen");
  const auto min_due = sheet.add<std::int64_t>("min_due_fen");
  for (const char* name : {"interest_fen", "late_fee_fen", "instalment_fee_fen", "cost_fen"}) {
    sheet.add<std::int64_t>(name);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    as_of[i] = days(lines[i].as_of);
    oldest[i] = days(lines[i].oldest_due_date);
    next[i] = days(lines[i].next_due_date);
    principal[i] = lines[i].principal_fen;
    overdue[i] = lines[i].overdue_fen;
    min_due[i] = lines[i].min_due_fen;
  }
  return {"balances", false, std::move(sheet)};
}

BatchSheet instalments(const std::vector<InstalmentLine>& lines, bool full) {
  column::Sheet sheet(lines.size());
  texts(sheet, "account_no", lines,
        [](const auto& line) -> const std::string& { return line.account_no; });
  const auto period = sheet.add<std::int16_t>("period");
  const auto due_date = sheet.add<std::int32_t>("due_date");
  const auto principal = sheet.add<std::int64_t>("principal_fen");
  const auto fee = sheet.add<std::int64_t>("fee_fen");
  const auto paid = sheet.add<std::int64_t>("paid_fen");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    period[i] = static_cast<std::int16_t>(lines[i].period);
    due_date[i] = days(lines[i].due_date);
    principal[i] = lines[i].principal_fen;
    fee[i] = lines[i].fee_fen;
    paid[i] = lines[i].paid_fen;
  }
  return {"instalments", full, std::move(sheet)};
}

BatchSheet payments(const std::vector<PaymentLine>& lines) {
  column::Sheet sheet(lines.size());
  texts(sheet, "payment_no", lines,
        [](const auto& line) -> const std::string& { return line.payment_no; });
  texts(sheet, "account_no", lines,
        [](const auto& line) -> const std::string& { return line.account_no; });
  const auto paid_on = sheet.add<std::int32_t>("paid_on");
  const auto amount = sheet.add<std::int64_t>("amount_fen");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    paid_on[i] = days(lines[i].paid_on);
    amount[i] = lines[i].amount_fen;
  }
  return {"payments", false, std::move(sheet)};
}

const decision::Model& table(const std::string& file) {
  static std::map<std::string, decision::Model> models;
  auto found = models.find(file);
  if (found == models.end()) {
    auto model = decision::Model::load("decisions/" + file);
    CHECK_MSG(model, model ? "" : model.error().message.c_str());
    found = models.emplace(file, std::move(*model)).first;
  }
  return found->second;
}

// One night of the book alone.
Sheets night(const char* date, const Sheets* previous, std::vector<BatchSheet> batches,
             Anomalies* anomalies = nullptr, unsigned threads = 1) {
  Anomalies found;
  auto sheets = decide_opening(
      {.date = on(date), .previous = previous, .batches = std::move(batches), .threads = threads},
      anomalies ? *anomalies : found);
  CHECK_MSG(sheets, sheets ? "" : sheets.error().message.c_str());
  auto done =
      decide_accrual(*sheets, on(date), table("terms.dmn"), table("payment_order.dmn"), threads);
  CHECK_MSG(done, done ? "" : done.error().message.c_str());
  decide_worst(sheets->accounts, sheets->customers, on(date));
  done =
      decide_ageing(sheets->accounts, sheets->customers, previous ? &previous->accounts : nullptr,
                    on(date), table("bucket.dmn"), threads);
  CHECK_MSG(done, done ? "" : done.error().message.c_str());
  return std::move(*sheets);
}

template <class... Batch>
std::vector<BatchSheet> batches(Batch... batch) {
  std::vector<BatchSheet> all;
  (all.push_back(std::move(batch)), ...);
  return all;
}

std::int64_t fen(const Sheets& sheets, const char* column, std::size_t row) {
  return sheets.accounts.get<std::int64_t>(column)[row];
}
std::int32_t number(const Sheets& sheets, const char* column, std::size_t row) {
  return sheets.accounts.get<std::int32_t>(column)[row];
}
std::string bucket(const Sheets& sheets, std::size_t row) {
  return std::string(sheets.accounts.codes("bucket").at(row));
}

TEST(Book, RowsAreByAccountNoAndCustomersKnowTheirAccounts) {
  const Sheets book =
      night("2026-11-20", nullptr,
            batches(accounts({{"B2", "C2"}, {"A1", "C1"}, {"Z9", "C1"}}),
                    balances({{"A1", "2026-11-20", 1'000},
                              {"Z9", "2026-11-20", 90'000, 9'000, 9'000, "2026-10-01"},
                              {"X0", "2026-11-20", 1}})));
  EXPECT_EQ(book.accounts.texts("account_no").at(0), "A1");
  EXPECT_EQ(book.accounts.texts("account_no").at(2), "Z9");
  EXPECT_EQ(book.customers.rows(), 2U);
  EXPECT_EQ(book.customers.get<std::int32_t>("account_count")[0], 2);
  EXPECT_EQ(number(book, "customer_dpd", 0), 50);  // the customer's worst
  EXPECT_EQ(number(book, "dpd", 0), 0);
  EXPECT_EQ(bucket(book, 0), "M0");
  EXPECT_EQ(bucket(book, 2), "M2");
}

TEST(Book, ViewFindsAccountsAndCustomers) {
  Sheets book =
      night("2026-11-20", nullptr, batches(accounts({{"B2", "C2"}, {"A1", "C1"}, {"Z9", "C1"}})));
  const BookView view(on("2026-11-20"), "", std::move(book.accounts), std::move(book.customers));
  EXPECT_EQ(view.find_account("B2"), 1U);
  EXPECT_EQ(view.find_account("B1"), std::nullopt);
  ASSERT_EQ(view.find_customer("C1"), 0U);
  ASSERT_EQ(view.accounts_of(0).size(), 2U);
  EXPECT_EQ(view.account_no(static_cast<std::size_t>(view.accounts_of(0)[1])), "Z9");
  EXPECT_EQ(view.customer_no(view.customer_of(1)), "C2");
  EXPECT_EQ(view.find_customer(""), std::nullopt);
}

TEST(Book, LatestSnapshotUpToTheDateWinsAndIsCarriedForward) {
  Anomalies found;
  const Sheets book =
      night("2026-11-20", nullptr,
            batches(accounts({{"A", "C"}}),
                    balances({{"A", "2026-11-10", 1'000'000, 50'000, 50'000, "2026-11-05"},
                              {"A", "2026-11-01", 5},
                              {"A", "2026-11-25", 7},
                              {"GHOST", "2026-11-10", 7}}),
                    payments({{"P1", "A", "2026-11-10", 11},
                              {"P2", "A", "2026-11-12", 500'000},
                              {"P3", "A", "2026-12-01", 13}})),
            &found);
  // Two nights' interest and the late fee of the 9th was the bank's; then the payment clears all.
  EXPECT_EQ(fen(book, "principal_fen", 0), 1'000'000 + 2 * 500 - 500'000);
  EXPECT_EQ(fen(book, "overdue_fen", 0), 0);
  EXPECT_EQ(fen(book, "paid_30d_fen", 0), 500'011);
  EXPECT_EQ(number(book, "last_payment_on", 0), days("2026-11-12"));
  EXPECT_EQ(number(book, "accrued_on", 0), days("2026-11-20"));
  EXPECT_EQ(found.balances_without_account, 1);
  EXPECT_EQ(book.payments.rows(), 3U);  // the one to come is kept
}

TEST(Book, NightByNightEqualsOneGoAndPaymentsCountOnce) {
  const auto first = [] {
    return batches(
        accounts({{"A", "C"}, {"B", "C"}}),
        balances({{"A", "2026-11-01", 800'000, 60'000, 60'000, "2026-09-15", "2026-11-15"},
                  {"B", "2026-11-01", 90'000, 0, 9'000, "", "2026-11-08"}}),
        payments({{"P1", "A", "2026-11-05", 25'000}, {"P2", "A", "2026-11-18", 40'000}}));
  };
  const Sheets once = night("2026-11-25", nullptr, first());
  Sheets step = night("2026-11-01", nullptr, first());
  for (int day = 2; day <= 25; ++day) {
    const std::string date = Date::from_ymd(2026, 11, day).format();
    // The bank sends the same payment again now and then.
    std::vector<BatchSheet> more;
    if (day % 6 == 0) more.push_back(payments({{"P1", "A", "2026-11-05", 25'000}}));
    step = night(date.c_str(), &step, std::move(more));
  }
  for (const std::string& name : amount_columns()) {
    if (once.accounts.type(name) != column::Type::i64) continue;
    for (std::size_t row = 0; row < 2; ++row) {
      EXPECT_EQ(fen(once, name.c_str(), row), fen(step, name.c_str(), row)) << name << row;
    }
  }
  EXPECT_EQ(number(once, "dpd", 0), number(step, "dpd", 0));
  EXPECT_EQ(number(once, "dpd", 1), 17);
}

TEST(Book, ASnapshotTakesThePlaceOfWhatWasAccruedAndLaterPaymentsApplyOnTop) {
  const Sheets before =
      night("2026-11-20", nullptr,
            batches(accounts({{"A", "C"}}),
                    balances({{"A", "2026-11-18", 500'000, 20'000, 20'000, "2026-11-10"}}),
                    payments({{"P1", "A", "2026-11-20", 5'000}})));
  const Sheets after =
      night("2026-11-21", &before,
            batches(balances({{"A", "2026-11-19", 499'000, 20'000, 20'000, "2026-11-10"}})));
  // 2026-11-20: a night's interest, then the payment again on the new amounts; 21st: interest.
  EXPECT_EQ(fen(after, "balance_fen", 0), 499'000 + 250 - 5'000 + 247);
  EXPECT_EQ(fen(after, "overdue_fen", 0), 15'000);
}

TEST(Book, ScheduleGivesTheDuesAndAPartialPaymentLowersTheBucket) {
  const auto schedule = [](std::int64_t paid_fen) {
    return instalments({{"A", 1, "2026-09-10", 10'000, 600, paid_fen},
                        {"A", 2, "2026-10-10", 10'000, 600},
                        {"A", 3, "2026-11-10", 10'000, 600},
                        {"A", 4, "2026-12-10", 10'000, 600}},
                       true);
  };
  const Sheets before = night(
      "2026-11-20", nullptr,
      batches(accounts({{"A", "C", "card_instalment"}}),
              balances({{"A", "2026-11-20", 40'000, 31'800, 10'600, "2026-09-10"}}), schedule(0)));
  EXPECT_EQ(number(before, "dpd", 0), 71);
  EXPECT_EQ(bucket(before, 0), "M3");
  EXPECT_EQ(number(before, "next_due_date", 0), days("2026-12-10"));
  const Sheets after =
      night("2026-11-21", &before, batches(payments({{"P", "A", "2026-11-21", 10'600}})));
  EXPECT_EQ(number(after, "dpd", 0), 42);
  EXPECT_EQ(bucket(after, 0), "M2");
  EXPECT_EQ(after.accounts.codes("bucket_before").at(0), "M3");
}

TEST(Book, AScheduleThatDisagreesYieldsToTheSnapshotAndIsCounted) {
  Anomalies found;
  const Sheets book =
      night("2026-11-20", nullptr,
            batches(accounts({{"A", "C", "online_loan"}}),
                    balances({{"A", "2026-11-20", 40'000, 9'000, 9'000, "2026-08-01"}}),
                    instalments({{"A", 1, "2026-11-10", 10'000, 600}}, true)),
            &found);
  EXPECT_EQ(found.schedules_that_disagree, 1);
  EXPECT_EQ(number(book, "dpd", 0), 111);
  EXPECT_EQ(fen(book, "overdue_fen", 0), 9'000);
}

TEST(Book, RollRatesByCountAndBalanceAndWhatEnteredAndCameBack) {
  const Sheets before =
      night("2026-11-20", nullptr,
            batches(accounts({{"A", "C1"}, {"B", "C2"}, {"D", "C3"}, {"E", "C4"}}),
                    balances({{"A", "2026-11-20", 100'000, 0, 10'000, "", "2026-11-20"},
                              {"B", "2026-11-20", 100'000, 10'000, 10'000, "2026-10-21"},
                              {"D", "2026-11-20", 300'000, 30'000, 30'000, "2026-11-01"},
                              {"E", "2026-11-20", 100'000, 0, 0}})));
  const Sheets after =
      night("2026-11-21", &before,
            batches(payments({{"P", "D", "2026-11-21", 30'000}}), accounts({{"N", "C9"}}),
                    balances({{"N", "2026-11-21", 5'000, 500, 500, "2026-11-11"}})));
  const RollRates rates = decide_roll_rates(after.accounts, &before.accounts);
  std::map<std::string, std::int64_t> cells;
  for (const RollCell& cell : rates.cells) cells[cell.from + ">" + cell.to] = cell.rate_bps;
  EXPECT_EQ(cells["M0>M1"], 5'000);  // A's due of the 20th was missed; E owes nothing yet
  EXPECT_EQ(cells["M0>M0"], 5'000);
  EXPECT_EQ(cells["M1>M2"], 5'000);  // B is 31 days past due
  EXPECT_EQ(cells["M1>M0"], 5'000);  // D paid
  EXPECT_EQ(cells["new>M1"], 10'000);
  EXPECT_EQ(rates.entered_accounts, 2);
  EXPECT_EQ(rates.cured_accounts, 1);
  EXPECT_EQ(rates.recovered_fen, 30'000);
  EXPECT_EQ(rates.entry_rate_bps, 10'000);
  EXPECT_EQ(rates.recovery_rate_bps, 7'500);
}

TEST(Book, ThreadsNeverChangeAByte) {
  constexpr int many = 60'000;
  const auto portfolio = [] {
    std::vector<AccountLine> lines;
    std::vector<BalanceLine> amounts;
    std::vector<PaymentLine> paid;
    for (int i = 0; i < many; ++i) {
      const std::string no = "A" + std::to_string((i * 7'919LL) % 1'000'003);
      lines.push_back(
          {no, "C" + std::to_string((i * 31LL) % 45'007), i % 5 == 0 ? "online_loan" : "card"});
      const bool late = i % 9 == 0;
      amounts.push_back({no, "2026-11-10", 10'000 + i % 77'777, late ? 3'000 : 0, 3'000,
                         late ? "2026-09-20" : "", "2026-11-18"});
      if (i % 4 == 0) paid.push_back({"P" + no, no, "2026-11-15", 1'000 + i % 5'000});
    }
    return batches(accounts(lines), balances(amounts), payments(paid));
  };
  const Sheets one = night("2026-11-20", nullptr, portfolio(), nullptr, 1);
  const Sheets four = night("2026-11-20", nullptr, portfolio(), nullptr, 4);
  EXPECT_EQ(one.accounts.hash(), four.accounts.hash());
  EXPECT_EQ(one.customers.hash(), four.customers.hash());
  EXPECT_EQ(one.dues.hash(), four.dues.hash());
  EXPECT_EQ(one.payments.hash(), four.payments.hash());
}

TEST(Book, BucketChangesAreKeptByDayAndReplacedWithTheDay) {
  tests::for_each_store(
      [] {
        std::vector<store::Migration> all = store::schema();
        all.insert(all.end(), schema().begin(), schema().end());
        return all;
      }(),
      [](store::Store& store, const std::filesystem::path&) {
        Sheets book = night("2026-11-20", nullptr,
                            batches(accounts({{"A", "C"}, {"B", "C"}}),
                                    balances({{"A", "2026-11-20", 9, 9, 9, "2026-11-01"},
                                              {"B", "2026-11-20", 9}})));
        const BookView view(on("2026-11-20"), "e", std::move(book.accounts),
                            std::move(book.customers));
        for (int run = 0; run < 2; ++run) {
          const auto saved = store.transact([&](store::Transaction& tx) {
            clear_bucket_changes(tx, view.date());
            save_bucket_changes(tx, view, 0, 1);
            save_bucket_changes(tx, view, 1, 2);
            return true;
          });
          ASSERT_TRUE(saved) << saved.error().message;
        }
        const auto changes =
            store.read([](store::Transaction& tx) { return load_bucket_changes(tx, "A"); });
        ASSERT_TRUE(changes);
        ASSERT_EQ(changes->size(), 1U);
        EXPECT_EQ(changes->front().bucket, "M1");
        EXPECT_EQ(changes->front().dpd, 19);
        EXPECT_EQ(
            store.read([](store::Transaction& tx) { return load_bucket_changes(tx, "B").size(); })
                .value(),
            0U);
      });
}

}  // namespace
}  // namespace book
