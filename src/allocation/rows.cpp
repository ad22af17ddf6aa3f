#include <algorithm>
#include <boost/describe/class.hpp>

#include "allocation/types.h"
#include "http/json.h"
#include "store/vault.h"

namespace allocation {

namespace {

constexpr std::string_view note_purpose = "reassignment.note";
// Two leads moving the same case: the second sees what the first did.
constexpr std::string_view lock_key = "allotment";

constexpr std::string_view columns =
    "SELECT customer_no, collector, team, since, set_by, set_at, reason FROM allotment ";

Allotment read(const store::Row& row) {
  return {.customer_no = row.text(0),
          .collector = row.text(1),
          .team = row.text(2),
          .since = row.date(3),
          .set_by = row.text(4),
          .set_at = row.instant(5),
          .reason = row.text(6)};
}

store::Params values(const Allotment& row) {
  return {row.customer_no, row.collector, row.team, row.since, row.set_by, row.set_at, row.reason};
}

constexpr std::string_view insert_row =
    "INSERT INTO allotment (customer_no, collector, team, since, set_by, set_at, reason) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (customer_no) DO ";

void put(store::Transaction& tx, const Allotment& row) {
  tx.execute(std::string(insert_row) +
                 "UPDATE SET collector = excluded.collector, team = excluded.team, "
                 "since = excluded.since, set_by = excluded.set_by, set_at = excluded.set_at, "
                 "reason = excluded.reason",
             values(row));
}

// Each of these changes nothing, and says so, where the row is no longer what `before` says.
bool insert(store::Transaction& tx, const Allotment& after) {
  return tx.execute(std::string(insert_row) + "NOTHING", values(after)) == 1;
}

bool update(store::Transaction& tx, const Allotment& before, const Allotment& after) {
  store::Params params = values(after);
  params.insert(params.end(), {before.collector, before.set_by, before.set_at});
  return tx.execute(
             "UPDATE allotment SET collector = $2, team = $3, since = $4, set_by = $5, "
             "set_at = $6, reason = $7 "
             "WHERE customer_no = $1 AND collector = $8 AND set_by = $9 AND set_at = $10",
             params) == 1;
}

bool remove(store::Transaction& tx, const Allotment& before) {
  return tx.execute(
             "DELETE FROM allotment "
             "WHERE customer_no = $1 AND collector = $2 AND set_by = $3 AND set_at = $4",
             {before.customer_no, before.collector, before.set_by, before.set_at}) == 1;
}

// The body of every fact of this room.
struct Moved {
  std::string collector_before, collector, team;
};
BOOST_DESCRIBE_STRUCT(Moved, (), (collector_before, collector, team))

store::Fact fact(std::string kind, const std::string& customer_no, std::string by,
                 kernel::Instant at, const Moved& moved) {
  return {.kind = std::move(kind),
          .subject = "customer:" + customer_no,
          .made_by = std::move(by),
          .made_at = at,
          .body = http::write_json(moved)};
}

void save_move(store::Transaction& tx, const std::string& customer_no, const Moved& moved,
               const std::string& by, const kernel::Note& reason, kernel::Instant at) {
  const std::string sealed = tx.vault().seal(note_purpose, reason);
  tx.execute(
      "INSERT INTO reassignment (reassignment_id, customer_no, collector_before, collector, "
      "moved_by, moved_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {tx.next_id(), customer_no, moved.collector_before, moved.collector, by, at,
       store::Blob{sealed}});
}

kernel::Error no_reason() {
  return {kernel::Code::invalid_input, "say why the case changes hands", "reason"};
}

}  // namespace

std::vector<Allotment> load_allotments(store::Transaction& tx) {
  std::vector<Allotment> all;
  tx.query(std::string(columns) + "ORDER BY customer_no", {},
           [&](const store::Row& row) { all.push_back(read(row)); });
  std::sort(all.begin(), all.end(), [](const Allotment& a, const Allotment& b) {
    return a.customer_no < b.customer_no;  // by bytes, whatever the database's collation
  });
  return all;
}

std::optional<Allotment> load_allotment(store::Transaction& tx, std::string_view customer_no) {
  return tx.query_one<Allotment>(std::string(columns) + "WHERE customer_no = $1", {customer_no},
                                 read);
}

std::vector<std::string> load_customers_of(store::Transaction& tx, std::string_view collector) {
  std::vector<std::string> customer_nos;
  tx.query("SELECT customer_no FROM allotment WHERE collector = $1", {collector},
           [&](const store::Row& row) { customer_nos.push_back(row.text(0)); });
  std::sort(customer_nos.begin(), customer_nos.end());
  return customer_nos;
}

std::map<std::string, std::string> load_teams_by_hand(store::Transaction& tx) {
  std::map<std::string, std::string> teams;
  tx.query("SELECT customer_no, team FROM allotment WHERE set_by <> 'night'", {},
           [&](const store::Row& row) { teams.emplace(row.text(0), row.text(1)); });
  return teams;
}

std::vector<Change> decide_changes(const std::vector<Allotment>& standing,
                                   const std::vector<Allotment>& allotments) {
  std::vector<Change> changes;
  auto before = standing.begin();
  auto after = allotments.begin();
  while (before != standing.end() || after != allotments.end()) {
    if (after == allotments.end() ||
        (before != standing.end() && before->customer_no < after->customer_no)) {
      changes.push_back({*before++, std::nullopt});
    } else if (before == standing.end() || after->customer_no < before->customer_no) {
      changes.push_back({std::nullopt, *after++});
    } else {
      if (*before != *after) changes.push_back({*before, *after});
      ++before, ++after;
    }
  }
  return changes;
}

int save_changes(store::Transaction& tx, const std::vector<Change>& changes, std::size_t begin,
                 std::size_t end, kernel::Instant now) {
  std::vector<store::Fact> facts;
  for (std::size_t i = begin; i < std::min(end, changes.size()); ++i) {
    const auto& [before, after] = changes[i];
    const bool done = !before  ? insert(tx, *after)
                      : !after ? remove(tx, *before)
                               : update(tx, *before, *after);
    if (!done) continue;
    facts.push_back(fact(after ? "case_allotted" : "case_released",
                         before ? before->customer_no : after->customer_no,
                         std::string(set_by_night), now,
                         {before ? before->collector : "", after ? after->collector : "",
                          after ? after->team : ""}));
  }
  tx.append_many(facts);
  return static_cast<int>(facts.size());
}

kernel::Result<int> reassign(store::Transaction& tx, const Reassignment& given) {
  if (given.reason.empty()) return no_reason();
  if (given.to_user_name.empty()) {
    return kernel::Error{kernel::Code::invalid_input, "say who takes the case", "to_user_name"};
  }
  std::vector<store::Fact> facts;
  tx.lock(lock_key);
  for (const std::string& customer_no : given.customer_nos) {
    if (is_barred(tx, customer_no, given.to_user_name))
      return kernel::Error{kernel::Code::conflict,
                           given.to_user_name + " has declared a conflict of interest here",
                           customer_no};
    const std::optional<Allotment> before = load_allotment(tx, customer_no);
    const bool theirs = before && before->collector == given.to_user_name;
    if (theirs && before->by_hand()) continue;
    const Allotment after{.customer_no = customer_no,
                          .collector = given.to_user_name,
                          .team = given.to_team,
                          .since = theirs ? before->since : given.now.china_date(),
                          .set_by = given.by,
                          .set_at = given.now,
                          .reason = "by_hand"};
    put(tx, after);
    const Moved moved{before ? before->collector : "", after.collector, after.team};
    save_move(tx, customer_no, moved, given.by, given.reason, given.now);
    facts.push_back(fact("case_reassigned", customer_no, given.by, given.now, moved));
  }
  tx.append_many(facts);
  return static_cast<int>(facts.size());
}

kernel::Result<int> recall(store::Transaction& tx, const Recall& given) {
  if (given.reason.empty()) return no_reason();
  std::vector<store::Fact> facts;
  tx.lock(lock_key);
  for (const std::string& customer_no : given.customer_nos) {
    std::optional<Allotment> row = load_allotment(tx, customer_no);
    if (!row || !row->by_hand()) continue;
    row->set_by = set_by_night;
    row->set_at = given.now;
    row->reason = "recalled";
    put(tx, *row);
    const Moved moved{row->collector, row->collector, row->team};
    save_move(tx, customer_no, moved, given.by, given.reason, given.now);
    facts.push_back(fact("case_recalled", customer_no, given.by, given.now, moved));
  }
  tx.append_many(facts);
  return static_cast<int>(facts.size());
}

int release(store::Transaction& tx, const std::vector<std::string>& customer_nos,
            std::string_view by, kernel::Instant now) {
  std::vector<store::Fact> facts;
  tx.lock(lock_key);
  for (const std::string& customer_no : customer_nos) {
    const std::optional<Allotment> before = load_allotment(tx, customer_no);
    if (!before || !remove(tx, *before)) continue;
    facts.push_back(
        fact("case_released", customer_no, std::string(by), now, {before->collector, "", ""}));
  }
  tx.append_many(facts);
  return static_cast<int>(facts.size());
}

std::vector<Move> load_moves(store::Transaction& tx, std::string_view customer_no) {
  std::vector<Move> moves;
  tx.query(
      "SELECT collector_before, collector, moved_by, moved_at, note FROM reassignment "
      "WHERE customer_no = $1 ORDER BY moved_at DESC, reassignment_id DESC",
      {customer_no}, [&](const store::Row& row) {
        auto note = tx.vault().open_sealed<kernel::NoteTag>(note_purpose, row.blob(4));
        if (!note) throw store::Failure(note.error(), false, false);
        moves.push_back({row.text(0), row.text(1), row.text(2), row.instant(3), std::move(*note)});
      });
  return moves;
}

}  // namespace allocation
