#include "gate/door.h"

#include <map>

#include "gate/calendar_versions.h"
#include "store/list.h"

namespace gate {

using store::Array;

std::optional<kernel::Instant> lock_all(store::Transaction& tx, const Keys& persons,
                                        const Keys& numbers) {
  if (!tx.on_postgres()) return std::nullopt;
  const store::TextList person_list(tx, persons), number_list(tx, numbers);
  const auto now =
      tx.query_i64("SELECT gate_lock($1, $2)", {person_list.param(), number_list.param()});
  return kernel::Instant::from_micros(now.value_or(0));
}

std::optional<kernel::Instant> database_now(store::Transaction& tx) {
  if (!tx.on_postgres()) return std::nullopt;
  return kernel::Instant::from_micros(tx.query_i64("SELECT gate_now()").value_or(0));
}

namespace {

void reserve_on_postgres(store::Transaction& tx, const std::vector<NewPermit>& permits) {
  const Array texts = Array::of_texts(), integers = Array::of_numbers();
  Array ids = integers, persons = texts, customers = texts, points = texts, numbers = texts,
        roles = texts, channels = texts, purposes = texts, scripts = texts, says_debt = integers,
        askers = texts, reserved = integers, expires = integers, keys = texts, packs = texts,
        nths = integers, days = integers, contacts = integers, attempts = integers;
  for (const NewPermit& p : permits) {
    const Permit::Bound& b = p.bound;
    ids.add(b.permit_id.value());
    persons.add(b.person_key);
    customers.add(b.customer_no);
    points.add(b.contact_point_id);
    numbers.add(b.number_index);
    roles.add(p.role);
    channels.add(b.channel);
    purposes.add(b.purpose);
    scripts.add(b.script);
    says_debt.add(std::int64_t{b.says_debt});
    askers.add(b.asker);
    reserved.add(b.reserved_at.micros());
    expires.add(b.expires_at.micros());
    p.idempotency_key.empty() ? keys.add_null() : keys.add(p.idempotency_key);
    packs.add(p.packs);
    nths.add(p.nth);
    days.add(p.day.micros());
    contacts.add(p.contacts_max);
    attempts.add(p.attempts_max);
  }
  tx.query(
      "SELECT gate_reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
      " $17, $18, $19)",
      {ids, persons, customers, points, numbers, roles, channels, purposes, scripts, says_debt,
       askers, reserved, expires, keys, packs, nths, days, contacts, attempts},
      nullptr);  // goes with the facts and the commit
}

void reserve_on_sqlite(store::Transaction& tx, const std::vector<NewPermit>& permits) {
  std::size_t at = 0;
  tx.insert_many("permit",
                 {"permit_id", "person_key", "customer_no", "contact_point_id", "number_index",
                  "role", "channel", "purpose", "script", "says_debt", "asker", "reserved_at",
                  "expires_at", "state", "idempotency_key", "packs", "nth"},
                 [&](store::Params& row) {
                   if (at == permits.size()) return false;
                   const NewPermit& p = permits[at++];
                   const Permit::Bound& b = p.bound;
                   store::Param key = nullptr;
                   if (!p.idempotency_key.empty()) key = p.idempotency_key;
                   row = {b.permit_id,    b.person_key, b.customer_no, b.contact_point_id,
                          b.number_index, p.role,       b.channel,     b.purpose,
                          b.script,       b.says_debt,  b.asker,       b.reserved_at,
                          b.expires_at,   "reserved",   key,           p.packs,
                          p.nth};
                   return true;
                 });
  std::map<std::string_view, Seen> seen;  // the last permit of each person
  for (const NewPermit& p : permits) seen[p.bound.person_key] = {p.bound.reserved_at, p.nth};
  for (const auto& [person_key, last] : seen)
    tx.execute(
        "INSERT INTO person_seen (person_key, seen_at, nth) VALUES ($1, $2, $3)"
        " ON CONFLICT (person_key) DO UPDATE SET seen_at = excluded.seen_at, nth = excluded.nth",
        {person_key, last.at, last.nth});
}

// The permits that one of the door's functions, which gives their ids, has changed.
std::set<PermitId> changed_by(store::Transaction& tx, std::string_view sql,
                              const store::Params& params) {
  std::set<PermitId> changed;
  tx.query(sql, params, [&](const store::Row& row) { changed.insert(row.id<PermitTag>(0)); });
  return changed;
}

}  // namespace

void save_permits(store::Transaction& tx, const std::vector<NewPermit>& permits) {
  if (permits.empty()) return;
  tx.on_postgres() ? reserve_on_postgres(tx, permits) : reserve_on_sqlite(tx, permits);
}

void save_refusals(store::Transaction& tx, const std::vector<NewRefusal>& refusals) {
  if (refusals.empty()) return;
  if (tx.on_postgres()) {
    const Array texts = Array::of_texts(), integers = Array::of_numbers();
    Array ids = integers, customers = texts, points = texts, channels = texts, purposes = texts,
          askers = texts, at = integers, codes = texts, allowed = integers, packs = texts;
    for (const NewRefusal& r : refusals) {
      ids.add(tx.next_id());
      customers.add(r.customer_no);
      points.add(r.contact_point_id);
      channels.add(r.channel);
      purposes.add(r.purpose);
      askers.add(r.asker);
      at.add(r.refused_at.micros());
      codes.add(r.codes);
      r.allowed_at ? allowed.add(r.allowed_at->micros()) : allowed.add_null();
      packs.add(r.packs);
    }
    tx.query("SELECT gate_refuse($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
             {ids, customers, points, channels, purposes, askers, at, codes, allowed, packs},
             nullptr);
    return;
  }
  std::size_t next = 0;
  tx.insert_many("refusal",
                 {"refusal_id", "customer_no", "contact_point_id", "channel", "purpose", "asker",
                  "refused_at", "codes", "allowed_at", "packs"},
                 [&](store::Params& row) {
                   if (next == refusals.size()) return false;
                   const NewRefusal& r = refusals[next++];
                   row = {tx.next_id(), r.customer_no, r.contact_point_id, r.channel,
                          r.purpose,    r.asker,       r.refused_at,       r.codes,
                          r.allowed_at, r.packs};
                   return true;
                 });
}

std::set<PermitId> use_permits(store::Transaction& tx, const std::vector<Use>& uses) {
  if (tx.on_postgres()) {
    Array ids = Array::of_numbers(), at = ids;
    for (const Use& use : uses) {
      ids.add(use.permit_id.value());
      at.add(use.at.micros());
    }
    return changed_by(tx, "SELECT gate_use($1, $2)", {ids, at});
  }
  std::set<PermitId> used;
  for (const Use& use : uses) {
    const std::int64_t changed = tx.execute(
        "UPDATE permit SET state = 'used', used_at = $1"
        " WHERE permit_id = $2 AND state = 'reserved' AND expires_at >= $1",
        {use.at, use.permit_id});
    if (changed == 1) used.insert(use.permit_id);
  }
  return used;
}

std::set<PermitId> tell_outcomes(store::Transaction& tx, const std::vector<Outcome>& outcomes) {
  if (tx.on_postgres()) {
    Array ids = Array::of_numbers(), words = Array::of_texts(), by = words, at = ids;
    for (const Outcome& one : outcomes) {
      ids.add(one.permit_id.value());
      words.add(one.outcome);
      by.add(one.by);
      at.add(one.at.micros());
    }
    return changed_by(tx, "SELECT gate_tell($1, $2, $3, $4)", {ids, words, by, at});
  }
  std::set<PermitId> told;
  for (const Outcome& one : outcomes) {
    const std::int64_t changed = tx.execute(
        "UPDATE permit SET state = 'done', used_at = COALESCE(used_at, $1), outcome = $2,"
        " outcome_at = $1, outcome_by = $3"
        " WHERE permit_id = $4 AND state IN ('reserved', 'used')",
        {one.at, one.outcome, one.by, one.permit_id});
    if (changed == 1) told.insert(one.permit_id);
  }
  return told;
}

std::set<PermitId> give_up_permits(store::Transaction& tx, std::span<const PermitId> permit_ids,
                                   kernel::Instant now) {
  if (tx.on_postgres()) {
    Array ids = Array::of_numbers();
    for (const PermitId permit_id : permit_ids) ids.add(permit_id.value());
    return changed_by(tx, "SELECT gate_expire($1, $2)", {ids, now});
  }
  std::set<PermitId> given_up;
  for (const PermitId permit_id : permit_ids) {
    const std::int64_t changed = tx.execute(
        "UPDATE permit SET state = 'done', outcome = 'unknown', outcome_at = $1,"
        " outcome_by = 'gate' WHERE permit_id = $2 AND state IN ('reserved', 'used')",
        {now, permit_id});
    if (changed == 1) given_up.insert(permit_id);
  }
  return given_up;
}

std::set<PermitId> revoke_permits(store::Transaction& tx, std::string_view person_key) {
  if (tx.on_postgres()) return changed_by(tx, "SELECT gate_revoke($1)", {person_key});
  return changed_by(tx,
                    "UPDATE permit SET state = 'revoked' WHERE person_key = $1"
                    " AND state = 'reserved' RETURNING permit_id",
                    {person_key});
}

void save_marks(store::Transaction& tx, const std::vector<NewMark>& marks) {
  if (marks.empty()) return;
  if (tx.on_postgres()) {
    const Array texts = Array::of_texts();
    Array numbers = texts, persons = texts, words = texts, at = Array::of_numbers(), by = texts;
    for (const NewMark& m : marks) {
      numbers.add(m.number_index);
      persons.add(m.person_key);
      words.add(m.mark);
      at.add(m.at.micros());
      by.add(m.by);
    }
    tx.execute("SELECT gate_mark($1, $2, $3, $4, $5)", {numbers, persons, words, at, by});
    return;
  }
  for (const NewMark& m : marks)
    tx.execute(
        "INSERT INTO number_mark (number_index, person_key, mark, marked_at, marked_by)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number_index, person_key, mark) DO NOTHING",
        {m.number_index, m.person_key, m.mark, m.at, m.by});
}

bool save_pack(store::Transaction& tx, const NewPack& p) {
  const store::Params params = {p.pack, p.version, p.sha256, p.calendar_sha256,
                                store::Blob{p.bytes}};
  if (tx.on_postgres())
    return tx.query_i64("SELECT gate_keep_pack($1, $2, $3, $4, $5)", params) == 1;
  return tx.execute(
             "INSERT INTO gate_pack (pack, version, sha256, calendar_sha256, bytes)"
             " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pack, version) DO NOTHING",
             params) == 1;
}

void save_hold(store::Transaction& tx, const Hold& hold) {
  const store::Params params = {
      hold.hold_id, hold.person_key, hold.customer_no, hold.kind, store::Blob{hold.sealed_reason},
      hold.since,   hold.until,      hold.set_by};
  if (tx.on_postgres()) {
    tx.execute("SELECT gate_set_hold($1, $2, $3, $4, $5, $6, $7, $8)", params);
    return;
  }
  tx.execute(
      "INSERT INTO hold (hold_id, person_key, customer_no, kind, reason, since, until, set_by)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      params);
}

bool save_lifting(store::Transaction& tx, HoldId hold_id, std::string_view by,
                  std::string_view sealed_reason, kernel::Instant now) {
  const store::Params params = {hold_id, now, by, store::Blob{sealed_reason}};
  if (tx.on_postgres()) return tx.query_i64("SELECT gate_lift_hold($1, $2, $3, $4)", params) == 1;
  return tx.execute(
             "UPDATE hold SET lifted_at = $2, lifted_by = $3, lift_reason = $4"
             " WHERE hold_id = $1 AND lifted_at IS NULL",
             params) == 1;
}

kernel::Status forget_person(store::Transaction& tx, std::string_view person_key,
                             const std::vector<std::string>& customer_nos, kernel::Instant now) {
  const kernel::Instant counts_since = now.plus_seconds(-8 * 86'400);
  if (tx.query_i64("SELECT 1 FROM permit WHERE person_key = $1 AND reserved_at >= $2 LIMIT 1",
                   {person_key, counts_since}))
    return kernel::Error{kernel::Code::conflict,
                         "a permit of the last eight days still counts; erase the person after it",
                         ""};
  if (tx.on_postgres()) {
    const store::TextList customers(tx, customer_nos);
    tx.query("SELECT gate_forget($1, $2, $3)", {person_key, customers.param(), now},
             [](const store::Row&) {});
    return kernel::Ok{};
  }
  tx.execute(
      "INSERT INTO gate_forgotten (kind, row_id, forgotten_at)"
      " SELECT 'permit', permit_id, $2 FROM permit WHERE person_key = $1",
      {person_key, now});
  tx.execute(
      "INSERT INTO gate_forgotten (kind, row_id, forgotten_at)"
      " SELECT 'hold', hold_id, $2 FROM hold WHERE person_key = $1",
      {person_key, now});
  tx.execute("DELETE FROM permit WHERE person_key = $1", {person_key});
  tx.execute("DELETE FROM hold WHERE person_key = $1", {person_key});
  for (const std::string& customer_no : customer_nos)
    tx.execute("DELETE FROM refusal WHERE customer_no = $1", {customer_no});
  tx.execute("DELETE FROM person_seen WHERE person_key = $1", {person_key});
  return kernel::Ok{};
}

void save_calendar(store::Transaction& tx, const CalendarVersion& made) {
  tx.execute(
      "INSERT INTO gate_calendar (version, sha256, imported_at, imported_by, bytes)"
      " VALUES ($1, $2, $3, $4, $5)",
      {made.version, made.sha256, *made.imported_at, made.imported_by, store::Blob{made.bytes}});
}

void set_limits(store::Transaction& tx, const Limits& limits) {
  tx.execute(
      "UPDATE gate_limit SET clock_tolerance_s = $1, contacts_day = $2, attempts_day = $3"
      " WHERE only_row = 1",
      {limits.clock_tolerance_s, limits.contacts_day, limits.attempts_day});
}

}  // namespace gate
