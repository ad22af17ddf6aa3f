#pragma once
// Definitions: what the XML of a model said, checked and with its references resolved.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "decision/decision.h"
#include "decision/node.h"

namespace decision {

struct Definitions;

enum class RequirementKind { input, decision, knowledge, service };

struct Requirement {
  RequirementKind kind = RequirementKind::input;
  const Definitions* home = nullptr;  // nullptr: the same model
  std::size_t index = 0;
  std::string import_name;  // how the other model is called here; may be empty
};

struct InputData {
  std::string id;
  std::string name;
  std::string type_ref;
  TypePtr type;  // may be null
};

struct Decision {
  std::string id;
  std::string name;
  std::string label;
  std::string variable;
  std::string type_ref;
  TypePtr type;  // may be null
  std::string text;
  NodePtr body;
  std::vector<Requirement> required;
};

struct Knowledge {
  std::string id;
  std::string name;
  std::vector<std::string> parameters;
  std::vector<TypePtr> types;
  TypePtr result;
  NodePtr body;
  std::vector<Requirement> required;
};

struct Service {
  std::string id;
  std::string name;
  TypePtr result;
  std::vector<Requirement> outputs;
  std::vector<Requirement> encapsulated;
  std::vector<Requirement> input_decisions;
  std::vector<Requirement> input_data;
};

struct Import {
  std::string name;
  std::string namespace_uri;
  std::shared_ptr<const Definitions> model;
};

struct Definitions {
  std::string name;
  std::string namespace_uri;
  std::string version;
  std::string where;
  std::map<std::string, TypePtr> types;
  std::vector<InputData> inputs;
  std::vector<Decision> decisions;
  std::vector<Knowledge> knowledge;
  std::vector<Service> services;
  std::vector<Import> imports;
  std::vector<std::string> problems;
};

const Decision* find_decision(const Definitions& model, std::string_view name);
// Its place in the model; not_found where there is no decision of that name.
kernel::Result<std::size_t> decision_index(const Definitions& model, std::string_view name);
// Every input datum it needs, also through others.
std::vector<InputInfo> inputs_needed(const Definitions& model, const Decision& decision);
std::shared_ptr<const Function> knowledge_function(const Definitions& model,
                                                   const Knowledge& knowledge);
std::shared_ptr<const Function> service_function(const Definitions& model, const Service& service);

kernel::Result<std::shared_ptr<const Definitions>> read_definitions(std::string_view xml,
                                                                    std::string_view where,
                                                                    const ParseOptions& options);

}  // namespace decision
