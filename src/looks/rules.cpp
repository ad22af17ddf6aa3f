#include "looks/rules.h"

#include "tables/types.h"

namespace looks {

using kernel::Error;
using kernel::Result;

namespace {

Error bad_table(const std::string& message, const char* file) {
  return {kernel::Code::invalid_input, message, file};
}

std::string text_of(const decision::Value& value, const char* name) {
  const decision::Value* found = value.context().find(name);
  return found && found->kind() == decision::Kind::string ? found->string() : std::string();
}

// -1: no whole number.
std::int64_t number_of(const decision::Value& value, const char* name) {
  const decision::Value* found = value.context().find(name);
  return found ? found->to_int64().value_or(-1) : -1;
}

}  // namespace

Result<LookRules> LookRules::in_force(store::Transaction& tx,
                                      const std::filesystem::path& decisions, kernel::Date date) {
  TRY_ASSIGN(strategy::Models models, tables::models_in_force(tx, decisions, date));
  return LookRules(std::move(models));
}

Result<UnmaskLimit> LookRules::decide_limit(const std::string& role,
                                            const std::string& field) const {
  constexpr const char* file = "unmask_limit.dmn";
  TRY_ASSIGN(const decision::Model* model, models_.need(file));
  const auto answer = model->evaluate("unmask_limit", {{"role", role}, {"field", field}});
  if (answer.value.kind() != decision::Kind::context)
    return bad_table(answer.messages.empty() ? "no row answers" : answer.messages.front(), file);
  const UnmaskLimit limit{number_of(answer.value, "hour_max"), number_of(answer.value, "day_max")};
  if (limit.hour_max < 0 || limit.day_max < 0)
    return bad_table("a row gives hour_max and day_max, whole numbers from 0", file);
  return limit;
}

Result<std::vector<AlertFound>> LookRules::decide_alerts(const LookCounts& counts) const {
  constexpr const char* file = "access_alert.dmn";
  TRY_ASSIGN(const decision::Model* model, models_.need(file));
  const auto answer =
      model->evaluate("access_alert", {{"role", counts.role},
                                       {"views_hour", counts.views_hour},
                                       {"customers_today", counts.customers_today},
                                       {"local_hour", counts.local_hour},
                                       {"own_share_pct", counts.own_share_pct},
                                       {"days_since_leave", counts.days_since_leave},
                                       {"unmaskings_today", counts.unmaskings_today},
                                       {"exports_today", counts.exports_today},
                                       {"refused_today", counts.refused_today}});
  if (!answer.messages.empty()) return bad_table(answer.messages.front(), file);
  std::vector<AlertFound> all;
  if (answer.value.is_null()) return all;
  if (answer.value.kind() != decision::Kind::list)
    return bad_table("its hit policy is COLLECT", file);
  for (const decision::Value& row : answer.value.list()) {
    if (row.kind() != decision::Kind::context)
      return bad_table("a row gives code, level and reasons", file);
    AlertFound found{text_of(row, "code"), text_of(row, "level"), text_of(row, "reason_zh"),
                     text_of(row, "reason_en")};
    if (found.code.empty() || found.level.empty())
      return bad_table("a row has no code or no level", file);
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace looks
