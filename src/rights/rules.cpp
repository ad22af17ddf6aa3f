#include "rights/rules.h"

#include "tables/types.h"

namespace rights {

namespace {

constexpr const char* file = "rights_deadline.dmn";
constexpr std::int64_t days_max = 366;

kernel::Error bad_table(const std::string& message) {
  return {kernel::Code::invalid_input, message, file};
}

}  // namespace

kernel::Result<Deadline> decide_deadline(store::Transaction& tx, const gate::Gate& gate,
                                         const std::filesystem::path& decisions,
                                         const std::string& kind, kernel::Date received_on,
                                         kernel::Date today) {
  TRY_ASSIGN(const strategy::Models models, tables::models_in_force(tx, decisions, today));
  TRY_ASSIGN(const decision::Model* model, models.need(file));
  const auto answer = model->evaluate("rights_deadline", {{"request_kind", kind}});
  if (answer.value.kind() != decision::Kind::context)
    return bad_table(answer.messages.empty() ? "no row answers" : answer.messages.front());
  const auto number = [&](const char* name) {
    const decision::Value* found = answer.value.context().find(name);
    return found ? found->to_int64().value_or(-1) : -1;
  };
  const auto text = [&](const char* name) {
    const decision::Value* found = answer.value.context().find(name);
    return found && found->kind() == decision::Kind::string ? found->string() : std::string();
  };
  const std::int64_t days = number("answer_days");
  Deadline out{.due_on = received_on,
               .copy_days = number("copy_days"),
               .rule_id = {},
               .citation = text("citation"),
               .version = model->version()};
  const std::string unit = text("day_unit");
  if (days < 0 || days > days_max || out.copy_days < 0 || out.copy_days > days_max ||
      (unit != "workday" && unit != "day"))
    return bad_table("a row gives answer_days and copy_days (0 to 366) and day_unit");
  for (const auto& row : answer.fired) out.rule_id = row.rule_id;
  out.due_on = unit == "workday" ? gate.workdays_after(tx, received_on, static_cast<int>(days))
                                 : received_on.plus_days(static_cast<std::int32_t>(days));
  return out;
}

}  // namespace rights
