#include "records/rules.h"

#include <algorithm>

namespace records {

using kernel::Date;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

const std::vector<std::string> lender_kinds = {"bank_card", "online_credit", "consumer_finance"};
const std::vector<std::string> jurisdictions = {"CN", "US", "UK"};
constexpr std::int64_t months_max = 1200;

Error bad_table(const std::string& decision, const std::string& message) {
  return {kernel::Code::invalid_input, message, "retention.dmn: " + decision};
}

Result<KeepRule> read_rule(const std::string& decision, const decision::Value& value,
                           const std::string& rule_id) {
  if (value.kind() != decision::Kind::context)
    return bad_table(decision, "a row gives code, keep_months, from_event …");
  const auto text = [&](const char* name) {
    const decision::Value* found = value.context().find(name);
    return found && found->kind() == decision::Kind::string ? found->string() : std::string();
  };
  KeepRule rule{.code = text("code"),
                .rule_id = rule_id,
                .citation = text("citation"),
                .rank = text("rank"),
                .certainty = text("certainty"),
                .from_event = text("from_event")};
  const decision::Value* months = value.context().find("keep_months");
  rule.keep_months = months ? months->to_int64().value_or(-1) : -1;
  if (rule.code.empty() || rule.from_event.empty() || rule.keep_months < 0 ||
      rule.keep_months > months_max)
    return bad_table(decision, "row " + rule_id + " has no code, event or whole number of months");
  return rule;
}

Result<std::vector<KeepRule>> ask(const decision::Model& model, const std::string& decision,
                                  const std::string& kind, const std::string& lender_kind,
                                  const std::string& jurisdiction) {
  const auto answer = model.evaluate(
      decision,
      {{"record_kind", kind}, {"lender_kind", lender_kind}, {"jurisdiction", jurisdiction}});
  std::vector<KeepRule> rules;
  if (!answer.messages.empty()) return bad_table(decision, answer.messages.front());
  if (answer.value.is_null()) return rules;
  if (answer.value.kind() != decision::Kind::list)
    return bad_table(decision, "its hit policy is COLLECT");
  std::vector<std::string> ids;
  for (const auto& row : answer.fired)
    if (row.decision == decision) ids.push_back(row.rule_id);
  const auto& list = answer.value.list();
  for (std::size_t i = 0; i < list.size(); ++i) {
    TRY_ASSIGN(KeepRule rule, read_rule(decision, list[i], i < ids.size() ? ids[i] : ""));
    rules.push_back(std::move(rule));
  }
  return rules;
}

// The day an event of the case was; none: not yet, or nobody knows. made is the record's own.
struct Events {
  Date made_on;
  const CaseState* state;
  std::optional<Date> law_end;

  std::optional<Date> day(const std::string& event) const {
    if (event == "made") return made_on;
    if (event == "law_end") return law_end;
    if (!state) return std::nullopt;
    if (event == "last_activity") return state->last_activity;
    if (event == "case_closed" || event == "legal_end")
      return state->open ? std::nullopt : state->closed_on;
    if (event == "plan_settled") return state->plan_open ? std::nullopt : state->plan_settled_on;
    return std::nullopt;
  }
  // A rule about a plan says nothing where there never was one.
  bool concerns(const KeepRule& rule) const {
    return rule.from_event != "plan_settled" ||
           (state && (state->plan_open || state->plan_settled_on));
  }
};

struct Latest {
  std::optional<Date> day;
  KeepRule rule;
  bool known = true;  // every rule's event has a day

  void take(const KeepRule& one, const Events& events) {
    if (!events.concerns(one)) return;
    const auto from = events.day(one.from_event);
    if (!from) {
      known = false;
      return;
    }
    const Date until = from->plus_months(static_cast<int>(one.keep_months));
    if (day && *day >= until) return;
    day = until;
    rule = one;
  }
};

std::int64_t months_of(const std::vector<KeepRule>& rules, const std::string& event) {
  std::int64_t months = -1;
  for (const KeepRule& rule : rules)
    if (rule.from_event == event) months = std::max(months, rule.keep_months);
  return months;
}

}  // namespace

Status RetentionRules::load(const decision::Model& shipped, const Key& key) {
  const auto& [kind, lender_kind, jurisdiction] = key;
  Rules& rules = rules_[key];
  TRY_ASSIGN(rules.law, ask(model_, "keep_at_least", kind, lender_kind, jurisdiction));
  TRY_ASSIGN(rules.lender, ask(model_, "keep_lender", kind, lender_kind, jurisdiction));
  TRY_ASSIGN(rules.most, ask(model_, "keep_at_most", kind, lender_kind, jurisdiction));
  TRY_ASSIGN(const auto floor, ask(shipped, "keep_at_least", kind, lender_kind, jurisdiction));
  const std::vector<KeepRule> in_force = rules.law;
  for (const KeepRule& rule : floor) {
    if (months_of(in_force, rule.from_event) >= rule.keep_months) continue;
    rules.law.push_back(rule);
    loosened_.push_back(
        {"CN_RETENTION", kind, lender_kind, jurisdiction, rule.citation, rule.keep_months});
  }
  return kernel::Ok{};
}

Result<RetentionRules> RetentionRules::of(const decision::Model& in_force,
                                          const decision::Model& shipped,
                                          const std::vector<std::string>& kinds) {
  RetentionRules rules(in_force);
  for (const auto& kind : kinds)
    for (const auto& lender_kind : lender_kinds)
      for (const auto& jurisdiction : jurisdictions)
        TRY(rules.load(shipped, {kind, lender_kind, jurisdiction}));
  return rules;
}

std::vector<std::string> RetentionRules::lender_kinds_of(const CaseState* state) const {
  std::vector<std::string> kinds;
  if (!state) return lender_kinds;
  for (const std::string& product : state->products) {
    const auto answer = model_.evaluate("lender_kind_of", {{"product", product}});
    const bool known = answer.value.kind() == decision::Kind::string &&
                       std::count(lender_kinds.begin(), lender_kinds.end(), answer.value.string());
    if (!known) return lender_kinds;
    kinds.push_back(answer.value.string());
  }
  return kinds.empty() ? lender_kinds : kinds;
}

std::vector<const RetentionRules::Rules*> RetentionRules::rules_for(const std::string& kind,
                                                                    const CaseState* state) const {
  std::vector<std::string> lands;
  for (const auto& one : jurisdictions)
    if (state && state->jurisdiction == one) lands.push_back(one);
  if (lands.empty()) lands = jurisdictions;
  std::vector<const Rules*> all;
  for (const auto& lender_kind : lender_kinds_of(state))
    for (const auto& land : lands)
      if (const auto found = rules_.find({kind, lender_kind, land}); found != rules_.end())
        all.push_back(&found->second);
  return all;
}

Due RetentionRules::decide(const std::string& kind, Date made_on, const CaseState* case_state,
                           Date today) const {
  if (case_state && case_state->open) return {.state = Due::State::open};
  const auto all = rules_for(kind, case_state);
  Events events{made_on, case_state, {}};
  Latest law, wish;
  bool any = false;
  for (const Rules* rules : all) {
    for (const KeepRule& rule : rules->law) law.take(rule, events);
    for (const KeepRule& rule : rules->lender) wish.take(rule, events);
    any = any || !rules->law.empty() || !rules->lender.empty();
  }
  // No rule of any kind is no leave to destroy; nor is a day nobody knows.
  if (!any || !law.known || !wish.known) return {};
  Latest decided = law;
  if (wish.day && (!law.day || *wish.day > *law.day)) {
    // The purpose lasts while the case does: the limit begins when both law and case are over.
    events.law_end = events.day(case_state ? "case_closed" : "made");
    if (law.day && (!events.law_end || *events.law_end < *law.day)) events.law_end = law.day;
    decided = wish;
    for (const Rules* rules : all)
      for (const KeepRule& most : rules->most) {
        const auto from = events.day(most.from_event);
        if (!from) continue;
        Date until = from->plus_months(static_cast<int>(most.keep_months));
        if (law.day) until = std::max(until, *law.day);  // the law's minimum stands before it
        if (until >= *decided.day) continue;
        decided.day = until;
        decided.rule = most;
      }
  }
  if (!decided.day) return {};
  // A case that is over stays whole until it is: no rule is earlier than its end.
  if (case_state && (!case_state->closed_on || *decided.day < *case_state->closed_on)) return {};
  const auto state = *decided.day <= today ? Due::State::due : Due::State::later;
  return {.state = state, .due_on = *decided.day, .rule = decided.rule};
}

std::int64_t RetentionRules::months_at_least(const std::string& kind) const {
  std::int64_t least = months_max;
  for (const auto& [key, rules] : rules_) {
    if (std::get<0>(key) != kind) continue;
    // A limit may cut a lender's wish but not the law.
    least = std::min(least, std::max<std::int64_t>(months_of(rules.law, "made"), 0));
  }
  return least == months_max ? 0 : least;
}

}  // namespace records
