#pragma once
// ColumnRun: one run of a plan: its registers for a block of rows, and what they are filled from.
// Not shared between threads.

#include <span>
#include <vector>

#include "decision/column_plan.h"

namespace decision {

class ColumnRun {
 public:
  // Blocks of at most `capacity` rows. Where `nulls` are given (a flag for each column of one row),
  // they say which columns are null.
  ColumnRun(const ColumnPlan& plan, std::span<const ColumnData> columns,
            std::size_t capacity = kBlockRows, const std::uint8_t* nulls = nullptr);
  void run_block(std::size_t begin, std::size_t count);

  const std::int64_t* values(int reg) const { return &data_[at(reg)]; }
  const std::uint8_t* nulls(int reg) const { return &nulls_[at(reg)]; }
  bool is_null(int reg, std::size_t row) const {
    return has_null_[static_cast<std::size_t>(reg)] != 0 && nulls_[at(reg) + row] != 0;
  }
  bool has_null(int reg) const { return has_null_[static_cast<std::size_t>(reg)] != 0; }
  bool any_overflow() const { return any_overflow_; }
  bool overflowed(std::size_t row) const { return any_overflow_ && overflow_[row] != 0; }
  // What a table said on each row of the block.
  std::span<const std::uint32_t> leaves(std::size_t table) const {
    return {&leaves_[table * capacity_], count_};
  }
  // Whether every row of the block fired a rule of the table.
  bool all_fired(std::size_t table) const { return all_fired_[table] != 0; }
  // The rules (1-based) that fire on a row, in the order in which they win; the table collects.
  std::span<const std::int32_t> fired(std::size_t table, std::size_t row);
  std::int32_t first_fired(std::size_t table, std::size_t row);

 private:
  std::size_t at(int reg) const { return static_cast<std::size_t>(reg) * capacity_; }
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
  bool says_yes(std::size_t index_number, int reg, std::size_t row) const;
  void put(int reg, std::size_t row, std::int64_t value, bool null);

  // column_run_table.cpp
  void classify(const TablePlan& plan, const TableGraph::Input& input, bool first);
  template <class Read>
  void classify_numbers(const ValueIndex& index, std::uint32_t stride, bool first,
                        const Read& read);
  template <class Read>
  void classify_codes(const std::vector<std::uint32_t>& classes, std::uint32_t stride, bool first,
                      const Read& read);
  void classify_with_nulls(std::size_t index_number, int reg, std::uint32_t stride, bool first);
  void run_table(std::size_t number);
  void finish_sets(const TablePlan& plan, std::size_t number);
  void gather_rest(const TablePlan& plan, std::uint32_t set, std::size_t row);
  void put_outputs(const TablePlan& plan, std::size_t number);
  void put_constants(const TablePlan& plan, std::size_t number, const TableOutputPlan& output);
  void put_aggregates(const TablePlan& plan, std::size_t number);

  const ColumnPlan& plan_;
  std::span<const ColumnData> columns_;
  std::size_t capacity_;
  const std::uint8_t* column_nulls_;
  std::size_t begin_ = 0;
  std::size_t count_ = 0;
  std::vector<std::int64_t> data_;
  std::vector<std::uint8_t> nulls_;
  std::vector<std::uint8_t> has_null_;  // by register: whether any row of the block is
  std::vector<std::uint8_t> overflow_;
  bool any_overflow_ = false;
  std::vector<std::vector<std::uint32_t>> by_code_;  // by index: class of null, then of each code
  std::vector<std::uint32_t> class_;     // of the level that runs: sum of class * stride
  std::vector<std::uint32_t> leaves_;    // by table and row
  std::vector<std::uint8_t> all_fired_;  // by table
  // Tables whose graph ends early: the classes of the inputs left, and the words that are left.
  std::vector<std::uint32_t> rest_;
  std::vector<TableGraph::Word> words_;
  std::vector<std::vector<std::uint32_t>> lists_begin_;  // by table that collects, of its rows
  std::vector<std::vector<std::int32_t>> lists_;
};

}  // namespace decision
