#include "tables/diff.h"

#include <algorithm>
#include <map>

#include "tables/analysis.h"
#include "tables/cell_words.h"
#include "tables/row_match.h"
#include "tables/versions.h"

namespace tables {

using decision::DecisionInfo;
using decision::TableInfo;
using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

// A column of either table, and where each of them has it.
struct Laid {
  ColumnDiff column;
  std::optional<std::size_t> from, to;
};

struct Named {
  std::string part, name, label;
};

std::vector<Named> columns_of(const DecisionInfo& info) {
  std::vector<Named> all;
  for (const auto& input : info.table->inputs)
    all.push_back({"input", input.expression, input.label});
  for (const auto& output : info.table->outputs)
    all.push_back({"output", output.name.empty() ? info.name : output.name, output.label});
  for (const std::string& name : info.table->annotations) all.push_back({"annotation", name, name});
  return all;
}

// The columns of `to` in their order, then those that only `from` has.
std::vector<Laid> lay(const DecisionInfo& from, const DecisionInfo& to) {
  const auto before = columns_of(from), after = columns_of(to);
  std::vector<Laid> laid;
  std::vector<bool> taken(before.size(), false);
  for (std::size_t i = 0; i < after.size(); ++i) {
    Laid one{{after[i].part, after[i].name, after[i].label, "added"}, std::nullopt, i};
    for (std::size_t j = 0; j < before.size() && !one.from; ++j)
      if (!taken[j] && before[j].part == after[i].part && before[j].name == after[i].name)
        one.from = j, taken[j] = true, one.column.kind = "same";
    laid.push_back(std::move(one));
  }
  for (std::size_t j = 0; j < before.size(); ++j)
    if (!taken[j])
      laid.push_back(
          {{before[j].part, before[j].name, before[j].label, "removed"}, j, std::nullopt});
  return laid;
}

// A rule's cells in the order of columns_of.
std::vector<std::string> cells_of(const TableInfo& table, const decision::RuleText& rule) {
  std::vector<std::string> cells = rule.inputs;
  cells.resize(table.inputs.size());
  cells.insert(cells.end(), rule.outputs.begin(), rule.outputs.end());
  cells.resize(table.inputs.size() + table.outputs.size());
  cells.insert(cells.end(), rule.annotations.begin(), rule.annotations.end());
  cells.resize(table.inputs.size() + table.outputs.size() + table.annotations.size());
  return cells;
}

std::vector<MatchRow> match_rows_of(const TableInfo& table, const std::vector<Laid>& laid,
                                    std::optional<std::size_t> Laid::*side) {
  std::vector<MatchRow> rows;
  for (const auto& rule : table.rules) {
    MatchRow row{rule.id, {}};
    const auto cells = cells_of(table, rule);
    for (const Laid& column : laid)
      row.cells.push_back(column.*side ? cells[*(column.*side)] : std::string());
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- in words ----------------------------------------------------------------------------------

class Sentences {
 public:
  Sentences(const strategy::Words& words, Language language, const std::vector<Laid>& laid)
      : words_{words, language}, zh_(language == Language::zh), laid_(laid) {}

  std::string row(const RowDiff& row, bool order_matters) const {
    if (row.kind == "added") return place("新增", "new", row.to_row, row) + whole(row, false);
    if (row.kind == "removed")
      return place("删除原", "gone, it was", row.from_row, row) + whole(row, true);
    std::string text = place("", "", row.to_row, row);
    if (row.kind == "changed") text += changes(row);
    if (row.moved)
      text += (row.kind == "changed" ? (zh_ ? "；" : "; ") : "") + move(row, order_matters);
    return text;
  }

 private:
  std::string place(const char* zh, const char* en, std::int64_t number, const RowDiff& row) const {
    const std::string at = std::to_string(number);
    const std::string id = row.rule_id.empty() ? ""
                           : zh_               ? "（" + row.rule_id + "）"
                                               : " (" + row.rule_id + ")";
    if (zh_) return std::string(zh) + "第 " + at + " 行" + id + "：";
    return std::string(en) + (*en == '\0' ? "" : " ") + "row " + at + id + ": ";
  }

  std::string name(const ColumnDiff& column) const {
    const std::string said = words_.variable(column.name);
    return zh_ && said == column.name && !column.label.empty() ? column.label : said;
  }

  std::string cell(const ColumnDiff& column, const std::string& text) const {
    if (column.part == "input") return words_.test(column.name, text);
    if (column.part == "output") return words_.value(column.name, text);
    return text.empty() ? "—" : text;
  }

  // "dpd 1 to 3, channel sms → treatment …": what anything goes for is not said.
  std::string whole(const RowDiff& row, bool from) const {
    std::string tests, outputs;
    for (std::size_t i = 0; i < laid_.size(); ++i) {
      const ColumnDiff& column = laid_[i].column;
      const std::string& text = from ? row.cells[i].from : row.cells[i].to;
      const bool input = column.part == "input";
      if (column.part == "annotation" || text.empty() || (input && text == "-")) continue;
      std::string& into = input ? tests : outputs;
      into += (into.empty() ? "" : zh_ ? "，" : ", ") + name(column) + " " + cell(column, text);
    }
    if (tests.empty()) tests = zh_ ? "其余一切" : "anything";
    return tests + " → " + outputs;
  }

  std::string changes(const RowDiff& row) const {
    std::string text;
    for (std::size_t i = 0; i < laid_.size(); ++i) {
      if (!row.cells[i].changed) continue;
      const ColumnDiff& column = laid_[i].column;
      const std::string from = cell(column, row.cells[i].from), to = cell(column, row.cells[i].to);
      text += (text.empty() ? "" : zh_ ? "；" : "; ") + name(column);
      text += zh_ ? " 由“" + from + "”改为“" + to + "”" : " from '" + from + "' to '" + to + "'";
    }
    return text;
  }

  std::string move(const RowDiff& row, bool order_matters) const {
    const std::string at = std::to_string(row.from_row);
    if (zh_)
      return "由原第 " + at + " 行移来" + (order_matters ? "，先后影响结果" : "，先后不影响结果");
    return "moved from row " + at +
           (order_matters ? "; order matters here" : "; order does not matter");
  }

  CellWords words_;
  bool zh_;
  const std::vector<Laid>& laid_;
};

bool order_matters(const TableInfo& table) {
  using decision::HitPolicy;
  return table.hit_policy != HitPolicy::unique && table.hit_policy != HitPolicy::any &&
         table.hit_policy != HitPolicy::collect;
}

// ---- one decision ------------------------------------------------------------------------------

class Comparing {
 public:
  Comparing(const DecisionInfo& from, const DecisionInfo& to, const strategy::Words& words)
      : from_(from), to_(to), words_(words) {}

  DecisionDiff run() {
    out_.name = to_.name;
    out_.title = to_.label.empty() ? to_.name : to_.label;
    property("expression", "表达式", "expression", from_.expression, to_.expression);
    property("title", "名称", "title", from_.label, to_.label);
    if (from_.table.has_value() != to_.table.has_value()) {
      property("kind", "形式", "kind", kind_of(from_), kind_of(to_));
    } else if (to_.table) {
      compare_tables();
    }
    const bool same = out_.properties.empty() && out_.rows.empty();
    out_.kind = same ? "same" : "changed";
    return std::move(out_);
  }

 private:
  static std::string kind_of(const DecisionInfo& info) {
    return info.table ? "table" : info.expression.empty() ? "context" : "literal";
  }

  void property(const char* what, const std::string& zh, const std::string& en,
                const std::string& from, const std::string& to) {
    if (from == to) return;
    const auto said = [](const std::string& text) { return text.empty() ? "—" : text; };
    out_.properties.push_back({what, from, to, zh + " 由“" + said(from) + "”改为“" + said(to) + "”",
                               en + " from '" + said(from) + "' to '" + said(to) + "'"});
  }

  void compare_columns(const Laid& laid) {
    const ColumnDiff& column = laid.column;
    if (column.part == "annotation") return;
    const bool input = column.part == "input";
    const std::string zh = (input ? "条件列 " : "结果列 ") + column.name;
    const std::string en = (input ? "input " : "output ") + column.name;
    if (column.kind == "added") {
      out_.properties.push_back({"column", "", column.name, "新增" + zh, "new " + en});
    } else if (column.kind == "removed") {
      out_.properties.push_back({"column", column.name, "", "删除" + zh, "gone: " + en});
    } else if (input) {
      property("input_values", zh + " 的取值范围", "values of " + en,
               from_.table->inputs[*laid.from].allowed_values,
               to_.table->inputs[*laid.to].allowed_values);
    } else {
      const auto& before = from_.table->outputs[*laid.from - from_.table->inputs.size()];
      const auto& after = to_.table->outputs[*laid.to - to_.table->inputs.size()];
      property("output_values", zh + " 的取值范围", "values of " + en, before.values, after.values);
      property("default", zh + " 的缺省值", "default of " + en, before.default_entry,
               after.default_entry);
    }
  }

  void compare_tables() {
    const TableInfo &before = *from_.table, &after = *to_.table;
    const auto letter = [](const TableInfo& table) {
      return std::string(decision::hit_policy_letter(table.hit_policy, table.aggregation));
    };
    property("hit_policy", "命中策略", "hit policy", letter(before), letter(after));
    laid_ = lay(from_, to_);
    for (const Laid& laid : laid_) {
      out_.columns.push_back(laid.column);
      compare_columns(laid);
    }
    const auto rows_before = match_rows_of(before, laid_, &Laid::from);
    const auto rows_after = match_rows_of(after, laid_, &Laid::to);
    const auto matched = match_rows(rows_before, rows_after);
    const auto moved = find_moved(matched);
    std::vector<bool> taken(rows_before.size(), false);
    for (std::size_t i = 0; i < rows_after.size(); ++i) {
      if (matched[i]) taken[*matched[i]] = true;
      add(matched[i] ? &rows_before[*matched[i]] : nullptr, matched[i].value_or(0), &rows_after[i],
          i, moved[i]);
    }
    for (std::size_t i = 0; i < rows_before.size(); ++i)
      if (!taken[i]) add(&rows_before[i], i, nullptr, 0, false);
  }

  void add(const MatchRow* from, std::size_t from_at, const MatchRow* to, std::size_t to_at,
           bool moved) {
    RowDiff row{.kind = to == nullptr     ? "removed"
                        : from == nullptr ? "added"
                                          : "same",
                .from_row = from == nullptr ? 0 : static_cast<std::int64_t>(from_at) + 1,
                .to_row = to == nullptr ? 0 : static_cast<std::int64_t>(to_at) + 1,
                .moved = moved,
                .rule_id = to == nullptr ? from->id : to->id};
    for (std::size_t i = 0; i < laid_.size(); ++i) {
      CellDiff cell{from == nullptr ? "" : from->cells[i], to == nullptr ? "" : to->cells[i]};
      // A column that came or went is said once, not in every row.
      cell.changed = laid_[i].column.kind == "same" && cell.from != cell.to;
      if (cell.changed && row.kind == "same") row.kind = "changed";
      row.cells.push_back(std::move(cell));
    }
    if (row.kind == "same" && moved) row.kind = "moved";
    if (row.kind == "same") {
      ++out_.same_rows;
      return;
    }
    const bool matters = order_matters(*to_.table);
    row.zh = Sentences(words_, Language::zh, laid_).row(row, matters);
    row.en = Sentences(words_, Language::en, laid_).row(row, matters);
    out_.rows.push_back(std::move(row));
  }

  const DecisionInfo& from_;
  const DecisionInfo& to_;
  const strategy::Words& words_;
  std::vector<Laid> laid_;
  DecisionDiff out_;
};

// A decision that only one side has: its rows all new, or all gone.
DecisionDiff one_sided(const DecisionInfo& info, const char* kind, const strategy::Words& words) {
  DecisionInfo none = info;
  none.expression.clear();
  if (none.table) none.table->rules.clear();
  const bool added = std::string_view(kind) == "added";
  DecisionDiff diff = (added ? Comparing(none, info, words) : Comparing(info, none, words)).run();
  diff.kind = kind;
  return diff;
}

void summarise(TableDiff& diff) {
  std::map<std::string, int> rows;
  int properties = 0, added = 0, removed = 0;
  for (const DecisionDiff& decision : diff.decisions) {
    for (const RowDiff& row : decision.rows) ++rows[row.kind];
    properties += static_cast<int>(decision.properties.size());
    added += decision.kind == "added" ? 1 : 0;
    removed += decision.kind == "removed" ? 1 : 0;
  }
  const auto say = [&](int count, const char* zh, const char* en) {
    if (count == 0) return;
    diff.zh += (diff.zh.empty() ? "" : "，") + std::string(zh) + " " + std::to_string(count);
    diff.en += (diff.en.empty() ? "" : ", ") + std::to_string(count) + " " + en;
  };
  say(added, "新增决策", "decisions new");
  say(removed, "删除决策", "decisions gone");
  say(rows["added"], "新增行", "rows new");
  say(rows["removed"], "删除行", "rows gone");
  say(rows["changed"], "修改行", "rows changed");
  say(rows["moved"], "移动行", "rows moved");
  say(properties, "其他修改", "other changes");
  if (!diff.zh.empty()) return;
  diff.zh = diff.from == diff.to ? "两个版本相同" : "规则相同，只有排版、注释或说明不同";
  diff.en =
      diff.from == diff.to ? "the same version" : "the same rules; only layout or comments differ";
}

}  // namespace

TableDiff diff_models(const decision::Model& from, const decision::Model& to,
                      const strategy::Words& words) {
  TableDiff diff{.from = from.version(), .to = to.version()};
  const auto before = from.decisions(), after = to.decisions();
  const auto find = [](const std::vector<DecisionInfo>& all, const std::string& name) {
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const DecisionInfo& info) { return info.name == name; });
    return at == all.end() ? nullptr : &*at;
  };
  for (const DecisionInfo& info : after) {
    const DecisionInfo* old = find(before, info.name);
    diff.decisions.push_back(old == nullptr ? one_sided(info, "added", words)
                                            : Comparing(*old, info, words).run());
  }
  for (const DecisionInfo& info : before)
    if (find(after, info.name) == nullptr)
      diff.decisions.push_back(one_sided(info, "removed", words));
  summarise(diff);
  return diff;
}

Result<TableDiff> diff_versions(const Deps& deps, const std::string& file, const std::string& from,
                                const std::string& to, kernel::Date today) {
  TRY_ASSIGN(const auto words, shipped_words(deps.decisions));
  struct Side {
    FoundBytes before, after;
    std::vector<FileInForce> files;
  };
  TRY_ASSIGN(const Side side, deps.store.read([&](store::Transaction& tx) -> Result<Side> {
    Side read;
    TRY_ASSIGN(read.before,
               find_text(tx, deps.decisions, deps.shelf.data_dir(), file, from, today));
    TRY_ASSIGN(read.after, find_text(tx, deps.decisions, deps.shelf.data_dir(), file, to, today));
    TRY_ASSIGN(read.files, files_in_force(tx, deps.decisions, today));
    return read;
  }));
  const Read before = read_model(*side.before.bytes, file, side.files);
  const Read after = read_model(*side.after.bytes, file, side.files);
  for (const Read* read : {&before, &after})
    if (!read->model)
      return Error{Code::conflict, "it cannot be read: " + read->problem, "version"};
  TableDiff diff = diff_models(*before.model, *after.model, *words);
  diff.file = path_of_file(file);
  return diff;
}

}  // namespace tables
