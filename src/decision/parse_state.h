#pragma once
// The parser's own class; parser.h is the door. Levels of precedence from loose to tight are
// expression, disjunction, conjunction, comparison, sum, product, power, unary, postfix, primary.

#include <string>
#include <string_view>
#include <vector>

#include "decision/parser.h"
#include "decision/scanner.h"

namespace decision {

class Parser {
 public:
  Parser(std::string_view text, const NameScope& scope, ParseContext& context)
      : scanner_(text), scope_(&scope), context_(context) {}

  // Each gives nullptr after a mistake; the first mistake is kept.
  NodePtr whole_expression();
  NodePtr whole_iteration();
  NodePtr whole_tests();
  TypePtr whole_type();
  kernel::Error error() const;

 private:
  struct Depth;  // counts nesting, so that no text can exhaust the stack
  struct Frame;  // names in force for a part of the text

  NodePtr fail(std::string message);
  bool too_long();  // a further link in a chain such as 1 + 1 + …
  bool expect(std::string_view symbol);
  bool expect_word(std::string_view word);

  NodePtr expression();
  NodePtr disjunction();
  NodePtr conjunction();
  NodePtr comparison();
  NodePtr comparison_with(NodePtr left, bool& more);
  NodePtr sum();
  NodePtr product();
  NodePtr power();
  NodePtr unary();
  NodePtr postfix();
  NodePtr primary();

  NodePtr between(NodePtr left);
  NodePtr in(NodePtr left);
  NodePtr instance_of(NodePtr left);
  NodePtr member(NodePtr left);
  NodePtr filter(NodePtr left);
  NodePtr call(NodePtr callee);
  bool closes_range() const;

  NodePtr name();
  NodePtr number();
  NodePtr string();
  NodePtr at_literal();
  NodePtr parenthesis();
  NodePtr bracket();
  NodePtr range_after(NodePtr low, bool low_closed);
  NodePtr conditional();
  NodePtr iteration();
  NodePtr loop(NodeKind kind);
  bool loop_variable(Node& node, Frame& frame);
  NodePtr function();
  NodePtr context();
  NodePtr keyword_expression();

  NodePtr test();
  NodePtr test_list(std::string_view closing);
  bool take_test_operator(Op& op);

  TypePtr type();
  TypePtr context_type();
  TypePtr function_type();
  TypePtr named_type();

  std::string raw_until(std::string_view stops);
  bool sees_named_argument() const;

  Scanner scanner_;
  const NameScope* scope_;
  ParseContext& context_;
  std::string message_;
  std::size_t message_at_ = 0;
  int depth_ = 0;
  int links_ = 0;
  int filters_ = 0;  // inside a filter, an unknown name may be a member of its items
  int range_ends_ = 0;
};

struct Parser::Depth {
  explicit Depth(Parser& parser) : parser_(parser) { ++parser_.depth_; }
  ~Depth() { --parser_.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  bool too_deep() const { return parser_.depth_ > 200; }
  Parser& parser_;
};

struct Parser::Frame {
  explicit Frame(Parser& parser) : names{parser.scope_, {}}, parser_(parser) {
    parser_.scope_ = &names;
  }
  ~Frame() { parser_.scope_ = names.outer; }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  NameScope names;
  Parser& parser_;
};

}  // namespace decision
