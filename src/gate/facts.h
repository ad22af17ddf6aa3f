#pragma once
// Facts: everything a policy pack may look at, by the names its tables use. History: what they are
// counted from. Pure: the same history gives the facts of any moment, so that "when would it be
// allowed?" is answered by asking the packs again, not by a second set of rules.
// docs/gate.md says what each fact means; one list of fields serves everything that needs them.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "decision/value.h"
#include "gate/calendar.h"
#include "gate/ports.h"
#include "gate/types.h"

namespace gate {

struct Facts {
  // what is asked
  std::string channel, purpose;
  bool says_debt = true;
  int visitors = 0;
  // whom: whose law protects them, what they have
  std::string jurisdiction;           // CN | US | UK | mixed
  std::vector<std::string> products;  // of all their accounts
  // at which point
  std::string role, point_channel, point_source, point_place;
  bool point_valid = false, point_consent = false, opted_out = false;
  // when, where the person is
  bool zone_known = false;  // false: `minute` and the days are China's
  std::string day;          // "2026-11-22"; empty: not told, and every row counts
  int minute = 0;
  std::string day_kind;  // of the Chinese calendar
  // how often already: the person over all accounts, products, lender and agencies. Contacts are
  // what was, or may have been, a contact; attempts and calls count whatever their outcome.
  int contacts_today = 0, contacts_7d = 0;
  int calls_today = 0;  // contacts by call or robot_call
  int third_party_contacts_today = 0, third_party_contacts_7d = 0;
  int attempts_today = 0;         // on this number
  int attempts_today_person = 0;  // on any of their numbers
  int calls_7d = 0;               // calls placed to the debtor or a guarantor
  std::optional<int> minutes_since_contact;
  std::optional<int> days_since_conversation;  // 0: today; a talk on a call, or what may be one
  // can the debtor be reached?
  int own_numbers = 0;   // valid telephone numbers of their own
  int missed_calls = 0;  // to own numbers, in a row, before today, nobody reached since
  int missed_days = 0;   // days in a row, the latest first, on which all calls were missed
  // why not
  std::vector<std::string> holds;
  std::optional<int> days_in_breathing_space, days_with_debt_adviser;  // 0: the day it was set
  // who asks
  std::string asker_kind;
  bool certified = false, licence_valid = false, recording_ready = false;
};

BOOST_DESCRIBE_STRUCT(Facts, (),
                      (channel, purpose, says_debt, visitors, jurisdiction, products, role,
                       point_channel, point_source, point_place, point_valid, point_consent,
                       opted_out, zone_known, day, minute, day_kind, contacts_today, contacts_7d,
                       calls_today, third_party_contacts_today, third_party_contacts_7d,
                       attempts_today, attempts_today_person, calls_7d, minutes_since_contact,
                       days_since_conversation, own_numbers, missed_calls, missed_days, holds,
                       days_in_breathing_space, days_with_debt_adviser, asker_kind, certified,
                       licence_valid, recording_ready))

// A fact's name in the tables and where it stands.
using FactMember = std::variant<std::string Facts::*, bool Facts::*, int Facts::*,
                                std::optional<int> Facts::*, std::vector<std::string> Facts::*>;
struct FactField {
  std::string_view name;
  FactMember member;
};
const std::vector<FactField>& fact_fields();  // in the order of the struct
const std::vector<std::string>& fact_names();
decision::Context to_context(const Facts& facts);

// One thing that happened, or may have: a permit or an imported contact.
struct Touch {
  kernel::Instant at;
  bool same_person = true;  // false: another person's, on this number
  bool same_number = false;
  bool third_party = false;
  bool contact = true;        // counts as a contact with the person
  bool settled = true;        // its outcome is known
  bool call = false;          // by call or robot_call
  bool conversation = false;  // a call on which the debtor or a guarantor spoke, or may have
  bool missed = false;        // a call to the debtor's own number that reached nobody
  bool reached = false;       // a call to the debtor's own number that reached, or may have
};

// A touch by the words of its permit or of an imported contact; an empty outcome is not told yet.
// Whose number it was on is for the caller to say.
Touch touch_of(kernel::Instant at, std::string_view channel, std::string_view role,
               std::string_view outcome);

struct HoldSpan {
  std::string kind;
  std::optional<kernel::Date> until;     // its last day
  std::optional<kernel::Instant> since;  // none: not known
};

struct History {
  Request request;
  ContactPoint point;
  AskerFacts asker;
  bool opted_out = false, wrong_number = false;
  std::vector<Touch> touches;  // the last eight days
  std::vector<HoldSpan> holds;
  std::string jurisdiction = "CN";
  std::vector<std::string> products;
  int own_numbers = 0;
  std::optional<Zone> zone = Zone();  // none: nobody knows where they are

  // Midnights and hours are those of the person; of China where nobody knows.
  Zone local() const { return zone.value_or(Zone()); }
};

Facts facts_at(const History& history, const Calendar& calendar, kernel::Instant at);

}  // namespace gate
