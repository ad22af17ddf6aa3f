#include "approval/rules.h"

namespace approval {

namespace {

using decision::Context;
using decision::Value;

constexpr std::int64_t levels_max = 9, hours_max = 8'760, days_max = 3'660;

struct Row {
  Value value;
  std::string rule_id;

  const Value* part(const char* name) const {
    return value.kind() == decision::Kind::context ? value.context().find(name) : nullptr;
  }
  bool says(const char* name, std::string_view word) const {
    const Value* found = value.kind() == decision::Kind::string ? &value : part(name);
    return found != nullptr && found->kind() == decision::Kind::string && found->string() == word;
  }
  // 0 where it is no whole number from 1 to `most`.
  std::int64_t number(const char* name, std::int64_t most) const {
    const Value* found = part(name);
    const std::int64_t n = found == nullptr ? 0 : found->to_int64().value_or(0);
    return n < 1 || n > most ? 0 : n;
  }
};

Row evaluate(const decision::Model& table, const char* decision, const Context& inputs) {
  const decision::Evaluation said = table.evaluate(decision, inputs);
  return {said.value, said.fired.empty() ? "" : said.fired.front().rule_id};
}

}  // namespace

Matter matter_of(const Approval& approval) {
  return {approval.kind, approval.detail, approval.amount_fen.fen(), approval.size};
}

bool may_ask(const decision::Model& table, std::string_view kind, http::Role role) {
  return evaluate(table, "ask", {{"approval_kind", kind}, {"user_role", http::role_name(role)}})
      .says("ask", "may");
}

kernel::Result<Terms> terms_of(const decision::Model& table, const Matter& matter) {
  const Row row = evaluate(table, "approval_terms",
                           {{"approval_kind", matter.kind},
                            {"detail", matter.detail},
                            {"amount_fen", matter.amount_fen},
                            {"size", matter.size}});
  const Terms terms{static_cast<int>(row.number("level_count", levels_max)),
                    static_cast<int>(row.number("wait_hours", hours_max))};
  if (terms.levels != 0 && terms.wait_hours != 0) return terms;
  return kernel::Error{kernel::Code::invalid_input,
                       "its decision approval_terms gives no levels (1 to 9) and hours (1 to"
                       " 8,760) for " +
                           std::string(matter.kind),
                       table_file};
}

Said may_approve(const decision::Model& table, const Matter& matter, int level, http::Role role) {
  Row row = evaluate(table, "approve",
                     {{"approval_kind", matter.kind},
                      {"detail", matter.detail},
                      {"amount_fen", matter.amount_fen},
                      {"size", matter.size},
                      {"level", level},
                      {"user_role", http::role_name(role)}});
  return {row.says("approve", "may"), std::move(row.rule_id)};
}

std::int64_t deputy_days(const decision::Model& table, http::Role role, http::Role deputy) {
  const Row row =
      evaluate(table, "stand_in",
               {{"user_role", http::role_name(role)}, {"deputy_role", http::role_name(deputy)}});
  return row.says("stand_in", "may") ? row.number("days_max", days_max) : 0;
}

}  // namespace approval
