#pragma once
// One look: the row, who made it and from where. Enters: a request that was answered. Leaves: one
// insert. The address is kept masked and as a keyed index, what was searched for as an index only.

#include <optional>
#include <string>
#include <string_view>

#include "looks/types.h"

namespace looks {

struct Look {
  std::int64_t look_id = 0;
  kernel::Instant looked_at;
  std::string user_name, role, team;
  std::string kind;         // view_case, list_cases, search_cases, export_pack, unmask …
  std::string purpose;      // own_case | own_team | review | other; of an unmasking its reason
  std::string customer_no;  // empty: a list of several, or none
  std::int64_t cases = 0;   // how many were shown
  std::string detail;       // of an unmasking the field, of a document its number
  std::string search_key, address_key, address_masked;
};

// Everything a request says of itself; kind and whom are the caller's to fill.
Look look_of(const store::Vault& vault, const http::Request& request);
// Gives the look its number.
std::int64_t insert_look(store::Transaction& tx, Look look);

// What the case is to the one who looks: own_case, own_team, review (compliance, auditor), other.
std::string purpose_of(store::Transaction& tx, const http::Caller& caller,
                       std::string_view customer_no);

// 203.0.113.7 is 203.0.*.*, 2001:db8::1 is 2001:db8:*; anything else is ****.
std::string mask_address_of_net(std::string_view address);

}  // namespace looks
