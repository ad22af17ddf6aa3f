// The ledger and the register: rows that are added and never changed, and what a withdrawal stops.

#include "rights/consent.h"

#include <algorithm>
#include <charconv>

#include "http/json.h"
#include "intake/types.h"
#include "kernel/hash.h"
#include "rights/whose.h"
#include "tables/types.h"

namespace rights {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Instant;
using kernel::Result;
using store::Transaction;

struct ConsentBody {
  ConsentId consent_id{0};
  std::string purpose, how, proof_sha256;
  Date dated_on;
};
BOOST_DESCRIBE_STRUCT(ConsentBody, (), (consent_id, purpose, how, proof_sha256, dated_on))

struct AssessedBody {
  AssessmentId assessment_id{0};
  std::string occasion, sha256;
  Date assessed_on, keep_until;
};
BOOST_DESCRIBE_STRUCT(AssessedBody, (), (assessment_id, occasion, sha256, assessed_on, keep_until))

namespace {

constexpr const char* file = "consent_effect.dmn";
constexpr int assessment_months = 36;  // PIPL 56: at least three years

// 0, which is nobody's, where it is no number.
std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size() ? number : 0;
}

// Ids are texts outside the row, so that one that is not there is an empty text.
store::Param id_param(const std::string& text) {
  return text.empty() ? store::Param(nullptr) : store::Param(number_of(text));
}
std::string id_text(const store::Row& row, int column) {
  return row.is_null(column) ? "" : std::to_string(row.i64(column));
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The hold a withdrawal sets; "none" where the gate has none.
Result<std::string> decide_hold(Transaction& tx, const Deps& deps, const std::string& purpose,
                                Date today) {
  TRY_ASSIGN(const strategy::Models models, tables::models_in_force(tx, deps.decisions, today));
  TRY_ASSIGN(const decision::Model* model, models.need(file));
  const auto answer = model->evaluate("consent_effect", {{"consent_purpose", purpose}});
  const decision::Value* hold = answer.value.kind() == decision::Kind::context
                                    ? answer.value.context().find("hold_kind")
                                    : nullptr;
  if (!hold || hold->kind() != decision::Kind::string || hold->string() == "unknown")
    return Error{Code::invalid_input, "consent_effect.dmn names no such purpose", "purpose"};
  return hold->string();
}

// The proof must be of this very person, and still there.
Result<std::string> proof_of(Transaction& tx, const store::Whose& whose, const std::string& id) {
  if (id.empty()) return std::string();
  const auto document = records::find_document(tx, records::DocumentId(number_of(id)));
  if (!document || document->state != "kept" || !has(whose.customer_nos, document->customer_no))
    return Error{Code::not_found, "the person has no such document", "document_id"};
  return document->sha256;
}

std::optional<Consent> latest(const std::vector<Consent>& all, const std::string& purpose) {
  std::optional<Consent> found;
  for (const Consent& one : all)
    if (one.purpose == purpose) found = one;
  return found;
}

kernel::Status check(const NewConsent& wanted, Date today) {
  static const std::vector<std::string> ways = {"contract", "counter", "phone",
                                                "letter",   "email",   "online"};
  if (wanted.state != "given" && wanted.state != "withdrawn")
    return Error{Code::invalid_input, "consent is given or withdrawn", "state"};
  if (!has(ways, wanted.how))
    return Error{Code::invalid_input, "by contract, counter, phone, letter, email or online",
                 "how"};
  if (wanted.dated_on && *wanted.dated_on > today)
    return Error{Code::invalid_input, "the day is in the future", "dated_on"};
  if (wanted.state == "given" && wanted.document_id.empty())
    return Error{Code::invalid_input, "consent needs its proof: add the document first",
                 "document_id"};
  return kernel::Ok{};
}

void insert(Transaction& tx, const store::Whose& whose, const std::string& customer_no,
            const Consent& one) {
  tx.execute(
      "INSERT INTO consent_entry (consent_id, person_key, customer_no, purpose, state, how,"
      " dated_on, document_id, proof_sha256, hold_id, recorded_at, recorded_by)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {one.consent_id, whose.person_key, customer_no, one.purpose, one.state, one.how, one.dated_on,
       id_param(one.document_id), one.proof_sha256, id_param(one.hold_id), one.recorded_at,
       one.recorded_by});
  tx.append({"consent_" + one.state, "customer:" + customer_no, "user:" + one.recorded_by,
             one.recorded_at,
             http::write_json(ConsentBody{one.consent_id, one.purpose, one.how, one.proof_sha256,
                                          one.dated_on})});
}

// Stops what rested on it, or lets it go on.
kernel::Status take_effect(Transaction& tx, const Deps& deps, const NewConsent& wanted,
                           const std::string& hold, const std::optional<Consent>& before,
                           Consent& entry, Instant now) {
  const auto reason = kernel::Note::take("同意台账：" + wanted.purpose + " " + wanted.state);
  if (wanted.state == "withdrawn" && hold != "none") {
    TRY_ASSIGN(const gate::Hold set, gate::set_hold(tx, deps.gate.directory(),
                                                    {.customer_no = wanted.customer_no,
                                                     .kind = hold,
                                                     .reason = reason,
                                                     .until = {},
                                                     .set_by = wanted.by},
                                                    now));
    entry.hold_id = std::to_string(set.hold_id.value());
  }
  if (wanted.state == "given" && before && !before->hold_id.empty()) {
    const auto lifted =
        gate::lift_hold(tx, deps.gate.directory(), wanted.customer_no,
                        gate::HoldId(number_of(before->hold_id)), reason, wanted.by, now);
    // Somebody lifted it by hand before: then there is nothing left to let go.
    if (!lifted && lifted.error().code != Code::conflict) return lifted.error();
  }
  return kernel::Ok{};
}

}  // namespace

Result<Consent> record_consent(Transaction& tx, const Deps& deps, const NewConsent& wanted,
                               Instant now) {
  const Date today = now.china_date();
  TRY(check(wanted, today));
  const auto person = intake::load_person(tx, wanted.customer_no);
  if (!person) return Error{Code::not_found, "there is no such case", "case_id"};
  tx.lock("rights.person." + person->person_key);
  const store::Whose whose = load_whose(tx, person->person_key);
  TRY_ASSIGN(const std::string hold, decide_hold(tx, deps, wanted.purpose, today));
  const auto before = latest(consents_of(tx, person->person_key), wanted.purpose);
  if (before && before->state == wanted.state)
    return Error{Code::conflict, "it stands so already", "state"};
  Consent entry{.consent_id = ConsentId(tx.next_id()),
                .purpose = wanted.purpose,
                .state = wanted.state,
                .how = wanted.how,
                .dated_on = wanted.dated_on.value_or(today),
                .document_id = wanted.document_id,
                .proof_sha256 = {},
                .hold_id = {},
                .recorded_at = now,
                .recorded_by = wanted.by};
  TRY_ASSIGN(entry.proof_sha256, proof_of(tx, whose, wanted.document_id));
  TRY(take_effect(tx, deps, wanted, hold, before, entry, now));
  insert(tx, whose, wanted.customer_no, entry);
  return entry;
}

std::vector<Consent> consents_of(Transaction& tx, std::string_view person_key) {
  std::vector<Consent> all;
  tx.query(
      "SELECT consent_id, purpose, state, how, dated_on, document_id, proof_sha256, hold_id,"
      " recorded_at, recorded_by FROM consent_entry WHERE person_key = $1"
      " ORDER BY recorded_at, consent_id",
      {person_key}, [&](const store::Row& row) {
        all.push_back({.consent_id = row.id<ConsentTag>(0),
                       .purpose = row.text(1),
                       .state = row.text(2),
                       .how = row.text(3),
                       .dated_on = row.date(4),
                       .document_id = id_text(row, 5),
                       .proof_sha256 = row.text(6),
                       .hold_id = id_text(row, 7),
                       .recorded_at = row.instant(8),
                       .recorded_by = row.text(9)});
      });
  return all;
}

void forget_consents(Transaction& tx, std::string_view person_key) {
  tx.execute("DELETE FROM consent_entry WHERE person_key = $1", {person_key});
}

Result<Assessment> record_assessment(Transaction& tx, const NewAssessment& wanted, Instant now) {
  static const std::vector<std::string> occasions = {"sensitive", "automated", "entrusted",
                                                     "provided",  "abroad",    "other"};
  const Date today = now.china_date();
  if (!has(occasions, wanted.occasion))
    return Error{Code::invalid_input,
                 "the occasion is sensitive, automated, entrusted, provided, abroad or other",
                 "occasion"};
  // What PIPL 56 asks an assessment to hold.
  for (const auto& [text, field] : {std::pair{&wanted.title, "title"},
                                    {&wanted.purpose, "purpose"},
                                    {&wanted.legality, "legality"},
                                    {&wanted.effects, "effects"},
                                    {&wanted.measures, "measures"}})
    if (text->find_first_not_of(" \t\r\n") == text->npos || text->size() > 8'000)
      return Error{Code::invalid_input, "write it down, in at most 8,000 bytes", field};
  if (wanted.assessed_on && *wanted.assessed_on > today)
    return Error{Code::invalid_input, "the day is in the future", "assessed_on"};
  const Date on = wanted.assessed_on.value_or(today);
  Assessment one{.assessment_id = AssessmentId(tx.next_id()),
                 .title = wanted.title,
                 .occasion = wanted.occasion,
                 .purpose = wanted.purpose,
                 .legality = wanted.legality,
                 .effects = wanted.effects,
                 .measures = wanted.measures,
                 .assessed_on = on,
                 .keep_until = on.plus_months(assessment_months),
                 .recorded_at = now,
                 .recorded_by = wanted.by};
  tx.execute(
      "INSERT INTO impact_assessment (assessment_id, title, occasion, purpose, legality, effects,"
      " measures, assessed_on, keep_until, recorded_at, recorded_by)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {one.assessment_id, one.title, one.occasion, one.purpose, one.legality, one.effects,
       one.measures, one.assessed_on, one.keep_until, one.recorded_at, one.recorded_by});
  const std::string id = std::to_string(one.assessment_id.value());
  tx.append({"impact_assessed", "impact_assessment:" + id, "user:" + one.recorded_by, now,
             http::write_json(AssessedBody{one.assessment_id, one.occasion,
                                           kernel::sha256_hex(http::write_json(one)),
                                           one.assessed_on, one.keep_until})});
  return one;
}

std::vector<Assessment> load_assessments(Transaction& tx) {
  std::vector<Assessment> all;
  tx.query(
      "SELECT assessment_id, title, occasion, purpose, legality, effects, measures, assessed_on,"
      " keep_until, recorded_at, recorded_by FROM impact_assessment"
      " ORDER BY assessed_on DESC, assessment_id DESC LIMIT 200",
      {}, [&](const store::Row& row) {
        all.push_back({.assessment_id = row.id<AssessmentTag>(0),
                       .title = row.text(1),
                       .occasion = row.text(2),
                       .purpose = row.text(3),
                       .legality = row.text(4),
                       .effects = row.text(5),
                       .measures = row.text(6),
                       .assessed_on = row.date(7),
                       .keep_until = row.date(8),
                       .recorded_at = row.instant(9),
                       .recorded_by = row.text(10)});
      });
  return all;
}

}  // namespace rights
