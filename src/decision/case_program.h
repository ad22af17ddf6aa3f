#pragma once
// CaseProgram: one decision, compiled, on one case at a time. Inputs are set by slot and answers
// read by number, so that deciding allocates nothing. The answers are exactly those of
// Model::evaluate; what the program cannot do, it asks of the interpreter. A program may be shared
// by threads; a CaseRun may not.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decision/columns.h"
#include "decision/value.h"
#include "kernel/result.h"

namespace decision {

struct Definitions;
struct Evaluation;  // decision.h
struct CasePlan;    // case_program.cpp
class CaseRows;     // case_rows.h
class CaseRun;

// A program of several tables that collect (Model::prepare_tables) has no answer but the rows that
// fire: outputs() is empty, and value() and explain() may not be asked.
class CaseProgram {
 public:
  explicit CaseProgram(std::shared_ptr<const CasePlan> plan);

  // Every input datum the decision needs, also through others; its place here is its slot.
  const std::vector<ColumnType>& inputs() const;
  std::optional<std::size_t> slot(std::string_view input) const;
  const std::vector<OutputType>& outputs() const;
  const std::vector<std::string>& tables() const;  // decisions that are tables
  // What each row of a table gives, of a program of several tables.
  std::span<const Value> row_values(std::size_t table) const;
  bool lowered() const;
  const std::string& why_interpreted() const;  // empty where lowered

 private:
  friend class CaseRows;
  friend class CaseRun;
  std::shared_ptr<const CasePlan> plan_;
};

class CaseRun {
 public:
  explicit CaseRun(const CaseProgram& program);
  CaseRun(CaseRun&&) noexcept;
  ~CaseRun();

  void clear();  // every input is null again
  // Numbers stand for number / 10^scale of the slot. A value of another kind than the slot's is
  // taken as it is, at the interpreter's pace.
  void set_number(std::size_t slot, std::int64_t number);
  void set_boolean(std::size_t slot, bool value);
  void set_string(std::size_t slot, std::string_view text);
  void set_null(std::size_t slot);
  void set_list(std::size_t slot, std::span<const std::string> items);
  void set(std::size_t slot, const Value& value);

  // True where the answers below can be read; false where only value() and explain() have them.
  // Of a program of several tables false, too, where the interpreter may have a message to give.
  bool decide();

  bool is_null(std::size_t output) const;
  std::int64_t number(std::size_t output) const;  // / 10^scale of the output
  bool boolean(std::size_t output) const;
  std::string_view text(std::size_t output) const;
  std::int32_t fired_row(std::size_t table) const;  // 1-based; the least; 0 for none
  std::span<const std::int32_t> fired_rows(std::size_t table) const;  // of a table that collects

  Value value() const;
  Evaluation explain() const;  // as Model::evaluate gives it: rows that fired with their inputs

 private:
  struct State;
  Evaluation interpreted() const;
  Value seen(int reg) const;
  std::unique_ptr<State> state_;
};

kernel::Result<CaseProgram> compile_case(std::shared_ptr<const Definitions> model,
                                         std::string_view decision,
                                         const std::vector<ColumnType>& inputs);
kernel::Result<CaseProgram> compile_tables(std::shared_ptr<const Definitions> model,
                                           const std::vector<std::string>& tables,
                                           const std::vector<ColumnType>& inputs);

}  // namespace decision
