#include "looks/look.h"

#include <algorithm>

#include "allocation/types.h"
#include "kernel/hash.h"
#include "store/vault.h"

namespace looks {

namespace {

// Up to the second of these separators.
std::string first_two(std::string_view address, char separator) {
  const auto first = address.find(separator);
  const auto second = first == address.npos ? first : address.find(separator, first + 1);
  return second == address.npos ? std::string() : std::string(address.substr(0, second + 1));
}

}  // namespace

std::string mask_address_of_net(std::string_view address) {
  if (address.find_first_not_of("0123456789.") == address.npos &&
      std::count(address.begin(), address.end(), '.') == 3)
    return first_two(address, '.') + "*.*";
  if (address.find_first_not_of("0123456789abcdefABCDEF:.") == address.npos &&
      std::count(address.begin(), address.end(), ':') >= 2)
    return first_two(address, ':') + "*";
  return "****";
}

Look look_of(const store::Vault& vault, const http::Request& request) {
  const http::Caller& caller = *request.caller;
  Look look;
  look.looked_at = request.now;
  look.user_name = caller.user_name;
  look.role = http::role_name(caller.role);
  look.team = caller.team;
  look.address_key = kernel::hex(vault.index_bytes("looks.address", request.remote));
  look.address_masked = mask_address_of_net(request.remote);
  return look;
}

std::int64_t insert_look(store::Transaction& tx, Look look) {
  look.look_id = tx.next_id();
  const store::Params params = {
      look.look_id,    look.looked_at,   look.user_name,     look.role,  look.team,
      look.kind,       look.purpose,     look.customer_no,   look.cases, look.detail,
      look.search_key, look.address_key, look.address_masked};
  if (tx.on_postgres())
    tx.query("SELECT look_add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", params,
             nullptr);  // goes with the commit
  else
    tx.execute(
        "INSERT INTO look (look_id, looked_at, user_name, role, team, kind, purpose, customer_no,"
        " cases, detail, search_key, address_key, address_masked)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params);
  return look.look_id;
}

std::string purpose_of(store::Transaction& tx, const http::Caller& caller,
                       std::string_view customer_no) {
  if (caller.role == http::Role::compliance || caller.role == http::Role::auditor) return "review";
  const auto allotment = allocation::load_allotment(tx, customer_no);
  if (allotment && allotment->collector == caller.user_name) return "own_case";
  if (allotment && !caller.team.empty() && allotment->team == caller.team) return "own_team";
  return "other";
}

}  // namespace looks
