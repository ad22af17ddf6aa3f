// Tokens made here, with keys made here: the good ones are taken, and each way to be bad is not.

#include "people/id_token.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <optional>

namespace {

using people::base64url;
using people::SigningKey;

const kernel::Instant now = kernel::Instant::china(kernel::Date::from_ymd(2026, 11, 20), 600);
const std::int64_t at = now.micros() / 1'000'000;

const people::Expected expected{"https://id.bank.example", "evenhand", "n-0S6_WzA2Mj", now};

std::shared_ptr<EVP_PKEY> make_key(const std::string& kind, unsigned bits = 2048) {
  EVP_PKEY* key = kind == "RSA"  ? EVP_RSA_gen(bits)
                  : kind == "EC" ? EVP_EC_gen("P-256")
                                 : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return {key, EVP_PKEY_free};
}

// One pair of each kind for all tests: RSA keys take long to make.
const std::shared_ptr<EVP_PKEY>& pair_of(const std::string& kind) {
  static std::map<std::string, std::shared_ptr<EVP_PKEY>> pairs;
  auto& pair = pairs[kind];
  if (!pair) pair = make_key(kind);
  return pair;
}

std::string number(EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(value);
  return bytes;
}

std::string padded(std::string bytes) {
  while (bytes.size() < 32) bytes.insert(bytes.begin(), '\0');
  return bytes;
}

std::string jwk(const std::string& kind, EVP_PKEY* key, const std::string& more = "") {
  std::string text = "{\"kty\":\"" + kind + "\"" + more;
  const auto add = [&](const char* name, const std::string& bytes) {
    text += std::string(",\"") + name + "\":\"" + base64url(bytes) + "\"";
  };
  if (kind == "RSA") {
    add("n", number(key, OSSL_PKEY_PARAM_RSA_N));
    add("e", number(key, OSSL_PKEY_PARAM_RSA_E));
  } else if (kind == "EC") {
    text += ",\"crv\":\"P-256\"";
    add("x", padded(number(key, OSSL_PKEY_PARAM_EC_PUB_X)));
    add("y", padded(number(key, OSSL_PKEY_PARAM_EC_PUB_Y)));
  } else {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size);
    text += ",\"crv\":\"Ed25519\"";
    add("x", raw);
  }
  return text + "}";
}

std::vector<SigningKey> keys_of(const std::vector<std::string>& jwks) {
  std::string text;
  for (const auto& one : jwks) text += (text.empty() ? "" : ",") + one;
  return people::parse_keys("{\"keys\":[" + text + "]}").value();
}

std::vector<SigningKey> all_keys() {
  return keys_of({jwk("RSA", pair_of("RSA").get(), R"(,"kid":"r","use":"sig")"),
                  jwk("EC", pair_of("EC").get(), R"(,"kid":"e")"),
                  jwk("OKP", pair_of("OKP").get(), R"(,"kid":"o")")});
}

std::string raw_of(const std::string& der) {
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()));
  std::string raw(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + 32, 32);
  ECDSA_SIG_free(signature);
  return raw;
}

std::string sign(const std::string& algorithm, EVP_PKEY* key, const std::string& text) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* how = nullptr;
  EVP_DigestSignInit(context, &how, algorithm == "EdDSA" ? nullptr : EVP_sha256(), nullptr, key);
  if (algorithm == "PS256") {
    EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
  }
  std::string made(1024, '\0');
  std::size_t size = made.size();
  EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(made.data()), &size,
                           reinterpret_cast<const unsigned char*>(text.data()), text.size()),
            1);
  EVP_MD_CTX_free(context);
  made.resize(size);
  return algorithm == "ES256" ? raw_of(made) : made;
}

struct Token {
  std::string algorithm = "RS256", key_id = "r", header_more, claims;
  EVP_PKEY* key = pair_of("RSA").get();
};

std::string claims_with(const std::string& name = "", const std::string& value = "") {
  std::map<std::string, std::string> all = {{"iss", "\"https://id.bank.example\""},
                                            {"aud", "\"evenhand\""},
                                            {"sub", "\"u-1001\""},
                                            {"nonce", "\"n-0S6_WzA2Mj\""},
                                            {"exp", std::to_string(at + 300)},
                                            {"iat", std::to_string(at)},
                                            {"groups", R"(["collectors","staff"])"},
                                            {"preferred_username", "\"li.ming\""}};
  if (value.empty())
    all.erase(name);
  else
    all[name] = value;
  std::string text;
  for (const auto& [key, one] : all) text += (text.empty() ? "{\"" : ",\"") + key + "\":" + one;
  return text + "}";
}

std::string unsigned_of(const Token& token) {
  const std::string header = "{\"alg\":\"" + token.algorithm + "\"" +
                             (token.key_id.empty() ? "" : ",\"kid\":\"" + token.key_id + "\"") +
                             token.header_more + "}";
  return base64url(header) + '.' + base64url(token.claims.empty() ? claims_with() : token.claims);
}

std::string made(const Token& token) {
  const std::string text = unsigned_of(token);
  return text + '.' + base64url(sign(token.algorithm, token.key, text));
}

// What it was refused for; empty: taken.
std::string refused(const std::string& token, const std::vector<SigningKey>& keys = all_keys()) {
  const auto judged = people::judge_id_token(token, keys, expected);
  if (judged) return "";
  EXPECT_EQ(judged.error().code, kernel::Code::unauthenticated);
  return judged.error().where;
}

TEST(IdToken, each_algorithm_is_taken_with_its_own_key) {
  const auto judged = people::judge_id_token(made({}), all_keys(), expected);
  ASSERT_TRUE(judged) << judged.error().message;
  EXPECT_EQ(people::first_of(*judged, "sub"), "u-1001");
  EXPECT_EQ(people::first_of(*judged, "preferred_username"), "li.ming");
  EXPECT_EQ(judged->at("groups"), (std::vector<std::string>{"collectors", "staff"}));
  EXPECT_EQ(refused(made({.algorithm = "PS256"})), "");
  EXPECT_EQ(refused(made({.algorithm = "ES256", .key_id = "e", .key = pair_of("EC").get()})), "");
  EXPECT_EQ(refused(made({.algorithm = "EdDSA", .key_id = "o", .key = pair_of("OKP").get()})), "");
}

TEST(IdToken, no_signature_and_no_shared_secret) {
  Token none{.algorithm = "none"};
  for (const char* alg : {"none", "None", "NONE", "nOnE", ""}) {
    none.algorithm = alg;
    EXPECT_EQ(refused(unsigned_of(none) + '.'), "alg") << alg;
  }
  // The public key as the secret of an HMAC: the classic confusion.
  const std::string secret = jwk("RSA", pair_of("RSA").get());
  const std::string text = unsigned_of({.algorithm = "HS256"});
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  EXPECT_EQ(refused(text + '.' + base64url({reinterpret_cast<char*>(mac), size})), "alg");
}

TEST(IdToken, a_key_serves_only_what_it_is_for) {
  EXPECT_EQ(refused(made({.key_id = "unknown"})), "key");
  EXPECT_EQ(refused(made({.key_id = "e"})), "key");  // RS256 with the name of an EC key
  const auto* rsa = pair_of("RSA").get();
  EXPECT_EQ(
      refused(made({}), keys_of({jwk("RSA", pair_of("RSA").get(), R"(,"kid":"r","use":"enc")")})),
      "key");
  EXPECT_EQ(
      refused(made({}), keys_of({jwk("RSA", pair_of("RSA").get(), R"(,"kid":"r","alg":"PS256")")})),
      "key");
  // Without a name one key may fit, and no more.
  EXPECT_EQ(refused(made({.key_id = ""})), "");
  const std::string again = jwk("RSA", make_key("RSA").get(), R"(,"kid":"s")");
  EXPECT_EQ(refused(made({.key_id = ""}), keys_of({jwk("RSA", pair_of("RSA").get()), again})),
            "key");
  EXPECT_NE(rsa, nullptr);
  // A key inside the token is nobody's key.
  const auto own = make_key("RSA");
  Token with_key{.header_more = ",\"jwk\":" + jwk("RSA", own.get()), .key = own.get()};
  EXPECT_EQ(refused(made(with_key)), "signature");
  // Too short a key is not read at all.
  const auto small = make_key("RSA", 1024);
  EXPECT_TRUE(keys_of({jwk("RSA", small.get())}).empty());
}

TEST(IdToken, anything_altered_breaks_the_signature) {
  for (const Token& token :
       {Token{}, Token{.algorithm = "PS256"},
        Token{.algorithm = "ES256", .key_id = "e", .key = pair_of("EC").get()},
        Token{.algorithm = "EdDSA", .key_id = "o", .key = pair_of("OKP").get()}}) {
    const std::string good = made(token);
    Token other = token;
    other.claims = claims_with("sub", "\"admin\"");
    const std::string forged = unsigned_of(other) + good.substr(good.rfind('.'));
    EXPECT_EQ(refused(forged), "signature") << token.algorithm;
    EXPECT_EQ(refused(good.substr(0, good.rfind('.') + 1)), "signature") << token.algorithm;
  }
  // PKCS#1 and PSS signatures are not each other's.
  const std::string ps = unsigned_of({.algorithm = "PS256"});
  EXPECT_EQ(refused(ps + '.' + base64url(sign("RS256", pair_of("RSA").get(), ps))), "signature");
}

struct Case {
  const char *claim, *value, *where;
};

TEST(IdToken, each_claim_is_held_to) {
  const std::string past = std::to_string(at - 61), late = std::to_string(at + 120),
                    old = std::to_string(at - 3600), leeway = std::to_string(at - 30);
  const Case cases[] = {
      {"iss", "\"https://evil.example\"", "iss"},
      {"iss", "\"https://id.bank.example/\"", "iss"},
      {"iss", "", "iss"},
      {"aud", "\"other\"", "aud"},
      {"aud", "[\"other\"]", "aud"},
      {"aud", "", "aud"},
      {"aud", "[\"evenhand\",\"other\"]", "azp"},  // several, and nobody says who asked
      {"azp", "\"other\"", "azp"},
      {"azp", "\"evenhand\"", ""},
      {"exp", past.c_str(), "exp"},
      {"exp", "", "exp"},
      {"exp", "\"soon\"", "exp"},
      {"exp", leeway.c_str(), ""},
      {"iat", late.c_str(), "iat"},
      {"iat", old.c_str(), "iat"},
      {"iat", "", "iat"},
      {"nbf", late.c_str(), "nbf"},
      {"nbf", "null", "nbf"},
      {"nonce", "\"another\"", "nonce"},
      {"nonce", "", "nonce"},
      {"sub", "", "sub"},
      {"sub", "17", "sub"},
  };
  for (const Case& one : cases)
    EXPECT_EQ(refused(made({.claims = claims_with(one.claim, one.value)})), one.where)
        << one.claim << " " << one.value;
  people::Expected blank = expected;
  blank.nonce = "";
  EXPECT_FALSE(
      people::judge_id_token(made({.claims = claims_with("nonce", "\"\"")}), all_keys(), blank));
}

TEST(IdToken, what_is_no_token_is_refused_calmly) {
  const std::string good = made({});
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"),
        std::string("a.b.c"), good + ".x", '=' + good, good + '=', std::string(20'000, 'a'),
        base64url("[]") + '.' + base64url("{}") + ".AA",
        base64url("{\"alg\":7}") + '.' + base64url("{}") + ".AA"})
    EXPECT_NE(refused(bad), "") << bad.substr(0, 40);
  EXPECT_EQ(refused(made({.header_more = R"(,"crit":["exp"])"})), "crit");
  EXPECT_FALSE(people::parse_keys("{}"));
  EXPECT_FALSE(people::parse_keys("nonsense"));
  EXPECT_TRUE(
      people::parse_keys(R"({"keys":[{},7,{"kty":"RSA"},{"kty":"EC","crv":"P-256"}]})")->empty());
}

}  // namespace
