#pragma once
// The ledger of consents by purpose, with proof; and the register of impact assessments (PIPL 15,
// 16, 55, 56). A withdrawal's hold stands in the transaction that writes it down. What each purpose
// means at the gate is decisions/consent_effect.dmn.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rights/types.h"

namespace rights {

struct ConsentTag {};
using ConsentId = kernel::Id<ConsentTag>;

struct Consent {
  ConsentId consent_id{0};
  std::string purpose, state, how;  // state: given | withdrawn
  kernel::Date dated_on;
  std::string document_id, proof_sha256;  // the proof; empty: none
  std::string hold_id;                    // that the withdrawal set; empty: none
  kernel::Instant recorded_at;
  std::string recorded_by;
};
BOOST_DESCRIBE_STRUCT(Consent, (),
                      (consent_id, purpose, state, how, dated_on, document_id, proof_sha256,
                       hold_id, recorded_at, recorded_by))

struct NewConsent {
  std::string customer_no, purpose, state, how;
  std::optional<kernel::Date> dated_on;
  std::string document_id;  // of a case of this person; empty: none
  std::string by;
};
// Facts consent_given, consent_withdrawn. Withdrawn: the purpose's hold is set; given again: the
// hold that the withdrawal set is lifted, which takes a proof. conflict: it stands so already.
kernel::Result<Consent> record_consent(store::Transaction& tx, const Deps& deps,
                                       const NewConsent& wanted, kernel::Instant now);
std::vector<Consent> consents_of(store::Transaction& tx, std::string_view person_key);
void forget_consents(store::Transaction& tx, std::string_view person_key);

struct AssessmentTag {};
using AssessmentId = kernel::Id<AssessmentTag>;

struct Assessment {
  AssessmentId assessment_id{0};
  std::string title, occasion, purpose, legality, effects, measures;
  kernel::Date assessed_on, keep_until;
  kernel::Instant recorded_at;
  std::string recorded_by;
};
BOOST_DESCRIBE_STRUCT(Assessment, (),
                      (assessment_id, title, occasion, purpose, legality, effects, measures,
                       assessed_on, keep_until, recorded_at, recorded_by))

struct NewAssessment {
  std::string title, occasion, purpose, legality, effects, measures;
  std::optional<kernel::Date> assessed_on;
  std::string by;
};
// Fact impact_assessed, with the SHA-256 of its texts. Kept three years at least (PIPL 56).
kernel::Result<Assessment> record_assessment(store::Transaction& tx, const NewAssessment& wanted,
                                             kernel::Instant now);
std::vector<Assessment> load_assessments(store::Transaction& tx);  // the latest first

std::vector<http::Route> consent_routes(const Deps& deps);

}  // namespace rights
