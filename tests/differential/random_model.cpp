// A random model: inputs with types and allowed values, a chain of tables and expressions, and a
// knowledge model.

#include "tests/differential/random_model.h"

namespace differential {

using decision::ColumnKind;

namespace {

struct Policy {
  const char* attributes;
  bool collects;    // the answer is a list
  bool aggregates;  // one number
};
constexpr Policy kPolicies[] = {{"hitPolicy=\"UNIQUE\"", false, false},
                                {"hitPolicy=\"FIRST\"", false, false},
                                {"hitPolicy=\"FIRST\"", false, false},
                                {"hitPolicy=\"ANY\"", false, false},
                                {"hitPolicy=\"PRIORITY\"", false, false},
                                {"hitPolicy=\"COLLECT\"", true, false},
                                {"hitPolicy=\"RULE ORDER\"", true, false},
                                {"hitPolicy=\"OUTPUT ORDER\"", true, false},
                                {"hitPolicy=\"COLLECT\" aggregation=\"SUM\"", false, true},
                                {"hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", false, true},
                                {"hitPolicy=\"COLLECT\" aggregation=\"MIN\"", false, true},
                                {"hitPolicy=\"COLLECT\" aggregation=\"MAX\"", false, true}};

const char* type_name(ColumnKind kind) {
  if (kind == ColumnKind::number) return "number";
  return kind == ColumnKind::string ? "string" : "boolean";
}

std::string element(const std::string& name, const std::string& text) {
  return "<" + name + "><text>" + escaped(text) + "</text></" + name + ">";
}

class Maker {
 public:
  explicit Maker(Dice& dice) : dice_(dice) {}

  RandomModel make() {
    int count = 2 + dice_.below(5);
    for (int i = 0; i < count; ++i) add_input(i);
    if (dice_.chance(40)) add_knowledge();
    int decisions = 1 + dice_.below(4);
    for (int i = 0; i < decisions; ++i) {
      if (dice_.chance(65)) {
        add_table(i);
      } else {
        add_expression(i);
      }
    }
    result_.xml = "<definitions name=\"m\" namespace=\"n\">" + types_ + body_ + "</definitions>";
    return std::move(result_);
  }

 private:
  void add_input(int number) {
    Named input{"in" + std::to_string(number), static_cast<ColumnKind>(dice_.below(3))};
    if (dice_.chance(40)) input.kind = ColumnKind::number;
    std::string type = type_name(input.kind);
    if (dice_.chance(20) && input.kind != ColumnKind::boolean) {
      std::string allowed = input.kind == ColumnKind::number
                                ? dice_.pick({"[-10..60]", "&gt; 0", "1, 2, 3, [10..50]"})
                                : "\"A\", \"B\", \"C\"";
      types_ += "<itemDefinition name=\"t" + input.name + "\"><typeRef>" + type +
                "</typeRef><allowedValues><text>" + allowed +
                "</text></allowedValues></itemDefinition>";
      type = "t" + input.name;
    }
    std::string ref = dice_.chance(90) ? " typeRef=\"" + type + "\"" : "";
    body_ += "<inputData id=\"i" + input.name + "\" name=\"" + input.name + "\"><variable name=\"" +
             input.name + "\"" + ref + "/></inputData>";
    needs_ += "<informationRequirement><requiredInput href=\"#i" + input.name +
              "\"/></informationRequirement>";
    int scale = input.kind == ColumnKind::number && dice_.chance(40) ? 2 : 0;
    result_.inputs.push_back({input.name, input.kind, scale});
    names_.push_back(input);
  }

  void add_knowledge() {
    std::vector<Named> inner = {{"a", ColumnKind::number}, {"b", ColumnKind::number}};
    std::string logic = "<literalExpression><text>" +
                        escaped(random_expression(dice_, ColumnKind::number, inner, 2)) +
                        "</text></literalExpression>";
    if (dice_.chance(40)) {
      logic =
          "<decisionTable hitPolicy=\"FIRST\"><input><inputExpression><text>a</text>"
          "</inputExpression></input><output typeRef=\"number\">" +
          (dice_.chance(50) ? element("defaultOutputEntry", "3") : std::string()) + "</output>";
      for (int i = 0; i < 3; ++i) {
        logic += "<rule>" + element("inputEntry", random_test(dice_, ColumnKind::number, {})) +
                 element("outputEntry", random_number(dice_)) + "</rule>";
      }
      logic += "</decisionTable>";
    }
    body_ +=
        "<businessKnowledgeModel id=\"k\" name=\"k\"><variable name=\"k\"/>"
        "<encapsulatedLogic><formalParameter name=\"a\" typeRef=\"number\"/>"
        "<formalParameter name=\"b\" typeRef=\"number\"/>" +
        logic + "</encapsulatedLogic></businessKnowledgeModel>";
    knowledge_ = "<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>";
  }

  std::string begin(const std::string& name, const std::string& variable_type) {
    std::string xml = "<decision id=\"d" + name + "\" name=\"" + name + "\"><variable name=\"" +
                      name + "\"" + variable_type + "/>" + needs_ + knowledge_;
    needs_ += "<informationRequirement><requiredDecision href=\"#d" + name +
              "\"/></informationRequirement>";
    result_.decisions.push_back(name);
    return xml;
  }

  void add_expression(int number) {
    std::string name = "L" + std::to_string(number);
    auto kind = static_cast<ColumnKind>(dice_.below(3));
    if (dice_.chance(50)) kind = ColumnKind::number;
    std::string type = std::string(" typeRef=\"") + type_name(kind) + "\"";
    std::string text = random_expression(dice_, kind, names_, 3);
    if (!knowledge_.empty() && kind == ColumnKind::number && dice_.chance(50)) {
      text = "k(" + random_expression(dice_, kind, names_, 1) + ", " + text + ")";
    }
    body_ += begin(name, type) + "<literalExpression><text>" + escaped(text) +
             "</text></literalExpression></decision>";
    names_.push_back({name, kind});
  }

  std::string input_clause(ColumnKind kind, const std::string& expression) {
    std::string values;
    if (kind == ColumnKind::number && dice_.chance(12)) {
      values = element("inputValues", dice_.pick({"[0..40]", "> -5", "1, 2, [5..60]"}));
    }
    if (kind == ColumnKind::string && dice_.chance(12)) {
      values = element("inputValues", "\"A\", \"B\", \"apple\"");
    }
    std::string type = dice_.chance(50) ? std::string(" typeRef=\"") + type_name(kind) + "\"" : "";
    return "<input><inputExpression" + type + "><text>" + escaped(expression) +
           "</text></inputExpression>" + values + "</input>";
  }

  void add_table(int number) {
    std::string name = "T" + std::to_string(number);
    const Policy& policy = kPolicies[dice_.below(static_cast<int>(std::size(kPolicies)))];
    std::string attributes = policy.attributes;
    bool fixed = policy.aggregates || attributes.find("ANY") != std::string::npos ||
                 attributes.find("OUTPUT") != std::string::npos ||
                 attributes.find("PRIORITY") != std::string::npos;
    std::vector<ColumnKind> kinds;
    std::string xml = "<decisionTable " + attributes + ">";
    int columns = 1 + dice_.below(5);
    for (int i = 0; i < columns; ++i) {
      auto at = static_cast<std::size_t>(dice_.below(static_cast<int>(names_.size())));
      std::string expression = names_[at].name;
      kinds.push_back(names_[at].kind);
      if (dice_.chance(10)) expression = random_expression(dice_, kinds.back(), names_, 2);
      xml += input_clause(kinds.back(), expression);
    }
    std::vector<ColumnKind> outputs = {ColumnKind::number};
    bool fallback = dice_.chance(40);
    if (policy.aggregates) {
      xml += "<output typeRef=\"number\">" +
             (fallback ? element("defaultOutputEntry", "7") : std::string()) + "</output>";
    } else {
      outputs = add_outputs(xml, fallback);
    }
    int rules = 1 + dice_.below(dice_.chance(8) ? 150 : 9);
    for (int i = 0; i < rules; ++i) xml += rule(kinds, outputs, fixed);
    bool has_type = outputs.size() == 1 && !policy.collects && dice_.chance(30);
    std::string type =
        has_type ? std::string(" typeRef=\"") + type_name(outputs[0]) + "\"" : std::string();
    body_ += begin(name, type) + xml + "</decisionTable></decision>";
    if (policy.collects) return;
    if (outputs.size() == 1) {
      names_.push_back({name, outputs[0]});
    } else {
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        names_.push_back({name + ".o" + std::to_string(i), outputs[i]});
      }
    }
  }

  std::vector<ColumnKind> add_outputs(std::string& xml, bool fallback) {
    std::vector<ColumnKind> kinds;
    int count = 1 + dice_.below(3);
    for (int i = 0; i < count; ++i) {
      auto kind = static_cast<ColumnKind>(dice_.below(3));
      kinds.push_back(kind);
      std::string content;
      if (kind == ColumnKind::string && dice_.chance(60)) {
        content = element("outputValues", R"("C", "A", "apple", "B", "", "Q")");
      }
      if (fallback && dice_.chance(80)) {
        content += element("defaultOutputEntry", random_constant(dice_, kind));
      }
      std::string name = count > 1 ? " name=\"o" + std::to_string(i) + "\"" : "";
      xml += "<output" + name + " typeRef=\"" + type_name(kind) + "\">" + content + "</output>";
    }
    return kinds;
  }

  std::string rule(const std::vector<ColumnKind>& kinds, const std::vector<ColumnKind>& outputs,
                   bool fixed) {
    std::string xml = "<rule>";
    for (ColumnKind kind : kinds) xml += element("inputEntry", random_test(dice_, kind, names_));
    for (ColumnKind kind : outputs) {
      std::string text = random_constant(dice_, kind);
      if (dice_.chance(3)) text = "null";
      if (!fixed && dice_.chance(8)) text = random_expression(dice_, kind, names_, 2);
      xml += element("outputEntry", text);
    }
    return xml + "</rule>";
  }

  Dice& dice_;
  RandomModel result_;
  std::vector<Named> names_;
  std::string types_;
  std::string body_;
  std::string needs_;
  std::string knowledge_;
};

}  // namespace

RandomModel random_model(Dice& dice) {
  return Maker(dice).make();
}

}  // namespace differential
