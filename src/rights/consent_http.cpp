// The ledger of a case and the register over HTTP: compliance and admin; an auditor reads the
// register.

#include "http/json.h"
#include "intake/types.h"
#include "rights/consent.h"
#include "rights/whose.h"

namespace rights {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using store::Transaction;

struct ConsentsIn {
  std::string case_id;
};
BOOST_DESCRIBE_STRUCT(ConsentsIn, (), (case_id))

struct ConsentIn {
  std::string case_id, purpose, state, how;
  std::optional<kernel::Date> dated_on;
  std::optional<std::string> document_id;
};
BOOST_DESCRIBE_STRUCT(ConsentIn, (), (case_id, purpose, state, how, dated_on, document_id))

struct ConsentList {
  std::vector<Consent> items;  // the latest of a purpose counts
};
BOOST_DESCRIBE_STRUCT(ConsentList, (), (items))

struct AssessmentIn {
  std::string title, occasion, purpose, legality, effects, measures;
  std::optional<kernel::Date> assessed_on;
};
BOOST_DESCRIBE_STRUCT(AssessmentIn, (),
                      (title, occasion, purpose, legality, effects, measures, assessed_on))

struct AssessmentList {
  std::vector<Assessment> items;
};
BOOST_DESCRIBE_STRUCT(AssessmentList, (), (items))

namespace {

Result<ConsentList> list_of(Transaction& tx, const std::string& case_id) {
  const auto person = intake::load_person(tx, case_id);
  if (!person) return Error{Code::not_found, "there is no such case", "case_id"};
  return ConsentList{consents_of(tx, person->person_key)};
}

}  // namespace

std::vector<http::Route> consent_routes(const Deps& deps) {
  using http::Role;
  const auto keepers = http::only({Role::compliance, Role::admin});
  return {
      http::route<ConsentsIn, ConsentList>(
          "GET", "/api/v1/cases/{case_id}/consents", "rights",
          "What the person consented to and withdrew, by purpose", keepers,
          [deps](const ConsentsIn& in, const http::Request& request) {
            return deps.store.read([&](Transaction& tx) -> Result<ConsentList> {
              TRY(reach(tx, deps, request, in.case_id));
              return list_of(tx, in.case_id);
            });
          }),
      http::route<ConsentIn, ConsentList>(
          "POST", "/api/v1/cases/{case_id}/consents", "rights",
          "Writes down a consent with its proof, or a withdrawal, which the gate heeds at once",
          keepers,
          [deps](const ConsentIn& in, const http::Request& request) {
            return deps.store.transact([&](Transaction& tx) -> Result<ConsentList> {
              TRY(reach(tx, deps, request, in.case_id));
              TRY(record_consent(tx, deps,
                                 {.customer_no = in.case_id,
                                  .purpose = in.purpose,
                                  .state = in.state,
                                  .how = in.how,
                                  .dated_on = in.dated_on,
                                  .document_id = in.document_id.value_or(""),
                                  .by = request.caller->user_name},
                                 request.now));
              return list_of(tx, in.case_id);
            });
          }),
      http::route<http::Nothing, AssessmentList>(
          "GET", "/api/v1/impact-assessments", "rights", "Impact assessments, the latest first",
          http::only({Role::compliance, Role::auditor, Role::admin}),
          [deps](const http::Nothing&, const http::Request&) {
            return deps.store.read(
                [](Transaction& tx) { return AssessmentList{load_assessments(tx)}; });
          }),
      http::route<AssessmentIn, Assessment>(
          "POST", "/api/v1/impact-assessments", "rights",
          "Writes down an impact assessment; it is kept three years at least", keepers,
          [deps](const AssessmentIn& in, const http::Request& request) {
            return deps.store.transact([&](Transaction& tx) {
              return record_assessment(tx,
                                       {.title = in.title,
                                        .occasion = in.occasion,
                                        .purpose = in.purpose,
                                        .legality = in.legality,
                                        .effects = in.effects,
                                        .measures = in.measures,
                                        .assessed_on = in.assessed_on,
                                        .by = request.caller->user_name},
                                       request.now);
            });
          }),
  };
}

}  // namespace rights
