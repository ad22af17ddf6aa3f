#include "gate/facts.h"

#include <algorithm>
#include <climits>
#include <map>

namespace gate {

const std::vector<FactField>& fact_fields() {
  static const std::vector<FactField> fields = {
      {"channel", &Facts::channel},
      {"purpose", &Facts::purpose},
      {"says_debt", &Facts::says_debt},
      {"visitors", &Facts::visitors},
      {"jurisdiction", &Facts::jurisdiction},
      {"products", &Facts::products},
      {"role", &Facts::role},
      {"point_channel", &Facts::point_channel},
      {"point_source", &Facts::point_source},
      {"point_place", &Facts::point_place},
      {"point_valid", &Facts::point_valid},
      {"point_consent", &Facts::point_consent},
      {"opted_out", &Facts::opted_out},
      {"zone_known", &Facts::zone_known},
      {"day", &Facts::day},
      {"minute", &Facts::minute},
      {"day_kind", &Facts::day_kind},
      {"contacts_today", &Facts::contacts_today},
      {"contacts_7d", &Facts::contacts_7d},
      {"calls_today", &Facts::calls_today},
      {"third_party_contacts_today", &Facts::third_party_contacts_today},
      {"third_party_contacts_7d", &Facts::third_party_contacts_7d},
      {"attempts_today", &Facts::attempts_today},
      {"attempts_today_person", &Facts::attempts_today_person},
      {"calls_7d", &Facts::calls_7d},
      {"minutes_since_contact", &Facts::minutes_since_contact},
      {"days_since_conversation", &Facts::days_since_conversation},
      {"own_numbers", &Facts::own_numbers},
      {"missed_calls", &Facts::missed_calls},
      {"missed_days", &Facts::missed_days},
      {"holds", &Facts::holds},
      {"days_in_breathing_space", &Facts::days_in_breathing_space},
      {"days_with_debt_adviser", &Facts::days_with_debt_adviser},
      {"asker_kind", &Facts::asker_kind},
      {"certified", &Facts::certified},
      {"licence_valid", &Facts::licence_valid},
      {"recording_ready", &Facts::recording_ready}};
  return fields;
}

const std::vector<std::string>& fact_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const FactField& field : fact_fields()) all.emplace_back(field.name);
    return all;
  }();
  return names;
}

namespace {

decision::Value to_value(const std::string& text) {
  return decision::Value(text);
}
decision::Value to_value(bool flag) {
  return decision::Value(flag);
}
decision::Value to_value(int number) {
  return decision::Value(number);
}
decision::Value to_value(const std::optional<int>& number) {
  return number ? decision::Value(*number) : decision::Value();
}
decision::Value to_value(const std::vector<std::string>& words) {
  return decision::Value(decision::List(words.begin(), words.end()));
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

decision::Context to_context(const Facts& facts) {
  decision::Context context;
  for (const FactField& field : fact_fields())
    std::visit([&](auto member) { context.set(field.name, to_value(facts.*member)); },
               field.member);
  return context;
}

Touch touch_of(kernel::Instant at, std::string_view channel, std::string_view role,
               std::string_view outcome) {
  const bool own = role == "self", third_party = !own && role != "guarantor";
  const bool call = channel == "call" || channel == "robot_call";
  const bool contact = counts_as_contact(outcome);
  const bool missed =
      own && call && is_one_of(outcome, {"no_answer", "busy", "not_delivered", "wrong_number"});
  return {.at = at,
          .third_party = third_party,
          .contact = contact,
          .settled = !outcome.empty() && outcome != "unknown",
          .call = call,
          .conversation = call && contact && !third_party &&
                          !is_one_of(outcome, {"wrong_number", "connected_third_party"}),
          .missed = missed,
          .reached = own && call && contact && !missed};
}

namespace {

// Counts the touches of a history, seen from one moment.
class Counter {
 public:
  Counter(const Zone& zone, kernel::Instant at, Facts& facts)
      : zone_(zone), at_(at), today_(zone.date(at)), facts_(facts) {}

  void count(const Touch& touch) {
    const int ago = days_ago(touch);
    if (touch.same_number && ago == 0) ++facts_.attempts_today;
    if (!touch.same_person) return;
    if (ago == 0) ++facts_.attempts_today_person;
    if (touch.call && !touch.third_party && ago < 7) ++facts_.calls_7d;
    if (touch.conversation)
      facts_.days_since_conversation = std::min(facts_.days_since_conversation.value_or(ago), ago);
    if (touch.contact) count_contact(touch, ago);
  }

  // Misses in a row, from the latest call back to the last one that reached somebody.
  void count_misses(const std::vector<Touch>& touches) {
    int reached = INT_MAX;  // days ago
    kernel::Instant last;
    for (const Touch& touch : touches)
      if (touch.same_person && touch.reached) {
        reached = std::min(reached, days_ago(touch));
        last = std::max(last, touch.at);
      }
    std::map<int, int> missed;  // days ago → how many
    for (const Touch& touch : touches) {
      if (!touch.same_person || !touch.missed) continue;
      const int ago = days_ago(touch);
      if (ago < reached) ++missed[ago];
      if (ago > 0 && touch.at > last) ++facts_.missed_calls;
    }
    if (missed.empty()) return;
    for (int ago = missed.begin()->first; missed.contains(ago); ++ago) ++facts_.missed_days;
  }

 private:
  // A row from the future (a clock that ran ahead) counts as today's: never forgotten.
  int days_ago(const Touch& touch) const { return std::max(today_ - zone_.date(touch.at), 0); }

  void count_contact(const Touch& touch, int ago) {
    if (ago == 0) ++facts_.contacts_today;
    if (ago == 0 && touch.call) ++facts_.calls_today;
    if (ago == 0 && touch.third_party) ++facts_.third_party_contacts_today;
    if (ago < 7) ++facts_.contacts_7d;
    if (ago < 7 && touch.third_party) ++facts_.third_party_contacts_7d;
    if (!touch.settled) return;
    const std::int64_t minutes = std::max<std::int64_t>(at_.micros_since(touch.at), 0) / 60'000'000;
    const int since = static_cast<int>(std::min<std::int64_t>(minutes, 1'000'000));
    facts_.minutes_since_contact = std::min(facts_.minutes_since_contact.value_or(since), since);
  }

  const Zone& zone_;
  const kernel::Instant at_;
  const kernel::Date today_;
  Facts& facts_;
};

// A hold whose beginning nobody knows counts as set today.
void add_hold(const HoldSpan& hold, const Zone& zone, kernel::Date today, Facts& facts) {
  if (hold.until && *hold.until < today) return;
  facts.holds.push_back(hold.kind);
  const int days = hold.since ? std::max(today - zone.date(*hold.since), 0) : 0;
  const auto latest = [days](std::optional<int>& fact) {
    fact = std::min(fact.value_or(days), days);
  };
  if (hold.kind == "breathing_space") latest(facts.days_in_breathing_space);
  if (hold.kind == "debt_adviser") latest(facts.days_with_debt_adviser);
}

}  // namespace

Facts facts_at(const History& history, const Calendar& calendar, kernel::Instant at) {
  const Zone zone = history.local();
  const kernel::Date today = zone.date(at);
  Facts facts{.channel = history.request.channel,
              .purpose = history.request.purpose,
              .says_debt = history.request.says_debt,
              .visitors = history.request.visitors,
              .jurisdiction = history.jurisdiction,
              .products = history.products,
              .role = history.point.role,
              .point_channel = history.point.channel,
              .point_source = history.point.source,
              .point_place = history.point.place,
              .point_valid = history.point.valid && !history.wrong_number,
              .point_consent = history.point.consent,
              .opted_out = history.opted_out,
              .zone_known = history.zone.has_value(),
              .day = today.format(),
              .minute = zone.minute(at),
              .day_kind = std::string(calendar.day_kind(today)),
              .own_numbers = history.own_numbers,
              .asker_kind = history.asker.kind,
              .certified = history.asker.certified,
              .licence_valid = history.asker.licence_valid,
              .recording_ready = history.asker.recording_ready};
  Counter counter(zone, at, facts);
  for (const Touch& touch : history.touches) counter.count(touch);
  counter.count_misses(history.touches);
  for (const HoldSpan& hold : history.holds) add_hold(hold, zone, today, facts);
  return facts;
}

}  // namespace gate
