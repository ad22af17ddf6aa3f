#pragma once
// Builds a ValueIndex by asking the interpreter: it finds the values where an answer can change,
// asks every question once for each class between them, and keeps the answers as bits.

#include <optional>

#include "decision/column_plan.h"

namespace decision {

// Built of literals alone, so that its value is known when compiling.
bool is_constant(const Node& node);

struct IndexRequest {
  ColumnKind kind = ColumnKind::number;
  int scale = 0;
  int dictionary = -1;
  const std::vector<std::string>* pool = nullptr;
  std::vector<NodePtr> questions;  // unary tests, one for each bit
};

// nullopt where a question may depend on more than comparisons with constants.
std::optional<ValueIndex> build_index(const IndexRequest& request);
// The bits of every code of a dictionary, those of null first.
std::vector<std::uint64_t> bits_of_dictionary(const ValueIndex& index,
                                              std::span<const std::string> dictionary);

}  // namespace decision
