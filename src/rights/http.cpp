// Requests over HTTP: compliance and admin. A request is reached by its case, so that the watch
// over who looked at whom knows whose it is.

#include "http/json.h"
#include "intake/types.h"
#include "rights/consent.h"
#include "rights/correct.h"
#include "rights/rows.h"
#include "rights/whose.h"
#include "store/vault.h"

namespace rights {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Instant;
using kernel::Note;
using kernel::Result;
using store::Transaction;

struct RightsRequest {
  RequestId request_id{0};
  std::string case_id, name_masked, kind, received_by, identity;
  Date received_on, due_on;
  std::int64_t days_left = 0;  // negative: late by so many
  std::string state, outcome, taken_by;
  Instant taken_at;
  std::optional<Date> copy_until;
  std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(RightsRequest, (),
                      (request_id, case_id, name_masked, kind, received_by, identity, received_on,
                       due_on, days_left, state, outcome, taken_by, taken_at, copy_until, ended_at))

struct RightsLists {
  std::int64_t late = 0;
  std::vector<RightsRequest> open, ended;
};
BOOST_DESCRIBE_STRUCT(RightsLists, (), (late, open, ended))

struct RightsStep {
  std::string step;
  Instant made_at;
  std::string made_by, detail, text;
};
BOOST_DESCRIBE_STRUCT(RightsStep, (), (step, made_at, made_by, detail, text))

// What of a person may be corrected here: masked, as everywhere.
struct OwnPoint {
  std::string contact_point_id, channel, value_masked;
};
BOOST_DESCRIBE_STRUCT(OwnPoint, (), (contact_point_id, channel, value_masked))

struct RightsDetail {
  RightsRequest request;
  std::string text, citation, table_version, rule_id;
  std::vector<std::string> case_ids;  // of the person
  std::vector<records::Duty> duties;  // why not to erase; of an erasure that waits
  std::vector<OwnPoint> own_points;   // of a correction that waits
  std::vector<RightsStep> steps;
};
BOOST_DESCRIBE_STRUCT(RightsDetail, (),
                      (request, text, citation, table_version, rule_id, case_ids, duties,
                       own_points, steps))

struct TakeIn {
  std::string case_id, kind, received_by, identity, text;
  std::optional<Date> received_on;
};
BOOST_DESCRIBE_STRUCT(TakeIn, (), (case_id, kind, received_by, identity, text, received_on))

struct RequestIn {
  std::string case_id;
  RequestId request_id{0};
};
BOOST_DESCRIBE_STRUCT(RequestIn, (), (case_id, request_id))

struct AnswerIn {
  std::string case_id;
  RequestId request_id{0};
  std::string text;
};
BOOST_DESCRIBE_STRUCT(AnswerIn, (), (case_id, request_id, text))

struct RefuseIn {
  std::string case_id;
  RequestId request_id{0};
  std::string text;
  bool restrict_instead = false;
};
BOOST_DESCRIBE_STRUCT(RefuseIn, (), (case_id, request_id, text, restrict_instead))

struct CorrectIn {
  std::string case_id;
  RequestId request_id{0};
  std::string field, value;
  std::optional<std::string> contact_point_id;
};
BOOST_DESCRIBE_STRUCT(CorrectIn, (), (case_id, request_id, field, value, contact_point_id))

struct ReviewIn {
  std::string case_id;
  RequestId request_id{0};
  std::string text;
  bool changed = false, lift = false;
};
BOOST_DESCRIBE_STRUCT(ReviewIn, (), (case_id, request_id, text, changed, lift))

namespace {

constexpr int list_max = 200;
constexpr std::size_t text_bytes_max = 8'000;

RightsRequest render(Transaction& tx, const Request& r, Date today) {
  const auto person = r.customer_no.empty() ? std::nullopt : intake::load_person(tx, r.customer_no);
  return {.request_id = r.request_id,
          .case_id = r.customer_no,
          .name_masked = person ? person->name.masked() : "",
          .kind = r.kind,
          .received_by = r.received_by,
          .identity = r.identity,
          .received_on = r.received_on,
          .due_on = r.due_on,
          .days_left = r.due_on - today,
          .state = r.state,
          .outcome = r.outcome,
          .taken_by = r.taken_by,
          .taken_at = r.taken_at,
          .copy_until = r.copy_until,
          .ended_at = r.ended_at};
}

// Another's request and none look the same.
Result<Request> find_of_case(Transaction& tx, const Deps& deps, const http::Request& request,
                             const std::string& case_id, RequestId id) {
  TRY(reach(tx, deps, request, case_id));
  auto found = find_request(tx, id);
  if (!found || found->customer_no.empty() || found->customer_no != case_id)
    return Error{Code::not_found, "there is no such case", "case_id"};
  return std::move(*found);
}

Result<std::string> open_text(Transaction& tx, const std::string& sealed,
                              const kernel::Disclosure& disclosure) {
  if (sealed.empty()) return std::string();
  TRY_ASSIGN(const Note note, tx.vault().open_sealed<kernel::NoteTag>("rights.text", sealed));
  return std::string(note.reveal(disclosure));
}

Result<RightsLists> list(const Deps& deps, const http::Nothing&, const http::Request& request) {
  const Date today = request.now.china_date();
  return deps.store.read([&](Transaction& tx) {
    RightsLists out;
    const auto shown = [&](const Request& one) {  // of somebody erased, to whoever sees the list
      return one.customer_no.empty() || reach(tx, deps, request, one.customer_no);
    };
    for (const Request& one : load_requests(tx, false, list_max)) {
      if (!shown(one)) continue;
      out.open.push_back(render(tx, one, today));
      out.late += out.open.back().days_left < 0 ? 1 : 0;
    }
    for (const Request& one : load_requests(tx, true, list_max))
      if (shown(one)) out.ended.push_back(render(tx, one, today));
    return out;
  });
}

// Reading what the person wrote leaves a fact.
Result<RightsDetail> detail(Transaction& tx, const Deps& deps, const Request& r,
                            const http::Request& request) {
  const Date today = request.now.china_date();
  RightsDetail out{.request = render(tx, r, today),
                   .text = {},
                   .citation = r.citation,
                   .table_version = r.table_version,
                   .rule_id = r.rule_id,
                   .case_ids = {},
                   .duties = {},
                   .own_points = {},
                   .steps = {}};
  const auto disclosure = std::unique_ptr<kernel::Disclosure>(
      new kernel::Disclosure(tx.disclose("customer:" + r.customer_no, "rights_request",
                                         "user:" + request.caller->user_name, request.now)));
  TRY_ASSIGN(out.text, open_text(tx, r.sealed_text, *disclosure));
  for (const Step& one : load_steps(tx, r.request_id)) {
    TRY_ASSIGN(std::string text, open_text(tx, one.sealed_text, *disclosure));
    out.steps.push_back({one.step, one.made_at, one.made_by, one.detail, std::move(text)});
  }
  out.case_ids = load_whose(tx, r.person_key).customer_nos;
  if (r.kind == "correct" && !r.ended_at)
    for (const std::string& case_id : out.case_ids)
      for (const auto& point : intake::load_contact_points(tx, case_id))
        if (point.role == "self")
          out.own_points.push_back({point.contact_point_id(), point.channel, point.value.masked()});
  if (r.kind == "erase" && !r.ended_at) {
    TRY_ASSIGN(out.duties,
               records::duties_to_keep(tx, deps.shelf, deps.decisions, out.case_ids, today));
  }
  return out;
}

Result<RightsDetail> view(const Deps& deps, const RequestIn& in, const http::Request& request) {
  return deps.store.transact([&](Transaction& tx) -> Result<RightsDetail> {
    TRY_ASSIGN(const Request r, find_of_case(tx, deps, request, in.case_id, in.request_id));
    return detail(tx, deps, r, request);
  });
}

Result<std::string> said(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == text.npos)
    return Error{Code::invalid_input, "say what was asked, or what the person is told", "text"};
  if (text.size() > text_bytes_max)
    return Error{Code::invalid_input, "at most 8,000 bytes", "text"};
  return text;
}

Result<RightsDetail> take(const Deps& deps, const TakeIn& in, const http::Request& request) {
  TRY_ASSIGN(const std::string text, said(in.text));
  return deps.store.transact([&](Transaction& tx) -> Result<RightsDetail> {
    TRY(reach(tx, deps, request, in.case_id));
    TRY_ASSIGN(const Request taken, take_request(tx, deps,
                                                 {.customer_no = in.case_id,
                                                  .kind = in.kind,
                                                  .received_by = in.received_by,
                                                  .identity = in.identity,
                                                  .received_on = in.received_on,
                                                  .text = Note::take(text),
                                                  .by = request.caller->user_name},
                                                 request.now));
    return detail(tx, deps, taken, request);
  });
}

// One answer in one transaction; what it is, the callback says.
template <class In, class Act>
Result<RightsDetail> answered(const Deps& deps, const In& in, const http::Request& request,
                              Act&& act) {
  TRY_ASSIGN(const std::string text, said(in.text));
  return deps.store.transact([&](Transaction& tx) -> Result<RightsDetail> {
    TRY(find_of_case(tx, deps, request, in.case_id, in.request_id));
    TRY_ASSIGN(const Request after, act(tx, Answer{.request_id = in.request_id,
                                                   .text = Note::take(text),
                                                   .by = request.caller->user_name}));
    return detail(tx, deps, after, request);
  });
}

Result<RightsDetail> grant_it(const Deps& deps, const AnswerIn& in, const http::Request& request) {
  return answered(deps, in, request, [&](Transaction& tx, const Answer& answer) {
    return grant(tx, deps, answer, request.now);
  });
}
Result<RightsDetail> refuse_it(const Deps& deps, const RefuseIn& in, const http::Request& request) {
  return answered(deps, in, request, [&](Transaction& tx, const Answer& answer) {
    return refuse(tx, deps, answer, in.restrict_instead, request.now);
  });
}
Result<RightsDetail> review_it(const Deps& deps, const ReviewIn& in, const http::Request& request) {
  return answered(deps, in, request, [&](Transaction& tx, const Answer& answer) {
    return end_review(tx, deps, answer, in.changed, in.lift, request.now);
  });
}

Result<RightsDetail> correct_it(const Deps& deps, const CorrectIn& in,
                                const http::Request& request) {
  return deps.store.transact([&](Transaction& tx) -> Result<RightsDetail> {
    TRY_ASSIGN(const Request r, find_of_case(tx, deps, request, in.case_id, in.request_id));
    TRY(correct(tx,
                {.request_id = in.request_id,
                 .field = in.field,
                 .contact_point_id = in.contact_point_id.value_or(""),
                 .value = in.value,
                 .by = request.caller->user_name},
                request.now));
    return detail(tx, deps, r, request);
  });
}

Result<http::Response> copy(const Deps& deps, const RequestIn& in, const http::Request& request) {
  TRY(deps.store.read(
      [&](Transaction& tx) { return find_of_case(tx, deps, request, in.case_id, in.request_id); }));
  TRY_ASSIGN(CopyFile made,
             Copy::make(deps, in.request_id, request.caller->user_name, request.now));
  http::Response response{.content_type = "application/zip", .body = std::move(made.zip)};
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + made.file_name + "\"");
  return response;
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* method, const char* path, const char* summary,
                 Result<Out> (*handler)(const Deps&, const In&, const http::Request&)) {
  return http::route<In, Out>(method, path, "rights", summary,
                              http::only({http::Role::compliance, http::Role::admin}),
                              [deps, handler](const In& in, const http::Request& request) {
                                return handler(deps, in, request);
                              });
}

}  // namespace

std::vector<http::Route> routes(const Deps& deps) {
  using http::Role;
  std::vector<http::Route> all = {
      make(deps, "GET", "/api/v1/rights-requests",
           "What persons ask about their own data: late first, then what was answered", list),
      make(deps, "POST", "/api/v1/rights-requests",
           "Takes a request in, with how identity was checked; by when it is due", take),
      make(deps, "GET", "/api/v1/cases/{case_id}/rights-requests/{request_id}",
           "One request, what was done, and why nothing may be erased", view),
      make(deps, "POST", "/api/v1/cases/{case_id}/rights-requests/{request_id}/grant",
           "Grants it; a copy and an erasure wait for a second person", grant_it),
      make(deps, "POST", "/api/v1/cases/{case_id}/rights-requests/{request_id}/refuse",
           "Refuses it with reasons; may restrict contact instead", refuse_it),
      make(deps, "POST", "/api/v1/cases/{case_id}/rights-requests/{request_id}/review",
           "Ends the review of an automated decision, by another person", review_it),
      make(deps, "POST", "/api/v1/cases/{case_id}/rights-requests/{request_id}/correct",
           "Puts a field right; what stood there stays sealed", correct_it),
      http::raw_route<RequestIn>(
          "POST", "/api/v1/cases/{case_id}/rights-requests/{request_id}/copy", "rights",
          "Everything held of the person as one ZIP; leaves who made it and its SHA-256",
          http::only({Role::compliance, Role::admin}), "application/zip",
          [deps](const RequestIn& in, const http::Request& request) {
            return copy(deps, in, request);
          }),
  };
  for (http::Route& route : consent_routes(deps)) all.push_back(std::move(route));
  return all;
}

}  // namespace rights
