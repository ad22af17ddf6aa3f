// Tokens and keys as a provider, or whoever stands between, might send them: nothing is taken that
// no key of ours signed, and names and DNs survive being escaped.

#include <cstddef>
#include <cstdint>

#include "kernel/check.h"
#include "people/directory.h"
#include "people/id_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const people::Expected expected{"https://id.example", "evenhand", "nonce", kernel::Instant()};
  CHECK(!people::judge_id_token(text, {}, expected));
  if (const auto keys = people::parse_keys(text))  // whoever made these did not sign this
    CHECK(!people::judge_id_token("eyJhbGciOiJFUzI1NiJ9.e30.AAAA", *keys, expected));
  (void)people::parse_claims(text);
  if (const auto bytes = people::parse_base64url(text)) CHECK(people::base64url(*bytes) == text);
  CHECK(people::escape_filter(text).find_first_of("*()") == std::string::npos);
  CHECK(people::escape_dn(text).find_first_of(",+\"<>;=#") == std::string::npos);
  (void)people::plain_dn(std::string(text));
  return 0;
}
