#pragma once
// A small lender whose days go by as they do in life: files each day, some payments dated back,
// snapshots now and then, tables edited and released, a file that comes after its night.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "tests/whole_nights.h"

namespace tests {

namespace fs = std::filesystem;
using kernel::Date;

struct PaymentLine {
  std::string payment_no, account_no;
  Date paid_on;
  std::int64_t amount_fen = 0;
  Date told_on;  // the night that first can know it
};

class Lender {
 public:
  Lender(store::Store& store, fs::path folder, std::int64_t accounts = 300)
      : store_(store), folder_(std::move(folder)), chance_(20'261'122) {
    fs::copy("decisions", decisions(), fs::copy_options::recursive);
    const fs::path sample = folder_ / "sample";
    const auto made =
        sample::make_sample({.accounts = accounts, .seed = 5, .as_of = as_of, .out_dir = sample});
    EXPECT_TRUE(made) << made.error().message;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(sample)) {
      if (entry.path().extension() == ".csv") files.push_back(entry.path());
    }
    import(files, sample / "mapping.toml", as_of);
    write(mapping(),
          "[source]\nencoding = \"utf-8\"\nas_of = \"2026-01-01\"\n"
          "[[file]]\nmatch = \"payments*.csv\"\n[[file.record]]\nkind = \"payments\"\n"
          "[[file]]\nmatch = \"balances*.csv\"\n[[file.record]]\nkind = \"balances\"\n");
  }

  static inline const Date as_of = Date::from_ymd(2026, 9, 20);

  fs::path data() const { return folder_ / "data"; }
  fs::path decisions() const { return folder_ / "decisions"; }
  fs::path mapping() const { return folder_ / "daily.toml"; }
  store::Store& store() { return store_; }
  const std::vector<PaymentLine>& payments() const { return payments_; }

  flow::NightOptions options(Date date) const { return options_for(folder_, date); }
  static flow::NightOptions options_for(const fs::path& folder, Date date) {
    flow::NightOptions options;
    options.data_dir = folder / "data";
    options.decisions_dir = folder / "decisions";
    options.date = date;
    options.now = kernel::Instant::china(date, 120);
    options.threads = 2;
    options.ports.load_collectors = &Lender::collectors;
    options.ports.read_known = &Lender::known;
    return options;
  }

  flow::NightReport night(Date date) {
    const auto report = flow::run_night(store_, options(date));
    EXPECT_TRUE(report) << date.format() << " " << report.error().message << " "
                        << report.error().where;
    return report ? *report : flow::NightReport{};
  }

  // The day before's file of payments. Each third is dated back up to twelve days more, unless the
  // bank is punctual.
  void payments_file(Date date, int count, bool punctual = false) {
    const book::BookView book = *book::BookView::open(data(), last_book());
    std::string text = header_payments;
    for (int i = 0; i < count; ++i) {
      const std::size_t row = roll(book.accounts().rows());
      PaymentLine line{"P" + date.format() + "-" + std::to_string(i),
                       std::string(book.account_no(row)), date.plus_days(-1),
                       static_cast<std::int64_t>(5'000 + roll(200'000)), date};
      if (i % 3 == 0 && !punctual) line.paid_on = date.plus_days(-2 - static_cast<int>(roll(12)));
      text += text_of(line);
      payments_.push_back(std::move(line));
    }
    import_daily("payments-" + date.format() + ".csv", text, date.plus_days(-1));
  }

  // The bank's balances of some accounts, as our book says plus what the bank alone knows.
  void balances_file(Date date, int count) {
    const Date day = last_book();
    const book::BookView book = *book::BookView::open(data(), day);
    const column::Sheet& accounts = book.accounts();
    std::map<std::string, std::string> lines;  // an account once
    for (int i = 0; i < count; ++i) {
      const std::size_t row = roll(accounts.rows());
      const auto fen = [&](const char* name) { return accounts.get<std::int64_t>(name)[row]; };
      const auto date_of = [&](const char* name) {
        const std::int32_t days = accounts.get<std::int32_t>(name)[row];
        return days == 0 ? std::string() : Date::from_days(days).format();
      };
      std::ostringstream line;
      line << book.account_no(row) << ',' << day.format() << ',' << fen("principal_fen") + 1'234
           << ',' << fen("interest_fen") << ',' << fen("late_fee_fen") << ','
           << fen("instalment_fee_fen") << ',' << fen("cost_fen") << ',' << fen("overdue_fen")
           << ',' << std::max<std::int64_t>(fen("min_due_fen"), 0) << ','
           << date_of("oldest_due_date") << ',' << date_of("next_due_date") << '\n';
      lines[std::string(book.account_no(row))] = line.str();
    }
    std::string text =
        "account_no,as_of,principal_fen,interest_fen,late_fee_fen,instalment_fee_fen,cost_fen,"
        "overdue_fen,min_due_fen,oldest_due_date,next_due_date\n";
    for (const auto& [account_no, line] : lines) text += line;
    import_daily("balances-" + date.format() + ".csv", text, day);
  }

  // An upgrade of the shipped tables.
  void edit(const char* file, const std::string& from, const std::string& to) {
    write(decisions() / file, replaced(read_file(decisions() / file), from, to));
  }

  // A release by two people, in force from a day after all nights that are made.
  void release(const std::string& from, const std::string& to, Date effective_from) {
    const book::Shelf shelf(data());
    const tables::Deps deps{.store = store_,
                            .shelf = shelf,
                            .decisions = decisions(),
                            .models_of = {},
                            .check_pack = {},
                            .check_journey = {}};
    const kernel::Instant now = kernel::Instant::china(effective_from.plus_days(-1), 600);
    const std::string xml = replaced(read_file(decisions() / "treatment.dmn"), from, to);
    const auto draft = tables::make_draft(
        deps, {.file = "treatment.dmn", .note = "a test", .xml = {{xml}}}, {"zhang", now});
    ASSERT_TRUE(draft) << draft.error().message;
    const tables::VersionId version_id = draft->version.version_id;
    ASSERT_TRUE(store_.transact([&](store::Transaction& tx) {
      tables::record_simulated(tx, draft->version.version, "1", now);
      return true;
    }));
    const auto sent = tables::submit(deps, version_id, "", {"zhang", now});
    ASSERT_TRUE(sent) << sent.error().message;
    tables::Review review{.version_id = version_id, .verdict = "release", .note = ""};
    review.effective_from = effective_from;
    const auto done = tables::review(deps, review, {"wang", now});
    ASSERT_TRUE(done) << done.error().message;
  }

  Date last_book() const { return book::book_dates(data()).back(); }

  static void write(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
  }
  static std::string text_of(const PaymentLine& line) {
    return line.payment_no + "," + line.account_no + "," + line.paid_on.format() + "," +
           std::to_string(line.amount_fen) + ",bank\n";
  }
  static constexpr const char* header_payments =
      "payment_no,account_no,paid_on,amount_fen,channel\n";

  void import_daily(const std::string& name, const std::string& text, Date day) {
    write(folder_ / name, text);
    import({folder_ / name}, mapping(), day);
  }

 private:
  static kernel::Result<std::vector<allocation::Collector>> collectors(store::Transaction&,
                                                                       Date date) {
    std::vector<allocation::Collector> all;
    for (const char* team : {"early", "middle", "late", "care", "legal_desk", "agency_desk"}) {
      // One more comes in the second month: the cut of an old night must not know them.
      for (int number = 1; number <= (date.month() > 9 ? 3 : 2); ++number) {
        all.push_back({.user_name = team + std::to_string(number),
                       .team = team,
                       .skills = {"remind", "negotiate", "relief", "firm", "trace", "visit", "care",
                                  "agency", "legal"},
                       .capacity = 20});
      }
    }
    return all;
  }

  // Promises and disputes come and go by the day.
  static kernel::Result<flow::Ports::Placing> known(store::Transaction&, kernel::Instant before) {
    const auto day = static_cast<std::size_t>(before.china_date().days());
    return flow::Ports::Placing([day](const book::BookView& opening, column::Sheet& cut) {
      const auto flag = cut.add_codes("flag", {"none", "dispute"});
      const auto contacts = cut.add<std::int8_t>("contacts_7d");
      for (std::size_t row = 0; row < opening.accounts().rows(); ++row) {
        flag[row] = (row + day) % 17 == 0 ? 1 : 0;
        contacts[row] = static_cast<std::int8_t>((row + day) % 4);
      }
    });
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return at == text.npos ? text : text.replace(at, from.size(), to);
  }

  std::size_t roll(std::size_t sides) { return static_cast<std::size_t>(chance_() % sides); }

  void import(std::vector<fs::path> files, const fs::path& mapping, Date day) {
    intake::ImportOptions options{.data_dir = data(), .mapping = mapping};
    options.files = std::move(files);
    options.imported_by = "test";
    options.now = kernel::Instant::china(day.plus_days(1), 60);
    options.as_of = day;
    const auto done = intake::import_files(store_, options);
    ASSERT_TRUE(done) << done.error().message << " " << done.error().where;
    EXPECT_EQ(done->rejected, 0) << done->text();
  }

  store::Store& store_;
  fs::path folder_;
  std::mt19937_64 chance_;
  std::vector<PaymentLine> payments_;
};

}  // namespace tests
