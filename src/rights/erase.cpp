// Erasure: every room's rows, the log's way back, the request's own words, in one transaction.

#include "evidence/types.h"
#include "rights/facts.h"
#include "rights/rows.h"
#include "rights/whose.h"
#include "store/vault.h"

namespace rights {

using kernel::Code;
using kernel::Instant;
using kernel::Note;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

// What stands against it now, in codes; a duty that came up after the approval stops it.
Result<std::string> duties_now(Transaction& tx, const Deps& deps, const store::Whose& whose,
                               kernel::Date today) {
  TRY_ASSIGN(const auto duties,
             records::duties_to_keep(tx, deps.shelf, deps.decisions, whose.customer_nos, today));
  return duties.empty() ? std::string() : duties.front().why;
}

Status stop(Transaction& tx, Request request, const std::string& why, Instant now) {
  request.state = "open";
  update_request(tx, request);
  add_step(tx, request.request_id, "stopped", "rights", why, Note::take(""), now);
  return kernel::Ok{};
}

// True: erased. False: it does not wait any more, or was stopped.
Result<bool> erase_one(Transaction& tx, const Deps& deps, RequestId id, Instant now) {
  auto request = find_request(tx, id);
  if (!request || request->state != "granted" || request->kind != "erase") return false;
  tx.lock("rights.person." + request->person_key);
  const store::Whose whose = load_whose(tx, request->person_key);
  TRY_ASSIGN(const std::string why, duties_now(tx, deps, whose, now.china_date()));
  if (!why.empty()) {
    TRY(stop(tx, std::move(*request), why, now));
    return false;
  }
  const auto subjects = subjects_of(tx, whose);
  for (const store::HeldPart& part : deps.parts)
    if (part.erase) TRY(part.erase(tx, whose, now));
  request->state = "done";
  request->outcome = "granted";
  request->ended_at = now;
  request->ended_by = "rights";
  update_request(tx, *request);
  forget_requests(tx, whose.person_key, now);
  TRY_ASSIGN(const auto forgotten, evidence::forget(tx, subjects, "rights", now));
  add_step(tx, id, "erased", "rights",
           "facts " + std::to_string(forgotten.facts) + " keys " + std::to_string(forgotten.keys),
           Note::take(""), now);
  tell_erased(tx, id, forgotten.facts, forgotten.keys, now);
  return true;
}

}  // namespace

Result<int> carry_out_erasures(const Deps& deps, Instant now) {
  TRY_ASSIGN(const auto waiting,
             deps.store.read([](Transaction& tx) { return load_erasures(tx); }));
  int erased = 0;
  for (const Request& one : waiting) {
    const auto done = deps.store.transact(
        [&](Transaction& tx) { return erase_one(tx, deps, one.request_id, now); });
    if (!done && done.error().code == Code::conflict) continue;  // its facts wait for their seal
    if (!done) return done.error();
    erased += *done ? 1 : 0;
  }
  if (erased == 0) return 0;
  for (const store::HeldPart& part : deps.parts)
    if (part.clean) TRY(part.clean(deps.store));
  TRY(deps.store.scrub());
  return erased;
}

}  // namespace rights
