#pragma once
// Journey: the strategy as a whole, as accounts live through it night by night. What enters: the
// models of the night, and decisions/journey.csv: how harsh each treatment is and what comes before
// it. What leaves: each rule that a path breaks, with its nights, decided by the exact interpreter.
// Paths: every product, graded pair and band, left alone or with promises made and broken; payment
// in full; each hold on each stage.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decision/check.h"
#include "strategy/types.h"

namespace strategy {

struct JourneyRules {
  static kernel::Result<JourneyRules> load(const std::filesystem::path& decisions);
  static kernel::Result<JourneyRules> parse(std::string_view csv, std::string_view where);

  struct Before {
    std::set<std::string> treatments, needs;  // any of the needs, on an earlier night
    std::string zh, en, source;
  };
  struct Asks {  // what contacting with this script is, when a pack is asked
    std::string purpose = "collect", role = "self";
    bool says_debt = true;
  };

  std::map<std::string, int> levels;  // harshness of each treatment; -1: handled apart
  std::vector<Before> before;
  std::map<std::string, Asks> scripts;
  std::set<std::string> last;  // treatments an account may stay in for good
  int level_after_payment = 1;
  int quiet_nights = 60;
  int nights = 1'200;  // how long an account is followed past due

  // The harshness of a treatment; -1 for those handled apart or unknown.
  int level(const std::string& treatment) const;
};

// One night of a path: what the tables were asked and what they said.
struct JourneyNight {
  std::vector<std::pair<std::string, std::string>> inputs;  // name and FEEL literal
  std::string treatment;
  int row = 0;
};

struct JourneyFinding {
  // no_answer, skipped_stage, stuck, quiet, stays_for_good, out_of_order, not_permitted, no_level
  std::string kind;
  std::string severity;
  std::string treatment;
  std::string message_zh, message_en;
  std::vector<JourneyNight> path;  // nights on which the treatment changed, to the one that breaks
};

const std::vector<std::string>& journey_kinds();

// The models need bucket.dmn, risk_grade.dmn and treatment.dmn; packs/*.dmn are asked what they
// refuse an account under a hold, with every other fact in favour of the contact.
kernel::Result<std::vector<JourneyFinding>> check_journey(const Models& models,
                                                          const JourneyRules& rules);
std::string render_journey(const JourneyFinding& finding, std::string_view language);

}  // namespace strategy
