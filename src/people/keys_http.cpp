// /key-holders and /api-keys.

#include "http/status.h"
#include "people/keys.h"
#include "people/types.h"

namespace people {

using http::Request;
using http::Role;
using kernel::Result;
using store::Transaction;

// ---- what goes over the wire -------------------------------------------------------------------

struct HolderOut {
  std::string holder, shown_name, team;
  bool active = true, published = false;
  std::optional<kernel::Date> licence_until, contract_until, evaluated_on;
  bool impact_assessed = false, recording_ready = false;
  bool licence_valid = false;  // all of it in date today: the gate lets it ask
};
BOOST_DESCRIBE_STRUCT(HolderOut, (),
                      (holder, shown_name, team, active, published, licence_until, contract_until,
                       evaluated_on, impact_assessed, recording_ready, licence_valid))

BOOST_DESCRIBE_STRUCT(ApiKey, (),
                      (key_id, holder, made_by, made_at, expires_on, revoked_at, used_at))

struct HolderList {
  std::vector<HolderOut> items;
  std::vector<ApiKey> keys;
};
BOOST_DESCRIBE_STRUCT(HolderList, (), (items, keys))

struct HolderIn {
  std::string holder, shown_name;
  std::optional<std::string> team;
  bool active = true;
  std::optional<bool> published;
  std::optional<kernel::Date> licence_until, contract_until, evaluated_on;
  std::optional<bool> impact_assessed, recording_ready;
};
BOOST_DESCRIBE_STRUCT(HolderIn, (),
                      (holder, shown_name, team, active, published, licence_until, contract_until,
                       evaluated_on, impact_assessed, recording_ready))

struct KeyIn {
  std::string holder;
  kernel::Date expires_on;
};
BOOST_DESCRIBE_STRUCT(KeyIn, (), (holder, expires_on))

struct KeyOut {
  ApiKey key;
  std::string secret;  // shown this once, kept nowhere
};
BOOST_DESCRIBE_STRUCT(KeyOut, (), (key, secret))

struct WhichKey {
  KeyId key_id{0};
};
BOOST_DESCRIBE_STRUCT(WhichKey, (), (key_id))

namespace {

std::string who_asks(const Request& request) {
  return subject_of(UserId(request.caller->user_id));
}

HolderOut render(const KeyHolder& h, kernel::Date today) {
  return {h.holder,
          h.shown_name,
          h.team,
          h.active,
          h.published,
          h.licence_until,
          h.contract_until,
          h.evaluated_on,
          h.impact_assessed,
          h.recording_ready,
          licence_valid(h, today)};
}

http::Route get_holders(store::Store& store) {
  return http::route<http::Nothing, HolderList>(
      "GET", "/api/v1/key-holders", "people", "Agencies and machines that ask with a key",
      http::only({Role::compliance, Role::auditor, Role::admin}),
      [&store](const http::Nothing&, const Request& request) {
        return store.read([&](Transaction& tx) {
          HolderList list;
          for (const KeyHolder& holder : load_key_holders(tx))
            list.items.push_back(render(holder, request.now.china_date()));
          list.keys = load_keys(tx);
          return list;
        });
      });
}

http::Route put_holder(store::Store& store) {
  return http::route<HolderIn, HolderOut>(
      "PUT", "/api/v1/key-holders/{holder}", "people",
      "An agency or a machine, new or changed; nothing but what is said here stays",
      http::only({Role::admin}), [&store](const HolderIn& in, const Request& request) {
        const KeyHolder holder{.holder = in.holder,
                               .shown_name = in.shown_name,
                               .team = in.team.value_or(""),
                               .active = in.active,
                               .published = in.published.value_or(false),
                               .licence_until = in.licence_until,
                               .contract_until = in.contract_until,
                               .evaluated_on = in.evaluated_on,
                               .impact_assessed = in.impact_assessed.value_or(false),
                               .recording_ready = in.recording_ready.value_or(false)};
        return store.transact([&](Transaction& tx) -> Result<HolderOut> {
          TRY(save_key_holder(tx, holder, who_asks(request), request.now));
          return render(holder, request.now.china_date());
        });
      });
}

http::Route post_key(store::Store& store) {
  return http::route<KeyIn, KeyOut>(
      "POST", "/api/v1/api-keys", "people", "A key, shown this once", http::only({Role::admin}),
      [&store](const KeyIn& in, const Request& request) {
        return store.transact([&](Transaction& tx) -> Result<KeyOut> {
          TRY_ASSIGN(NewKey made,
                     make_key(tx, in.holder, in.expires_on, who_asks(request), request.now));
          return KeyOut{std::move(made.key), std::move(made.secret)};
        });
      });
}

http::Route delete_key(store::Store& store) {
  return http::route<WhichKey, http::Nothing>(
      "DELETE", "/api/v1/api-keys/{key_id}", "people", "Revokes a key, at once",
      http::only({Role::admin}), [&store](const WhichKey& in, const Request& request) {
        return store.transact([&](Transaction& tx) -> Result<http::Nothing> {
          TRY(revoke_key(tx, in.key_id, who_asks(request), request.now));
          return http::Nothing{};
        });
      });
}

}  // namespace

std::vector<http::Route> key_routes(store::Store& store) {
  return {get_holders(store), put_holder(store), post_key(store), delete_key(store)};
}

}  // namespace people
