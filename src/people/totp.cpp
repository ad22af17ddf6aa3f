#include "people/totp.h"

#include <liboath/oath.h>
#include <qrencode.h>
#include <sodium.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "kernel/check.h"
#include "people/password.h"

namespace people {

namespace {

constexpr unsigned step_seconds = 30;
constexpr std::size_t digits = 6, secret_bytes = 20;

std::time_t seconds_of(kernel::Instant at) {
  return at.micros() / 1'000'000;
}

}  // namespace

std::string generate_totp_secret() {
  return random_bytes(secret_bytes);
}

std::string base32_of(const std::string& secret) {
  char* text = nullptr;
  std::size_t size = 0;
  const int failed = oath_base32_encode(secret.data(), secret.size(), &text, &size);
  CHECK_MSG(failed == OATH_OK, "no memory for base32");
  std::string base32(text, size);
  std::free(text);
  return base32.substr(0, base32.find('='));
}

std::string totp_of(const std::string& secret, kernel::Instant at) {
  std::array<char, digits + 1> code{};
  const int failed = oath_totp_generate(secret.data(), secret.size(), seconds_of(at), step_seconds,
                                        OATH_TOTP_DEFAULT_START_TIME, digits, code.data());
  CHECK_MSG(failed == OATH_OK, "liboath makes no code");
  return code.data();
}

std::optional<std::int64_t> match_totp(const std::string& secret, std::string_view code,
                                       kernel::Instant now, std::int64_t after) {
  if (code.size() != digits || code.find_first_not_of("0123456789") != code.npos)
    return std::nullopt;
  std::optional<std::int64_t> matched;
  // Every step is computed whichever matches, so that the time tells nothing.
  for (const std::int64_t step : {-1, 0, 1}) {
    const kernel::Instant at = now.plus_seconds(step * std::int64_t{step_seconds});
    const std::int64_t counter = seconds_of(at) / std::int64_t{step_seconds};
    const std::string expected = totp_of(secret, at);
    if (sodium_memcmp(expected.data(), code.data(), digits) == 0 && counter > after && !matched)
      matched = counter;
  }
  return matched;
}

std::string totp_uri(const std::string& secret, std::string_view user_name) {
  // User names are plain letters (check_user), so nothing needs escaping.
  return "otpauth://totp/Evenhand:" + std::string(user_name) + "?secret=" + base32_of(secret) +
         "&issuer=Evenhand&algorithm=SHA1&digits=6&period=30";
}

QrPicture draw_qr(const std::string& text) {
  const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
  CHECK_MSG(code, "the text is too long for a QR code");
  QrPicture picture{.modules = code->width, .path = {}};
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x)
      if (code->data[y * code->width + x] & 1)
        picture.path += 'M' + std::to_string(x) + ' ' + std::to_string(y) + "h1v1h-1z";
  return picture;
}

}  // namespace people
