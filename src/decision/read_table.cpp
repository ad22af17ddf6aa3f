// Decision tables: their columns, their rules, and the texts that people see of them.

#include "decision/reader.h"
#include "decision/table.h"

namespace decision {

namespace {

HitPolicy hit_policy_named(const std::string& name) {
  if (name == "ANY") return HitPolicy::any;
  if (name == "PRIORITY") return HitPolicy::priority;
  if (name == "FIRST") return HitPolicy::first;
  if (name == "RULE ORDER") return HitPolicy::rule_order;
  if (name == "OUTPUT ORDER") return HitPolicy::output_order;
  if (name == "COLLECT") return HitPolicy::collect;
  return HitPolicy::unique;
}

Aggregation aggregation_named(const std::string& name) {
  if (name == "SUM") return Aggregation::sum;
  if (name == "COUNT") return Aggregation::count;
  if (name == "MIN") return Aggregation::min;
  if (name == "MAX") return Aggregation::max;
  return Aggregation::none;
}

}  // namespace

NodePtr Reader::boxed_table(const pugi::xml_node& node, const NameScope& scope) {
  auto table = std::make_shared<Table>();
  table->owner = element_.substr(element_.find(' ') + 1);
  table->info.id = attribute(node, "id");
  table->info.hit_policy = hit_policy_named(attribute(node, "hitPolicy"));
  table->info.aggregation = aggregation_named(attribute(node, "aggregation"));
  read_table_columns(node, scope, *table);
  for (const pugi::xml_node& rule : children(node, "rule")) read_table_rule(rule, scope, *table);
  auto result = std::make_shared<Node>();
  result->kind = NodeKind::table;
  result->table = table;
  return result;
}

void Reader::read_table_columns(const pugi::xml_node& node, const NameScope& scope, Table& table) {
  for (const pugi::xml_node& input : children(node, "input")) {
    std::string place = "input " + std::to_string(table.inputs.size() + 1);
    pugi::xml_node given = child(input, "inputExpression");
    pugi::xml_node values = child(input, "inputValues");
    InputClause text{attribute(input, "label"), normal_name(text_of(given)), type_ref_of(given),
                     text_of(values)};
    TableInput column;
    column.expression = expression(text_of(given), scope, place);
    column.type = type_named(text.type_ref);
    if (!text.allowed_values.empty()) {
      column.allowed = tests(text.allowed_values, scope, place + " values");
    }
    table.inputs.push_back(std::move(column));
    table.info.inputs.push_back(std::move(text));
  }
  for (const pugi::xml_node& output : children(node, "output")) {
    read_table_output(output, scope, table);
  }
  for (const pugi::xml_node& annotation : children(node, "annotation")) {
    table.info.annotations.push_back(attribute(annotation, "name"));
  }
  if (table.outputs.empty()) mistake("the table has no output", "");
}

void Reader::read_table_output(const pugi::xml_node& node, const NameScope& scope, Table& table) {
  std::string place = "output " + std::to_string(table.outputs.size() + 1);
  OutputClause text{normal_name(attribute(node, "name")), attribute(node, "label"),
                    type_ref_of(node), text_of(child(node, "outputValues")),
                    text_of(child(node, "defaultOutputEntry"))};
  TableOutput column;
  column.name = text.name;
  column.type = type_named(text.type_ref);
  if (!text.values.empty()) {
    column.allowed = tests(text.values, scope, place + " values");
  } else if (column.type) {
    column.allowed = column.type->allowed;
  }
  if (!text.default_entry.empty()) {
    column.default_entry = expression(text.default_entry, scope, place + " default");
  }
  table.outputs.push_back(std::move(column));
  table.info.outputs.push_back(std::move(text));
}

void Reader::read_table_rule(const pugi::xml_node& node, const NameScope& scope, Table& table) {
  std::string place = "row " + std::to_string(table.rules.size() + 1);
  TableRule rule;
  RuleText text;
  text.id = attribute(node, "id");
  auto inputs = children(node, "inputEntry");
  auto outputs = children(node, "outputEntry");
  if (inputs.size() != table.inputs.size() || outputs.size() != table.outputs.size()) {
    mistake("does not have a cell for each column", place);
    return;
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::string cell = place + ", input " + std::to_string(i + 1);
    text.inputs.push_back(text_of(inputs[i]));
    std::string written = normal_name(text.inputs.back());
    NameScope with_input{&scope, {"?"}};
    rule.tests.push_back(tests(written.empty() ? "-" : text.inputs.back(), with_input, cell));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    std::string cell = place + ", output " + std::to_string(i + 1);
    text.outputs.push_back(text_of(outputs[i]));
    bool empty = normal_name(text.outputs.back()).empty();
    rule.outputs.push_back(expression(empty ? "null" : text.outputs.back(), scope, cell));
  }
  for (const pugi::xml_node& annotation : children(node, "annotationEntry")) {
    text.annotations.push_back(text_of(annotation));
  }
  text.annotations.resize(table.info.annotations.size());
  table.rules.push_back(std::move(rule));
  table.info.rules.push_back(std::move(text));
}

}  // namespace decision
