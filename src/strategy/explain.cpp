#include "strategy/types.h"

namespace strategy {

namespace {

using decision::Context;
using decision::DecisionInfo;
using decision::Value;

// In the order of the night. Packs are the gate's, and it explains them itself.
constexpr std::string_view explained_files[] = {"bucket.dmn",    "scorecard.dmn", "risk_grade.dmn",
                                                "treatment.dmn", "priority.dmn",  "allocation.dmn"};

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

Context inputs_of(const DecisionInfo& info, const column::Sheet& accounts, std::size_t row) {
  Context inputs;
  for (const decision::InputInfo& input : info.inputs) {
    inputs.set(input.name, value_at(accounts, input.name, row));
  }
  return inputs;
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

// Outputs that are columns of the book under their own names; points and reason of a scorecard
// table, and the steps within a model, are not.
std::optional<bool> agrees(const Explained& said, const column::Sheet& accounts, std::size_t row,
                           bool table) {
  std::optional<bool> same;
  const std::string row_column = said.decision + "_row";
  if (table && accounts.has(row_column)) {
    same = value_at(accounts, row_column, row).to_int64() == said.row;
  }
  for (const auto& [name, text] : said.outputs) {
    if (!accounts.has(name)) continue;
    same = same.value_or(true) && shown(value_at(accounts, name, row)) == text;
  }
  return same;
}

void explain_decision(const ModelFile& file, const DecisionInfo& info,
                      const column::Sheet& accounts, std::size_t row,
                      std::vector<Explained>& explained) {
  const Context inputs = inputs_of(info, accounts, row);
  const decision::Evaluation answer = file.model->evaluate(info.name, inputs);
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
    if (!fired) one.agrees = agrees(one, accounts, row, true);
    explained.push_back(std::move(one));
    fired = true;
  }
  if (fired) return;
  for (const std::string& needed : info.decisions) {
    said.inputs.emplace_back(needed, shown(file.model->evaluate(needed, inputs).value));
  }
  said.agrees = agrees(said, accounts, row, info.table.has_value());
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
      explain_decision(*file, info, accounts, row, explained);
    }
  }
  return explained;
}

}  // namespace strategy
