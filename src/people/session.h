#pragma once
// Signing in, and who a cookie belongs to. Guesses are counted before they are judged, by name and
// address together: many at once gain nothing, and nobody can lock somebody else out.

#include <optional>
#include <string>
#include <string_view>

#include "people/rows.h"
#include "people/second_step.h"
#include "people/types.h"
#include "people/vouched.h"

namespace people {

inline constexpr std::int64_t session_hours_max = 12;
inline constexpr std::int64_t idle_minutes_max = 30;
inline constexpr std::int64_t failures_free = 5;       // then waits double from half a minute…
inline constexpr std::int64_t wait_seconds_max = 900;  // …to a quarter of an hour
inline constexpr std::int64_t failures_kept_hours = 24;

struct SignedIn {
  User user;
  std::string token;  // for the cookie, and nowhere else
};

struct SignIn {
  std::string user_name, password, remote;
  std::string old_token;  // a session the browser still has: it ends
  kernel::Instant now;
  std::string code;     // of the second step; empty: none typed yet
  std::string browser;  // what it calls itself
};

// What judging somebody's code came to, in a transaction that must commit whatever it is.
struct Entered {
  CodeVerdict verdict;
  std::optional<SignedIn> signed_in;
  std::optional<kernel::Error> refusal;  // of one vouched for: not to work here
};
kernel::Result<SignedIn> signed_in_of(Entered entered);
// For one who has proved who they are: the second step's code, where one is set, opens the session.
kernel::Result<Entered> enter(store::Transaction& tx, const SignIn& given, const User& user);
kernel::Result<Entered> enter_vouched(store::Transaction& tx, const SignIn& given,
                                      const Vouched& vouched, const Ways& ways);

// By a password of ours, or the directory's where `ways` has one.
// `unauthenticated` says no more than that the two do not belong together; an unknown name takes as
// long as a wrong password. Where the two are right and a second step is set, its code decides
// (second_step.h); the error's `where` is then "second_step". Facts: sign_in, sign_in_failed.
kernel::Result<SignedIn> sign_in(store::Store& store, const SignIn& given, HashCost cost,
                                 const Ways* ways);
kernel::Status sign_out(store::Store& store, const http::Request& request);

// The user's own change; the old one must be right. Other sessions of the user end.
kernel::Status change_password(store::Store& store, const http::Request& request,
                               std::string_view old_password, std::string_view new_password,
                               HashCost cost);

// The user's own password, here or in the directory, asked again before what matters; guesses are
// counted by user. For one of the provider: signed in within the last five minutes.
kernel::Status check_own_password(store::Store& store, const http::Request& request,
                                  std::string_view password, const Ways* ways);

bool must_set_second_step(store::Transaction& tx, const User& user,
                          const std::vector<http::Role>& roles);

// Seconds to wait before the next try.
std::int64_t wait_left(const Failures& failures, kernel::Instant now);

// Where a user is signed in.
struct Device {
  std::string device_ref;  // names the session without being its token
  kernel::Instant signed_in_at, seen_at;
  std::string address, browser;
  bool current = false;
};
// The caller's own, the newest first. Fact: secret_disclosed.
kernel::Result<std::vector<Device>> load_devices(store::Store& store, const http::Request& request);
// Ends one session, or all but the caller's. Fact: sessions_ended.
kernel::Status end_device(store::Store& store, const http::Request& request,
                          std::string_view device_ref);
kernel::Status end_other_devices(store::Store& store, const http::Request& request);

std::string token_hash_of(std::string_view token);
std::string csrf_token_of(std::string_view token);

}  // namespace people
