#pragma once
// Agencies and machines, and the keys they ask with. What enters: "Authorization: Bearer eh_…".
// What leaves: the caller of a request, and what the gate asks about who asks. Never true: a key
// on disk in a form that can be used, a key without an end, a key of one holder working for
// another.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "store/store.h"

namespace people {

// An agency may ask while all of this is in date (《银行业金融机构…催收指引》 whitelist; GB/T
// 45251-2025: evaluated at least once a year; 个保法 55: impact assessed before entrusting).
struct KeyHolder {
  std::string holder;      // "agency:NAME" or "machine:NAME"; NAME is 2 to 32 of a-z 0-9 _ . -
  std::string shown_name;  // the company's name, or what the machine is
  std::string team;        // an agency's: the team whose cases are placed with it
  bool active = true;
  bool published = false;  // on the list of agencies the lender publishes
  std::optional<kernel::Date> licence_until, contract_until;  // good to the end of that day
  std::optional<kernel::Date> evaluated_on;
  bool impact_assessed = false;
  bool recording_ready = false;  // its calls and visits are recorded
  bool is_agency() const { return holder.starts_with("agency:"); }
};
bool licence_valid(const KeyHolder& holder, kernel::Date today);

struct KeyTag {};
using KeyId = kernel::Id<KeyTag>;

struct ApiKey {
  KeyId key_id{0};
  std::string holder, made_by;
  kernel::Instant made_at;
  kernel::Date expires_on;  // works to the end of that day
  std::optional<kernel::Instant> revoked_at, used_at;
};

inline constexpr int key_days_max = 366;

std::vector<KeyHolder> load_key_holders(store::Transaction& tx);  // by holder
std::optional<KeyHolder> find_key_holder(store::Transaction& tx, std::string_view holder);
// New, or in place of the one of this name. Facts: key_holder_saved.
kernel::Status save_key_holder(store::Transaction& tx, const KeyHolder& holder, std::string_view by,
                               kernel::Instant now);

struct NewKey {
  ApiKey key;
  std::string secret;  // shown this once
};
// Facts: api_key_made, api_key_revoked. Two keys may work at once, so that one follows another
// without a pause.
kernel::Result<NewKey> make_key(store::Transaction& tx, std::string_view holder,
                                kernel::Date expires_on, std::string_view by, kernel::Instant now);
kernel::Status revoke_key(store::Transaction& tx, KeyId key_id, std::string_view by,
                          kernel::Instant now);
std::vector<ApiKey> load_keys(store::Transaction& tx);  // by holder, latest first

// Fills caller and by_key where the request bears a live key; leaves them where it does not.
kernel::Status authenticate_key(store::Store& store, http::Request& request);

// /key-holders and /api-keys, for admins.
std::vector<http::Route> key_routes(store::Store& store);

}  // namespace people
