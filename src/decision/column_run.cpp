#include "decision/column_run.h"

#include <algorithm>

#include "decision/column_index.h"

namespace decision {

namespace {

std::int64_t power(int exponent) {
  std::int64_t result = 1;
  for (int i = 0; i < exponent; ++i) result *= 10;
  return result;
}

// value / 10^digits, rounded as the mode says.
std::int64_t divided(std::int64_t value, std::int64_t unit, RoundingMode mode) {
  std::int64_t quotient = value / unit;
  std::int64_t remainder = value % unit;
  if (remainder == 0) return quotient;
  bool negative = value < 0;
  std::uint64_t twice = 2 * static_cast<std::uint64_t>(negative ? -remainder : remainder);
  auto whole = static_cast<std::uint64_t>(unit);
  bool away = false;
  switch (mode) {
    case RoundingMode::half_even:
      away = twice > whole || (twice == whole && quotient % 2 != 0);
      break;
    case RoundingMode::half_up:
      away = twice >= whole;
      break;
    case RoundingMode::half_down:
      away = twice > whole;
      break;
    case RoundingMode::up:
      away = true;
      break;
    case RoundingMode::down:
      break;
    case RoundingMode::floor:
      away = negative;
      break;
    case RoundingMode::ceiling:
      away = !negative;
      break;
  }
  return away ? quotient + (negative ? -1 : 1) : quotient;
}

bool holds(Op op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case Op::equal:
      return a == b;
    case Op::not_equal:
      return a != b;
    case Op::less:
      return a < b;
    case Op::less_equal:
      return a <= b;
    case Op::greater:
      return a > b;
    default:
      return a >= b;
  }
}

}  // namespace

ColumnRun::ColumnRun(const ColumnPlan& plan, std::span<const ColumnData> columns,
                     std::size_t capacity, const std::uint8_t* nulls)
    : plan_(plan),
      columns_(columns),
      capacity_(capacity),
      column_nulls_(nulls),
      data_(plan.registers.size() * capacity),
      nulls_(plan.registers.size() * capacity),
      has_null_(plan.registers.size()),
      overflow_(capacity),
      class_(capacity),
      leaves_(plan.table_plans.size() * capacity),
      all_fired_(plan.table_plans.size()),
      lists_begin_(plan.table_plans.size()),
      lists_(plan.table_plans.size()) {
  for (const ValueIndex& index : plan.indexes) {
    std::vector<std::uint32_t> classes;
    if (index.kind == ColumnKind::string && index.dictionary >= 0) {
      const ColumnData& column = columns[static_cast<std::size_t>(index.dictionary)];
      const auto* narrow = std::get_if<Codes16>(&column);
      const auto* wide = std::get_if<Codes32>(&column);
      classes =
          classes_of_dictionary(index, narrow != nullptr ? narrow->dictionary : wide->dictionary);
    } else if (index.kind != ColumnKind::number) {
      classes = {index.null_class};
      classes.insert(classes.end(), index.class_of.begin(), index.class_of.end());
    }
    by_code_.push_back(std::move(classes));
  }
}

void ColumnRun::run_block(std::size_t begin, std::size_t count) {
  begin_ = begin;
  count_ = count;
  std::fill(has_null_.begin(), has_null_.end(), 0);
  if (any_overflow_) std::fill(overflow_.begin(), overflow_.end(), 0);
  any_overflow_ = false;
  for (const Step& step : plan_.steps) run_step(step);
}

void ColumnRun::mark_overflow(std::size_t row) {
  overflow_[row] = 1;
  any_overflow_ = true;
}

void ColumnRun::clear_nulls(int reg) {
  if (has_null(reg)) return;
  std::fill_n(nulls(reg), count_, std::uint8_t{0});
  has_null_[static_cast<std::size_t>(reg)] = 1;
}

void ColumnRun::put(int reg, std::size_t row, std::int64_t value, bool null) {
  data(reg)[row] = value;
  if (null) clear_nulls(reg);
  if (has_null(reg)) nulls(reg)[row] = null ? 1 : 0;
}

void ColumnRun::run_step(const Step& step) {
  switch (step.kind) {
    case StepKind::load:
      return load(step);
    case StepKind::constant:
      std::fill_n(data(step.out), count_, step.immediate);
      if (step.flag) {
        clear_nulls(step.out);
        std::fill_n(nulls(step.out), count_, std::uint8_t{1});
      }
      return;
    case StepKind::rescale:
      return rescale(step);
    case StepKind::add:
    case StepKind::subtract:
    case StepKind::multiply:
    case StepKind::negate:
    case StepKind::absolute:
    case StepKind::minimum:
    case StepKind::maximum:
      return calculate(step);
    case StepKind::compare:
      return compare(step);
    case StepKind::both:
    case StepKind::either:
      return logic(step);
    case StepKind::invert:
      return invert(step);
    case StepKind::choose:
      return choose(step);
    case StepKind::look_up:
      return look_up(step);
    case StepKind::constrain:
      return constrain(step);
    case StepKind::table:
      return run_table(step.index);
  }
}

void ColumnRun::load(const Step& step) {
  std::int64_t* out = data(step.out);
  auto copy_codes = [&](const auto& column) {
    auto size = static_cast<std::int64_t>(column.dictionary.size());
    for (std::size_t row = 0; row < count_; ++row) {
      std::int64_t code = column.codes[begin_ + row];
      bool known = code >= 0 && code < size;
      put(step.out, row, known ? code : -1, !known);
      if (!known && code != -1) mark_overflow(row);  // the interpreter will refuse it
    }
  };
  std::visit(
      [&](const auto& column) {
        using Column = std::decay_t<decltype(column)>;
        if constexpr (std::is_same_v<Column, Flags>) {
          for (std::size_t row = 0; row < count_; ++row) {
            out[row] = column.flags[begin_ + row] != 0 ? 1 : 0;
          }
        } else if constexpr (std::is_same_v<Column, Codes16> || std::is_same_v<Column, Codes32>) {
          copy_codes(column);
        } else {
          const auto* from = column.data() + begin_;
          for (std::size_t row = 0; row < count_; ++row) out[row] = from[row];
        }
      },
      columns_[step.index]);
  if (column_nulls_ != nullptr && column_nulls_[step.index] != 0) put(step.out, 0, -1, true);
}

// The result is null where any of the first operands is.
void ColumnRun::merge_nulls(const Step& step, int operands) {
  for (int i = 0; i < operands; ++i) {
    int reg = step.in[static_cast<std::size_t>(i)];
    if (!has_null(reg)) continue;
    clear_nulls(step.out);
    for (std::size_t row = 0; row < count_; ++row) nulls(step.out)[row] |= nulls(reg)[row];
  }
}

void ColumnRun::calculate(const Step& step) {
  const std::int64_t* a = values(step.in[0]);
  const std::int64_t* b = values(step.in[1]);
  std::int64_t* out = data(step.out);
  bool binary = step.kind != StepKind::negate && step.kind != StepKind::absolute;
  merge_nulls(step, binary ? 2 : 1);
  for (std::size_t row = 0; row < count_; ++row) {
    bool overflow = false;
    switch (step.kind) {
      case StepKind::add:
        overflow = __builtin_add_overflow(a[row], b[row], &out[row]);
        break;
      case StepKind::subtract:
        overflow = __builtin_sub_overflow(a[row], b[row], &out[row]);
        break;
      case StepKind::multiply:
        overflow = __builtin_mul_overflow(a[row], b[row], &out[row]);
        break;
      case StepKind::negate:
        overflow = __builtin_sub_overflow(std::int64_t{0}, a[row], &out[row]);
        break;
      case StepKind::absolute:
        out[row] = a[row];
        if (a[row] < 0) overflow = __builtin_sub_overflow(std::int64_t{0}, a[row], &out[row]);
        break;
      case StepKind::minimum:
        out[row] = std::min(a[row], b[row]);
        break;
      default:
        out[row] = std::max(a[row], b[row]);
        break;
    }
    if (overflow) mark_overflow(row);
  }
}

void ColumnRun::rescale(const Step& step) {
  const std::int64_t* in = values(step.in[0]);
  std::int64_t* out = data(step.out);
  merge_nulls(step, 1);
  std::int64_t unit = power(std::abs(step.shift));
  for (std::size_t row = 0; row < count_; ++row) {
    if (step.shift < 0) {
      out[row] = divided(in[row], unit, step.mode);
    } else if (__builtin_mul_overflow(in[row], unit, &out[row])) {
      mark_overflow(row);
    }
  }
}

void ColumnRun::compare(const Step& step) {
  const std::int64_t* a = values(step.in[0]);
  const std::int64_t* b = values(step.in[1]);
  bool equality = step.op == Op::equal || step.op == Op::not_equal;
  for (std::size_t row = 0; row < count_; ++row) {
    bool left_null = is_null(step.in[0], row);
    bool right_null = is_null(step.in[1], row);
    if (!left_null && !right_null) {
      put(step.out, row, holds(step.op, a[row], b[row]) ? 1 : 0, false);
    } else if (equality) {
      put(step.out, row, (left_null && right_null) == (step.op == Op::equal) ? 1 : 0, false);
    } else {
      put(step.out, row, -1, true);
    }
  }
}

void ColumnRun::logic(const Step& step) {
  const std::int64_t* a = values(step.in[0]);
  const std::int64_t* b = values(step.in[1]);
  std::int64_t decisive = step.kind == StepKind::either ? 1 : 0;
  for (std::size_t row = 0; row < count_; ++row) {  // unknown is -1, which neither is
    bool settled = a[row] == decisive || b[row] == decisive;
    bool unknown = !settled && (a[row] < 0 || b[row] < 0);
    put(step.out, row, settled ? decisive : unknown ? -1 : 1 - decisive, unknown);
  }
}

void ColumnRun::invert(const Step& step) {
  const std::int64_t* in = values(step.in[0]);
  for (std::size_t row = 0; row < count_; ++row) {
    put(step.out, row, in[row] < 0 ? -1 : 1 - in[row], in[row] < 0);
  }
}

void ColumnRun::choose(const Step& step) {
  const std::int64_t* condition = values(step.in[0]);
  for (std::size_t row = 0; row < count_; ++row) {
    int side = condition[row] == 1 ? step.in[1] : step.in[2];
    put(step.out, row, values(side)[row], is_null(side, row));
  }
}

bool ColumnRun::says_yes(std::size_t index_number, int reg, std::size_t row) const {
  const ValueIndex& index = plan_.indexes[index_number];
  std::uint32_t number = index.null_class;
  if (!is_null(reg, row)) {
    std::int64_t value = values(reg)[row];
    number = index.kind == ColumnKind::number
                 ? class_of_number(index, value)
                 : by_code_[index_number][static_cast<std::size_t>(value + 1)];
  }
  return (index.class_bits[number * index.words] & 1) != 0;
}

void ColumnRun::look_up(const Step& step) {
  for (std::size_t row = 0; row < count_; ++row) {
    data(step.out)[row] = says_yes(step.index, step.in[0], row) ? 1 : 0;
  }
}

void ColumnRun::constrain(const Step& step) {
  for (std::size_t row = 0; row < count_; ++row) {
    bool null = is_null(step.in[0], row) || !says_yes(step.index, step.in[0], row);
    put(step.out, row, null ? -1 : values(step.in[0])[row], null);
  }
}

}  // namespace decision
