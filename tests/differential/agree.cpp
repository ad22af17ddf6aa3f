#include "tests/differential/agree.h"

#include <algorithm>

#include "tests/differential/random_model.h"

namespace differential {

using namespace decision;

namespace {

constexpr std::size_t kRows = 24;
constexpr int kCases = 16;

Value value_of(const OutputColumn& column, std::size_t row) {
  if (!column.nulls.empty() && column.nulls[row] != 0) return {};
  if (column.kind == ColumnKind::number) return Decimal::scaled(column.numbers[row], column.scale);
  if (column.kind == ColumnKind::boolean) return column.flags[row] != 0;
  if (column.codes[row] < 0) return {};
  return column.dictionary[static_cast<std::size_t>(column.codes[row])];
}

// The least row of a table that fired.
std::int32_t least_fired(const Evaluation& evaluation, const std::string& table) {
  std::int32_t least = 0;
  for (const FiredRow& row : evaluation.fired) {
    if (row.decision == table && (least == 0 || row.row < least)) least = row.row;
  }
  return least;
}

std::string text_of(const Evaluation& evaluation) {
  std::string text = evaluation.value.source();
  for (const FiredRow& row : evaluation.fired) {
    text += "\n fired " + row.decision + ":" + std::to_string(row.row) + " " + row.rule_id + " " +
            row.annotation;
    for (const auto& [name, value] : row.inputs) text += " " + name + "=" + value.source();
  }
  for (const std::string& message : evaluation.messages) text += "\n says " + message;
  return text;
}

class Asker {
 public:
  Asker(const Model& model, const RandomModel& random, const std::string& decision, Tally& tally)
      : model_(model), random_(random), decision_(decision), tally_(tally) {}

  void by_column(const RandomColumns& columns) {
    auto program = model_.compile(decision_, random_.inputs);
    if (!program) return;  // interpreted, and its type is not said
    ++tally_.programs;
    tally_.lowered += program->lowered() ? 1 : 0;
    if (!program->lowered()) ++tally_.why[program->why_interpreted()];
    auto data = columns.data();
    auto result = program->run(data, 1, columns.rows, {.fired_rows = true});
    for (std::size_t row = 1; row < columns.rows; ++row) {
      ++tally_.pairs;
      Evaluation exact = model_.evaluate(decision_, columns.row(row));
      if (result) {
        compare_row(*program, *result, row - 1, exact, columns.row(row));
      } else {  // some row's answer does not fit its column: find which
        auto single = program->run(data, row, row + 1, {.fired_rows = true});
        if (single) compare_row(*program, *single, 0, exact, columns.row(row));
        if (!single) expect_unfit(*program, exact, single.error().message, columns.row(row));
      }
      if (!tally_.difference.empty()) return;
    }
    collected(*program, columns);
  }

  void by_case(Dice& dice) {
    auto program = model_.prepare(decision_, random_.inputs);
    if (!program) return differ("it cannot be prepared", {}, "", "");
    ++tally_.programs;
    tally_.lowered += program->lowered() ? 1 : 0;
    if (!program->lowered()) ++tally_.why[program->why_interpreted()];
    CaseRun run(*program);
    for (int i = 0; i < kCases && tally_.difference.empty(); ++i) {
      ++tally_.pairs;
      Context inputs = random_case(dice, random_.inputs);
      Evaluation exact = model_.evaluate(decision_, inputs);
      run.clear();
      for (const auto& [name, value] : inputs.entries()) {
        if (auto slot = program->slot(name)) run.set(*slot, value);
      }
      if (run.decide()) compare_outputs(*program, run, exact, inputs);
      Evaluation said = run.explain();
      if (text_of(said) != text_of(exact)) differ("case", inputs, text_of(said), text_of(exact));
      Value value = run.value();
      if (!(value == exact.value)) {
        differ("value of case", inputs, value.source(), exact.value.source());
      }
    }
  }

 private:
  void differ(const std::string& what, const Context& inputs, const std::string& got,
              const std::string& wanted) {
    if (!tally_.difference.empty()) return;
    tally_.difference = what + " of " + decision_ + " for " + Value(inputs).source() +
                        "\ncompiled: " + got + "\ninterpreted: " + wanted + "\n" + random_.xml;
  }

  static Value part_of(const Evaluation& exact, const std::string& name, std::size_t outputs) {
    if (exact.value.kind() != Kind::context || outputs == 0) return exact.value;
    const Value* part = exact.value.context().find(name);
    return part != nullptr ? *part : Value();
  }

  void compare_row(const ColumnProgram& program, const ColumnResult& result, std::size_t row,
                   const Evaluation& exact, const Context& inputs) {
    for (const OutputColumn& column : result.outputs) {
      Value got = value_of(column, row);
      Value wanted = part_of(exact, column.name, result.outputs.size());
      if (!(got == wanted)) differ("output " + column.name, inputs, got.source(), wanted.source());
    }
    for (std::size_t i = 0; i < program.tables().size(); ++i) {
      std::int32_t wanted = least_fired(exact, program.tables()[i]);
      std::int32_t got = result.fired_rows[i][row];
      if (got == wanted) continue;
      differ("row of " + program.tables()[i], inputs, std::to_string(got), std::to_string(wanted));
    }
  }

  // An error is right only where the exact answer cannot stand in the column.
  void expect_unfit(const ColumnProgram& program, const Evaluation& exact,
                    const std::string& message, const Context& inputs) {
    for (const OutputType& type : program.outputs()) {
      Value value = part_of(exact, type.name, program.outputs().size());
      bool fits = value.is_null();
      if (type.kind == ColumnKind::number && value.kind() == Kind::number) {
        fits = value.number().to_scaled(type.scale).has_value();
      }
      fits |= type.kind == ColumnKind::boolean && value.kind() == Kind::boolean;
      fits |= type.kind == ColumnKind::string && value.kind() == Kind::string;
      if (!fits) return;
    }
    differ("error", inputs, message, exact.value.source());
  }

  void collected(const ColumnProgram& program, const RandomColumns& columns) {
    if (program.tables().empty() || program.tables().back() != decision_) return;
    auto data = columns.data();
    auto status = program.run_collect(data, 0, columns.rows, [&](std::size_t row, auto rules) {
      Evaluation exact = model_.evaluate(decision_, columns.row(row));
      std::vector<std::int32_t> wanted;
      for (const FiredRow& fired : exact.fired) {
        if (fired.decision == decision_) wanted.push_back(fired.row);
      }
      if (std::equal(rules.begin(), rules.end(), wanted.begin(), wanted.end())) return;
      differ("rows collected", columns.row(row), std::to_string(rules.size()),
             std::to_string(wanted.size()));
    });
    if (!status) differ("collecting", {}, status.error().message, "");
  }

  void compare_outputs(const CaseProgram& program, const CaseRun& run, const Evaluation& exact,
                       const Context& inputs) {
    for (std::size_t i = 0; i < program.outputs().size(); ++i) {
      const OutputType& type = program.outputs()[i];
      Value got;
      if (run.is_null(i)) {
        got = Value();
      } else if (type.kind == ColumnKind::number) {
        got = Decimal::scaled(run.number(i), type.scale);
      } else if (type.kind == ColumnKind::boolean) {
        got = run.boolean(i);
      } else {
        got = run.text(i);
      }
      Value wanted = part_of(exact, type.name, program.outputs().size());
      if (!(got == wanted)) {
        differ("case output " + type.name, inputs, got.source(), wanted.source());
      }
    }
    for (std::size_t i = 0; i < program.tables().size(); ++i) {
      std::int32_t wanted = least_fired(exact, program.tables()[i]);
      if (run.fired_row(i) == wanted) continue;
      differ("case row of " + program.tables()[i], inputs, std::to_string(run.fired_row(i)),
             std::to_string(wanted));
    }
  }

  const Model& model_;
  const RandomModel& random_;
  const std::string& decision_;
  Tally& tally_;
};

}  // namespace

Tally run(std::int64_t pairs, std::uint64_t seed) {
  Tally tally;
  while (tally.pairs < pairs && tally.difference.empty()) {
    Dice dice(seed * 1'000'003 + static_cast<std::uint64_t>(tally.models));
    ++tally.models;
    RandomModel random = random_model(dice);
    auto model = Model::parse(random.xml, "random");
    if (!model) {
      ++tally.unread;
      bool too_many = tally.unread > 20 + tally.models / 10;
      if (too_many) tally.difference = "refused: " + model.error().message + random.xml;
      continue;
    }
    RandomColumns columns = random_columns(dice, random.inputs, kRows);
    for (const std::string& decision : random.decisions) {
      Asker asker(*model, random, decision, tally);
      asker.by_column(columns);
      if (tally.difference.empty()) asker.by_case(dice);
      if (!tally.difference.empty()) break;
    }
  }
  return tally;
}

}  // namespace differential
