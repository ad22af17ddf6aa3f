#pragma once
// Compiles a table to a TableGraph: input by input, every class of its values leads to the rules
// that are left; equal sets of rules are one state. Work and size are bounded.

#include "decision/column_plan.h"

namespace decision {

// Fills graph and leaves. The indexes are those of plan.indexes.
void build_graph(const std::vector<ValueIndex>& indexes, TablePlan& plan);
// The leaf of a set of bits: the rule that wins, or, where the table collects, the list.
std::uint32_t winner(const TablePlan& plan, std::span<const TableGraph::Word> bits);

}  // namespace decision
