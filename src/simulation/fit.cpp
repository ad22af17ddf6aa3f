#include "simulation/fit.h"

#include <algorithm>

namespace simulation {

namespace {

constexpr std::int64_t payers_added = 10;
constexpr std::int64_t bps = 10'000;

struct Seen {
  std::int64_t accounts = 0, observed = 0, expected_ppm = 0;
};
using SeenByBucket = std::map<std::string, Seen>;

std::size_t index(std::int16_t code) {
  return static_cast<std::size_t>(code);
}

// What the first values expect of an account that was past due: the chance of any payment.
class Expecting {
 public:
  static kernel::Result<Expecting> of(const column::Sheet& accounts,
                                      const decision::Model& behaviour) {
    Expecting all;
    all.bucket_ = accounts.codes("bucket");
    all.grade_ = accounts.codes("grade");
    all.work_ = accounts.codes("work");
    all.channel_ = accounts.codes("channel");
    all.collector_ = accounts.codes("collector");
    all.team_ = accounts.codes("team");
    TRY_ASSIGN(all.answers_, Answers::ask(behaviour, {*all.bucket_.words, *all.grade_.words,
                                                      *all.work_.words, *all.channel_.words}));
    return all;
  }

  std::int64_t pays_ppm(std::size_t row) const {
    const std::size_t bucket = index(bucket_.values[row]), grade = index(grade_.values[row]);
    const Habit& habit = answers_.habit(bucket, grade);
    const std::int64_t alone = habit.clears_ppm + habit.part_ppm;
    if (team_.at(row) != "none" && collector_.values[row] < 0) return alone;  // nobody tried
    const std::size_t work = index(work_.values[row]), channel = index(channel_.values[row]);
    const std::int64_t asked = answers_.reach_ppm(work, channel, bucket) *
                               answers_.response(work, channel, bucket).pays_ppm / million *
                               answers_.factor_bps(grade) / bps;
    return alone + (million - alone) * std::min(asked, million) / million;
  }
  std::int64_t misses_ppm(std::size_t row) const {
    const DueDay& due = answers_.due_day(index(grade_.values[row]));
    return million - due.full_ppm - due.min_ppm;
  }

 private:
  column::Codes bucket_, grade_, work_, channel_, collector_, team_;
  Answers answers_;
};

kernel::Status observe(const column::Sheet& before, const column::Sheet& after,
                       const decision::Model& behaviour, SeenByBucket& seen) {
  for (const char* column : {"bucket", "grade", "work", "channel", "collector", "team"})
    if (!before.has(column)) return kernel::Ok{};
  TRY_ASSIGN(const Expecting expecting, Expecting::of(before, behaviour));
  const auto previous = after.get<std::int32_t>("previous_row");
  const column::Texts account_no = after.texts("account_no"),
                      account_no_before = before.texts("account_no");
  const auto dpd = after.get<std::int32_t>("dpd"), dpd_before = before.get<std::int32_t>("dpd");
  const auto due_in_days = before.get<std::int32_t>("due_in_days");
  const auto overdue = after.get<std::int64_t>("overdue_fen"),
             overdue_before = before.get<std::int64_t>("overdue_fen");
  const column::Codes bucket = before.codes("bucket"), status = before.codes("status");
  std::vector<Seen> by_code(bucket.words->size());
  for (std::size_t row = 0; row < after.rows(); ++row) {
    if (previous[row] < 0) continue;
    const auto old = static_cast<std::size_t>(previous[row]);
    if (old >= before.rows() || account_no.at(row) != account_no_before.at(old))
      return kernel::Ok{};  // made from another edition than the one that stands
    if (status.at(old) != "open") continue;
    Seen& of = by_code[index(bucket.values[old])];
    if (dpd_before[old] > 0 && overdue_before[old] > 0) {
      ++of.accounts;
      of.observed += overdue[row] < overdue_before[old] ? 1 : 0;
      of.expected_ppm += expecting.pays_ppm(old);
    } else if (dpd_before[old] == 0 && due_in_days[old] == 0) {
      ++of.accounts;
      of.observed += dpd[row] > 0 ? 1 : 0;
      of.expected_ppm += expecting.misses_ppm(old);
    }
  }
  for (std::size_t code = 0; code < by_code.size(); ++code) {
    Seen& of = seen[(*bucket.words)[code]];
    of.accounts += by_code[code].accounts;
    of.observed += by_code[code].observed;
    of.expected_ppm += by_code[code].expected_ppm;
  }
  return kernel::Ok{};
}

kernel::Result<column::Sheet> accounts_of(const Options& options, kernel::Date date) {
  TRY_ASSIGN(const std::string edition, book::current_edition(options.data_dir, date));
  TRY_ASSIGN(book::Sheets sheets,
             book::open_sheets(book::book_folder(options.data_dir, date) / edition));
  return std::move(sheets.accounts);
}

}  // namespace

std::int64_t decide_factor_bps(std::int64_t observed, std::int64_t expected) {
  return (observed + payers_added) * bps / (expected + payers_added);
}

kernel::Result<Fit> decide_fit(const Options& options, const decision::Model& behaviour,
                               const Settings& settings) {
  Fit fit;
  std::vector<kernel::Date> dates;
  for (const kernel::Date date : book::book_dates(options.data_dir))
    if (date <= options.date) dates.push_back(date);
  SeenByBucket seen;
  for (std::size_t i = dates.size(); i-- > 1 && fit.pairs < settings.fit_editions_max;) {
    if (dates[i] - dates[i - 1] != 1) continue;
    TRY_ASSIGN(const column::Sheet after, accounts_of(options, dates[i]));
    TRY_ASSIGN(const column::Sheet before, accounts_of(options, dates[i - 1]));
    SeenByBucket of_pair;
    TRY(observe(before, after, behaviour, of_pair));
    const bool paid = std::any_of(of_pair.begin(), of_pair.end(), [](const auto& one) {
      return one.first != "M0" && one.second.observed > 0;
    });
    ++fit.pairs;
    if (!paid) continue;  // no file of payments came that night: it says nothing of people
    for (const auto& [bucket, of] : of_pair) {
      seen[bucket].accounts += of.accounts;
      seen[bucket].observed += of.observed;
      seen[bucket].expected_ppm += of.expected_ppm;
    }
  }
  const char* none = fit.pairs == 0 ? "one_edition" : "no_payments";
  TRY_ASSIGN(const column::Sheet start, accounts_of(options, options.date));
  for (const std::string& bucket : *start.codes("bucket").words) {
    const Seen of = seen[bucket];
    FitLine line{.bucket = bucket,
                 .accounts = of.accounts,
                 .observed = of.observed,
                 .expected = of.expected_ppm / million,
                 .source = "assumed",
                 .reason = of.accounts == 0 ? none : "few_accounts"};
    if (of.accounts >= settings.fit_accounts_min && of.accounts > 0) {
      line.factor_bps = decide_factor_bps(line.observed, line.expected);
      line.source = "fitted";
      line.reason = "";
      fit.factors.by_bucket[bucket] = line.factor_bps;
    }
    fit.lines.push_back(std::move(line));
  }
  return fit;
}

}  // namespace simulation
