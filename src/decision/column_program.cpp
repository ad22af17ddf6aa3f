// ColumnProgram::run: lowered blocks where there are any, and the interpreter for the other rows.

#include <algorithm>
#include <array>

#include "decision/column_run.h"
#include "decision/columns.h"
#include "decision/decision.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

kernel::Error refused(std::string message, const std::string& where) {
  return {kernel::Code::invalid_input, std::move(message), where};
}

struct ColumnShape {
  ColumnKind kind;
  std::size_t size;
};

ColumnShape shape_of(const ColumnData& column) {
  if (const auto* flags = std::get_if<Flags>(&column)) {
    return {ColumnKind::boolean, flags->flags.size()};
  }
  if (const auto* codes = std::get_if<Codes16>(&column)) {
    return {ColumnKind::string, codes->codes.size()};
  }
  if (const auto* codes = std::get_if<Codes32>(&column)) {
    return {ColumnKind::string, codes->codes.size()};
  }
  std::size_t size = 0;
  std::visit(
      [&](const auto& numbers) {
        if constexpr (requires { numbers.size(); }) size = numbers.size();
      },
      column);
  return {ColumnKind::number, size};
}

kernel::Status check_columns(const ColumnPlan& plan, std::span<const ColumnData> columns,
                             std::size_t begin, std::size_t end) {
  if (columns.size() != plan.inputs.size()) {
    return refused("has " + std::to_string(columns.size()) + " columns, not " +
                       std::to_string(plan.inputs.size()),
                   plan.decision);
  }
  if (begin > end) return refused("the rows end before they begin", plan.decision);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnShape shape = shape_of(columns[i]);
    if (shape.kind != plan.inputs[i].kind) {
      return refused("the column is of another kind", plan.inputs[i].name);
    }
    if (shape.size < end) return refused("the column is too short", plan.inputs[i].name);
  }
  return kernel::Ok{};
}

template <class Codes>
kernel::Result<Value> string_at(const Codes& column, std::size_t row, const std::string& name) {
  std::int64_t code = column.codes[row];
  if (code == -1) return Value();
  if (code < 0 || code >= std::ssize(column.dictionary)) {
    return refused("row " + std::to_string(row) + " has a code that is not in the dictionary",
                   name);
  }
  return Value(column.dictionary[static_cast<std::size_t>(code)]);
}

kernel::Result<Value> value_at(const ColumnData& column, const ColumnType& type, std::size_t row) {
  if (const auto* flags = std::get_if<Flags>(&column)) return Value(flags->flags[row] != 0);
  if (const auto* codes = std::get_if<Codes16>(&column)) return string_at(*codes, row, type.name);
  if (const auto* codes = std::get_if<Codes32>(&column)) return string_at(*codes, row, type.name);
  std::int64_t number = 0;
  std::visit(
      [&](const auto& numbers) {
        if constexpr (requires { std::int64_t{numbers[row]}; }) number = numbers[row];
      },
      column);
  return Value(Decimal::scaled(number, type.scale));
}

// Asks the interpreter about one row.
kernel::Result<Evaluation> interpreted(const ColumnPlan& plan, std::span<const ColumnData> columns,
                                       std::size_t row) {
  Context inputs;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    TRY_ASSIGN(Value value, value_at(columns[i], plan.inputs[i], row));
    inputs.set(plan.inputs[i].name, std::move(value));
  }
  Evaluator evaluator(inputs);
  const Decision* decision = find_decision(*plan.model, plan.decision);
  auto index = static_cast<std::size_t>(decision - plan.model->decisions.data());
  Value value = evaluator.decide(*plan.model, index);
  return Evaluation{value, evaluator.take_messages(), evaluator.take_fired()};
}

std::int32_t fired_row(const Evaluation& evaluation, const std::string& table) {
  std::int32_t first = 0;
  for (const FiredRow& row : evaluation.fired) {
    if (row.decision == table && (first == 0 || row.row < first)) first = row.row;
  }
  return first;
}

void append_null(OutputColumn& column, std::size_t rows_before) {
  column.nulls.resize(rows_before, 0);
  column.nulls.push_back(1);
  if (column.kind == ColumnKind::number) column.numbers.push_back(0);
  if (column.kind == ColumnKind::boolean) column.flags.push_back(0);
  if (column.kind == ColumnKind::string) column.codes.push_back(-1);
}

std::int32_t code_of(OutputColumn& column, const std::string& text) {
  auto found = std::find(column.dictionary.begin(), column.dictionary.end(), text);
  if (found == column.dictionary.end()) found = column.dictionary.insert(found, text);
  return static_cast<std::int32_t>(found - column.dictionary.begin());
}

kernel::Status append(OutputColumn& column, const Value& value, std::size_t rows_before) {
  if (value.is_null()) {
    append_null(column, rows_before);
    return kernel::Ok{};
  }
  if (!column.nulls.empty()) column.nulls.push_back(0);
  if (column.kind == ColumnKind::number && value.kind() == Kind::number) {
    if (auto number = value.number().to_scaled(column.scale)) {
      column.numbers.push_back(*number);
      return kernel::Ok{};
    }
  } else if (column.kind == ColumnKind::boolean && value.kind() == Kind::boolean) {
    column.flags.push_back(value.boolean() ? 1 : 0);
    return kernel::Ok{};
  } else if (column.kind == ColumnKind::string && value.kind() == Kind::string) {
    column.codes.push_back(code_of(column, value.string()));
    return kernel::Ok{};
  }
  return refused(value.source().substr(0, 60) + " does not fit the output column", column.name);
}

// Sets the shape of a result, keeping what memory it has.
void prepare(const ColumnPlan& plan, const RunOptions& options, std::size_t rows,
             ColumnResult& result) {
  result.outputs.resize(plan.outputs.size());
  for (std::size_t i = 0; i < plan.outputs.size(); ++i) {
    const OutputType& type = plan.outputs[i];
    OutputColumn& column = result.outputs[i];
    column.name = type.name;
    column.kind = type.kind;
    column.scale = type.scale;
    column.dictionary = type.dictionary;
    column.nulls.clear();
    column.numbers.reserve(type.kind == ColumnKind::number ? rows : 0);
    column.flags.reserve(type.kind == ColumnKind::boolean ? rows : 0);
    column.codes.reserve(type.kind == ColumnKind::string ? rows : 0);
  }
  result.fired_rows.resize(options.fired_rows ? plan.tables.size() : 0);
  for (auto& fired : result.fired_rows) fired.reserve(rows);
}

// The answers of the interpreter, row by row.
kernel::Status add_row(const ColumnPlan& plan, const Evaluation& evaluation, std::size_t rows,
                       ColumnResult& result) {
  for (OutputColumn& column : result.outputs) {
    Value value = evaluation.value;
    if (plan.structured && value.kind() == Kind::context) {
      const Value* entry = value.context().find(column.name);
      value = entry != nullptr ? *entry : Value();
    }
    TRY(append(column, value, rows));
  }
  for (std::size_t i = 0; i < result.fired_rows.size(); ++i) {
    result.fired_rows[i].push_back(fired_row(evaluation, plan.tables[i]));
  }
  return kernel::Ok{};
}

// The answers of a run, block by block, from row `at` of the result on.
class Blocks {
 public:
  Blocks(const ColumnPlan& plan, std::span<const ColumnData> columns, std::size_t rows,
         ColumnResult& result)
      : plan_(plan), rows_(rows), result_(result) {
    for (OutputColumn& column : result.outputs) {
      column.numbers.resize(column.kind == ColumnKind::number ? rows : 0);
      column.flags.resize(column.kind == ColumnKind::boolean ? rows : 0);
      column.codes.resize(column.kind == ColumnKind::string ? rows : 0);
    }
    for (auto& fired : result.fired_rows) fired.resize(rows);
    for (std::size_t i = 0; i < result.outputs.size(); ++i) {
      int from = plan.output_plans[i].dictionary;
      if (from < 0) continue;
      const ColumnData& column = columns[static_cast<std::size_t>(from)];
      const auto* narrow = std::get_if<Codes16>(&column);
      auto words = narrow != nullptr ? narrow->dictionary : std::get<Codes32>(column).dictionary;
      result.outputs[i].dictionary.assign(words.begin(), words.end());
    }
  }

  void add(ColumnRun& run, std::size_t at, std::size_t count) {
    for (std::size_t i = 0; i < result_.outputs.size(); ++i) {
      const OutputPlan& output = plan_.output_plans[i];
      if (output.table >= 0) {
        add_leaves(run, output, at, count, result_.outputs[i]);
      } else {
        add_register(run, output, at, count, result_.outputs[i]);
      }
    }
    for (std::size_t i = 0; i < result_.fired_rows.size(); ++i) {
      add_fired(run, plan_.fired_plans[i], &result_.fired_rows[i][at]);
    }
  }

 private:
  void add_nulls(OutputColumn& column, std::size_t at, std::size_t count,
                 const std::uint8_t* nulls) const {
    if (column.nulls.empty()) column.nulls.assign(rows_, 0);
    std::copy_n(nulls, count, &column.nulls[at]);
    for (std::size_t row = 0; row < count; ++row) {
      if (nulls[row] == 0) continue;
      if (column.kind == ColumnKind::number) column.numbers[at + row] = 0;
      if (column.kind == ColumnKind::boolean) column.flags[at + row] = 0;
    }
  }

  void add_leaves(const ColumnRun& run, const OutputPlan& output, std::size_t at, std::size_t count,
                  OutputColumn& column) const {
    auto number = static_cast<std::size_t>(output.table);
    const TableOutputPlan& table = plan_.table_plans[number].outputs[output.output];
    const std::uint32_t* leaf = run.leaves(number).data();
    if (column.kind == ColumnKind::number) {
      const std::int64_t* from = table.leaf_values.data();
      std::int64_t* to = &column.numbers[at];
      for (std::size_t row = 0; row < count; ++row) to[row] = from[leaf[row]];
    } else if (column.kind == ColumnKind::boolean) {
      std::uint8_t* to = &column.flags[at];
      for (std::size_t row = 0; row < count; ++row) to[row] = table.leaf_values[leaf[row]] == 1;
    } else {
      const std::int32_t* from = output.leaf_codes.data();
      std::int32_t* to = &column.codes[at];
      for (std::size_t row = 0; row < count; ++row) to[row] = from[leaf[row]];
    }
    if (run.all_fired(number) && !table.null_rules) return;
    std::array<std::uint8_t, kBlockRows> nulls;
    std::uint8_t any = 0;
    for (std::size_t row = 0; row < count; ++row) any |= nulls[row] = table.leaf_nulls[leaf[row]];
    if (any != 0) add_nulls(column, at, count, nulls.data());
  }

  void add_register(const ColumnRun& run, const OutputPlan& output, std::size_t at,
                    std::size_t count, OutputColumn& column) const {
    const std::int64_t* values = run.values(output.in);
    if (column.kind == ColumnKind::number) {
      std::copy_n(values, count, &column.numbers[at]);
    } else if (column.kind == ColumnKind::boolean) {
      for (std::size_t row = 0; row < count; ++row) column.flags[at + row] = values[row] == 1;
    } else if (output.dictionary >= 0) {
      for (std::size_t row = 0; row < count; ++row) {
        column.codes[at + row] = static_cast<std::int32_t>(values[row]);
      }
    } else {
      for (std::size_t row = 0; row < count; ++row) {
        auto code = static_cast<std::size_t>(values[row]);
        column.codes[at + row] = values[row] < 0 ? -1 : output.recode[code];
      }
    }
    if (run.has_null(output.in)) add_nulls(column, at, count, run.nulls(output.in));
  }

  void add_fired(ColumnRun& run, std::size_t table, std::int32_t* to) const {
    auto leaves = run.leaves(table);
    if (plan_.table_plans[table].collects) {
      for (std::size_t row = 0; row < leaves.size(); ++row) to[row] = run.first_fired(table, row);
      return;
    }
    for (std::size_t row = 0; row < leaves.size(); ++row) {
      to[row] = static_cast<std::int32_t>(std::max(leaves[row], kNoRule) - kNoRule);
    }
  }

  const ColumnPlan& plan_;
  std::size_t rows_;
  ColumnResult& result_;
};

// Replaces the answers of one row of a block that overflowed.
kernel::Status patch(ColumnResult& whole, ColumnResult& single, std::size_t row) {
  for (std::size_t i = 0; i < whole.outputs.size(); ++i) {
    OutputColumn& to = whole.outputs[i];
    OutputColumn& from = single.outputs[i];
    bool null = !from.nulls.empty();
    if (null && to.nulls.empty()) {
      to.nulls.resize(std::max({to.numbers.size(), to.flags.size(), to.codes.size()}), 0);
    }
    if (!to.nulls.empty()) to.nulls[row] = null ? 1 : 0;
    if (to.kind == ColumnKind::number) to.numbers[row] = from.numbers[0];
    if (to.kind == ColumnKind::boolean) to.flags[row] = from.flags[0];
    if (to.kind != ColumnKind::string) continue;
    to.codes[row] =
        null ? -1 : code_of(to, from.dictionary[static_cast<std::size_t>(from.codes[0])]);
  }
  for (std::size_t i = 0; i < whole.fired_rows.size(); ++i) {
    whole.fired_rows[i][row] = single.fired_rows[i][0];
  }
  return kernel::Ok{};
}

}  // namespace

kernel::Result<ColumnResult> ColumnProgram::run(std::span<const ColumnData> columns,
                                                std::size_t begin, std::size_t end,
                                                const RunOptions& options) const {
  ColumnResult result;
  TRY(run_into(result, columns, begin, end, options));
  return result;
}

kernel::Status ColumnProgram::run_into(ColumnResult& result, std::span<const ColumnData> columns,
                                       std::size_t begin, std::size_t end,
                                       const RunOptions& options) const {
  TRY(check_columns(*plan_, columns, begin, end));
  prepare(*plan_, options, end - begin, result);
  if (!lowered()) {
    for (OutputColumn& column : result.outputs) {
      column.numbers.clear();
      column.flags.clear();
      column.codes.clear();
    }
    for (auto& fired : result.fired_rows) fired.clear();
    for (std::size_t row = begin; row < end; ++row) {
      TRY_ASSIGN(auto evaluation, interpreted(*plan_, columns, row));
      TRY(add_row(*plan_, evaluation, row - begin, result));
    }
    return kernel::Ok{};
  }
  ColumnRun run(*plan_, columns);
  Blocks blocks(*plan_, columns, end - begin, result);
  std::vector<std::size_t> overflowed;
  for (std::size_t block = begin; block < end; block += kBlockRows) {
    std::size_t count = std::min(kBlockRows, end - block);
    run.run_block(block, count);
    blocks.add(run, block - begin, count);
    for (std::size_t row = 0; run.any_overflow() && row < count; ++row) {
      if (run.overflowed(row)) overflowed.push_back(block + row);
    }
  }
  for (std::size_t row : overflowed) {
    TRY_ASSIGN(auto evaluation, interpreted(*plan_, columns, row));
    ColumnResult single;
    prepare(*plan_, options, 1, single);
    TRY(add_row(*plan_, evaluation, 0, single));
    TRY(patch(result, single, row - begin));
  }
  return kernel::Ok{};
}

kernel::Status ColumnProgram::run_collect(std::span<const ColumnData> columns, std::size_t begin,
                                          std::size_t end, const OnFired& on_fired) const {
  TRY(check_columns(*plan_, columns, begin, end));
  auto ask_interpreter = [&](std::size_t row) -> kernel::Status {
    TRY_ASSIGN(auto evaluation, interpreted(*plan_, columns, row));
    std::vector<std::int32_t> rules;
    for (const FiredRow& fired : evaluation.fired) {
      if (fired.decision == plan_->decision) rules.push_back(fired.row);
    }
    on_fired(row, rules);
    return kernel::Ok{};
  };
  bool fast = lowered() && plan_->top_table >= 0 && plan_->collects;
  for (std::size_t row = begin; !fast && row < end; ++row) TRY(ask_interpreter(row));
  if (!fast) return kernel::Ok{};
  ColumnRun run(*plan_, columns);
  auto table = static_cast<std::size_t>(plan_->top_table);
  for (std::size_t block = begin; block < end; block += kBlockRows) {
    std::size_t count = std::min(kBlockRows, end - block);
    run.run_block(block, count);
    for (std::size_t row = 0; row < count; ++row) {
      if (run.overflowed(row)) {
        TRY(ask_interpreter(block + row));
      } else {
        on_fired(block + row, run.fired(table, row));
      }
    }
  }
  return kernel::Ok{};
}

}  // namespace decision
