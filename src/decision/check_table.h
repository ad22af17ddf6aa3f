#pragma once
// TableCheck: the findings of one decision table. check_table.cpp reads it and looks at its cells,
// check_rows.cpp at gaps, overlaps and rows that never decide, check_outputs.cpp at what it gives.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decision/check.h"
#include "decision/check_classes.h"
#include "decision/check_cover.h"
#include "decision/check_say.h"

namespace decision {

// What the interpreter says of one case.
struct Probed {
  std::vector<int> fired;  // 1-based
  Value value;
};

// All the constants an output can be; nullopt where they are not known.
using OutputValues = std::optional<std::vector<Value>>;

class TableCheck {
 public:
  TableCheck(const Table& table, const GivenOf& given, const CheckOptions& options);
  std::vector<Finding> run();
  // By output, after run(): what it can give to a decision downstream.
  const std::vector<OutputValues>& gives() const { return gives_; }

 private:
  struct Cell {  // of one text in one column
    std::size_t variable = 0;
    Variable::Taken taken;
    CellTests tests;
  };

  void read_rows();
  Box row_box(std::size_t row, bool may);
  const Cell& cell(std::size_t row, std::size_t column);
  void check_cells();
  void check_cell(std::size_t row, std::size_t column);
  std::optional<Say> cell_fault(const Cell& cell, std::size_t column) const;
  std::optional<Say> wrong_type(const Cell& cell, std::size_t column) const;
  void check_inputs();
  void check_accepted(const Variable& variable);

  void check_gaps();
  bool find_gaps(const Box& target, bool named);
  void check_overlaps();
  void check_overlap(std::size_t row, std::size_t other);
  void check_duplicates();
  void check_shadowed();
  void check_shadowed_row(std::size_t row, Cover& open, Cover& all,
                          const std::vector<std::size_t>& order);
  void report_shadowed(std::size_t row, const std::vector<std::size_t>& by);

  void read_outputs();
  void check_outputs();
  void check_output(std::size_t row_1, std::size_t output, const Value& value);
  void check_unreachable();
  std::vector<std::vector<std::size_t>> ranks() const;

  bool single_hit() const { return table_.info.hit_policy <= HitPolicy::first; }
  bool has_default() const;
  bool needs_answer() const;
  bool outputs_known(std::size_t row) const;
  bool same_outputs(std::size_t a, std::size_t b) const;

  Box box_of(Bits (*pick)(const Variable&)) const;
  Context case_in(const Box& box) const;
  // A case that the row takes but for one column, which has this value.
  Context case_of(std::size_t row, const std::string& expression, const Value& value);
  Probed probe(const Context& values) const;
  bool row_takes(std::size_t row, const Context& values) const;
  std::string region(const Box& box, const Box& of) const;
  Finding& report(const Say& say, const char* severity, std::size_t row_1,
                  const std::string& column, const Context* example);
  bool room_for(const char* kind);  // fewer than findings_max so far

  const Table& table_;
  const CheckOptions& options_;
  Table probed_;  // the same, with each input asked by its text
  std::vector<Variable> variables_;
  std::vector<std::size_t> variable_of_;  // by column
  Layout layout_;
  std::vector<std::map<std::string, Cell>> cells_;  // by column, then text
  bool analysed_ = true;
  bool too_large_ = false;          // boxes of all rows would not fit
  bool unproven_ = false;           // the bound of work was reached
  std::vector<Box> must_, may_;     // by row, within all()
  std::unique_ptr<Cover> takes_;    // the must of each row, within open()
  std::unique_ptr<Cover> reaches_;  // the may of each row, within open()
  std::vector<bool> dead_;          // rows no value can meet
  std::vector<bool> idle_;          // rows that never decide
  std::optional<bool> disjoint_;
  std::vector<std::vector<std::optional<Value>>> outputs_;  // by row; nullopt: calculated
  std::vector<OutputValues> gives_;
  std::map<std::string, std::size_t> counts_;
  std::vector<Finding> findings_;
};

}  // namespace decision
