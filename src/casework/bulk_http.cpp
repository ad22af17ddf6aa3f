// The bulk form of the gate, for those who dial by themselves: agencies and machines, each with a
// key. An agency reaches the cases placed with its team; anything else looks as if it were not.

#include <algorithm>
#include <boost/describe/class.hpp>

#include "allocation/types.h"
#include "casework/said.h"
#include "casework/types.h"
#include "http/json.h"
#include "outreach/types.h"

namespace casework {

using http::Request;
using http::Role;
using kernel::Code;
using kernel::Error;
using kernel::Result;

// ---- what goes in and out ----------------------------------------------------------------------

struct ContactAsked {
  std::string case_id;
  std::optional<std::string> contact_point_id, number;  // one of the two
  std::string channel, purpose;
  std::optional<std::string> script;
  bool says_debt = true;
  std::optional<int> visitors;
  std::string idempotency_key;
};
BOOST_DESCRIBE_STRUCT(ContactAsked, (),
                      (case_id, contact_point_id, number, channel, purpose, script, says_debt,
                       visitors, idempotency_key))

struct BulkAsk {
  std::vector<ContactAsked> items;
};
BOOST_DESCRIBE_STRUCT(BulkAsk, (), (items))

// Why one of many could not be done; the others were.
struct Trouble {
  std::string code, message, where;
};
BOOST_DESCRIBE_STRUCT(Trouble, (), (code, message, where))

struct ContactAnswered {
  bool granted = false, repeated = false;
  std::string permit_id;
  std::optional<kernel::Instant> expires_at;
  std::optional<gate::Answer> answer;  // none where there is an error
  std::optional<Trouble> error;
};
BOOST_DESCRIBE_STRUCT(ContactAnswered, (),
                      (granted, repeated, permit_id, expires_at, answer, error))

struct BulkAnswer {
  std::vector<ContactAnswered> items;  // in the order asked
};
BOOST_DESCRIBE_STRUCT(BulkAnswer, (), (items))

struct PermitNamed {
  gate::PermitId permit_id{0};
};
BOOST_DESCRIBE_STRUCT(PermitNamed, (), (permit_id))

struct BulkUse {
  std::vector<PermitNamed> items;
};
BOOST_DESCRIBE_STRUCT(BulkUse, (), (items))

struct OutcomeTold {
  gate::PermitId permit_id{0};
  std::string outcome;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(OutcomeTold, (), (permit_id, outcome, note))

struct BulkOutcomes {
  std::vector<OutcomeTold> items;
};
BOOST_DESCRIBE_STRUCT(BulkOutcomes, (), (items))

struct Done {
  gate::PermitId permit_id{0};
  bool done = false;
  std::optional<Trouble> error;
};
BOOST_DESCRIBE_STRUCT(Done, (), (permit_id, done, error))

struct BulkDone {
  std::vector<Done> items;  // in the order given
};
BOOST_DESCRIBE_STRUCT(BulkDone, (), (items))

namespace {

constexpr std::size_t kItemsMax = 1'000;

kernel::Status check_size(std::size_t items, const char* field) {
  if (items == 0 || items > kItemsMax)
    return Error{Code::invalid_input, "1 to 1,000 at a time", field};
  return kernel::Ok{};
}

Trouble trouble(const Error& error) {
  return {kernel::code_name(error.code), error.message, error.where};
}

Done done(gate::PermitId permit_id, const kernel::Status& status) {
  if (status) return {permit_id, true, {}};
  return {permit_id, false, trouble(status.error())};
}

// Nothing that the caller may not reach is told from what is not there.
bool may_ask(store::Transaction& tx, const http::Caller& caller, const std::string& case_id) {
  if (caller.role == Role::machine) return true;
  const auto allotment = allocation::load_allotment(tx, case_id);
  return caller.role == Role::agency && !caller.team.empty() && allotment &&
         allotment->team == caller.team;
}

gate::Request gate_request(const ContactAsked& in, const http::Caller& caller) {
  return {.customer_no = in.case_id,
          .contact_point_id = in.contact_point_id.value_or(""),
          .number = in.number.value_or(""),
          .channel = in.channel,
          .purpose = in.purpose,
          .script = in.script.value_or(""),
          .says_debt = in.says_debt,
          .visitors = in.visitors.value_or(0),
          .asker = caller.user_name,
          // Keys are the caller's own: nobody meets another's permit by guessing one.
          .idempotency_key = caller.user_name + "/" + in.idempotency_key,
          .vouched = {}};
}

kernel::Status check_asked(store::Transaction& tx, const ContactAsked& in,
                           const http::Caller& caller) {
  if (in.idempotency_key.empty() || in.idempotency_key.size() > 200)
    return Error{Code::invalid_input, "a contact is asked for with a key of its own",
                 "idempotency_key"};
  if (in.contact_point_id.has_value() == in.number.has_value())
    return Error{Code::invalid_input, "either contact_point_id or number", "contact_point_id"};
  // Another customer number of the same person may be another's case.
  if (!may_ask(tx, caller, in.case_id) ||
      (in.contact_point_id && !in.contact_point_id->starts_with(in.case_id + ":")))
    return Error{Code::not_found, "no such case or contact point is placed with you", "case_id"};
  return kernel::Ok{};
}

ContactAnswered render(Result<gate::Reply>& reply) {
  ContactAnswered out;
  if (!reply) {
    out.error = trouble(reply.error());
    return out;
  }
  out.granted = reply->permit.has_value();
  out.repeated = reply->repeated;
  out.answer = std::move(reply->answer);
  if (reply->permit) {
    out.permit_id = std::to_string(reply->permit->bound().permit_id.value());
    out.expires_at = reply->permit->bound().expires_at;
  }
  return out;
}

Result<BulkAnswer> ask_bulk(const Deps& deps, const BulkAsk& in, const Request& request) {
  TRY(check_size(in.items.size(), "items"));
  return deps.store.transact([&](store::Transaction& tx) -> Result<BulkAnswer> {
    BulkAnswer out;
    out.items.resize(in.items.size());
    std::vector<gate::Request> asked;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < in.items.size(); ++i) {
      if (const auto good = check_asked(tx, in.items[i], *request.caller); !good) {
        out.items[i].error = trouble(good.error());
        continue;
      }
      asked.push_back(gate_request(in.items[i], *request.caller));
      places.push_back(i);
    }
    auto replies = deps.gate.ask_many(tx, asked, request.now);
    for (std::size_t i = 0; i < replies.size(); ++i) out.items[places[i]] = render(replies[i]);
    return out;
  });
}

// Spends those of the permits that are the caller's and still reserved; a Status in each place.
std::vector<kernel::Status> use(store::Transaction& tx, const Deps& deps,
                                const std::vector<gate::PermitId>& permit_ids,
                                const Request& request) {
  std::vector<kernel::Status> said(permit_ids.size(), kernel::Status(kernel::Ok{}));
  std::vector<gate::Permit> permits;
  std::vector<std::size_t> places;
  auto claimed = deps.gate.claim_many(tx, permit_ids, request.caller->user_name);
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    if (!claimed[i]) {
      said[i] = claimed[i].error();
      continue;
    }
    permits.push_back(std::move(*claimed[i]));
    places.push_back(i);
  }
  const auto attempts = outreach::record_own_dials(tx, deps.gate, std::move(permits), request.now);
  for (std::size_t i = 0; i < attempts.size(); ++i)
    if (!attempts[i]) said[places[i]] = attempts[i].error();
  return said;
}

Result<BulkDone> use_bulk(const Deps& deps, const BulkUse& in, const Request& request) {
  TRY(check_size(in.items.size(), "items"));
  std::vector<gate::PermitId> permit_ids;
  for (const PermitNamed& item : in.items) permit_ids.push_back(item.permit_id);
  return deps.store.transact([&](store::Transaction& tx) -> Result<BulkDone> {
    const auto said = use(tx, deps, permit_ids, request);
    BulkDone out;
    for (std::size_t i = 0; i < said.size(); ++i) out.items.push_back(done(permit_ids[i], said[i]));
    return out;
  });
}

// Whoever tells what came of a permit never said to be used has used it: it is spent first.
Result<BulkDone> tell_bulk(const Deps& deps, const BulkOutcomes& in, const Request& request) {
  TRY(check_size(in.items.size(), "items"));
  return deps.store.transact([&](store::Transaction& tx) -> Result<BulkDone> {
    std::vector<gate::PermitId> unused;
    std::vector<outreach::OutcomeRequest> told;
    std::vector<std::size_t> places;
    BulkDone out;
    for (const OutcomeTold& item : in.items) out.items.push_back({.permit_id = item.permit_id});
    for (std::size_t i = 0; i < in.items.size(); ++i) {
      const OutcomeTold& item = in.items[i];
      const auto permit = gate::find_permit(tx, item.permit_id);
      if (!permit || permit->asker != request.caller->user_name) {
        out.items[i].error = trouble({Code::not_found, "there is no such permit", "permit_id"});
        continue;
      }
      if (permit->state == "reserved" && item.outcome == "not_made") {
        out.items[i] =
            done(item.permit_id, deps.gate.record_outcome(tx, item.permit_id, item.outcome,
                                                          request.caller->user_name, request.now));
        continue;
      }
      TRY_ASSIGN(const auto verdict,
                 check_note(tx, deps, permit->customer_no, item.note.value_or(""),
                            request.caller->user_name, request.now));
      if (!verdict.allowed) {
        out.items[i].error =
            trouble({Code::invalid_input,
                     "the note may not be written: " + wording::codes_of(verdict), "note"});
        continue;
      }
      if (permit->state == "reserved") unused.push_back(item.permit_id);
      told.push_back({.permit_id = item.permit_id,
                      .outcome = item.outcome,
                      .note = kernel::Note::take(item.note.value_or("")),
                      .by = request.caller->user_name});
      places.push_back(i);
    }
    if (!unused.empty()) use(tx, deps, unused, request);
    const auto said = outreach::record_outcomes(tx, deps.gate, told, request.now);
    for (std::size_t i = 0; i < said.size(); ++i)
      out.items[places[i]] = done(told[i].permit_id, said[i] ? kernel::Status(kernel::Ok{})
                                                             : kernel::Status(said[i].error()));
    return out;
  });
}

template <class In, class Out>
http::Route make(const Deps& deps, const char* path, const char* summary,
                 Result<Out> (*handler)(const Deps&, const In&, const Request&)) {
  return http::route<In, Out>(
      "POST", path, "casework", summary, http::only({Role::agency, Role::machine}),
      [deps, handler](const In& in, const Request& request) { return handler(deps, in, request); });
}

}  // namespace

std::vector<http::Route> bulk_routes(const Deps& deps) {
  return {
      make(deps, "/api/v1/permits",
           "Up to 1,000 contacts asked for at once, each answered for itself", ask_bulk),
      make(deps, "/api/v1/permits/use", "Permits spent now, before anything is dialled or sent",
           use_bulk),
      make(deps, "/api/v1/permits/outcomes", "What came of contacts; each told once", tell_bulk)};
}

}  // namespace casework
