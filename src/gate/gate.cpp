#include <fmt/format.h>

#include <algorithm>

#include "gate/facts.h"
#include "gate/packs.h"
#include "gate/rows.h"
#include "gate/types.h"
#include "gate/when.h"
#include "http/json.h"

namespace gate {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr int kPermitMinutes = 10;  // when no pack says otherwise

struct OutcomeBody {
  PermitId permit_id{0};
  std::string outcome;
};
BOOST_DESCRIBE_STRUCT(OutcomeBody, (), (permit_id, outcome))

const std::vector<std::string>& not_contacts() {
  static const std::vector<std::string> words = {"no_answer", "busy", "not_delivered", "not_made"};
  return words;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

kernel::Error conflict(std::string message, std::string_view where) {
  return {kernel::Code::conflict, std::move(message), std::string(where)};
}

}  // namespace

const std::vector<std::string>& channels() {
  static const std::vector<std::string> words = {"call",   "robot_call", "sms",  "email",
                                                 "letter", "visit",      "push", "wechat"};
  return words;
}

const std::vector<std::string>& purposes() {
  static const std::vector<std::string> words = {"remind", "collect", "negotiate",
                                                 "relay",  "answer",  "legal_notice"};
  return words;
}

const std::vector<std::string>& outcomes() {
  static const std::vector<std::string> words = {"connected_right_party",
                                                 "connected_third_party",
                                                 "promise",
                                                 "refused",
                                                 "wrong_number",
                                                 "sent",
                                                 "delivered",
                                                 "unknown",
                                                 "no_answer",
                                                 "busy",
                                                 "not_delivered",
                                                 "not_made"};
  return words;
}

bool is_outcome(std::string_view outcome) {
  return has(outcomes(), outcome);
}
bool counts_as_contact(std::string_view outcome) {
  return !has(not_contacts(), outcome);
}

struct Gate::Case {
  Request request;
  std::optional<Person> person;
  std::optional<ContactPoint> point;
  History history;
  kernel::Instant now;
  Packs packs;  // in force on that day
};

Gate::Gate(PackSource packs, std::shared_ptr<const Directory> directory, AskerPort asker)
    : packs_(std::move(packs)), directory_(std::move(directory)), asker_(std::move(asker)) {}

Gate::Gate(Packs packs, std::shared_ptr<const Directory> directory, AskerPort asker)
    : Gate([packs = std::move(packs)](store::Transaction&, kernel::Date) { return packs; },
           std::move(directory), std::move(asker)) {}

Gate::Case Gate::load_case(store::Transaction& tx, const Request& request, kernel::Instant now,
                           bool lock) const {
  Case c{.request = request,
         .person = {},
         .point = {},
         .history = {},
         .now = now,
         .packs = packs_(tx, now.china_date())};
  c.person = directory_->person(tx, request.customer_no);
  if (!c.person) return c;
  c.point = request.contact_point_id.empty()
                ? directory_->by_number(tx, request.customer_no, request.number)
                : directory_->contact_point(tx, request.contact_point_id);
  if (c.point && !has(c.person->customer_nos, c.point->customer_no)) c.point.reset();
  if (!c.point) return c;
  // Person first, then number: every asker takes them in this order, so none waits in a ring.
  if (lock) tx.lock("person:" + c.person->person_key);
  if (lock) tx.lock("number:" + c.point->number_index);
  if (const auto seen = load_seen(tx, c.person->person_key)) c.now = std::max(now, *seen);
  if (c.now.china_date() != now.china_date()) c.packs = packs_(tx, c.now.china_date());

  const kernel::Instant since = c.now.plus_seconds(-8 * kDaySeconds);
  const std::optional<Zone> zone =
      c.packs.set().calendar().zone(c.person->jurisdiction, c.person->zone);
  const Zone local = zone.value_or(Zone());
  const kernel::Instant today = local.at(local.date(c.now), 0);
  const Marks marks = load_marks(tx, *c.person, *c.point);
  c.history = {
      .request = request,
      .point = *c.point,
      .asker = request.vouched ? *request.vouched : asker_(tx, request.asker, c.now.china_date()),
      .opted_out = marks.opted_out,
      .wrong_number = marks.wrong_number,
      .touches = load_touches(tx, *c.person, *c.point, since, today),
      .holds = {},
      .jurisdiction = c.person->jurisdiction,
      .products = c.person->products,
      .own_numbers = c.person->own_numbers,
      .zone = zone};
  for (const PastContact& past : directory_->past_contacts(tx, *c.person, since)) {
    Touch touch = touch_of(past.contacted_at, past.channel, past.role, past.outcome);
    touch.same_number = past.number_index == c.point->number_index;
    touch.settled = true;
    c.history.touches.push_back(touch);
  }
  // A day earlier: where the person is, a hold's last day may not be over yet.
  for (const Hold& hold : holds_of(tx, c.person->person_key, c.now.plus_seconds(-kDaySeconds)))
    c.history.holds.push_back({hold.kind, hold.until, hold.since});
  return c;
}

Answer Gate::judge(const Case& c) const {
  Answer answer;
  answer.asked_at = c.now;
  answer.packs = c.packs.refs();
  if (!c.person || !c.point) {
    answer.refusals.push_back(
        c.person ? own_refusal("GATE_UNKNOWN_POINT", "客户档案中没有这个联系方式",
                               "this contact point is not on the customer's file", "when_lifted")
                 : own_refusal("GATE_UNKNOWN_CUSTOMER", "没有这个客户", "there is no such customer",
                               "when_lifted"));
    return answer;
  }
  const PackSet& set = c.packs.set();
  const Facts facts = facts_at(c.history, set.calendar(), c.now);
  answer.contacts_left_today = std::max(c.packs.cap_person_day() - facts.contacts_today, 0);
  answer.attempts_left_today = std::max(c.packs.cap_number_day() - facts.attempts_today, 0);
  answer.refusals = set.refusals(facts);
  for (const std::string& hold : facts.holds)
    if (!has(hold_kinds(), hold))
      answer.refusals.push_back(own_refusal("GATE_UNKNOWN_HOLD", "存在未知的暂停事由",
                                            "a hold of an unknown kind is set", "when_lifted"));
  answer.allowed = answer.refusals.empty();
  answer.allowed_at = answer.allowed ? std::optional(c.now)
                                     : find_allowed_at(set, c.history, c.now, answer.refusals);
  return answer;
}

Answer Gate::question(store::Transaction& tx, const Request& request, kernel::Instant now) const {
  return judge(load_case(tx, request, now, false));
}

kernel::Result<Reply> Gate::ask(store::Transaction& tx, const Request& request,
                                kernel::Instant now) const {
  const Case c = load_case(tx, request, now, true);
  Reply reply{.answer = judge(c), .permit = {}};
  if (!request.idempotency_key.empty()) {
    if (auto bound = find_by_key(tx, request.idempotency_key)) {
      if (!c.point || bound->contact_point_id != c.point->contact_point_id ||
          bound->channel != request.channel || bound->purpose != request.purpose ||
          bound->says_debt != request.says_debt || bound->asker != request.asker ||
          bound->script != request.script)
        return conflict("this idempotency_key was used for another request", "idempotency_key");
      reply.answer.allowed = true;
      reply.answer.allowed_at = bound->reserved_at;
      reply.answer.refusals.clear();
      reply.permit = Permit(std::move(*bound));
      reply.repeated = true;
      return reply;
    }
  }
  if (!reply.answer.allowed) {
    save_refusal(tx, request, c.point ? c.point->contact_point_id : request.contact_point_id,
                 reply.answer);
    return reply;
  }
  const Zone local = c.history.local();
  const kernel::Date today = local.date(c.now);
  const int minutes = c.packs.set().smallest(&PackOptions::permit_minutes, kPermitMinutes);
  const kernel::Instant close = local.at(today, c.packs.window().close_minute);
  const kernel::Instant end = close > c.now ? close : local.at(today, 1440);
  Permit::Bound bound{.permit_id = PermitId(tx.next_id()),
                      .person_key = c.person->person_key,
                      .customer_no = request.customer_no,
                      .contact_point_id = c.point->contact_point_id,
                      .number_index = c.point->number_index,
                      .channel = request.channel,
                      .purpose = request.purpose,
                      .script = request.script,
                      .asker = request.asker,
                      .says_debt = request.says_debt,
                      .reserved_at = c.now,
                      .expires_at = std::min(c.now.plus_seconds(minutes * 60), end)};
  save_permit(tx, bound, c.point->role, request.idempotency_key, reply.answer,
              facts_at(c.history, c.packs.set().calendar(), c.now));
  save_seen(tx, bound.person_key, c.now);
  reply.answer.contacts_left_today = std::max(reply.answer.contacts_left_today - 1, 0);
  reply.answer.attempts_left_today = std::max(reply.answer.attempts_left_today - 1, 0);
  reply.permit = Permit(std::move(bound));
  return reply;
}

kernel::Result<Spent> Gate::spend(store::Transaction& tx, Permit permit,
                                  kernel::Instant now) const {
  const Permit::Bound bound = permit.bound();
  const kernel::Instant at = std::max(now, bound.reserved_at);
  const std::int64_t changed = tx.execute(
      "UPDATE permit SET state = 'used', used_at = $1"
      " WHERE permit_id = $2 AND state = 'reserved' AND expires_at >= $1",
      {at, bound.permit_id});
  if (changed != 1)
    return conflict("the permit is expired, revoked or used; ask the gate again", "permit_id");
  tx.append({"permit_used", "customer:" + bound.customer_no, made_by(bound.asker), at,
             http::write_json(OutcomeBody{bound.permit_id, ""})});
  return Spent{bound, at};
}

namespace {

void mark_number(store::Transaction& tx, const Permit::Bound& b, std::string_view mark,
                 std::string_view by, kernel::Instant at) {
  tx.execute(
      "INSERT INTO number_mark (number_index, person_key, mark, marked_at, marked_by)"
      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number_index, person_key, mark) DO NOTHING",
      {b.number_index, b.person_key, mark, at, by});
  tx.append({"number_" + std::string(mark), "customer:" + b.customer_no, made_by(by), at,
             "{\"contact_point_id\":\"" + b.contact_point_id + "\"}"});
}

}  // namespace

kernel::Status Gate::record_outcome(store::Transaction& tx, PermitId permit_id,
                                    std::string_view outcome, std::string_view by,
                                    kernel::Instant now) const {
  if (!is_outcome(outcome))
    return kernel::Error{kernel::Code::invalid_input,
                         fmt::format("'{}' is no outcome; docs/gate.md lists them", outcome),
                         "outcome"};
  std::string state, role;
  const auto bound = tx.query_one<Permit::Bound>(
      "SELECT person_key, customer_no, contact_point_id, number_index, state, role FROM permit"
      " WHERE permit_id = $1",
      {permit_id}, [&](const store::Row& row) {
        state = row.text(4);
        role = row.text(5);
        return Permit::Bound{.permit_id = permit_id,
                             .person_key = row.text(0),
                             .customer_no = row.text(1),
                             .contact_point_id = row.text(2),
                             .number_index = row.text(3)};
      });
  if (!bound) return kernel::Error{kernel::Code::not_found, "there is no such permit", "permit_id"};
  tx.lock("person:" + bound->person_key);
  // Whoever reports an outcome of a permit not yet spent (a dialer, an agency) has used it.
  const std::int64_t changed = tx.execute(
      "UPDATE permit SET state = 'done', used_at = COALESCE(used_at, $1), outcome = $2,"
      " outcome_at = $1, outcome_by = $3"
      " WHERE permit_id = $4 AND state IN ('reserved', 'used')",
      {now, outcome, by, permit_id});
  if (changed != 1) return conflict("the outcome of this permit is already known", "permit_id");
  tx.append({"permit_outcome", "customer:" + bound->customer_no, made_by(by), now,
             http::write_json(OutcomeBody{permit_id, std::string(outcome)})});
  const bool third_party = role != "self" && role != "guarantor";
  if (outcome == "refused" && third_party) mark_number(tx, *bound, "opted_out", by, now);
  if (outcome == "wrong_number") mark_number(tx, *bound, "wrong_number", by, now);
  return kernel::Ok{};
}

}  // namespace gate
