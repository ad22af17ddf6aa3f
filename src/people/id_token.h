#pragma once
// The id_token of OpenID Connect: a signed statement of who signed in at the provider. Signatures
// by OpenSSL: RS256, PS256 (RSA of 2048 bits and more), ES256 (P-256), EdDSA (Ed25519), each with
// keys of its own kind only. Never taken: "none", any HMAC, a key inside the token, unknown `crit`.

#include <openssl/types.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/date.h"
#include "kernel/result.h"

namespace people {

struct SigningKey {
  std::string key_id, kind;  // kind: RSA, EC, OKP
  std::string algorithm;     // empty: any of its kind
  std::shared_ptr<EVP_PKEY> key;
};

// A JSON Web Key Set (RFC 7517). Keys that cannot be used here are left out.
kernel::Result<std::vector<SigningKey>> parse_keys(std::string_view json);

struct Expected {
  std::string issuer, client_id, nonce;
  kernel::Instant now;
};
inline constexpr std::int64_t clock_leeway_s = 60;

// Claims that are a text or a list of texts; others are left out.
using Claims = std::map<std::string, std::vector<std::string>>;
kernel::Result<Claims> parse_claims(std::string_view json);
std::string first_of(const Claims& claims, const std::string& name);  // empty: none

// Signature, iss, aud, azp, exp, iat, nbf, nonce and sub, in this order. Error: unauthenticated;
// `where` names what is wrong: "token", "alg", "key" (newer keys may know it), "signature", a
// claim.
kernel::Result<Claims> judge_id_token(std::string_view token, const std::vector<SigningKey>& keys,
                                      const Expected& expected);

std::string base64url(std::string_view bytes);  // RFC 4648 §5, without padding
kernel::Result<std::string> parse_base64url(std::string_view text);

}  // namespace people
