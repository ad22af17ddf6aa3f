#include "experiment/rows.h"

#include <boost/describe/class.hpp>

#include "http/json.h"
#include "kernel/words.h"

namespace experiment {

namespace {

constexpr std::string_view columns =
    "SELECT experiment_id, name, title, file, challenger_version, share_bps, seed, buckets, strata,"
    " start_date, end_date, horizon_days, metric, margin_bps, guards, note, state, requested_by,"
    " requested_at, reviewed_by, reviewed_at, review_note, book_date, book_edition, split,"
    " stopped_by, stopped_on, stop_reason FROM experiment ";

Experiment read(const store::Row& row) {
  Experiment e;
  e.experiment_id = row.id<ExperimentTag>(0);
  e.asked = {.name = row.text(1),
             .title = row.text(2),
             .file = row.text(3),
             .challenger_version = row.text(4),
             .share_bps = row.i64(5),
             .seed = row.text(6),
             .buckets = kernel::split_words(row.text(7)),
             .strata = kernel::split_words(row.text(8)),
             .start_date = row.date(9),
             .end_date = row.date(10),
             .horizon_days = static_cast<int>(row.i64(11)),
             .metric = row.text(12),
             .margin_bps = row.i64(13),
             .guards = kernel::split_words(row.text(14)),
             .note = row.text(15)};
  e.state = row.text(16);
  e.requested_by = row.text(17);
  e.requested_at = row.instant(18);
  e.reviewed_by = row.text(19);
  e.reviewed_at = row.opt_instant(20);
  e.review_note = row.text(21);
  e.book_date = row.opt_date(22);
  e.book_edition = row.text(23);
  e.split_json = row.text(24);
  e.stopped_by = row.text(25);
  e.stopped_on = row.opt_date(26);
  e.stop_reason = row.text(27);
  return e;
}

struct LifeBody {
  std::string name, file, challenger_version, state, reason;
  std::int64_t share_bps = 0;
};
BOOST_DESCRIBE_STRUCT(LifeBody, (), (name, file, challenger_version, state, reason, share_bps))

struct AssignedBody {
  std::string experiment, arm, stratum, how, assigned_on;
};
BOOST_DESCRIBE_STRUCT(AssignedBody, (), (experiment, arm, stratum, how, assigned_on))

}  // namespace

std::vector<Experiment> load_experiments(store::Transaction& tx) {
  std::vector<Experiment> all;
  tx.query(std::string(columns) + "ORDER BY requested_at DESC, experiment_id DESC", {},
           [&](const store::Row& row) { all.push_back(read(row)); });
  return all;
}

std::optional<Experiment> find_experiment(store::Transaction& tx, ExperimentId experiment_id) {
  return tx.query_one<Experiment>(std::string(columns) + "WHERE experiment_id = $1",
                                  {experiment_id}, read);
}

void insert_experiment(store::Transaction& tx, const Experiment& e) {
  tx.execute(
      "INSERT INTO experiment (experiment_id, name, title, file, challenger_version, share_bps,"
      " seed, buckets, strata, start_date, end_date, horizon_days, metric, margin_bps, guards,"
      " note, state, requested_by, requested_at, reviewed_by, review_note, book_edition, split,"
      " stopped_by, stop_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
      " $14, $15, $16, $17, $18, $19, '', '', '', '', '', '')",
      {e.experiment_id, e.asked.name, e.asked.title, e.asked.file, e.asked.challenger_version,
       e.asked.share_bps, e.asked.seed, kernel::join_words(e.asked.buckets),
       kernel::join_words(e.asked.strata), e.asked.start_date, e.asked.end_date,
       e.asked.horizon_days, e.asked.metric, e.asked.margin_bps, kernel::join_words(e.asked.guards),
       e.asked.note, e.state, e.requested_by, e.requested_at});
}

void update_experiment(store::Transaction& tx, const Experiment& e) {
  tx.execute(
      "UPDATE experiment SET state = $2, reviewed_by = $3, reviewed_at = $4, review_note = $5,"
      " book_date = $6, book_edition = $7, split = $8, stopped_by = $9, stopped_on = $10,"
      " stop_reason = $11 WHERE experiment_id = $1",
      {e.experiment_id, e.state, e.reviewed_by, e.reviewed_at, e.review_note, e.book_date,
       e.book_edition, e.split_json, e.stopped_by, e.stopped_on, e.stop_reason});
}

store::Fact life_fact(const Experiment& e, std::string kind, std::string_view by,
                      kernel::Instant at) {
  return {.kind = std::move(kind),
          .subject = "experiment:" + e.asked.name,
          .made_by = "user:" + std::string(by),
          .made_at = at,
          .body = http::write_json(LifeBody{e.asked.name, e.asked.file, e.asked.challenger_version,
                                            e.state, e.stop_reason, e.asked.share_bps})};
}

void for_each_person(store::Transaction& tx, ExperimentId experiment_id,
                     const std::function<void(PersonRow)>& take) {
  tx.query(
      "SELECT customer_no, person_no, arm, stratum, how, assigned_on, overdue_fen"
      " FROM experiment_person WHERE experiment_id = $1",
      {experiment_id}, [&](const store::Row& row) {
        take({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.date(5),
              row.i64(6)});
      });
}

std::int64_t count_persons(store::Transaction& tx, ExperimentId experiment_id) {
  return tx
      .query_i64("SELECT COUNT(*) FROM experiment_person WHERE experiment_id = $1", {experiment_id})
      .value_or(0);
}

void insert_split(store::Transaction& tx, const Experiment& e,
                  const std::vector<Assigned>& assigned, std::size_t begin, std::size_t end) {
  std::size_t next = begin;
  tx.insert_many("experiment_person",
                 {"experiment_id", "customer_no", "person_no", "arm", "stratum", "assigned_on",
                  "how", "overdue_fen"},
                 [&](store::Params& row) {
                   if (next == end) return false;
                   const Assigned& one = assigned[next++];
                   row = {e.experiment_id, one.customer_no,    one.person_no, one.arm,
                          one.stratum,     e.asked.start_date, "split",       one.overdue_fen};
                   return true;
                 });
  std::vector<store::Fact> facts;
  for (std::size_t i = begin; i < end; ++i) {
    facts.push_back(
        {.kind = "experiment_assigned",
         .subject = "customer:" + assigned[i].customer_no,
         .made_by = "user:" + e.reviewed_by,
         .made_at = *e.reviewed_at,
         .body = http::write_json(AssignedBody{e.asked.name, assigned[i].arm, assigned[i].stratum,
                                               "split", e.asked.start_date.format()})});
  }
  tx.append_many(facts);
}

void save_newcomers(store::Transaction& tx, const std::vector<Running>& running,
                    const column::Sheet& newcomers, kernel::Date date, kernel::Instant now) {
  const column::Codes name = newcomers.codes("experiment"), arm = newcomers.codes("arm"),
                      stratum = newcomers.codes("stratum");
  const column::Texts customer_no = newcomers.texts("customer_no"),
                      person_no = newcomers.texts("person_no");
  const auto overdue_fen = newcomers.get<std::int64_t>("overdue_fen");
  std::map<std::string_view, ExperimentId> ids;
  for (const Running& one : running) ids.emplace(one.name, one.experiment_id);
  std::vector<store::Fact> facts;
  for (std::size_t row = 0; row < newcomers.rows(); ++row) {
    const auto id = ids.find(name.at(row));
    if (id == ids.end()) continue;
    const std::int64_t made = tx.execute(
        "INSERT INTO experiment_person (experiment_id, customer_no, person_no, arm, stratum,"
        " assigned_on, how, overdue_fen) VALUES ($1, $2, $3, $4, $5, $6, 'entrant', $7)"
        " ON CONFLICT (experiment_id, customer_no) DO NOTHING",
        {id->second, customer_no.at(row), person_no.at(row), arm.at(row), stratum.at(row), date,
         overdue_fen[row]});
    if (made == 0) continue;
    facts.push_back({.kind = "experiment_assigned",
                     .subject = "customer:" + std::string(customer_no.at(row)),
                     .made_by = "night",
                     .made_at = now,
                     .body = http::write_json(
                         AssignedBody{std::string(name.at(row)), std::string(arm.at(row)),
                                      std::string(stratum.at(row)), "entrant", date.format()})});
  }
  tx.append_many(facts);
}

std::map<std::string, bool, std::less<>> persons_elsewhere(store::Transaction& tx,
                                                           std::string_view file, ExperimentId but,
                                                           kernel::Date from) {
  std::map<std::string, bool, std::less<>> persons;
  tx.query(
      "SELECT DISTINCT p.person_no FROM experiment_person p"
      " JOIN experiment e ON e.experiment_id = p.experiment_id"
      " WHERE e.file = $1 AND e.experiment_id <> $2 AND e.end_date >= $3"
      " AND (e.stopped_on IS NULL OR e.stopped_on >= $3)",
      {file, but, from}, [&](const store::Row& row) { persons[row.text(0)] = true; });
  return persons;
}

}  // namespace experiment
