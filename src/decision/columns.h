#pragma once
// ColumnProgram: one decision on many rows. What enters are spans of integers, booleans and
// dictionary codes; what leaves is a column for each output component and the row that fired.
// The answers are exactly those of Model::evaluate, row by row; what cannot be lowered to integer
// work is interpreted instead (lowered() tells). Safe to run from many threads at once.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "decision/value.h"
#include "kernel/result.h"

namespace decision {

enum class ColumnKind { number, boolean, string };

// Numbers stand for integer / 10^scale: scale 2 reads fen as yuan. Integer columns hold no null;
// string codes may be -1, which is null.
struct ColumnType {
  std::string name;
  ColumnKind kind = ColumnKind::number;
  int scale = 0;
  bool list = false;  // a list of strings: only of programs that decide one case
};

struct Codes32 {
  std::span<const std::int32_t> codes;
  std::span<const std::string> dictionary;
};
struct Codes16 {
  std::span<const std::int16_t> codes;
  std::span<const std::string> dictionary;
};
struct Flags {
  std::span<const std::uint8_t> flags;  // 0 or 1
};
using ColumnData = std::variant<std::span<const std::int64_t>, std::span<const std::int32_t>,
                                std::span<const std::int16_t>, std::span<const std::int8_t>, Flags,
                                Codes32, Codes16>;

struct OutputColumn {
  std::string name;  // of the component; the decision's own where it has one
  ColumnKind kind = ColumnKind::number;
  int scale = 0;                      // of numbers
  std::vector<std::int64_t> numbers;  // by kind, one of these three is filled
  std::vector<std::uint8_t> flags;
  std::vector<std::int32_t> codes;      // into dictionary; -1 is null
  std::vector<std::string> dictionary;  // begins with the program's, so known codes are stable
  std::vector<std::uint8_t> nulls;      // 1 where the row is null; empty where none is
};

struct OutputType {
  std::string name;
  ColumnKind kind = ColumnKind::number;
  int scale = 0;
  std::vector<std::string> dictionary;  // strings known from the table's output entries
};

struct ColumnResult {
  std::vector<OutputColumn> outputs;
  // For each of ColumnProgram::tables(): the 1-based row that fired, 0 for none or the default.
  // Tables that collect give the first of their rows.
  std::vector<std::vector<std::int32_t>> fired_rows;
};

struct RunOptions {
  bool fired_rows = false;
};

struct ColumnPlan;  // column_plan.h

class ColumnProgram {
 public:
  explicit ColumnProgram(std::shared_ptr<const ColumnPlan> plan);

  const std::vector<ColumnType>& inputs() const;
  const std::vector<OutputType>& outputs() const;
  const std::vector<std::string>& tables() const;  // decisions that are tables, callers' order
  bool lowered() const;
  const std::string& why_interpreted() const;  // empty where lowered

  // Rows [begin, end) of the columns, given in the order of inputs(). Fails where a column is too
  // short or of another kind, or an answer does not fit its output column.
  kernel::Result<ColumnResult> run(std::span<const ColumnData> columns, std::size_t begin,
                                   std::size_t end, const RunOptions& options = {}) const;
  // The same into a result that was used before: its memory is used again.
  kernel::Status run_into(ColumnResult& result, std::span<const ColumnData> columns,
                          std::size_t begin, std::size_t end, const RunOptions& options = {}) const;

  // For a table that collects without aggregating: every rule that fires on each row, in order.
  using OnFired = std::function<void(std::size_t row, std::span<const std::int32_t> rules)>;
  kernel::Status run_collect(std::span<const ColumnData> columns, std::size_t begin,
                             std::size_t end, const OnFired& on_fired) const;

 private:
  std::shared_ptr<const ColumnPlan> plan_;
};

}  // namespace decision
