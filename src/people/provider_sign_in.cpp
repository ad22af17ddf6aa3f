#include "people/provider_sign_in.h"

#include <openssl/crypto.h>

#include "http/json.h"
#include "people/id_token.h"
#include "people/password.h"
#include "store/vault.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;
using store::Transaction;

BOOST_DESCRIBE_STRUCT(Vouched, (), (by, source, subject, user_name, shown_name, groups, create))

// What the row holds, sealed. `vouched`: the provider has spoken, only our second step is left.
struct SignInState {
  std::string state, nonce, verifier;
  std::optional<Vouched> vouched;
};
BOOST_DESCRIBE_STRUCT(SignInState, (), (state, nonce, verifier, vouched))

namespace {

struct StateTag {
  static std::string mask(std::string_view) { return "****"; }
};
constexpr std::string_view state_purpose = "people.provider_sign_in";

void save_state(Transaction& tx, const std::string& token_hash, const SignInState& state,
                Instant begun_at) {
  tx.execute(
      "INSERT INTO provider_sign_in (token_hash, sealed_state, begun_at) VALUES ($1, $2, $3)",
      {token_hash,
       store::Blob{
           tx.vault().seal(state_purpose, kernel::Secret<StateTag>::take(http::write_json(state)))},
       begun_at});
}

struct Taken {
  SignInState state;
  Instant begun_at;
};

Error begin_again() {
  return {Code::unauthenticated,
          "this sign-in was not begun in this browser, or is over: begin again", "begin_again"};
}

bool same_text(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Takes the row out: of two requests with one cookie one gets it.
Result<Taken> take_state(Transaction& tx, const std::string& token_hash, Instant now) {
  tx.lock("people.provider_sign_in." + token_hash);
  const auto row = tx.query_one<std::pair<std::string, Instant>>(
      "SELECT sealed_state, begun_at FROM provider_sign_in WHERE token_hash = $1", {token_hash},
      [](const store::Row& found) { return std::pair(found.blob(0), found.instant(1)); });
  if (!row || now.micros_since(row->second) > provider_minutes_max * 60'000'000)
    return begin_again();
  tx.execute("DELETE FROM provider_sign_in WHERE token_hash = $1", {token_hash});
  TRY_ASSIGN(const auto sealed, tx.vault().open_sealed<StateTag>(state_purpose, row->first));
  const auto disclosure = tx.disclose("people", "provider_sign_in", "sign_in", now);
  TRY_ASSIGN(SignInState state, http::parse_json<SignInState>(sealed.reveal(disclosure)));
  return Taken{std::move(state), row->second};
}

}  // namespace

Result<Sent> begin_at_provider(store::Store& store, const Ways& ways, Instant now) {
  const SignInState state{.state = generate_token(),
                          .nonce = generate_token(),
                          .verifier = base64url(random_bytes(32)),
                          .vouched = {}};
  TRY_ASSIGN(std::string url,
             ways.provider->sign_in_url({state.state, state.nonce, state.verifier}, now));
  Sent sent{.url = std::move(url), .token = generate_token()};
  TRY(store.transact([&](Transaction& tx) -> Status {
    tx.execute("DELETE FROM provider_sign_in WHERE begun_at < $1",
               {now.plus_seconds(-provider_minutes_max * 60)});
    save_state(tx, token_hash_of(sent.token), state, now);
    return Ok{};
  }));
  return sent;
}

Result<SignedIn> return_from_provider(store::Store& store, const Ways& ways,
                                      const Returned& returned, const SignIn& given) {
  const std::string token_hash = token_hash_of(returned.token);
  TRY_ASSIGN(Taken taken, store.transact([&](Transaction& tx) {
    return take_state(tx, token_hash, given.now);
  }));
  SignInState& state = taken.state;
  if (!same_text(state.state, returned.state)) return begin_again();
  if (!state.vouched) {
    TRY_ASSIGN(state.vouched,
               ways.provider->exchange(returned.code, returned.issuer,
                                       {state.state, state.nonce, state.verifier}, given.now));
  }
  TRY_ASSIGN(Entered entered, store.transact([&](Transaction& tx) -> Result<Entered> {
    TRY_ASSIGN(Entered judged, enter_vouched(tx, given, *state.vouched, ways));
    const bool code_missing = !judged.signed_in && !judged.refusal;
    if (code_missing) save_state(tx, token_hash, state, taken.begun_at);
    return judged;
  }));
  return signed_in_of(std::move(entered));
}

}  // namespace people
