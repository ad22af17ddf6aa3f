#include "people/session.h"

#include <algorithm>

#include "http/status.h"
#include "kernel/hash.h"
#include "people/keys.h"
#include "people/password.h"
#include "people/second_step.h"
#include "people/users.h"
#include "people/ways.h"
#include "store/vault.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

constexpr std::size_t token_digits = 64;
constexpr std::int64_t seen_every_s = 60;  // a session's last use is written at most this often

Error not_together() {
  return {Code::unauthenticated, "user name or password is not right", ""};
}

Error wait(std::int64_t seconds) {
  return {Code::too_many,
          "too many wrong passwords; try again in " + std::to_string(seconds) + " seconds", ""};
}

struct Candidate {
  std::optional<User> user;
  std::string hash;
  Failures before;  // counted until this try
};

// Counts the try and gives what to judge it by.
Result<Candidate> begin_try(Transaction& tx, const SignIn& given, const std::string& key) {
  tx.lock("people.sign_in." + key);
  delete_failures_before(tx, given.now.plus_seconds(-failures_kept_hours * 3600));
  Candidate candidate{.user = {}, .hash = {}, .before = load_failures(tx, key)};
  if (const std::int64_t left = wait_left(candidate.before, given.now); left > 0) return wait(left);
  save_failures(tx, key, {candidate.before.count + 1, given.now});
  candidate.user = find_user(tx, given.user_name);
  if (candidate.user && !is_employed(*candidate.user, given.now.china_date()))
    candidate.user.reset();
  if (candidate.user) candidate.hash = load_password_hash(tx, candidate.user->user_id);
  return candidate;
}

void save_refusal(Transaction& tx, const std::optional<User>& user, Instant now) {
  // The name tried is not kept: people type passwords into the wrong field.
  tx.append({.kind = "sign_in_failed",
             .subject = user ? subject_of(user->user_id) : "user:unknown",
             .made_by = "sign_in",
             .made_at = now});
}

struct DeviceTag {
  static std::string mask(std::string_view) { return "****"; }
};
constexpr std::string_view device_purpose = "people.device";

// Address, a line feed, and what the browser calls itself.
std::string seal_device(Transaction& tx, const SignIn& given) {
  constexpr std::size_t longest = 300;
  return tx.vault().seal(
      device_purpose,
      kernel::Secret<DeviceTag>::take(given.remote + '\n' + given.browser.substr(0, longest)));
}

void save_session(Transaction& tx, const SignIn& given, const SignedIn& signed_in) {
  const UserId user_id = signed_in.user.user_id;
  delete_sessions_before(tx, given.now.plus_seconds(-session_hours_max * 3600));
  if (!given.old_token.empty()) delete_session(tx, token_hash_of(given.old_token));
  insert_session(tx, {.token_hash = token_hash_of(signed_in.token),
                      .user_id = user_id,
                      .created_at = given.now,
                      .seen_at = given.now,
                      .sealed_device = seal_device(tx, given)});
  tx.append({.kind = "sign_in",
             .subject = subject_of(user_id),
             .made_by = subject_of(user_id),
             .made_at = given.now});
}

}  // namespace

std::string token_hash_of(std::string_view token) {
  return kernel::sha256_hex(token);
}

// Derived, so that it need not be kept; scripts of the page cannot see the token itself.
std::string csrf_token_of(std::string_view token) {
  return kernel::sha256_hex("csrf:" + std::string(token));
}

Result<Entered> enter(Transaction& tx, const SignIn& given, const User& user) {
  Entered entered{.verdict = judge_code(tx, user.user_id, given.code, given.now), .signed_in = {}};
  if (entered.verdict.lets_in()) {
    entered.signed_in = SignedIn{user, generate_token()};
    save_session(tx, given, *entered.signed_in);
  } else if (entered.verdict.kind == CodeVerdict::Kind::wrong) {
    save_refusal(tx, user, given.now);
  }
  return entered;
}

Result<Entered> enter_vouched(Transaction& tx, const SignIn& given, const Vouched& vouched,
                              const Ways& ways) {
  const Result<User> user = admit(tx, vouched, ways.groups, given.now);
  if (user) return enter(tx, given, *user);
  save_refusal(tx, std::nullopt, given.now);
  return Entered{.verdict = {}, .signed_in = {}, .refusal = user.error()};
}

Result<SignedIn> signed_in_of(Entered entered) {
  if (entered.refusal) return *entered.refusal;
  if (!entered.signed_in) return refusal_of(entered.verdict);
  return std::move(*entered.signed_in);
}

namespace {

// Who these two are here, by a password of ours: nobody where they do not belong together.
bool is_right(const Candidate& candidate, const SignIn& given, HashCost cost) {
  const bool ours = candidate.user && candidate.user->sign_in_by == SignInBy::password;
  // One hash is computed either way, so an unknown name takes as long as a wrong password.
  if (!ours) hash_password(given.password, cost);
  return ours && verify_password(candidate.hash, given.password);
}

// Asks the directory about names that are not of a user who signs in another way.
Result<std::optional<Vouched>> ask_directory(const Candidate& candidate, const SignIn& given,
                                             const Ways* ways) {
  const bool elsewhere = candidate.user && candidate.user->sign_in_by != SignInBy::directory;
  if (elsewhere || !ways || !ways->directory || !is_user_name(given.user_name))
    return std::optional<Vouched>();
  return ways->directory->check(given.user_name, given.password);
}

Result<Entered> enter_by_password(Transaction& tx, const SignIn& given, const Candidate& candidate,
                                  const std::string& new_hash) {
  const User& user = *candidate.user;
  TRY_ASSIGN(Entered entered, enter(tx, given, user));
  if (entered.signed_in && !new_hash.empty())
    save_password(tx, user.user_id, {new_hash, user.must_change_password});
  return entered;
}

}  // namespace

Result<SignedIn> sign_in(store::Store& store, const SignIn& asked, HashCost cost,
                         const Ways* ways) {
  SignIn given = asked;
  // A directory takes ALICE for alice: whoever guesses must not get a new count by that.
  given.user_name = plain_user_name(asked.user_name).value_or(asked.user_name);
  const std::string key = kernel::hex(
      store.vault().index_bytes("people.sign_in", given.user_name + '\n' + given.remote));
  TRY_ASSIGN(const Candidate candidate,
             store.transact([&](Transaction& tx) { return begin_try(tx, given, key); }));
  const bool right = is_right(candidate, given, cost);
  const auto vouched = ask_directory(candidate, given, ways);
  if (!vouched) {  // no answer is no guess
    TRY(store.transact([&](Transaction& tx) -> Status {
      save_failures(tx, key, candidate.before);
      return Ok{};
    }));
    return vouched.error();
  }
  if (!right && !*vouched) {
    TRY(store.transact([&](Transaction& tx) -> Status {
      save_refusal(tx, candidate.user, given.now);
      return Ok{};
    }));
    return not_together();
  }
  if (right && ways && ways->passwords_for_admins_only && candidate.user->role != http::Role::admin)
    return Error{Code::forbidden, "passwords of ours are for administrators only here",
                 "password_off"};
  const std::string new_hash = right && needs_rehash(candidate.hash, cost)
                                   ? hash_password(given.password, cost)
                                   : std::string();
  TRY_ASSIGN(Entered entered, store.transact([&](Transaction& tx) -> Result<Entered> {
    TRY_ASSIGN(Entered judged, right ? enter_by_password(tx, given, candidate, new_hash)
                                     : enter_vouched(tx, given, **vouched, *ways));
    if (judged.signed_in) delete_failures(tx, key);
    return judged;
  }));
  return signed_in_of(std::move(entered));
}

std::int64_t wait_left(const Failures& failures, Instant now) {
  if (failures.count < failures_free) return 0;
  const std::int64_t doublings = std::min<std::int64_t>(failures.count - failures_free, 10);
  const std::int64_t wait = std::min(std::int64_t{30} << doublings, wait_seconds_max);
  return std::max<std::int64_t>(0, wait - now.micros_since(failures.last_at) / 1'000'000);
}

namespace {

constexpr std::int64_t fresh_minutes = 5;

// Nobody here can ask a provider for its password again: a sign-in a moment ago stands for it.
Status check_fresh(store::Store& store, const http::Request& request) {
  TRY_ASSIGN(const auto session,
             store.read([&](Transaction& tx) { return find_session(tx, request.session_id); }));
  if (session && request.now.micros_since(session->created_at) <= fresh_minutes * 60'000'000)
    return Ok{};
  return Error{Code::conflict,
               "sign out, sign in at the provider again, and do this within five minutes",
               "sign_in_again"};
}

struct OwnPassword {
  User user;
  std::string hash;
};

Result<OwnPassword> begin_own_try(Transaction& tx, const http::Request& request,
                                  const std::string& key) {
  tx.lock("people.sign_in." + key);
  const Failures failures = load_failures(tx, key);
  if (const std::int64_t left = wait_left(failures, request.now); left > 0) return wait(left);
  save_failures(tx, key, {failures.count + 1, request.now});
  auto user = find_user_by_id(tx, UserId(request.caller->user_id));
  CHECK_MSG(user, "a caller is a user");
  return OwnPassword{*user, load_password_hash(tx, user->user_id)};
}

}  // namespace

Status check_own_password(store::Store& store, const http::Request& request,
                          std::string_view password, const Ways* ways) {
  const UserId user_id(request.caller->user_id);
  TRY_ASSIGN(const auto asks,
             store.read([&](Transaction& tx) { return find_user_by_id(tx, user_id); }));
  if (asks && asks->sign_in_by == SignInBy::provider) return check_fresh(store, request);
  const std::string key =
      kernel::hex(store.vault().index_bytes("people.own_password", subject_of(user_id)));
  TRY_ASSIGN(const OwnPassword own,
             store.transact([&](Transaction& tx) { return begin_own_try(tx, request, key); }));
  bool right = false;
  if (own.user.sign_in_by == SignInBy::password) {
    right = verify_password(own.hash, password);
  } else if (ways && ways->directory) {
    TRY_ASSIGN(const auto vouched,
               ways->directory->check(own.user.user_name, std::string(password)));
    TRY_ASSIGN(right, store.read([&](Transaction& tx) {
      return vouched && is_account_of(tx, *vouched, user_id);
    }));
  }
  if (!right) return Error{Code::invalid_input, "the password is not right", "password"};
  return store.transact([&](Transaction& tx) -> Status {
    delete_failures(tx, key);
    return Ok{};
  });
}

namespace {

std::string device_ref_of(const std::string& token_hash) {
  return kernel::sha256_hex("device:" + token_hash).substr(0, 16);
}

void save_sessions_ended(Transaction& tx, const http::Request& request, std::int64_t count) {
  const std::string who = subject_of(UserId(request.caller->user_id));
  tx.append({.kind = "sessions_ended",
             .subject = who,
             .made_by = who,
             .made_at = request.now,
             .body = "{\"count\":" + std::to_string(count) + "}"});
}

}  // namespace

Result<std::vector<Device>> load_devices(store::Store& store, const http::Request& request) {
  const UserId user_id(request.caller->user_id);
  return store.transact([&](Transaction& tx) -> Result<std::vector<Device>> {
    const std::string who = subject_of(user_id);
    const auto disclosure = tx.disclose(who, "devices", who, request.now);
    std::vector<Device> devices;
    for (const SessionRow& row :
         load_live_sessions(tx, user_id, request.now.plus_seconds(-session_hours_max * 3600),
                            request.now.plus_seconds(-idle_minutes_max * 60))) {
      Device device{.device_ref = device_ref_of(row.token_hash),
                    .signed_in_at = row.created_at,
                    .seen_at = row.seen_at,
                    .address = {},
                    .browser = {},
                    .current = row.token_hash == request.session_id};
      if (!row.sealed_device.empty()) {
        TRY_ASSIGN(const auto sealed,
                   tx.vault().open_sealed<DeviceTag>(device_purpose, row.sealed_device));
        const std::string_view plain = sealed.reveal(disclosure);
        const std::size_t line = plain.find('\n');
        device.address = plain.substr(0, line);
        device.browser = plain.substr(line + 1);
      }
      devices.push_back(std::move(device));
    }
    return devices;
  });
}

Status end_device(store::Store& store, const http::Request& request, std::string_view device_ref) {
  const UserId user_id(request.caller->user_id);
  return store.transact([&](Transaction& tx) -> Status {
    for (const SessionRow& row : load_live_sessions(tx, user_id, Instant(), Instant())) {
      if (device_ref_of(row.token_hash) != device_ref) continue;
      delete_session(tx, row.token_hash);
      save_sessions_ended(tx, request, 1);
      return Ok{};
    }
    return Error{Code::not_found, "no such session of yours", "device_ref"};
  });
}

Status end_other_devices(store::Store& store, const http::Request& request) {
  const UserId user_id(request.caller->user_id);
  return store.transact([&](Transaction& tx) -> Status {
    save_sessions_ended(tx, request, delete_sessions_of(tx, user_id, request.session_id));
    return Ok{};
  });
}

Status sign_out(store::Store& store, const http::Request& request) {
  return store.transact([&](Transaction& tx) -> Status {
    delete_session(tx, request.session_id);
    const std::string who = subject_of(UserId(request.caller->user_id));
    tx.append({.kind = "sign_out", .subject = who, .made_by = who, .made_at = request.now});
    return Ok{};
  });
}

Status change_password(store::Store& store, const http::Request& request,
                       std::string_view old_password, std::string_view new_password,
                       HashCost cost) {
  const UserId user_id(request.caller->user_id);
  TRY(check_password(new_password, request.caller->user_name));
  TRY_ASSIGN(const auto user,
             store.read([&](Transaction& tx) { return find_user_by_id(tx, user_id); }));
  if (!user || user->sign_in_by != SignInBy::password)
    return Error{Code::conflict, "your password is kept elsewhere; change it there", "sign_in_by"};
  if (const Status right = check_own_password(store, request, old_password, nullptr); !right) {
    if (right.error().code != Code::invalid_input) return right.error();
    return Error{Code::forbidden, "the old password is not right", "old_password"};
  }
  if (old_password == new_password)
    return Error{Code::invalid_input, "must be another one", "new_password"};
  const Password password{hash_password(new_password, cost), false};
  return store.transact([&](Transaction& tx) -> Status {
    save_password(tx, user_id, password);
    delete_sessions_of(tx, user_id, request.session_id);
    const std::string who = subject_of(user_id);
    tx.append({.kind = "password_changed",
               .subject = who,
               .made_by = who,
               .made_at = request.now,
               .body = "{\"how\":\"own\"}"});
    return Ok{};
  });
}

namespace {

struct Found {
  SessionRow session;
  User user;
  bool must_set_second_step = false;
};

std::optional<Found> find_live(Transaction& tx, const std::string& token_hash, Instant now,
                               const std::vector<http::Role>& second_step_for) {
  const auto session = find_session(tx, token_hash);
  if (!session) return std::nullopt;
  const bool old = now.micros_since(session->created_at) > session_hours_max * 3'600'000'000;
  const bool idle = now.micros_since(session->seen_at) > idle_minutes_max * 60'000'000;
  if (old || idle) return std::nullopt;
  auto user = find_user_by_id(tx, session->user_id);
  if (!user || !is_employed(*user, now.china_date())) return std::nullopt;
  const bool must = must_set_second_step(tx, *user, second_step_for);
  return Found{*session, std::move(*user), must};
}

// What must be done before anything else; the session's own routes stay open for it.
Status check_ready(const Found& found, const http::Request& request) {
  if (request.path.starts_with("/api/v1/session")) return Ok{};
  if (found.user.must_change_password)
    return Error{Code::forbidden, "change the first password first", "must_change_password"};
  if (found.must_set_second_step)
    return Error{Code::forbidden, "your role needs a second step of signing in",
                 "must_set_second_step"};
  return Ok{};
}

}  // namespace

bool must_set_second_step(Transaction& tx, const User& user, const std::vector<http::Role>& roles) {
  return std::find(roles.begin(), roles.end(), user.role) != roles.end() &&
         !has_second_step(tx, user.user_id);
}

std::function<Status(http::Request&)> authenticator(store::Store& store,
                                                    std::vector<http::Role> second_step_for) {
  return [&store, second_step_for = std::move(second_step_for)](http::Request& request) -> Status {
    TRY(authenticate_key(store, request));
    if (request.by_key) return Ok{};
    const auto cookie = request.cookies.find(http::session_cookie);
    if (cookie == request.cookies.end() || cookie->second.size() != token_digits) return Ok{};
    const std::string token_hash = token_hash_of(cookie->second);
    TRY_ASSIGN(auto found, store.read([&](Transaction& tx) {
      return find_live(tx, token_hash, request.now, second_step_for);
    }));
    if (!found) return Ok{};
    TRY(check_ready(*found, request));
    if (request.now.micros_since(found->session.seen_at) > seen_every_s * 1'000'000) {
      TRY(store.transact([&](Transaction& tx) -> Status {
        save_seen(tx, token_hash, request.now);
        return Ok{};
      }));
    }
    User& user = found->user;
    request.session_id = token_hash;
    request.csrf_token = csrf_token_of(cookie->second);
    request.caller = http::Caller{.user_id = user.user_id.value(),
                                  .user_name = std::move(user.user_name),
                                  .shown_name = std::move(user.shown_name),
                                  .role = user.role,
                                  .team = std::move(user.team),
                                  .regions = std::move(user.regions)};
    return Ok{};
  };
}

}  // namespace people
