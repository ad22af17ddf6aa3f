// The routes of a case. Every one of them goes through reach(): a collector's own cases or 404.

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/class.hpp>

#include "allocation/types.h"
#include "casework/case_file.h"
#include "casework/hold_lift.h"
#include "casework/notes.h"
#include "casework/offers.h"
#include "casework/said.h"
#include "http/json.h"
#include "intake/types.h"
#include "outreach/types.h"
#include "tables/types.h"

namespace casework {

using http::Request;
using kernel::Error;
using kernel::Result;
using kernel::Status;

// ---- what goes in and out ----------------------------------------------------------------------

struct CaseIn {
  std::string case_id;
};
BOOST_DESCRIBE_STRUCT(CaseIn, (), (case_id))

struct PastIn {
  std::string case_id;
  kernel::Date date;
};
BOOST_DESCRIBE_STRUCT(PastIn, (), (case_id, date))

struct PastCase {
  std::string case_id;
  kernel::Date date;        // asked for
  kernel::Date night_date;  // the last night up to it, whose book this is
  std::string edition;
  std::vector<CaseAccount> accounts;
};
BOOST_DESCRIBE_STRUCT(PastCase, (), (case_id, date, night_date, edition, accounts))

struct GateIn {
  std::string case_id, contact_point_id, channel, purpose;
  bool says_debt = true;
  std::optional<int> visitors;
};
BOOST_DESCRIBE_STRUCT(GateIn, (),
                      (case_id, contact_point_id, channel, purpose, says_debt, visitors))

struct PermitIn {
  std::string case_id, contact_point_id, channel, purpose;
  bool says_debt = true;
  std::string idempotency_key;
  std::optional<int> visitors;
  std::optional<std::string> script_text;  // what will be said or sent; must pass for this hearer
};
BOOST_DESCRIBE_STRUCT(PermitIn, (),
                      (case_id, contact_point_id, channel, purpose, says_debt, idempotency_key,
                       visitors, script_text))

struct PermitOut {
  bool granted = false;
  std::string permit_id;
  std::optional<kernel::Instant> expires_at;
  std::string dial;  // in clear, only when granted; the fact secret_disclosed says so
  gate::Answer answer;
  wording::Verdict wording;  // of script_text; one that is refused asks the gate nothing
};
BOOST_DESCRIBE_STRUCT(PermitOut, (), (granted, permit_id, expires_at, dial, answer, wording))

struct OutcomeIn {
  gate::PermitId permit_id{0};
  std::string outcome;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(OutcomeIn, (), (permit_id, outcome, note))

struct OutcomeOut {
  bool saved = false;  // not where the note may not be written; the outcome can be told again
  outreach::AttemptId attempt_id{0};
  wording::Verdict wording;
};
BOOST_DESCRIBE_STRUCT(OutcomeOut, (), (saved, attempt_id, wording))

struct PromiseIn {
  std::string case_id, account_no;
  kernel::Money amount_fen;
  kernel::Date due_date;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(PromiseIn, (), (case_id, account_no, amount_fen, due_date, note))

struct NoteIn {
  std::string case_id, text;
};
BOOST_DESCRIBE_STRUCT(NoteIn, (), (case_id, text))

struct NoteOut {
  bool saved = false;
  wording::Verdict wording;
};
BOOST_DESCRIBE_STRUCT(NoteOut, (), (saved, wording))

struct HoldIn {
  std::string case_id, kind, reason;
  std::optional<kernel::Date> until;
};
BOOST_DESCRIBE_STRUCT(HoldIn, (), (case_id, kind, reason, until))

struct LiftIn {
  std::string case_id;
  gate::HoldId hold_id{0};
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(LiftIn, (), (case_id, hold_id, reason))

struct NameValue {
  std::string name, value;
};
BOOST_DESCRIBE_STRUCT(NameValue, (), (name, value))

struct DecisionRow {
  std::string account_no_masked;
  kernel::Date date;
  std::string file, decision, title, version;
  int row = 0;
  std::string rule_id;
  std::vector<NameValue> inputs, outputs;
  std::string annotation;
  std::optional<bool> agrees;  // with what the book keeps
};
BOOST_DESCRIBE_STRUCT(DecisionRow, (),
                      (account_no_masked, date, file, decision, title, version, row, rule_id,
                       inputs, outputs, annotation, agrees))

struct DecisionsOut {
  std::vector<DecisionRow> items;
};
BOOST_DESCRIBE_STRUCT(DecisionsOut, (), (items))

// ---- who may -----------------------------------------------------------------------------------

namespace {

Error no_case() {
  return {kernel::Code::not_found, "there is no such case", "case_id"};
}

Status reach(store::Transaction& tx, const Deps& deps, const Request& request,
             const std::string& case_id) {
  if (!may_reach(tx, deps.scope(), *request.caller, case_id, request.now) ||
      !intake::load_person(tx, case_id))
    return no_case();
  return kernel::Ok{};
}

Result<std::string> said(const std::string& text, const char* field) {
  if (text.find_first_not_of(" \t\r\n") == text.npos)
    return Error{kernel::Code::invalid_input, "say why, or what", field};
  if (text.size() > 8'000) return Error{kernel::Code::invalid_input, "at most 8,000 bytes", field};
  return text;
}

// Looked at once the caller may reach the case: others learn nothing of it.
Status note_may_stay(const Deps& deps, const std::string& case_id, const std::string& text,
                     const char* field, const Request& request) {
  if (text.empty()) return kernel::Ok{};
  TRY(deps.store.read(
      [&](store::Transaction& tx) -> Status { return reach(tx, deps, request, case_id); }));
  return refuse_bad_note(deps, case_id, text, field, request.caller->user_name, request.now);
}

// The point must be of this very case: another customer number of the person is another's case.
Result<gate::Request> gate_request(const std::string& case_id, const std::string& contact_point_id,
                                   const Request& request) {
  if (!contact_point_id.starts_with(case_id + ":"))
    return Error{kernel::Code::not_found, "the case has no such contact point", "contact_point_id"};
  return gate::Request{.customer_no = case_id,
                       .contact_point_id = contact_point_id,
                       .asker = request.caller->user_name};
}

// ---- handlers ----------------------------------------------------------------------------------

Result<gate::Answer> ask_dry(const Deps& deps, const GateIn& in, const Request& request) {
  TRY_ASSIGN(gate::Request wanted, gate_request(in.case_id, in.contact_point_id, request));
  wanted.channel = in.channel;
  wanted.purpose = in.purpose;
  wanted.says_debt = in.says_debt;
  wanted.visitors = in.visitors.value_or(0);
  return deps.store.read([&](store::Transaction& tx) -> Result<gate::Answer> {
    TRY(reach(tx, deps, request, in.case_id));
    return deps.gate.question(tx, wanted, request.now);
  });
}

// What is looked at before the gate is asked: whose case it is, and what will be said.
Result<wording::Verdict> may_ask(const Deps& deps, const PermitIn& in, const gate::Request& wanted,
                                 const Request& request) {
  const auto check = [&](store::Transaction& tx) -> Result<wording::Verdict> {
    TRY(reach(tx, deps, request, in.case_id));
    if (!in.script_text) return wording::Verdict{};
    return check_script(tx, deps, wanted, *in.script_text, request.now);
  };
  return in.script_text ? deps.store.transact(check) : deps.store.read(check);
}

// The permit is reserved together with what others ask now, and durable; then it is spent and the
// number disclosed in one transaction, so that whoever sees a number has used an attempt. A crash
// between the two leaves a reserved permit, which the same key finds and spends.
Result<PermitOut> ask_permit(const Deps& deps, const PermitIn& in, const Request& request) {
  TRY_ASSIGN(gate::Request wanted, gate_request(in.case_id, in.contact_point_id, request));
  if (in.idempotency_key.empty())
    return Error{kernel::Code::invalid_input, "a permit is asked for with a key of its own",
                 "idempotency_key"};
  wanted.channel = in.channel;
  wanted.purpose = in.purpose;
  wanted.says_debt = in.says_debt;
  wanted.visitors = in.visitors.value_or(0);
  // Keys are the caller's own: nobody can meet another user's permit by guessing one.
  wanted.idempotency_key = request.caller->user_name + "/" + in.idempotency_key;
  PermitOut out;
  TRY_ASSIGN(out.wording, may_ask(deps, in, wanted, request));
  if (!out.wording.allowed) {
    TRY_ASSIGN(out.answer, deps.store.read([&](store::Transaction& tx) {
      return deps.gate.question(tx, wanted, request.now);
    }));
    return out;
  }
  TRY_ASSIGN(gate::Reply reply, deps.ask(std::move(wanted), request.now));
  out.granted = reply.answer.allowed;
  out.answer = std::move(reply.answer);
  if (!reply.permit) return out;
  const gate::PermitId permit_id = reply.permit->bound().permit_id;
  TRY_ASSIGN(outreach::ManualContact contact,
             deps.store.transact([&](store::Transaction& tx) -> Result<outreach::ManualContact> {
               TRY(reach(tx, deps, request, in.case_id));
               return outreach::manual_call(tx, deps.gate, permit_id, request.caller->user_name,
                                            request.now);
             }));
  out.permit_id = std::to_string(permit_id.value());
  out.expires_at = contact.expires_at;
  out.dial = std::move(contact.dial);
  return out;
}

Result<OutcomeOut> tell_outcome(const Deps& deps, const OutcomeIn& in, const Request& request) {
  return deps.store.transact([&](store::Transaction& tx) -> Result<OutcomeOut> {
    const auto attempt = outreach::find_attempt(tx, in.permit_id);
    if (!attempt ||
        !may_reach(tx, deps.scope(), *request.caller, attempt->customer_no, request.now))
      return Error{kernel::Code::not_found, "there is no such permit", "permit_id"};
    OutcomeOut out;
    TRY_ASSIGN(out.wording, check_note(tx, deps, attempt->customer_no, in.note.value_or(""),
                                       request.caller->user_name, request.now));
    if (!out.wording.allowed) return out;
    TRY_ASSIGN(out.attempt_id,
               outreach::record_outcome(tx, deps.gate,
                                        {.permit_id = in.permit_id,
                                         .outcome = in.outcome,
                                         .note = kernel::Note::take(in.note.value_or("")),
                                         .by = request.caller->user_name},
                                        request.now));
    out.saved = true;
    return out;
  });
}

Result<CasePromise> add_promise(const Deps& deps, const PromiseIn& in, const Request& request) {
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  TRY(note_may_stay(deps, in.case_id, in.note.value_or(""), "note", request));
  return deps.store.transact([&](store::Transaction& tx) -> Result<CasePromise> {
    TRY(reach(tx, deps, request, in.case_id));
    const auto account = book->find_account(in.account_no);
    if (!account || book->customer_no(book->customer_of(*account)) != in.case_id)
      return Error{kernel::Code::invalid_input, "the case has no such account", "account_no"};
    TRY_ASSIGN(const Promise promise,
               make_promise(tx,
                            {.customer_no = in.case_id,
                             .account_no = in.account_no,
                             .amount_fen = in.amount_fen,
                             .due_date = in.due_date,
                             .note = kernel::Note::take(in.note.value_or("")),
                             .by = request.caller->user_name},
                            request.now));
    return CasePromise{.promise_id = promise.promise_id,
                       .account_no = promise.account_no,
                       .account_no_masked = kernel::mask_account_no(promise.account_no),
                       .amount_fen = promise.amount_fen,
                       .paid_fen = {},
                       .due_date = promise.due_date,
                       .state = "open",
                       .made_at = promise.made_at,
                       .made_by = promise.made_by};
  });
}

Result<NoteOut> add_note(const Deps& deps, const NoteIn& in, const Request& request) {
  TRY_ASSIGN(const std::string text, said(in.text, "text"));
  return deps.store.transact([&](store::Transaction& tx) -> Result<NoteOut> {
    TRY(reach(tx, deps, request, in.case_id));
    NoteOut out;
    TRY_ASSIGN(out.wording,
               check_note(tx, deps, in.case_id, text, request.caller->user_name, request.now));
    if (!out.wording.allowed) return out;
    save_note(tx, in.case_id, kernel::Note::take(text), request.caller->user_name, request.now);
    out.saved = true;
    return out;
  });
}

Result<CaseHold> add_hold(const Deps& deps, const HoldIn& in, const Request& request) {
  TRY_ASSIGN(const std::string reason, said(in.reason, "reason"));
  TRY(note_may_stay(deps, in.case_id, reason, "reason", request));
  return deps.store.transact([&](store::Transaction& tx) -> Result<CaseHold> {
    TRY(reach(tx, deps, request, in.case_id));
    TRY_ASSIGN(const gate::Hold hold, gate::set_hold(tx, deps.gate.directory(),
                                                     {.customer_no = in.case_id,
                                                      .kind = in.kind,
                                                      .reason = kernel::Note::take(reason),
                                                      .until = in.until,
                                                      .set_by = request.caller->user_name},
                                                     request.now));
    return CaseHold{.hold_id = hold.hold_id,
                    .kind = hold.kind,
                    .reason = reason,
                    .since = hold.since,
                    .until = hold.until,
                    .set_by = hold.set_by};
  });
}

Result<http::Nothing> lift(const Deps& deps, const LiftIn& in, const Request& request) {
  TRY_ASSIGN(const std::string reason, said(in.reason, "reason"));
  TRY(note_may_stay(deps, in.case_id, reason, "reason", request));
  return deps.store.transact([&](store::Transaction& tx) -> Result<http::Nothing> {
    TRY(reach(tx, deps, request, in.case_id));
    TRY(gate::lift_hold(tx, deps.gate.directory(), in.case_id, in.hold_id,
                        kernel::Note::take(reason), request.caller->user_name, request.now));
    return http::Nothing{};
  });
}

Result<http::Nothing> ask_lift(const Deps& deps, const LiftIn& in, const Request& request) {
  TRY_ASSIGN(const std::string reason, said(in.reason, "reason"));
  TRY(note_may_stay(deps, in.case_id, reason, "reason", request));
  return deps.store.transact([&](store::Transaction& tx) -> Result<http::Nothing> {
    TRY(reach(tx, deps, request, in.case_id));
    TRY(ask_hold_lift(tx, deps, in.case_id, in.hold_id, reason, request.caller->user_name,
                      request.now));
    return http::Nothing{};
  });
}

std::vector<NameValue> render_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<NameValue> out;
  for (const auto& [name, value] : pairs) out.push_back({name, value});
  return out;
}

Result<DecisionsOut> explain_case(const Deps& deps, const CaseIn& in, const Request& request) {
  TRY(deps.store.read(
      [&](store::Transaction& tx) -> Status { return reach(tx, deps, request, in.case_id); }));
  TRY_ASSIGN(const auto book, deps.shelf.latest_book());
  const auto customer = book->find_customer(in.case_id);
  if (!customer) return no_case();
  TRY_ASSIGN(const auto models,
             deps.models_of ? deps.models_of(book->date())
                            : tables::models_in_force(deps.store, deps.decisions, book->date()));
  DecisionsOut out;
  for (const std::int32_t account : book->accounts_of(*customer)) {
    const auto row = static_cast<std::size_t>(account);
    for (const strategy::Explained& e : strategy::explain(models, book->accounts(), row))
      out.items.push_back({.account_no_masked = kernel::mask_account_no(book->account_no(row)),
                           .date = book->date(),
                           .file = e.file,
                           .decision = e.decision,
                           .title = e.title,
                           .version = e.version,
                           .row = e.row,
                           .rule_id = e.rule_id,
                           .inputs = render_pairs(e.inputs),
                           .outputs = render_pairs(e.outputs),
                           .annotation = e.annotation,
                           .agrees = e.agrees});
  }
  return out;
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* method, const char* path, const char* summary,
                 http::Access access,
                 Result<Out> (*handler)(const Deps&, const In&, const Request&)) {
  return http::route<In, Out>(
      method, path, "casework", summary, std::move(access),
      [deps, handler](const In& in, const Request& request) { return handler(deps, in, request); });
}

Result<CaseOffers> offers_of_case(const Deps& deps, const CaseIn& in, const Request& request) {
  return load_offers(deps, in.case_id, *request.caller, request.now);
}

Result<CaseFile> case_file(const Deps& deps, const CaseIn& in, const Request& request) {
  return load_case_file(deps, in.case_id, *request.caller, request.now);
}

// Who may see the case today may see what it was: by the edition that counts for the day.
Result<PastCase> past_case(const Deps& deps, const PastIn& in, const Request& request) {
  TRY(deps.store.read(
      [&](store::Transaction& tx) -> Status { return reach(tx, deps, request, in.case_id); }));
  const std::vector<kernel::Date> nights = deps.shelf.dates();
  const auto after = std::upper_bound(nights.begin(), nights.end(), in.date);
  if (after == nights.begin())
    return Error{kernel::Code::not_found, "no night had been run by then", in.date.format()};
  TRY_ASSIGN(const auto book, deps.shelf.at(*(after - 1)));
  TRY_ASSIGN(const auto words, tables::shipped_words(deps.decisions));
  PastCase out{in.case_id, in.date, book->date(), book->edition(), {}};
  if (const auto row = book->find_customer(in.case_id))
    out.accounts = render_accounts(*book, book->accounts_of(*row), *words);
  return out;
}

}  // namespace

std::vector<http::Route> routes(const Deps& deps) {
  using http::Role;
  const http::Access readers = http::case_readers();
  const http::Access offerers =
      http::only({Role::collector, Role::lead, Role::analyst, Role::admin});
  const http::Access workers{.roles = {Role::collector, Role::lead, Role::admin}};
  const http::Access leads{.roles = {Role::lead, Role::admin}};
  return {
      make(deps, "GET", "/api/v1/cases/{case_id}", "One case: all there is to know, masked",
           readers, case_file),
      make(deps, "GET", "/api/v1/cases/{case_id}/as-of",
           "The case's accounts on any past day, by that day's book", readers, past_case),
      make(deps, "GET", "/api/v1/cases/{case_id}/decisions",
           "Which row of which table decided each account", readers, explain_case),
      make(deps, "GET", "/api/v1/cases/{case_id}/offers",
           "What may be offered for each account, how much at most, and who may grant it", offerers,
           offers_of_case),
      make(deps, "POST", "/api/v1/cases/{case_id}/gate",
           "May I? Nothing is written and nothing counted", readers, ask_dry),
      make(deps, "POST", "/api/v1/cases/{case_id}/permits",
           "Asks for a permit, spends it and shows the number; or says why not", workers,
           ask_permit),
      make(deps, "POST", "/api/v1/permits/{permit_id}/outcome", "What came of a contact; told once",
           workers, tell_outcome),
      make(deps, "POST", "/api/v1/cases/{case_id}/promises", "A promise to pay", workers,
           add_promise),
      make(deps, "POST", "/api/v1/cases/{case_id}/notes", "A note, kept sealed", workers, add_note),
      make(deps, "POST", "/api/v1/cases/{case_id}/holds",
           "A reason not to contact the person; unused permits are revoked", workers, add_hold),
      make(deps, "DELETE", "/api/v1/cases/{case_id}/holds/{hold_id}", "Lifts a hold", leads, lift),
      make(deps, "POST", "/api/v1/cases/{case_id}/holds/{hold_id}/lift",
           "Asks a lead to approve lifting a hold", http::only({Role::collector}), ask_lift),
  };
}

}  // namespace casework
