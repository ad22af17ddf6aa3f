#include "people/id_token.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "tlog/hash.h"

namespace people {

namespace json = boost::json;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

constexpr std::size_t token_bytes_max = 16 * 1024;
constexpr std::size_t list_max = 1000;

Error bad(std::string what, std::string where) {
  return {Code::unauthenticated, std::move(what), std::move(where)};
}

struct FreeAny {
  void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
  void operator()(EVP_PKEY_CTX* one) const { EVP_PKEY_CTX_free(one); }
  void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
  void operator()(OSSL_PARAM_BLD* one) const { OSSL_PARAM_BLD_free(one); }
  void operator()(OSSL_PARAM* one) const { OSSL_PARAM_free(one); }
  void operator()(BIGNUM* one) const { BN_free(one); }
  void operator()(ECDSA_SIG* one) const { ECDSA_SIG_free(one); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeAny>;

const unsigned char* bytes_at(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<json::object> parse_object(std::string_view text) {
  json::error_code wrong;
  json::parse_options strict;
  strict.max_depth = 16;
  json::value value = json::parse(text, wrong, {}, strict);
  if (wrong || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::optional<std::int64_t> number_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  if (!found || !found->is_number()) return std::nullopt;
  json::error_code wrong;
  const auto whole = found->to_number<std::int64_t>(wrong);
  if (!wrong) return whole;
  const auto real = found->to_number<long double>(wrong);
  constexpr long double most = 1e12L;  // seconds; far beyond any date
  if (wrong || real < 0 || real > most) return std::nullopt;
  return static_cast<std::int64_t>(real);
}

// ---- keys --------------------------------------------------------------------------------------

std::shared_ptr<EVP_PKEY> make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> rsa_key(const std::string& modulus, const std::string& exponent) {
  constexpr int bits_min = 2048, bits_max = 8192;
  if (modulus.size() > bits_max / 8 || exponent.empty() || exponent.size() > 8) return nullptr;
  const Owned<BIGNUM> n(BN_bin2bn(bytes_at(modulus), static_cast<int>(modulus.size()), nullptr));
  const Owned<BIGNUM> e(BN_bin2bn(bytes_at(exponent), static_cast<int>(exponent.size()), nullptr));
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < bits_min ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  return make_key("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> p256_key(const std::string& x, const std::string& y) {
  if (x.size() != 32 || y.size() != 32) return nullptr;
  const std::string point = '\x04' + x + y;
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return nullptr;
  return make_key("EC", builder.get());
}

std::string part(const json::object& key, std::string_view name) {
  const auto bytes = parse_base64url(text_of(key, name));
  return bytes ? *bytes : std::string();
}

std::optional<SigningKey> key_of(const json::object& given) {
  SigningKey made{.key_id = text_of(given, "kid"),
                  .kind = text_of(given, "kty"),
                  .algorithm = text_of(given, "alg"),
                  .key = nullptr};
  const std::string use = text_of(given, "use"), curve = text_of(given, "crv");
  if (!use.empty() && use != "sig") return std::nullopt;
  if (made.kind == "RSA") made.key = rsa_key(part(given, "n"), part(given, "e"));
  if (made.kind == "EC" && curve == "P-256")
    made.key = p256_key(part(given, "x"), part(given, "y"));
  if (made.kind == "OKP" && curve == "Ed25519") {
    const std::string x = part(given, "x");
    made.key = {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_at(x), x.size()),
                EVP_PKEY_free};
  }
  if (!made.key) return std::nullopt;
  return made;
}

// ---- signatures --------------------------------------------------------------------------------

// Empty: an algorithm that is not taken.
std::string kind_of(std::string_view algorithm) {
  if (algorithm == "RS256" || algorithm == "PS256") return "RSA";
  if (algorithm == "ES256") return "EC";
  if (algorithm == "EdDSA") return "OKP";
  return "";
}

// r and s one after the other (RFC 7518 §3.4) → DER, as OpenSSL wants it.
std::string der_of(std::string_view raw) {
  if (raw.size() != 64) return "";
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_at(raw), 32, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_at(raw) + 32, 32, nullptr);
  CHECK(signature && r && s && ECDSA_SIG_set0(signature.get(), r, s) == 1);
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

bool verify(const SigningKey& key, const std::string& algorithm, std::string_view signed_text,
            const std::string& raw) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* how = nullptr;
  const EVP_MD* hash = key.kind == "OKP" ? nullptr : EVP_sha256();
  if (!context || EVP_DigestVerifyInit(context.get(), &how, hash, nullptr, key.key.get()) != 1)
    return false;
  if (algorithm == "PS256" && (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) != 1 ||
                               EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) != 1))
    return false;
  const std::string signature = key.kind == "EC" ? der_of(raw) : raw;
  return !signature.empty() &&
         EVP_DigestVerify(context.get(), bytes_at(signature), signature.size(),
                          bytes_at(signed_text), signed_text.size()) == 1;
}

struct Parts {
  json::object header, claims;
  std::string_view signed_text;
  std::string signature;
};

Result<Parts> take_apart(std::string_view token) {
  const Error broken = bad("the id_token is not a signed token", "token");
  if (token.size() > token_bytes_max) return bad("the id_token is too long", "token");
  const auto first = token.find('.'), last = token.rfind('.');
  if (first == token.npos || first == last || token.find('.', first + 1) != last) return broken;
  const auto header = parse_base64url(token.substr(0, first));
  const auto claims = parse_base64url(token.substr(first + 1, last - first - 1));
  const auto signature = parse_base64url(token.substr(last + 1));
  if (!header || !claims || !signature) return broken;
  auto header_object = parse_object(*header), claims_object = parse_object(*claims);
  if (!header_object || !claims_object) return broken;
  return Parts{std::move(*header_object), std::move(*claims_object), token.substr(0, last),
               *signature};
}

Status check_signature(const Parts& parts, const std::vector<SigningKey>& keys) {
  const std::string algorithm = text_of(parts.header, "alg"), kind = kind_of(algorithm);
  if (kind.empty()) return bad("the id_token's algorithm is not taken here", "alg");
  if (parts.header.contains("crit")) return bad("the id_token asks for what is not known", "crit");
  const std::string key_id = text_of(parts.header, "kid");
  std::vector<const SigningKey*> fitting;
  for (const SigningKey& key : keys) {
    const bool named = key_id.empty() || key.key_id == key_id;
    const bool able = key.kind == kind && (key.algorithm.empty() || key.algorithm == algorithm);
    if (named && able) fitting.push_back(&key);
  }
  // Without a name only one key may fit: none is tried out.
  if (fitting.size() != 1) return bad("no one key of the provider fits the id_token", "key");
  if (!verify(*fitting.front(), algorithm, parts.signed_text, parts.signature))
    return bad("the id_token's signature is not right", "signature");
  return kernel::Ok{};
}

// ---- claims ------------------------------------------------------------------------------------

Claims claims_of(const json::object& object) {
  Claims claims;
  for (const auto& [name, value] : object) {
    std::vector<std::string> texts;
    if (value.is_string()) texts.emplace_back(value.as_string());
    if (value.is_array())
      for (const json::value& one : value.as_array())
        if (one.is_string() && texts.size() < list_max) texts.emplace_back(one.as_string());
    if (!texts.empty()) claims[std::string(name)] = std::move(texts);
  }
  return claims;
}

Status check_times(const json::object& claims, kernel::Instant now) {
  constexpr std::int64_t age_max_s = 600;  // made for this sign-in, a moment ago
  const std::int64_t at = now.micros() / 1'000'000;
  const auto exp = number_of(claims, "exp"), iat = number_of(claims, "iat");
  if (!exp || at >= *exp + clock_leeway_s) return bad("the id_token has expired", "exp");
  if (!iat || *iat > at + clock_leeway_s || *iat < at - age_max_s)
    return bad("the id_token was not made now; are both clocks right?", "iat");
  const auto nbf = number_of(claims, "nbf");
  if (claims.contains("nbf") && (!nbf || *nbf > at + clock_leeway_s))
    return bad("the id_token is not valid yet", "nbf");
  return kernel::Ok{};
}

Status check_claims(const json::object& object, const Claims& claims, const Expected& expected) {
  if (text_of(object, "iss") != expected.issuer)
    return bad("the id_token is of another issuer", "iss");
  const auto audience = claims.find("aud");
  const bool for_us =
      audience != claims.end() &&
      std::count(audience->second.begin(), audience->second.end(), expected.client_id) > 0;
  if (!for_us) return bad("the id_token is for another client", "aud");
  const bool needs_party = audience->second.size() > 1 || object.contains("azp");
  if (needs_party && text_of(object, "azp") != expected.client_id)
    return bad("the id_token was given to another client", "azp");
  TRY(check_times(object, expected.now));
  if (expected.nonce.empty() || text_of(object, "nonce") != expected.nonce)
    return bad("the id_token is of another sign-in", "nonce");
  const std::string subject = text_of(object, "sub");
  if (subject.empty() || subject.size() > 255) return bad("the id_token names nobody", "sub");
  return kernel::Ok{};
}

}  // namespace

Result<std::vector<SigningKey>> parse_keys(std::string_view text) {
  const auto object = parse_object(text);
  const json::value* list = object ? object->if_contains("keys") : nullptr;
  if (!list || !list->is_array())
    return Error{Code::unavailable, "the provider's keys cannot be read", "jwks_uri"};
  std::vector<SigningKey> keys;
  for (const json::value& one : list->as_array()) {
    auto key = one.is_object() ? key_of(one.as_object()) : std::nullopt;
    if (key) keys.push_back(std::move(*key));
  }
  return keys;
}

Result<Claims> parse_claims(std::string_view text) {
  const auto object = parse_object(text);
  if (!object) return Error{Code::unavailable, "the provider's answer is not JSON", ""};
  return claims_of(*object);
}

std::string first_of(const Claims& claims, const std::string& name) {
  const auto found = claims.find(name);
  return found == claims.end() ? std::string() : found->second.front();
}

Result<Claims> judge_id_token(std::string_view token, const std::vector<SigningKey>& keys,
                              const Expected& expected) {
  TRY_ASSIGN(const Parts parts, take_apart(token));
  TRY(check_signature(parts, keys));
  Claims claims = claims_of(parts.claims);
  TRY(check_claims(parts.claims, claims, expected));
  return claims;
}

std::string base64url(std::string_view bytes) {
  std::string text = tlog::base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

Result<std::string> parse_base64url(std::string_view given) {
  if (given.find_first_of("+/=") != given.npos) return bad("not base64url", "token");
  std::string text(given);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return tlog::parse_base64(text);
}

}  // namespace people
