// Requests: taken in with a deadline, granted, refused, reviewed. What needs a second person goes
// through approval; what stops something takes effect at once.

#include <algorithm>

#include "http/json.h"
#include "intake/types.h"
#include "rights/consent.h"
#include "rights/facts.h"
#include "rights/rows.h"
#include "rights/rules.h"
#include "rights/whose.h"
#include "store/vault.h"

namespace rights {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Note;
using kernel::Result;

namespace {

constexpr std::string_view approval_kind = "rights_request";  // a word of approval.dmn
constexpr std::int32_t received_days_ago_max = 366;

struct GrantPayload {
  RequestId request_id{0};
};
BOOST_DESCRIBE_STRUCT(GrantPayload, (), (request_id))

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Error no_request() {
  return {Code::not_found, "there is no such request", "request_id"};
}

kernel::Status check(const NewRequest& wanted, kernel::Date today) {
  if (!has(kinds(), wanted.kind))
    return Error{Code::invalid_input,
                 "a request is access, correct, erase, restrict, object or withdraw_consent",
                 "kind"};
  if (!has(received_by(), wanted.received_by))
    return Error{Code::invalid_input,
                 "it came by counter, phone, letter, email, online or regulator", "received_by"};
  if (!has(identities(), wanted.identity))
    return Error{Code::invalid_input,
                 "identity is checked by original_id, callback, bank_verified or"
                 " power_of_attorney; without that nothing is taken in",
                 "identity"};
  if (wanted.text.empty()) return Error{Code::invalid_input, "write down what was asked", "text"};
  const kernel::Date on = wanted.received_on.value_or(today);
  if (on > today || on < today.plus_days(-received_days_ago_max))
    return Error{Code::invalid_input, "it came today or within the last year", "received_on"};
  return kernel::Ok{};
}

// The request, if it waits for an answer. One whose approval was refused or ran out waits again.
Result<Request> find_answerable(store::Transaction& tx, const Answer& answer, Instant now) {
  if (answer.text.empty())
    return Error{Code::invalid_input, "say what the person is told, and why", "text"};
  auto found = find_request(tx, answer.request_id);
  if (!found || found->customer_no.empty()) return no_request();
  if (found->state == "waiting" &&
      !approval::find_waiting(tx, approval_kind,
                              "rights_request:" + std::to_string(found->request_id.value()), now))
    found->state = "open";
  if (found->state != "open")
    return Error{Code::conflict, "it is answered already, or waits for a second person",
                 "request_id"};
  return std::move(*found);
}

void end(Request& request, const char* state, const char* outcome, std::string_view by,
         Instant now) {
  request.state = state;
  request.outcome = outcome;
  request.ended_at = now;
  request.ended_by = by;
}

Result<gate::HoldId> set_hold(store::Transaction& tx, const Deps& deps, const Request& request,
                              const char* kind, const Note& reason, std::string_view by,
                              Instant now) {
  TRY_ASSIGN(const gate::Hold hold, gate::set_hold(tx, deps.gate.directory(),
                                                   {.customer_no = request.customer_no,
                                                    .kind = kind,
                                                    .reason = reason,
                                                    .until = {},
                                                    .set_by = std::string(by)},
                                                   now));
  return hold.hold_id;
}

Result<Request> ask_second_person(store::Transaction& tx, const Deps& deps, Request request,
                                  const Answer& answer, Instant now) {
  TRY_ASSIGN(
      const approval::Approval asked,
      approval::ask(tx, deps.approvals,
                    {.kind = std::string(approval_kind),
                     .subject = "rights_request:" + std::to_string(request.request_id.value()),
                     .detail = request.kind,
                     .customer_no = request.customer_no,
                     .amount_fen = {},
                     .size = 0,
                     .reason = answer.text,
                     .payload = http::write_json(GrantPayload{request.request_id}),
                     .by = answer.by},
                    now));
  request.state = "waiting";
  request.approval_id = asked.approval_id;
  update_request(tx, request);
  add_step(tx, request.request_id, "asked", answer.by, "", answer.text, now);
  return request;
}

// What takes effect at once; none: nothing does.
Result<std::optional<gate::HoldId>> stop_at_once(store::Transaction& tx, const Deps& deps,
                                                 const Request& request, const Answer& answer,
                                                 Instant now) {
  if (request.kind == "withdraw_consent") {
    // By the ledger, which knows what rests on this consent; there already: the hold stands.
    const auto entry =
        record_consent(tx, deps,
                       {.customer_no = request.customer_no,
                        .purpose = "electronic_contact",
                        .state = "withdrawn",
                        .how = request.received_by == "regulator" ? "letter" : request.received_by,
                        .dated_on = request.received_on,
                        .document_id = {},
                        .by = answer.by},
                       now);
    if (!entry && entry.error().code != Code::conflict) return entry.error();
    return std::optional<gate::HoldId>();
  }
  const char* kind = request.kind == "restrict" ? "cease"
                     : request.kind == "object" ? "no_automation"
                                                : nullptr;
  if (kind == nullptr) return std::optional<gate::HoldId>();
  TRY_ASSIGN(const gate::HoldId hold_id,
             set_hold(tx, deps, request, kind, answer.text, answer.by, now));
  add_step(tx, request.request_id, "held", answer.by, kind, Note::take(""), now);
  return std::optional(hold_id);
}

}  // namespace

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> all = {"access",   "correct", "erase",
                                               "restrict", "object",  "withdraw_consent"};
  return all;
}
const std::vector<std::string>& received_by() {
  static const std::vector<std::string> all = {"counter", "phone",  "letter",
                                               "email",   "online", "regulator"};
  return all;
}
const std::vector<std::string>& identities() {
  static const std::vector<std::string> all = {"original_id", "callback", "bank_verified",
                                               "power_of_attorney"};
  return all;
}

Result<Request> take_request(store::Transaction& tx, const Deps& deps, const NewRequest& wanted,
                             Instant now) {
  const kernel::Date today = now.china_date();
  TRY(check(wanted, today));
  const auto person = intake::load_person(tx, wanted.customer_no);
  if (!person) return Error{Code::not_found, "there is no such case", "case_id"};
  tx.lock("rights.person." + person->person_key);
  if (auto open = find_open(tx, person->person_key, wanted.kind)) return std::move(*open);
  Request request;
  request.request_id = RequestId(tx.next_id());
  request.person_key = person->person_key;
  request.customer_no = wanted.customer_no;
  request.kind = wanted.kind;
  request.received_by = wanted.received_by;
  request.identity = wanted.identity;
  request.received_on = wanted.received_on.value_or(today);
  TRY_ASSIGN(const Deadline deadline, decide_deadline(tx, deps.gate, deps.decisions, wanted.kind,
                                                      request.received_on, today));
  request.due_on = deadline.due_on;
  request.rule_id = deadline.rule_id;
  request.table_version = deadline.version;
  request.citation = deadline.citation;
  request.copy_days = deadline.copy_days;
  request.sealed_text = tx.vault().seal("rights.text", wanted.text);
  request.taken_at = now;
  request.taken_by = wanted.by;
  request.state = "open";
  insert_request(tx, request);
  add_step(tx, request.request_id, "taken", wanted.by, "", Note::take(""), now);
  tell_taken(tx, request, now);
  return request;
}

Result<Request> grant(store::Transaction& tx, const Deps& deps, const Answer& answer, Instant now) {
  TRY_ASSIGN(Request request, find_answerable(tx, answer, now));
  if (request.kind == "erase") {
    const store::Whose whose = load_whose(tx, request.person_key);
    TRY_ASSIGN(const auto duties, records::duties_to_keep(tx, deps.shelf, deps.decisions,
                                                          whose.customer_nos, now.china_date()));
    if (!duties.empty())
      return Error{Code::conflict,
                   "a duty to keep stands: refuse with its reasons, and restrict instead",
                   "request_id"};
  }
  if (request.kind == "erase" || request.kind == "access")
    return ask_second_person(tx, deps, std::move(request), answer, now);
  TRY_ASSIGN(request.hold_id, stop_at_once(tx, deps, request, answer, now));
  if (request.kind == "object")
    request.state = "review";
  else
    end(request, "done", "granted", answer.by, now);
  update_request(tx, request);
  add_step(tx, request.request_id, "granted", answer.by, "", answer.text, now);
  tell_decided(tx, request, answer.by, now);
  return request;
}

Result<Request> refuse(store::Transaction& tx, const Deps& deps, const Answer& answer,
                       bool restrict_instead, Instant now) {
  TRY_ASSIGN(Request request, find_answerable(tx, answer, now));
  if (restrict_instead) {
    TRY_ASSIGN(request.hold_id, set_hold(tx, deps, request, "cease", answer.text, answer.by, now));
    add_step(tx, request.request_id, "held", answer.by, "cease", Note::take(""), now);
  }
  end(request, "done", restrict_instead ? "restricted" : "refused", answer.by, now);
  update_request(tx, request);
  add_step(tx, request.request_id, "refused", answer.by, "", answer.text, now);
  tell_decided(tx, request, answer.by, now);
  return request;
}

Result<Request> end_review(store::Transaction& tx, const Deps& deps, const Answer& answer,
                           bool changed, bool lift, Instant now) {
  if (answer.text.empty())
    return Error{Code::invalid_input, "say what the review found, and why", "text"};
  auto request = find_request(tx, answer.request_id);
  if (!request || request->customer_no.empty()) return no_request();
  if (request->state != "review")
    return Error{Code::conflict, "it is not under review", "request_id"};
  // Who decided to take the objection in hand is not who judges it again.
  for (const Step& step : load_steps(tx, request->request_id))
    if (step.step == "granted" && step.made_by == answer.by)
      return Error{Code::forbidden, "another person than who accepted the objection reviews it",
                   "request_id"};
  if (lift && request->hold_id)
    TRY(gate::lift_hold(tx, deps.gate.directory(), request->customer_no, *request->hold_id,
                        answer.text, answer.by, now));
  end(*request, "done", changed ? "changed" : "upheld", answer.by, now);
  update_request(tx, *request);
  add_step(tx, request->request_id, "reviewed", answer.by, lift ? "lifted" : "", answer.text, now);
  tell_decided(tx, *request, answer.by, now);
  return std::move(*request);
}

approval::Effect effect() {
  return {
      std::string(approval_kind),
      [](store::Transaction& tx, const approval::Approval& approved, std::string_view by,
         Instant now) -> kernel::Status {
        TRY_ASSIGN(const auto payload, http::parse_json<GrantPayload>(approved.payload));
        auto request = find_request(tx, payload.request_id);
        if (!request || request->state != "waiting")
          return Error{Code::conflict, "the request does not wait for this any more", "request_id"};
        request->state = "granted";
        if (request->kind == "access")
          request->copy_until =
              now.china_date().plus_days(static_cast<std::int32_t>(request->copy_days));
        update_request(tx, *request);
        add_step(tx, request->request_id, "granted", by, "", Note::take(""), now);
        tell_decided(tx, *request, by, now);
        return kernel::Ok{};
      }};
}

}  // namespace rights
