#pragma once
// Table: a decision table, parsed. The texts for people are in `info`; the nodes beside them are
// what runs.

#include <string>
#include <vector>

#include "decision/decision.h"
#include "decision/node.h"

namespace decision {

struct TableInput {
  NodePtr expression;
  TypePtr type;     // may be null
  NodePtr allowed;  // unary tests of the input values; may be null
};

struct TableOutput {
  std::string name;
  TypePtr type;           // may be null
  NodePtr allowed;        // unary tests of the output values, which also give the priorities
  NodePtr default_entry;  // may be null
};

struct TableRule {
  std::vector<NodePtr> tests;    // one for each input
  std::vector<NodePtr> outputs;  // one for each output
};

struct Table {
  std::string owner;  // the decision or knowledge model it stands in
  TableInfo info;
  std::vector<TableInput> inputs;
  std::vector<TableOutput> outputs;
  std::vector<TableRule> rules;
};

// What is said of a rule that fired, but for its inputs.
FiredRow fired_row_of(const Table& table, std::size_t rule);
// The rank of an output value among those allowed: 0 is the first, and a value not listed is last.
std::size_t output_rank(const TableOutput& output, const Value& value);

}  // namespace decision
