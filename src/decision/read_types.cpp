// Item definitions: structures, collections, constraints, and what typeRef names.

#include <array>

#include "decision/builtins.h"
#include "decision/reader.h"

namespace decision {

namespace {

constexpr int kTypeDepthMax = 50;

}  // namespace

kernel::Status Reader::read_types(const pugi::xml_node& root) {
  for (const pugi::xml_node& item : children(root, "itemDefinition")) {
    items_[normal_name(attribute(item, "name"))] = item;
  }
  for (const Import& import : model_->imports) {
    for (const auto& [name, type] : import.model->types) {
      std::string full = import.name.empty() ? name : import.name + "." + name;
      model_->types[full] = type;
      context_.types[full] = type;
    }
  }
  for (const auto& [name, item] : items_) {
    element_ = "itemDefinition " + name;
    find_type(name, 0);
    if (error_) return *error_;
  }
  return kernel::Ok{};
}

// The type a typeRef names, made on first use; nullptr (with a problem) where there is none.
TypePtr Reader::find_type(const std::string& type_ref, int depth) {
  if (auto found = model_->types.find(type_ref); found != model_->types.end()) return found->second;
  auto item = items_.find(type_ref);
  if (item == items_.end()) {
    if (TypePtr built_in = built_in_type(type_ref)) return built_in;
    mistake("the type \"" + type_ref + "\" is not defined", "");
    return nullptr;
  }
  if (depth > kTypeDepthMax || !open_types_.insert(type_ref).second) {
    mistake("the type \"" + type_ref + "\" contains itself", "");
    return nullptr;
  }
  TypePtr type = make_type(item->second, depth + 1);
  open_types_.erase(type_ref);
  if (type) {
    model_->types[type_ref] = type;
    context_.types[type_ref] = type;
  }
  return type;
}

TypePtr Reader::type_named(const std::string& type_ref) {
  return type_ref.empty() ? nullptr : find_type(type_ref, 0);
}

TypePtr Reader::make_type(const pugi::xml_node& item, int depth) {
  if (depth > kTypeDepthMax || error_) return nullptr;
  auto components = children(item, "itemComponent");
  std::string ref = type_ref_of(item);
  TypePtr type;
  if (!components.empty()) {
    auto structure = std::make_shared<Type>(*built_in_type("context"));
    for (const pugi::xml_node& component : components) {
      std::string name = normal_name(attribute(component, "name"));
      TypePtr field = make_type(component, depth + 1);
      structure->fields.emplace_back(name, field ? field : built_in_type("Any"));
    }
    type = structure;
  } else if (pugi::xml_node function = child(item, "functionItem")) {
    auto signature = std::make_shared<Type>(*built_in_type("function"));
    for (const pugi::xml_node& parameter : children(function, "parameters")) {
      signature->parameters.push_back(type_named(type_ref_of(parameter)));
    }
    signature->result = type_named(attribute(function, "outputTypeRef"));
    type = signature;
  } else {
    type = ref.empty() ? built_in_type("Any") : find_type(ref, depth);
  }
  if (!type) return nullptr;
  return constrained(item, type);
}

TypePtr Reader::constrained(const pugi::xml_node& item, TypePtr type) {
  auto made = std::make_shared<Type>(*type);
  made->name = normal_name(attribute(item, "name"));
  if (pugi::xml_node allowed = child(item, "allowedValues")) {
    made->allowed_text = text_of(allowed);
    made->allowed = tests(made->allowed_text, built_in_names(), "allowed values");
  }
  if (!item.attribute("isCollection").as_bool()) return made;
  auto list = std::make_shared<Type>(*list_type(made));
  list->name = made->name;
  if (pugi::xml_node constraint = child(item, "typeConstraint")) {
    list->allowed_text = text_of(constraint);
    list->allowed = tests(list->allowed_text, built_in_names(), "type constraint");
  }
  return list;
}

}  // namespace decision
