#pragma once
// unmask_limit.dmn and access_alert.dmn, as they are in force on a day. Enters: a role and a field,
// or the counts of somebody's looks. Leaves: how often, or what to raise. An Error where a table
// gives no whole answer: nothing is unmasked then.

#include <string>
#include <vector>

#include "decision/decision.h"
#include "looks/types.h"
#include "strategy/types.h"

namespace looks {

struct UnmaskLimit {
  std::int64_t hour_max = 0, day_max = 0;  // unmaskings of one user, of any field; 0: never
};

// Somebody's looks of a day in China, as access_alert.dmn asks for them.
struct LookCounts {
  std::string role;
  std::int64_t views_hour = 0;         // cases viewed in the last hour
  std::int64_t customers_today = 0;    // customers looked at in any way
  std::int64_t local_hour = 0;         // of the latest look, 0 to 23, in China
  std::int64_t own_share_pct = 100;    // of today's views: own cases, own team, or review
  std::int64_t days_since_leave = -1;  // since the user was put out; -1: works here
  std::int64_t unmaskings_today = 0, exports_today = 0;
  std::int64_t refused_today = 0;  // tries at cases that are somebody else's, or not there
};

struct AlertFound {
  std::string code, level, reason_zh, reason_en;
};

class LookRules {
 public:
  static kernel::Result<LookRules> in_force(store::Transaction& tx,
                                            const std::filesystem::path& decisions,
                                            kernel::Date date);
  explicit LookRules(strategy::Models models) : models_(std::move(models)) {}
  kernel::Result<UnmaskLimit> decide_limit(const std::string& role, const std::string& field) const;
  kernel::Result<std::vector<AlertFound>> decide_alerts(const LookCounts& counts) const;

 private:
  strategy::Models models_;
};

}  // namespace looks
