#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/class.hpp>

#include "gate/door.h"
#include "gate/types.h"
#include "http/json.h"
#include "store/vault.h"

namespace gate {

namespace {

struct HoldBody {
  HoldId hold_id{0};
  std::string kind, person;
  std::optional<kernel::Date> until;
  std::int64_t nth = 0;              // the person's permits so far: which of them came before this
  std::vector<std::string> revoked;  // ids of those it took back
};
BOOST_DESCRIBE_STRUCT(HoldBody, (), (hold_id, kind, person, until, nth, revoked))

Hold read_hold(const store::Row& row) {
  return {.hold_id = row.id<HoldTag>(0),
          .person_key = row.text(1),
          .customer_no = row.text(2),
          .kind = row.text(3),
          .since = row.instant(4),
          .until = row.opt_date(5),
          .set_by = row.text(6),
          .sealed_reason = row.blob(7)};
}

constexpr std::string_view kColumns =
    "SELECT hold_id, person_key, customer_no, kind, since, until, set_by, reason FROM hold ";

}  // namespace

const std::vector<std::string>& hold_kinds() {
  static const std::vector<std::string> kinds = {
      "dispute",       "complaint",         "hardship",     "plan",
      "lost",          "deceased",          "counsel",      "minor",
      "incapable",     "bankrupt",          "limitation",   "cease",
      "no_automation", "consent_withdrawn", "no_calls",     "no_messages",
      "no_workplace",  "breathing_space",   "debt_adviser", "debt_adviser_progress",
      "mental_health"};
  return kinds;
}

kernel::Result<Hold> set_hold(store::Transaction& tx, const Directory& directory,
                              const HoldRequest& request, kernel::Instant now) {
  const auto& kinds = hold_kinds();
  if (std::find(kinds.begin(), kinds.end(), request.kind) == kinds.end())
    return kernel::Error{
        kernel::Code::invalid_input,
        fmt::format("'{}' is no kind of hold; docs/gate.md lists them", request.kind), "kind"};
  if (request.until && *request.until < now.china_date())
    return kernel::Error{kernel::Code::invalid_input, "the last day of a hold is in the past",
                         "until"};
  const auto person = directory.person(tx, request.customer_no);
  if (!person)
    return kernel::Error{kernel::Code::not_found, "there is no such customer", "customer_no"};
  lock_all(tx, {person->person_key}, {});
  Hold hold{.hold_id = HoldId(tx.next_id()),
            .person_key = person->person_key,
            .customer_no = request.customer_no,
            .kind = request.kind,
            .since = now,
            .until = request.until,
            .set_by = request.set_by,
            .sealed_reason = tx.vault().seal("hold.reason", request.reason)};
  save_hold(tx, hold);
  HoldBody body{hold.hold_id,
                hold.kind,
                hold.person_key,
                hold.until,
                load_nth(tx, {hold.person_key})[hold.person_key],
                {}};
  for (const PermitId permit_id : revoke_permits(tx, hold.person_key))
    body.revoked.push_back(std::to_string(permit_id.value()));
  tx.append({"hold_set", "customer:" + hold.customer_no, made_by(hold.set_by), now,
             http::write_json(body)});
  return hold;
}

kernel::Status lift_hold(store::Transaction& tx, const Directory& directory,
                         std::string_view customer_no, HoldId hold_id, const kernel::Note& reason,
                         std::string_view by, kernel::Instant now) {
  const auto person = directory.person(tx, customer_no);
  const auto kind =
      tx.query_one<std::string>("SELECT kind FROM hold WHERE hold_id = $1 AND person_key = $2",
                                {hold_id, person ? person->person_key : ""},
                                [](const store::Row& row) { return row.text(0); });
  if (!person || !kind)
    return kernel::Error{kernel::Code::not_found, "there is no such hold", "hold_id"};
  lock_all(tx, {person->person_key}, {});
  const std::string sealed = tx.vault().seal("hold.lift_reason", reason);
  if (!save_lifting(tx, hold_id, by, sealed, now))
    return kernel::Error{kernel::Code::conflict, "the hold is lifted already", "hold_id"};
  const HoldBody body{hold_id,
                      *kind,
                      person->person_key,
                      {},
                      load_nth(tx, {person->person_key})[person->person_key],
                      {}};
  tx.append({"hold_lifted", "customer:" + std::string(customer_no), made_by(by), now,
             http::write_json(body)});
  return kernel::Ok{};
}

std::vector<Hold> holds_of(store::Transaction& tx, std::string_view person_key,
                           kernel::Instant now) {
  std::vector<Hold> holds;
  tx.query(std::string(kColumns) +
               "WHERE person_key = $1 AND lifted_at IS NULL AND (until IS NULL OR until >= $2)"
               " ORDER BY since, hold_id",
           {person_key, now.china_date()},
           [&](const store::Row& row) { holds.push_back(read_hold(row)); });
  return holds;
}

std::vector<Hold> holds_at(store::Transaction& tx, kernel::Instant cut) {
  std::vector<Hold> holds;
  tx.query(std::string(kColumns) +
               "WHERE since < $1 AND (lifted_at IS NULL OR lifted_at >= $1)"
               " AND (until IS NULL OR until >= $2) ORDER BY since, hold_id",
           {cut, cut.china_date()},
           [&](const store::Row& row) { holds.push_back(read_hold(row)); });
  return holds;
}

std::vector<PastHold> hold_history(store::Transaction& tx, std::string_view person_key) {
  std::vector<PastHold> holds;
  tx.query(
      "SELECT hold_id, person_key, customer_no, kind, since, until, set_by, reason, lifted_at,"
      " lifted_by FROM hold WHERE person_key = $1 ORDER BY since, hold_id",
      {person_key}, [&](const store::Row& row) {
        holds.push_back({read_hold(row), row.opt_instant(8), row.opt_text(9).value_or("")});
      });
  return holds;
}

}  // namespace gate
