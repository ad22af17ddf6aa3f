#include <algorithm>

#include "strategy/types.h"

namespace strategy {

namespace {

using decision::Context;
using decision::DecisionInfo;
using decision::Value;

// In the order of the night. Packs are the gate's, and it explains them itself.
constexpr std::string_view explained_files[] = {
    "bucket.dmn",       "scorecard.dmn", "risk_grade.dmn", "treatment.dmn",
    "expected_net.dmn", "priority.dmn",  "allocation.dmn"};

Value value_at(const column::Sheet& accounts, const std::string& name, std::size_t row) {
  if (!accounts.has(name)) return {};
  const auto number = [](auto value) { return Value(static_cast<std::int64_t>(value)); };
  switch (accounts.type(name)) {
    case column::Type::i8:
      return number(accounts.get<std::int8_t>(name)[row]);
    case column::Type::i16:
      return number(accounts.get<std::int16_t>(name)[row]);
    case column::Type::i32:
      return number(accounts.get<std::int32_t>(name)[row]);
    case column::Type::i64:
      return number(accounts.get<std::int64_t>(name)[row]);
    case column::Type::text:
      return Value(accounts.texts(name).at(row));
    case column::Type::code: {
      const column::Codes codes = accounts.codes(name);
      return codes.values[row] < 0 ? Value() : Value(codes.at(row));
    }
  }
  return {};
}

// `before`: what was decided on the way here, in place of what the book keeps; may be null.
Context inputs_of(const DecisionInfo& info, const column::Sheet& accounts, std::size_t row,
                  const Context* before) {
  Context inputs;
  for (const decision::InputInfo& input : info.inputs) {
    const Value* decided = before != nullptr ? before->find(input.name) : nullptr;
    inputs.set(input.name, decided != nullptr ? *decided : value_at(accounts, input.name, row));
  }
  return inputs;
}

// Columns of the book that the answer gives a value for.
void take_outputs(const DecisionInfo& info, const Value& value, const column::Sheet& accounts,
                  Context& before) {
  if (value.kind() != decision::Kind::context) {
    if (accounts.has(info.name)) before.set(info.name, value);
    return;
  }
  for (const auto& [name, part] : value.context().entries())
    if (accounts.has(name)) before.set(name, part);
}

std::string shown(const Value& value) {
  return value.is_null() ? "" : value.text();
}

std::vector<std::pair<std::string, std::string>> outputs_of(const DecisionInfo& info,
                                                            const Value& value) {
  std::vector<std::pair<std::string, std::string>> outputs;
  if (value.kind() != decision::Kind::context) return {{info.name, shown(value)}};
  for (const auto& [name, part] : value.context().entries()) {
    outputs.emplace_back(name, shown(part));
  }
  return outputs;
}

// Outputs that are columns of the book under their own names, and the row; points and reason of a
// scorecard table, and the steps within a model, are not kept.
void compare(Explained& said, const column::Sheet& accounts, std::size_t row, bool table) {
  const std::string row_column = said.decision + "_row";
  if (table && accounts.has(row_column)) {
    const Value kept = value_at(accounts, row_column, row);
    said.agrees = kept.to_int64() == said.row;
    said.recorded.emplace_back("row", shown(kept));
  }
  for (const auto& [name, text] : said.outputs) {
    if (!accounts.has(name)) continue;
    const std::string kept = shown(value_at(accounts, name, row));
    said.agrees = said.agrees.value_or(true) && kept == text;
    said.recorded.emplace_back(name, kept);
  }
}

void explain_decision(const ModelFile& file, const DecisionInfo& info,
                      const column::Sheet& accounts, std::size_t row, Context* before,
                      std::vector<Explained>& explained) {
  const Context inputs = inputs_of(info, accounts, row, before);
  const decision::Evaluation answer = file.model->evaluate(info.name, inputs);
  if (before != nullptr) take_outputs(info, answer.value, accounts, *before);
  Explained said{.file = file.file,
                 .decision = info.name,
                 .title = info.label.empty() ? info.name : info.label,
                 .version = file.version,
                 .outputs = outputs_of(info, answer.value),
                 .messages = answer.messages};
  bool fired = false;
  for (const decision::FiredRow& of : answer.fired) {
    if (of.decision != info.name) continue;
    Explained one = said;
    one.row = of.row;
    one.rule_id = of.rule_id;
    one.annotation = of.annotation;
    for (const auto& [name, value] : of.inputs) one.inputs.emplace_back(name, shown(value));
    if (!fired) compare(one, accounts, row, true);
    explained.push_back(std::move(one));
    fired = true;
  }
  if (fired) return;
  for (const std::string& needed : info.decisions) {
    said.inputs.emplace_back(needed, shown(file.model->evaluate(needed, inputs).value));
  }
  compare(said, accounts, row, info.table.has_value());
  explained.push_back(std::move(said));
}

}  // namespace

std::vector<Explained> explain(const Models& models, const column::Sheet& accounts,
                               std::size_t row) {
  const Models of_row =
      accounts.has(arm_column) ? models.of_arm(accounts.codes(arm_column).at(row)) : models;
  std::vector<Explained> explained;
  for (const std::string_view name : explained_files) {
    const ModelFile* file = of_row.find(name);
    if (file == nullptr) continue;
    for (const DecisionInfo& info : file->model->decisions()) {
      explain_decision(*file, info, accounts, row, nullptr, explained);
    }
  }
  return explained;
}

std::vector<Explained> decide_again(const Models& models, const column::Sheet& accounts,
                                    std::size_t row, std::string_view besides) {
  std::vector<std::string_view> names(std::begin(explained_files), std::end(explained_files));
  if (std::find(names.begin(), names.end(), besides) == names.end()) names.push_back(besides);
  std::vector<Explained> explained;
  Context before;
  for (const std::string_view name : names) {
    const ModelFile* file = models.find(name);
    if (file == nullptr) continue;
    for (const DecisionInfo& info : file->model->decisions())
      explain_decision(*file, info, accounts, row, &before, explained);
  }
  return explained;
}

}  // namespace strategy
