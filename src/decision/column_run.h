#pragma once
// ColumnRun: one run of a plan: its registers for a block of rows, and what they are filled from.
// Not shared between threads.

#include <span>
#include <vector>

#include "decision/column_plan.h"

namespace decision {

class ColumnRun {
 public:
  ColumnRun(const ColumnPlan& plan, std::span<const ColumnData> columns);
  void run_block(std::size_t begin, std::size_t count);  // at most kBlockRows

  const std::int64_t* values(int reg) const { return &data_[at(reg)]; }
  bool is_null(int reg, std::size_t row) const {
    return has_null_[static_cast<std::size_t>(reg)] != 0 && nulls_[at(reg) + row] != 0;
  }
  bool has_null(int reg) const { return has_null_[static_cast<std::size_t>(reg)] != 0; }
  bool overflowed(std::size_t row) const { return any_overflow_ && overflow_[row] != 0; }
  // The rules of a table plan that match a row of the block, in the order in which they win.
  std::vector<std::int32_t> matching(const TablePlan& plan, std::size_t row) const;

 private:
  static std::size_t at(int reg) { return static_cast<std::size_t>(reg) * kBlockRows; }
  std::int64_t* data(int reg) { return &data_[at(reg)]; }
  std::uint8_t* nulls(int reg) { return &nulls_[at(reg)]; }
  void clear_nulls(int reg);
  void mark_overflow(std::size_t row);

  void run_step(const Step& step);
  void load(const Step& step);
  void merge_nulls(const Step& step, int operands);
  void calculate(const Step& step);
  void rescale(const Step& step);
  void compare(const Step& step);
  void logic(const Step& step);
  void invert(const Step& step);
  void choose(const Step& step);
  void look_up(const Step& step);
  void constrain(const Step& step);

  void and_numbers(const ValueIndex& index, const std::int64_t* values);
  void and_codes(const std::vector<std::uint64_t>& bits, std::size_t words,
                 const std::int64_t* values);
  void and_input(const TablePlan& plan, std::size_t input);
  const std::uint64_t* bits_at(std::size_t index_number, int reg, std::size_t row) const;
  void run_table(const TablePlan& plan);
  void pick_rules(const TablePlan& plan);
  std::int32_t pick_rule(const TablePlan& plan, const std::uint64_t* bits) const;
  void put_outputs(const TablePlan& plan);
  void aggregate(const TablePlan& plan);
  void put(int reg, std::size_t row, std::int64_t value, bool null);

  const ColumnPlan& plan_;
  std::span<const ColumnData> columns_;
  std::size_t begin_ = 0;
  std::size_t count_ = 0;
  std::vector<std::int64_t> data_;
  std::vector<std::uint8_t> nulls_;
  std::vector<std::uint8_t> has_null_;  // by register: whether any row of the block is
  std::vector<std::uint8_t> overflow_;
  bool any_overflow_ = false;
  std::vector<std::vector<std::uint64_t>> by_code_;  // by index: bits of null, then of each code
  std::vector<std::uint64_t> bits_;                  // of the table that runs
  std::vector<std::int32_t> picked_;                 // its rule for each row; -1 none, -2 refused
};

}  // namespace decision
