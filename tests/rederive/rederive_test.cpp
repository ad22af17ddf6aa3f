// Many nights of a small lender; then every one of them is made again and has the hash it had,
// under tables that changed since, files that came since, people who came since, and another number
// of threads.

#include <gmock/gmock.h>

#include "flow/edition.h"
#include "flow/files.h"
#include "flow/report.h"
#include "flow/run_stage.h"
#include "http/json.h"
#include "tests/rederive/lender.h"

namespace flow {
namespace {

namespace fs = std::filesystem;
using kernel::Date;
using tests::Lender;

// Everything that can come between, each on a day of its own, scaled to the nights there are.
void live(Lender& lender, int nights) {
  const auto on = [&](int sixtieth) { return sixtieth * nights / 60; };
  for (int i = 1; i <= nights; ++i) {
    const Date date = Lender::as_of.plus_days(i);
    if (i > 1) lender.payments_file(date, 9, i % 4 != 0);
    if (i % 9 == 0) lender.balances_file(date, 25);
    if (i == on(12)) lender.edit("terms.dmn", "<text>500</text>", "<text>480</text>");
    if (i == on(21)) {
      lender.edit("bucket.dmn", "[31..60]", "[31..45]");
      lender.edit("bucket.dmn", "[61..90]", "[46..90]");
    }
    if (i == on(33)) {
      lender.release("<inputEntry><text>3</text></inputEntry>",
                     "<inputEntry><text>5</text></inputEntry>", date);
    }
    if (i == on(42)) lender.edit("terms.dmn", "<text>480</text>", "<text>500</text>");
    EXPECT_EQ(lender.night(date).state, "made");
    if (i == on(48)) {  // a file after its night: another edition takes the first one's place
      lender.payments_file(date, 4);
      EXPECT_EQ(lender.night(date).state, "made");
    }
  }
}

std::map<std::string, std::string> all_files(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[entry.path().string()] = tests::read_file(entry.path());
  }
  return files;
}

void expect_same(Lender& lender, const EditionRef& one, unsigned threads) {
  const auto told = rederive(
      lender.store(), {.data_dir = lender.data(), .scratch_dir = {}, .threads = threads}, one);
  ASSERT_TRUE(told) << told.error().message << " " << told.error().where;
  EXPECT_EQ(told->state, "same") << one.date.format() << " " << one.edition << " " << told->what;
  EXPECT_EQ(told->hash, told->recorded_hash);
  EXPECT_EQ(told->hash.size(), 64U);
}

void live_and_make_again(store::Store& store, const fs::path& folder, int nights) {
  Lender lender(store, folder);
  live(lender, nights);
  const auto before = all_files(lender.data() / "book");
  const std::vector<EditionRef> all = editions(lender.data());
  EXPECT_EQ(all.size(), static_cast<std::size_t>(nights) + 1);
  for (const EditionRef& one : all) expect_same(lender, one, 1);
  EXPECT_EQ(all_files(lender.data() / "book"), before);  // nothing was changed by looking
}

TEST(Rederive, EachOfSixtyNightsGivesItsHashWhateverCameSince) {
  const tests::Folder folder;
  const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                                       tests::all_schema());
  live_and_make_again(*store, folder.path(), 60);
}

TEST(Rederive, TheSameOnPostgres) {
  const tests::Folder folder;
  const std::string url = tests::fresh_postgres_url(folder.path());
  if (url.empty()) {
    std::cout << "[   NOTE   ] no PostgreSQL: EVENHAND_TEST_POSTGRES is not set (./test sets it)\n";
    return;
  }
  const auto store = tests::open_store(url, folder.path(), tests::all_schema());
  live_and_make_again(*store, folder.path(), 20);
}

// ---- what is not as usual ----------------------------------------------------------------------

ComparedReport report_of(const Lender& lender, Date night) {
  auto report = http::parse_json<ComparedReport>(*report_json(lender.data(), night));
  EXPECT_TRUE(report) << report.error().message;
  return report ? std::move(*report) : ComparedReport{};
}

std::vector<std::string> flagged(const ComparedReport& report) {
  std::vector<std::string> all;
  for (const Anomaly& one : report.anomalies.items) all.push_back(one.figure);
  return all;
}

// Forty nights of five to nine payments, then one of two hundred.
TEST(Compared, ANightUnlikeTheThirtyBeforeSaysSoAndSaysSoAgain) {
  const tests::Folder folder;
  const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                                       tests::all_schema());
  Lender lender(*store, folder.path());
  Date date = Lender::as_of;
  for (int i = 1; i <= 40; ++i) {
    date = date.plus_days(1);
    if (i > 1) lender.payments_file(date, 5 + i % 5);  // of accounts in a book
    lender.night(date);
    const ComparedReport said = report_of(lender, date);
    EXPECT_EQ(said.anomalies.nights, std::min(i - 1, 30));
    EXPECT_EQ(said.anomalies.figures > 0, i > 7) << i;
    EXPECT_THAT(flagged(said), testing::Not(testing::Contains("payments"))) << i;
  }
  date = date.plus_days(1);
  lender.payments_file(date, 200);
  const NightReport made = lender.night(date);
  const ComparedReport said = report_of(lender, date);
  ASSERT_THAT(flagged(said), testing::Contains("payments"));
  for (const Anomaly& one : said.anomalies.items) {
    EXPECT_TRUE(one.value < one.usual_low || one.value > one.usual_high) << one.figure;
    EXPECT_LE(one.usual_low, one.median);
    EXPECT_GE(one.usual_high, one.median);
    if (one.figure != "payments") continue;
    EXPECT_EQ(one.value, said.payments);
    EXPECT_EQ(one.nights, 12);  // the weekends of the thirty, and the first days of October
    EXPECT_EQ(one.median, 7);
    EXPECT_NE(made.report_text.find("还款笔数（休息日）：" + std::to_string(one.value) +
                                    "，此前 12 夜通常 "),
              std::string::npos)
        << made.report_text;
  }
  const std::vector<EditionRef> all = editions(lender.data());
  for (const EditionRef& one : {all.front(), all[20], all.back()}) expect_same(lender, one, 1);
}

// The same night by the rules of the format before: not a word of what came with this one.
TEST(Compared, ANightOfFormat2IsMadeAsItWas) {
  const tests::Folder folder;
  const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                                       tests::all_schema());
  Lender lender(*store, folder.path());
  const Date first = Lender::as_of.plus_days(1), second = first.plus_days(1);
  lender.night(first);
  lender.payments_file(second, 5);
  NightOptions options = lender.options(second);
  auto inputs = load_inputs(*store, options);
  ASSERT_TRUE(inputs) << inputs.error().message;
  inputs->format = 2;
  Night night{.options = options, .store = *store, .inputs = *inputs};
  ASSERT_TRUE(open_previous(night));
  const fs::path part = folder.path() / "format2";
  ASSERT_TRUE(make_folder(part));
  for (std::size_t position = 0; position < stages().size(); ++position) {
    ASSERT_TRUE(run_stage(night, position, part));
  }
  const fs::path stage = part / stage_folder_of("report");
  EXPECT_FALSE(fs::exists(stage / figures_name));
  const auto report = http::parse_json<LateReport>(tests::read_file(stage / "report.json"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(tests::read_file(stage / "report.txt"),
            render_text(*report) + render_text(report->back_dated));
  // And where it differs from today's is the report alone.
  lender.night(second);
  const fs::path today =
      book::book_folder(lender.data(), second) / *book::current_edition(lender.data(), second);
  for (const auto& entry : fs::recursive_directory_iterator(today)) {
    const fs::path path = fs::relative(entry.path(), today);
    if (entry.path().filename() != "manifest.json" || path.begin()->string() == "09-report") {
      continue;
    }
    EXPECT_EQ(tests::read_file(entry.path()), tests::read_file(part / path)) << path;
  }
}

// ---- as of a past day --------------------------------------------------------------------------

void expect_as_reported(const Lender& lender, Date night) {
  const book::Shelf shelf(lender.data());
  const auto said = as_of(shelf, night, {});
  ASSERT_TRUE(said) << said.error().message;
  const auto report = http::parse_json<ComparedReport>(*report_json(lender.data(), night));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(said->night_date, night);
  EXPECT_EQ(said->edition, *book::current_edition(lender.data(), night));
  EXPECT_EQ(said->accounts, report->totals.accounts);
  EXPECT_EQ(said->customers, report->totals.customers);
  EXPECT_EQ(said->balance_fen.fen(), report->totals.balance_fen);
  EXPECT_EQ(said->overdue_fen.fen(), report->totals.overdue_fen);
  EXPECT_EQ(said->overdue_accounts, report->totals.overdue_accounts);
  std::map<std::string, AsOfLine> buckets;
  for (const AsOfLine& line : said->buckets) buckets[line.code] = line;
  for (const BucketLine& line : report->buckets) {
    EXPECT_EQ(buckets[line.bucket].accounts, line.accounts) << line.bucket;
    EXPECT_EQ(buckets[line.bucket].balance_fen.fen(), line.balance_fen) << line.bucket;
    // A segment is the same sum, asked for alone.
    const auto alone = as_of(shelf, night, {.bucket = line.bucket});
    ASSERT_TRUE(alone) << alone.error().message;
    EXPECT_EQ(alone->accounts, line.accounts);
    EXPECT_EQ(alone->overdue_fen.fen(), line.overdue_fen);
  }
  std::map<std::string, std::int64_t> treatments;
  for (const TreatmentLine& line : report->treatments) treatments[line.treatment] += line.accounts;
  for (const AsOfLine& line : said->treatments) {
    EXPECT_EQ(line.accounts, treatments[line.code]) << line.code;
  }
}

// Each account, line by line, as `book export` wrote it that night.
void expect_accounts_as_exported(Lender& lender, Date night) {
  const book::Shelf shelf(lender.data());
  const auto csv = export_book_csv(lender.store(), lender.options(night));
  ASSERT_TRUE(csv) << csv.error().message;
  std::istringstream lines(*csv);
  std::string header, line;
  std::getline(lines, header);
  for (int count = 0; std::getline(lines, line); ++count) {
    if (count % 37 != 0) continue;
    const auto one = as_of_csv(shelf, night, line.substr(0, line.find(',')));
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(*one, header + "\n" + line + "\n");
  }
}

TEST(AsOf, AnyPastDayIsWhatItsNightReported) {
  const tests::Folder folder;
  const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                                       tests::all_schema());
  Lender lender(*store, folder.path());
  live(lender, 20);
  for (const Date night : book::book_dates(lender.data())) {
    expect_as_reported(lender, night);
    expect_accounts_as_exported(lender, night);
  }
  const book::Shelf shelf(lender.data());
  EXPECT_EQ(as_of(shelf, Date::from_ymd(2027, 1, 1), {})->night_date, Lender::as_of.plus_days(20));
  const auto before = as_of(shelf, Lender::as_of, {});
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().code, kernel::Code::not_found);
  EXPECT_EQ(as_of(shelf, Lender::as_of.plus_days(3), {.product = "no such"})->accounts, 0);
}

// Rows are split over threads from 16,384 on: as many as make three parts.
TEST(Rederive, ThreadsNeverChangeAByte) {
  const tests::Folder folder;
  const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(),
                                       tests::all_schema());
  Lender lender(*store, folder.path(), 50'000);
  NightOptions options = lender.options(Lender::as_of.plus_days(1));
  options.threads = 3;
  ASSERT_TRUE(run_night(*store, options));
  expect_same(lender, editions(lender.data()).front(), 1);
  expect_same(lender, editions(lender.data()).front(), 4);
}

// A night of two days, to spoil.
class Spoilt : public testing::Test {
 protected:
  Spoilt()
      : store_(tests::open_store((folder_.path() / "casebook.sqlite").string(), folder_.path(),
                                 tests::all_schema())),
        lender_(*store_, folder_.path()) {
    lender_.night(first);
    lender_.payments_file(second, 5);
    lender_.night(second);
  }

  static inline const Date first = Lender::as_of.plus_days(1), second = first.plus_days(1);

  Rederived told(Date date) {
    for (const EditionRef& one : editions(lender_.data())) {
      if (one.date != date || !one.current) continue;
      const auto said = rederive(*store_, {.data_dir = lender_.data()}, one);
      EXPECT_TRUE(said) << said.error().message;
      return said ? *said : Rederived{};
    }
    ADD_FAILURE() << "no such night";
    return {};
  }
  fs::path edition(Date date) const {
    return book::book_folder(lender_.data(), date) / *book::current_edition(lender_.data(), date);
  }

  tests::Folder folder_;
  std::unique_ptr<store::Store> store_;
  Lender lender_;
};

TEST_F(Spoilt, AColumnSavedWithAnotherValueIsNamedByFileColumnAndRow) {
  const fs::path folder = edition(second) / "04-age" / "accounts";
  auto sheet = column::Sheet::open(folder);
  ASSERT_TRUE(sheet);
  const auto old = sheet->get<std::int32_t>("dpd");
  const std::vector<std::int32_t> values(old.begin(), old.end());
  const auto dpd = sheet->add<std::int32_t>("dpd");
  std::copy(values.begin(), values.end(), dpd.begin());
  dpd[7] += 3;
  ASSERT_TRUE(sheet->save(folder.string() + ".new"));
  fs::remove_all(folder);
  fs::rename(folder.string() + ".new", folder);
  const Rederived said = told(second);
  EXPECT_EQ(said.state, "differs");
  EXPECT_EQ(said.hash, said.recorded_hash);  // what was made is what was recorded; the disk is not
  EXPECT_EQ(said.what, "04-age/accounts: column dpd, row 7: " + std::to_string(values[7] + 3) +
                           " is recorded, " + std::to_string(values[7]) + " was made");
}

TEST_F(Spoilt, AByteThatTurnedIsFound) {
  const fs::path file = edition(second) / "03-accrue" / "accounts" / "interest_fen.packed";
  std::string bytes = tests::read_file(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] + 1);
  Lender::write(file, bytes);
  const Rederived said = told(second);
  EXPECT_EQ(said.state, "differs");
  EXPECT_NE(said.what.find("interest_fen"), std::string::npos) << said.what;
  EXPECT_EQ(told(first).state, "same");
}

TEST_F(Spoilt, WhatIsGoneIsCalledByItsName) {
  const std::string before = *book::current_edition(lender_.data(), first);
  fs::path batch;
  for (const auto& entry : fs::directory_iterator(lender_.data() / "intake")) {
    if (fs::exists(entry.path() / "payments")) batch = std::max(batch, entry.path());
  }
  fs::rename(batch, folder_.path() / "away");
  Rederived said = told(second);
  EXPECT_EQ(said.state, "impossible");
  EXPECT_NE(said.what.find("the batch " + batch.filename().string() + " (payments) is gone"),
            std::string::npos)
      << said.what;
  EXPECT_EQ(said.hash, "");
  fs::rename(folder_.path() / "away", batch);
  EXPECT_EQ(told(second).state, "same");

  fs::remove_all(lender_.data() / "tables");
  said = told(second);
  EXPECT_EQ(said.state, "impossible");
  EXPECT_NE(said.what.find("the table allocation.dmn@"), std::string::npos) << said.what;

  fs::remove_all(edition(first));
  said = told(second);
  EXPECT_EQ(said.state, "impossible");
  EXPECT_NE(said.what.find("the book before, 2026-09-21 " + before + " is gone"), std::string::npos)
      << said.what;
}

TEST_F(Spoilt, AWorklistOrAReportWrittenOverIsFound) {
  const std::string text = tests::read_file(edition(first) / "worklist.csv");
  Lender::write(edition(first) / "worklist.csv", text + "1,nobody\n");
  EXPECT_EQ(told(first).what, "worklist.csv: other bytes");
}

}  // namespace
}  // namespace flow
