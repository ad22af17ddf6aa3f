#pragma once
// The house's identity provider, by OpenID Connect: authorization code with PKCE (S256). Enters:
// the code a browser brings back. Leaves: who signed in there, once the id_token is judged
// (id_token.h). The provider's addresses and keys come from its own discovery document and are kept
// for an hour; keys not known are asked for anew, at most once a minute.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/date.h"
#include "kernel/result.h"
#include "people/vouched.h"

namespace people {

struct ProviderSettings {
  std::string name;    // on the sign-in page
  std::string issuer;  // https://…, as the provider writes it; http:// on this machine only
  std::string client_id, client_secret;  // no secret: a public client
  std::string redirect_uri;              // our /sign-in/provider as browsers see it; exact
  std::string scope = "openid profile";
  std::string user_claim = "preferred_username", name_claim = "name", group_claim = "groups";
  std::string ca_file;  // PEM; empty: the system's
  int timeout_ms = 5'000;
  bool create = false;
};

// What binds the browser that went to the provider to the one that comes back.
struct Binding {
  std::string state, nonce, verifier;
};

class Provider {
 public:
  explicit Provider(ProviderSettings settings);
  ~Provider();
  const ProviderSettings& settings() const { return settings_; }

  // Where the browser is to go.
  kernel::Result<std::string> sign_in_url(const Binding& binding, kernel::Instant now);
  // `issuer`: what the browser says it comes back from (RFC 9207); empty: nothing.
  // Error: unauthenticated (the provider or the id_token says no), unavailable.
  kernel::Result<Vouched> exchange(const std::string& code, const std::string& issuer,
                                   const Binding& binding, kernel::Instant now);

 private:
  struct Known;
  struct Cache;
  kernel::Result<Known> learn(kernel::Instant now);
  kernel::Result<Known> learn_keys(kernel::Instant now, std::int64_t older_than_us);
  // id_token and access token.
  kernel::Result<std::pair<std::string, std::string>> ask_tokens(const Known& known,
                                                                 const std::string& code,
                                                                 const std::string& verifier);

  ProviderSettings settings_;
  std::unique_ptr<Cache> cache_;
};

std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace people
