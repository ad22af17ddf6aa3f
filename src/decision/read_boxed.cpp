// Boxed expressions: each becomes the same node as its counterpart in FEEL.

#include "decision/reader.h"

namespace decision {

namespace {

constexpr int kBoxDepthMax = 40;

std::shared_ptr<Node> make(NodeKind kind) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  return node;
}

bool is_expression(const pugi::xml_node& node) {
  for (const char* name :
       {"literalExpression", "decisionTable", "context", "invocation", "list", "relation",
        "functionDefinition", "conditional", "filter", "for", "some", "every"}) {
    if (is(node, name)) return true;
  }
  return false;
}

}  // namespace

NodePtr Reader::boxed_child(const pugi::xml_node& parent, const NameScope& scope, int depth) {
  for (const pugi::xml_node& node : parent.children()) {
    if (is_expression(node)) return boxed(node, scope, depth);
  }
  return mistake("has no expression", "");
}

NodePtr Reader::boxed(const pugi::xml_node& node, const NameScope& scope, int depth) {
  if (depth > kBoxDepthMax) return mistake("boxes are nested too deeply", "");
  std::string_view kind = local_name(node);
  if (kind == "literalExpression") {
    std::string language = attribute(node, "expressionLanguage");
    bool feel = language.empty() || language.find("FEEL") != std::string::npos ||
                language.find("feel") != std::string::npos;
    if (!feel) return mistake("only FEEL is read, not " + language, "");
    return expression(text_of(node), scope, "");
  }
  if (kind == "decisionTable") return boxed_table(node, scope);
  if (kind == "context") return boxed_context(node, scope, depth + 1);
  if (kind == "invocation") return boxed_invocation(node, scope, depth + 1);
  if (kind == "list") return boxed_list(node, scope, depth + 1);
  if (kind == "relation") return boxed_relation(node, scope, depth + 1);
  if (kind == "functionDefinition") return boxed_function(node, scope, depth + 1);
  if (kind == "conditional") return boxed_conditional(node, scope, depth + 1);
  if (kind == "filter") return boxed_filter(node, scope, depth + 1);
  return boxed_loop(node, scope, depth + 1);
}

NodePtr Reader::boxed_context(const pugi::xml_node& node, const NameScope& scope, int depth) {
  auto context = make(NodeKind::context);
  NameScope inner{&scope, {}};
  for (const pugi::xml_node& entry : children(node, "contextEntry")) {
    pugi::xml_node variable = child(entry, "variable");
    std::string name = normal_name(attribute(variable, "name"));
    if (pugi::xml_node function = child(entry, "functionDefinition"); function && !name.empty()) {
      inner.names.push_back(name);  // a function may call itself
      context->kids.push_back(boxed_child(entry, inner, depth));
    } else {
      context->kids.push_back(boxed_child(entry, inner, depth));
      inner.names.push_back(name);
    }
    context->names.push_back(name);
    context->types.push_back(type_named(type_ref_of(variable)));
  }
  return context;
}

NodePtr Reader::boxed_invocation(const pugi::xml_node& node, const NameScope& scope, int depth) {
  auto call = make(NodeKind::call);
  call->kids.push_back(boxed_child(node, scope, depth));
  for (const pugi::xml_node& binding : children(node, "binding")) {
    call->names.push_back(normal_name(attribute(child(binding, "parameter"), "name")));
    call->kids.push_back(boxed_child(binding, scope, depth));
  }
  return call;
}

NodePtr Reader::boxed_list(const pugi::xml_node& node, const NameScope& scope, int depth) {
  auto list = make(NodeKind::list);
  for (const pugi::xml_node& item : node.children()) {
    if (is_expression(item)) list->kids.push_back(boxed(item, scope, depth));
  }
  return list;
}

NodePtr Reader::boxed_relation(const pugi::xml_node& node, const NameScope& scope, int depth) {
  auto list = make(NodeKind::list);
  auto columns = children(node, "column");
  for (const pugi::xml_node& row : children(node, "row")) {
    auto context = make(NodeKind::context);
    for (const pugi::xml_node& cell : row.children()) {
      if (!is_expression(cell)) continue;
      if (context->kids.size() == columns.size()) return mistake("a row is too long", "relation");
      context->names.push_back(normal_name(attribute(columns[context->kids.size()], "name")));
      context->kids.push_back(boxed(cell, scope, depth));
    }
    list->kids.push_back(context);
  }
  return list;
}

NodePtr Reader::boxed_function(const pugi::xml_node& node, const NameScope& scope, int depth) {
  std::string kind = attribute(node, "kind");
  if (!kind.empty() && kind != "FEEL") return mistake("only functions in FEEL are run", "");
  auto function = make(NodeKind::function);
  NameScope inner{&scope, {}};
  for (const pugi::xml_node& parameter : children(node, "formalParameter")) {
    function->names.push_back(normal_name(attribute(parameter, "name")));
    function->types.push_back(type_named(type_ref_of(parameter)));
  }
  inner.names = function->names;
  function->kids.push_back(boxed_child(node, inner, depth));
  return function;
}

NodePtr Reader::boxed_conditional(const pugi::xml_node& node, const NameScope& scope, int depth) {
  auto conditional = make(NodeKind::conditional);
  conditional->text = "boxed";
  for (const char* part : {"if", "then", "else"}) {
    conditional->kids.push_back(boxed_child(child(node, part), scope, depth));
  }
  return conditional;
}

NodePtr Reader::boxed_filter(const pugi::xml_node& node, const NameScope& scope, int depth) {
  auto filter = make(NodeKind::filter);
  NameScope items{&scope, {"item"}};
  for (const std::string& member : context_.members) items.names.push_back(member);
  filter->kids.push_back(boxed_child(child(node, "in"), scope, depth));
  filter->kids.push_back(boxed_child(child(node, "match"), items, depth));
  return filter;
}

NodePtr Reader::boxed_loop(const pugi::xml_node& node, const NameScope& scope, int depth) {
  bool is_for = is(node, "for");
  auto loop = make(is_for             ? NodeKind::for_loop
                   : is(node, "some") ? NodeKind::some
                                      : NodeKind::every);
  loop->names.push_back(normal_name(attribute(node, "iteratorVariable")));
  NameScope inner{&scope, loop->names};
  if (is_for) inner.names.push_back("partial");
  pugi::xml_node in = child(child(node, "in"), "literalExpression");
  if (in) {
    context_.unknown_names.clear();
    loop->kids.push_back(parsed(parse_iteration(text_of(in), scope, context_), ""));
  } else {
    loop->kids.push_back(boxed_child(child(node, "in"), scope, depth));
  }
  loop->kids.push_back(boxed_child(child(node, is_for ? "return" : "satisfies"), inner, depth));
  return loop;
}

}  // namespace decision
