#include "decision/reader.h"

#include <openssl/sha.h>

#include <algorithm>
#include <functional>

#include "decision/builtins.h"

namespace decision {

namespace {

constexpr std::size_t kBytesMax = 32 << 20;
constexpr int kTagDepthMax = 200;

std::string version_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (std::size_t i = 0; i < 6; ++i) {
    constexpr std::string_view kHex = "0123456789abcdef";
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

// Walks without recursion, so that a deep document is refused before anything recurses over it.
bool too_deep(const pugi::xml_node& root) {
  int depth = 0;
  pugi::xml_node node = root.first_child();
  while (node) {
    if (depth > kTagDepthMax) return true;
    if (node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && node != root && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (!node || node == root) return false;
    node = node.next_sibling();
  }
  return false;
}

// Nothing of a DOCTYPE is ever expanded, and no model has a use for one.
bool declares_entities(const pugi::xml_document& document) {
  auto is_doctype = [](const pugi::xml_node& node) { return node.type() == pugi::node_doctype; };
  return static_cast<bool>(document.find_child(is_doctype));
}

std::string line_of(std::string_view xml, std::ptrdiff_t offset) {
  auto end = xml.begin() + std::min<std::ptrdiff_t>(offset, std::ssize(xml));
  return std::to_string(std::count(xml.begin(), end, '\n') + 1);
}

}  // namespace

std::string_view local_name(const pugi::xml_node& node) {
  std::string_view name = node.name();
  std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is(const pugi::xml_node& node, std::string_view name) {
  return local_name(node) == name;
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  return node.find_child([&](const pugi::xml_node& kid) { return is(kid, name); });
}

std::vector<pugi::xml_node> children(const pugi::xml_node& node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (const pugi::xml_node& kid : node.children()) {
    if (is(kid, name)) found.push_back(kid);
  }
  return found;
}

std::string text_of(const pugi::xml_node& node) {
  pugi::xml_node text = child(node, "text");
  return text ? text.text().as_string() : node.text().as_string();
}

std::string attribute(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).as_string();
}

std::string type_ref_of(const pugi::xml_node& node) {
  std::string ref = attribute(node, "typeRef");
  if (ref.empty()) ref = child(node, "typeRef").text().as_string();
  std::size_t colon = ref.find(':');  // DMN 1.1 wrote feel:number
  return normal_name(colon == std::string::npos ? ref : ref.substr(colon + 1));
}

Reader::Reader(std::string_view where, const ParseOptions& options)
    : where_(where), options_(options) {}

kernel::Error Reader::error(std::string message, const std::string& element) const {
  return {kernel::Code::invalid_input, std::move(message),
          element.empty() ? where_ : where_ + ":" + element};
}

NodePtr Reader::mistake(const std::string& message, const std::string& place) {
  std::string element = place.empty() ? element_ : element_ + ", " + place;
  model_->problems.push_back(element + ": " + message);
  if (!options_.lenient && !error_) error_ = error(message, element);
  return error_node(element + ": " + message);
}

kernel::Result<std::shared_ptr<const Definitions>> Reader::read(std::string_view xml) {
  if (xml.size() > kBytesMax) return error("the model is larger than 32 MiB", "");
  pugi::xml_document document;
  auto parsed = document.load_buffer(
      xml.data(), xml.size(),
      pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype);
  if (!parsed) {
    return error(std::string("is not well-formed XML: ") + parsed.description(),
                 "line " + line_of(xml, parsed.offset));
  }
  if (declares_entities(document)) return error("a DOCTYPE is not taken", "");
  if (too_deep(document)) return error("the XML is nested too deeply", "");
  pugi::xml_node root = document.document_element();
  if (!is(root, "definitions")) return error("is not a DMN model: no <definitions>", "");
  model_->name = attribute(root, "name");
  model_->namespace_uri = attribute(root, "namespace");
  model_->version = version_of(xml);
  model_->where = where_;
  TRY(read_imports(root));
  TRY(read_types(root));
  read_elements(root);
  TRY(read_requirements(root));
  TRY(check_cycles());
  TRY(read_bodies(root));
  return std::shared_ptr<const Definitions>(model_);
}

kernel::Status Reader::read_bodies(const pugi::xml_node& root) {
  for (const char* named : {"variable", "output", "column", "itemComponent", "formalParameter"}) {
    root.find_node([&](const pugi::xml_node& node) {
      if (is(node, named)) context_.members.insert(normal_name(attribute(node, "name")));
      return false;
    });
  }
  std::size_t next = 0;
  for (const pugi::xml_node& node : children(root, "decision")) {
    Decision& decision = model_->decisions[next++];
    element_ = "decision " + decision.name;
    NameScope scope = scope_of(decision.required);
    decision.body = boxed_child(node, scope, 0);
    pugi::xml_node literal = child(node, "literalExpression");
    if (literal) decision.text = text_of(literal);
    if (error_) return *error_;
  }
  next = 0;
  for (const pugi::xml_node& node : children(root, "businessKnowledgeModel")) {
    TRY(read_knowledge(node, model_->knowledge[next++]));
  }
  return kernel::Ok{};
}

kernel::Status Reader::read_knowledge(const pugi::xml_node& node, Knowledge& knowledge) {
  element_ = "businessKnowledgeModel " + knowledge.name;
  pugi::xml_node logic = child(node, "encapsulatedLogic");
  NameScope scope = scope_of(knowledge.required);
  scope.names.push_back(knowledge.name);
  NameScope parameters{&scope, {}};
  for (const pugi::xml_node& parameter : children(logic, "formalParameter")) {
    knowledge.parameters.push_back(normal_name(attribute(parameter, "name")));
    knowledge.types.push_back(type_named(type_ref_of(parameter)));
  }
  parameters.names = knowledge.parameters;
  std::string kind = attribute(logic, "kind");
  if (!logic || (!kind.empty() && kind != "FEEL")) {
    knowledge.body = mistake("only logic in FEEL is run", "");
  } else {
    knowledge.body = boxed_child(logic, parameters, 0);
  }
  if (error_) return *error_;
  return kernel::Ok{};
}

NodePtr Reader::parsed(kernel::Result<NodePtr> result, const std::string& place) {
  if (!result) return mistake(result.error().message, place);
  if (!context_.unknown_names.empty()) {
    std::string name = context_.unknown_names.front();
    context_.unknown_names.clear();
    // The expression still has its place: only what uses the name is null when it runs.
    NodePtr refused = mistake("\"" + name + "\" is not known here", place);
    return options_.lenient ? *result : refused;
  }
  return *result;
}

NodePtr Reader::expression(const std::string& text, const NameScope& scope,
                           const std::string& place) {
  context_.unknown_names.clear();
  return parsed(parse_expression(text, scope, context_), place);
}

NodePtr Reader::tests(const std::string& text, const NameScope& scope, const std::string& place) {
  context_.unknown_names.clear();
  return parsed(parse_unary_tests(text, scope, context_), place);
}

kernel::Result<std::shared_ptr<const Definitions>> read_definitions(std::string_view xml,
                                                                    std::string_view where,
                                                                    const ParseOptions& options) {
  return Reader(where, options).read(xml);
}

}  // namespace decision
