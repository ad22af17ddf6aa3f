// The inbox: what waits for me, what I asked, what became of it; answers; deputies. A request that
// is none of mine looks like one that is not there.

#include "approval/standing.h"
#include "http/json.h"
#include "store/vault.h"

namespace approval {

using http::Request;
using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::Transaction;

// ---- what goes over the wire -------------------------------------------------------------------

struct ApprovalView {
  ApprovalId approval_id{0};
  std::string kind, subject, detail;
  std::string case_id;  // whose case; empty: nobody's
  kernel::Money amount_fen;
  std::int64_t size = 0;
  std::string state;  // waiting | approved | refused | withdrawn | expired
  std::string asked_by, asked_by_name;
  Instant asked_at;
  std::int64_t level = 1, levels = 1;
  Instant due_at;
  std::optional<Instant> ended_at;
  bool may_answer = false;
  std::string answers_for;  // whom the caller would stand in for; empty: themselves, or may not
};
BOOST_DESCRIBE_STRUCT(ApprovalView, (),
                      (approval_id, kind, subject, detail, case_id, amount_fen, size, state,
                       asked_by, asked_by_name, asked_at, level, levels, due_at, ended_at,
                       may_answer, answers_for))

struct ApprovalStep {
  std::int64_t level = 1;
  std::string verdict;  // given | refused
  std::string made_by, made_by_name;
  std::string made_for;  // whom they stood in for; empty: nobody
  Instant made_at;
  std::string rule_id, note;
};
BOOST_DESCRIBE_STRUCT(ApprovalStep, (),
                      (level, verdict, made_by, made_by_name, made_for, made_at, rule_id, note))

struct ApprovalDetail {
  ApprovalView approval;
  std::string reason, payload, payload_sha256, table_version;
  std::string why_not;  // why the caller may not answer what waits; empty: may, or it ended
  std::vector<ApprovalStep> steps;
};
BOOST_DESCRIBE_STRUCT(ApprovalDetail, (),
                      (approval, reason, payload, payload_sha256, table_version, why_not, steps))

struct ApprovalLists {
  std::vector<ApprovalView> waiting, asked;  // for me to answer; mine, still waiting
  std::vector<ApprovalView> history;         // the latest 200
};
BOOST_DESCRIBE_STRUCT(ApprovalLists, (), (waiting, asked, history))

struct WhichApproval {
  ApprovalId approval_id{0};
};
BOOST_DESCRIBE_STRUCT(WhichApproval, (), (approval_id))

struct AnswerIn {
  ApprovalId approval_id{0};
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(AnswerIn, (), (approval_id, note))

struct DeputyIn {
  std::string deputy;
  kernel::Date from_date, until_date;
};
BOOST_DESCRIBE_STRUCT(DeputyIn, (), (deputy, from_date, until_date))

struct DeputyCandidate {
  std::string user_name, shown_name;
  std::int64_t days_max = 0;
};
BOOST_DESCRIBE_STRUCT(DeputyCandidate, (), (user_name, shown_name, days_max))

struct DeputyLists {
  std::vector<Deputy> mine, others;  // who stands in for me; for whom I do
  std::vector<DeputyCandidate> candidates;
};
BOOST_DESCRIBE_STRUCT(DeputyLists, (), (mine, others, candidates))

struct WhichDeputy {
  DeputyId deputy_id{0};
};
BOOST_DESCRIBE_STRUCT(WhichDeputy, (), (deputy_id))

namespace {

constexpr int history_max = 200;
constexpr std::size_t note_bytes_max = 8'000;

struct Deps {
  store::Store& store;
  const Setup& setup;
};

std::string name_of(const Standing& standing, const std::string& user_name) {
  const Person* person = standing.find(user_name);
  return person == nullptr ? user_name : person->shown_name;
}

ApprovalView view_of(const Approval& a, const Standing& standing, const Standing::Right& right,
                     std::string_view by, Instant now) {
  const bool late = a.state == "waiting" && a.due_at <= now;
  const bool may = a.state == "waiting" && !late && !right.why_not;
  return {.approval_id = a.approval_id,
          .kind = a.kind,
          .subject = a.subject,
          .detail = a.detail,
          .case_id = a.customer_no,
          .amount_fen = a.amount_fen,
          .size = a.size,
          .state = late ? "expired" : a.state,
          .asked_by = a.asked_by,
          .asked_by_name = name_of(standing, a.asked_by),
          .asked_at = a.asked_at,
          .level = a.level,
          .levels = a.levels,
          .due_at = a.due_at,
          .ended_at = a.ended_at,
          .may_answer = may,
          .answers_for = may && right.made_for != by ? right.made_for : ""};
}

// What nobody answered in time is put away when somebody looks; a look that finds none writes
// nothing.
kernel::Status put_away_late(store::Store& store, Instant now) {
  TRY_ASSIGN(const bool late, store.read([&](Transaction& tx) { return any_late(tx, now); }));
  if (!late) return kernel::Ok{};
  TRY(store.transact([&](Transaction& tx) { return sweep(tx, now); }));
  return kernel::Ok{};
}

Result<ApprovalLists> list(const Deps& deps, const http::Nothing&, const Request& request) {
  const std::string& by = request.caller->user_name;
  TRY(put_away_late(deps.store, request.now));
  return deps.store.read([&](Transaction& tx) -> Result<ApprovalLists> {
    TRY_ASSIGN(const Standing standing, Standing::load(tx, deps.setup, request.now.china_date()));
    ApprovalLists lists;
    for (const Approval& approval : load_waiting(tx)) {
      std::vector<Step> steps;  // at the first level nobody has answered
      if (approval.level > 1) steps = load_steps(tx, approval.approval_id);
      const auto right = standing.right_of(approval, steps, by);
      ApprovalView view = view_of(approval, standing, right, by, request.now);
      if (approval.asked_by == by)
        lists.asked.push_back(std::move(view));
      else if (view.may_answer)
        lists.waiting.push_back(std::move(view));
    }
    for (const Approval& approval : load_past(tx, by, history_max))
      lists.history.push_back(view_of(approval, standing, {}, by, request.now));
    return lists;
  });
}

Result<std::string> opened(Transaction& tx, const char* purpose, const std::string& sealed,
                           const kernel::Disclosure& disclosure) {
  if (sealed.empty()) return std::string();  // destroyed when its time was over
  TRY_ASSIGN(const kernel::Note note, tx.vault().open_sealed<kernel::NoteTag>(purpose, sealed));
  return std::string(note.reveal(disclosure));
}

// Reasons and notes may name people: reading them leaves a fact.
Result<ApprovalDetail> detail_of(Transaction& tx, const Deps& deps, ApprovalId id,
                                 const Request& request) {
  const std::string& by = request.caller->user_name;
  const Error none{Code::not_found, "there is no such request", "approval_id"};
  const auto approval = find_approval(tx, id);
  if (!approval) return none;
  TRY_ASSIGN(const Standing standing, Standing::load(tx, deps.setup, request.now.china_date()));
  const std::vector<Step> steps = load_steps(tx, id);
  if (!standing.sees(*approval, steps, by)) return none;
  const auto right = standing.right_of(*approval, steps, by);
  const auto disclosure =
      tx.disclose(approval->customer_no.empty() ? "approval:" + std::to_string(id.value())
                                                : "customer:" + approval->customer_no,
                  "approval", "user:" + by, request.now);
  ApprovalDetail out{.approval = view_of(*approval, standing, right, by, request.now),
                     .reason = {},
                     .payload = approval->payload,
                     .payload_sha256 = approval->payload_sha256,
                     .table_version = approval->table_version,
                     .why_not = {},
                     .steps = {}};
  if (out.approval.state == "waiting" && right.why_not) out.why_not = right.why_not->message;
  TRY_ASSIGN(out.reason, opened(tx, "approval.reason", approval->sealed_reason, disclosure));
  for (const Step& step : steps) {
    TRY_ASSIGN(std::string note, opened(tx, "approval.note", step.sealed_note, disclosure));
    out.steps.push_back({.level = step.level,
                         .verdict = step.verdict,
                         .made_by = step.made_by,
                         .made_by_name = name_of(standing, step.made_by),
                         .made_for = step.made_for == step.made_by ? "" : step.made_for,
                         .made_at = step.made_at,
                         .rule_id = step.rule_id,
                         .note = std::move(note)});
  }
  return out;
}

Result<ApprovalDetail> show(const Deps& deps, const WhichApproval& in, const Request& request) {
  return deps.store.transact(
      [&](Transaction& tx) { return detail_of(tx, deps, in.approval_id, request); });
}

using Act = Result<Approval> (*)(Transaction&, const Setup&, const Answer&, Instant);

Result<ApprovalDetail> answer(const Deps& deps, const AnswerIn& in, const Request& request,
                              Act act) {
  const std::string note = in.note.value_or("");
  if (note.size() > note_bytes_max)
    return Error{Code::invalid_input, "at most 8,000 bytes", "note"};
  return deps.store.transact([&](Transaction& tx) -> Result<ApprovalDetail> {
    const Answer given{.approval_id = in.approval_id,
                       .note = kernel::Note::take(note),
                       .by = request.caller->user_name};
    TRY(act(tx, deps.setup, given, request.now));
    return detail_of(tx, deps, in.approval_id, request);
  });
}

Result<ApprovalDetail> yes(const Deps& deps, const AnswerIn& in, const Request& request) {
  return answer(deps, in, request, approve);
}
Result<ApprovalDetail> no(const Deps& deps, const AnswerIn& in, const Request& request) {
  return answer(deps, in, request, refuse);
}

Result<ApprovalDetail> take_back(const Deps& deps, const WhichApproval& in,
                                 const Request& request) {
  return deps.store.transact([&](Transaction& tx) -> Result<ApprovalDetail> {
    TRY(withdraw(tx, in.approval_id, request.caller->user_name, request.now));
    return detail_of(tx, deps, in.approval_id, request);
  });
}

// ---- deputies ----------------------------------------------------------------------------------

Result<DeputyLists> list_deputies(const Deps& deps, const http::Nothing&, const Request& request) {
  const std::string& by = request.caller->user_name;
  return deps.store.read([&](Transaction& tx) -> Result<DeputyLists> {
    const kernel::Date today = request.now.china_date();
    TRY_ASSIGN(const Standing standing, Standing::load(tx, deps.setup, today));
    DeputyLists lists;
    for (Deputy& deputy : load_deputies(tx, today)) {
      if (deputy.user_name == by)
        lists.mine.push_back(std::move(deputy));
      else if (deputy.deputy == by)
        lists.others.push_back(std::move(deputy));
    }
    const Person* self = standing.find(by);
    for (const Person& person : standing.staff()) {
      if (self == nullptr || person.user_name == by) continue;
      const auto days = deputy_days(standing.table(), self->role, person.role);
      if (days > 0) lists.candidates.push_back({person.user_name, person.shown_name, days});
    }
    return lists;
  });
}

Result<Deputy> add_deputy(const Deps& deps, const DeputyIn& in, const Request& request) {
  return deps.store.transact([&](Transaction& tx) {
    return name_deputy(tx, deps.setup,
                       {.user_name = request.caller->user_name,
                        .deputy = in.deputy,
                        .from_date = in.from_date,
                        .until_date = in.until_date,
                        .named_at = {},
                        .ended_at = {}},
                       request.now);
  });
}

Result<http::Nothing> remove_deputy(const Deps& deps, const WhichDeputy& in,
                                    const Request& request) {
  return deps.store.transact([&](Transaction& tx) -> Result<http::Nothing> {
    TRY(end_deputy(tx, in.deputy_id, request.caller->user_name, request.now));
    return http::Nothing{};
  });
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* method, const char* path, const char* summary,
                 Result<Out> (*handler)(const Deps&, const In&, const Request&)) {
  return http::route<In, Out>(
      method, path, "approval", summary, http::staff(),
      [deps, handler](const In& in, const Request& request) { return handler(deps, in, request); });
}

}  // namespace

std::vector<http::Route> routes(store::Store& store, const Setup& setup) {
  const Deps deps{store, setup};
  return {
      make(deps, "GET", "/api/v1/approvals",
           "What waits for the caller's answer, what the caller asked, and what became of it",
           list),
      make(deps, "GET", "/api/v1/approvals/{approval_id}",
           "One request with its reason and answers; reading them leaves a fact", show),
      make(deps, "POST", "/api/v1/approvals/{approval_id}/approve",
           "Approves this level; after the last one what was asked for is done", yes),
      make(deps, "POST", "/api/v1/approvals/{approval_id}/refuse", "Says no, and why", no),
      make(deps, "POST", "/api/v1/approvals/{approval_id}/withdraw", "Who asked takes it back",
           take_back),
      make(deps, "GET", "/api/v1/deputies",
           "Who stands in for the caller, for whom the caller does, and who could", list_deputies),
      make(deps, "POST", "/api/v1/deputies", "Names a deputy for some days", add_deputy),
      make(deps, "DELETE", "/api/v1/deputies/{deputy_id}", "Ends that; either of the two may",
           remove_deputy),
  };
}

}  // namespace approval
