#include "decision/model.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>

#include "decision/column_compiler.h"
#include "decision/evaluate.h"
#include "decision/table.h"

namespace decision {

const char* hit_policy_letter(HitPolicy policy, Aggregation aggregation) {
  constexpr const char* kLetters[] = {"U", "A", "P", "F", "R", "O"};
  constexpr const char* kCollect[] = {"C", "C+", "C#", "C<", "C>"};
  if (policy == HitPolicy::collect) return kCollect[static_cast<std::size_t>(aggregation)];
  return kLetters[static_cast<std::size_t>(policy)];
}

const Decision* find_decision(const Definitions& model, std::string_view name) {
  for (const Decision& decision : model.decisions) {
    if (decision.name == name) return &decision;
  }
  return nullptr;
}

kernel::Result<std::size_t> decision_index(const Definitions& model, std::string_view name) {
  const Decision* found = find_decision(model, name);
  if (found == nullptr) {
    return kernel::Error{kernel::Code::not_found,
                         "there is no decision \"" + std::string(name) + "\"", model.where};
  }
  return static_cast<std::size_t>(found - model.decisions.data());
}

std::shared_ptr<const Function> knowledge_function(const Definitions& model,
                                                   const Knowledge& knowledge) {
  auto function = std::make_shared<Function>();
  function->name = knowledge.name;
  function->parameters = knowledge.parameters;
  function->types = knowledge.types;
  function->result = knowledge.result;
  function->knowledge = &knowledge;
  function->home = &model;
  return function;
}

std::shared_ptr<const Function> service_function(const Definitions& model, const Service& service) {
  auto function = std::make_shared<Function>();
  function->name = service.name;
  for (const Requirement& input : service.input_data) {
    const Definitions& home = input.home != nullptr ? *input.home : model;
    function->parameters.push_back(home.inputs[input.index].name);
    function->types.push_back(home.inputs[input.index].type);
  }
  for (const Requirement& input : service.input_decisions) {
    const Definitions& home = input.home != nullptr ? *input.home : model;
    function->parameters.push_back(home.decisions[input.index].variable);
    function->types.push_back(home.decisions[input.index].type);
  }
  function->service = &service;
  function->home = &model;
  return function;
}

Value Evaluator::input_value(const InputData& input, const std::string& import_name) {
  const Value* given = nullptr;
  if (inputs_ != nullptr) {
    const Value* group = import_name.empty() ? nullptr : inputs_->find(import_name);
    if (group != nullptr && group->kind() == Kind::context) {
      given = group->context().find(input.name);
    }
    if (given == nullptr) given = inputs_->find(input.name);
  }
  return given == nullptr ? Value() : typed(*given, input.type, "input " + input.name);
}

Value Evaluator::required_value(const Definitions& model, const Requirement& required) {
  const Definitions& home = required.home != nullptr ? *required.home : model;
  switch (required.kind) {
    case RequirementKind::input:
      return input_value(home.inputs[required.index], required.import_name);
    case RequirementKind::decision:
      return decide(home, required.index);
    case RequirementKind::knowledge:
      return knowledge_function(home, home.knowledge[required.index]);
    case RequirementKind::service:
      return service_function(home, home.services[required.index]);
  }
  return {};
}

Context Evaluator::requirements(const Definitions& model,
                                const std::vector<Requirement>& required) {
  Context values;
  for (const Requirement& requirement : required) {
    const Definitions& home = requirement.home != nullptr ? *requirement.home : model;
    std::string name;
    if (requirement.kind == RequirementKind::input) name = home.inputs[requirement.index].name;
    if (requirement.kind == RequirementKind::decision) {
      name = home.decisions[requirement.index].variable;
    }
    if (requirement.kind == RequirementKind::knowledge) {
      name = home.knowledge[requirement.index].name;
    }
    if (requirement.kind == RequirementKind::service) name = home.services[requirement.index].name;
    Value value = required_value(model, requirement);
    if (requirement.import_name.empty()) {
      values.set(name, std::move(value));
      continue;
    }
    const Value* group = values.find(requirement.import_name);
    Context members = group != nullptr ? group->context() : Context();
    members.set(name, std::move(value));
    values.set(requirement.import_name, std::move(members));
  }
  return values;
}

Value Evaluator::decide(const Definitions& model, std::size_t index) {
  const Decision& decision = model.decisions[index];
  if (auto known = decided_.find(&decision); known != decided_.end()) return known->second;
  Nesting nesting(*this);
  if (too_deep()) return {};
  decided_[&decision] = Value();  // a model with a cycle is refused when it is read
  Context values = requirements(model, decision.required);
  Value value = evaluate(*decision.body, Scope{nullptr, &values});
  value = typed(value, decision.type, "decision " + decision.name);
  decided_[&decision] = value;
  return value;
}

struct Model::Kept {
  std::once_flag told;
  std::vector<DecisionInfo> decisions;
  std::mutex mutex;
  std::map<std::string, ColumnProgram> programs;  // by decision and inputs
};

Model::Model(std::shared_ptr<const Definitions> definitions)
    : definitions_(std::move(definitions)), kept_(std::make_shared<Kept>()) {}

kernel::Result<Model> Model::parse(std::string_view xml, std::string_view where,
                                   const ParseOptions& options) {
  TRY_ASSIGN(auto definitions, read_definitions(xml, where, options));
  return Model(std::move(definitions));
}

kernel::Result<Model> Model::load(const std::filesystem::path& file, const ParseOptions& options) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return kernel::Error{kernel::Code::not_found, "the model cannot be read", file.string()};
  }
  std::string xml{std::istreambuf_iterator<char>(stream), {}};
  ParseOptions with_folder = options;
  if (with_folder.folder.empty()) with_folder.folder = file.parent_path();
  if (with_folder.folder.empty()) with_folder.folder = ".";
  return parse(xml, file.string(), with_folder);
}

const std::string& Model::name() const {
  return definitions_->name;
}
std::vector<std::string> Model::import_namespaces() const {
  std::vector<std::string> all;
  for (const Import& import : definitions_->imports) all.push_back(import.namespace_uri);
  return all;
}
const std::string& Model::version() const {
  return definitions_->version;
}
const std::vector<std::string>& Model::problems() const {
  return definitions_->problems;
}

bool Model::has(std::string_view decision) const {
  return find_decision(*definitions_, decision) != nullptr;
}

namespace {

InputInfo input_info(const InputData& input) {
  InputInfo info{input.name, input.type_ref, "", ""};
  if (input.type && !input.type->any) info.base_type = kind_name(input.type->kind);
  if (input.type) info.allowed_values = input.type->allowed_text;
  return info;
}

void gather_inputs(const Definitions& model, const std::vector<Requirement>& required,
                   std::set<const void*>& seen, std::vector<InputInfo>& inputs) {
  for (const Requirement& requirement : required) {
    const Definitions& home = requirement.home != nullptr ? *requirement.home : model;
    if (requirement.kind == RequirementKind::input) {
      const InputData& input = home.inputs[requirement.index];
      if (seen.insert(&input).second) inputs.push_back(input_info(input));
    } else if (requirement.kind == RequirementKind::decision) {
      const Decision& decision = home.decisions[requirement.index];
      if (seen.insert(&decision).second) gather_inputs(home, decision.required, seen, inputs);
    } else if (requirement.kind == RequirementKind::knowledge) {
      const Knowledge& knowledge = home.knowledge[requirement.index];
      if (seen.insert(&knowledge).second) gather_inputs(home, knowledge.required, seen, inputs);
    }
  }
}

DecisionInfo decision_info(const Definitions& model, const Decision& decision) {
  DecisionInfo info;
  info.id = decision.id;
  info.name = decision.name;
  info.label = decision.label;
  info.type_ref = decision.type_ref;
  info.expression = decision.text;
  std::set<const void*> seen;
  gather_inputs(model, decision.required, seen, info.inputs);
  for (const Requirement& required : decision.required) {
    if (required.kind != RequirementKind::decision) continue;
    const Definitions& home = required.home != nullptr ? *required.home : model;
    info.decisions.push_back(home.decisions[required.index].name);
  }
  if (decision.body->kind == NodeKind::table) info.table = decision.body->table->info;
  return info;
}

}  // namespace

const std::vector<DecisionInfo>& Model::decisions() const {
  std::call_once(kept_->told, [&] {
    for (const Decision& decision : definitions_->decisions) {
      kept_->decisions.push_back(decision_info(*definitions_, decision));
    }
  });
  return kept_->decisions;
}

std::vector<InputInfo> Model::inputs() const {
  std::vector<InputInfo> infos;
  for (const InputData& input : definitions_->inputs) infos.push_back(input_info(input));
  return infos;
}

Evaluation Model::evaluate(std::string_view decision, const Context& inputs,
                           const EvaluateOptions& options) const {
  Evaluator evaluator(inputs, options.now ? &*options.now : nullptr);
  Value value;
  if (const auto index = decision_index(*definitions_, decision)) {
    value = evaluator.decide(*definitions_, *index);
  } else {
    evaluator.complain(index.error().message);
  }
  return {value, evaluator.take_messages(), evaluator.take_fired()};
}

Evaluation Model::evaluate_service(std::string_view service, const Context& inputs) const {
  Evaluator evaluator(inputs);
  for (const Service& found : definitions_->services) {
    if (found.name != service) continue;
    auto function = service_function(*definitions_, found);
    std::vector<Value> arguments;
    for (const std::string& parameter : function->parameters) {
      const Value* given = inputs.find(parameter);
      arguments.push_back(given != nullptr ? *given : Value());
    }
    Value value = evaluator.serve(*definitions_, found, arguments);
    return {value, evaluator.take_messages(), evaluator.take_fired()};
  }
  return {{}, {"there is no decision service \"" + std::string(service) + "\""}, {}};
}

Evaluation Model::call(std::string_view knowledge_model, const Context& arguments) const {
  Evaluator evaluator(arguments);
  for (const Knowledge& knowledge : definitions_->knowledge) {
    if (knowledge.name != knowledge_model) continue;
    std::vector<Value> values;
    for (const std::string& parameter : knowledge.parameters) {
      const Value* given = arguments.find(parameter);
      values.push_back(given != nullptr ? *given : Value());
    }
    Value value = evaluator.call(*knowledge_function(*definitions_, knowledge), values);
    return {value, evaluator.take_messages(), evaluator.take_fired()};
  }
  return {{}, {"there is no knowledge model \"" + std::string(knowledge_model) + "\""}, {}};
}

std::vector<InputInfo> inputs_needed(const Definitions& model, const Decision& decision) {
  std::vector<InputInfo> inputs;
  std::set<const void*> seen;
  gather_inputs(model, decision.required, seen, inputs);
  return inputs;
}

kernel::Result<CaseProgram> Model::prepare(std::string_view decision,
                                           const std::vector<ColumnType>& inputs) const {
  return compile_case(definitions_, decision, inputs);
}

kernel::Result<CaseProgram> Model::prepare_tables(const std::vector<std::string>& tables,
                                                  const std::vector<ColumnType>& inputs) const {
  return compile_tables(definitions_, tables, inputs);
}

kernel::Result<ColumnProgram> Model::compile(std::string_view decision,
                                             const std::vector<ColumnType>& inputs) const {
  std::string key(decision);
  for (const ColumnType& input : inputs) {
    key += "\n" + input.name + "\t" + std::to_string(static_cast<int>(input.kind)) + "\t" +
           std::to_string(input.scale) + (input.list ? "\tlist" : "");
  }
  const std::lock_guard lock(kept_->mutex);
  if (const auto found = kept_->programs.find(key); found != kept_->programs.end()) {
    return found->second;
  }
  TRY_ASSIGN(ColumnProgram program, compile_columns(definitions_, decision, inputs));
  return kept_->programs.emplace(std::move(key), std::move(program)).first->second;
}

}  // namespace decision
