#include "gate/facts.h"

#include <algorithm>

namespace gate {

const std::vector<std::string>& fact_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    const decision::Context context = to_context(Facts{});
    for (const auto& [name, value] : context.entries()) all.push_back(name);
    return all;
  }();
  return names;
}

decision::Context to_context(const Facts& f) {
  decision::List holds(f.holds.begin(), f.holds.end());
  decision::Value since;
  if (f.minutes_since_contact) since = decision::Value(*f.minutes_since_contact);
  return {{"channel", f.channel},
          {"purpose", f.purpose},
          {"says_debt", f.says_debt},
          {"visitors", f.visitors},
          {"role", f.role},
          {"point_channel", f.point_channel},
          {"point_source", f.point_source},
          {"point_valid", f.point_valid},
          {"point_consent", f.point_consent},
          {"opted_out", f.opted_out},
          {"minute", f.minute},
          {"day_kind", f.day_kind},
          {"contacts_today", f.contacts_today},
          {"contacts_7d", f.contacts_7d},
          {"third_party_contacts_today", f.third_party_contacts_today},
          {"attempts_today", f.attempts_today},
          {"minutes_since_contact", since},
          {"holds", decision::Value(std::move(holds))},
          {"asker_kind", f.asker_kind},
          {"certified", f.certified},
          {"licence_valid", f.licence_valid},
          {"recording_ready", f.recording_ready}};
}

namespace {

void count(const Touch& touch, kernel::Instant at, Facts& facts) {
  const kernel::Date today = at.china_date(), day = touch.at.china_date();
  // A row from the future (a clock that ran ahead) counts as today's: never forgotten.
  const bool is_today = day >= today;
  if (touch.same_number && is_today) ++facts.attempts_today;
  if (!touch.same_person || !touch.contact) return;
  if (is_today) ++facts.contacts_today;
  if (is_today && touch.third_party) ++facts.third_party_contacts_today;
  if (today - day < 7) ++facts.contacts_7d;
  if (!touch.settled) return;
  const std::int64_t minutes = std::max<std::int64_t>(at.micros_since(touch.at), 0) / 60'000'000;
  const int since = static_cast<int>(std::min<std::int64_t>(minutes, 1'000'000));
  facts.minutes_since_contact = std::min(facts.minutes_since_contact.value_or(since), since);
}

}  // namespace

Facts facts_at(const History& history, const Calendar& calendar, kernel::Instant at) {
  Facts facts{.channel = history.request.channel,
              .purpose = history.request.purpose,
              .says_debt = history.request.says_debt,
              .visitors = history.request.visitors,
              .role = history.point.role,
              .point_channel = history.point.channel,
              .point_source = history.point.source,
              .point_valid = history.point.valid && !history.wrong_number,
              .point_consent = history.point.consent,
              .opted_out = history.opted_out,
              .minute = at.china_minute(),
              .day_kind = std::string(calendar.day_kind(at.china_date())),
              .asker_kind = history.asker.kind,
              .certified = history.asker.certified,
              .licence_valid = history.asker.licence_valid,
              .recording_ready = history.asker.recording_ready};
  for (const Touch& touch : history.touches) count(touch, at, facts);
  for (const HoldSpan& hold : history.holds)
    if (!hold.until || *hold.until >= at.china_date()) facts.holds.push_back(hold.kind);
  return facts;
}

}  // namespace gate
