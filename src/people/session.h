#pragma once
// Signing in, and who a cookie belongs to. Guesses are counted before they are judged, by name and
// address together: many at once gain nothing, and nobody can lock somebody else out.

#include <optional>
#include <string>
#include <string_view>

#include "people/rows.h"
#include "people/types.h"

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
};

// `unauthenticated` says no more than that the two do not belong together; an unknown name takes as
// long as a wrong password. Facts: sign_in, sign_in_failed.
kernel::Result<SignedIn> sign_in(store::Store& store, const SignIn& given, HashCost cost);
kernel::Status sign_out(store::Store& store, const http::Request& request);

// The user's own change; the old one must be right. Other sessions of the user end.
kernel::Status change_password(store::Store& store, const http::Request& request,
                               std::string_view old_password, std::string_view new_password,
                               HashCost cost);

std::string token_hash_of(std::string_view token);
std::string csrf_token_of(std::string_view token);

}  // namespace people
