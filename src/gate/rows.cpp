#include "gate/rows.h"

#include "store/list.h"

namespace gate {

std::string made_by(std::string_view asker) {
  if (asker.find(':') != asker.npos) return std::string(asker);
  return "user:" + std::string(asker);
}

void lock_all(store::Transaction& tx, const Keys& persons, const Keys& numbers) {
  if (!tx.on_postgres()) return;  // one writer: it is alone already
  const store::TextList person_list(tx, persons), number_list(tx, numbers);
  // A row each to lock, made in the same order by everyone; then the locks, persons first.
  tx.execute(
      "INSERT INTO person_seen (person_key, seen_at, nth)"
      " SELECT k, 0, 0 FROM unnest($1::text[]) AS k ON CONFLICT (person_key) DO NOTHING",
      {person_list.param()});
  tx.execute(
      "INSERT INTO number_seen (number_index)"
      " SELECT k FROM unnest($1::text[]) AS k ON CONFLICT (number_index) DO NOTHING",
      {number_list.param()});
  tx.query("SELECT 1 FROM person_seen WHERE person_key" + person_list.in(1) +
               " ORDER BY person_key FOR UPDATE",
           {person_list.param()}, [](const store::Row&) {});
  tx.query("SELECT 1 FROM number_seen WHERE number_index" + number_list.in(1) +
               " ORDER BY number_index FOR UPDATE",
           {number_list.param()}, [](const store::Row&) {});
}

namespace {

// One statement for all that is known: kind, key, four texts, two numbers.
std::string known_sql(const store::TextList& list) {
  const std::string person = "person_key" + list.in(1), number = "number_index" + list.in(2);
  return "SELECT 1, person_key, number_index, channel, role, outcome, reserved_at, 0 FROM permit"
         " WHERE " +
         person +
         " AND reserved_at >= $3 AND state <> 'revoked'"
         " UNION ALL "
         "SELECT 2, number_index, person_key, channel, role, outcome, reserved_at, 0 FROM permit"
         " WHERE " +
         number +
         " AND reserved_at >= $4 AND state <> 'revoked'"
         " UNION ALL SELECT 3, person_key, '', '', '', '', seen_at, nth FROM person_seen WHERE " +
         person +
         " UNION ALL SELECT 4, number_index, person_key, mark, '', '', 0, 0 FROM number_mark"
         " WHERE " +
         number +
         " UNION ALL SELECT 5, person_key, kind, '', '', '', since, until FROM hold WHERE " +
         person +
         " AND lifted_at IS NULL AND (until IS NULL OR until >= $5)"
         " UNION ALL SELECT 6, pack, version, '', '', '', 0, 0 FROM gate_pack";
}

PastPermit read_past(const store::Row& row) {
  return {.at = row.instant(6),
          .channel = row.text(3),
          .role = row.text(4),
          .outcome = row.opt_text(5).value_or("")};
}

void read_known(const store::Row& row, Known& known) {
  std::string key = row.text(1), other = row.text(2);
  switch (row.i64(0)) {
    case 1: {
      PastPermit past = read_past(row);
      past.person_key = key;
      past.number_index = std::move(other);
      known.of_person[std::move(key)].push_back(std::move(past));
      break;
    }
    case 2: {
      PastPermit past = read_past(row);
      past.number_index = key;
      past.person_key = std::move(other);
      known.on_number[std::move(key)].push_back(std::move(past));
      break;
    }
    case 3:
      known.seen[std::move(key)] = {row.instant(6), row.i64(7)};
      break;
    case 4:
      known.marks[std::move(key)].push_back({.mark = row.text(3), .person_key = std::move(other)});
      break;
    case 5:
      known.holds[std::move(key)].push_back({std::move(other), row.opt_date(7), row.instant(6)});
      break;
    default:
      known.packs.emplace(std::move(key), std::move(other));
  }
}

}  // namespace

Known load_known(store::Transaction& tx, const Keys& persons, const Keys& numbers,
                 const Window& window) {
  const store::TextList person_list(tx, persons), number_list(tx, numbers);
  Known known;
  tx.query(known_sql(person_list),
           {person_list.param(), number_list.param(), window.person_since, window.number_since,
            window.holds_until},
           [&](const store::Row& row) { read_known(row, known); });
  return known;
}

std::map<std::string, std::int64_t> load_nth(store::Transaction& tx, const Keys& persons) {
  const store::TextList list(tx, persons);
  std::map<std::string, std::int64_t> nth;
  tx.query("SELECT person_key, nth FROM person_seen WHERE person_key" + list.in(1), {list.param()},
           [&](const store::Row& row) { nth[row.text(0)] = row.i64(1); });
  return nth;
}

namespace {

constexpr const char* kBoundColumns =
    "SELECT permit_id, person_key, customer_no, contact_point_id, number_index, channel, purpose,"
    " script, asker, says_debt, reserved_at, expires_at, idempotency_key, role, state FROM permit ";

Permit::Bound read_bound(const store::Row& row) {
  return {.permit_id = row.id<PermitTag>(0),
          .person_key = row.text(1),
          .customer_no = row.text(2),
          .contact_point_id = row.text(3),
          .number_index = row.text(4),
          .channel = row.text(5),
          .purpose = row.text(6),
          .script = row.text(7),
          .asker = row.text(8),
          .says_debt = row.flag(9),
          .reserved_at = row.instant(10),
          .expires_at = row.instant(11)};
}

}  // namespace

std::map<std::string, Permit::Bound> find_by_keys(store::Transaction& tx, const Keys& keys) {
  std::map<std::string, Permit::Bound> found;
  if (keys.empty()) return found;
  const store::TextList list(tx, keys);
  tx.query(kBoundColumns + ("WHERE idempotency_key" + list.in(1)), {list.param()},
           [&](const store::Row& row) { found.insert_or_assign(row.text(12), read_bound(row)); });
  return found;
}

std::map<PermitId, StoredPermit> find_permits(store::Transaction& tx,
                                              std::span<const PermitId> permit_ids) {
  std::map<PermitId, StoredPermit> found;
  for (const PermitId permit_id : permit_ids)
    tx.query(kBoundColumns + std::string("WHERE permit_id = $1"), {permit_id},
             [&](const store::Row& row) {
               found.insert_or_assign(permit_id,
                                      StoredPermit{read_bound(row), row.text(13), row.text(14)});
             });
  return found;
}

std::set<PermitId> use_permits(store::Transaction& tx, const std::vector<Use>& uses) {
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

void save_marks(store::Transaction& tx, const std::vector<NewMark>& marks) {
  for (const NewMark& m : marks)
    tx.execute(
        "INSERT INTO number_mark (number_index, person_key, mark, marked_at, marked_by)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number_index, person_key, mark) DO NOTHING",
        {m.number_index, m.person_key, m.mark, m.at, m.by});
}

bool save_pack(store::Transaction& tx, const NewPack& p) {
  return tx.execute(
             "INSERT INTO gate_pack (pack, version, sha256, calendar_sha256, bytes)"
             " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pack, version) DO NOTHING",
             {p.pack, p.version, p.sha256, p.calendar_sha256, store::Blob{p.bytes}}) == 1;
}

void save_permits(store::Transaction& tx, const std::vector<NewPermit>& permits) {
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

void save_refusals(store::Transaction& tx, const std::vector<NewRefusal>& refusals) {
  std::size_t at = 0;
  tx.insert_many("refusal",
                 {"refusal_id", "customer_no", "contact_point_id", "channel", "purpose", "asker",
                  "refused_at", "codes", "allowed_at", "packs"},
                 [&](store::Params& row) {
                   if (at == refusals.size()) return false;
                   const NewRefusal& r = refusals[at++];
                   row = {tx.next_id(), r.customer_no, r.contact_point_id, r.channel,
                          r.purpose,    r.asker,       r.refused_at,       r.codes,
                          r.allowed_at, r.packs};
                   return true;
                 });
}

}  // namespace gate
