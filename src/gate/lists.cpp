#include "gate/bodies.h"
#include "gate/door.h"
#include "gate/types.h"
#include "intake/types.h"

namespace gate {

namespace {

constexpr std::string_view kColumns =
    "SELECT permit_id, person_key, customer_no, contact_point_id, channel, purpose, asker, state,"
    " outcome, reserved_at, expires_at, used_at, outcome_at FROM permit ";

PermitRow read_permit(const store::Row& row) {
  return {.permit_id = row.id<PermitTag>(0),
          .person_key = row.text(1),
          .customer_no = row.text(2),
          .contact_point_id = row.text(3),
          .channel = row.text(4),
          .purpose = row.text(5),
          .asker = row.text(6),
          .state = row.text(7),
          .outcome = row.opt_text(8).value_or(""),
          .reserved_at = row.instant(9),
          .expires_at = row.instant(10),
          .used_at = row.opt_instant(11),
          .outcome_at = row.opt_instant(12)};
}

}  // namespace

std::optional<PermitRow> find_permit(store::Transaction& tx, PermitId permit_id) {
  return tx.query_one<PermitRow>(std::string(kColumns) + "WHERE permit_id = $1", {permit_id},
                                 read_permit);
}

std::vector<PermitRow> permits_of(store::Transaction& tx, std::string_view person_key, int limit) {
  std::vector<PermitRow> rows;
  tx.query(std::string(kColumns) +
               "WHERE person_key = $1 AND used_at IS NOT NULL"
               " ORDER BY reserved_at DESC, permit_id DESC LIMIT $2",
           {person_key, limit}, [&](const store::Row& row) { rows.push_back(read_permit(row)); });
  return rows;
}

std::vector<RefusalRow> refusals_of(store::Transaction& tx, std::string_view customer_no,
                                    int limit) {
  std::vector<RefusalRow> rows;
  tx.query(
      "SELECT contact_point_id, channel, purpose, asker, refused_at, codes FROM refusal"
      " WHERE customer_no = $1 ORDER BY refused_at DESC, refusal_id DESC LIMIT $2",
      {customer_no, limit}, [&](const store::Row& row) {
        rows.push_back(
            {row.text(0), row.text(1), row.text(2), row.text(3), row.instant(4), row.text(5)});
      });
  return rows;
}

std::int64_t expire_permits(store::Transaction& tx, kernel::Instant now) {
  // A call may outlast the permit it began under: a day is given before nobody will know any more.
  const kernel::Instant given_up = now.plus_seconds(-86'400);
  std::vector<PermitRow> late;
  tx.query(std::string(kColumns) +
               "WHERE (state = 'reserved' AND expires_at < $1)"
               " OR (state = 'used' AND expires_at < $2) ORDER BY permit_id",
           {now, given_up}, [&](const store::Row& row) { late.push_back(read_permit(row)); });
  std::vector<PermitId> ids;
  for (const PermitRow& permit : late) ids.push_back(permit.permit_id);
  const std::set<PermitId> expired = give_up_permits(tx, ids, now);
  std::vector<store::Fact> facts;
  for (const PermitRow& permit : late)
    if (expired.contains(permit.permit_id))
      facts.push_back({"permit_expired", "customer:" + permit.customer_no, "gate", now,
                       permit_body(permit.permit_id, permit.person_key, "unknown")});
  tx.append_many(facts);
  return static_cast<std::int64_t>(facts.size());
}

std::unordered_map<std::string, int> contacts_today(store::Transaction& tx, kernel::Instant now) {
  std::unordered_map<std::string, int> counts;
  const kernel::Date today = now.china_date();
  const kernel::Instant from = kernel::Instant::china(today, 0);
  const kernel::Instant to = kernel::Instant::china(today.plus_days(1), 0);
  tx.query("SELECT person_key, outcome FROM permit WHERE reserved_at >= $1 AND state <> 'revoked'",
           {from}, [&](const store::Row& row) {
             if (counts_as_contact(row.opt_text(1).value_or(""))) ++counts[row.text(0)];
           });
  std::vector<std::string> others;
  intake::for_each_past_contact(tx, from, to, [&](const intake::PastContact& past) {
    if (counts_as_contact(past.outcome)) others.push_back(past.customer_no);
  });
  for (const std::string& customer_no : others)
    if (const auto person = intake::load_person(tx, customer_no)) ++counts[person->person_key];
  return counts;
}

std::unordered_map<std::string, int> contacts_between(store::Transaction& tx, kernel::Instant from,
                                                      kernel::Instant to) {
  std::unordered_map<std::string, int> counts;
  tx.query(
      "SELECT customer_no, outcome, outcome_at FROM permit"
      " WHERE reserved_at >= $1 AND reserved_at < $2 AND state <> 'revoked'",
      {from, to}, [&](const store::Row& row) {
        // What became known only after `to` was not known then: the night is the same next year.
        const bool known = !row.is_null(2) && row.instant(2) < to;
        if (counts_as_contact(known ? row.text(1) : "")) ++counts[row.text(0)];
      });
  intake::for_each_past_contact(tx, from, to, [&](const intake::PastContact& past) {
    if (counts_as_contact(past.outcome)) ++counts[past.customer_no];
  });
  return counts;
}

}  // namespace gate
