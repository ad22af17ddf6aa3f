#pragma once
// Alerts that access_alert.dmn raised, who acknowledged them, and the security report of a period.
// Enters: a period; a note. Leaves: what the page shows; facts look_alert_raised and
// look_alert_acknowledged.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "kernel/id.h"
#include "looks/types.h"

namespace looks {

struct PeriodIn {
  std::optional<kernel::Date> from, to;
};
BOOST_DESCRIBE_STRUCT(PeriodIn, (), (from, to))

struct LookAlertTag {};
using LookAlertId = kernel::Id<LookAlertTag>;

struct LookAlert {
  LookAlertId alert_id{0};
  kernel::Instant raised_at;
  std::string user_name, role, team, code, level, reason_zh, reason_en;
  std::optional<kernel::Instant> acknowledged_at;
  std::string acknowledged_by, note;
};
BOOST_DESCRIBE_STRUCT(LookAlert, (),
                      (alert_id, raised_at, user_name, role, team, code, level, reason_zh,
                       reason_en, acknowledged_at, acknowledged_by, note))

struct LookAlerts {
  kernel::Date from, to;
  std::vector<LookAlert> items;  // the latest first
};
BOOST_DESCRIBE_STRUCT(LookAlerts, (), (from, to, items))

// Notes are opened under one disclosure, where there are any.
kernel::Result<LookAlerts> list_alerts(const Deps& deps, const PeriodIn& in,
                                       const http::Request& request);

struct AcknowledgeIn {
  LookAlertId alert_id{0};
  std::string note;
};
BOOST_DESCRIBE_STRUCT(AcknowledgeIn, (), (alert_id, note))

// Once; conflict where somebody was faster.
kernel::Result<http::Nothing> acknowledge(const Deps& deps, const AcknowledgeIn& in,
                                          const http::Request& request);

struct UserLooks {
  std::string user_name, kind;
  std::int64_t looks = 0;
};
BOOST_DESCRIBE_STRUCT(UserLooks, (), (user_name, kind, looks))

struct AlertCount {
  std::string code, level;
  std::int64_t alerts = 0, acknowledged = 0;
};
BOOST_DESCRIBE_STRUCT(AlertCount, (), (code, level, alerts, acknowledged))

struct SecurityReport {
  kernel::Date from, to;
  std::vector<UserLooks> looks;  // by user and kind
  std::vector<AlertCount> alerts;
  std::int64_t sign_ins = 0, sign_in_failures = 0, numbers_shown = 0, unmask_refusals = 0;
};
BOOST_DESCRIBE_STRUCT(SecurityReport, (),
                      (from, to, looks, alerts, sign_ins, sign_in_failures, numbers_shown,
                       unmask_refusals))

kernel::Result<SecurityReport> security_report(const Deps& deps, const PeriodIn& in,
                                               const http::Request& request);

}  // namespace looks
