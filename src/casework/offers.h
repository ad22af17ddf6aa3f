#pragma once
// What may be offered to a customer: waivers, a discount, a deferral, a plan. What enters: the
// facts of an account and the tables offer.dmn and authority.dmn. What leaves: each kind with how
// much at most, what it gives up, and whether who asks may grant it or who must. Granting is not
// here yet.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "casework/types.h"

namespace casework {

struct OfferInput {
  std::string name, value;
};
BOOST_DESCRIBE_STRUCT(OfferInput, (), (name, value))

// The row that decided.
struct OfferRow {
  std::string file, decision, version;
  int row = 0;
  std::string rule_id, annotation;
  std::vector<OfferInput> inputs;
};
BOOST_DESCRIBE_STRUCT(OfferRow, (), (file, decision, version, row, rule_id, annotation, inputs))

struct Offer {
  std::string account_no, account_no_masked;
  std::string kind;  // late_fee_waiver interest_waiver principal_discount deferral instalment_plan
  bool offered = false;
  std::int64_t limit = 0;       // at most: bps of the component, days, or monthly periods
  std::string unit;             // bps | days | periods
  kernel::Money component_fen;  // what it is about: the late fee, the interest, the principal …
  kernel::Money given_fen;      // what the lender gives up at the limit
  kernel::Money worth_fen;      // what the lender receives if it is accepted and kept
  std::optional<kernel::Money> per_period_fen;  // of a plan, without later interest
  std::string authority;                        // may | approve | never; empty: not offered
  std::string approver;                         // lead | head | committee; none
  OfferRow because;
  std::optional<OfferRow> authority_because;
};
BOOST_DESCRIBE_STRUCT(Offer, (),
                      (account_no, account_no_masked, kind, offered, limit, unit, component_fen,
                       given_fen, worth_fen, per_period_fen, authority, approver, because,
                       authority_because))

struct CaseOffers {
  kernel::Date night_date;
  std::vector<Offer> items;  // by account, then kind
};
BOOST_DESCRIBE_STRUCT(CaseOffers, (), (night_date, items))

// An account's offers, for somebody of that role. `flag` is of this moment, not the night's.
kernel::Result<std::vector<Offer>> decide_offers(const decision::Model& offers,
                                                 const decision::Model& authority,
                                                 const book::BookView& book, std::size_t account,
                                                 const std::string& flag, std::string_view role);

kernel::Result<CaseOffers> load_offers(const Deps& deps, const std::string& customer_no,
                                       const http::Caller& caller, kernel::Instant now);

}  // namespace casework
