#include "flow/restate.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "column/sorted.h"
#include "flow/past.h"
#include "score/types.h"

namespace flow {

namespace fs = std::filesystem;
using kernel::Date;

namespace {

// ---- one night again ----------------------------------------------------------------------------

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

// What the night could have known.
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

// Every payment of the accounts in its last wording, by the night that could first have known it.
class Payments {
 public:
  // `before` is left without those that come again in other words.
  Payments(const std::vector<PastNight>& nights, const std::vector<Late>& tonight,
           std::int32_t date_before, std::optional<book::Sheets>& before)
      : by_night_(nights.size()) {
    for (std::size_t i = nights.size(); i-- > 0;) {
      for (const book::BatchSheet& batch : nights[i].batches) {
        if (batch.kind != "payments") continue;
        const PaymentColumns payments(batch.rows);
        for (std::size_t row = 0; row < payments.paid_on.size(); ++row) take(payments.at(row), i);
      }
    }
    for (const Late& late : tonight) take(late, 0);
    if (before) leave_out_corrected(*before, nights.size() - 1);
    for (const One& one : all_) {
      if (one.in_book) continue;
      // One of a day before all of them counts where it came in: a snapshot has it, or will.
      const std::size_t known =
          one.payment.paid_on > date_before ? night_of(nights, one.payment.paid_on) : one.arrived;
      by_night_[std::max(known, one.arrived)].push_back(one.payment);
    }
  }

  const std::vector<Late>& of(std::size_t night) const { return by_night_[night]; }

 private:
  struct One {
    Late payment;
    std::size_t arrived = 0;  // the night it first came in
    bool in_book = false;     // the book before them has it, in these words
  };

  void take(const Late& payment, std::size_t arrived) {
    const auto [found, fresh] =
        at_.try_emplace({payment.account_no, payment.payment_no}, all_.size());
    if (fresh) {
      all_.push_back({payment, arrived});
    } else {
      all_[found->second].payment = payment;
    }
  }

  void leave_out_corrected(book::Sheets& before, std::size_t first_night) {
    const column::Texts account_no = before.accounts.texts("account_no");
    const column::Texts payment_no = before.payments.texts("payment_no");
    const auto account_row = before.payments.get<std::int32_t>("account_row");
    std::vector<std::size_t> kept;
    for (std::size_t row = 0; row < payment_no.size(); ++row) {
      const auto account = static_cast<std::size_t>(account_row[row]);
      const std::string number(payment_no.at(row));
      const auto found = at_.find({std::string(account_no.at(account)), number});
      if (found == at_.end()) {
        kept.push_back(row);
        continue;
      }
      One& one = all_[found->second];
      one.in_book = find_known(before.payments, account, number)->is(one.payment);
      one.arrived = first_night;
      if (one.in_book) kept.push_back(row);
    }
    if (kept.size() < payment_no.size()) before.payments = some_rows(before.payments, kept);
  }

  std::vector<One> all_;                                           // as they came in
  std::map<std::pair<std::string, std::string>, std::size_t> at_;  // by account and number
  std::vector<std::vector<Late>> by_night_;
};

class Replay {
 public:
  Replay(Past& past, const std::vector<Late>& tonight, std::optional<book::Sheets> before,
         unsigned threads)
      : nights_(past.nights()),
        payments_(nights_, tonight, past.date_before(), before),
        book_(std::move(before)),
        threads_(threads) {
    for (const Late& late : tonight) {
      std::int32_t& since = since_.try_emplace(late.account_no, late.since).first->second;
      since = std::min(since, late.since);
      since_first_ = std::min(since_first_, late.since);
    }
  }

  kernel::Status run() {
    for (std::size_t i = nights_.size(); i-- > 0;) {
      at_ = nights_[i].file.date;
      TRY(play(nights_[i], payments_.of(i)));
    }
    if (book_) return kernel::Ok{};
    return kernel::Error{kernel::Code::corrupt, "no night has the accounts of late payments", ""};
  }

  Date at() const { return at_; }  // the night played last
  book::Sheets take_book() { return std::move(*book_); }
  const std::vector<OtherwiseRow>& otherwise() const { return otherwise_; }

 private:
  kernel::Status play(PastNight& past, const std::vector<Late>& payments) {
    std::vector<book::BatchSheet> batches = std::move(past.batches);
    std::erase_if(batches, [](const book::BatchSheet& batch) { return batch.kind == "payments"; });
    const bool has_accounts =
        book_.has_value() || std::any_of(batches.begin(), batches.end(), [](const auto& batch) {
          return batch.kind == "accounts" && batch.rows.rows() > 0;
        });
    if (!has_accounts) return kernel::Ok{};  // none of them was in the book yet
    batches.push_back({"payments", false, sheet_of(payments)});
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
    book::decide_worst(sheets.accounts, sheets.customers, date);
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

  std::vector<PastNight>& nights_;  // latest first; each is played once
  Payments payments_;
  std::optional<book::Sheets> book_;
  unsigned threads_;
  Date at_;
  std::map<std::string, std::int32_t, std::less<>> since_;  // by account
  std::int32_t since_first_ = std::numeric_limits<std::int32_t>::max();
  std::vector<OtherwiseRow> otherwise_;
};

// ---- what leaves --------------------------------------------------------------------------------

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
    Line& line = lines.try_emplace(one.account_no, Line{0, one.since}).first->second;
    ++line.payments;
    line.since = std::min(line.since, one.since);
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
      out[i] = should[*column::find_sorted(account_no, accounts[i])];
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
  out.told.corrections =
      std::count_if(late.begin(), late.end(), [](const Late& one) { return one.corrects; });

  const AccountNos account_nos = accounts_of_persons(night, late);
  Past past(night, account_nos, recorded ? date_of(recorded->gone) : std::nullopt);
  const auto earliest = [&] {
    const auto first = std::min_element(
        late.begin(), late.end(), [](const Late& a, const Late& b) { return a.since < b.since; });
    return Date::from_days(first->since);
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
      late, [&](const Late& one) { return past.gone() && one.since <= past.gone()->days(); });
  if (since && past.gone()) {
    out.told.not_recomputed = out.told.payments;
    late.clear();
  }
  if (late.empty()) return std::optional(std::move(out));

  TRY_ASSIGN(std::optional<book::Sheets> before, past.book_before());
  Replay replay(past, late, std::move(before), night.options.threads);
  if (const kernel::Status played = replay.run(); !played) {
    if (played.error().code == kernel::Code::unavailable || night.made_before) {
      return played.error();
    }
    // Tables of then that this program cannot run: nothing is played again up to that night.
    BackDated up_to;
    up_to.gone = replay.at().format();
    return restate(night, batches, up_to);
  }
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
