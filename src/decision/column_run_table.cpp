// Running a decision table over a block: the classes of each level's inputs are added up and looked
// up in its graph, until a leaf says which rule wins.

#include <algorithm>
#include <bit>

#include "decision/column_graph.h"
#include "decision/column_index.h"
#include "decision/column_leaf.h"
#include "decision/column_run.h"

namespace decision {

template <class Read>
void ColumnRun::classify_numbers(const ValueIndex& index, std::uint32_t stride, bool first,
                                 const Read& read) {
  std::uint32_t* out = class_.data();
  if (first) std::fill_n(out, count_, 0U);
  if (index.first.empty()) {
    for (std::size_t row = 0; row < count_; ++row) out[row] += index.class_of[0] * stride;
  } else if (index.shift == 0) {
    const std::uint32_t* from = index.first.data();
    std::int64_t low = index.low;
    std::int64_t high = index.high;
    for (std::size_t row = 0; row < count_; ++row) {
      auto inside = static_cast<std::int64_t>(read(row));
      out[row] += from[std::clamp(inside, low, high) - low] * stride;
    }
  } else {
    for (std::size_t row = 0; row < count_; ++row) {
      out[row] += class_of_number(index, static_cast<std::int64_t>(read(row))) * stride;
    }
  }
}

template <class Read>
void ColumnRun::classify_codes(const std::vector<std::uint32_t>& classes, std::uint32_t stride,
                               bool first, const Read& read) {
  std::uint32_t* out = class_.data();
  if (first) std::fill_n(out, count_, 0U);
  auto size = static_cast<std::uint32_t>(classes.size());
  for (std::size_t row = 0; row < count_; ++row) {  // code -1 is null; a wrong one is refused later
    std::uint32_t code = static_cast<std::uint32_t>(read(row)) + 1U;
    if (code >= size) [[unlikely]] {
      mark_overflow(row);
      code = 0;
    }
    out[row] += classes[code] * stride;
  }
}

void ColumnRun::classify_with_nulls(std::size_t index_number, int reg, std::uint32_t stride,
                                    bool first) {
  const ValueIndex& index = plan_.indexes[index_number];
  const RegisterInfo& info = plan_.registers[static_cast<std::size_t>(reg)];
  for (std::size_t row = 0; row < count_; ++row) {
    bool null = info.column < 0 ? is_null(reg, row)
                                : column_nulls_[static_cast<std::size_t>(info.column)] != 0;
    std::uint32_t number = index.null_class;
    if (!null) {
      std::int64_t value = values(reg)[row];
      number = index.kind == ColumnKind::number
                   ? class_of_number(index, value)
                   : by_code_[index_number][static_cast<std::size_t>(value + 1)];
    }
    class_[row] = (first ? 0 : class_[row]) + number * stride;
  }
}

void ColumnRun::classify(const TablePlan& plan, const TableGraph::Input& input, bool first) {
  std::size_t index_number = plan.indexes[input.input];
  int reg = plan.inputs[input.input];
  const ValueIndex& index = plan_.indexes[index_number];
  const RegisterInfo& info = plan_.registers[static_cast<std::size_t>(reg)];
  auto go = [&](const auto& read) {
    if (index.kind == ColumnKind::number) {
      classify_numbers(index, input.stride, first, read);
    } else {
      classify_codes(by_code_[index_number], input.stride, first, read);
    }
  };
  if (info.column < 0) {
    if (has_null(reg)) return classify_with_nulls(index_number, reg, input.stride, first);
    return go([from = values(reg)](std::size_t row) { return from[row]; });
  }
  auto column = static_cast<std::size_t>(info.column);
  if (column_nulls_ != nullptr && column_nulls_[column] != 0) {
    return classify_with_nulls(index_number, reg, input.stride, first);
  }
  std::visit(
      [&](const auto& data) {
        using Column = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Column, Flags>) {
          go([from = data.flags.data() + begin_](std::size_t row) { return from[row] != 0; });
        } else if constexpr (std::is_same_v<Column, Codes16> || std::is_same_v<Column, Codes32>) {
          go([from = data.codes.data() + begin_](std::size_t row) { return from[row]; });
        } else {
          go([from = data.data() + begin_](std::size_t row) { return from[row]; });
        }
      },
      columns_[column]);
}

void ColumnRun::run_table(std::size_t number) {
  const TablePlan& plan = plan_.table_plans[number];
  std::uint32_t* state = &leaves_[number * capacity_];
  if (plan.graph.levels.empty()) std::fill_n(state, count_, plan.graph.root);
  for (std::size_t i = 0; i < plan.graph.levels.size(); ++i) {
    const TableGraph::Level& level = plan.graph.levels[i];
    for (std::size_t k = 0; k < level.inputs.size(); ++k) classify(plan, level.inputs[k], k == 0);
    const std::uint32_t* next = level.next.data();
    const std::uint32_t* add = class_.data();
    if (i == 0) {
      for (std::size_t row = 0; row < count_; ++row) state[row] = next[add[row]];
    } else {
      for (std::size_t row = 0; row < count_; ++row) state[row] = next[state[row] + add[row]];
    }
  }
  if (!plan.graph.rest.empty()) finish_sets(plan, number);
  std::uint32_t least = kFirstLeaf;
  for (std::size_t row = 0; row < count_; ++row) least = std::min(least, state[row]);
  all_fired_[number] = least >= kFirstLeaf ? 1 : 0;
  bool aggregates = plan.collects && !plan.outputs.empty();
  if (aggregates) return put_aggregates(plan, number);
  put_outputs(plan, number);
}

// The graph gave a set of rules; the other inputs take away from it.
void ColumnRun::finish_sets(const TablePlan& plan, std::size_t number) {
  std::uint32_t* state = &leaves_[number * capacity_];
  const auto& inputs = plan.graph.rest;
  rest_.resize(inputs.size() * capacity_);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    classify(plan, {inputs[k], 1}, true);
    std::copy_n(class_.begin(), count_, &rest_[k * capacity_]);
  }
  lists_begin_[number].assign(1, 0);
  lists_[number].clear();
  for (std::size_t row = 0; row < count_; ++row) {
    std::uint32_t set = state[row];
    state[row] = kRefused;
    bool refused = set == 0;
    for (std::size_t k = 0; plan.checks_allowed && !refused && k < inputs.size(); ++k) {
      const ValueIndex& index = plan_.indexes[plan.indexes[inputs[k]]];
      const std::uint64_t* bits = &index.class_bits[rest_[k * capacity_ + row] * plan.words];
      for (std::size_t bit = plan.rules; bit < plan.rules + 2; ++bit) {
        refused |= (bits[bit / 64] >> (bit % 64) & 1) == 0;
      }
    }
    if (!refused) {
      gather_rest(plan, set, row);
      state[row] = plan.collects ? (words_.empty() ? kNoRule : kFirstLeaf) : winner(plan, words_);
    }
    if (!plan.collects) continue;
    for (const TableGraph::Word& word : words_) {
      for (std::uint64_t rest = refused ? 0 : word.bits; rest != 0; rest &= rest - 1) {
        auto bit = word.at * 64 + static_cast<std::size_t>(std::countr_zero(rest));
        lists_[number].push_back(plan.order[bit] + 1);
      }
    }
    lists_begin_[number].push_back(static_cast<std::uint32_t>(lists_[number].size()));
  }
}

// The words of a set that the classes of the row leave; for the first to win, one word is enough.
void ColumnRun::gather_rest(const TablePlan& plan, std::uint32_t set, std::size_t row) {
  words_.clear();
  bool one_is_enough =
      !plan.collects && plan.hit_policy != HitPolicy::unique && plan.hit_policy != HitPolicy::any;
  const std::uint64_t* bits[64];
  std::size_t inputs = plan.graph.rest.size();
  for (std::size_t k = 0; k < inputs; ++k) {
    const ValueIndex& index = plan_.indexes[plan.indexes[plan.graph.rest[k]]];
    bits[k] = &index.class_bits[rest_[k * capacity_ + row] * plan.words];
  }
  for (std::uint32_t i = plan.graph.set_begin[set]; i < plan.graph.set_begin[set + 1]; ++i) {
    TableGraph::Word word = plan.graph.words[i];
    for (std::size_t k = 0; k < inputs; ++k) word.bits &= bits[k][word.at];
    if (word.bits == 0) continue;
    words_.push_back(word);
    if (one_is_enough) return;
  }
}

void ColumnRun::put_outputs(const TablePlan& plan, std::size_t number) {
  const std::uint32_t* leaf = &leaves_[number * capacity_];
  for (const TableOutputPlan& output : plan.outputs) {
    if (output.registers.empty()) {
      if (output.needed) put_constants(plan, number, output);
      continue;
    }
    for (std::size_t row = 0; row < count_; ++row) {
      if (leaf[row] >= kFirstLeaf) {
        int from = output.registers[leaf[row] - kFirstLeaf];
        put(output.out, row, values(from)[row], is_null(from, row));
      } else {
        bool null = leaf[row] == kRefused || output.default_null;
        put(output.out, row, null ? -1 : output.default_value, null);
      }
    }
  }
}

void ColumnRun::put_constants(const TablePlan& plan, std::size_t number,
                              const TableOutputPlan& output) {
  const std::uint32_t* leaf = &leaves_[number * capacity_];
  const std::int64_t* from = output.leaf_values.data();
  std::int64_t* out = data(output.out);
  for (std::size_t row = 0; row < count_; ++row) out[row] = from[leaf[row]];
  (void)plan;
  if (all_fired(number) && !output.null_rules) return;
  std::uint8_t any = 0;
  std::uint8_t* null = nulls(output.out);
  for (std::size_t row = 0; row < count_; ++row) any |= null[row] = output.leaf_nulls[leaf[row]];
  has_null_[static_cast<std::size_t>(output.out)] = any;
}

void ColumnRun::put_aggregates(const TablePlan& plan, std::size_t number) {
  const TableOutputPlan& output = plan.outputs[0];
  const std::uint32_t* leaf = &leaves_[number * capacity_];
  bool by_leaf = plan.graph.rest.empty();
  if (by_leaf) put_constants(plan, number, output);
  for (std::size_t row = 0; row < count_; ++row) {
    if (by_leaf) {
      if (plan.overflow[leaf[row]] != 0) mark_overflow(row);
    } else if (leaf[row] == kRefused) {
      put(output.out, row, -1, true);
    } else {
      Aggregate result = aggregate_of(plan, fired(number, row));
      put(output.out, row, result.value, result.null);
      if (result.overflow) mark_overflow(row);
    }
  }
}

std::span<const std::int32_t> ColumnRun::fired(std::size_t table, std::size_t row) {
  const TablePlan& plan = plan_.table_plans[table];
  if (!plan.graph.rest.empty()) {
    const auto& begin = lists_begin_[table];
    return {lists_[table].data() + begin[row], lists_[table].data() + begin[row + 1]};
  }
  std::uint32_t leaf = leaves_[table * capacity_ + row];
  if (leaf < kFirstLeaf) return {};
  return {plan.list_rules.data() + plan.list_begin[leaf],
          plan.list_rules.data() + plan.list_begin[leaf + 1]};
}

std::int32_t ColumnRun::first_fired(std::size_t table, std::size_t row) {
  const TablePlan& plan = plan_.table_plans[table];
  std::uint32_t leaf = leaves_[table * capacity_ + row];
  if (leaf < kFirstLeaf) return 0;
  if (!plan.collects) return static_cast<std::int32_t>(leaf - kFirstLeaf) + 1;
  if (plan.graph.rest.empty()) return plan.list_first[leaf];
  auto rules = fired(table, row);
  return *std::min_element(rules.begin(), rules.end());
}

}  // namespace decision
