#include "decision/columns.h"

#include <algorithm>
#include <set>

#include "decision/column_compiler.h"
#include "decision/column_lower.h"
#include "decision/column_plan.h"
#include "decision/column_run.h"
#include "decision/evaluate.h"
#include "decision/table.h"

namespace decision {

namespace {

kernel::Error refused(std::string message, const std::string& where) {
  return {kernel::Code::invalid_input, std::move(message), where};
}

// Decisions that are tables, those required first.
void gather_tables(const Definitions& model, std::size_t index, std::set<std::size_t>& seen,
                   std::vector<std::string>& tables) {
  if (!seen.insert(index).second) return;
  const Decision& decision = model.decisions[index];
  for (const Requirement& required : decision.required) {
    bool here = required.kind == RequirementKind::decision && required.home == nullptr;
    if (here) gather_tables(model, required.index, seen, tables);
  }
  if (decision.body->kind == NodeKind::table) tables.push_back(decision.name);
}

std::optional<ColumnKind> column_kind(const TypePtr& type) {
  if (!type || type->any) return std::nullopt;
  if (type->kind == Kind::number) return ColumnKind::number;
  if (type->kind == Kind::boolean) return ColumnKind::boolean;
  if (type->kind == Kind::string) return ColumnKind::string;
  return std::nullopt;
}

constexpr int kInterpretedScale = 6;

// The output columns of a decision that is interpreted, from the types that the model gives.
bool outputs_by_type(const Decision& decision, ColumnPlan& plan) {
  if (auto kind = column_kind(decision.type)) {
    plan.outputs.push_back({decision.name, *kind, kInterpretedScale, {}});
    return true;
  }
  plan.structured = true;
  if (decision.type && decision.type->kind == Kind::context) {
    for (const auto& [name, type] : decision.type->fields) {
      auto kind = column_kind(type);
      if (!kind) return false;
      plan.outputs.push_back({name, *kind, kInterpretedScale, {}});
    }
    return !plan.outputs.empty();
  }
  if (decision.body->kind != NodeKind::table) return false;
  const Table& table = *decision.body->table;
  plan.structured = table.outputs.size() > 1;
  for (const TableOutput& output : table.outputs) {
    auto kind = column_kind(output.type);
    if (!kind) return false;
    plan.outputs.push_back(
        {plan.structured ? output.name : decision.name, *kind, kInterpretedScale, {}});
  }
  return true;
}

bool collects(const Decision& decision) {
  if (decision.body->kind != NodeKind::table) return false;
  const TableInfo& info = decision.body->table->info;
  return info.hit_policy == HitPolicy::rule_order || info.hit_policy == HitPolicy::output_order ||
         (info.hit_policy == HitPolicy::collect && info.aggregation == Aggregation::none);
}

int operands(StepKind kind) {
  switch (kind) {
    case StepKind::load:
    case StepKind::constant:
    case StepKind::table:
      return 0;
    case StepKind::rescale:
    case StepKind::negate:
    case StepKind::absolute:
    case StepKind::invert:
    case StepKind::look_up:
    case StepKind::constrain:
      return 1;
    case StepKind::choose:
      return 3;
    default:
      return 2;
  }
}

// Which registers are read by a step or an output; tables read plain columns where they lie.
std::vector<bool> read_registers(const ColumnPlan& plan) {
  std::vector<bool> read(plan.registers.size());
  auto mark = [&](int reg) { read[static_cast<std::size_t>(reg)] = true; };
  for (const Step& step : plan.steps) {
    for (int i = 0; i < operands(step.kind); ++i) mark(step.in[static_cast<std::size_t>(i)]);
  }
  for (const TablePlan& table : plan.table_plans) {
    for (int reg : table.inputs) {
      if (plan.registers[static_cast<std::size_t>(reg)].column < 0) mark(reg);
    }
    for (const TableOutputPlan& output : table.outputs) {
      for (int reg : output.registers) mark(reg);
    }
  }
  for (const OutputPlan& output : plan.output_plans) {
    if (output.table < 0) mark(output.in);
  }
  for (int reg : plan.null_complains) mark(reg);
  return read;
}

// Outputs that are constants of a table are written from its leaves; what no one reads is not
// calculated.
void finish_plan(ColumnPlan& plan) {
  for (OutputPlan& output : plan.output_plans) {
    for (std::size_t i = 0; i < plan.table_plans.size(); ++i) {
      const auto& outputs = plan.table_plans[i].outputs;
      for (std::size_t k = 0; k < outputs.size(); ++k) {
        if (outputs[k].out != output.in || outputs[k].leaf_values.empty()) continue;
        output.table = static_cast<int>(i);
        output.output = k;
        for (std::int64_t code : outputs[k].leaf_values) {
          bool text =
              plan.registers[static_cast<std::size_t>(output.in)].kind == ColumnKind::string;
          if (text) {
            output.leaf_codes.push_back(code < 0 ? -1
                                                 : output.recode[static_cast<std::size_t>(code)]);
          }
        }
      }
    }
  }
  std::vector<bool> read = read_registers(plan);
  for (TablePlan& table : plan.table_plans) {
    for (TableOutputPlan& output : table.outputs) {
      output.needed = read[static_cast<std::size_t>(output.out)];
    }
  }
  std::erase_if(plan.steps, [&](const Step& step) {
    bool source = step.kind == StepKind::load || step.kind == StepKind::constant;
    return source && !read[static_cast<std::size_t>(step.out)];
  });
}

// The output columns of a lowered value: its registers, with codes made dense in first-use order.
void outputs_of_registers(const Decision& decision, const Lowered& value, ColumnPlan& plan) {
  std::vector<std::pair<std::string, int>> parts = value.entries;
  plan.structured = !parts.empty();
  if (value.single >= 0) parts = {{decision.name, value.single}};
  for (const auto& [name, reg] : parts) {
    const RegisterInfo& info = plan.registers[static_cast<std::size_t>(reg)];
    OutputType type{name, info.kind, info.scale, {}};
    OutputPlan output;
    output.in = reg;
    output.dictionary = info.dictionary;
    output.recode.assign(plan.pool.size(), -1);
    for (int code : info.codes) {
      std::int32_t& dense = output.recode[static_cast<std::size_t>(code)];
      if (dense >= 0) continue;
      dense = static_cast<std::int32_t>(type.dictionary.size());
      type.dictionary.push_back(plan.pool[static_cast<std::size_t>(code)]);
    }
    plan.outputs.push_back(std::move(type));
    plan.output_plans.push_back(std::move(output));
  }
}

// What was lowered for each of plan.tables.
bool find_fired_plans(ColumnPlan& plan) {
  for (const std::string& name : plan.tables) {
    for (std::size_t i = 0; i < plan.table_plans.size(); ++i) {
      if (plan.table_plans[i].owner == name) plan.fired_plans.push_back(i);
    }
  }
  plan.hidden_tables = plan.table_plans.size() != plan.fired_plans.size();
  if (plan.fired_plans.size() == plan.tables.size()) return true;
  plan.why_interpreted = "two tables have one name";
  return false;
}

void lower(const Decision& decision, std::size_t index, ColumnPlan& plan) {
  Lowering lowering(plan);
  auto value = lowering.decision(*plan.model, index);
  if (!value || value->is_null) {
    plan.why_interpreted = value ? "it is always null" : lowering.why();
    return;
  }
  bool nothing = value->single < 0 && value->entries.empty() && value->table < 0;
  if (nothing) {
    plan.why_interpreted = "its answer is no plain value";
    return;
  }
  if (!find_fired_plans(plan)) return;
  plan.top_table =
      decision.body->kind == NodeKind::table ? static_cast<int>(plan.fired_plans.back()) : -1;
  if (value->table < 0) outputs_of_registers(decision, *value, plan);
  finish_plan(plan);
}

// A list of rows conforms whatever the rows say.
bool takes_any_rows(const TypePtr& type) {
  if (!type || type->any) return true;
  return type->kind == Kind::list && !type->allowed && type->element->any;
}

// Several tables that collect, in one plan.
void lower_all(std::span<const std::size_t> decisions, ColumnPlan& plan) {
  Lowering lowering(plan);
  for (std::size_t index : decisions) {
    auto value = lowering.decision(*plan.model, index);
    bool any_rows = takes_any_rows(plan.model->decisions[index].type);
    if (value && value->table >= 0 && any_rows) continue;
    plan.why_interpreted = !value     ? lowering.why()
                           : any_rows ? "it is no table that collects rows"
                                      : "its rows have a type of their own";
    return;
  }
  if (find_fired_plans(plan)) finish_plan(plan);
}

}  // namespace

std::shared_ptr<ColumnPlan> lower_columns(std::shared_ptr<const Definitions> model,
                                          std::size_t decision,
                                          const std::vector<ColumnType>& inputs,
                                          std::vector<ListInput> lists) {
  const Decision& found = model->decisions[decision];
  auto plan = std::make_shared<ColumnPlan>();
  plan->model = model;
  plan->decision = found.name;
  plan->inputs = inputs;
  plan->lists = std::move(lists);
  plan->collects = collects(found);
  std::set<std::size_t> seen;
  gather_tables(*model, decision, seen, plan->tables);
  lower(found, decision, *plan);
  if (!plan->why_interpreted.empty()) {
    plan->outputs.clear();
    plan->output_plans.clear();
  }
  return plan;
}

std::shared_ptr<ColumnPlan> lower_tables(std::shared_ptr<const Definitions> model,
                                         std::span<const std::size_t> decisions,
                                         const std::vector<ColumnType>& inputs,
                                         std::vector<ListInput> lists) {
  auto plan = std::make_shared<ColumnPlan>();
  plan->model = model;
  plan->inputs = inputs;
  plan->lists = std::move(lists);
  std::set<std::size_t> seen;
  for (std::size_t index : decisions) gather_tables(*model, index, seen, plan->tables);
  lower_all(decisions, *plan);
  return plan;
}

kernel::Result<ColumnProgram> compile_columns(std::shared_ptr<const Definitions> model,
                                              std::string_view decision,
                                              const std::vector<ColumnType>& inputs) {
  TRY_ASSIGN(const std::size_t index, decision_index(*model, decision));
  const Decision& found = model->decisions[index];
  auto plan = lower_columns(model, index, inputs, {});
  bool lowered = plan->why_interpreted.empty();
  if (!lowered && !plan->collects && !outputs_by_type(found, *plan)) {
    return refused("the type of its answer is not known: give the decision a typeRef (" +
                       plan->why_interpreted + ")",
                   model->where + ":decision " + found.name);
  }
  return ColumnProgram(std::move(plan));
}

ColumnProgram::ColumnProgram(std::shared_ptr<const ColumnPlan> plan) : plan_(std::move(plan)) {}
const std::vector<ColumnType>& ColumnProgram::inputs() const {
  return plan_->inputs;
}
const std::vector<OutputType>& ColumnProgram::outputs() const {
  return plan_->outputs;
}
const std::vector<std::string>& ColumnProgram::tables() const {
  return plan_->tables;
}
bool ColumnProgram::lowered() const {
  return plan_->why_interpreted.empty();
}
const std::string& ColumnProgram::why_interpreted() const {
  return plan_->why_interpreted;
}

}  // namespace decision
