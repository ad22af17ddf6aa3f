#include "gate/rows.h"

#include <fmt/format.h>

#include <boost/describe/class.hpp>

#include "http/json.h"

namespace gate {

namespace {

struct GrantedBody {
  PermitId permit_id{0};
  std::string person, contact_point_id, role, channel, purpose, script, asker;
  bool says_debt = true;
  kernel::Instant expires_at;
  int contacts_today = 0, attempts_today = 0;  // before this one
  std::vector<PackRef> packs;
};
BOOST_DESCRIBE_STRUCT(GrantedBody, (),
                      (permit_id, person, contact_point_id, role, channel, purpose, script, asker,
                       says_debt, expires_at, contacts_today, attempts_today, packs))

struct RuleBody {
  std::string code, pack, version, table, rule_id;
};
BOOST_DESCRIBE_STRUCT(RuleBody, (), (code, pack, version, table, rule_id))

struct RefusedBody {
  std::string contact_point_id, channel, purpose, asker;
  bool says_debt = true;
  std::vector<RuleBody> rules;
  std::optional<kernel::Instant> allowed_at;
};
BOOST_DESCRIBE_STRUCT(RefusedBody, (),
                      (contact_point_id, channel, purpose, asker, says_debt, rules, allowed_at))

std::string pack_text(const std::vector<PackRef>& packs) {
  std::string text;
  for (const PackRef& ref : packs) text += (text.empty() ? "" : " ") + ref.pack + "@" + ref.version;
  return text;
}

}  // namespace

std::string made_by(std::string_view asker) {
  if (asker.find(':') != asker.npos) return std::string(asker);
  return "user:" + std::string(asker);
}

std::vector<Touch> load_touches(store::Transaction& tx, const Person& person,
                                const ContactPoint& point, kernel::Instant since,
                                kernel::Instant today) {
  std::vector<Touch> touches;
  tx.query(
      "SELECT reserved_at, number_index, channel, role, outcome FROM permit"
      " WHERE person_key = $1 AND reserved_at >= $2 AND state <> 'revoked'",
      {person.person_key, since}, [&](const store::Row& row) {
        Touch touch =
            touch_of(row.instant(0), row.text(2), row.text(3), row.opt_text(4).value_or(""));
        touch.same_number = row.text(1) == point.number_index;
        touches.push_back(touch);
      });
  tx.query(
      "SELECT reserved_at FROM permit WHERE number_index = $1 AND reserved_at >= $2"
      " AND person_key <> $3 AND state <> 'revoked'",
      {point.number_index, today, person.person_key}, [&](const store::Row& row) {
        touches.push_back({.at = row.instant(0), .same_person = false, .same_number = true});
      });
  return touches;
}

std::optional<kernel::Instant> load_seen(store::Transaction& tx, std::string_view person_key) {
  return tx.query_one<kernel::Instant>("SELECT seen_at FROM person_seen WHERE person_key = $1",
                                       {person_key},
                                       [](const store::Row& row) { return row.instant(0); });
}

void save_seen(store::Transaction& tx, std::string_view person_key, kernel::Instant at) {
  tx.execute(
      "INSERT INTO person_seen (person_key, seen_at) VALUES ($1, $2)"
      " ON CONFLICT (person_key) DO UPDATE SET seen_at = excluded.seen_at",
      {person_key, at});
}

Marks load_marks(store::Transaction& tx, const Person& person, const ContactPoint& point) {
  Marks marks;
  tx.query("SELECT mark, person_key FROM number_mark WHERE number_index = $1", {point.number_index},
           [&](const store::Row& row) {
             if (row.text(0) == "opted_out") marks.opted_out = true;
             if (row.text(0) == "wrong_number" && row.text(1) == person.person_key)
               marks.wrong_number = true;
           });
  return marks;
}

void save_permit(store::Transaction& tx, const Permit::Bound& b, std::string_view role,
                 std::string_view idempotency_key, const Answer& answer, const Facts& facts) {
  store::Param key = nullptr;
  if (!idempotency_key.empty()) key = idempotency_key;
  tx.execute(
      "INSERT INTO permit (permit_id, person_key, customer_no, contact_point_id, number_index,"
      " role, channel, purpose, script, says_debt, asker, reserved_at, expires_at, state,"
      " idempotency_key, packs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
      " 'reserved', $14, $15)",
      {b.permit_id, b.person_key, b.customer_no, b.contact_point_id, b.number_index, role,
       b.channel, b.purpose, b.script, b.says_debt, b.asker, b.reserved_at, b.expires_at, key,
       pack_text(answer.packs)});
  const GrantedBody body{.permit_id = b.permit_id,
                         .person = b.person_key,
                         .contact_point_id = b.contact_point_id,
                         .role = std::string(role),
                         .channel = b.channel,
                         .purpose = b.purpose,
                         .script = b.script,
                         .asker = b.asker,
                         .says_debt = b.says_debt,
                         .expires_at = b.expires_at,
                         .contacts_today = facts.contacts_today,
                         .attempts_today = facts.attempts_today,
                         .packs = answer.packs};
  tx.append({"permit_granted", "customer:" + b.customer_no, made_by(b.asker), b.reserved_at,
             http::write_json(body)});
}

std::optional<Permit::Bound> find_by_key(store::Transaction& tx, std::string_view key) {
  return tx.query_one<Permit::Bound>(
      "SELECT permit_id, person_key, customer_no, contact_point_id, number_index, channel,"
      " purpose, script, asker, says_debt, reserved_at, expires_at FROM permit"
      " WHERE idempotency_key = $1",
      {key}, [](const store::Row& row) {
        return Permit::Bound{.permit_id = row.id<PermitTag>(0),
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
      });
}

void save_refusal(store::Transaction& tx, const Request& request, std::string_view point_id,
                  const Answer& answer) {
  RefusedBody body{.contact_point_id = std::string(point_id),
                   .channel = request.channel,
                   .purpose = request.purpose,
                   .asker = request.asker,
                   .says_debt = request.says_debt,
                   .rules = {},
                   .allowed_at = answer.allowed_at};
  std::string codes;
  for (const Refusal& r : answer.refusals) {
    body.rules.push_back({r.code, r.pack, r.version, r.table, r.rule_id});
    codes += (codes.empty() ? "" : " ") + r.code;
  }
  tx.execute(
      "INSERT INTO refusal (refusal_id, customer_no, contact_point_id, channel, purpose, asker,"
      " refused_at, codes, allowed_at, packs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {tx.next_id(), request.customer_no, point_id, request.channel, request.purpose, request.asker,
       answer.asked_at, codes, answer.allowed_at, pack_text(answer.packs)});
  tx.append({"permit_refused", "customer:" + request.customer_no, made_by(request.asker),
             answer.asked_at, http::write_json(body)});
}

}  // namespace gate
