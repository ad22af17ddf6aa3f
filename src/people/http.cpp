// /session and /users.

#include "http/status.h"
#include "people/keys.h"
#include "people/own_http.h"
#include "people/provider_sign_in.h"
#include "people/rows.h"
#include "people/session.h"
#include "people/staff_file.h"
#include "people/users.h"
#include "people/ways.h"

namespace people {

using http::Request;
using http::Role;
using http::Route;
using kernel::Code;
using kernel::Error;
using kernel::Ok;
using kernel::Result;
using store::Transaction;

// ---- what goes over the wire -------------------------------------------------------------------

struct SessionUser {
  UserId user_id{0};
  std::string user_name, shown_name;
  Role role = Role::collector;
  std::string team;
};
BOOST_DESCRIBE_STRUCT(SessionUser, (), (user_id, user_name, shown_name, role, team))

struct Session {
  SessionUser user;
  std::string csrf_token;
  bool must_change_password = false, must_set_second_step = false;
  SignInBy sign_in_by = SignInBy::password;
};
BOOST_DESCRIBE_STRUCT(Session, (),
                      (user, csrf_token, must_change_password, must_set_second_step, sign_in_by))

// What the sign-in page offers.
struct SignInWays {
  bool passwords_for_admins_only = false, directory = false;
  std::optional<std::string> provider;  // its name
};
BOOST_DESCRIBE_STRUCT(SignInWays, (), (passwords_for_admins_only, directory, provider))

struct AtProvider {
  std::string url;
};
BOOST_DESCRIBE_STRUCT(AtProvider, (), (url))

struct FromProvider {
  std::string state;
  std::optional<std::string> authorization_code, issuer;
  std::optional<std::string> code;  // of our second step, once it is asked for
};
BOOST_DESCRIBE_STRUCT(FromProvider, (), (state, authorization_code, issuer, code))

struct Credentials {
  std::string user_name, password;
  std::optional<std::string> code;  // of the second step, where one is set
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (user_name, password, code))

struct PasswordChange {
  std::string old_password, new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (old_password, new_password))

BOOST_DESCRIBE_STRUCT(User, (),
                      (user_id, user_name, shown_name, role, team, skills, regions, capacity,
                       active, must_change_password, certified_until, background_checked,
                       confidentiality_signed, recording_ready, sign_in_by, background_until,
                       employed_until, backup))

struct UserList {
  std::vector<User> items;
};
BOOST_DESCRIBE_STRUCT(UserList, (), (items))

// What pages put in place of a user name; whoever left is still named.
struct StaffName {
  UserId user_id{0};
  std::string user_name, shown_name;
};
BOOST_DESCRIBE_STRUCT(StaffName, (), (user_id, user_name, shown_name))

struct StaffNames {
  std::vector<StaffName> items;
};
BOOST_DESCRIBE_STRUCT(StaffNames, (), (items))

BOOST_DESCRIBE_STRUCT(WithPassword, (), (user, first_password))

struct NewUser {
  std::string user_name, shown_name;
  Role role = Role::collector;
  std::optional<std::string> team;
  std::optional<std::vector<std::string>> skills, regions;
  std::optional<int> capacity;
  std::optional<kernel::Date> certified_until;
  std::optional<bool> background_checked, confidentiality_signed, recording_ready;
  std::optional<SignInBy> sign_in_by;
};
BOOST_DESCRIBE_STRUCT(NewUser, (),
                      (user_name, shown_name, role, team, skills, regions, capacity,
                       certified_until, background_checked, confidentiality_signed, recording_ready,
                       sign_in_by))

struct UserChange {
  UserId user_id{0};
  std::optional<std::string> shown_name, team;
  std::optional<Role> role;
  std::optional<std::vector<std::string>> skills, regions;
  std::optional<int> capacity;
  std::optional<kernel::Date> certified_until;
  std::optional<bool> background_checked, confidentiality_signed, recording_ready;
};
BOOST_DESCRIBE_STRUCT(UserChange, (),
                      (user_id, shown_name, team, role, skills, regions, capacity, certified_until,
                       background_checked, confidentiality_signed, recording_ready))

struct Active {
  UserId user_id{0};
  bool active = true;
};
BOOST_DESCRIBE_STRUCT(Active, (), (user_id, active))

struct WayChange {
  UserId user_id{0};
  SignInBy sign_in_by = SignInBy::password;
};
BOOST_DESCRIBE_STRUCT(WayChange, (), (user_id, sign_in_by))

struct WhichUser {
  UserId user_id{0};
};
BOOST_DESCRIBE_STRUCT(WhichUser, (), (user_id))

namespace {

Result<Session> render_session(store::Store& store, const User& user, std::string csrf_token,
                               const std::vector<Role>& second_step_for) {
  TRY_ASSIGN(const bool must, store.read([&](Transaction& tx) {
    return must_set_second_step(tx, user, second_step_for);
  }));
  return Session{{user.user_id, user.user_name, user.shown_name, user.role, user.team},
                 std::move(csrf_token),
                 user.must_change_password,
                 must,
                 user.sign_in_by};
}

std::string cookie(const std::string& token, std::int64_t seconds, bool secure) {
  return std::string(http::session_cookie) + '=' + token + "; Path=/; HttpOnly; SameSite=Strict" +
         "; Max-Age=" + std::to_string(seconds) + (secure ? "; Secure" : "");
}

std::string who_asks(const Request& request) {
  return subject_of(UserId(request.caller->user_id));
}

Result<User> need_user(Transaction& tx, UserId user_id) {
  auto user = find_user_by_id(tx, user_id);
  if (!user) return Error{Code::not_found, "no such user", "user_id"};
  return std::move(*user);
}

std::string cookie_of(const Request& request, const char* name) {
  const auto found = request.cookies.find(name);
  return found == request.cookies.end() ? std::string() : found->second;
}

SignIn sign_in_of(const Request& request, const std::optional<std::string>& code) {
  SignIn given{.user_name = {},
               .password = {},
               .remote = request.remote,
               .old_token = cookie_of(request, http::session_cookie),
               .now = request.now,
               .code = code.value_or(""),
               .browser = {}};
  const auto browser = request.headers.find("user-agent");
  if (browser != request.headers.end()) given.browser = browser->second;
  return given;
}

Result<Session> opened(store::Store& store, const SignedIn& done, const Options& options,
                       http::Headers& headers) {
  headers.emplace_back("Set-Cookie",
                       cookie(done.token, session_hours_max * 3600, options.secure_cookie));
  return render_session(store, done.user, csrf_token_of(done.token), options.second_step_for);
}

Route post_session(store::Store& store, Options options) {
  return http::route_with_headers<Credentials, Session>(
      "POST", "/api/v1/session", "people", "sign in", http::anyone(),
      [&store, options](const Credentials& in, const Request& request,
                        http::Headers& headers) -> Result<Session> {
        SignIn given = sign_in_of(request, in.code);
        given.user_name = in.user_name;
        given.password = in.password;
        TRY_ASSIGN(const SignedIn done, sign_in(store, given, options.cost, options.ways.get()));
        return opened(store, done, options, headers);
      });
}

Route get_ways(Options options) {
  return http::route<http::Nothing, SignInWays>(
      "GET", "/api/v1/session/ways", "people", "how one signs in here", http::anyone(),
      [options](const http::Nothing&, const Request&) -> Result<SignInWays> {
        SignInWays ways;
        if (!options.ways) return ways;
        ways.passwords_for_admins_only = options.ways->passwords_for_admins_only;
        ways.directory = options.ways->directory.has_value();
        if (options.ways->provider) ways.provider = options.ways->provider->settings().name;
        return ways;
      });
}

// Only for the two routes below; a browser sends it back to our own pages' requests alone.
std::string provider_cookie_of(const std::string& token, std::int64_t seconds, bool secure) {
  return std::string(provider_cookie) + '=' + token +
         "; Path=/api/v1/session/provider; HttpOnly; SameSite=Strict; Max-Age=" +
         std::to_string(seconds) + (secure ? "; Secure" : "");
}

kernel::Status check_provider(const Options& options) {
  if (options.ways && options.ways->provider) return Ok{};
  return Error{Code::not_found, "no identity provider is set up here", "provider"};
}

Route post_begin(store::Store& store, Options options) {
  return http::route_with_headers<http::Nothing, AtProvider>(
      "POST", "/api/v1/session/provider/begin", "people", "go and sign in at the provider",
      http::anyone(),
      [&store, options](const http::Nothing&, const Request& request,
                        http::Headers& headers) -> Result<AtProvider> {
        TRY(check_provider(options));
        TRY_ASSIGN(const Sent sent, begin_at_provider(store, *options.ways, request.now));
        headers.emplace_back("Set-Cookie", provider_cookie_of(sent.token, provider_minutes_max * 60,
                                                              options.secure_cookie));
        return AtProvider{sent.url};
      });
}

Route post_return(store::Store& store, Options options) {
  return http::route_with_headers<FromProvider, Session>(
      "POST", "/api/v1/session/provider", "people", "back from the provider", http::anyone(),
      [&store, options](const FromProvider& in, const Request& request,
                        http::Headers& headers) -> Result<Session> {
        TRY(check_provider(options));
        const Returned returned{.token = cookie_of(request, provider_cookie),
                                .state = in.state,
                                .code = in.authorization_code.value_or(""),
                                .issuer = in.issuer.value_or("")};
        TRY_ASSIGN(const SignedIn done, return_from_provider(store, *options.ways, returned,
                                                             sign_in_of(request, in.code)));
        headers.emplace_back("Set-Cookie", provider_cookie_of("", 0, options.secure_cookie));
        return opened(store, done, options, headers);
      });
}

Route get_session(store::Store& store, Options options) {
  return http::route<http::Nothing, Session>(
      "GET", "/api/v1/session", "people", "who is signed in", http::every_role(),
      [&store, options](const http::Nothing&, const Request& request) -> Result<Session> {
        TRY_ASSIGN(const User user, store.read([&](Transaction& tx) {
          return need_user(tx, UserId(request.caller->user_id));
        }));
        return render_session(store, user, request.csrf_token, options.second_step_for);
      });
}

Route delete_session_route(store::Store& store, Options options) {
  return http::route_with_headers<http::Nothing, http::Nothing>(
      "DELETE", "/api/v1/session", "people", "sign out", http::every_role(),
      [&store, options](const http::Nothing&, const Request& request,
                        http::Headers& headers) -> Result<http::Nothing> {
        TRY(sign_out(store, request));
        headers.emplace_back("Set-Cookie", cookie("", 0, options.secure_cookie));
        return http::Nothing{};
      });
}

Route post_password(store::Store& store, Options options) {
  return http::route<PasswordChange, http::Nothing>(
      "POST", "/api/v1/session/password", "people", "change one's own password", http::every_role(),
      [&store, options](const PasswordChange& in, const Request& request) -> Result<http::Nothing> {
        TRY(change_password(store, request, in.old_password, in.new_password, options.cost));
        return http::Nothing{};
      });
}

Route get_users(store::Store& store) {
  return http::route<http::Nothing, UserList>(
      "GET", "/api/v1/users", "people", "everybody who works here",
      http::only({Role::lead, Role::admin}),
      [&store](const http::Nothing&, const Request&) -> Result<UserList> {
        return store.read([](Transaction& tx) { return UserList{load_users(tx)}; });
      });
}

Route get_staff_names(store::Store& store) {
  return http::route<http::Nothing, StaffNames>(
      "GET", "/api/v1/staff-names", "people", "what everybody who works or worked here is called",
      http::staff(), [&store](const http::Nothing&, const Request&) -> Result<StaffNames> {
        return store.read([](Transaction& tx) {
          StaffNames names;
          for (const User& user : load_users(tx))
            names.items.push_back({user.user_id, user.user_name, user.shown_name});
          return names;
        });
      });
}

Route post_user(store::Store& store, Options options) {
  return http::route<NewUser, WithPassword>(
      "POST", "/api/v1/users", "people", "a new user, with a first password shown once",
      http::only({Role::admin}),
      [&store, options](const NewUser& in, const Request& request) -> Result<WithPassword> {
        User user{.user_name = in.user_name, .shown_name = in.shown_name, .role = in.role};
        user.team = in.team.value_or("");
        user.skills = in.skills.value_or(std::vector<std::string>{});
        user.regions = in.regions.value_or(std::vector<std::string>{});
        user.capacity = in.capacity.value_or(0);
        user.certified_until = in.certified_until;
        user.background_checked = in.background_checked.value_or(false);
        user.confidentiality_signed = in.confidentiality_signed.value_or(false);
        user.recording_ready = in.recording_ready.value_or(false);
        user.sign_in_by = in.sign_in_by.value_or(SignInBy::password);
        return add_user(store, std::move(user), who_asks(request), request.now, options.cost);
      });
}

template <class T, class U>
void take(const std::optional<T>& given, U& into) {
  if (given) into = *given;
}

User changed(User user, const UserChange& in) {
  take(in.shown_name, user.shown_name);
  take(in.team, user.team);
  take(in.role, user.role);
  take(in.skills, user.skills);
  take(in.regions, user.regions);
  take(in.capacity, user.capacity);
  take(in.certified_until, user.certified_until);
  take(in.background_checked, user.background_checked);
  take(in.confidentiality_signed, user.confidentiality_signed);
  take(in.recording_ready, user.recording_ready);
  return user;
}

// An administrator cannot put out or demote the one who asks: somebody must be left.
kernel::Status check_not_self(const User& before, const User& after, const Request& request) {
  const bool self = before.user_id.value() == request.caller->user_id;
  if (self && (!after.active || after.role != before.role))
    return Error{Code::conflict, "not your own; another administrator can", "user_id"};
  return Ok{};
}

// What the staff file holds papers of is changed there, by a paper.
kernel::Status check_not_filed(Transaction& tx, const User& before, const User& after) {
  const std::pair<bool, RecordKind> changes[] = {
      {before.background_checked != after.background_checked, RecordKind::background_check},
      {before.confidentiality_signed != after.confidentiality_signed, RecordKind::confidentiality},
      {before.certified_until != after.certified_until, RecordKind::certificate}};
  for (const auto& [changed, kind] : changes)
    if (changed && has_records(tx, before.user_id, kind))
      return Error{Code::conflict, "the staff file has papers of this: change it there", "file"};
  return Ok{};
}

Result<User> change(store::Store& store, UserId user_id, const Request& request,
                    const std::function<User(User)>& changed_by) {
  return store.transact([&](Transaction& tx) -> Result<User> {
    tx.lock(subject_of(user_id));
    TRY_ASSIGN(const User before, need_user(tx, user_id));
    const User after = changed_by(before);
    TRY(check_user(after));
    TRY(check_not_self(before, after, request));
    TRY(check_not_filed(tx, before, after));
    change_user(tx, before, after, who_asks(request), request.now);
    return after;
  });
}

Route put_user(store::Store& store) {
  return http::route<UserChange, User>(
      "PUT", "/api/v1/users/{user_id}", "people", "change what is given, keep the rest",
      http::only({Role::admin}),
      [&store](const UserChange& in, const Request& request) -> Result<User> {
        return change(store, in.user_id, request,
                      [&](User user) { return changed(std::move(user), in); });
      });
}

Route post_active(store::Store& store) {
  return http::route<Active, User>(
      "POST", "/api/v1/users/{user_id}/active", "people", "let in or put out",
      http::only({Role::admin}),
      [&store](const Active& in, const Request& request) -> Result<User> {
        return change(store, in.user_id, request, [&](User user) {
          user.active = in.active;
          const bool back = in.active && !is_employed(user, request.now.china_date());
          if (back) user.employed_until = std::nullopt;  // hired again
          return user;
        });
      });
}

Route post_way(store::Store& store) {
  return http::route<WayChange, User>(
      "POST", "/api/v1/users/{user_id}/sign-in-by", "people",
      "let one sign in another way; whatever let them in until now ends", http::only({Role::admin}),
      [&store](const WayChange& in, const Request& request) -> Result<User> {
        return store.transact([&](Transaction& tx) -> Result<User> {
          tx.lock(subject_of(in.user_id));
          TRY_ASSIGN(User user, need_user(tx, in.user_id));
          if (user.user_id.value() == request.caller->user_id)
            return Error{Code::conflict, "not your own; another administrator can", "user_id"};
          change_way(tx, user, in.sign_in_by, who_asks(request), request.now);
          return need_user(tx, in.user_id);
        });
      });
}

Route post_reset(store::Store& store, Options options) {
  return http::route<WhichUser, WithPassword>(
      "POST", "/api/v1/users/{user_id}/password", "people",
      "a new first password for a forgotten one", http::only({Role::admin}),
      [&store, options](const WhichUser& in, const Request& request) -> Result<WithPassword> {
        TRY_ASSIGN(const User user,
                   store.read([&](Transaction& tx) { return need_user(tx, in.user_id); }));
        return reset_password(store, user.user_name, who_asks(request), request.now, options.cost);
      });
}

}  // namespace

std::vector<Route> routes(store::Store& store, Options options) {
  std::vector<Route> all = {post_session(store, options),
                            get_session(store, options),
                            delete_session_route(store, options),
                            post_password(store, options),
                            get_users(store),
                            get_staff_names(store),
                            post_user(store, options),
                            put_user(store),
                            post_active(store),
                            post_way(store),
                            post_reset(store, options),
                            get_ways(options),
                            post_begin(store, options),
                            post_return(store, options)};
  for (Route& route : own_routes(store, options.ways)) all.push_back(std::move(route));
  for (Route& route : staff_file_routes(store)) all.push_back(std::move(route));
  for (Route& route : key_routes(store)) all.push_back(std::move(route));
  return all;
}

}  // namespace people
