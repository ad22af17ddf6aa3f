// Running a decision table over a block: the bits of each input's value are taken together, and the
// first bit left is the rule that wins.

#include <algorithm>
#include <bit>

#include "decision/column_run.h"

namespace decision {

namespace {

constexpr std::int32_t kNone = -1;
constexpr std::int32_t kRefused = -2;  // an input is not allowed, or rules contradict each other

template <class Visit>
void for_each_bit(const TablePlan& plan, const std::uint64_t* bits, const Visit& visit) {
  for (std::size_t word = 0; word < plan.words; ++word) {
    for (std::uint64_t rest = bits[word]; rest != 0; rest &= rest - 1) {
      std::size_t bit = word * 64 + static_cast<std::size_t>(std::countr_zero(rest));
      if (bit >= plan.rules || !visit(plan.order[bit])) return;
    }
  }
}

bool allowed(const TablePlan& plan, const std::uint64_t* bits) {
  if (!plan.checks_allowed) return true;
  for (std::size_t bit = plan.rules; bit < plan.rules + 2; ++bit) {
    if ((bits[bit / 64] >> (bit % 64) & 1) == 0) return false;
  }
  return true;
}

}  // namespace

void ColumnRun::and_numbers(const ValueIndex& index, const std::int64_t* values) {
  if (!index.direct.empty()) {
    std::int64_t low = index.direct_low;
    std::int64_t high = index.direct_high;
    for (std::size_t row = 0; row < count_; ++row) {
      auto at = static_cast<std::size_t>(std::clamp(values[row], low, high) - low);
      bits_[row] &= index.direct[at];
    }
    return;
  }
  const std::int64_t* starts = index.starts.data();
  for (std::size_t row = 0; row < count_; ++row) {
    std::size_t at = 0;
    for (std::size_t length = index.starts.size(); length > 1;) {
      std::size_t half = length / 2;
      at += starts[at + half] <= values[row] ? half : 0;
      length -= half;
    }
    bits_[row] &= index.bits[at];
  }
}

void ColumnRun::and_codes(const std::vector<std::uint64_t>& bits, std::size_t words,
                          const std::int64_t* values) {
  for (std::size_t row = 0; row < count_; ++row) {
    const std::uint64_t* from = &bits[static_cast<std::size_t>(values[row] + 1) * words];
    for (std::size_t word = 0; word < words; ++word) bits_[row * words + word] &= from[word];
  }
}

void ColumnRun::and_input(const TablePlan& plan, std::size_t input) {
  std::size_t index_number = plan.indexes[input];
  const ValueIndex& index = plan_.indexes[index_number];
  int reg = plan.inputs[input];
  if (index.kind != ColumnKind::number) {  // null is code -1
    return and_codes(by_code_[index_number], plan.words, values(reg));
  }
  if (plan.words == 1 && !has_null(reg)) return and_numbers(index, values(reg));
  for (std::size_t row = 0; row < count_; ++row) {
    const std::uint64_t* from = bits_at(index_number, reg, row);
    for (std::size_t word = 0; word < plan.words; ++word) {
      bits_[row * plan.words + word] &= from[word];
    }
  }
}

std::int32_t ColumnRun::pick_rule(const TablePlan& plan, const std::uint64_t* bits) const {
  if (!allowed(plan, bits)) return kRefused;
  std::int32_t picked = kNone;
  for_each_bit(plan, bits, [&](std::int32_t rule) {
    if (picked == kNone) {
      picked = rule;
      return plan.hit_policy == HitPolicy::unique || plan.hit_policy == HitPolicy::any;
    }
    bool agrees = plan.hit_policy == HitPolicy::any &&
                  plan.output_class[static_cast<std::size_t>(rule)] ==
                      plan.output_class[static_cast<std::size_t>(picked)];
    if (!agrees) picked = kRefused;
    return agrees;
  });
  return picked;
}

void ColumnRun::pick_rules(const TablePlan& plan) {
  bool one_word = plan.words == 1 && !plan.checks_allowed;
  bool first_wins = plan.hit_policy != HitPolicy::unique && plan.hit_policy != HitPolicy::any;
  if (one_word && (first_wins || plan.hit_policy == HitPolicy::unique)) {
    for (std::size_t row = 0; row < count_; ++row) {
      std::uint64_t bits = bits_[row];
      std::int32_t rule =
          bits == 0 ? kNone : plan.order[static_cast<std::size_t>(std::countr_zero(bits))];
      picked_[row] = !first_wins && (bits & (bits - 1)) != 0 ? kRefused : rule;
    }
    return;
  }
  for (std::size_t row = 0; row < count_; ++row) {
    picked_[row] = pick_rule(plan, &bits_[row * plan.words]);
  }
}

void ColumnRun::run_table(const TablePlan& plan) {
  std::size_t extra = plan.rules + (plan.checks_allowed ? 2 : 0);
  bits_.assign(count_ * plan.words, ~std::uint64_t{0});
  if (extra % 64 != 0) {
    std::uint64_t last = (std::uint64_t{1} << (extra % 64)) - 1;
    for (std::size_t row = 0; row < count_; ++row) bits_[(row + 1) * plan.words - 1] = last;
  }
  for (std::size_t input = 0; input < plan.inputs.size(); ++input) and_input(plan, input);
  picked_.resize(kBlockRows);
  pick_rules(plan);
  std::int64_t* fired = data(plan.fired);
  for (std::size_t row = 0; row < count_; ++row) fired[row] = std::max(picked_[row] + 1, 0);
  if (plan.hit_policy == HitPolicy::collect && plan.aggregation != Aggregation::none) {
    return aggregate(plan);
  }
  put_outputs(plan);
}

void ColumnRun::put_outputs(const TablePlan& plan) {
  for (const TableOutputPlan& output : plan.outputs) {
    for (std::size_t row = 0; row < count_; ++row) {
      std::int32_t rule = picked_[row];
      if (rule >= 0 && !output.registers.empty()) {
        int from = output.registers[static_cast<std::size_t>(rule)];
        put(output.out, row, values(from)[row], is_null(from, row));
      } else if (rule >= 0) {
        auto at = static_cast<std::size_t>(rule);
        put(output.out, row, output.values[at], output.nulls[at] != 0);
      } else {
        bool null = rule == kRefused || output.default_null;
        put(output.out, row, null ? -1 : output.default_value, null);
      }
    }
  }
}

void ColumnRun::aggregate(const TablePlan& plan) {
  const TableOutputPlan& output = plan.outputs[0];
  for (std::size_t row = 0; row < count_; ++row) {
    const std::uint64_t* bits = &bits_[row * plan.words];
    std::int64_t result = 0;
    std::int64_t count = 0;
    if (allowed(plan, bits)) {
      for_each_bit(plan, bits, [&](std::int32_t rule) {
        ++count;
        if (plan.aggregation == Aggregation::count) return true;
        std::int64_t value = output.values[static_cast<std::size_t>(rule)];
        if (plan.aggregation == Aggregation::sum) {
          if (__builtin_add_overflow(result, value, &result)) mark_overflow(row);
        } else if (count == 1 || (plan.aggregation == Aggregation::min) == (value < result)) {
          result = value;
        }
        return true;
      });
    }
    bool counts = plan.aggregation == Aggregation::count;
    bool null = picked_[row] == kRefused || (count == 0 && !counts && output.default_null);
    if (counts) result = count;
    if (count == 0 && !output.default_null) result = output.default_value;
    put(output.out, row, null ? -1 : result, null);
  }
}

std::vector<std::int32_t> ColumnRun::matching(const TablePlan& plan, std::size_t row) const {
  std::vector<std::int32_t> rules;
  const std::uint64_t* bits = &bits_[row * plan.words];
  if (!allowed(plan, bits)) return rules;
  for_each_bit(plan, bits, [&](std::int32_t rule) {
    rules.push_back(rule + 1);
    return true;
  });
  return rules;
}

}  // namespace decision
