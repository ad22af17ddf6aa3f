#include "people/second_step.h"

#include <algorithm>
#include <cctype>

#include "kernel/hash.h"
#include "people/password.h"
#include "people/rows.h"
#include "people/session.h"
#include "people/totp.h"
#include "store/vault.h"

namespace people {

using kernel::Code;
using kernel::Error;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;
using store::Transaction;

namespace {

struct TotpTag {
  static std::string mask(std::string_view) { return "****"; }
};
using TotpSecret = kernel::Secret<TotpTag>;
constexpr std::string_view secret_purpose = "people.second_step";

struct Row {
  std::string sealed_secret;
  std::optional<Instant> confirmed_at;
  std::int64_t last_counter = 0;
  Failures failures;
};

std::optional<Row> find_row(Transaction& tx, UserId user_id) {
  return tx.query_one<Row>(
      "SELECT sealed_secret, confirmed_at, last_counter, failures, failed_at FROM second_step "
      "WHERE user_id = $1",
      {user_id}, [](const store::Row& row) {
        return Row{.sealed_secret = row.blob(0),
                   .confirmed_at = row.opt_instant(1),
                   .last_counter = row.i64(2),
                   .failures = {row.i64(3), row.instant(4)}};
      });
}

void lock(Transaction& tx, UserId user_id) {
  tx.lock("people.second_step." + std::to_string(user_id.value()));
}

// Codes are typed with dashes, blanks and in capitals.
std::string plain_code(std::string_view code) {
  std::string plain;
  for (const char c : code)
    if (std::isalnum(static_cast<unsigned char>(c)))
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

std::string index_of(Transaction& tx, UserId user_id, std::string_view plain) {
  return kernel::hex(tx.vault().index_bytes(
      "people.recovery_code", std::to_string(user_id.value()) + ':' + std::string(plain)));
}

bool spend_recovery_code(Transaction& tx, UserId user_id, std::string_view plain) {
  return tx.execute("DELETE FROM recovery_code WHERE user_id = $1 AND code_index = $2",
                    {user_id, index_of(tx, user_id, plain)}) > 0;
}

std::vector<std::string> make_recovery_codes(Transaction& tx, UserId user_id) {
  tx.execute("DELETE FROM recovery_code WHERE user_id = $1", {user_id});
  std::vector<std::string> codes;
  for (int i = 0; i < recovery_codes_count; ++i) {
    codes.push_back(generate_code());
    tx.execute("INSERT INTO recovery_code (user_id, code_index) VALUES ($1, $2)",
               {user_id, index_of(tx, user_id, plain_code(codes.back()))});
  }
  return codes;
}

// Null: not a code of this secret, or one that was taken already.
std::optional<std::int64_t> match(Transaction& tx, UserId user_id, const Row& row,
                                  std::string_view plain, Instant now) {
  const auto secret = tx.vault().open_sealed<TotpTag>(secret_purpose, row.sealed_secret);
  if (!secret) return std::nullopt;
  const std::string subject = subject_of(user_id);
  const auto disclosure = tx.disclose(subject, "second_step", subject, now);
  return match_totp(std::string(secret->reveal(disclosure)), plain, now, row.last_counter);
}

void count_failure(Transaction& tx, UserId user_id, const Failures& before, Instant now) {
  tx.execute("UPDATE second_step SET failures = $2, failed_at = $3 WHERE user_id = $1",
             {user_id, before.count + 1, now});
}

void take_code(Transaction& tx, UserId user_id, std::int64_t counter) {
  tx.execute("UPDATE second_step SET last_counter = $2, failures = 0 WHERE user_id = $1",
             {user_id, counter});
}

void append(Transaction& tx, std::string_view kind, UserId user_id, std::string_view made_by,
            Instant now, std::string body = "{}") {
  tx.append({.kind = std::string(kind),
             .subject = subject_of(user_id),
             .made_by = std::string(made_by),
             .made_at = now,
             .body = std::move(body)});
}

// Runs `then` in the transaction that took the code; a verdict that does not let in is kept too.
template <class T>
Result<T> with_code(store::Store& store, UserId user_id, std::string_view code, Instant now,
                    const std::function<T(Transaction&)>& then) {
  struct Outcome {
    CodeVerdict verdict;
    std::optional<T> value;
  };
  TRY_ASSIGN(Outcome outcome, store.transact([&](Transaction& tx) -> Result<Outcome> {
    Outcome done{.verdict = judge_code(tx, user_id, code, now), .value = {}};
    if (done.verdict.kind == CodeVerdict::Kind::good) done.value = then(tx);
    return done;
  }));
  if (!outcome.value) {
    Error refusal = refusal_of(outcome.verdict);
    if (refusal.code == Code::unauthenticated) refusal.code = Code::invalid_input;
    return refusal;
  }
  return std::move(*outcome.value);
}

}  // namespace

SecondStepState load_second_step(Transaction& tx, UserId user_id) {
  SecondStepState state;
  const auto row = find_row(tx, user_id);
  if (!row || !row->confirmed_at) return state;
  state.set = true;
  state.since = row->confirmed_at;
  state.recovery_codes_left =
      *tx.query_i64("SELECT COUNT(*) FROM recovery_code WHERE user_id = $1", {user_id});
  return state;
}

bool has_second_step(Transaction& tx, UserId user_id) {
  return *tx.query_i64(
             "SELECT COUNT(*) FROM second_step WHERE user_id = $1 AND confirmed_at IS NOT NULL",
             {user_id}) > 0;
}

CodeVerdict judge_code(Transaction& tx, UserId user_id, std::string_view code, Instant now) {
  using Kind = CodeVerdict::Kind;
  lock(tx, user_id);
  const auto row = find_row(tx, user_id);
  if (!row || !row->confirmed_at) return {.kind = Kind::not_set};
  const std::string plain = plain_code(code);
  if (plain.empty()) return {.kind = Kind::needed};
  if (const std::int64_t left = wait_left(row->failures, now); left > 0)
    return {.kind = Kind::wait, .wait_seconds = left};
  if (const auto counter = match(tx, user_id, *row, plain, now)) {
    take_code(tx, user_id, *counter);
    return {.kind = Kind::good};
  }
  if (spend_recovery_code(tx, user_id, plain)) {
    take_code(tx, user_id, row->last_counter);
    append(tx, "recovery_code_used", user_id, subject_of(user_id), now);
    return {.kind = Kind::good, .wait_seconds = 0, .by_recovery_code = true};
  }
  count_failure(tx, user_id, row->failures, now);
  return {.kind = Kind::wrong};
}

Error refusal_of(const CodeVerdict& verdict) {
  using Kind = CodeVerdict::Kind;
  if (verdict.kind == Kind::wait)
    return {
        Code::too_many,
        "too many wrong codes; try again in " + std::to_string(verdict.wait_seconds) + " seconds",
        "second_step"};
  if (verdict.kind == Kind::not_set)
    return {Code::conflict, "no second step is set", "second_step"};
  if (verdict.kind == Kind::needed)
    return {Code::unauthenticated, "a code of the second step is needed", "second_step"};
  return {Code::unauthenticated, "the code is not right", "second_step"};
}

Result<Enrolment> begin_second_step(store::Store& store, const http::Request& request,
                                    std::string_view password, const Ways* ways) {
  const UserId user_id(request.caller->user_id);
  TRY(check_own_password(store, request, password, ways));
  const std::string secret = generate_totp_secret();
  TRY(store.transact([&](Transaction& tx) -> Status {
    lock(tx, user_id);
    if (has_second_step(tx, user_id))
      return Error{Code::conflict, "a second step is set; end it first", "second_step"};
    const std::string sealed = tx.vault().seal(secret_purpose, TotpSecret::take(secret));
    tx.execute("DELETE FROM second_step WHERE user_id = $1", {user_id});
    tx.execute(
        "INSERT INTO second_step (user_id, sealed_secret, begun_at, last_counter, failures, "
        "failed_at) VALUES ($1, $2, $3, 0, 0, 0)",
        {user_id, store::Blob{sealed}, request.now});
    return Ok{};
  }));
  Enrolment enrolment{.secret = base32_of(secret),
                      .uri = totp_uri(secret, request.caller->user_name)};
  QrPicture picture = draw_qr(enrolment.uri);
  enrolment.qr_modules = picture.modules;
  enrolment.qr_path = std::move(picture.path);
  return enrolment;
}

Result<std::vector<std::string>> confirm_second_step(store::Store& store,
                                                     const http::Request& request,
                                                     std::string_view code) {
  const UserId user_id(request.caller->user_id);
  const std::string plain = plain_code(code);
  return store.transact([&](Transaction& tx) -> Result<std::vector<std::string>> {
    lock(tx, user_id);
    const auto row = find_row(tx, user_id);
    if (!row || row->confirmed_at)
      return Error{Code::conflict, "begin anew: no second step waits for its first code",
                   "second_step"};
    const auto counter = match(tx, user_id, *row, plain, request.now);
    if (!counter)
      return Error{Code::invalid_input, "the code is not right; is the phone's clock?", "code"};
    tx.execute("UPDATE second_step SET confirmed_at = $2, last_counter = $3 WHERE user_id = $1",
               {user_id, request.now, *counter});
    delete_sessions_of(tx, user_id, request.session_id);
    append(tx, "second_step_set", user_id, subject_of(user_id), request.now);
    return make_recovery_codes(tx, user_id);
  });
}

Result<std::vector<std::string>> renew_recovery_codes(store::Store& store,
                                                      const http::Request& request,
                                                      std::string_view password,
                                                      std::string_view code, const Ways* ways) {
  const UserId user_id(request.caller->user_id);
  TRY(check_own_password(store, request, password, ways));
  return with_code<std::vector<std::string>>(
      store, user_id, code, request.now, [&](Transaction& tx) {
        append(tx, "recovery_codes_made", user_id, subject_of(user_id), request.now);
        return make_recovery_codes(tx, user_id);
      });
}

namespace {

void remove(Transaction& tx, UserId user_id) {
  tx.execute("DELETE FROM second_step WHERE user_id = $1", {user_id});
  tx.execute("DELETE FROM recovery_code WHERE user_id = $1", {user_id});
}

}  // namespace

Status end_second_step(store::Store& store, const http::Request& request, std::string_view password,
                       std::string_view code, const Ways* ways) {
  const UserId user_id(request.caller->user_id);
  TRY(check_own_password(store, request, password, ways));
  return with_code<Ok>(store, user_id, code, request.now, [&](Transaction& tx) {
    remove(tx, user_id);
    append(tx, "second_step_ended", user_id, subject_of(user_id), request.now, R"({"how":"own"})");
    return Ok{};
  });
}

Status reset_second_step(store::Store& store, UserId user_id, std::string_view made_by,
                         Instant now) {
  return store.transact([&](Transaction& tx) -> Status {
    lock(tx, user_id);
    if (!find_row(tx, user_id)) return Error{Code::not_found, "no second step is set", "user_id"};
    remove(tx, user_id);
    delete_sessions_of(tx, user_id, "");
    append(tx, "second_step_ended", user_id, made_by, now, R"({"how":"reset"})");
    return Ok{};
  });
}

Status reset_second_step_of(store::Store& store, std::string_view user_name,
                            std::string_view made_by, Instant now) {
  TRY_ASSIGN(const auto user,
             store.read([&](Transaction& tx) { return find_user(tx, user_name); }));
  if (!user) return Error{Code::not_found, "no such user", std::string(user_name)};
  return reset_second_step(store, user->user_id, made_by, now);
}

}  // namespace people
