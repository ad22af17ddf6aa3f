#include "gate/rows.h"

#include <algorithm>

#include "store/foresee.h"

namespace gate {

std::string made_by(std::string_view asker) {
  if (asker.find(':') != asker.npos) return std::string(asker);
  return "user:" + std::string(asker);
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
    case 6:
      known.packs.emplace(std::move(key), std::move(other));
      break;
    case 7:
      known.used_keys.insert(std::move(key));
      break;
    case 8:
      known.locked_numbers.insert(std::move(key));
      break;
    default:
      CHECK_MSG(false, "a kind of row nobody asked for");
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

Opening::Opening(store::Transaction& tx, const std::vector<Wanted>& wanted, const Window& window)
    : tx_(tx), window_(window), customers_(tx), point_customers_(tx), contact_nos_(tx), keys_(tx) {
  if (!tx.on_postgres()) return;
  for (const Wanted& one : wanted) {
    customers_.add(one.customer_no);
    // Customer and contact may hold colons themselves: whichever of the parts there is.
    const std::string_view point = one.contact_point_id;
    for (auto at = point.find(':'); at != point.npos; at = point.find(':', at + 1)) {
      point_customers_.add(point.substr(0, at));
      contact_nos_.add(point.substr(at + 1));
    }
  }
}

namespace {
constexpr std::string_view kOpen = "SELECT * FROM gate_open($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

void Opening::foresee() {
  const store::TextList none(tx_);
  store::foresee(tx_, [&] { load(none, none, customers_); });
  foreseen_ = true;
}

Locked Opening::load(const store::TextList& persons, const store::TextList& numbers,
                     const store::TextList& customers) {
  Locked all;
  tx_.query(kOpen,
            {persons.param(), numbers.param(), customers.param(), point_customers_.param(),
             contact_nos_.param(), keys_.param(), window_.person_since, window_.number_since,
             window_.holds_until},
            [&](const store::Row& row) {
              if (row.i64(0) == 0)
                all.database_now = row.instant(6);
              else
                read_known(row, all.known);
            });
  return all;
}

Locked Opening::open(const Keys& persons, const Keys& numbers, const Keys& keys) {
  Locked all;
  if (!tx_.on_postgres()) {  // one writer
    all.known = load_known(tx_, persons, numbers, window_);
    all.by_key = find_by_keys(tx_, keys);
    return all;
  }
  const store::TextList none(tx_);
  if (foreseen_) all = load(none, none, customers_);
  const Known& known = all.known;
  const bool locked = foreseen_ &&
                      std::all_of(persons.begin(), persons.end(),
                                  [&](const auto& key) { return known.seen.contains(key); }) &&
                      std::all_of(numbers.begin(), numbers.end(), [&](const auto& key) {
                        return known.locked_numbers.contains(key);
                      });
  if (!locked) all = load({tx_, persons}, {tx_, numbers}, none);
  Keys used;
  for (const std::string& key : keys)
    if (all.known.used_keys.contains(key)) used.insert(key);
  all.by_key = find_by_keys(tx_, used);
  return all;
}

std::map<PermitId, StoredPermit> find_permits(store::Transaction& tx,
                                              std::span<const PermitId> permit_ids) {
  std::map<PermitId, StoredPermit> found;
  const auto add = [&](const store::Row& row) {
    found.insert_or_assign(row.id<PermitTag>(0),
                           StoredPermit{read_bound(row), row.text(13), row.text(14)});
  };
  if (tx.on_postgres()) {  // one round trip for all
    store::Array ids = store::Array::of_numbers();
    for (const PermitId permit_id : permit_ids) ids.add(permit_id.value());
    tx.query(kBoundColumns + std::string("WHERE permit_id = ANY($1::bigint[])"), {ids}, add);
    return found;
  }
  for (const PermitId permit_id : permit_ids)
    tx.query(kBoundColumns + std::string("WHERE permit_id = $1"), {permit_id}, add);
  return found;
}

}  // namespace gate
