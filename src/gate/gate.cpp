#include <fmt/format.h>

#include <algorithm>

#include "gate/bodies.h"
#include "gate/door.h"
#include "gate/packs.h"
#include "gate/types.h"

namespace gate {

namespace {

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

Gate::Gate(PackSource packs, std::shared_ptr<const Directory> directory, AskerPort asker,
           Clock clock)
    : packs_(std::move(packs)),
      directory_(std::move(directory)),
      asker_(std::move(asker)),
      clock_(std::move(clock)) {}

Gate::Gate(Packs packs, std::shared_ptr<const Directory> directory, AskerPort asker, Clock clock)
    : Gate([packs = std::move(packs)](store::Transaction&, kernel::Date) { return packs; },
           std::move(directory), std::move(asker), std::move(clock)) {}

kernel::Result<Spent> Gate::spend(store::Transaction& tx, Permit permit,
                                  kernel::Instant now) const {
  std::vector<Permit> one;
  one.push_back(std::move(permit));
  return std::move(spend_many(tx, std::move(one), now).front());
}

std::vector<kernel::Result<Spent>> Gate::spend_many(store::Transaction& tx,
                                                    std::vector<Permit> permits,
                                                    kernel::Instant now) const {
  const Clock::Reading clock = clock_.read(database_now(tx), now);
  std::vector<Use> uses;
  for (const Permit& permit : permits)
    uses.push_back({permit->permit_id, std::max(clock.now, permit->reserved_at)});
  std::set<PermitId> used;
  if (clock.problem.empty()) used = use_permits(tx, uses);
  std::vector<kernel::Result<Spent>> results;
  std::vector<store::Fact> facts;
  std::set<PermitId> told;  // a batch that holds one permit twice spends it once
  for (std::size_t i = 0; i < permits.size(); ++i) {
    const Permit::Bound& b = permits[i].bound();
    if (!used.contains(b.permit_id) || !told.insert(b.permit_id).second) {
      results.push_back(conflict(clock.problem.empty()
                                     ? "the permit is expired, revoked or used; ask the gate again"
                                     : clock.problem,
                                 "permit_id"));
      continue;
    }
    results.push_back(Spent{b, uses[i].at});
    facts.push_back({"permit_used", "customer:" + b.customer_no, made_by(b.asker), uses[i].at,
                     permit_body(b.permit_id, b.person_key, "")});
  }
  tx.append_many(facts);
  return results;
}

std::vector<kernel::Result<Permit>> Gate::claim_many(store::Transaction& tx,
                                                     std::span<const PermitId> permit_ids,
                                                     std::string_view asker) const {
  std::map<PermitId, StoredPermit> stored = find_permits(tx, permit_ids);
  std::vector<kernel::Result<Permit>> results;
  for (const PermitId permit_id : permit_ids) {
    const auto found = stored.find(permit_id);
    if (found == stored.end() || found->second.bound.asker != asker)
      results.emplace_back(
          kernel::Error{kernel::Code::not_found, "there is no such permit", "permit_id"});
    else if (found->second.state != "reserved")
      results.emplace_back(
          conflict("the permit is expired, revoked or used; ask again", "permit_id"));
    else
      results.emplace_back(Permit(found->second.bound));
  }
  return results;
}

kernel::Result<kernel::ContactDisclosure> Gate::disclose(store::Transaction& tx, PermitId permit_id,
                                                         std::string_view by,
                                                         kernel::Instant now) const {
  const std::map<PermitId, StoredPermit> stored = find_permits(tx, {&permit_id, 1});
  const auto found = stored.find(permit_id);
  if (found == stored.end() || found->second.state != "used" || found->second.bound.asker != by ||
      now > found->second.bound.expires_at)
    return conflict("this permit is expired or its outcome is known; ask the gate again",
                    "permit_id");
  (void)tx.disclose("customer:" + found->second.bound.customer_no, "dial", made_by(by), now);
  return kernel::ContactDisclosure();
}

kernel::Date Gate::workdays_after(store::Transaction& tx, kernel::Date from, int days) const {
  const Packs packs = packs_(tx, from);
  const Calendar& calendar = packs.set().calendar();
  kernel::Date day = from;
  while (days > 0) {
    day = day.plus_days(1);
    const std::string_view kind = calendar.day_kind(day);
    if (kind == "workday" || (kind == "unknown" && day.weekday() < 6)) --days;
  }
  return day;
}

kernel::Status Gate::record_outcome(store::Transaction& tx, PermitId permit_id,
                                    std::string_view outcome, std::string_view by,
                                    kernel::Instant now) const {
  const Told told{permit_id, std::string(outcome), std::string(by)};
  return record_outcomes(tx, {&told, 1}, now).front();
}

namespace {

// What an outcome teaches about the number: never again, or not this person's.
std::string_view mark_of(std::string_view outcome, std::string_view role) {
  const bool third_party = role != "self" && role != "guarantor";
  if (outcome == "refused" && third_party) return "opted_out";
  if (outcome == "wrong_number") return "wrong_number";
  return "";
}

}  // namespace

std::vector<kernel::Status> Gate::record_outcomes(store::Transaction& tx,
                                                  std::span<const Told> told,
                                                  kernel::Instant now) const {
  std::vector<PermitId> ids;
  for (const Told& one : told) ids.push_back(one.permit_id);
  const std::map<PermitId, StoredPermit> stored = find_permits(tx, ids);
  Keys persons;
  for (const auto& [id, permit] : stored) persons.insert(permit.bound.person_key);
  lock_all(tx, persons, {});

  std::vector<Outcome> outcomes;
  std::set<PermitId> wanted;
  for (const Told& one : told)
    if (is_outcome(one.outcome) && stored.contains(one.permit_id) &&
        wanted.insert(one.permit_id).second)
      outcomes.push_back({one.permit_id, one.outcome, one.by, now});
  // Whoever reports an outcome of a permit not yet spent (a dialer, an agency) has used it.
  std::set<PermitId> changed = tell_outcomes(tx, outcomes);
  std::map<std::string, std::int64_t> nth = load_nth(tx, persons);

  std::vector<kernel::Status> results;
  std::vector<store::Fact> facts;
  std::vector<NewMark> marks;
  for (const Told& one : told) {
    if (!is_outcome(one.outcome)) {
      results.push_back(kernel::Error{
          kernel::Code::invalid_input,
          fmt::format("'{}' is no outcome; docs/gate.md lists them", one.outcome), "outcome"});
    } else if (!stored.contains(one.permit_id)) {
      results.push_back(
          kernel::Error{kernel::Code::not_found, "there is no such permit", "permit_id"});
    } else if (changed.erase(one.permit_id) == 0) {
      results.push_back(conflict("the outcome of this permit is already known", "permit_id"));
    } else {
      const StoredPermit& permit = stored.at(one.permit_id);
      const Permit::Bound& b = permit.bound;
      results.emplace_back(kernel::Ok{});
      facts.push_back({"permit_outcome", "customer:" + b.customer_no, made_by(one.by), now,
                       permit_body(b.permit_id, b.person_key, one.outcome, nth[b.person_key])});
      const std::string_view mark = mark_of(one.outcome, permit.role);
      if (mark.empty()) continue;
      marks.push_back({b.number_index, b.person_key, std::string(mark), one.by, now});
      facts.push_back({"number_" + std::string(mark), "customer:" + b.customer_no, made_by(one.by),
                       now, number_body(b.person_key, b.number_index)});
    }
  }
  save_marks(tx, marks);
  tx.append_many(facts);
  return results;
}

}  // namespace gate
