#include "simulation/side.h"

#include <algorithm>

#include "casework/types.h"
#include "score/types.h"

namespace simulation {

namespace {

using kernel::Money;

constexpr std::int16_t long_ago = -1'000;  // a night before all that count

const std::vector<std::string>& promise_words() {
  static const std::vector<std::string> words = {"none", "open", "kept", "broken"};
  return words;
}

kernel::Result<PromiseDays::State> state_of(const std::string& word) {
  const auto found = std::find(promise_words().begin(), promise_words().end(), word);
  if (found == promise_words().end()) {
    return kernel::Error{kernel::Code::invalid_input, "gives a word not known: " + word,
                         "promise.dmn"};
  }
  return static_cast<PromiseDays::State>(found - promise_words().begin());
}

std::int16_t code_in(std::vector<std::string>& words, const std::string& word) {
  auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) found = words.insert(words.end(), word);
  return static_cast<std::int16_t>(found - words.begin());
}

}  // namespace

kernel::Result<PromiseDays> PromiseDays::of(const strategy::Models& models) {
  TRY_ASSIGN(const decision::Model* model, models.need("promise.dmn"));
  TRY_ASSIGN(const casework::PromiseRules rules, casework::PromiseRules::of(*model, "promise.dmn"));
  PromiseDays all;
  all.grace_days_ = rules.grace_days();
  const Money promised = Money::from_fen(10'000);
  for (const bool paid : {false, true}) {
    for (std::int32_t days = from; days <= to; ++days) {
      TRY_ASSIGN(const std::string state,
                 rules.decide_state(promised, paid ? promised : Money(), days));
      TRY_ASSIGN(const std::string word, rules.decide_shown(state, days));
      TRY_ASSIGN(const State shown, state_of(word));
      (paid ? all.paid_ : all.unpaid_).push_back(shown);
    }
  }
  return all;
}

PromiseDays::State PromiseDays::shown(std::int32_t days, bool is_paid) const {
  if (days > to) return none;
  return (is_paid ? paid_ : unpaid_)[static_cast<std::size_t>(std::max(days, from) - from)];
}

std::int64_t Factors::of(const std::string& bucket) const {
  const auto found = by_bucket.find(bucket);
  return found == by_bucket.end() ? 10'000 : found->second;
}

kernel::Result<std::unique_ptr<Side>> Side::open(const World& world,
                                                 const strategy::Models& models) {
  std::unique_ptr<Side> side(new Side(world, models));
  TRY(side->prepare());
  return side;
}

kernel::Status Side::prepare() {
  TRY_ASSIGN(sheets_, book::open_sheets(world_.edition));
  for (const char* column : {"treatment", "bucket_before", "collector"}) {
    if (!sheets_.accounts.has(column)) {
      return kernel::Error{kernel::Code::conflict, "the book of the date was not made by a night",
                           world_.edition.string()};
    }
  }
  TRY_ASSIGN(promise_days_, PromiseDays::of(models_));
  date_ = world_.options.date;
  read_start();
  return kernel::Ok{};
}

// What people had done up to the start, as the night's cut saw it.
void Side::read_start() {
  const column::Sheet& accounts = sheets_.accounts;
  const std::size_t rows = accounts.rows();
  for (auto* amounts : {&paid_, &paid_total_, &promise_fen_}) amounts->assign(rows, 0);
  promise_due_.assign(rows, 0);
  flag_until_.assign(rows, 0);
  reminder_ppm_.assign(rows, 0);
  tried_on_.assign(rows, long_ago);
  reminded_on_.assign(rows, long_ago);
  promise_paid_.assign(rows, 0);
  const column::Codes promise = accounts.codes("promise"), flag = accounts.codes("flag");
  const column::Codes treatment = accounts.codes("treatment");
  const auto promise_days = accounts.get<std::int16_t>("promise_days");
  const auto broken = accounts.get<std::int8_t>("broken_promises");
  const auto overdue = accounts.get<std::int64_t>("overdue_fen");
  flag_words_ = *flag.words;
  flag_none_ = code_in(flag_words_, "none");
  flag_complaint_ = code_in(flag_words_, "complaint");
  flag_hardship_ = code_in(flag_words_, "hardship");
  flag_lost_ = code_in(flag_words_, "lost");
  flag_.assign(flag.values.begin(), flag.values.end());
  treatment_before_.assign(treatment.values.begin(), treatment.values.end());
  treatment_words_ = *treatment.words;
  broken_promises_.assign(broken.begin(), broken.end());
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view word = promise.at(row);
    if (word.empty() || word == "none") continue;
    promise_due_[row] = date_.days() - promise_days[row];
    promise_fen_[row] = overdue[row];  // the cut does not say how much was promised
    promise_paid_[row] = word == "kept" ? 1 : 0;
  }
  const std::size_t customers = sheets_.customers.rows();
  lead_.assign(customers, 0);
  served_.assign(customers, 0);
  contacts_.assign(customers * ring_days, 0);
  const auto contacts = accounts.get<std::int8_t>("contacts_7d");
  const auto customer = accounts.get<std::int32_t>("customer_row");
  for (std::size_t row = 0; row < rows; ++row) {
    if (contacts[row] <= 0) continue;  // on which of the seven days is not known: spread
    for (std::size_t day = 0; day < ring_days; ++day) {
      const auto count = static_cast<std::size_t>(contacts[row]);
      contacts_[static_cast<std::size_t>(customer[row]) * ring_days + day] =
          static_cast<std::uint8_t>(count / ring_days + (day < count % ring_days ? 1 : 0));
    }
  }
}

// Promises, flags and contacts as the cut of this night would tell them.
void Side::put_cut() {
  column::Sheet& accounts = sheets_.accounts;
  const auto promise = accounts.add_codes("promise", promise_words());
  const auto flag = accounts.add_codes("flag", flag_words_);
  const auto promise_days = accounts.add<std::int16_t>("promise_days");
  const auto broken = accounts.add<std::int8_t>("broken_promises");
  const auto contacts = accounts.add<std::int8_t>("contacts_7d");
  const auto customer = accounts.get<std::int32_t>("customer_row");
  book::over_rows(accounts.rows(), world_.options.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      if (flag_until_[row] != 0 && flag_until_[row] <= date_.days()) {
        flag_[row] = flag_none_;
        flag_until_[row] = 0;
      }
      flag[row] = flag_[row];
      if (promise_due_[row] != 0) {
        const std::int32_t days = date_.days() - promise_due_[row];
        const auto shown = promise_days_.shown(days, promise_paid_[row] != 0);
        if (promise_paid_[row] == 0 && promise_days_.breaks_on(days)) {
          broken_promises_[row] =
              static_cast<std::int8_t>(std::min(broken_promises_[row] + 1, 100));
        }
        promise[row] = shown;
        promise_days[row] =
            shown == PromiseDays::none ? std::int16_t{0} : static_cast<std::int16_t>(days);
        if (shown == PromiseDays::none) promise_due_[row] = 0;
      }
      broken[row] = broken_promises_[row];
      int sum = 0;
      const std::uint8_t* ring = &contacts_[static_cast<std::size_t>(customer[row]) * ring_days];
      for (std::size_t day = 0; day < ring_days; ++day) sum += ring[day];
      contacts[row] = static_cast<std::int8_t>(std::min(sum, 127));
    }
  });
}

// Tonight's payments among those the book keeps, by account.
void Side::add_payments() {
  const column::Sheet& old = sheets_.payments;
  const auto row = old.get<std::int32_t>("account_row");
  const auto paid_on = old.get<std::int32_t>("paid_on");
  const auto amount = old.get<std::int64_t>("amount_fen");
  const auto applied = old.get<std::int8_t>("applied");
  const auto paying = static_cast<std::size_t>(
      std::count_if(paid_.begin(), paid_.end(), [](std::int64_t fen) { return fen > 0; }));
  column::Sheet next(old.rows() + paying);
  const auto to_row = next.add<std::int32_t>("account_row");
  const auto to_paid_on = next.add<std::int32_t>("paid_on");
  const auto to_amount = next.add<std::int64_t>("amount_fen");
  const auto to_applied = next.add<std::int8_t>("applied");
  std::size_t at = 0, from = 0;
  for (std::size_t account = 0; account < paid_.size(); ++account) {
    for (; from < old.rows() && row[from] == static_cast<std::int32_t>(account); ++from, ++at) {
      to_row[at] = row[from];
      to_paid_on[at] = paid_on[from];
      to_amount[at] = amount[from];
      to_applied[at] = applied[from];
    }
    if (paid_[account] <= 0) continue;
    to_row[at] = static_cast<std::int32_t>(account);
    to_paid_on[at] = date_.days();
    to_amount[at] = paid_[account];
    ++at;
  }
  next.add_texts("payment_no", std::vector<std::string_view>(next.rows()));
  sheets_.payments = std::move(next);
}

kernel::Status Side::carry_to(std::int32_t night) {
  if (night == 0) return kernel::Ok{};
  TRY_ASSIGN(const decision::Model* terms, models_.need("terms.dmn"));
  TRY_ASSIGN(const decision::Model* order, models_.need("payment_order.dmn"));
  const column::Codes bucket = sheets_.accounts.codes("bucket");
  before_ = column::Sheet(bucket.values.size());
  std::copy(bucket.values.begin(), bucket.values.end(),
            before_.add_codes("bucket", *bucket.words).begin());
  if (night == 1) {
    const auto previous = sheets_.accounts.add<std::int32_t>("previous_row");
    for (std::size_t row = 0; row < previous.size(); ++row)
      previous[row] = static_cast<std::int32_t>(row);
  }
  add_payments();
  night_ = night;
  date_ = world_.options.date.plus_days(night);
  TRY(book::decide_accrual(sheets_, date_, *terms, *order, world_.options.threads));
  put_cut();
  return kernel::Ok{};
}

kernel::Status Side::age() {
  TRY_ASSIGN(const decision::Model* bucket, models_.need("bucket.dmn"));
  if (night_ > 0) {
    book::decide_worst(sheets_.accounts, sheets_.customers, date_);
    return book::decide_ageing(sheets_.accounts, sheets_.customers, &before_, date_, *bucket,
                               world_.options.threads);
  }
  // The book's own yesterday, out of the column it left.
  const column::Codes was = sheets_.accounts.codes("bucket_before");
  before_ = column::Sheet(was.values.size());
  std::copy(was.values.begin(), was.values.end(), before_.add_codes("bucket", *was.words).begin());
  const auto previous = sheets_.accounts.add<std::int32_t>("previous_row");
  for (std::size_t row = 0; row < previous.size(); ++row)
    previous[row] = static_cast<std::int32_t>(row);
  book::decide_worst(sheets_.accounts, sheets_.customers, date_);
  return book::decide_ageing(sheets_.accounts, sheets_.customers, &before_, date_, *bucket,
                             world_.options.threads);
}

kernel::Status Side::score() {
  TRY_ASSIGN(const decision::Model* scorecard, models_.need("scorecard.dmn"));
  return score::decide_scores(sheets_.accounts, *scorecard, date_, world_.options.threads);
}

kernel::Status Side::treat() {
  TRY(strategy::decide_strategy(sheets_.accounts, models_, date_, world_.options.threads));
  TRY_ASSIGN(const decision::Model* allocation, models_.need("allocation.dmn"));
  TRY(book::decide_by_table(sheets_.accounts, *allocation,
                            {.decision = "allocation", .threads = world_.options.threads}));
  const column::Codes team = sheets_.accounts.codes("team");
  if (std::find(team.values.begin(), team.values.end(), std::int16_t{-1}) != team.values.end()) {
    return kernel::Error{kernel::Code::invalid_input, "the table gives no team for some account",
                         "allocation.dmn"};
  }
  return ask_behaviour();
}

kernel::Status Side::ask_behaviour() {
  const column::Sheet& accounts = sheets_.accounts;
  Dictionaries words = {*accounts.codes("bucket").words, *accounts.codes("grade").words,
                        *accounts.codes("work").words, *accounts.codes("channel").words};
  if (answers_ && words == words_) return kernel::Ok{};
  TRY_ASSIGN(Answers answers, Answers::ask(*world_.behaviour, words));
  answers_ = std::make_unique<Answers>(std::move(answers));
  words_ = std::move(words);
  bucket_factor_.clear();
  for (const std::string& bucket : words_.bucket)
    bucket_factor_.push_back(world_.factors.of(bucket));
  return kernel::Ok{};
}

}  // namespace simulation
