#include "people/keys.h"

#include <algorithm>

#include "http/status.h"
#include "kernel/hash.h"
#include "people/password.h"
#include "people/rows.h"

namespace people {

using kernel::Code;
using kernel::Date;
using kernel::Error;
using kernel::Instant;
using kernel::Ok;
using kernel::Result;
using kernel::Status;
using store::Row;
using store::Transaction;

namespace {

constexpr std::string_view key_prefix = "eh_";
constexpr std::size_t key_digits = 64;
constexpr std::int64_t used_every_s = 60;  // a key's last use is written at most this often

constexpr std::string_view holder_columns =
    "holder, shown_name, team, active, published, licence_until, contract_until, evaluated_on,"
    " impact_assessed, recording_ready";

KeyHolder read_holder(const Row& row, int at = 0) {
  return {.holder = row.text(at),
          .shown_name = row.text(at + 1),
          .team = row.text(at + 2),
          .active = row.flag(at + 3),
          .published = row.flag(at + 4),
          .licence_until = row.opt_date(at + 5),
          .contract_until = row.opt_date(at + 6),
          .evaluated_on = row.opt_date(at + 7),
          .impact_assessed = row.flag(at + 8),
          .recording_ready = row.flag(at + 9)};
}

ApiKey read_key(const Row& row) {
  return {.key_id = row.id<KeyTag>(0),
          .holder = row.text(1),
          .made_by = row.text(2),
          .made_at = row.instant(3),
          .expires_on = row.date(4),
          .revoked_at = row.opt_instant(5),
          .used_at = row.opt_instant(6)};
}

Status check_holder(const KeyHolder& holder) {
  const auto colon = holder.holder.find(':');
  const std::string_view kind = std::string_view(holder.holder).substr(0, colon);
  const std::string_view name =
      colon == std::string::npos ? "" : std::string_view(holder.holder).substr(colon + 1);
  const bool plain = name.size() >= 2 && name.size() <= 32 &&
                     name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == name.npos;
  if ((kind != "agency" && kind != "machine") || !plain)
    return Error{Code::invalid_input, "agency:NAME or machine:NAME, of a-z 0-9 _ . -", "holder"};
  if (holder.shown_name.empty() || holder.shown_name.size() > 100)
    return Error{Code::invalid_input, "1 to 100 bytes", "shown_name"};
  if (holder.is_agency() == holder.team.empty())
    return Error{Code::invalid_input,
                 "an agency has the team whose cases are placed with it; a machine has none",
                 "team"};
  return Ok{};
}

std::string subject(std::string_view holder) {
  return std::string(holder);
}

}  // namespace

bool licence_valid(const KeyHolder& holder, Date today) {
  const auto good = [&](const std::optional<Date>& until) { return until && *until >= today; };
  return holder.active && holder.published && holder.impact_assessed &&
         good(holder.licence_until) && good(holder.contract_until) && holder.evaluated_on &&
         holder.evaluated_on->plus_months(12) >= today;
}

std::vector<KeyHolder> load_key_holders(Transaction& tx) {
  std::vector<KeyHolder> all;
  tx.query("SELECT " + std::string(holder_columns) + " FROM key_holder ORDER BY holder", {},
           [&](const Row& row) { all.push_back(read_holder(row)); });
  return all;
}

std::optional<KeyHolder> find_key_holder(Transaction& tx, std::string_view holder) {
  return tx.query_one<KeyHolder>(
      "SELECT " + std::string(holder_columns) + " FROM key_holder WHERE holder = $1", {holder},
      [](const Row& row) { return read_holder(row); });
}

Status save_key_holder(Transaction& tx, const KeyHolder& h, std::string_view by, Instant now) {
  TRY(check_holder(h));
  tx.execute(
      "INSERT INTO key_holder (holder, shown_name, team, active, published, licence_until,"
      " contract_until, evaluated_on, impact_assessed, recording_ready, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (holder) DO UPDATE SET"
      " shown_name = $2, team = $3, active = $4, published = $5, licence_until = $6,"
      " contract_until = $7, evaluated_on = $8, impact_assessed = $9, recording_ready = $10",
      {h.holder, h.shown_name, h.team, h.active, h.published, h.licence_until, h.contract_until,
       h.evaluated_on, h.impact_assessed, h.recording_ready, now});
  tx.append({.kind = "key_holder_saved",
             .subject = subject(h.holder),
             .made_by = std::string(by),
             .made_at = now,
             .body = std::string("{\"active\":") + (h.active ? "true" : "false") +
                     ",\"licence_valid\":" +
                     (licence_valid(h, now.china_date()) ? "true" : "false") + "}"});
  return Ok{};
}

Result<NewKey> make_key(Transaction& tx, std::string_view holder, Date expires_on,
                        std::string_view by, Instant now) {
  const auto known = find_key_holder(tx, holder);
  if (!known) return Error{Code::not_found, "there is no such agency or machine", "holder"};
  const Date today = now.china_date();
  if (expires_on < today || expires_on - today > key_days_max)
    return Error{Code::invalid_input, "a key ends within a year from today", "expires_on"};
  NewKey made{.key = {.key_id = KeyId(tx.next_id()),
                      .holder = known->holder,
                      .made_by = std::string(by),
                      .made_at = now,
                      .expires_on = expires_on,
                      .revoked_at = {},
                      .used_at = {}},
              .secret = std::string(key_prefix) + generate_token()};
  tx.execute(
      "INSERT INTO api_key (key_id, holder, secret_hash, made_by, made_at, expires_on)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      {made.key.key_id, holder, kernel::sha256_hex(made.secret), by, now, expires_on});
  tx.append({.kind = "api_key_made",
             .subject = subject(holder),
             .made_by = std::string(by),
             .made_at = now,
             .body = "{\"key_id\":\"" + std::to_string(made.key.key_id.value()) + "\"}"});
  return made;
}

Status revoke_key(Transaction& tx, KeyId key_id, std::string_view by, Instant now) {
  const auto holder =
      tx.query_one<std::string>("SELECT holder FROM api_key WHERE key_id = $1", {key_id},
                                [](const Row& row) { return row.text(0); });
  if (!holder) return Error{Code::not_found, "there is no such key", "key_id"};
  const std::int64_t changed = tx.execute(
      "UPDATE api_key SET revoked_at = $2 WHERE key_id = $1 AND revoked_at IS NULL", {key_id, now});
  if (changed == 0) return Ok{};  // it was revoked before
  tx.append({.kind = "api_key_revoked",
             .subject = subject(*holder),
             .made_by = std::string(by),
             .made_at = now,
             .body = "{\"key_id\":\"" + std::to_string(key_id.value()) + "\"}"});
  return Ok{};
}

std::vector<ApiKey> load_keys(Transaction& tx) {
  std::vector<ApiKey> all;
  tx.query(
      "SELECT key_id, holder, made_by, made_at, expires_on, revoked_at, used_at FROM api_key"
      " ORDER BY holder, made_at DESC, key_id DESC",
      {}, [&](const Row& row) { all.push_back(read_key(row)); });
  return all;
}

// ---- asking with a key -------------------------------------------------------------------------

namespace {

struct Live {
  KeyId key_id{0};
  std::optional<Instant> used_at;
  KeyHolder holder;
};

std::optional<Live> find_live_key(Transaction& tx, const std::string& secret_hash, Instant now) {
  return tx.query_one<Live>(
      "SELECT k.key_id, k.used_at, h.holder, shown_name, team, active, published, licence_until,"
      " contract_until, evaluated_on, impact_assessed, recording_ready"
      " FROM api_key k JOIN key_holder h ON h.holder = k.holder"
      " WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND k.expires_on >= $2"
      " AND h.active <> 0",
      {secret_hash, now.china_date()}, [](const Row& row) {
        return Live{row.id<KeyTag>(0), row.opt_instant(1), read_holder(row, 2)};
      });
}

}  // namespace

Status authenticate_key(store::Store& store, http::Request& request) {
  const auto header = request.headers.find("authorization");
  if (header == request.headers.end() || !header->second.starts_with("Bearer ")) return Ok{};
  const std::string secret = header->second.substr(7);
  if (!secret.starts_with(key_prefix) || secret.size() != key_prefix.size() + key_digits)
    return Ok{};
  const std::string hash = kernel::sha256_hex(secret);
  TRY_ASSIGN(auto live,
             store.read([&](Transaction& tx) { return find_live_key(tx, hash, request.now); }));
  if (!live) return Ok{};
  if (!live->used_at || request.now.micros_since(*live->used_at) > used_every_s * 1'000'000) {
    TRY(store.transact([&](Transaction& tx) -> Status {
      tx.execute("UPDATE api_key SET used_at = $2 WHERE key_id = $1", {live->key_id, request.now});
      return Ok{};
    }));
  }
  request.by_key = true;
  request.caller =
      http::Caller{.user_name = live->holder.holder,
                   .shown_name = live->holder.shown_name,
                   .role = live->holder.is_agency() ? http::Role::agency : http::Role::machine,
                   .team = live->holder.team};
  return Ok{};
}

}  // namespace people
