#pragma once
// The room's rows. Only here is its SQL.

#include <optional>
#include <string>
#include <string_view>

#include "people/types.h"

namespace people {

std::optional<User> find_user_by_id(store::Transaction& tx, UserId user_id);
bool has_users(store::Transaction& tx);

struct Password {
  std::string hash;
  bool must_change = false;
};
void insert_user(store::Transaction& tx, const User& user, const std::string& password_hash,
                 kernel::Instant now);
std::string load_password_hash(store::Transaction& tx, UserId user_id);
void save_password(store::Transaction& tx, UserId user_id, const Password& password);
// Signs in so from now on; no password of ours is left.
void save_way(store::Transaction& tx, UserId user_id, SignInBy by);
void save_user(store::Transaction& tx, const User& user);  // all but name, password and way

// ---- sessions ----------------------------------------------------------------------------------

struct SessionRow {
  std::string token_hash;
  UserId user_id{0};
  kernel::Instant created_at, seen_at;
  std::string sealed_device;  // empty: opened before devices were kept
};
void insert_session(store::Transaction& tx, const SessionRow& session);
std::optional<SessionRow> find_session(store::Transaction& tx, const std::string& token_hash);
void save_seen(store::Transaction& tx, const std::string& token_hash, kernel::Instant now);
void delete_session(store::Transaction& tx, const std::string& token_hash);
// All sessions of a user, but for one to keep (may be empty).
std::int64_t delete_sessions_of(store::Transaction& tx, UserId user_id, const std::string& keep);
// Those begun and last seen after these moments, the newest first.
std::vector<SessionRow> load_live_sessions(store::Transaction& tx, UserId user_id,
                                           kernel::Instant begun_after, kernel::Instant seen_after);
void delete_sessions_before(store::Transaction& tx, kernel::Instant created_before);

// ---- failed sign-ins ---------------------------------------------------------------------------

struct Failures {
  std::int64_t count = 0;
  kernel::Instant last_at;
};
Failures load_failures(store::Transaction& tx, const std::string& attempt_key);
void save_failures(store::Transaction& tx, const std::string& attempt_key,
                   const Failures& failures);
void delete_failures(store::Transaction& tx, const std::string& attempt_key);
void delete_failures_before(store::Transaction& tx, kernel::Instant before);

}  // namespace people
