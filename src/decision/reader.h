#pragma once
// Reader: from the XML of a model to Definitions. The steps are types, then elements and their
// requirements, then expressions, each with the names it may use.

#include <map>
#include <memory>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "decision/model.h"
#include "decision/parser.h"
#include "kernel/result.h"

namespace decision {

// The name of a tag without its namespace prefix.
std::string_view local_name(const pugi::xml_node& node);
bool is(const pugi::xml_node& node, std::string_view name);
pugi::xml_node child(const pugi::xml_node& node, std::string_view name);
std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name);
std::string text_of(const pugi::xml_node& node);  // of its <text> child, or its own
std::string attribute(const pugi::xml_node& node, const char* name);
std::string type_ref_of(const pugi::xml_node& node);  // the attribute, or DMN 1.1's element

class Reader {
 public:
  Reader(std::string_view where, const ParseOptions& options);
  kernel::Result<std::shared_ptr<const Definitions>> read(std::string_view xml);

 private:
  kernel::Status read_imports(const pugi::xml_node& root);
  kernel::Status read_types(const pugi::xml_node& root);
  TypePtr make_type(const pugi::xml_node& item, int depth);
  TypePtr constrained(const pugi::xml_node& item, TypePtr type);
  TypePtr find_type(const std::string& type_ref, int depth);
  TypePtr type_named(const std::string& type_ref);

  void read_elements(const pugi::xml_node& root);
  void read_service(const pugi::xml_node& node);
  kernel::Status read_requirements(const pugi::xml_node& root);
  kernel::Result<std::vector<Requirement>> requirements_of(const pugi::xml_node& node,
                                                           const std::string& element);
  kernel::Result<std::vector<Requirement>> references(const pugi::xml_node& node,
                                                      std::string_view tag,
                                                      const std::string& element);
  std::optional<Requirement> resolve(const std::string& href) const;
  std::optional<Requirement> resolve_in(const Definitions& model, std::string_view id) const;
  kernel::Status check_cycles() const;
  NameScope scope_of(const std::vector<Requirement>& required);

  kernel::Status read_bodies(const pugi::xml_node& root);
  kernel::Status read_knowledge(const pugi::xml_node& node, Knowledge& knowledge);

  // Boxed expressions. Each gives a node; in a strict model the first mistake is kept in error_.
  NodePtr boxed(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_child(const pugi::xml_node& parent, const NameScope& scope, int depth);
  NodePtr boxed_context(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_invocation(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_relation(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_list(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_function(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_conditional(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_filter(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_loop(const pugi::xml_node& node, const NameScope& scope, int depth);
  NodePtr boxed_table(const pugi::xml_node& node, const NameScope& scope);
  void read_table_columns(const pugi::xml_node& node, const NameScope& scope, Table& table);
  void read_table_output(const pugi::xml_node& node, const NameScope& scope, Table& table);
  void read_table_rule(const pugi::xml_node& node, const NameScope& scope, Table& table);

  NodePtr expression(const std::string& text, const NameScope& scope, const std::string& place);
  NodePtr tests(const std::string& text, const NameScope& scope, const std::string& place);
  NodePtr parsed(kernel::Result<NodePtr> result, const std::string& place);
  NodePtr mistake(const std::string& message, const std::string& place);
  kernel::Error error(std::string message, const std::string& element) const;

  std::string where_;
  ParseOptions options_;
  std::shared_ptr<Definitions> model_ = std::make_shared<Definitions>();
  ParseContext context_;
  std::map<std::string, pugi::xml_node> items_;  // item definitions by name
  std::set<std::string> open_types_;             // being made: meeting one again is a cycle
  std::map<std::string, Requirement, std::less<>> by_id_;
  std::string element_;  // what is being read, for messages
  std::optional<kernel::Error> error_;
};

}  // namespace decision
