#pragma once
// Time-based codes (RFC 6238) by liboath, and the picture an app reads the secret from by
// libqrencode. Pure: no store, no clock of its own.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/date.h"

namespace people {

std::string generate_totp_secret();                // 160 random bits, as bytes
std::string base32_of(const std::string& secret);  // RFC 4648, without padding
std::string totp_of(const std::string& secret,
                    kernel::Instant at);  // what the app shows: six digits

// The time step whose code this is (now, or one step of 30 s before or after), if it lies after
// `after`.
std::optional<std::int64_t> match_totp(const std::string& secret, std::string_view code,
                                       kernel::Instant now, std::int64_t after);

// "otpauth://totp/Evenhand:NAME?…" as authenticator apps read it.
std::string totp_uri(const std::string& secret, std::string_view user_name);

struct QrPicture {
  int modules = 0;   // side, in modules
  std::string path;  // dark modules as one SVG path, a unit a module
};
QrPicture draw_qr(const std::string& text);

}  // namespace people
