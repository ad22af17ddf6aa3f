#pragma once
// Signing in at the provider, from the button to the session. The browser is sent away with a
// cookie that only our own pages get back (SameSite=Strict); who returns without it, or with
// another state, is not who left. A sign-in lives ten minutes and is used once.

#include <string>

#include "people/session.h"
#include "people/ways.h"

namespace people {

inline constexpr char provider_cookie[] = "evenhand_provider";
inline constexpr std::int64_t provider_minutes_max = 10;

struct Sent {
  std::string url;    // where the browser is to go
  std::string token;  // for the cookie, and nowhere else
};
kernel::Result<Sent> begin_at_provider(store::Store& store, const Ways& ways, kernel::Instant now);

struct Returned {
  std::string token;                // of the cookie
  std::string state, code, issuer;  // as the provider gave them to the browser
};
// Opens the session. Where a second step is set its code is asked for (`where` is "second_step"),
// and the sign-in waits for it. Errors: unauthenticated ("begin_again": not begun here, too old, or
// used), what Provider::exchange and admit say.
kernel::Result<SignedIn> return_from_provider(store::Store& store, const Ways& ways,
                                              const Returned& returned, const SignIn& given);

}  // namespace people
