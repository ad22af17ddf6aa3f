#include "decision/check_say.h"

#include <fmt/format.h>

namespace decision {

const std::vector<std::string>& finding_kinds() {
  static const std::vector<std::string> kinds = {
      "gap",          "no_default",         "overlap",        "shadowed",
      "only_missing", "duplicate_row",      "never_fires",    "allowed_values",
      "never_given",  "not_accepted",       "type_error",     "output_values",
      "unused_input", "unreachable_output", "unknown_name",   "missing_requirement",
      "not_analysed", "unused_requirement", "not_understood", "not_reproducible",
      "not_proven"};
  return kinds;
}

std::string render_finding(const Finding& finding, std::string_view language) {
  const bool zh = language != "en";
  std::string text = zh ? (finding.severity == "error"     ? "错误"
                           : finding.severity == "warning" ? "警告"
                                                           : "提示")
                        : finding.severity;
  text += " " + finding.kind + " " + finding.decision;
  if (finding.row > 0) {
    text += zh ? fmt::format(" 第 {} 行", finding.row) : fmt::format(" row {}", finding.row);
  }
  text += (zh ? "：" + finding.message_zh : ": " + finding.message_en) + "\n";
  if (finding.example.empty()) return text;
  text += zh ? "  例：" : "  example: ";
  for (std::size_t i = 0; i < finding.example.size(); ++i) {
    const auto& [name, value] = finding.example[i];
    text += (i > 0 ? ", " : "") + name + " = " + value;
  }
  return text + "\n";
}

namespace say {

namespace {

std::string joined(const std::vector<int>& rows, const char* comma) {
  constexpr std::size_t kShown = 6;
  std::string text;
  for (std::size_t i = 0; i < rows.size() && i < kShown; ++i) {
    text += (i > 0 ? comma : "") + std::to_string(rows[i]);
  }
  return rows.size() > kShown ? text + "…" : text;
}

}  // namespace

Say gap(const std::string& region) {
  return {"gap", "没有一行适用，也没有默认值：" + region,
          "no row takes this, and there is no default: " + region};
}
Say open_gap(const std::string& region) {
  return {"no_default",
          "没有列出的值没有一行适用，也没有默认值；请列出允许值或加一行兜底：" + region,
          "no row takes a value that is not listed, and there is no default; list the allowed "
          "values or add a last row: " +
              region};
}
Say overlap(int row, int other, bool any) {
  if (any) {
    return {"overlap",
            fmt::format("第 {} 行与第 {} 行同时适用，但结果不同（命中策略为 A）", row, other),
            fmt::format("rows {} and {} take the same case with different outputs (hit policy A)",
                        row, other)};
  }
  return {
      "overlap", fmt::format("第 {} 行与第 {} 行同时适用，命中策略 U 只允许一行", row, other),
      fmt::format("rows {} and {} take the same case, and hit policy U allows one", row, other)};
}
Say duplicate(int row, int other, bool same_outputs) {
  if (!same_outputs) {
    return {"duplicate_row", fmt::format("第 {} 行与第 {} 行条件相同而结果不同", row, other),
            fmt::format("rows {} and {} ask the same and give different outputs", row, other)};
  }
  return {"duplicate_row", fmt::format("第 {} 行与第 {} 行重复", row, other),
          fmt::format("row {} repeats row {}", row, other)};
}
Say shadowed(int row, const std::vector<int>& by) {
  return {"shadowed",
          fmt::format("第 {} 行永远轮不到：它的情形都被第 {} 行先取走", row, joined(by, "、")),
          fmt::format("row {} never decides: rows {} take all its cases before it", row,
                      joined(by, ", "))};
}
Say only_missing(int row) {
  return {"only_missing", fmt::format("第 {} 行只在有输入缺失时才轮到", row),
          fmt::format("row {} decides only where an input is missing", row)};
}
Say never_fires(const std::string& column, const std::string& cell) {
  return {"never_fires", fmt::format("{}：没有任何值满足 {}", column, cell),
          fmt::format("{}: no value meets {}", column, cell)};
}
Say not_allowed(const std::string& column, const std::string& value, const std::string& allowed) {
  return {"allowed_values", fmt::format("{}：{} 不在允许值之内（{}）", column, value, allowed),
          fmt::format("{}: {} is not among the allowed values ({})", column, value, allowed)};
}
Say never_given(const std::string& column, const std::string& cell, const std::string& decision) {
  return {"never_given", fmt::format("{}：决策 {} 从不给出 {}", column, decision, cell),
          fmt::format("{}: decision {} never gives {}", column, decision, cell)};
}
Say not_accepted(const std::string& column, const std::string& value, const std::string& decision) {
  return {"not_accepted", fmt::format("{}：决策 {} 会给出 {}，本表不允许", column, decision, value),
          fmt::format("{}: decision {} gives {}, which this table does not allow", column, decision,
                      value)};
}
Say wrong_type(const std::string& column, const std::string& value, const std::string& type) {
  return {"type_error", fmt::format("{}：{} 不是 {} 类型，永远不会相等", column, value, type),
          fmt::format("{}: {} is not a {}, so it never compares", column, value, type)};
}
Say wrong_output(const std::string& column, const std::string& value, const std::string& type) {
  return {"type_error", fmt::format("输出 {}：{} 不是 {} 类型，结果会是空", column, value, type),
          fmt::format("output {}: {} is not a {}, so the answer is null", column, value, type)};
}
Say not_listed(const std::string& column, const std::string& value) {
  return {"output_values", fmt::format("输出 {}：{} 不在输出值之内", column, value),
          fmt::format("output {}: {} is not among the output values", column, value)};
}
Say unreachable_output(const std::string& column, const std::string& value) {
  return {"unreachable_output", fmt::format("输出 {}：没有一行能给出 {}", column, value),
          fmt::format("output {}: no row that can decide gives {}", column, value)};
}
Say unused_input(const std::string& column) {
  return {"unused_input", fmt::format("没有一行看 {}", column),
          fmt::format("no row looks at {}", column)};
}
Say missing_requirement(const std::string& name) {
  return {"missing_requirement", fmt::format("用到了 {}，却没有连线（缺少需求）", name),
          fmt::format("{} is used but not required", name)};
}
Say unused_requirement(const std::string& name) {
  return {"unused_requirement", fmt::format("连了 {}，却没有用到", name),
          fmt::format("{} is required but not used", name)};
}
Say unknown_name(const std::string& name) {
  return {"unknown_name", fmt::format("不认识的名称：{}", name),
          fmt::format("nothing is called {}", name)};
}
Say not_understood(const std::string& why) {
  return {"not_understood", "表达式看不懂：" + why, "cannot be understood: " + why};
}
Say not_reproducible(const std::string& name) {
  return {"not_reproducible", fmt::format("用了 {}()：同一情形改日会有不同结果，无法复核", name),
          fmt::format("uses {}(): the same case may be decided otherwise another day", name)};
}
Say not_analysed(const std::string& columns) {
  return {"not_analysed",
          fmt::format("{} 有不能逐值分析的单元格：这些列的缺口与重叠没有全部证明", columns),
          fmt::format("{} has cells that are more than tests by constants: gaps and overlaps there "
                      "are not all proven",
                      columns)};
}
Say not_proven() {
  return {"not_proven", "表太复杂，分析在工作上限处停止：没有报告的不等于没有",
          "the bound of work was reached: what is not reported is not proven absent"};
}

}  // namespace say
}  // namespace decision
