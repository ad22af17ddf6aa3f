#include "decision/check_table.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "decision/evaluate.h"

namespace decision {

namespace {

Bits both(const Bits& a, const std::uint64_t* b) {
  Bits result = a;
  for (std::size_t w = 0; w < result.size(); ++w) result[w] &= b[w];
  return result;
}

bool empty(const Bits& bits) {
  return std::all_of(bits.begin(), bits.end(), [](std::uint64_t word) { return word == 0; });
}

std::string shown_column(const InputClause& input) {
  return input.label.empty() || input.label == input.expression
             ? input.expression
             : input.label + " " + input.expression;
}

}  // namespace

TableCheck::TableCheck(const Table& table, const GivenOf& given, const CheckOptions& options)
    : table_(table), options_(options), probed_(table) {
  variables_ = variables_of(table, given, options.whole_numbers);
  variable_of_.resize(table.inputs.size());
  layout_.begins.push_back(0);
  for (std::size_t at = 0; at < variables_.size(); ++at) {
    layout_.begins.push_back(layout_.begins.back() + variables_[at].words());
    for (std::size_t column : variables_[at].columns) variable_of_[column] = at;
  }
  for (std::size_t column = 0; column < table.inputs.size(); ++column) {
    auto name = std::make_shared<Node>();
    name->kind = NodeKind::name;
    name->text = table.info.inputs[column].expression;
    probed_.inputs[column].expression = name;
  }
  cells_.resize(table.inputs.size());
  dead_.resize(table.rules.size());
  idle_.resize(table.rules.size());
}

std::vector<Finding> TableCheck::run() {
  read_rows();
  read_outputs();
  check_inputs();
  check_outputs();
  if (!too_large_) {
    check_cells();
    check_duplicates();
    check_overlaps();
    check_gaps();
    check_shadowed();
  }
  check_unreachable();
  unproven_ |= too_large_ || takes_->used_up() || reaches_->used_up();
  if (unproven_) report(say::not_proven(), "note", 0, "", nullptr);
  return std::move(findings_);
}

const TableCheck::Cell& TableCheck::cell(std::size_t row, std::size_t column) {
  auto [at, added] = cells_[column].try_emplace(table_.info.rules[row].inputs[column]);
  if (added) {
    const Node& node = *table_.rules[row].tests[column];
    at->second.variable = variable_of_[column];
    at->second.tests = tests_of(node);
    at->second.taken = variables_[variable_of_[column]].taken(node);
  }
  return at->second;
}

// The box of a row within what its inputs can be: what it takes for certain, or may take.
Box TableCheck::row_box(std::size_t row, bool may) {
  Box box;
  for (const Variable& variable : variables_) {
    box.insert(box.end(), variable.all().begin(), variable.all().end());
  }
  for (std::size_t column = 0; column < table_.inputs.size(); ++column) {
    const Cell& of = cell(row, column);
    analysed_ &= of.taken.analysed;
    const Bits& bits = may ? of.taken.may : of.taken.must;
    const std::size_t begin = layout_.begins[of.variable];
    for (std::size_t w = 0; w < bits.size(); ++w) box[begin + w] &= bits[w];
  }
  return box;
}

void TableCheck::read_rows() {
  constexpr std::size_t kWordsMax = 16'000'000;  // of bits, four times over: half a gigabyte
  takes_ = std::make_unique<Cover>(layout_, options_.work_max);
  reaches_ = std::make_unique<Cover>(layout_, options_.work_max);
  too_large_ = table_.rules.size() * layout_.words() > kWordsMax;
  if (too_large_) return;
  const Box open = box_of([](const Variable& variable) { return variable.open(); });
  for (std::size_t row = 0; row < table_.rules.size(); ++row) {
    Box must = row_box(row, false), may = row_box(row, true);
    must_.push_back(must);
    may_.push_back(may);
    for (std::size_t w = 0; w < layout_.words(); ++w) {
      must[w] &= open[w];
      may[w] &= open[w];
    }
    takes_->add(must);
    reaches_->add(may);
  }
}

void TableCheck::check_cells() {
  std::string not_analysed;
  for (std::size_t column = 0; column < table_.inputs.size(); ++column) {
    bool analysed = true;
    for (std::size_t row = 0; row < table_.rules.size(); ++row) {
      check_cell(row, column);
      analysed &= cell(row, column).taken.analysed;
    }
    if (!analysed) {
      not_analysed += (not_analysed.empty() ? "" : ", ") + table_.info.inputs[column].expression;
    }
  }
  bool matters = needs_answer() || single_hit();
  if (!not_analysed.empty() && matters) {
    report(say::not_analysed(not_analysed), "note", 0, "", nullptr);
  }
}

std::optional<Say> TableCheck::wrong_type(const Cell& cell, std::size_t column) const {
  const Variable& variable = variables_[cell.variable];
  if (!variable.type || variable.type->any || variable.opaque) return std::nullopt;
  for (const Value& constant : cell.tests.constants) {
    if (constant.is_null() || constant.kind() == variable.type->kind) continue;
    // A test may also be an expression that is true or false by itself.
    if (constant.kind() == Kind::boolean && !cell.tests.ordered) continue;
    return say::wrong_type(shown_column(table_.info.inputs[column]), constant.source(),
                           kind_name(variable.type->kind));
  }
  return std::nullopt;
}

// What is wrong with a cell that takes nothing, or less than it says.
std::optional<Say> TableCheck::cell_fault(const Cell& cell, std::size_t column) const {
  const Variable& variable = variables_[cell.variable];
  const std::string name = shown_column(table_.info.inputs[column]);
  if (auto wrong = wrong_type(cell, column)) return wrong;
  if (!cell.taken.analysed) return std::nullopt;
  const bool nothing = empty(both(variable.all(), cell.taken.may.data()));
  std::string allowed = table_.info.inputs[column].allowed_values;
  if (allowed.empty() && variable.type) allowed = variable.type->allowed_text;
  if (allowed.empty() && variable.given.type) allowed = variable.given.type->allowed_text;
  for (const Value& constant : cell.tests.constants) {
    if (constant.is_null() || allowed.empty()) continue;
    if (!nothing && (constant.kind() != Kind::string || cell.tests.ordered)) continue;
    Evaluator evaluator;
    bool is_allowed = std::all_of(variable.allowed.begin(), variable.allowed.end(),
                                  [&](auto& t) { return evaluator.passes(*t, constant, Scope{}); });
    if (!is_allowed) return say::not_allowed(name, constant.source(), allowed);
  }
  if (!nothing) return std::nullopt;
  std::string text;
  for (const auto& [written, known] : cells_[column]) {
    if (&known == &cell) text = written;
  }
  if (!empty(both(variable.allowed_classes(), cell.taken.may.data()))) {
    return say::never_given(name, text, variable.given.decision);
  }
  return say::never_fires(name, text);
}

void TableCheck::check_cell(std::size_t row, std::size_t column) {
  const Cell& of = cell(row, column);
  const Variable& variable = variables_[of.variable];
  const auto fault = cell_fault(of, column);
  const bool nothing = empty(both(variable.all(), of.taken.may.data()));
  dead_[row] = dead_[row] || nothing;
  if (!fault) return;
  const bool error = nothing || std::string_view(fault->kind) == "type_error";
  // The value the cell asks for, where there is one: the row does not take it all the same.
  Value asked = variable.value(variable.classes() - 1);
  for (const Value& constant : of.tests.constants) {
    if (!constant.is_null()) asked = constant;
  }
  const Context example = case_of(row, variable.expression, asked);
  const auto fired = probe(example).fired;
  const bool shows =
      std::find(fired.begin(), fired.end(), static_cast<int>(row) + 1) == fired.end();
  report(*fault, error ? "error" : "warning", row + 1, variable.expression,
         shows ? &example : nullptr);
}

void TableCheck::check_inputs() {
  for (std::size_t at = 0; at < variables_.size(); ++at) {
    const Variable& variable = variables_[at];
    bool used = table_.rules.empty();
    for (std::size_t row = 0; row < table_.rules.size() && !used; ++row) {
      for (std::size_t column : variable.columns) {
        used |= table_.rules[row].tests[column]->kind != NodeKind::anything;
      }
    }
    if (!used) {
      report(say::unused_input(shown_column(table_.info.inputs[variable.columns[0]])), "warning", 0,
             variable.expression, nullptr);
    }
    check_accepted(variable);
  }
}

void TableCheck::check_accepted(const Variable& variable) {
  if (!variable.given.values) return;
  for (const Value& value : *variable.given.values) {
    Evaluator evaluator;
    bool accepted = value.is_null() ||
                    std::all_of(variable.allowed.begin(), variable.allowed.end(),
                                [&](auto& t) { return evaluator.passes(*t, value, Scope{}); });
    if (variable.type && !variable.type->any) {
      accepted = accepted && coerced(value, *variable.type).has_value();
    }
    if (accepted) continue;
    Context example = case_in(box_of([](const Variable& v) { return v.all(); }));
    example.set(variable.expression, value);
    if (!probe(example).fired.empty()) continue;
    report(say::not_accepted(shown_column(table_.info.inputs[variable.columns[0]]), value.source(),
                             variable.given.decision),
           "error", 0, variable.expression, &example);
  }
}

// ---- cases -------------------------------------------------------------------------------------

Box TableCheck::box_of(Bits (*pick)(const Variable&)) const {
  Box box;
  for (const Variable& variable : variables_) {
    const Bits bits = pick(variable);
    box.insert(box.end(), bits.begin(), bits.end());
  }
  return box;
}

// One case of the box; named values before others, and null last.
Context TableCheck::case_in(const Box& box) const {
  Context values;
  for (std::size_t at = 0; at < variables_.size(); ++at) {
    const Variable& variable = variables_[at];
    const std::uint64_t* bits = &box[layout_.begins[at]];
    std::optional<std::size_t> chosen;
    for (const Bits* of : {&variable.plain(), &variable.open(), &variable.all()}) {
      for (std::size_t i = 0; i < variable.classes() && !chosen; ++i) {
        if (has_bit(bits, i) && has_bit(of->data(), i)) chosen = i;
      }
    }
    values.set(variable.expression, chosen ? variable.value(*chosen) : Value());
  }
  return values;
}

Context TableCheck::case_of(std::size_t row, const std::string& expression, const Value& value) {
  Box box = row_box(row, true);
  for (std::size_t at = 0; at < variables_.size(); ++at) {
    if (variables_[at].expression != expression) continue;
    std::copy(variables_[at].all().begin(), variables_[at].all().end(),
              box.begin() + static_cast<std::ptrdiff_t>(layout_.begins[at]));
  }
  Context values = case_in(box);
  values.set(expression, value);
  return values;
}

Probed TableCheck::probe(const Context& values) const {
  Evaluator evaluator;
  Node node;
  node.kind = NodeKind::table;
  node.table = std::shared_ptr<const Table>(std::shared_ptr<void>(), &probed_);
  Value value = evaluator.evaluate(node, Scope{nullptr, &values});
  Probed probed{{}, std::move(value)};
  for (const FiredRow& fired : evaluator.take_fired()) {
    if (fired.decision == table_.owner) probed.fired.push_back(fired.row);
  }
  return probed;
}

bool TableCheck::row_takes(std::size_t row, const Context& values) const {
  for (std::size_t column = 0; column < table_.inputs.size(); ++column) {
    const Value* value = values.find(table_.info.inputs[column].expression);
    Evaluator evaluator;
    if (!evaluator.passes(*table_.rules[row].tests[column], *value, Scope{nullptr, &values})) {
      return false;
    }
  }
  return true;
}

Finding& TableCheck::report(const Say& said, const char* severity, std::size_t row_1,
                            const std::string& column, const Context* example) {
  Finding finding;
  finding.kind = said.kind;
  finding.severity = severity;
  finding.decision = table_.owner;
  finding.row = static_cast<int>(row_1);
  finding.column = column;
  finding.message_zh = said.zh;
  finding.message_en = said.en;
  if (example != nullptr) {
    for (const auto& [name, value] : example->entries()) {
      finding.example.emplace_back(name, value.source());
    }
  }
  ++counts_[finding.kind];
  findings_.push_back(std::move(finding));
  return findings_.back();
}

bool TableCheck::room_for(const char* kind) {
  return counts_[kind] < options_.findings_max;
}

// ---- the region of a gap in words --------------------------------------------------------------

std::string TableCheck::region(const Box& box, const Box& of) const {
  std::string text;
  for (std::size_t at = 0; at < variables_.size(); ++at) {
    const std::size_t begin = layout_.begins[at], end = layout_.begins[at + 1];
    const bool whole = std::equal(box.begin() + static_cast<std::ptrdiff_t>(begin),
                                  box.begin() + static_cast<std::ptrdiff_t>(end),
                                  of.begin() + static_cast<std::ptrdiff_t>(begin));
    if (whole) continue;
    text += (text.empty() ? "" : "; ") + variables_[at].expression + " " +
            variables_[at].shown(&box[begin]);
  }
  return text.empty() ? "-" : text;
}

}  // namespace decision
