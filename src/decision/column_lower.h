#pragma once
// Lowering: walks the nodes of a decision and writes the steps of its ColumnPlan. Every function
// gives nullopt where something cannot be lowered; why() then says what.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "decision/column_index.h"
#include "decision/column_plan.h"
#include "decision/table.h"

namespace decision {

// A lowered value: one register, or one for each entry of a context, or null whatever the row.
struct Lowered {
  int single = -1;
  std::vector<std::pair<std::string, int>> entries;
  bool is_null = false;
  int table = -1;  // the table plan it came from, where it is a list of what fired
  int list = -1;   // of ColumnPlan::lists: a list of strings
  const Knowledge* knowledge = nullptr;
  const Definitions* home = nullptr;
};

using Bindings = std::map<std::string, Lowered>;

class Lowering {
 public:
  explicit Lowering(ColumnPlan& plan) : plan_(plan) {}
  std::optional<Lowered> decision(const Definitions& model, std::size_t index);
  const std::string& why() const { return why_; }

 private:
  std::nullopt_t refuse(std::string why);
  int add_register(ColumnKind kind, int scale);
  int emit(Step step, ColumnKind kind, int scale = 0);
  int pool_code(const std::string& text);
  const RegisterInfo& info(int reg) const { return plan_.registers[static_cast<std::size_t>(reg)]; }
  bool is_kind(const Lowered& value, ColumnKind kind) const;

  std::optional<Bindings> bindings(const Definitions& model,
                                   const std::vector<Requirement>& required);
  bool calls_hidden(const Node& body, const Bindings& names);
  std::optional<Lowered> input(const InputData& input);
  std::optional<Lowered> constrained(Lowered value, const TypePtr& type);
  std::optional<Lowered> constrained_single(int reg, const Type& type);

  std::optional<Lowered> expression(const Node& node, const Bindings& names);
  std::optional<Lowered> literal(const Value& value);
  std::optional<Lowered> member(const Node& node, const Bindings& names);
  std::optional<Lowered> binary(const Node& node, const Bindings& names);
  std::optional<Lowered> divided(int left, const Node& divisor);
  std::optional<Lowered> context(const Node& node, const Bindings& names);
  std::optional<Lowered> in_range(int reg, const Node& range);
  std::optional<Lowered> arithmetic(Op op, int left, int right);
  std::optional<Lowered> comparison(Op op, const Node& node, const Bindings& names);
  std::optional<Lowered> logic(const Node& node, const Bindings& names);
  std::optional<Lowered> conditional(const Node& node, const Bindings& names);
  std::optional<Lowered> between(const Node& node, const Bindings& names);
  std::optional<Lowered> in(const Node& node, const Bindings& names);
  std::optional<Lowered> call(const Node& node, const Bindings& names);
  std::optional<Lowered> extreme(const Node& node, const Bindings& names, StepKind kind);
  std::optional<Lowered> rounding(const Node& node, const Bindings& names, RoundingMode mode);
  std::optional<Lowered> list_contains(const Node& node, const Bindings& names);
  std::optional<Lowered> knowledge(const Lowered& callee, const Node& node, const Bindings& names);
  bool same_shape(int reg, std::optional<RegisterInfo>& shape);
  int null_register(const RegisterInfo& shape);
  std::optional<int> number(const Node& node, const Bindings& names);
  int rescaled(int reg, int scale);
  bool align(int& left, int& right);
  std::optional<Lowered> test_bit(int reg, NodePtr tests);

  std::optional<Lowered> table(const Table& table, const Bindings& names);
  bool table_inputs(const Table& table, const Bindings& names, TablePlan& plan);
  bool table_index(const Table& table, std::size_t column, int reg, const Bindings& names,
                   TablePlan& plan);
  bool list_index(const Table& table, std::size_t column, int list, const Bindings& names,
                  TablePlan& plan);
  NodePtr folded(const NodePtr& node, const Bindings& names);
  std::optional<Value> constant_at(const Node& node, const Bindings& names);
  bool odd_tests(const Table& table, std::size_t column, const Lowered& input,
                 const Bindings& names, const std::vector<std::vector<std::uint32_t>>& bits_of,
                 const std::vector<NodePtr>& questions, TablePlan& plan);
  std::optional<int> odd_test(const Lowered& input, const Node& tests, const Bindings& names);
  std::optional<int> odd_entry(const Lowered& input, const Node& test, const Bindings& names);
  std::optional<int> compared(Op op, int left, int right);
  IndexRequest request_for(int reg) const;
  bool table_order(const Table& table, TablePlan& plan);
  std::optional<Lowered> table_outputs(const Table& table, const Bindings& names, TablePlan& plan);
  bool constant_output(const Table& table, std::size_t column, TableOutputPlan& output);
  bool constant_default(const Table& table, std::size_t column, int scale, TableOutputPlan& output);
  bool calculated_output(const Table& table, std::size_t column, const Bindings& names,
                         TableOutputPlan& output);

  ColumnPlan& plan_;
  std::map<const void*, Lowered> done_;
  std::map<std::string, int> pool_;
  std::string why_;
  int depth_ = 0;
};

}  // namespace decision
