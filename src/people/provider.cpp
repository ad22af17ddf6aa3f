#include "people/provider.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "kernel/hash.h"
#include "people/id_token.h"
#include "tlog/hash.h"
#include "tlog/post.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Result;

namespace {

constexpr std::int64_t kept_us = 3'600'000'000, asked_again_us = 60'000'000;

std::string percent(std::string_view text) {
  static constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != plain.npos)
      out += c;
    else
      (out += '%') += hex[byte >> 4], out += hex[byte & 15];
  }
  return out;
}

// In clear only to a provider on this machine, as the issuer says.
bool is_safe(const std::string& url, const std::string& issuer) {
  return url.starts_with("https://") ||
         (issuer.starts_with("http://") && url.starts_with("http://"));
}

Error out_of_order(const std::string& what, const std::string& where) {
  return {Code::unavailable, what, where};
}

}  // namespace

struct Provider::Known {
  std::optional<Instant> learned_at, keys_at;
  std::string authorize, token, userinfo, keys_url;
  bool secret_in_body = false;  // it takes client_secret_post and not client_secret_basic
  std::vector<SigningKey> keys;
};

struct Provider::Cache {
  std::mutex mutex;  // while one asks the provider for these, others wait for its answer
  Known known;
};

Provider::Provider(ProviderSettings settings)
    : settings_(std::move(settings)), cache_(std::make_unique<Cache>()) {}
Provider::~Provider() = default;

std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields)
    form += (form.empty() ? "" : "&") + percent(name) + '=' + percent(value);
  return form;
}

Result<Provider::Known> Provider::learn(Instant now) {
  const std::lock_guard lock(cache_->mutex);
  Known& known = cache_->known;
  if (known.learned_at && now.micros_since(*known.learned_at) < kept_us) return known;
  std::string url = settings_.issuer;
  while (url.ends_with('/')) url.pop_back();
  url += "/.well-known/openid-configuration";
  TRY_ASSIGN(const tlog::HttpReply reply,
             tlog::http_get({url, settings_.ca_file, settings_.timeout_ms}));
  if (reply.status != 200)
    return out_of_order("the provider answers " + std::to_string(reply.status), url);
  TRY_ASSIGN(const Claims said, parse_claims(reply.body));
  if (first_of(said, "issuer") != settings_.issuer)
    return out_of_order(
        "the provider calls itself '" + first_of(said, "issuer") + "'; write issuer just so", url);
  known.authorize = first_of(said, "authorization_endpoint");
  known.token = first_of(said, "token_endpoint");
  known.userinfo = first_of(said, "userinfo_endpoint");
  known.keys_url = first_of(said, "jwks_uri");
  for (const std::string& one : {known.authorize, known.token, known.keys_url})
    if (!is_safe(one, settings_.issuer))
      return out_of_order("the provider's addresses must be https", url);
  if (!is_safe(known.userinfo, settings_.issuer)) known.userinfo.clear();
  const auto ways = said.find("token_endpoint_auth_methods_supported");
  known.secret_in_body = ways != said.end() && std::count(ways->second.begin(), ways->second.end(),
                                                          "client_secret_basic") == 0;
  known.learned_at = now;
  return known;
}

Result<Provider::Known> Provider::learn_keys(Instant now, std::int64_t older_than_us) {
  const std::lock_guard lock(cache_->mutex);
  Known& known = cache_->known;
  if (known.keys_at && now.micros_since(*known.keys_at) <= older_than_us) return known;
  TRY_ASSIGN(const tlog::HttpReply reply,
             tlog::http_get({known.keys_url, settings_.ca_file, settings_.timeout_ms}));
  if (reply.status != 200)
    return out_of_order("the provider answers " + std::to_string(reply.status), known.keys_url);
  TRY_ASSIGN(known.keys, parse_keys(reply.body));
  known.keys_at = now;
  return known;
}

Result<std::string> Provider::sign_in_url(const Binding& binding, Instant now) {
  TRY_ASSIGN(const Known known, learn(now));
  const std::string form = form_of({{"response_type", "code"},
                                    {"client_id", settings_.client_id},
                                    {"redirect_uri", settings_.redirect_uri},
                                    {"scope", settings_.scope},
                                    {"state", binding.state},
                                    {"nonce", binding.nonce},
                                    {"code_challenge", base64url(kernel::sha256(binding.verifier))},
                                    {"code_challenge_method", "S256"}});
  return known.authorize + (known.authorize.find('?') == std::string::npos ? '?' : '&') + form;
}

namespace {

// The id_token and the access token.
Result<std::pair<std::string, std::string>> read_tokens(const tlog::HttpReply& reply,
                                                        const std::string& url) {
  if (reply.status >= 500)
    return out_of_order("the provider answers " + std::to_string(reply.status), url);
  const auto said = parse_claims(reply.body);
  if (!said) return out_of_order("the provider's answer is not JSON", url);
  if (reply.status != 200) {
    const std::string why = first_of(*said, "error");
    if (why == "invalid_client" || why == "unauthorized_client")
      return out_of_order("the provider does not take our client_id and secret", url);
    return Error{Code::unauthenticated, "the provider does not take this code: begin again",
                 "provider"};
  }
  return std::pair(first_of(*said, "id_token"), first_of(*said, "access_token"));
}

}  // namespace

Result<std::pair<std::string, std::string>> Provider::ask_tokens(const Known& known,
                                                                 const std::string& code,
                                                                 const std::string& verifier) {
  std::vector<std::pair<std::string, std::string>> fields = {
      {"grant_type", "authorization_code"},
      {"code", code},
      {"redirect_uri", settings_.redirect_uri},
      {"code_verifier", verifier}};
  std::vector<std::string> headers;
  const bool has_secret = !settings_.client_secret.empty();
  if (!has_secret || known.secret_in_body) fields.emplace_back("client_id", settings_.client_id);
  if (has_secret && known.secret_in_body)
    fields.emplace_back("client_secret", settings_.client_secret);
  else if (has_secret)
    headers.push_back("Authorization: Basic " + tlog::base64(percent(settings_.client_id) + ':' +
                                                             percent(settings_.client_secret)));
  TRY_ASSIGN(const tlog::HttpReply reply,
             tlog::http_post({known.token, settings_.ca_file, settings_.timeout_ms},
                             "application/x-www-form-urlencoded", form_of(fields), headers));
  return read_tokens(reply, known.token);
}

Result<Vouched> Provider::exchange(const std::string& code, const std::string& issuer,
                                   const Binding& binding, Instant now) {
  if (!issuer.empty() && issuer != settings_.issuer)
    return Error{Code::unauthenticated, "comes back from another provider", "provider"};
  TRY_ASSIGN(const Known known, learn(now));
  TRY_ASSIGN(const auto tokens, ask_tokens(known, code, binding.verifier));
  TRY_ASSIGN(const Known with_keys, learn_keys(now, kept_us));
  const Expected expected{settings_.issuer, settings_.client_id, binding.nonce, now};
  const auto& [id_token, access_token] = tokens;
  auto judged = judge_id_token(id_token, with_keys.keys, expected);
  if (!judged && (judged.error().where == "key" || judged.error().where == "signature")) {
    TRY_ASSIGN(const Known newer, learn_keys(now, asked_again_us));  // the keys may have changed
    judged = judge_id_token(id_token, newer.keys, expected);
  }
  if (!judged) return judged.error();
  Claims claims = *judged;
  // Many providers put what a scope brings into userinfo only.
  const bool whole =
      claims.contains(settings_.group_claim) && claims.contains(settings_.user_claim);
  if (!whole && !known.userinfo.empty() && !access_token.empty()) {
    TRY_ASSIGN(const tlog::HttpReply info,
               tlog::http_get({known.userinfo, settings_.ca_file, settings_.timeout_ms},
                              {"Authorization: Bearer " + access_token}));
    const auto more = parse_claims(info.body);
    if (info.status == 200 && more && first_of(*more, "sub") == first_of(claims, "sub"))
      claims.insert(more->begin(), more->end());  // the id_token's own word stays
  }
  const auto groups = claims.find(settings_.group_claim);
  return Vouched{.by = SignInBy::provider,
                 .source = settings_.issuer,
                 .subject = first_of(claims, "sub"),
                 .user_name = first_of(claims, settings_.user_claim),
                 .shown_name = first_of(claims, settings_.name_claim),
                 .groups = groups == claims.end() ? std::vector<std::string>() : groups->second,
                 .create = settings_.create};
}

}  // namespace people
