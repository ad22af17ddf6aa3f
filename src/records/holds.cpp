// Legal holds. Setting one and destroying take the same lock, so a hold is either in force before a
// batch of destruction begins, or that batch is complete and on record.

#include <algorithm>
#include <charconv>

#include "http/json.h"
#include "intake/types.h"
#include "records/lock.h"
#include "records/types.h"
#include "store/vault.h"

namespace records {

using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Result;
using kernel::Status;

namespace {

struct LegalHoldBody {
  LegalHoldId legal_hold_id{0};
  std::string scope;
  std::optional<kernel::Date> until;
};
BOOST_DESCRIBE_STRUCT(LegalHoldBody, (), (legal_hold_id, scope, until))

constexpr std::string_view lift_kind = "legal_hold_lift";  // a word of approval.dmn

struct LiftPayload {
  LegalHoldId legal_hold_id{0};
};
BOOST_DESCRIBE_STRUCT(LiftPayload, (), (legal_hold_id))

std::string lift_subject(LegalHoldId id) {
  return "legal_hold:" + std::to_string(id.value());
}

constexpr std::string_view kColumns =
    "SELECT legal_hold_id, scope, subject, customer_no, set_at, set_by, until, lifted_at,"
    " lifted_by, reason FROM legal_hold ";

LegalHold read_legal_hold(const store::Row& row) {
  return {.legal_hold_id = row.id<LegalHoldTag>(0),
          .scope = row.text(1),
          .subject = row.text(2),
          .customer_no = row.text(3),
          .set_at = row.instant(4),
          .set_by = row.text(5),
          .until = row.opt_date(6),
          .lifted_at = row.opt_instant(7),
          .lifted_by = row.opt_text(8).value_or(""),
          .sealed_reason = row.blob(9)};
}

std::string user(std::string_view name) {
  return name.find(':') == name.npos ? "user:" + std::string(name) : std::string(name);
}

std::string subject_of(const LegalHold& hold) {
  return hold.customer_no.empty() ? "legal_hold:" + std::to_string(hold.legal_hold_id.value())
                                  : "customer:" + hold.customer_no;
}

void append(store::Transaction& tx, const char* kind, const LegalHold& hold, std::string_view by,
            kernel::Instant now) {
  tx.append({kind, subject_of(hold), user(by), now,
             http::write_json(LegalHoldBody{hold.legal_hold_id, hold.scope, hold.until})});
}

std::optional<DocumentId> parse_document_id(const std::string& text) {
  std::int64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return DocumentId(id);
}

// Fills subject and customer_no of what the request names.
Result<LegalHold> find_subject(store::Transaction& tx, const LegalHoldRequest& request) {
  LegalHold hold{.scope = request.scope, .subject = request.subject};
  const auto missing = [](const char* what) { return Error{Code::not_found, what, "subject"}; };
  if (request.scope == "person" || request.scope == "case") {
    const auto person = intake::load_person(tx, request.subject);
    if (!person) return missing("there is no such case");
    hold.customer_no = request.subject;
    if (request.scope == "person") hold.subject = person->person_key;
    return hold;
  }
  if (request.scope == "document") {
    const auto id = parse_document_id(request.subject);
    const auto document = id ? find_document(tx, *id) : std::nullopt;
    if (!document) return missing("there is no such document");
    if (document->state != "kept")
      return Error{Code::conflict, "the document was destroyed when its time was over", "subject"};
    hold.customer_no = document->customer_no;
    return hold;
  }
  if (request.scope == "kind") {
    if (request.subject.empty() || request.subject.size() > 60) return missing("name the kind");
    return hold;
  }
  return Error{Code::invalid_input, "a legal hold is of a person, case, document or kind", "scope"};
}

}  // namespace

Result<LegalHold> set_legal_hold(store::Transaction& tx, const LegalHoldRequest& request,
                                 kernel::Instant now) {
  if (request.reason.empty()) return Error{Code::invalid_input, "say why", "reason"};
  if (request.until && *request.until < now.china_date())
    return Error{Code::invalid_input, "the last day of a hold is in the past", "until"};
  tx.lock(destruction_lock);
  TRY_ASSIGN(LegalHold hold, find_subject(tx, request));
  hold.legal_hold_id = LegalHoldId(tx.next_id());
  hold.set_at = now;
  hold.set_by = request.by;
  hold.until = request.until;
  hold.sealed_reason = tx.vault().seal("legal_hold.reason", request.reason);
  tx.execute(
      "INSERT INTO legal_hold (legal_hold_id, scope, subject, customer_no, reason, set_at, set_by,"
      " until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {hold.legal_hold_id, hold.scope, hold.subject, hold.customer_no,
       store::Blob{hold.sealed_reason}, hold.set_at, hold.set_by, hold.until});
  append(tx, "legal_hold_set", hold, request.by, now);
  return hold;
}

Result<approval::Approval> ask_lift(store::Transaction& tx, const approval::Setup& approvals,
                                    LegalHoldId id, const kernel::Note& reason, std::string_view by,
                                    kernel::Instant now) {
  const auto hold = find_legal_hold(tx, id);
  if (!hold) return Error{Code::not_found, "there is no such legal hold", "legal_hold_id"};
  if (hold->lifted_at) return Error{Code::conflict, "it is lifted already", "legal_hold_id"};
  return approval::ask(tx, approvals,
                       {.kind = std::string(lift_kind),
                        .subject = lift_subject(id),
                        .detail = hold->scope,
                        .customer_no = hold->customer_no,
                        .amount_fen = {},
                        .size = 0,
                        .reason = reason,
                        .payload = http::write_json(LiftPayload{id}),
                        .by = std::string(by)},
                       now);
}

std::optional<approval::Approval> lift_asked(store::Transaction& tx, LegalHoldId id,
                                             kernel::Instant now) {
  return approval::find_waiting(tx, lift_kind, lift_subject(id), now);
}

approval::Effect lift_effect() {
  return {std::string(lift_kind),
          [](store::Transaction& tx, const approval::Approval& approved, std::string_view by,
             kernel::Instant now) -> Status {
            TRY_ASSIGN(const auto payload, http::parse_json<LiftPayload>(approved.payload));
            const auto hold = find_legal_hold(tx, payload.legal_hold_id);
            const auto changed = tx.execute(
                "UPDATE legal_hold SET lifted_at = $1, lifted_by = $2 WHERE legal_hold_id = $3"
                " AND lifted_at IS NULL",
                {now, by, payload.legal_hold_id});
            if (!hold || changed != 1)
              return Error{Code::conflict, "the hold is lifted already", "legal_hold_id"};
            append(tx, "legal_hold_lifted", *hold, by, now);
            return Ok{};
          }};
}

std::optional<LegalHold> find_legal_hold(store::Transaction& tx, LegalHoldId id) {
  return tx.query_one<LegalHold>(std::string(kColumns) + "WHERE legal_hold_id = $1", {id},
                                 read_legal_hold);
}

std::vector<LegalHold> legal_holds(store::Transaction& tx) {
  std::vector<LegalHold> all;
  tx.query(std::string(kColumns) + "ORDER BY set_at DESC, legal_hold_id DESC", {},
           [&](const store::Row& row) { all.push_back(read_legal_hold(row)); });
  return all;
}

bool in_force(const LegalHold& hold, kernel::Date today) {
  return !hold.lifted_at && (!hold.until || *hold.until >= today);
}

std::vector<LegalHold> legal_holds_on(store::Transaction& tx, std::string_view customer_no,
                                      kernel::Date today) {
  const auto person = intake::load_person(tx, customer_no);
  std::vector<LegalHold> on;
  for (LegalHold& hold : legal_holds(tx)) {
    const bool touches = hold.customer_no == customer_no ||
                         (hold.scope == "person" && person && hold.subject == person->person_key);
    if (touches && in_force(hold, today)) on.push_back(std::move(hold));
  }
  return on;
}

}  // namespace records
