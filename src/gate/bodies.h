#pragma once
// The bodies of the gate's facts: one JSON object each, keys in a fixed order. They hold all that
// `evidence` needs to replay the decision from the log alone, and no personal data.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/facts.h"
#include "gate/types.h"

namespace gate {

// {"channel":"call",…}: every fact by name.
std::string facts_json(const Facts& facts);
// The counting facts only, of a history that has nothing but imported contacts in it.
std::string imported_json(const Facts& facts);
// [{"pack":"cn-bank-card","version":"5c0f3a1be2d7"},…]
std::string packs_json(const std::vector<PackRef>& packs);

struct GrantedBody {
  const Permit::Bound& bound;
  std::string_view role;
  std::int64_t nth = 0;
  bool key = false;                         // an idempotency key was given
  std::string_view facts, imported, packs;  // JSON
};
std::string granted_body(const GrantedBody& body);

struct RefusedBody {
  const Request& request;
  std::string_view person_key, number_index, contact_point_id;  // empty: not known
  std::int64_t nth = 0;                                         // the person's permits so far
  const Answer& answer;
  std::string_view facts, imported, packs;  // JSON
};
std::string refused_body(const RefusedBody& body);

// permit_used, permit_outcome, permit_expired; no outcome for permit_used. `nth`: the person's
// permits so far, of an outcome, told under the person's lock.
std::string permit_body(PermitId permit_id, std::string_view person_key, std::string_view outcome,
                        std::optional<std::int64_t> nth = {});
std::string pack_body(std::string_view pack, std::string_view version, std::string_view sha256,
                      std::string_view calendar_sha256);
std::string number_body(std::string_view person_key, std::string_view number_index);

}  // namespace gate
