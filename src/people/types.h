#pragma once
// Who works here and who is signed in. What enters: passwords and session cookies. What leaves: the
// caller of a request, collectors for allocation, what the gate asks about an asker. Never true: a
// password or session token on disk in a form that can be used; a default password; an account
// locked by somebody else's guesses.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "allocation/types.h"
#include "gate/types.h"
#include "http/route.h"
#include "kernel/date.h"
#include "kernel/id.h"
#include "kernel/result.h"
#include "store/store.h"

namespace people {

const std::vector<store::Migration>& schema();

struct UserTag {};
using UserId = kernel::Id<UserTag>;

// Whose word lets a user in: a password of ours, the house's directory (LDAP), or its identity
// provider (OpenID Connect).
enum class SignInBy { password, directory, provider };
BOOST_DESCRIBE_ENUM(SignInBy, password, directory, provider)
const char* word_of(SignInBy by);
std::optional<SignInBy> parse_sign_in_by(std::string_view word);

struct User {
  UserId user_id{0};
  std::string user_name;  // for signing in; also the collector's code in books and worklists
  std::string shown_name;
  http::Role role = http::Role::collector;
  std::string team;                  // a word of decisions/allocation.dmn; empty: none
  std::vector<std::string> skills;   // words of the same
  std::vector<std::string> regions;  // leading digits of GB/T 2260 codes; empty: everywhere
  int capacity = 0;                  // customers to work in one day
  bool active = true;
  bool must_change_password = false;
  std::optional<kernel::Date> certified_until;  // trained and examined; good to the end of that day
  bool background_checked = false;
  bool confidentiality_signed = false;
  bool recording_ready = false;  // what this person says on the phone is recorded (《指引》 录音)
  SignInBy sign_in_by = SignInBy::password;
  // From the staff file (staff_file.h).
  std::optional<kernel::Date> background_until;  // the check is good to that day; none: no end
  std::optional<kernel::Date> employed_until;    // the last day at work
  std::string backup;  // user name of who gets the cases (B 岗); empty: the team's lead
};
// Works here on that day.
bool is_employed(const User& user, kernel::Date today);

// "user:7": how facts and rows name a person who works here.
std::string subject_of(UserId user_id);

std::vector<User> load_users(store::Transaction& tx);  // by user name
std::optional<User> find_user(store::Transaction& tx, std::string_view user_name);
// By user name and by subject_of.
std::map<std::string, std::string> load_shown_names(store::Transaction& tx);

// ---- for other rooms ---------------------------------------------------------------------------

// Everybody active with a team and room for work, whatever their role; `certified` as of `today`.
std::vector<allocation::Collector> load_collectors(store::Transaction& tx, kernel::Date today);

// What the gate asks. A user is certified with a certificate in date, the background looked into
// and confidentiality signed (《指引》 第十七、十八条): all three on that day, or the packs refuse.
gate::AskerFacts load_asker(store::Transaction& tx, std::string_view asker, kernel::Date today);

// Whoever's last day is over is put out and their cases go on: each minute, by the server. Facts:
// user_left and those of cases.
kernel::Status end_employments(store::Store& store, kernel::Instant now);

// ---- passwords and users -----------------------------------------------------------------------

// What one argon2id hash costs. The default is libsodium's "interactive": 2 passes over 64 MiB,
// some 60 ms of one core (OWASP asks for 19 MiB and 2 passes at least).
struct HashCost {
  unsigned long long passes = 2;
  std::size_t memory_bytes = 64u << 20;
};
inline constexpr HashCost cost_for_tests{1, 8192};

struct WithPassword {
  User user;
  std::string first_password;  // shown once, kept nowhere, to be changed; empty: signs in elsewhere
};

// `user.user_id` is given here. A password of 20 letters and digits is generated.
kernel::Result<WithPassword> add_user(store::Store& store, User user, std::string_view made_by,
                                      kernel::Instant now, HashCost cost = {});
// A new generated password in place of a forgotten one; every session of the user ends.
kernel::Result<WithPassword> reset_password(store::Store& store, std::string_view user_name,
                                            std::string_view made_by, kernel::Instant now,
                                            HashCost cost = {});
// Ends the second step of signing in of one who lost the phone and the recovery codes, and every
// session. `not_found`: no such user, or none is set. Fact: second_step_ended.
kernel::Status reset_second_step_of(store::Store& store, std::string_view user_name,
                                    std::string_view made_by, kernel::Instant now);
// The first user of an empty house, role admin. Nothing (and no password) where there are users.
kernel::Result<std::optional<WithPassword>> create_first_admin(store::Store& store,
                                                               kernel::Instant now,
                                                               HashCost cost = {});

// A made-up staff for the sample portfolio, all with one generated password that need not be
// changed: an admin, two analysts, two leads and collectors for every team and skill of the shipped
// tables. Users who are there already stay as they are but get the new password too.
struct DemoStaff {
  std::vector<User> users;
  std::string password;
};
kernel::Result<DemoStaff> make_demo_staff(store::Store& store, kernel::Instant now,
                                          HashCost cost = {});

// ---- other ways of signing in ------------------------------------------------------------------

struct Ways;
// <data>/sign_in.toml (docs/sign-in.md). Without the file, passwords of ours are the only way.
kernel::Result<std::shared_ptr<const Ways>> open_ways(const std::filesystem::path& data);

// ---- over HTTP ---------------------------------------------------------------------------------

struct Options {
  bool secure_cookie = false;  // over TLS, here or at the proxy
  HashCost cost;
  std::vector<http::Role> second_step_for;  // roles that cannot work without a second step
  std::shared_ptr<const Ways> ways;         // null: passwords of ours only
};

// /session and /users. `store` lives as long as the routes.
std::vector<http::Route> routes(store::Store& store, Options options);

// The server's hook: fills caller, session_id and csrf_token from the cookie; leaves them where
// there is no session, or it is too old (12 hours, or 30 minutes without a request). `forbidden`
// until a first password is changed and, where the role needs one, a second step is set, but for
// the session's own routes.
std::function<kernel::Status(http::Request&)> authenticator(
    store::Store& store, std::vector<http::Role> second_step_for = {});

}  // namespace people
