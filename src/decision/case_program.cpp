#include "decision/case_program.h"

#include <algorithm>

#include "decision/case_plan.h"
#include "decision/column_run.h"
#include "decision/decision.h"
#include "decision/evaluate.h"
#include "decision/model.h"

namespace decision {

namespace {

Value output_value(const OutputType& type, std::int64_t number) {
  if (type.kind == ColumnKind::number) return Decimal::scaled(number, type.scale);
  return number == 1;
}

}  // namespace

CaseProgram::CaseProgram(std::shared_ptr<const CasePlan> plan) : plan_(std::move(plan)) {}
const std::vector<ColumnType>& CaseProgram::inputs() const {
  return plan_->inputs;
}
const std::vector<OutputType>& CaseProgram::outputs() const {
  return plan_->plan->outputs;
}
const std::vector<std::string>& CaseProgram::tables() const {
  return plan_->plan->tables;
}
std::span<const Value> CaseProgram::row_values(std::size_t table) const {
  return plan_->row_values[table];
}
bool CaseProgram::lowered() const {
  return plan_->plan->why_interpreted.empty();
}
const std::string& CaseProgram::why_interpreted() const {
  return plan_->plan->why_interpreted;
}
std::optional<std::size_t> CaseProgram::slot(std::string_view input) const {
  for (std::size_t i = 0; i < plan_->inputs.size(); ++i) {
    if (plan_->inputs[i].name == input) return i;
  }
  return std::nullopt;
}

struct CaseRun::State {
  explicit State(std::shared_ptr<const CasePlan> shared)
      : plan(std::move(shared)),
        numbers(plan->words.size()),
        codes(plan->words.size()),
        flags(plan->words.size()),
        nulls(plan->words.size(), 1),
        texts(plan->words.size()),
        odd(plan->inputs.size()),
        is_odd(plan->inputs.size()),
        lists(plan->plan->lists.size()),
        data(columns()),
        run(*plan->plan, data, 1, nulls.data()) {
    for (std::size_t slot = 0; slot < plan->inputs.size(); ++slot) {
      if (plan->list[slot] >= 0) make_odd(slot, Value());
    }
  }

  std::vector<ColumnData> columns() const {
    std::vector<ColumnData> result;
    for (std::size_t i = 0; i < plan->words.size(); ++i) {
      switch (plan->plan->inputs[i].kind) {
        case ColumnKind::number:
          result.emplace_back(std::span<const std::int64_t>(&numbers[i], 1));
          break;
        case ColumnKind::boolean:
          result.emplace_back(Flags{{&flags[i], 1}});
          break;
        case ColumnKind::string:
          result.emplace_back(Codes32{{&codes[i], 1}, plan->words[i].dictionary});
          break;
      }
    }
    return result;
  }
  void make_odd(std::size_t slot, Value value) {
    if (is_odd[slot] == 0) ++odd_count;
    is_odd[slot] = 1;
    odd[slot] = std::move(value);
  }
  void forget_odd(std::size_t slot) {
    if (is_odd[slot] == 0) return;
    is_odd[slot] = 0;
    odd[slot] = Value();
    --odd_count;
  }
  // The column of a slot, where it is of that kind; what was odd there is forgotten.
  int column_for(std::size_t slot, ColumnKind kind) {
    forget_odd(slot);
    int column = plan->column[slot];
    return column >= 0 && plan->inputs[slot].kind == kind ? column : -1;
  }

  std::shared_ptr<const CasePlan> plan;
  std::vector<std::int64_t> numbers;  // these by column
  std::vector<std::int32_t> codes;
  std::vector<std::uint8_t> flags;
  std::vector<std::uint8_t> nulls;
  std::vector<std::string> texts;
  std::vector<Value> odd;  // by slot: what no column can hold
  std::vector<std::uint8_t> is_odd;
  std::size_t odd_count = 0;
  std::vector<std::vector<std::string>> lists;  // of the plan's lists, where not odd
  std::vector<ColumnData> data;
  ColumnRun run;
  bool fast = false;

  bool may_complain() const;
};

CaseRun::CaseRun(const CaseProgram& program) : state_(std::make_unique<State>(program.plan_)) {}
CaseRun::CaseRun(CaseRun&&) noexcept = default;
CaseRun::~CaseRun() = default;

void CaseRun::clear() {
  for (std::size_t slot = 0; slot < state_->plan->inputs.size(); ++slot) set_null(slot);
}

void CaseRun::set_null(std::size_t slot) {
  if (state_->plan->list[slot] >= 0) return state_->make_odd(slot, Value());
  int column = state_->column_for(slot, state_->plan->inputs[slot].kind);
  if (column >= 0) state_->nulls[static_cast<std::size_t>(column)] = 1;
}

void CaseRun::set_number(std::size_t slot, std::int64_t number) {
  int column = state_->column_for(slot, ColumnKind::number);
  if (column < 0) {
    return state_->make_odd(slot, Decimal::scaled(number, state_->plan->inputs[slot].scale));
  }
  state_->numbers[static_cast<std::size_t>(column)] = number;
  state_->nulls[static_cast<std::size_t>(column)] = 0;
}

void CaseRun::set_boolean(std::size_t slot, bool value) {
  int column = state_->column_for(slot, ColumnKind::boolean);
  if (column < 0) return state_->make_odd(slot, value);
  state_->flags[static_cast<std::size_t>(column)] = value ? 1 : 0;
  state_->nulls[static_cast<std::size_t>(column)] = 0;
}

void CaseRun::set_string(std::size_t slot, std::string_view text) {
  int column = state_->column_for(slot, ColumnKind::string);
  if (column < 0) return state_->make_odd(slot, text);
  auto at = static_cast<std::size_t>(column);
  const Words& words = state_->plan->words[at];
  auto known = words.codes.find(text);
  if (known == words.codes.end() && words.asked) return state_->make_odd(slot, text);
  state_->codes[at] = known != words.codes.end()
                          ? known->second
                          : static_cast<std::int32_t>(words.dictionary.size()) - 1;
  state_->texts[at] = text;
  state_->nulls[at] = 0;
}

void CaseRun::set_list(std::size_t slot, std::span<const std::string> items) {
  int list = state_->plan->list[slot];
  if (list < 0) return state_->make_odd(slot, List(items.begin(), items.end()));
  state_->forget_odd(slot);
  auto at = static_cast<std::size_t>(list);
  state_->lists[at].assign(items.begin(), items.end());
  for (const auto& [word, column] : state_->plan->plan->lists[at].words) {
    bool there = std::find(items.begin(), items.end(), word) != items.end();
    state_->flags[column] = there ? 1 : 0;
    state_->nulls[column] = 0;
  }
}

void CaseRun::set(std::size_t slot, const Value& value) {
  const ColumnType& type = state_->plan->inputs[slot];
  if (type.list) {
    std::vector<std::string> items;
    bool words = value.kind() == Kind::list;
    for (std::size_t i = 0; words && i < value.list().size(); ++i) {
      words = value.list()[i].kind() == Kind::string;
      if (words) items.push_back(value.list()[i].string());
    }
    return words ? set_list(slot, items) : state_->make_odd(slot, value);
  }
  switch (value.kind()) {
    case Kind::null:
      return set_null(slot);
    case Kind::boolean:
      return set_boolean(slot, value.boolean());
    case Kind::string:
      return set_string(slot, value.string());
    case Kind::number:
      if (type.kind == ColumnKind::number) {
        if (auto number = value.number().to_scaled(type.scale)) return set_number(slot, *number);
      }
      break;
    default:
      break;
  }
  state_->column_for(slot, type.kind);
  state_->make_odd(slot, value);
}

bool CaseRun::decide() {
  State& state = *state_;
  state.fast = state.odd_count == 0 && state.plan->plan->why_interpreted.empty();
  if (!state.fast) return false;
  state.run.run_block(0, 1);
  state.fast = !state.run.overflowed(0) && !(state.plan->of_tables && state.may_complain());
  return state.fast;
}

// Whether the interpreter may have said something on the way: of a value that is not allowed, of a
// table without a row that fires, of a call of null.
bool CaseRun::State::may_complain() const {
  const ColumnPlan& columns = *plan->plan;
  for (std::size_t i = 0; i < columns.table_plans.size(); ++i) {
    const TablePlan& table = columns.table_plans[i];
    std::uint32_t leaf = run.leaves(i)[0];
    bool needs_row = !table.collects || !table.outputs.empty();
    if (leaf == kRefused || (leaf == kNoRule && needs_row)) return true;
  }
  for (const Step& step : columns.steps) {
    bool nulled =
        step.kind == StepKind::constrain && run.is_null(step.out, 0) && !run.is_null(step.in[0], 0);
    if (nulled) return true;
  }
  return std::any_of(columns.null_complains.begin(), columns.null_complains.end(),
                     [this](int reg) { return run.is_null(reg, 0); });
}

bool CaseRun::is_null(std::size_t output) const {
  const OutputPlan& plan = state_->plan->plan->output_plans[output];
  if (plan.table < 0) return state_->run.is_null(plan.in, 0);
  auto number = static_cast<std::size_t>(plan.table);
  const TableOutputPlan& table = state_->plan->plan->table_plans[number].outputs[plan.output];
  return table.leaf_nulls[state_->run.leaves(number)[0]] != 0;
}

std::int64_t CaseRun::number(std::size_t output) const {
  const OutputPlan& plan = state_->plan->plan->output_plans[output];
  if (plan.table < 0) return state_->run.values(plan.in)[0];
  auto number = static_cast<std::size_t>(plan.table);
  const TableOutputPlan& table = state_->plan->plan->table_plans[number].outputs[plan.output];
  return table.leaf_values[state_->run.leaves(number)[0]];
}

bool CaseRun::boolean(std::size_t output) const {
  return number(output) == 1;
}

std::string_view CaseRun::text(std::size_t output) const {
  int column = state_->plan->plan->output_plans[output].dictionary;
  if (column >= 0 && !is_null(output)) return state_->texts[static_cast<std::size_t>(column)];
  std::int64_t code = number(output);
  return code < 0 ? std::string_view() : state_->plan->plan->pool[static_cast<std::size_t>(code)];
}

std::int32_t CaseRun::fired_row(std::size_t table) const {
  return state_->run.first_fired(state_->plan->plan->fired_plans[table], 0);
}

std::span<const std::int32_t> CaseRun::fired_rows(std::size_t table) const {
  return state_->run.fired(state_->plan->plan->fired_plans[table], 0);
}

Evaluation CaseRun::interpreted() const {
  const CasePlan& plan = *state_->plan;
  CHECK_MSG(!plan.of_tables, "a program of several tables has no one answer");
  Context inputs;
  for (std::size_t slot = 0; slot < plan.inputs.size(); ++slot) {
    Value value = state_->odd[slot];
    auto column = static_cast<std::size_t>(plan.column[slot]);
    if (state_->is_odd[slot] == 0 && plan.list[slot] >= 0) {
      const auto& items = state_->lists[static_cast<std::size_t>(plan.list[slot])];
      value = List(items.begin(), items.end());
    } else if (state_->is_odd[slot] == 0 && plan.column[slot] >= 0 && state_->nulls[column] == 0) {
      if (plan.inputs[slot].kind == ColumnKind::number) {
        value = Decimal::scaled(state_->numbers[column], plan.inputs[slot].scale);
      } else if (plan.inputs[slot].kind == ColumnKind::boolean) {
        value = state_->flags[column] != 0;
      } else {
        value = state_->texts[column];
      }
    }
    inputs.set(plan.inputs[slot].name, std::move(value));
  }
  Evaluator evaluator(inputs);
  Value value = evaluator.decide(*plan.plan->model, plan.decision);
  return {value, evaluator.take_messages(), evaluator.take_fired()};
}

// What a table saw in one of its columns.
Value CaseRun::seen(int reg) const {
  const ColumnPlan& plan = *state_->plan->plan;
  const RegisterInfo& info = plan.registers[static_cast<std::size_t>(reg)];
  if (info.column >= 0) {
    auto column = static_cast<std::size_t>(info.column);
    if (info.kind == ColumnKind::string) return state_->texts[column];
    if (info.kind == ColumnKind::boolean) return state_->flags[column] != 0;
    return Decimal::scaled(state_->numbers[column], info.scale);
  }
  std::int64_t raw = state_->run.values(reg)[0];
  if (info.kind == ColumnKind::number) return Decimal::scaled(raw, info.scale);
  if (info.kind == ColumnKind::boolean) return raw == 1;
  return info.dictionary >= 0 ? state_->texts[static_cast<std::size_t>(info.dictionary)]
                              : plan.pool[static_cast<std::size_t>(raw)];
}

Value CaseRun::value() const {
  const ColumnPlan& plan = *state_->plan->plan;
  if (!state_->fast || plan.outputs.empty()) return interpreted().value;
  Context values;
  for (std::size_t i = 0; i < plan.outputs.size(); ++i) {
    if (is_null(i)) return interpreted().value;  // a part of the answer, or all of it
    Value value = plan.outputs[i].kind == ColumnKind::string
                      ? Value(text(i))
                      : output_value(plan.outputs[i], number(i));
    if (!plan.structured) return value;
    values.set(plan.outputs[i].name, std::move(value));
  }
  return values;
}

Evaluation CaseRun::explain() const {
  const ColumnPlan& plan = *state_->plan->plan;
  const ColumnRun& run = state_->run;
  bool plain = state_->fast && !plan.hidden_tables && !plan.outputs.empty();
  for (std::uint8_t null : state_->nulls) plain &= null == 0;
  for (std::size_t reg = 0; plain && reg < plan.registers.size(); ++reg) {
    plain = !run.has_null(static_cast<int>(reg));
  }
  Evaluation result;
  for (std::size_t i = 0; plain && i < plan.table_plans.size(); ++i) {
    const TablePlan& table = plan.table_plans[i];
    bool of_lists =
        std::find(table.columns.begin(), table.columns.end(), -1) != table.columns.end();
    plain = run.all_fired(i) && !table.collects && !of_lists;
    if (!plain) break;
    const Table& source = *state_->plan->tables[i];
    auto rule = static_cast<std::size_t>(run.leaves(i)[0] - kFirstLeaf);
    FiredRow row = fired_row_of(source, rule);
    for (std::size_t k = 0; k < table.columns.size(); ++k) {
      row.inputs.emplace_back(source.info.inputs[k].expression, seen(table.columns[k]));
    }
    result.fired.push_back(std::move(row));
  }
  if (!plain) return interpreted();
  result.value = value();
  return result;
}

}  // namespace decision
