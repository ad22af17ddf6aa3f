#pragma once
// Builds a ValueIndex by asking the interpreter: it finds the values where an answer can change,
// asks each question once between its own, and makes one class of the values with equal answers.

#include <algorithm>
#include <optional>

#include "decision/column_plan.h"

namespace decision {

struct IndexRequest {
  ColumnKind kind = ColumnKind::number;
  int scale = 0;
  int dictionary = -1;  // of strings: the input column; -1: those of the pool listed in codes
  const std::vector<std::string>* pool = nullptr;
  std::vector<int> codes;
  std::size_t bits = 1;
  // Unary tests, no two the same, and the bits that each stands for.
  std::vector<NodePtr> questions;
  std::vector<std::vector<std::uint32_t>> bits_of;
};

// Whether the answer changes only at values that the question names, or the values are few.
bool is_indexable(const Node& question, ColumnKind kind, bool from_pool);
// Every question must be indexable. nullopt where the index would be too large.
std::optional<ValueIndex> build_index(const IndexRequest& request);
// One yes or no for a value: class 1 and class 0. Any question on strings that needs only them.
std::optional<ValueIndex> build_test(IndexRequest request, const NodePtr& question);
// The class of null, then of every code of a dictionary.
std::vector<std::uint32_t> classes_of_dictionary(const ValueIndex& index,
                                                 std::span<const std::string> dictionary);

inline std::uint32_t class_of_number(const ValueIndex& index, std::int64_t value) {
  if (index.first.empty()) return index.class_of[0];
  std::int64_t inside = std::clamp(value, index.low, index.high);
  auto from_low = static_cast<std::uint64_t>(inside) - static_cast<std::uint64_t>(index.low);
  std::uint32_t at = index.first[from_low >> index.shift];
  if (index.shift == 0) return at;
  for (int step = index.steps; step-- > 0;) {
    std::uint32_t half = std::uint32_t{1} << step;
    at += index.starts[at + half] <= value ? half : 0;
  }
  return index.class_of[at];
}

}  // namespace decision
