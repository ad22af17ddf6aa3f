#pragma once
// Parses FEEL: expressions and unary tests. What enters is a text and the names and types it may
// use; what leaves is a Node, or where and why it could not be read. Never recurses without bound.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "decision/names.h"
#include "decision/node.h"
#include "kernel/result.h"

namespace decision {

// What a model knows that helps to read its expressions. Grows while they are read.
struct ParseContext {
  ParseContext();                          // knows the members of FEEL's own values
  std::map<std::string, TypePtr> types;    // item definitions
  std::set<std::string> members;           // names that may follow a dot
  std::vector<std::string> unknown_names;  // used without being known
};

kernel::Result<NodePtr> parse_expression(std::string_view text, const NameScope& scope,
                                         ParseContext& context);
// What a boxed loop goes over: an expression, or "1..n".
kernel::Result<NodePtr> parse_iteration(std::string_view text, const NameScope& scope,
                                        ParseContext& context);
kernel::Result<NodePtr> parse_unary_tests(std::string_view text, const NameScope& scope,
                                          ParseContext& context);
// "number", "list<tLoan>", "function<number, string> -> boolean".
kernel::Result<TypePtr> parse_type(std::string_view text, ParseContext& context);

}  // namespace decision
