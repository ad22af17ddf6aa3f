// From decisions to a CaseProgram: slots, the words it tells apart, and the plan.

#include <algorithm>

#include "decision/case_plan.h"
#include "decision/case_program.h"
#include "decision/cell_tests.h"
#include "decision/column_compiler.h"
#include "decision/evaluate.h"
#include "decision/model.h"

namespace decision {

namespace {

Words words_of(const ColumnPlan& plan, int column) {
  Words words;
  std::string other = "\x01";
  for (const ValueIndex& index : plan.indexes) {
    if (index.kind != ColumnKind::string || index.dictionary != column) continue;
    words.asked |= index.asked != nullptr;
    for (const auto& [text, number] : index.listed) {
      auto code = static_cast<std::int32_t>(words.dictionary.size());
      if (words.codes.try_emplace(text, code).second) words.dictionary.push_back(text);
      if (text.size() >= other.size()) other.resize(text.size() + 1, '\x01');
    }
  }
  words.dictionary.push_back(other);
  return words;
}

std::optional<ColumnKind> kind_named(const std::string& base_type) {
  if (base_type == "number") return ColumnKind::number;
  if (base_type == "boolean") return ColumnKind::boolean;
  if (base_type == "string") return ColumnKind::string;
  return std::nullopt;
}

// A list of strings, whatever they are: by its type, or, where it has none, as the caller says.
bool is_word_list(const Definitions& model, const std::string& name, bool given) {
  for (const InputData& input : model.inputs) {
    if (input.name != name || !input.type || input.type->any) continue;
    if (input.type->kind != Kind::list || input.type->allowed) return false;
    const Type& element = *input.type->element;
    return !element.allowed && (element.kind == Kind::string || (element.any && given));
  }
  return given;
}

// The slots of a program: all that its decisions need, and the columns and lists among them.
struct Slots {
  std::vector<ColumnType> columns;
  std::vector<ListInput> lists;
};

void add_slots(const Definitions& model, const std::vector<InputInfo>& needed,
               const std::vector<ColumnType>& given, CasePlan& plan, Slots& slots) {
  for (const InputInfo& input : needed) {
    auto same = [&](const ColumnType& type) { return type.name == input.name; };
    if (std::any_of(plan.inputs.begin(), plan.inputs.end(), same)) continue;
    auto found = std::find_if(given.begin(), given.end(), same);
    bool given_list = found != given.end() && found->list;
    bool list = is_word_list(model, input.name, given_list);
    auto named = kind_named(input.base_type);
    ColumnType type{input.name, named.value_or(ColumnKind::number), 0, list};
    if (found != given.end()) type.kind = found->kind, type.scale = found->scale;
    bool column = !list && !given_list && (named || found != given.end());
    plan.column.push_back(column ? static_cast<int>(slots.columns.size()) : -1);
    plan.list.push_back(list ? static_cast<int>(slots.lists.size()) : -1);
    if (column) slots.columns.push_back(type);
    if (list) slots.lists.push_back({input.name, {}});
    plan.inputs.push_back(std::move(type));
  }
}

const Table* table_of(const Definitions& model, const std::string& owner) {
  const Decision* decision = find_decision(model, owner);
  bool is_table = decision != nullptr && decision->body->kind == NodeKind::table;
  return is_table ? decision->body->table.get() : nullptr;
}

// What each row gives, as the interpreter does; nothing where that is not the same in every case,
// or the interpreter has something to say.
std::optional<std::vector<Value>> values_of_rows(const Table& table) {
  std::vector<Value> values;
  for (const TableRule& rule : table.rules) {
    Context row;
    Value only;
    for (std::size_t i = 0; i < rule.outputs.size(); ++i) {
      if (!is_constant(*rule.outputs[i])) return std::nullopt;
      Evaluator evaluator;
      Value value = evaluator.evaluate(*rule.outputs[i], Scope{});
      auto fits = table.outputs[i].type ? coerced(value, *table.outputs[i].type) : value;
      if (!fits || !evaluator.take_messages().empty()) return std::nullopt;
      only = *fits;
      row.set(table.outputs[i].name, std::move(*fits));
    }
    values.push_back(rule.outputs.size() == 1 ? only : Value(std::move(row)));
  }
  return values;
}

void add_words_and_tables(const Definitions& model, CasePlan& plan) {
  const std::vector<ColumnType>& columns = plan.plan->inputs;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    plan.words.push_back(columns[i].kind == ColumnKind::string
                             ? words_of(*plan.plan, static_cast<int>(i))
                             : Words());
  }
  for (const TablePlan& table : plan.plan->table_plans) {
    plan.tables.push_back(table_of(model, table.owner));
  }
}

}  // namespace

kernel::Result<CaseProgram> compile_case(std::shared_ptr<const Definitions> model,
                                         std::string_view decision,
                                         const std::vector<ColumnType>& inputs) {
  TRY_ASSIGN(const std::size_t index, decision_index(*model, decision));
  auto plan = std::make_shared<CasePlan>();
  plan->decision = index;
  Slots slots;
  add_slots(*model, inputs_needed(*model, model->decisions[index]), inputs, *plan, slots);
  plan->plan = lower_columns(model, index, slots.columns, std::move(slots.lists));
  add_words_and_tables(*model, *plan);
  return CaseProgram(std::move(plan));
}

kernel::Result<CaseProgram> compile_tables(std::shared_ptr<const Definitions> model,
                                           const std::vector<std::string>& tables,
                                           const std::vector<ColumnType>& inputs) {
  auto plan = std::make_shared<CasePlan>();
  plan->of_tables = true;
  Slots slots;
  std::vector<std::size_t> decisions;
  for (const std::string& table : tables) {
    TRY_ASSIGN(const std::size_t index, decision_index(*model, table));
    decisions.push_back(index);
    add_slots(*model, inputs_needed(*model, model->decisions[index]), inputs, *plan, slots);
  }
  auto lowered = lower_tables(model, decisions, slots.columns, std::move(slots.lists));
  if (lowered->why_interpreted.empty() && lowered->complaining)
    lowered->why_interpreted = "a test has no answer for some inputs";
  for (const std::string& name : lowered->tables) {
    auto values = values_of_rows(*table_of(*model, name));
    bool wanted = std::find(tables.begin(), tables.end(), name) != tables.end();
    if (!values && wanted && lowered->why_interpreted.empty())
      lowered->why_interpreted = "what the rows of " + name + " give is not constant";
    plan->row_values.push_back(values ? std::move(*values) : std::vector<Value>());
  }
  plan->plan = std::move(lowered);
  add_words_and_tables(*model, *plan);
  return CaseProgram(std::move(plan));
}

}  // namespace decision
