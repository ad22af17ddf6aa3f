#include "gate/pack_view.h"

#include <algorithm>

#include "gate/conformance.h"

namespace gate {

namespace {

// How an option's text says that its sources do not agree.
constexpr std::string_view kDisputed = "各来源不一";

// A cell as it reads: the text of a literal, anything else as it stands.
std::string plain(const std::string& cell) {
  if (cell.size() < 2 || cell.front() != '"' || cell.back() != '"') return cell;
  std::string text;
  for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
    if (cell[i] == '\\' && i + 2 < cell.size()) ++i;
    text += cell[i];
  }
  return text;
}

PackRule show_row(const decision::DecisionInfo& info, std::size_t at, const std::string& day) {
  const decision::TableInfo& table = *info.table;
  const decision::RuleText& rule = table.rules[at];
  const auto says = [&](std::string_view name) {
    for (std::size_t i = 0; i < table.outputs.size() && i < rule.outputs.size(); ++i)
      if (table.outputs[i].name == name) return plain(rule.outputs[i]);
    return std::string();
  };
  PackRule row{.table = info.name,
               .rule_id = rule.id,
               .row = static_cast<int>(at) + 1,
               .code = says("code"),
               .citation = says("citation"),
               .rank = says("rank"),
               .certainty = says("certainty"),
               .reason_zh = says("reason_zh"),
               .reason_en = says("reason_en"),
               .again = says("again"),
               .effective_from = says("effective_from"),
               .effective_until = says("effective_until"),
               .in_effect = true,
               .note = rule.annotations.empty() ? std::string() : rule.annotations.front(),
               .conditions = {}};
  Refusal days;
  days.effective_from = row.effective_from;
  days.effective_until = row.effective_until;
  row.in_effect = in_effect(days, day);
  for (std::size_t i = 0; i < table.inputs.size() && i < rule.inputs.size(); ++i)
    if (rule.inputs[i] != "-")
      row.conditions.push_back({table.inputs[i].expression, table.inputs[i].label, rule.inputs[i]});
  return row;
}

PackShown show_pack(const Pack& pack, const PackSet& set, const std::string& day) {
  PackShown shown{.pack = pack.name,
                  .version = pack.version,
                  .effective_from = pack.effective_from,
                  .problem = pack.problem,
                  .protects = {},
                  .options = {},
                  .rows = {}};
  if (set.who())
    for (Applicability::Row& row : set.who()->texts())
      if (row.pack == pack.name)
        shown.protects.push_back({std::move(row.jurisdiction), std::move(row.product)});
  if (!pack.model) return shown;
  if (pack.model->has("options")) {
    const auto options = read_options(*pack.bytes, pack.name);
    if (options)
      for (const OptionLine& option : *options)
        shown.options.push_back({option.name, option.value, option.meaning,
                                 option.meaning.find(kDisputed) != std::string::npos});
  }
  for (const decision::DecisionInfo& info : pack.model->decisions())
    if (std::find(pack.tables.begin(), pack.tables.end(), info.name) != pack.tables.end())
      for (std::size_t at = 0; at < info.table->rules.size(); ++at)
        shown.rows.push_back(show_row(info, at, day));
  return shown;
}

}  // namespace

PacksShown show_packs(const PackSet& set, kernel::Date date) {
  PacksShown all{.date = date, .packs = {}};
  for (const Pack& pack : set.packs()) all.packs.push_back(show_pack(pack, set, date.format()));
  return all;
}

}  // namespace gate
