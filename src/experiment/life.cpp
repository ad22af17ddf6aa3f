// Requested by one, started by another, stopped by anyone of them: each step a fact.

#include <fmt/format.h>

#include <algorithm>

#include "experiment/rows.h"
#include "experiment/split.h"
#include "http/json.h"
#include "intake/types.h"
#include "kernel/words.h"

namespace experiment {

namespace {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

Error invalid(std::string what, const char* field) {
  return {Code::invalid_input, std::move(what), field};
}

constexpr std::size_t name_max = 40, text_max = 2'000;
constexpr int horizon_max = 90, days_max = 366;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= name_max &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == text.npos;
}

bool among(const std::vector<std::string>& words, const std::vector<std::string>& all) {
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(all.begin(), all.end(), word) != all.end();
  });
}

Status check_words(const Request& asked) {
  if (!among({asked.file}, file_words()))
    return invalid("an experiment is about " + kernel::join_words(file_words()), "file");
  if (!among({asked.metric}, metric_words()))
    return invalid("a metric is one of " + kernel::join_words(metric_words()), "metric");
  if (!among(asked.strata, strata_words()))
    return invalid("strata are of " + kernel::join_words(strata_words()), "strata");
  if (!among(asked.guards, guard_words()))
    return invalid("guards are of " + kernel::join_words(guard_words()), "guards");
  for (const std::string& bucket : asked.buckets)
    if (bucket.empty() || bucket.find_first_of(", ") != bucket.npos)
      return invalid("a bucket is one word", "buckets");
  return kernel::Ok{};
}

Status check(const Request& asked, kernel::Date today) {
  if (!is_name(asked.name)) return invalid("a name is 1 to 40 of a-z, 0-9, - and _", "name");
  if (asked.title.empty() || asked.title.size() > text_max)
    return invalid("say what it is called", "title");
  if (asked.note.size() > text_max || asked.seed.size() > text_max)
    return invalid("at most 2,000 bytes", "note");
  TRY(check_words(asked));
  if (asked.share_bps < 100 || asked.share_bps > 9'900)
    return invalid("the challenger has 1 % to 99 % of the persons", "share_bps");
  if (asked.seed.empty()) return invalid("a split has a seed", "seed");
  if (asked.start_date <= today)
    return invalid("an experiment starts tomorrow or later", "start_date");
  if (asked.end_date < asked.start_date || asked.end_date - asked.start_date > days_max)
    return invalid("it ends after it starts, within a year", "end_date");
  if (asked.horizon_days < 1 || asked.horizon_days > horizon_max)
    return invalid("a person is followed for 1 to 90 days", "horizon_days");
  if (asked.end_date - asked.start_date + 1 < asked.horizon_days)
    return invalid("it ends before anybody has been followed that long", "end_date");
  if (asked.margin_bps < 1 || asked.margin_bps > 5'000)
    return invalid("a margin is 0.01 % to 50 %", "margin_bps");
  return kernel::Ok{};
}

Status check_trial(store::Transaction& tx, const Deps& deps, const Request& asked) {
  TRY_ASSIGN(const bool trial, deps.ports.is_trial(tx, asked.file, asked.challenger_version));
  if (trial) return kernel::Ok{};
  return invalid("this version of the table has not been released as a challenger",
                 "challenger_version");
}

Result<Experiment> need(store::Transaction& tx, ExperimentId id) {
  auto found = find_experiment(tx, id);
  if (!found) return Error{Code::not_found, "there is no such experiment", "experiment_id"};
  return std::move(*found);
}

Error wrong_state(const Experiment& e) {
  return {Code::conflict, "the experiment is " + e.state, "experiment_id"};
}

// ---- starting ----------------------------------------------------------------------------------

Result<Experiment> begin_starting(const Deps& deps, ExperimentId id, std::string_view note,
                                  std::string_view by, kernel::Instant now) {
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  return deps.store.transact([&](store::Transaction& tx) -> Result<Experiment> {
    tx.lock("experiment");
    TRY_ASSIGN(Experiment e, need(tx, id));
    if (e.state != "requested" && e.state != "starting") return wrong_state(e);
    if (e.requested_by == by)
      return Error{Code::forbidden, "somebody else than who asked for it must approve it",
                   "experiment_id"};
    if (e.asked.start_date <= now.china_date())
      return invalid("its start date is over: refuse it, and ask anew", "start_date");
    TRY(check_trial(tx, deps, e.asked));
    if (e.state == "starting") return e;  // a killed approval goes on as it began
    e.state = "starting";
    e.reviewed_by = by;
    e.review_note = note;
    e.reviewed_at = now;
    e.book_date = book->date();
    e.book_edition = book->edition();
    update_experiment(tx, e);
    return e;
  });
}

// Persons of the book, holds and other experiments as they were when it was approved.
struct Known {
  PersonOf person_of;
  std::map<std::string, std::string> held;
  std::map<std::string, bool, std::less<>> elsewhere;
  std::vector<SharedNumber> shared;
};

Known load_known(store::Transaction& tx, const Deps& deps, const Experiment& e,
                 const book::BookView& book) {
  Known known;
  known.person_of = load_person_of(tx, book);
  if (deps.ports.held) known.held = deps.ports.held(tx, *e.reviewed_at);
  known.elsewhere = persons_elsewhere(tx, e.asked.file, e.experiment_id, e.asked.start_date);
  intake::for_each_shared_number(
      tx, [&](const std::vector<std::string>& customers) { known.shared.push_back(customers); });
  return known;
}

Result<Split> split_book(const Deps& deps, const Experiment& e) {
  const auto folder = book::book_folder(deps.shelf.data_dir(), *e.book_date) / e.book_edition;
  TRY_ASSIGN(const book::BookView book, book::BookView::open_edition(folder, *e.book_date));
  TRY_ASSIGN(Known known, deps.store.read([&](store::Transaction& tx) {
    return load_known(tx, deps, e, book);
  }));
  for (const std::string& name : e.asked.strata)
    if (!book.accounts().has(name)) return invalid("the book has no column " + name, "strata");
  Split split = decide_split({.accounts = book.accounts(),
                              .customers = book.customers(),
                              .asked = e.asked,
                              .person_of = std::move(known.person_of),
                              .held = std::move(known.held),
                              .elsewhere = std::move(known.elsewhere)});
  split.report.shared_numbers = count_shared(split.assigned, known.shared);
  return split;
}

constexpr std::size_t persons_a_time = 20'000;

// The split is the same however often it is made, and written in order: what is there is its
// beginning, and the rest follows.
Status record_split(const Deps& deps, const Experiment& e, const std::vector<Assigned>& assigned) {
  for (bool more = true; more;) {
    TRY(deps.store.transact([&](store::Transaction& tx) {
      tx.lock("experiment");
      const auto begin = static_cast<std::size_t>(count_persons(tx, e.experiment_id));
      const std::size_t end = std::min(assigned.size(), begin + persons_a_time);
      more = begin < end;
      if (more) insert_split(tx, e, assigned, begin, end);
      return true;
    }));
  }
  return kernel::Ok{};
}

}  // namespace

const std::vector<std::string>& file_words() {
  static const std::vector<std::string> words = {"treatment.dmn", "risk_grade.dmn", "priority.dmn"};
  return words;
}
const std::vector<std::string>& strata_words() {
  static const std::vector<std::string> words = {"bucket", "product", "balance_band"};
  return words;
}
const std::vector<std::string>& metric_words() {
  static const std::vector<std::string> words = {"recovered", "cured"};
  return words;
}
const std::vector<std::string>& guard_words() {
  static const std::vector<std::string> words = {"complaints", "contacts"};
  return words;
}

Result<Experiment> request(const Deps& deps, const Request& asked, std::string_view by,
                           kernel::Instant now) {
  TRY(check(asked, now.china_date()));
  return deps.store.transact([&](store::Transaction& tx) -> Result<Experiment> {
    tx.lock("experiment");
    for (const Experiment& other : load_experiments(tx))
      if (other.asked.name == asked.name)
        return Error{Code::conflict, "there is an experiment of that name", "name"};
    TRY(check_trial(tx, deps, asked));
    Experiment e;
    e.experiment_id = ExperimentId(tx.next_id());
    e.asked = asked;
    e.state = "requested";
    e.requested_by = by;
    e.requested_at = now;
    insert_experiment(tx, e);
    tx.append(life_fact(e, "experiment_requested", by, now));
    return e;
  });
}

Result<Experiment> approve(const Deps& deps, ExperimentId id, std::string_view note,
                           std::string_view by, kernel::Instant now) {
  TRY_ASSIGN(Experiment e, begin_starting(deps, id, note, by, now));
  TRY_ASSIGN(const Split split, split_book(deps, e));
  if (split.report.challenger == 0 || split.report.challenger == split.report.persons) {
    TRY_ASSIGN(e, deps.store.transact([&](store::Transaction& tx) {
      e.state = "requested";
      update_experiment(tx, e);
      return e;
    }));
    return Error{Code::conflict,
                 fmt::format("the latest book has {} persons for it: too few for two arms",
                             split.report.persons),
                 "buckets"};
  }
  TRY(record_split(deps, e, split.assigned));
  return deps.store.transact([&](store::Transaction& tx) -> Result<Experiment> {
    tx.lock("experiment");
    TRY_ASSIGN(Experiment now_is, need(tx, id));
    if (now_is.state != "starting") return wrong_state(now_is);
    now_is.state = "running";
    now_is.split_json = http::write_json(split.report);
    update_experiment(tx, now_is);
    tx.append(life_fact(now_is, "experiment_started", by, now));
    return now_is;
  });
}

Result<Experiment> refuse(const Deps& deps, ExperimentId id, std::string_view note,
                          std::string_view by, kernel::Instant now) {
  if (note.empty()) return invalid("say why", "note");
  return deps.store.transact([&](store::Transaction& tx) -> Result<Experiment> {
    tx.lock("experiment");
    TRY_ASSIGN(Experiment e, need(tx, id));
    if (e.state != "requested") return wrong_state(e);
    e.state = "refused";
    e.reviewed_by = by;
    e.reviewed_at = now;
    e.review_note = note;
    update_experiment(tx, e);
    tx.append(life_fact(e, "experiment_refused", by, now));
    return e;
  });
}

Result<Experiment> stop(const Deps& deps, ExperimentId id, std::string_view reason,
                        std::string_view by, kernel::Instant now) {
  if (reason.empty()) return invalid("say why", "reason");
  return deps.store.transact([&](store::Transaction& tx) -> Result<Experiment> {
    tx.lock("experiment");
    TRY_ASSIGN(Experiment e, need(tx, id));
    if (e.state != "running") return wrong_state(e);
    e.state = "stopped";
    e.stopped_by = by;
    e.stopped_on = now.china_date();  // tonight's book is made; the next one is without it
    e.stop_reason = reason;
    update_experiment(tx, e);
    tx.append(life_fact(e, "experiment_stopped", by, now));
    return e;
  });
}

}  // namespace experiment
