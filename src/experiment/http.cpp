// The routes of experiments: ask, approve, refuse, stop; the list, and one with its verdict.

#include <fmt/format.h>

#include <boost/describe/class.hpp>

#include "experiment/rows.h"
#include "experiment/verdict.h"
#include "http/json.h"
#include "tables/types.h"

namespace experiment {

using kernel::Code;
using kernel::Error;
using kernel::Result;

struct ExperimentOut {
  ExperimentId experiment_id{0};
  Request asked;
  std::string state;  // requested | starting | scheduled | running | ended | stopped | refused
  std::string requested_by;
  kernel::Instant requested_at;
  std::string reviewed_by, review_note;
  std::optional<kernel::Instant> reviewed_at;
  std::optional<kernel::Date> book_date;
  std::string stopped_by, stop_reason;
  std::optional<kernel::Date> stopped_on;
};
BOOST_DESCRIBE_STRUCT(ExperimentOut, (),
                      (experiment_id, asked, state, requested_by, requested_at, reviewed_by,
                       review_note, reviewed_at, book_date, stopped_by, stop_reason, stopped_on))

struct ExperimentLine {
  ExperimentOut experiment;
  std::int64_t persons = 0, challenger = 0;  // of the split
};
BOOST_DESCRIBE_STRUCT(ExperimentLine, (), (experiment, persons, challenger))

struct ExperimentList {
  std::vector<ExperimentLine> items;
  std::vector<std::string> files, strata, metrics, guards;  // what may be asked for
};
BOOST_DESCRIBE_STRUCT(ExperimentList, (), (items, files, strata, metrics, guards))

struct ExperimentIn {
  ExperimentId experiment_id{0};
};
BOOST_DESCRIBE_STRUCT(ExperimentIn, (), (experiment_id))

struct ReviewIn {
  ExperimentId experiment_id{0};
  std::string verdict;  // approve | refuse
  std::string note;
};
BOOST_DESCRIBE_STRUCT(ReviewIn, (), (experiment_id, verdict, note))

struct StopIn {
  ExperimentId experiment_id{0};
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(StopIn, (), (experiment_id, reason))

struct ExperimentFile {
  ExperimentOut experiment;
  std::optional<SplitReport> split;  // once it was approved
  std::optional<Verdict> verdict;    // once it has begun
};
BOOST_DESCRIBE_STRUCT(ExperimentFile, (), (experiment, split, verdict))

namespace {

std::string state_on(const Experiment& e, kernel::Date today) {
  if (e.state != "running") return e.state;
  if (today < e.asked.start_date) return "scheduled";
  return today > e.asked.end_date ? "ended" : "running";
}

ExperimentOut render(const Experiment& e, kernel::Date today) {
  return {.experiment_id = e.experiment_id,
          .asked = e.asked,
          .state = state_on(e, today),
          .requested_by = e.requested_by,
          .requested_at = e.requested_at,
          .reviewed_by = e.reviewed_by,
          .review_note = e.review_note,
          .reviewed_at = e.reviewed_at,
          .book_date = e.book_date,
          .stopped_by = e.stopped_by,
          .stop_reason = e.stop_reason,
          .stopped_on = e.stopped_on};
}

Result<SplitReport> split_of(const Experiment& e) {
  if (e.split_json.empty()) return SplitReport{};
  return http::parse_json<SplitReport>(e.split_json);
}

Result<std::vector<Experiment>> load_all(const Deps& deps) {
  return deps.store.read([](store::Transaction& tx) { return load_experiments(tx); });
}

Result<Verdict> load_verdict(const Deps& deps, const Experiment& e, const SplitReport& split,
                             kernel::Date today) {
  TRY_ASSIGN(const strategy::Models models,
             tables::models_in_force(deps.store, deps.decisions, today));
  TRY_ASSIGN(const decision::Model* const model, models.need("experiment.dmn"));
  TRY_ASSIGN(const Rules rules, Rules::read(*model));
  TRY_ASSIGN(const Outcomes outcomes,
             deps.store.read([&](store::Transaction& tx) -> Result<Outcomes> {
               return load_outcomes(tx, deps, e, today);
             }));
  return decide_verdict(e, split, outcomes, rules, today);
}

Result<ExperimentList> list(const Deps& deps, const http::Nothing&, const http::Request& request) {
  TRY_ASSIGN(const auto all, load_all(deps));
  ExperimentList out{{}, file_words(), strata_words(), metric_words(), guard_words()};
  for (const Experiment& e : all) {
    TRY_ASSIGN(const SplitReport split, split_of(e));
    out.items.push_back({render(e, request.now.china_date()), split.persons, split.challenger});
  }
  return out;
}

Result<ExperimentFile> show(const Deps& deps, const ExperimentIn& in,
                            const http::Request& request) {
  TRY_ASSIGN(const auto found, deps.store.read([&](store::Transaction& tx) {
    return find_experiment(tx, in.experiment_id);
  }));
  if (!found) return Error{Code::not_found, "there is no such experiment", "experiment_id"};
  const kernel::Date today = request.now.china_date();
  ExperimentFile file{render(*found, today), std::nullopt, std::nullopt};
  if (found->split_json.empty()) return file;
  TRY_ASSIGN(SplitReport split, split_of(*found));
  TRY_ASSIGN(Verdict verdict, load_verdict(deps, *found, split, today));
  file.split = std::move(split);
  file.verdict = std::move(verdict);
  return file;
}

Result<ExperimentOut> ask(const Deps& deps, const Request& in, const http::Request& request) {
  TRY_ASSIGN(const Experiment e,
             experiment::request(deps, in, request.caller->user_name, request.now));
  return render(e, request.now.china_date());
}

Result<ExperimentOut> review(const Deps& deps, const ReviewIn& in, const http::Request& request) {
  if (in.verdict != "approve" && in.verdict != "refuse")
    return Error{Code::invalid_input, "a verdict is approve or refuse", "verdict"};
  const auto decide = in.verdict == "approve" ? approve : refuse;
  TRY_ASSIGN(const Experiment e,
             decide(deps, in.experiment_id, in.note, request.caller->user_name, request.now));
  return render(e, request.now.china_date());
}

Result<ExperimentOut> end(const Deps& deps, const StopIn& in, const http::Request& request) {
  TRY_ASSIGN(const Experiment e,
             stop(deps, in.experiment_id, in.reason, request.caller->user_name, request.now));
  return render(e, request.now.china_date());
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* method, const char* path, const char* summary,
                 Result<Out> (*handler)(const Deps&, const In&, const http::Request&)) {
  using http::Role;
  return http::route<In, Out>(method, path, "experiment", summary,
                              {.roles = {Role::analyst, Role::admin}},
                              [deps, handler](const In& in, const http::Request& request) {
                                return handler(deps, in, request);
                              });
}

}  // namespace

std::vector<http::Route> routes(const Deps& deps) {
  return {
      make(deps, "GET", "/api/v1/experiments", "Experiments, newest first", list),
      make(deps, "POST", "/api/v1/experiments",
           "Asks for an experiment; it starts when somebody else approves it", ask),
      make(deps, "GET", "/api/v1/experiments/{experiment_id}",
           "One experiment: its split, checks, limits by day, and the verdict in words", show),
      make(deps, "POST", "/api/v1/experiments/{experiment_id}/review",
           "Approves (and splits the persons of the latest book) or refuses", review),
      make(deps, "POST", "/api/v1/experiments/{experiment_id}/stop",
           "Stops it: from the next night on the table in force decides everybody", end),
  };
}

Result<std::string> list_text(const Deps& deps, kernel::Date today) {
  TRY_ASSIGN(const auto all, load_all(deps));
  std::string out;
  for (const Experiment& e : all) {
    TRY_ASSIGN(const SplitReport split, split_of(e));
    out += fmt::format("{:<24} {:<10} {}@{} {}–{} {} 人，挑战者 {} 人  {}\n", e.asked.name,
                       state_on(e, today), e.asked.file, e.asked.challenger_version,
                       e.asked.start_date.format(), e.asked.end_date.format(), split.persons,
                       split.challenger, e.asked.title);
  }
  return out;
}

Result<std::string> verdict_text(const Deps& deps, std::string_view name, kernel::Date today) {
  TRY_ASSIGN(const auto all, load_all(deps));
  for (const Experiment& e : all) {
    if (e.asked.name != name) continue;
    if (e.split_json.empty())
      return Error{Code::conflict, "the experiment is " + e.state, std::string(name)};
    TRY_ASSIGN(const SplitReport split, split_of(e));
    TRY_ASSIGN(const Verdict v, load_verdict(deps, e, split, today));
    std::string out = fmt::format("{}\n{}\n", v.words_zh, v.words_en);
    for (const ArmLine& arm : v.arms) {
      out +=
          fmt::format("{:<11} {} 人（随访期满 {}），均值 {:.4f}，投诉 {}，后来被标记 {}\n", arm.arm,
                      arm.persons, arm.followed, arm.mean, arm.complaints, arm.held_later);
    }
    for (const CheckLine& check : v.checks) {
      out += fmt::format("{:<17} {:<5} {:.6g}  {}\n", check.check, check.state, check.value,
                         check.annotation);
    }
    for (const GuardLine& guard : v.guards) {
      out += fmt::format("{:<17} {:<9} {:.4g} / {:.4g}\n", guard.guard, guard.state, guard.value,
                         guard.limit);
    }
    return out;
  }
  return Error{Code::not_found, "there is no such experiment", std::string(name)};
}

}  // namespace experiment
