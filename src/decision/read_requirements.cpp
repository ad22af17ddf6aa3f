// Inputs, decisions, knowledge models and services, what each requires, and that nothing requires
// itself.

#include <algorithm>
#include <fstream>
#include <iterator>

#include "decision/builtins.h"
#include "decision/reader.h"

namespace decision {

namespace {

// The bytes of the folder's model of that namespace, and where they lie.
std::optional<std::pair<std::string, std::string>> find_in_folder(const std::filesystem::path& in,
                                                                  const std::string& name) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(in, failed)) {
    if (entry.path().extension() != ".dmn") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string xml{std::istreambuf_iterator<char>(file), {}};
    if (has_namespace(xml, name)) return std::pair(std::move(xml), entry.path().string());
  }
  return std::nullopt;
}

}  // namespace

bool has_namespace(std::string_view xml, std::string_view namespace_uri) {
  const std::size_t start = xml.find("definitions");
  const std::size_t end = start == xml.npos ? start : xml.find('>', start);
  if (end == xml.npos) return false;
  const std::string wanted = " namespace=\"" + std::string(namespace_uri) + "\"";
  return xml.substr(start, end - start).find(wanted) != xml.npos;
}

kernel::Status Reader::read_imports(const pugi::xml_node& root) {
  constexpr int kImportsMax = 200;  // of one model, with those of its imports
  thread_local int imports = 0;
  if (options_.import_depth == 0) imports = 0;
  for (const pugi::xml_node& node : children(root, "import")) {
    std::string type = attribute(node, "importType");
    if (type.find("DMN") == std::string::npos && type.find("MODEL") == std::string::npos) continue;
    Import import{normal_name(attribute(node, "name")), attribute(node, "namespace"), nullptr};
    std::string element = "import " + import.name;
    if (options_.folder.empty() && !options_.find_import)
      return error("imports are not allowed here", element);
    std::optional<std::pair<std::string, std::string>> found;
    if (!options_.find_import) {
      found = find_in_folder(options_.folder, import.namespace_uri);
    } else if (auto bytes = options_.find_import(import.namespace_uri)) {
      found.emplace(std::move(*bytes), import.namespace_uri);
    }
    if (!found) return error("there is no model of the namespace it imports", element);
    if (options_.import_depth > 8) return error("imports itself", element);
    if (++imports > kImportsMax) return error("imports too many models", element);
    ParseOptions deeper = options_;
    ++deeper.import_depth;
    TRY_ASSIGN(import.model, read_definitions(found->first, found->second, deeper));
    model_->imports.push_back(std::move(import));
  }
  return kernel::Ok{};
}

void Reader::read_elements(const pugi::xml_node& root) {
  auto remember = [&](const pugi::xml_node& node, RequirementKind kind, std::size_t index) {
    by_id_[attribute(node, "id")] = {kind, nullptr, index, ""};
  };
  auto variable_name = [](const pugi::xml_node& node) {
    std::string name = normal_name(attribute(child(node, "variable"), "name"));
    return name.empty() ? normal_name(attribute(node, "name")) : name;
  };
  for (const pugi::xml_node& node : children(root, "inputData")) {
    InputData input{attribute(node, "id"), variable_name(node), "", nullptr};
    element_ = "inputData " + input.name;
    input.type_ref = type_ref_of(child(node, "variable"));
    input.type = type_named(input.type_ref);
    remember(node, RequirementKind::input, model_->inputs.size());
    model_->inputs.push_back(std::move(input));
  }
  for (const pugi::xml_node& node : children(root, "decision")) {
    Decision decision;
    decision.id = attribute(node, "id");
    decision.name = normal_name(attribute(node, "name"));
    decision.label = attribute(node, "label");
    decision.variable = variable_name(node);
    element_ = "decision " + decision.name;
    decision.type_ref = type_ref_of(child(node, "variable"));
    decision.type = type_named(decision.type_ref);
    remember(node, RequirementKind::decision, model_->decisions.size());
    model_->decisions.push_back(std::move(decision));
  }
  for (const pugi::xml_node& node : children(root, "businessKnowledgeModel")) {
    Knowledge knowledge;
    knowledge.id = attribute(node, "id");
    knowledge.name = variable_name(node);
    element_ = "businessKnowledgeModel " + knowledge.name;
    pugi::xml_node logic = child(node, "encapsulatedLogic");
    std::string ref = type_ref_of(logic);
    TypePtr type = type_named(ref.empty() ? type_ref_of(child(node, "variable")) : ref);
    knowledge.result = type && type->kind == Kind::function ? type->result : type;
    remember(node, RequirementKind::knowledge, model_->knowledge.size());
    model_->knowledge.push_back(std::move(knowledge));
  }
  for (const pugi::xml_node& node : children(root, "decisionService")) read_service(node);
}

void Reader::read_service(const pugi::xml_node& node) {
  Service service;
  service.id = attribute(node, "id");
  service.name = normal_name(attribute(node, "name"));
  element_ = "decisionService " + service.name;
  TypePtr type = type_named(type_ref_of(child(node, "variable")));
  service.result = type && type->kind == Kind::function ? type->result : type;
  by_id_[service.id] = {RequirementKind::service, nullptr, model_->services.size(), ""};
  model_->services.push_back(std::move(service));
}

std::optional<Requirement> Reader::resolve_in(const Definitions& model, std::string_view id) const {
  auto search = [&](const auto& elements, RequirementKind kind) -> std::optional<Requirement> {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (elements[i].id == id) return Requirement{kind, &model, i, ""};
    }
    return std::nullopt;
  };
  if (auto found = search(model.inputs, RequirementKind::input)) return found;
  if (auto found = search(model.decisions, RequirementKind::decision)) return found;
  if (auto found = search(model.knowledge, RequirementKind::knowledge)) return found;
  return search(model.services, RequirementKind::service);
}

std::optional<Requirement> Reader::resolve(const std::string& href) const {
  std::size_t hash = href.rfind('#');
  std::string uri = hash == std::string::npos ? "" : href.substr(0, hash);
  std::string id = hash == std::string::npos ? href : href.substr(hash + 1);
  if (uri.empty() || uri == model_->namespace_uri) {
    auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
  }
  for (const Import& import : model_->imports) {
    if (import.namespace_uri != uri) continue;
    auto found = resolve_in(*import.model, id);
    if (found) found->import_name = import.name;
    return found;
  }
  return std::nullopt;
}

kernel::Result<std::vector<Requirement>> Reader::references(const pugi::xml_node& node,
                                                            std::string_view tag,
                                                            const std::string& element) {
  std::vector<Requirement> found;
  for (const pugi::xml_node& reference : children(node, tag)) {
    std::string href = attribute(reference, "href");
    auto requirement = resolve(href);
    if (!requirement) return error("requires \"" + href + "\", which is not there", element);
    found.push_back(*requirement);
  }
  return found;
}

kernel::Result<std::vector<Requirement>> Reader::requirements_of(const pugi::xml_node& node,
                                                                 const std::string& element) {
  std::vector<Requirement> all;
  for (const char* group : {"informationRequirement", "knowledgeRequirement"}) {
    for (const pugi::xml_node& requirement : children(node, group)) {
      for (const char* tag : {"requiredInput", "requiredDecision", "requiredKnowledge"}) {
        TRY_ASSIGN(auto found, references(requirement, tag, element));
        all.insert(all.end(), found.begin(), found.end());
      }
    }
  }
  return all;
}

kernel::Status Reader::read_requirements(const pugi::xml_node& root) {
  std::size_t next = 0;
  for (const pugi::xml_node& node : children(root, "decision")) {
    Decision& decision = model_->decisions[next++];
    TRY_ASSIGN(decision.required, requirements_of(node, "decision " + decision.name));
  }
  next = 0;
  for (const pugi::xml_node& node : children(root, "businessKnowledgeModel")) {
    Knowledge& knowledge = model_->knowledge[next++];
    TRY_ASSIGN(knowledge.required,
               requirements_of(node, "businessKnowledgeModel " + knowledge.name));
  }
  next = 0;
  for (const pugi::xml_node& node : children(root, "decisionService")) {
    Service& service = model_->services[next++];
    std::string element = "decisionService " + service.name;
    TRY_ASSIGN(service.outputs, references(node, "outputDecision", element));
    TRY_ASSIGN(service.encapsulated, references(node, "encapsulatedDecision", element));
    TRY_ASSIGN(service.input_decisions, references(node, "inputDecision", element));
    TRY_ASSIGN(service.input_data, references(node, "inputData", element));
  }
  return kernel::Ok{};
}

kernel::Status Reader::check_cycles() const {
  enum class Mark { fresh, open, done };
  constexpr int kDepthMax = 150;  // whoever walks from decision to decision recurses
  std::vector<Mark> marks(model_->decisions.size(), Mark::fresh);
  std::vector<int> depths(model_->decisions.size(), 1);
  struct Step {
    std::size_t decision;
    std::size_t next;
  };
  for (std::size_t start = 0; start < marks.size(); ++start) {
    std::vector<Step> path{{start, 0}};
    if (marks[start] != Mark::fresh) continue;
    marks[start] = Mark::open;
    while (!path.empty()) {
      Step& step = path.back();
      const Decision& decision = model_->decisions[step.decision];
      if (step.next == decision.required.size()) {
        marks[step.decision] = Mark::done;
        int depth = depths[step.decision];
        if (depth > kDepthMax)
          return error("stands on too many others", "decision " + decision.name);
        path.pop_back();
        if (!path.empty()) {
          int& above = depths[path.back().decision];
          above = std::max(above, depth + 1);
        }
        continue;
      }
      const Requirement& required = decision.required[step.next++];
      if (required.kind != RequirementKind::decision || required.home != nullptr) continue;
      if (marks[required.index] == Mark::open) {
        return error("requires itself, through " + model_->decisions[required.index].name,
                     "decision " + decision.name);
      }
      if (marks[required.index] == Mark::done) {
        depths[step.decision] = std::max(depths[step.decision], depths[required.index] + 1);
        continue;
      }
      marks[required.index] = Mark::open;
      path.push_back({required.index, 0});
    }
  }
  return kernel::Ok{};
}

// The names that requirements bring. An imported element is reached through its import's name.
NameScope Reader::scope_of(const std::vector<Requirement>& required) {
  NameScope scope{&built_in_names(), {}};
  for (const Requirement& requirement : required) {
    const Definitions& home = requirement.home != nullptr ? *requirement.home : *model_;
    std::string name;
    switch (requirement.kind) {
      case RequirementKind::input:
        name = home.inputs[requirement.index].name;
        break;
      case RequirementKind::decision:
        name = home.decisions[requirement.index].variable;
        break;
      case RequirementKind::knowledge:
        name = home.knowledge[requirement.index].name;
        break;
      case RequirementKind::service:
        name = home.services[requirement.index].name;
        break;
    }
    if (!requirement.import_name.empty()) {
      context_.members.insert(name);
      name = requirement.import_name;
    }
    scope.names.push_back(name);
  }
  return scope;
}

}  // namespace decision
