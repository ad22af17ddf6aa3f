#pragma once
// Facts: everything a policy pack may look at, by the names its tables use. History: what they are
// counted from. Pure: the same history gives the facts of any moment, so that "when would it be
// allowed?" is answered by asking the packs again, not by a second set of rules.

#include <optional>
#include <string>
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
  // whom, at which point
  std::string role, point_channel, point_source;
  bool point_valid = false, point_consent = false, opted_out = false;
  // when, in China
  int minute = 0;
  std::string day_kind;
  // how often already: the person over all accounts, products, lender and agencies
  int contacts_today = 0, contacts_7d = 0, third_party_contacts_today = 0;
  int attempts_today = 0;  // on this number
  std::optional<int> minutes_since_contact;
  // why not
  std::vector<std::string> holds;
  // who asks
  std::string asker_kind;
  bool certified = false, licence_valid = false, recording_ready = false;
};

const std::vector<std::string>& fact_names();
decision::Context to_context(const Facts& facts);

// One thing that happened, or may have: a permit or an imported contact.
struct Touch {
  kernel::Instant at;
  bool same_person = true;  // false: another person's, on this number
  bool same_number = false;
  bool third_party = false;
  bool contact = true;  // counts as a contact with the person
  bool settled = true;  // its outcome is known
};

struct HoldSpan {
  std::string kind;
  std::optional<kernel::Date> until;  // its last day
};

struct History {
  Request request;
  ContactPoint point;
  AskerFacts asker;
  bool opted_out = false, wrong_number = false;
  std::vector<Touch> touches;  // the last eight days
  std::vector<HoldSpan> holds;
};

Facts facts_at(const History& history, const Calendar& calendar, kernel::Instant at);

}  // namespace gate
