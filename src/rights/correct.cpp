#include "rights/correct.h"

#include "http/json.h"
#include "intake/types.h"
#include "rights/rows.h"
#include "rights/whose.h"
#include "store/vault.h"

namespace rights {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Status;
using store::Transaction;

struct CorrectedBody {
  RequestId request_id{0};
  std::string field, contact_point_id;
};
BOOST_DESCRIBE_STRUCT(CorrectedBody, (), (request_id, field, contact_point_id))

namespace {

constexpr std::size_t value_bytes_max = 400;

Status check(const Correction& wanted) {
  if (wanted.field != "name" && wanted.field != "address" && wanted.field != "contact_value")
    return Error{Code::invalid_input, "a correction is of name, address or contact_value", "field"};
  if (wanted.value.find_first_not_of(" \t\r\n") == wanted.value.npos ||
      wanted.value.size() > value_bytes_max)
    return Error{Code::invalid_input, "say what it should be, in at most 400 bytes", "value"};
  return kernel::Ok{};
}

void keep_before(Transaction& tx, const Correction& wanted, const std::string& sealed,
                 Instant now) {
  tx.execute(
      "INSERT INTO rights_correction (correction_id, request_id, field, contact_point_id,"
      " sealed_before, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {tx.next_id(), wanted.request_id, wanted.field, wanted.contact_point_id, store::Blob{sealed},
       now, wanted.by});
}

// The same person under each of their customer numbers.
void correct_person(Transaction& tx, const Correction& wanted, const store::Whose& whose,
                    Instant now) {
  for (const std::string& customer_no : whose.customer_nos) {
    auto person = intake::load_person(tx, customer_no);
    if (!person) continue;
    if (wanted.field == "name") {
      keep_before(tx, wanted, tx.vault().seal("rights.before", person->name), now);
      person->name = kernel::Name::take(wanted.value);
    } else {
      keep_before(tx, wanted, tx.vault().seal("rights.before", person->address), now);
      person->address = kernel::Address::take(wanted.value);
    }
    intake::save_person(tx, *person);
  }
}

Status correct_point(Transaction& tx, const Correction& wanted, const store::Whose& whose,
                     Instant now) {
  auto point = intake::load_contact_point(tx, wanted.contact_point_id);
  bool own = false;
  for (const std::string& customer_no : whose.customer_nos)
    own = own || (point && point->customer_no == customer_no && point->role == "self");
  if (!own)
    return Error{Code::not_found, "the person has no such contact point of their own",
                 "contact_point_id"};
  keep_before(tx, wanted, tx.vault().seal("rights.before", point->value), now);
  point->value = intake::ContactValue::take(wanted.value);
  intake::save_contact_point(tx, *point);
  return kernel::Ok{};
}

}  // namespace

Status correct(Transaction& tx, const Correction& wanted, Instant now) {
  TRY(check(wanted));
  const auto request = find_request(tx, wanted.request_id);
  if (!request || request->customer_no.empty() || request->kind != "correct")
    return Error{Code::not_found, "there is no such request for correction", "request_id"};
  if (request->state != "open")
    return Error{Code::conflict, "it is answered already", "request_id"};
  const store::Whose whose = load_whose(tx, request->person_key);
  if (wanted.field == "contact_value")
    TRY(correct_point(tx, wanted, whose, now));
  else
    correct_person(tx, wanted, whose, now);
  add_step(tx, wanted.request_id, "corrected", wanted.by, wanted.field, kernel::Note::take(""),
           now);
  tx.append(
      {"person_corrected", "customer:" + request->customer_no, "user:" + wanted.by, now,
       http::write_json(CorrectedBody{wanted.request_id, wanted.field, wanted.contact_point_id})});
  return kernel::Ok{};
}

void forget_corrections(Transaction& tx, std::string_view person_key) {
  tx.execute(
      "DELETE FROM rights_correction WHERE request_id IN"
      " (SELECT request_id FROM rights_request WHERE person_key = $1)",
      {person_key});
}

}  // namespace rights
