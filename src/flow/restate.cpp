#include "flow/restate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "flow/late.h"
#include "flow/stages.h"
#include "score/types.h"

namespace flow {

namespace fs = std::filesystem;
using kernel::Date;

namespace {

// ---- the nights to play again ------------------------------------------------------------------

struct PastNight {
  BookFile file;
  fs::path folder;
  Inputs inputs;
  std::vector<book::BatchSheet> batches;  // rows of the accounts played again
};

class Past {
 public:
  Past(const Night& night, const AccountNos& account_nos, std::optional<Date> gone)
      : night_(night),
        account_nos_(account_nos),
        gone_(gone),
        folder_(night.inputs.previous_folder),
        next_(*night.inputs.previous) {}

  // Adds nights, latest first, until the edition before them is of a day before `since`.
  kernel::Status reach_back(Date since) {
    while (next_ && next_->date >= since && !(gone_ && next_->date <= *gone_)) {
      PastNight past{*next_, folder_, {}, {}};
      kernel::Result<Inputs> inputs =
          load_inputs_of(night_.store, night_.options.data_dir, past.file);
      if (!inputs) {
        if (inputs.error().code != kernel::Code::not_found || night_.made_before) {
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

  // Of the payments that came in during these nights, the earliest that is dated before them and
  // was in no snapshot when it came: it was played again then, and has to be now.
  kernel::Result<std::optional<Date>> earlier() const {
    std::optional<std::int32_t> earliest;
    if (nights_.empty()) return std::optional<Date>();
    for (const PastNight& past : nights_) {
      TRY_ASSIGN(const book::BookView book,
                 book::BookView::open_edition(past.folder, past.file.date));
      const auto balance_as_of = book.accounts().get<std::int32_t>("balance_as_of");
      for (const book::BatchSheet& batch : past.batches) {
        if (batch.kind != "payments") continue;
        const PaymentColumns payments(batch.rows);
        for (std::size_t i = 0; i < payments.paid_on.size(); ++i) {
          const std::int32_t paid_on = payments.paid_on[i];
          if (paid_on > date_before()) continue;
          const auto row = book.find_account(payments.account_no.at(i));
          if (!row || paid_on <= balance_as_of[*row]) continue;
          if (!earliest || paid_on < *earliest) earliest = paid_on;
        }
      }
    }
    if (!earliest) return std::optional<Date>();
    return std::optional(Date::from_days(*earliest));
  }

  std::vector<PastNight>& nights() { return nights_; }  // latest first
  // The day of the edition before them, 0 where they begin with the first book.
  std::int32_t date_before() const { return next_ ? next_->date.days() : 0; }
  std::optional<Date> gone() const { return gone_; }
  // The edition before them; empty where they begin with the first book.
  kernel::Result<std::optional<book::Sheets>> book_before() const {
    if (!next_) return std::optional<book::Sheets>();
    TRY_ASSIGN(const book::Sheets book, book::open_sheets(folder_));
    return std::optional(some_accounts(book, account_nos_));
  }

 private:
  const Night& night_;
  const AccountNos& account_nos_;
  std::optional<Date> gone_;
  fs::path folder_;               // of next_
  std::optional<BookFile> next_;  // the edition before nights_
  std::vector<PastNight> nights_;
};

// ---- one night again ---------------------------------------------------------------------------

// A night's other facts of these accounts, as its own edition has them: its cut, and its arms.
kernel::Status take_recorded(const book::BookView& recorded, const fs::path& folder,
                             column::Sheet& accounts) {
  const column::Texts account_no = accounts.texts("account_no");
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < account_no.size(); ++row) {
    const auto found = recorded.find_account(account_no.at(row));
    if (!found) {
      return kernel::Error{kernel::Code::corrupt, "an edition lacks an account its batches have",
                           folder.string()};
    }
    rows.push_back(*found);
  }
  TRY_ASSIGN(const column::Sheet cut,
             column::Sheet::open(folder / stage_folder_of("cut") / "accounts"));
  accounts.take(some_rows(cut, rows));
  if (!recorded.accounts().has(strategy::arm_column)) return kernel::Ok{};
  const column::Codes arm = recorded.accounts().codes(strategy::arm_column);
  const auto out = accounts.add_codes(strategy::arm_column, *arm.words);
  for (std::size_t row = 0; row < rows.size(); ++row) out[row] = arm.values[rows[row]];
  return kernel::Ok{};
}

// What would have been known that night and came later.
column::Sheet sheet_of(const std::vector<Late>& payments) {
  column::Sheet sheet(payments.size());
  std::vector<std::string_view> account_no, payment_no;
  const auto paid_on = sheet.add<std::int32_t>("paid_on");
  const auto amount_fen = sheet.add<std::int64_t>("amount_fen");
  for (std::size_t i = 0; i < payments.size(); ++i) {
    account_no.emplace_back(payments[i].account_no);
    payment_no.emplace_back(payments[i].payment_no);
    paid_on[i] = payments[i].paid_on;
    amount_fen[i] = payments[i].amount_fen;
  }
  sheet.add_texts("account_no", account_no);
  sheet.add_texts("payment_no", payment_no);
  return sheet;
}

struct OtherwiseRow {
  std::int32_t night = 0;
  std::string edition, account_no, bucket_then, bucket, treatment_then, treatment;
  std::int32_t dpd_then = 0, dpd = 0;
};

// The first of the nights, latest first, that is not before a day; the last one when none is.
std::size_t night_of(const std::vector<PastNight>& nights, std::int32_t day) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < nights.size(); ++i) {
    if (nights[i].file.date.days() >= day) found = i;
  }
  return found;
}

class Replay {
 public:
  Replay(Past& past, const std::vector<Late>& tonight, unsigned threads)
      : nights_(past.nights()), early_(nights_.size()), threads_(threads) {
    const std::int32_t stood_at = past.date_before();
    for (std::size_t i = 0; i < nights_.size(); ++i) {
      for (const book::BatchSheet& batch : nights_[i].batches) {
        if (batch.kind != "payments") continue;
        const PaymentColumns payments(batch.rows);
        for (std::size_t row = 0; row < payments.paid_on.size(); ++row) {
          const std::size_t known = night_of(nights_, payments.paid_on[row]);
          if (payments.paid_on[row] > stood_at && known > i)
            early_[known].push_back(payments.at(row));
        }
      }
    }
    for (const Late& late : tonight) {
      early_[night_of(nights_, late.paid_on)].push_back(late);
      std::int32_t& since = since_.try_emplace(late.account_no, late.paid_on).first->second;
      since = std::min(since, late.paid_on);
      since_first_ = std::min(since_first_, late.paid_on);
    }
  }

  kernel::Status run(std::optional<book::Sheets> before) {
    book_ = std::move(before);
    for (std::size_t i = nights_.size(); i-- > 0;) TRY(play(nights_[i], early_[i]));
    if (book_) return kernel::Ok{};
    return kernel::Error{kernel::Code::corrupt, "no night has the accounts of late payments", ""};
  }

  book::Sheets take_book() { return std::move(*book_); }
  const std::vector<OtherwiseRow>& otherwise() const { return otherwise_; }

 private:
  kernel::Status play(PastNight& past, const std::vector<Late>& early) {
    std::vector<book::BatchSheet> batches = std::move(past.batches);
    const bool has_accounts =
        book_.has_value() || std::any_of(batches.begin(), batches.end(), [](const auto& batch) {
          return batch.kind == "accounts" && batch.rows.rows() > 0;
        });
    if (!has_accounts) return kernel::Ok{};  // none of them was in the book yet
    batches.push_back({"payments", false, sheet_of(early)});
    book::Anomalies ignored;  // they were counted by the night itself
    TRY_ASSIGN(book::Sheets sheets, book::decide_opening({.date = past.file.date,
                                                          .previous = book_ ? &*book_ : nullptr,
                                                          .batches = std::move(batches),
                                                          .threads = threads_},
                                                         ignored));
    TRY_ASSIGN(const book::BookView recorded,
               book::BookView::open_edition(past.folder, past.file.date));
    TRY(accrue(past, sheets));
    // A payment made on a day could not have been known when that day's night was made.
    if (since_first_ < past.file.date.days()) {
      TRY(take_recorded(recorded, past.folder, sheets.accounts));
      TRY(decide(past, sheets));
      compare(past, recorded, sheets.accounts);
    }
    book_ = std::move(sheets);
    return kernel::Ok{};
  }

  kernel::Status accrue(const PastNight& past, book::Sheets& sheets) const {
    TRY_ASSIGN(const decision::Model* terms, past.inputs.models.need("terms.dmn"));
    TRY_ASSIGN(const decision::Model* order, past.inputs.models.need("payment_order.dmn"));
    return book::decide_accrual(sheets, past.file.date, *terms, *order, threads_);
  }

  kernel::Status decide(const PastNight& past, book::Sheets& sheets) const {
    const Date date = past.file.date;
    const strategy::Models& models = past.inputs.models;
    TRY_ASSIGN(const decision::Model* bucket, models.need("bucket.dmn"));
    TRY_ASSIGN(const decision::Model* scorecard, models.need("scorecard.dmn"));
    // The bucket of the day before serves roll rates and priority; neither is told of here.
    TRY(book::decide_ageing(sheets.accounts, sheets.customers, nullptr, date, *bucket, threads_));
    TRY(score::decide_scores(sheets.accounts, *scorecard, date, threads_));
    return strategy::decide_strategy(sheets.accounts, models, date, threads_);
  }

  void compare(const PastNight& past, const book::BookView& recorded, const column::Sheet& again) {
    const column::Texts account_no = again.texts("account_no");
    const column::Codes bucket = again.codes("bucket"), treatment = again.codes("treatment");
    const column::Codes bucket_then = recorded.accounts().codes("bucket");
    const column::Codes treatment_then = recorded.accounts().codes("treatment");
    const auto dpd = again.get<std::int32_t>("dpd");
    const auto dpd_then = recorded.accounts().get<std::int32_t>("dpd");
    for (std::size_t row = 0; row < again.rows(); ++row) {
      const auto since = since_.find(account_no.at(row));
      if (since == since_.end() || since->second >= past.file.date.days()) continue;
      const std::size_t then = *recorded.find_account(account_no.at(row));
      if (bucket.at(row) == bucket_then.at(then) && treatment.at(row) == treatment_then.at(then)) {
        continue;
      }
      otherwise_.push_back({past.file.date.days(), past.file.edition,
                            std::string(account_no.at(row)), std::string(bucket_then.at(then)),
                            std::string(bucket.at(row)), std::string(treatment_then.at(then)),
                            std::string(treatment.at(row)), dpd_then[then], dpd[row]});
    }
  }

  std::vector<PastNight>& nights_;        // latest first; each is played once
  std::vector<std::vector<Late>> early_;  // by night: known then, had it come in time
  unsigned threads_;
  std::map<std::string, std::int32_t, std::less<>> since_;  // by account
  std::int32_t since_first_ = std::numeric_limits<std::int32_t>::max();
  std::optional<book::Sheets> book_;
  std::vector<OtherwiseRow> otherwise_;
};

// ---- what leaves -------------------------------------------------------------------------------

column::Sheet sheet_of(const std::vector<OtherwiseRow>& rows) {
  column::Sheet sheet(rows.size());
  const auto night = sheet.add<std::int32_t>("night");
  const auto texts = [&](const char* name, auto member) {
    std::vector<std::string_view> values;
    for (const OtherwiseRow& row : rows) values.emplace_back(row.*member);
    sheet.add_texts(name, values);
  };
  texts("account_no", &OtherwiseRow::account_no);
  texts("edition", &OtherwiseRow::edition);
  texts("bucket_then", &OtherwiseRow::bucket_then);
  texts("bucket", &OtherwiseRow::bucket);
  texts("treatment_then", &OtherwiseRow::treatment_then);
  texts("treatment", &OtherwiseRow::treatment);
  const auto dpd_then = sheet.add<std::int32_t>("dpd_then");
  const auto dpd = sheet.add<std::int32_t>("dpd");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    night[i] = rows[i].night;
    dpd_then[i] = rows[i].dpd_then;
    dpd[i] = rows[i].dpd;
  }
  return sheet;
}

// The accounts that the payments are of, as the book before has them and as it should.
column::Sheet accounts_sheet(const Night& night, const std::vector<Late>& late,
                             const column::Sheet& restated) {
  struct Line {
    std::int64_t payments = 0;
    std::int32_t since = 0;
  };
  std::map<std::string_view, Line> lines;
  for (const Late& one : late) {
    Line& line = lines.try_emplace(one.account_no, Line{0, one.paid_on}).first->second;
    ++line.payments;
    line.since = std::min(line.since, one.paid_on);
  }
  const book::BookView& before = *night.previous_view;
  const column::Texts account_no = restated.texts("account_no");
  column::Sheet sheet(lines.size());
  std::vector<std::string_view> accounts, customers;
  const auto payments = sheet.add<std::int64_t>("payments");
  const auto since = sheet.add<std::int32_t>("since");
  const std::array<const char*, 2> amounts = {"balance", "overdue"};
  for (const auto& [no, line] : lines) {
    payments[accounts.size()] = line.payments;
    since[accounts.size()] = line.since;
    accounts.push_back(no);
    const std::size_t row = *before.find_account(no);
    customers.push_back(before.customer_no(before.customer_of(row)));
  }
  for (const std::string amount : amounts) {
    const auto then = before.accounts().get<std::int64_t>(amount + "_fen");
    const auto should = restated.get<std::int64_t>(amount + "_fen");
    const auto out_then = sheet.add<std::int64_t>(amount + "_then_fen");
    const auto out = sheet.add<std::int64_t>(amount + "_fen");
    for (std::size_t i = 0; i < accounts.size(); ++i) {
      out_then[i] = then[*before.find_account(accounts[i])];
      out[i] = should[*find_row(account_no, accounts[i])];
    }
  }
  sheet.add_texts("account_no", accounts);
  sheet.add_texts("customer_no", customers);
  return sheet;
}

std::optional<Date> date_of(const std::string& text) {
  const kernel::Result<Date> date = Date::parse(text);
  return date ? std::optional(*date) : std::nullopt;
}

}  // namespace

kernel::Result<std::optional<Restated>> restate(const Night& night,
                                                const std::vector<book::BatchSheet>& batches,
                                                const std::optional<BackDated>& recorded) {
  if (!night.previous || night.inputs.format < format_restates) return std::optional<Restated>();
  std::vector<Late> late = find_late(night, batches);
  if (late.empty()) return std::optional<Restated>();
  Restated out;
  out.told.payments = static_cast<std::int64_t>(late.size());

  const AccountNos account_nos = accounts_of_persons(night, late);
  Past past(night, account_nos, recorded ? date_of(recorded->gone) : std::nullopt);
  const auto earliest = [&] {
    const auto first = std::min_element(late.begin(), late.end(), [](const Late& a, const Late& b) {
      return a.paid_on < b.paid_on;
    });
    return Date::from_days(first->paid_on);
  };
  std::optional<Date> since = earliest();
  while (since) {
    TRY(past.reach_back(*since));
    TRY_ASSIGN(since, past.earlier());
    if (past.gone()) break;
  }
  if (past.gone()) out.told.gone = past.gone()->format();
  // From a day that cannot be played again nothing is recomputed, rather than half of it.
  out.told.not_recomputed = std::erase_if(
      late, [&](const Late& one) { return past.gone() && one.paid_on <= past.gone()->days(); });
  if (since && past.gone()) {
    out.told.not_recomputed = out.told.payments;
    late.clear();
  }
  if (late.empty()) return std::optional(std::move(out));

  Replay replay(past, late, night.options.threads);
  TRY_ASSIGN(std::optional<book::Sheets> before, past.book_before());
  TRY(replay.run(std::move(before)));
  book::Sheets book = replay.take_book();
  out.accounts = accounts_sheet(night, late, book.accounts);
  out.otherwise = sheet_of(replay.otherwise());
  out.told.accounts = static_cast<std::int64_t>(out.accounts.rows());
  out.told.nights = static_cast<std::int64_t>(past.nights().size());
  out.told.decided_otherwise = static_cast<std::int64_t>(out.otherwise.rows());
  out.told.since = earliest().format();
  out.batches.push_back({"restated", false, std::move(book.accounts)});
  out.batches.push_back({"restated_dues", false, std::move(book.dues)});
  out.batches.push_back({"restated_payments", false, std::move(book.payments)});
  return std::optional(std::move(out));
}

}  // namespace flow
