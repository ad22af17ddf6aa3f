#pragma once
// The second step of signing in: a six-digit code of an app (TOTP, RFC 6238: SHA-1, steps of 30
// seconds, one step of clock either way), or one of ten recovery codes, each good once. A wrong
// code is counted by user: who gets that far knew the password, so a stranger locks nobody out.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "people/types.h"

namespace people {

inline constexpr int recovery_codes_count = 10;

// Shown once, while the app is set up.
struct Enrolment {
  std::string secret;   // base32 (RFC 4648), for typing
  std::string uri;      // otpauth://totp/…
  int qr_modules = 0;   // side of the QR code of the uri, in modules
  std::string qr_path;  // its dark modules as one SVG path
};

struct SecondStepState {
  bool set = false;
  std::optional<kernel::Instant> since;
  std::int64_t recovery_codes_left = 0;
};
SecondStepState load_second_step(store::Transaction& tx, UserId user_id);
bool has_second_step(store::Transaction& tx, UserId user_id);

// A new secret that waits for confirm(). `invalid_input`: not the password; `conflict`: one is set.
// `ways`: see check_own_password (session.h).
kernel::Result<Enrolment> begin_second_step(store::Store& store, const http::Request& request,
                                            std::string_view password, const Ways* ways);
// The app's first code sets it; every other session of the user ends. The recovery codes are kept
// as keyed indexes and never shown again. Fact: second_step_set.
kernel::Result<std::vector<std::string>> confirm_second_step(store::Store& store,
                                                             const http::Request& request,
                                                             std::string_view code);
// Ten new recovery codes in place of those left. Fact: recovery_codes_made.
kernel::Result<std::vector<std::string>> renew_recovery_codes(store::Store& store,
                                                              const http::Request& request,
                                                              std::string_view password,
                                                              std::string_view code,
                                                              const Ways* ways);
// The user's own: password and a code. Fact: second_step_ended.
kernel::Status end_second_step(store::Store& store, const http::Request& request,
                               std::string_view password, std::string_view code, const Ways* ways);
// For one who lost the phone and the recovery codes; every session of the user ends.
kernel::Status reset_second_step(store::Store& store, UserId user_id, std::string_view made_by,
                                 kernel::Instant now);

// Judges a code and spends a good one, counts a wrong one. In the caller's transaction, which must
// then commit whatever the verdict.
struct CodeVerdict {
  enum class Kind { not_set, needed, good, wrong, wait } kind = Kind::not_set;
  std::int64_t wait_seconds = 0;
  bool by_recovery_code = false;
  bool lets_in() const { return kind == Kind::not_set || kind == Kind::good; }
};
CodeVerdict judge_code(store::Transaction& tx, UserId user_id, std::string_view code,
                       kernel::Instant now);
// What is answered where it does not let in.
kernel::Error refusal_of(const CodeVerdict& verdict);

}  // namespace people
