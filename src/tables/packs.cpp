// Policy packs are united: what one refuses is refused. So a new one can only tighten, and what the
// law says lies in shipped packs that nobody edits here.

#include <algorithm>

#include "tables/analysis.h"

namespace tables {

namespace {

constexpr std::string_view packs_folder = "packs/", wording_folder = "wording/",
                           wording_file = "wording.dmn";
constexpr std::string_view lender = "\"lender\"";

std::optional<std::size_t> output_at(const decision::TableInfo& table, std::string_view name) {
  for (std::size_t i = 0; i < table.outputs.size(); ++i)
    if (table.outputs[i].name == name) return i;
  return std::nullopt;
}

bool refuses(const decision::DecisionInfo& info) {
  return info.table && info.table->hit_policy == decision::HitPolicy::collect &&
         output_at(*info.table, "code");
}

// Rows whose rank is anything but the lender's own, 1-based.
std::vector<std::int64_t> rows_of_law(const decision::TableInfo& table) {
  const auto rank = output_at(table, "rank");
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < table.rules.size(); ++row) {
    const auto& outputs = table.rules[row].outputs;
    if (!rank || *rank >= outputs.size() || outputs[*rank] != lender)
      rows.push_back(static_cast<std::int64_t>(row) + 1);
  }
  return rows;
}

}  // namespace

bool is_pack(std::string_view file) {
  return file.starts_with(packs_folder) || file.starts_with(wording_folder) || file == wording_file;
}

bool says_who_is_protected(std::string_view file) {
  return file == "packs.dmn";
}

bool is_law(const decision::Model& model) {
  const auto all = model.decisions();
  return std::any_of(all.begin(), all.end(), [](const decision::DecisionInfo& info) {
    return refuses(info) && !rows_of_law(*info.table).empty();
  });
}

std::vector<Finding> pack_findings(const decision::Model& model) {
  std::vector<Finding> found;
  bool any = false;
  for (const decision::DecisionInfo& info : model.decisions()) {
    if (!refuses(info)) continue;
    any = true;
    for (const std::int64_t row : rows_of_law(*info.table))
      found.push_back(
          {.kind = "pack_rank",
           .severity = "error",
           .decision = info.name,
           .row = row,
           .column = "rank",
           .message_zh =
               "机构自有规则包的每一行，rank 须为 \"lender\"；法律法规由随附规则包表达，不在此修改",
           .message_en = "every row of a lender's pack has the rank \"lender\"; what the"
                         " law says lies in the shipped packs and is not set here"});
  }
  if (!any)
    found.push_back({.kind = "pack_empty",
                     .severity = "error",
                     .message_zh = "规则包中没有拒绝规则：需要命中策略 COLLECT 且有输出 code 的表",
                     .message_en = "the pack refuses nothing: it needs a table with hit policy"
                                   " COLLECT and an output 'code'"});
  return found;
}

}  // namespace tables
