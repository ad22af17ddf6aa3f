#include "gate/applicability.h"

#include <algorithm>

namespace gate {

namespace {

constexpr const char* kDecision = "packs";

kernel::Error wrong(std::string message, std::string_view where) {
  return {kernel::Code::invalid_input, std::move(message), std::string(where)};
}

}  // namespace

kernel::Result<Applicability> Applicability::parse(std::string_view xml, std::string_view where) {
  TRY_ASSIGN(decision::Model model, decision::Model::parse(xml, where));
  Applicability made(std::move(model));
  const auto infos = made.model_.decisions();
  const auto info = std::find_if(infos.begin(), infos.end(),
                                 [](const auto& known) { return known.name == kDecision; });
  if (info == infos.end()) return wrong("it has no decision 'packs'", where);
  const bool collects = info->table && info->table->hit_policy == decision::HitPolicy::collect &&
                        info->table->aggregation == decision::Aggregation::none &&
                        info->table->outputs.size() == 1;
  if (!collects) return wrong("its decision 'packs' is no table that collects one output", where);
  for (const decision::InputInfo& input : info->inputs)
    if (input.name != "jurisdiction" && input.name != "product")
      return wrong("it needs '" + input.name + "': a pack is chosen by jurisdiction and product",
                   where);
  TRY_ASSIGN(const decision::CaseProgram program, made.model_.prepare_tables({kDecision}));
  if (!program.lowered())
    return wrong("its rows are more than words: " + program.why_interpreted(), where);
  for (const decision::Value& value : program.row_values(0)) {
    if (value.kind() != decision::Kind::string || value.string().empty())
      return wrong("a row of it names no pack", where);
    made.names_.push_back(value.string());
  }
  return made;
}

std::vector<Applicability::Row> Applicability::texts() const {
  std::vector<Row> all;
  for (const decision::DecisionInfo& info : model_.decisions()) {
    if (info.name != kDecision) continue;
    for (std::size_t at = 0; at < info.table->rules.size(); ++at) {
      Row row{.pack = names_[at], .jurisdiction = "-", .product = "-"};
      for (std::size_t i = 0; i < info.table->inputs.size(); ++i) {
        const std::string& input = info.table->inputs[i].expression;
        if (input == "jurisdiction") row.jurisdiction = info.table->rules[at].inputs[i];
        if (input == "product") row.product = info.table->rules[at].inputs[i];
      }
      all.push_back(std::move(row));
    }
  }
  return all;
}

std::vector<std::size_t> Applicability::rows(std::string_view jurisdiction,
                                             std::string_view product) const {
  const decision::Evaluation said =
      model_.evaluate(kDecision, {{"jurisdiction", jurisdiction}, {"product", product}});
  std::vector<std::size_t> rows;
  for (const decision::FiredRow& row : said.fired)
    if (row.decision == kDecision) rows.push_back(static_cast<std::size_t>(row.row) - 1);
  return rows;
}

}  // namespace gate
