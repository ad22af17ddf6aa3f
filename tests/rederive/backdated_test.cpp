// Payments that become known late: the book then carries what it would have carried had each come
// on its day, every past edition stays, and what would have been decided otherwise is told.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "flow/report.h"
#include "flow/restate.h"
#include "flow/stages.h"
#include "http/json.h"
#include "tests/rederive/lender.h"

namespace flow {
namespace {

namespace fs = std::filesystem;
using kernel::Date;
using tests::Lender;
using tests::PaymentLine;

constexpr int nights = 24;

Date night_at(int i) {
  return Lender::as_of.plus_days(i);
}

void change_tables(Lender& lender, int i) {
  if (i == 8) lender.edit("terms.dmn", "<text>500</text>", "<text>480</text>");
  if (i == 15) {
    lender.edit("bucket.dmn", "[31..60]", "[31..45]");
    lender.edit("bucket.dmn", "[61..90]", "[46..90]");
  }
}

void live_late(Lender& lender) {
  for (int i = 1; i <= nights; ++i) {
    if (i > 1) lender.payments_file(night_at(i), 9);
    change_tables(lender, i);
    lender.night(night_at(i));
  }
}

// The same payments, each known on the night of its own day.
void live_on_time(Lender& lender, const std::vector<PaymentLine>& payments) {
  for (int i = 1; i <= nights; ++i) {
    std::string text = Lender::header_payments;
    for (const PaymentLine& line : payments) {
      const Date known = std::max(line.paid_on, night_at(1));
      if (known == night_at(i)) text += Lender::text_of(line);
    }
    if (text != Lender::header_payments) {
      lender.import_daily("payments-on-time-" + std::to_string(i) + ".csv", text, night_at(i));
    }
    change_tables(lender, i);
    lender.night(night_at(i));
  }
}

book::BookView book_of(const Lender& lender, Date night) {
  return *book::BookView::open(lender.data(), night);
}

std::string value_at(const column::Sheet& sheet, const std::string& name, std::size_t row) {
  switch (sheet.type(name)) {
    case column::Type::i8:
      return std::to_string(sheet.get<std::int8_t>(name)[row]);
    case column::Type::i16:
      return std::to_string(sheet.get<std::int16_t>(name)[row]);
    case column::Type::i32:
      return std::to_string(sheet.get<std::int32_t>(name)[row]);
    case column::Type::i64:
      return std::to_string(sheet.get<std::int64_t>(name)[row]);
    default:
      return std::string(sheet.codes(name).at(row));
  }
}

std::vector<std::string> columns_that_agree() {
  std::vector<std::string> names = book::amount_columns();
  for (const char* more : {"overdue_fen", "paid_30d_fen", "oldest_due_date", "dpd", "customer_dpd",
                           "bucket", "grade", "treatment", "priority"}) {
    names.emplace_back(more);
  }
  return names;
}

// Every account of a night against the other book's, column by column; returns how many differ.
int differences(const book::BookView& left, const book::BookView& right) {
  EXPECT_EQ(left.accounts().rows(), right.accounts().rows());
  int count = 0;
  for (std::size_t row = 0; row < left.accounts().rows(); ++row) {
    for (const std::string& name : columns_that_agree()) {
      const std::string a = value_at(left.accounts(), name, row);
      const std::string b = value_at(right.accounts(), name, row);
      if (a == b) continue;
      if (++count <= 10) {
        ADD_FAILURE() << left.date().format() << " " << left.account_no(row) << " " << name << ": "
                      << a << " late, " << b << " on time";
      }
    }
  }
  return count;
}

// A lender told late, and one told on time, of the very same payments.
class Told : public testing::Test {
 protected:
  static void SetUpTestSuite() { both_ = std::make_unique<Both>(); }
  static void TearDownTestSuite() { both_.reset(); }

  struct Both {
    Both() {
      live_late(late);
      live_on_time(on_time, late.payments());
    }
    tests::Folder late_folder, on_time_folder;
    std::unique_ptr<store::Store> late_store = open(late_folder);
    std::unique_ptr<store::Store> on_time_store = open(on_time_folder);
    Lender late{*late_store, late_folder.path()};
    Lender on_time{*on_time_store, on_time_folder.path()};

    static std::unique_ptr<store::Store> open(const tests::Folder& folder) {
      return tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                               tests::all_schema());
    }
  };
  static Lender& late() { return both_->late; }
  static Lender& on_time() { return both_->on_time; }

  static fs::path merge_folder(Date night) {
    return book_of(late(), night).folder() / stage_folder_of("merge");
  }

 private:
  static inline std::unique_ptr<Both> both_;
};

// After the last file nothing is outstanding: the two books are one, in every amount and decision.
TEST_F(Told, LateTheBookIsWhatItWouldHaveBeenOnTime) {
  // One more night, so that what the last file brought is on both sides.
  late().night(night_at(nights + 1));
  on_time().night(night_at(nights + 1));
  EXPECT_EQ(
      differences(book_of(late(), night_at(nights + 1)), book_of(on_time(), night_at(nights + 1))),
      0);
  EXPECT_EQ(differences(book_of(late(), night_at(nights)), book_of(on_time(), night_at(nights))),
            0);
}

// A payment sent again under its number, with another amount or another day, takes the first one's
// place from the earlier of the two days on.
TEST_F(Told, ACorrectionIsAsIfTheRightOneHadBeenTold) {
  const tests::Folder wrong_folder, right_folder;
  const auto wrong_store = Both::open(wrong_folder), right_store = Both::open(right_folder);
  Lender wrong(*wrong_store, wrong_folder.path()), right(*right_store, right_folder.path());
  std::vector<PaymentLine> payments;
  std::int64_t corrections = 0;
  for (int i = 1; i <= nights; ++i) {
    if (i > 1) wrong.payments_file(night_at(i), 9, i % 3 != 0);
    payments.insert(payments.end(),
                    wrong.payments().begin() + static_cast<std::ptrdiff_t>(payments.size()),
                    wrong.payments().end());
    std::string text = Lender::header_payments;
    for (std::size_t n = static_cast<std::size_t>(i); i > 5 && n + 30 < payments.size(); n += 17) {
      PaymentLine& line = payments[n];
      if (line.paid_on <= Lender::as_of.plus_days(2) || line.told_on == night_at(i)) continue;
      line.amount_fen += n % 2 == 0 ? 1'111 : -3'000;
      if (n % 3 == 0) line.paid_on = line.paid_on.plus_days(n % 2 == 0 ? -1 : 1);
      if (line.paid_on >= night_at(i)) line.paid_on = night_at(i).plus_days(-1);
      text += Lender::text_of(line);
      ++corrections;
    }
    if (text != Lender::header_payments) {
      wrong.import_daily("payments-right-" + std::to_string(i) + ".csv", text,
                         night_at(i).plus_days(-1));
    }
    change_tables(wrong, i);
    wrong.night(night_at(i));
  }
  EXPECT_GT(corrections, 60);
  live_on_time(right, payments);
  EXPECT_EQ(differences(book_of(wrong, night_at(nights)), book_of(right, night_at(nights))), 0);
  for (const EditionRef& one : editions(wrong.data())) {
    const auto again = rederive(*wrong_store, {.data_dir = wrong.data()}, one);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->state, "same") << again->what;
  }
}

// What is said would have been decided is what the lender told on time did decide, and all of it:
// for accounts with one payment only, so that no later one stands between.
TEST_F(Told, WhatWouldHaveBeenDecidedIsWhatWasDecidedOnTime) {
  std::map<std::string, std::vector<PaymentLine>> by_account;
  for (const PaymentLine& line : late().payments()) by_account[line.account_no].push_back(line);
  std::map<std::string, int> customers;  // a person's other account would change the treatment too
  const book::BookView last = book_of(late(), night_at(nights));
  for (const auto& [account_no, lines] : by_account) {
    customers[std::string(last.customer_no(last.customer_of(*last.find_account(account_no))))] +=
        static_cast<int>(lines.size());
  }
  int told_nights = 0;
  for (const auto& [account_no, lines] : by_account) {
    const std::size_t row = *last.find_account(account_no);
    const PaymentLine& line = lines.front();
    if (line.paid_on <= Lender::as_of) continue;  // it is in the bank's snapshot
    if (customers[std::string(last.customer_no(last.customer_of(row)))] != 1) continue;
    std::set<std::string> expected, told;
    for (Date night = std::max(line.paid_on, Lender::as_of).plus_days(1); night < line.told_on;
         night = night.plus_days(1)) {
      const book::BookView was = book_of(late(), night), should = book_of(on_time(), night);
      const auto word = [&](const book::BookView& book, const char* name) {
        return std::string(book.accounts().codes(name).at(row));
      };
      if (word(was, "bucket") == word(should, "bucket") &&
          word(was, "treatment") == word(should, "treatment")) {
        continue;
      }
      expected.insert(night.format() + " " + word(was, "bucket") + ">" + word(should, "bucket") +
                      " " + word(was, "treatment") + ">" + word(should, "treatment"));
    }
    const fs::path folder = merge_folder(line.told_on) / restated_nights_name;
    if (fs::exists(folder)) {
      const auto sheet = column::Sheet::open(folder);
      ASSERT_TRUE(sheet);
      for (std::size_t i = 0; i < sheet->rows(); ++i) {
        const auto text = [&](const char* name) { return std::string(sheet->texts(name).at(i)); };
        if (text("account_no") != account_no) continue;
        told.insert(Date::from_days(sheet->get<std::int32_t>("night")[i]).format() + " " +
                    text("bucket_then") + ">" + text("bucket") + " " + text("treatment_then") +
                    ">" + text("treatment"));
      }
    }
    EXPECT_EQ(told, expected) << account_no << " paid on " << line.paid_on.format() << ", told on "
                              << line.told_on.format();
    told_nights += static_cast<int>(told.size());
  }
  EXPECT_GT(told_nights, 10);
}

TEST_F(Told, EachAccountIsToldOnceByAFactThatNamesTheNights) {
  std::int64_t accounts = 0, decided = 0;
  for (int i = 1; i <= nights; ++i) {
    const auto told = load_back_dated(merge_folder(night_at(i)));
    ASSERT_TRUE(told) << told.error().message;
    if (!*told) continue;
    EXPECT_EQ((*told)->not_recomputed, 0);
    EXPECT_GE((*told)->payments, (*told)->accounts);
    accounts += (*told)->accounts;
    decided += (*told)->decided_otherwise;
    const auto report = http::parse_json<ComparedReport>(*report_json(late().data(), night_at(i)));
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_TRUE(report->back_dated);
    EXPECT_EQ(report->back_dated->accounts, (*told)->accounts);
    EXPECT_EQ(report->oddities.payments_back_dated, (*told)->payments);
  }
  EXPECT_GT(accounts, 50);
  EXPECT_GT(decided, 20);
  std::int64_t facts = 0, nights_in_facts = 0;
  ASSERT_TRUE(late().store().read([&](store::Transaction& tx) {
    tx.query("SELECT subject, body FROM fact WHERE kind = 'backdated_recomputed'", {},
             [&](const store::Row& row) {
               ++facts;
               const std::string body = row.text(1);
               for (std::size_t at = body.find("bucket_then"); at != body.npos;
                    at = body.find("bucket_then", at + 1)) {
                 ++nights_in_facts;
               }
             });
    return true;
  }));
  EXPECT_EQ(facts, accounts);
  EXPECT_EQ(nights_in_facts, decided);
}

std::int64_t count_facts(Lender& lender) {
  const auto count = lender.store().read([](store::Transaction& tx) {
    return *tx.query_i64("SELECT COUNT(*) FROM fact WHERE kind = 'backdated_recomputed'");
  });
  return count ? *count : -1;
}

// A night made again with one more file: what it told already it does not tell again.
TEST_F(Told, ALaterEditionTellsOnlyWhatIsNew) {
  tests::for_each_store(tests::all_schema(), [](store::Store& store, const fs::path& folder) {
    Lender lender(store, folder);
    for (int i = 1; i <= 5; ++i) lender.night(night_at(i));
    lender.payments_file(night_at(6), 9);
    lender.night(night_at(6));
    const std::int64_t told = count_facts(lender);
    EXPECT_GT(told, 5);
    std::set<std::string> persons;
    const book::BookView book = book_of(lender, night_at(6));
    const auto person_of = [&](std::size_t row) {
      return std::string(book.customer_no(book.customer_of(row)));
    };
    for (const PaymentLine& line : lender.payments()) {
      persons.insert(person_of(*book.find_account(line.account_no)));
    }
    std::size_t row = 0;
    while (persons.contains(person_of(row))) ++row;
    lender.import_daily(
        "payments-more.csv",
        Lender::header_payments + Lender::text_of({"M1", std::string(book.account_no(row)),
                                                   night_at(3), 9'900, night_at(6)}),
        night_at(5));
    EXPECT_EQ(lender.night(night_at(6)).state, "made");
    EXPECT_EQ(count_facts(lender), told + 1);
    EXPECT_EQ(lender.night(night_at(6)).state, "nothing_to_do");
    EXPECT_EQ(count_facts(lender), told + 1);
  });
}

// Killed once the merge is on disk, a night goes on with what the merge found.
TEST_F(Told, AKilledNightGoesOnWithWhatItFound) {
  const tests::Folder folder;
  std::int64_t facts = 0;
  std::string report;
  for (const bool killed : {false, true}) {
    const fs::path place = folder.path() / (killed ? "killed" : "whole");
    fs::create_directory(place);
    const auto open = [&] {
      return tests::open_store((place / "casebook.sqlite").string(), place, tests::all_schema());
    };
    {
      const auto store = open();
      Lender lender(*store, place);
      for (int i = 1; i <= 3; ++i) lender.night(night_at(i));
      lender.payments_file(night_at(4), 9);
      if (!killed) {
        report = lender.night(night_at(4)).report_json;
        facts = count_facts(lender);
        continue;
      }
    }
    const pid_t child = ::fork();
    if (child == 0) {
      const auto store = open();
      NightOptions options = Lender::options_for(place, night_at(4));
      options.threads = 1;
      options.after_step = [](std::string_view step) {
        if (step == "accrue") ::kill(::getpid(), SIGKILL);
      };
      ::_exit(run_night(*store, options) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto store = open();
    const auto resumed = run_night(*store, Lender::options_for(place, night_at(4)));
    ASSERT_TRUE(resumed) << resumed.error().message;
    EXPECT_EQ(resumed->state, "resumed");
    EXPECT_EQ(resumed->report_json, report);
    const auto told = store->read([](store::Transaction& tx) {
      return *tx.query_i64("SELECT COUNT(*) FROM fact WHERE kind = 'backdated_recomputed'");
    });
    EXPECT_EQ(*told, facts);
    EXPECT_GT(facts, 0);
  }
}

// The bank's snapshot is the truth: what is dated before it is in it already.
TEST_F(Told, APaymentBeforeTheLastSnapshotIsInIt) {
  const tests::Folder folder;
  const auto store = Both::open(folder);
  Lender lender(*store, folder.path());
  lender.night(night_at(1));
  lender.night(night_at(2));
  lender.balances_file(night_at(3), 400);  // as of the second night
  const book::BookView before = book_of(lender, night_at(2));
  std::string text = Lender::header_payments;
  std::set<std::string> snapshots;
  {
    std::istringstream lines(tests::read_file(folder.path() / "balances-2026-09-23.csv"));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) snapshots.insert(line.substr(0, line.find(',')));
  }
  ASSERT_GT(snapshots.size(), 100U);
  for (const std::string& account_no : snapshots) {
    text += Lender::text_of({"S-" + account_no, account_no, night_at(1), 7'700, night_at(3)});
  }
  lender.import_daily("payments-late.csv", text, night_at(2));
  lender.night(night_at(3));
  const auto told = load_back_dated(book_of(lender, night_at(3)).folder() / "01-merge");
  ASSERT_TRUE(told);
  EXPECT_FALSE(*told);
  const auto report = http::parse_json<ComparedReport>(*report_json(lender.data(), night_at(3)));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->back_dated);
  EXPECT_EQ(report->oddities.payments_back_dated, 0);
}

// Where a night's inputs are gone, a payment dated before it counts from tonight, and is counted.
TEST_F(Told, WhatCannotBePlayedAgainIsSaid) {
  const tests::Folder folder;
  const auto store = Both::open(folder);
  Lender lender(*store, folder.path());
  for (int i = 1; i <= 3; ++i) lender.night(night_at(i));
  lender.payments_file(night_at(4), 6);
  lender.night(night_at(4));
  fs::path batch;
  for (const auto& entry : fs::directory_iterator(lender.data() / "intake")) {
    if (fs::exists(entry.path() / "payments")) batch = std::max(batch, entry.path());
  }
  fs::rename(batch, folder.path() / "away");
  const book::BookView before = book_of(lender, night_at(4));
  const std::string account_no(before.account_no(3));
  lender.import_daily("payments-x.csv",
                      Lender::header_payments +
                          Lender::text_of({"X1", account_no, night_at(2), 5'000, night_at(5)}),
                      night_at(4));
  lender.night(night_at(5));
  const auto told = load_back_dated(book_of(lender, night_at(5)).folder() / "01-merge");
  ASSERT_TRUE(told && *told);
  EXPECT_EQ((*told)->payments, 1);
  EXPECT_EQ((*told)->not_recomputed, 1);
  EXPECT_EQ((*told)->gone, night_at(4).format());
  // Made again it is the same, whether the batch has come back or not.
  for (const bool back : {false, true}) {
    if (back) fs::rename(folder.path() / "away", batch);
    const auto again =
        rederive(*store, {.data_dir = lender.data()}, editions(lender.data()).back());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->state, "same") << again->what;
  }
}

}  // namespace
}  // namespace flow
