#include "wording/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wording {

using decision::Evaluation;
using kernel::Code;
using kernel::Error;
using kernel::Result;

namespace {

constexpr std::array<std::string_view, 6> inputs = {
    "wording_class", "role", "identity_confirmed", "hardship", "channel", "position"};
constexpr std::size_t answers_max = 10'000;

bool collects(const decision::DecisionInfo& info, std::initializer_list<const char*> outputs) {
  if (!info.table || info.table->hit_policy != decision::HitPolicy::collect) return false;
  return std::all_of(outputs.begin(), outputs.end(), [&](const char* wanted) {
    const auto& all = info.table->outputs;
    return std::any_of(all.begin(), all.end(),
                       [&](const decision::OutputClause& one) { return one.name == wanted; });
  });
}

std::string text_of(const decision::Context& row, std::string_view name) {
  const decision::Value* value = row.find(name);
  return value == nullptr || value->is_null() ? std::string() : value->text();
}

// The rows of a table that collects: one context a row that fired.
Result<std::vector<const decision::Context*>> rows_of(const Evaluation& answer,
                                                      std::string_view file) {
  std::vector<const decision::Context*> rows;
  if (!answer.messages.empty())
    return Error{Code::unavailable, answer.messages.front(), std::string(file)};
  if (answer.value.is_null()) return rows;
  if (answer.value.kind() != decision::Kind::list)
    return Error{Code::unavailable, "the table does not give a list of rows", std::string(file)};
  for (const decision::Value& row : answer.value.list()) {
    if (row.kind() != decision::Kind::context)
      return Error{Code::unavailable, "a row of the table is no context", std::string(file)};
    rows.push_back(&row.context());
  }
  return rows;
}

Result<std::vector<WordText>> words_of(const decision::Model& model, const std::string& decision,
                                       std::string_view file) {
  const Evaluation answer = model.evaluate(decision, {});
  TRY_ASSIGN(const auto rows, rows_of(answer, file));
  std::vector<WordText> words;
  for (const decision::Context* row : rows)
    words.push_back({.word_id = text_of(*row, "code"),
                     .wording_class = text_of(*row, "wording_class"),
                     .pattern = text_of(*row, "pattern"),
                     .homophone = text_of(*row, "homophone"),
                     .unless = text_of(*row, "unless"),
                     .suggestion_zh = text_of(*row, "suggestion_zh"),
                     .suggestion_en = text_of(*row, "suggestion_en")});
  return words;
}

}  // namespace

Result<std::vector<WordText>> Judge::add(std::string_view file, std::string_view xml) {
  TRY_ASSIGN(decision::Model parsed, decision::Model::parse(xml, file));
  const auto model = std::make_shared<const decision::Model>(std::move(parsed));
  for (const decision::InputInfo& input : model->inputs())
    if (std::find(inputs.begin(), inputs.end(), input.name) == inputs.end())
      return Error{Code::invalid_input,
                   fmt::format("it needs '{}', which is not known of a text", input.name),
                   std::string(file)};
  std::vector<WordText> words;
  bool any = false;
  for (const decision::DecisionInfo& info : model->decisions()) {
    if (collects(info, {"code", "pattern", "wording_class"})) {
      TRY_ASSIGN(auto more, words_of(*model, info.name, file));
      words.insert(words.end(), more.begin(), more.end());
      any = true;
    } else if (collects(info, {"code", "severity"})) {
      tables_.push_back({std::string(file), info.name, model});
      any = true;
    }
  }
  if (!any)
    return Error{Code::invalid_input,
                 "it has no table with hit policy COLLECT that refuses (outputs code, severity) or "
                 "lists words (outputs code, pattern, wording_class)",
                 std::string(file)};
  return words;
}

Result<std::vector<Refusal>> Judge::ask(const std::string& wording_class,
                                        const Context& context) const {
  decision::Context facts;
  facts.set("wording_class", wording_class);
  facts.set("role", context.role);
  facts.set("identity_confirmed", context.identity_confirmed);
  facts.set("hardship", context.hardship);
  facts.set("channel", context.channel);
  facts.set("position", context.position);
  std::vector<Refusal> all;
  for (const Table& table : tables_) {
    const Evaluation answer = table.model->evaluate(table.decision, facts);
    TRY_ASSIGN(const auto rows, rows_of(answer, table.file));
    std::vector<const decision::FiredRow*> fired;
    for (const decision::FiredRow& row : answer.fired)
      if (row.decision == table.decision) fired.push_back(&row);
    if (rows.size() != fired.size())
      return Error{Code::unavailable, "its rows and its answer differ in number", table.file};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const decision::Context& row = *rows[i];
      all.push_back({.code = text_of(row, "code"),
                     .wording_class = wording_class,
                     // A severity nobody knows is the stricter one.
                     .severity = text_of(row, "severity") == "warn" ? "warn" : "block",
                     .citation = text_of(row, "citation"),
                     .rank = text_of(row, "rank"),
                     .certainty = text_of(row, "certainty"),
                     .reason_zh = text_of(row, "reason_zh"),
                     .reason_en = text_of(row, "reason_en"),
                     .effective_from = text_of(row, "effective_from"),
                     .file = table.file,
                     .version = table.model->version(),
                     .rule_id = fired[i]->rule_id,
                     .row = fired[i]->row});
    }
  }
  return all;
}

Result<std::vector<Refusal>> Judge::refusals(const std::string& wording_class,
                                             const Context& context) const {
  const std::string key =
      fmt::format("{}|{}|{}|{}|{}|{}", wording_class, context.role, context.identity_confirmed,
                  context.hardship, context.channel, context.position);
  {
    const std::shared_lock held(known_->mutex);
    if (const auto found = known_->answers.find(key); found != known_->answers.end())
      return found->second;
  }
  TRY_ASSIGN(auto answer, ask(wording_class, context));
  const std::unique_lock held(known_->mutex);
  if (known_->answers.size() >= answers_max) known_->answers.clear();
  known_->answers.emplace(key, answer);
  return answer;
}

}  // namespace wording
