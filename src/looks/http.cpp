// /cases/{case_id}/unmask, /unmaskings, /looks, /look-alerts and /security-report.

#include "looks/alerts.h"
#include "looks/query.h"
#include "looks/unmask.h"

namespace looks {

using http::Request;
using http::Role;
using http::Route;
using kernel::Result;

namespace {

template <class In, class Out>
Route make(const Deps& deps, const char* method, const char* path, const char* summary,
           std::vector<Role> roles,
           Result<Out> (*handler)(const Deps&, const In&, const Request&)) {
  return http::route<In, Out>(
      method, path, "looks", summary, http::only(std::move(roles)),
      [deps, handler](const In& in, const Request& request) { return handler(deps, in, request); });
}

}  // namespace

std::vector<Route> routes(const Deps& deps) {
  const std::vector<Role> watchers = {Role::compliance, Role::auditor, Role::admin};
  return {
      make(deps, "POST", "/api/v1/cases/{case_id}/unmask",
           "One masked field in clear, once, for a reason; leaves who saw it and why",
           {Role::collector, Role::lead, Role::compliance, Role::admin}, unmask),
      make(deps, "GET", "/api/v1/unmaskings", "A day's unmaskings; a lead sees the own team's",
           {Role::lead, Role::compliance, Role::admin}, list_unmaskings),
      make(deps, "GET", "/api/v1/looks", "Who looked at a person, what a user looked at", watchers,
           list_looks),
      http::raw_route<LooksIn>("GET", "/api/v1/looks.csv", "looks",
                               "The same as a file with whose copy it is", http::only(watchers),
                               "text/csv",
                               [deps](const LooksIn& in, const Request& request) {
                                 return export_looks(deps, in, request);
                               }),
      make(deps, "GET", "/api/v1/look-alerts", "What access_alert.dmn found in a period", watchers,
           list_alerts),
      make(deps, "POST", "/api/v1/look-alerts/{alert_id}/acknowledge",
           "Compliance looked into an alert, and says what was found", {Role::compliance},
           acknowledge),
      make(deps, "GET", "/api/v1/security-report",
           "A period's looks by user and kind, alerts, and failed sign-ins", watchers,
           security_report),
  };
}

}  // namespace looks
