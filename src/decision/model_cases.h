#pragma once
// For tests of models: small ones written down quickly, read leniently and asked.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "decision/decision.h"

namespace decision {

inline std::string escaped(const std::string& text) {
  std::string result;
  for (char c : text) result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return result;
}

inline std::string literal(const std::string& feel) {
  return "<literalExpression><text>" + escaped(feel) + "</text></literalExpression>";
}

// Each requires all in `needs`: "i:x" an input, "d:X" a decision, "k:K" knowledge or a service.
inline std::string needs_xml(const std::vector<std::string>& needs) {
  std::string xml;
  for (const std::string& need : needs) {
    const char* tag = need[0] == 'i'   ? "requiredInput"
                      : need[0] == 'd' ? "requiredDecision"
                                       : "requiredKnowledge";
    const char* group = need[0] == 'k' ? "knowledgeRequirement" : "informationRequirement";
    xml += std::string("<") + group + "><" + tag + " href=\"#" + need.substr(2) + "\"/></" + group +
           ">";
  }
  return xml;
}

inline std::string decision(const std::string& name, const std::string& body,
                            const std::vector<std::string>& needs = {},
                            const std::string& type = "") {
  return "<decision id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name +
         "\" typeRef=\"" + type + "\"/>" + needs_xml(needs) + body + "</decision>";
}

inline std::string input(const std::string& name, const std::string& type = "") {
  return "<inputData id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name +
         "\" typeRef=\"" + type + "\"/></inputData>";
}

// parameters: "a" or "a:number"
inline std::string knowledge(const std::string& name, const std::vector<std::string>& parameters,
                             const std::string& body, const std::string& type = "",
                             const std::vector<std::string>& needs = {}) {
  std::string xml = "<businessKnowledgeModel id=\"" + name + "\" name=\"" + name +
                    "\"><variable name=\"" + name + "\" typeRef=\"" + type +
                    "\"/><encapsulatedLogic>";
  for (const std::string& parameter : parameters) {
    std::size_t colon = parameter.find(':');
    std::string ref = colon == std::string::npos ? "" : parameter.substr(colon + 1);
    xml += "<formalParameter name=\"" + parameter.substr(0, colon) + "\" typeRef=\"" + ref + "\"/>";
  }
  return xml + body + "</encapsulatedLogic>" + needs_xml(needs) + "</businessKnowledgeModel>";
}

inline std::string definitions(const std::string& inside) {
  return "<definitions name=\"m\" namespace=\"n\">" + inside + "</definitions>";
}

inline Evaluation ask_model(const std::string& inside, const std::string& name,
                            const Context& inputs = {}) {
  auto model = Model::parse(definitions(inside), "test.dmn", {.lenient = true});
  EXPECT_TRUE(model) << model.error().message << " at " << model.error().where;
  return model ? model->evaluate(name, inputs) : Evaluation{};
}

inline std::string answer(const std::string& inside, const std::string& name = "D",
                          const Context& inputs = {}) {
  return ask_model(inside, name, inputs).value.source();
}

}  // namespace decision
