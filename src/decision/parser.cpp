#include "decision/parser.h"

#include <array>

#include "decision/parse_state.h"
#include "decision/properties.h"

namespace decision {

namespace {

std::shared_ptr<Node> make(NodeKind kind, std::vector<NodePtr> kids = {}) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->kids = std::move(kids);
  return node;
}

NodePtr make_binary(Op op, NodePtr left, NodePtr right) {
  auto node = make(NodeKind::binary, {std::move(left), std::move(right)});
  node->op = op;
  return node;
}

struct OpSpelling {
  const char* text;
  Op op;
};
constexpr std::array<OpSpelling, 6> kComparisons = {{{"<=", Op::less_equal},
                                                     {">=", Op::greater_equal},
                                                     {"!=", Op::not_equal},
                                                     {"<", Op::less},
                                                     {">", Op::greater},
                                                     {"=", Op::equal}}};

}  // namespace

NodePtr Parser::fail(std::string message) {
  if (message_.empty()) {
    message_ = std::move(message);
    message_at_ = scanner_.at();
  }
  return nullptr;
}

// Chains make trees that are as deep as they are long, and whoever walks a tree recurses.
bool Parser::too_long() {
  constexpr int kLinksMax = 5000;
  if (++links_ <= kLinksMax) return false;
  fail("has too many operators");
  return true;
}

kernel::Error Parser::error() const {
  std::string_view text = scanner_.text();
  std::string near(text.substr(std::min(message_at_, text.size()), 20));
  std::string place = near.empty() ? "at its end" : "at \"" + near + "\"";
  return {kernel::Code::invalid_input, message_ + " " + place + " in \"" + std::string(text) + "\"",
          "character " + std::to_string(message_at_ + 1)};
}

bool Parser::expect(std::string_view symbol) {
  if (scanner_.take(symbol)) return true;
  fail("expected \"" + std::string(symbol) + "\"");
  return false;
}

bool Parser::expect_word(std::string_view word) {
  if (scanner_.take_word(word)) return true;
  fail("expected \"" + std::string(word) + "\"");
  return false;
}

NodePtr Parser::whole_expression() {
  NodePtr node = expression();
  if (node && !scanner_.done()) return fail("did not expect more");
  return node;
}

NodePtr Parser::whole_iteration() {
  NodePtr node = iteration();
  if (node && !scanner_.done()) return fail("did not expect more");
  return node;
}

NodePtr Parser::whole_tests() {
  if (scanner_.sees("-")) {
    std::size_t start = scanner_.at();
    scanner_.take("-");
    if (scanner_.done()) return make(NodeKind::anything);
    scanner_.go_to(start);
  }
  std::size_t start = scanner_.at();
  if (scanner_.take_word("not") && scanner_.take("(")) {
    NodePtr tests = test_list(")");
    if (tests && scanner_.done()) {
      auto negated = std::make_shared<Node>(*tests);
      negated->negated = true;
      return negated;
    }
    message_.clear();
  }
  scanner_.go_to(start);
  return test_list("");
}

NodePtr Parser::expression() {
  Depth depth(*this);
  if (depth.too_deep()) return fail("is nested too deeply");
  return disjunction();
}

NodePtr Parser::disjunction() {
  NodePtr left = conjunction();
  while (left && scanner_.take_word("or")) {
    if (too_long()) return nullptr;
    NodePtr right = conjunction();
    left = right ? make(NodeKind::disjunction, {left, right}) : nullptr;
  }
  return left;
}

NodePtr Parser::conjunction() {
  NodePtr left = comparison();
  while (left && scanner_.take_word("and")) {
    if (too_long()) return nullptr;
    NodePtr right = comparison();
    left = right ? make(NodeKind::conjunction, {left, right}) : nullptr;
  }
  return left;
}

NodePtr Parser::comparison() {
  NodePtr left = sum();
  bool more = true;
  while (left && more) {
    left = comparison_with(left, more);
    if (left && more && too_long()) return nullptr;
  }
  return left;
}

NodePtr Parser::comparison_with(NodePtr left, bool& more) {
  if (scanner_.take_word("between")) return between(left);
  if (scanner_.take_word("in")) return in(left);
  for (const OpSpelling& spelling : kComparisons) {
    if (!scanner_.take(spelling.text)) continue;
    NodePtr right = sum();
    return right ? make_binary(spelling.op, left, right) : nullptr;
  }
  more = false;
  return left;
}

NodePtr Parser::between(NodePtr left) {
  NodePtr low = sum();
  if (!low || !expect_word("and")) return nullptr;
  NodePtr high = sum();
  return high ? make(NodeKind::between, {left, low, high}) : nullptr;
}

NodePtr Parser::in(NodePtr left) {
  NodePtr tests;
  if (scanner_.take("(")) {
    tests = test_list(")");
  } else {
    NodePtr single = test();
    if (single) tests = make(NodeKind::tests, {single});
  }
  return tests ? make(NodeKind::in, {left, tests}) : nullptr;
}

NodePtr Parser::sum() {
  NodePtr left = product();
  while (left && (scanner_.sees("+") || scanner_.sees("-"))) {
    if (too_long()) return nullptr;
    Op op = scanner_.sees("+") ? Op::add : Op::subtract;
    scanner_.take(op == Op::add ? "+" : "-");
    NodePtr right = product();
    left = right ? make_binary(op, left, right) : nullptr;
  }
  return left;
}

NodePtr Parser::product() {
  NodePtr left = power();
  while (left && (scanner_.sees("*") || scanner_.sees("/"))) {
    if (too_long()) return nullptr;
    Op op = scanner_.sees("*") ? Op::multiply : Op::divide;
    scanner_.take(op == Op::multiply ? "*" : "/");
    NodePtr right = power();
    left = right ? make_binary(op, left, right) : nullptr;
  }
  return left;
}

NodePtr Parser::power() {
  NodePtr left = unary();
  while (left && scanner_.take("**")) {
    if (too_long()) return nullptr;
    NodePtr right = unary();
    left = right ? make_binary(Op::power, left, right) : nullptr;
  }
  return left;
}

NodePtr Parser::unary() {
  Depth depth(*this);
  if (depth.too_deep()) return fail("is nested too deeply");
  if (scanner_.take("-")) {
    NodePtr operand = unary();
    return operand ? make(NodeKind::negate, {operand}) : nullptr;
  }
  NodePtr node = postfix();
  if (node && scanner_.sees_word("instance")) return instance_of(node);
  return node;
}

NodePtr Parser::instance_of(NodePtr left) {
  scanner_.take_word("instance");
  if (!expect_word("of")) return nullptr;
  TypePtr wanted = type();
  if (!wanted) return nullptr;
  auto node = make(NodeKind::instance_of, {left});
  node->types.push_back(wanted);
  return node;
}

NodePtr Parser::postfix() {
  NodePtr node = primary();
  while (node) {
    if (scanner_.sees(".") && !scanner_.sees("..")) {
      node = member(node);
    } else if (scanner_.sees("[") && !(range_ends_ > 0 && closes_range())) {
      node = filter(node);
    } else if (scanner_.sees("(")) {
      node = call(node);
    } else {
      break;
    }
    if (too_long()) return nullptr;
  }
  return node;
}

// Whether "[" ends a range that is open at the top, as in [1..10[, rather than begins a filter.
bool Parser::closes_range() const {
  Scanner ahead = scanner_;
  ahead.take("[");
  constexpr std::string_view kAfterRange = ")],}=!<>*/+.";
  bool mark = kAfterRange.find(ahead.peek()) != std::string_view::npos;
  for (const char* word : {"and", "or", "then", "else", "return", "satisfies", "in"}) {
    mark |= ahead.sees_word(word);
  }
  return ahead.done() || mark;
}

NodePtr Parser::member(NodePtr left) {
  scanner_.take(".");
  std::string text;
  if (auto known = longest_name(scanner_.text(), scanner_.at(), context_.members)) {
    text = known->name;
    scanner_.go_to(known->end);
  } else {
    std::string_view word = scanner_.peek_word();
    if (word.empty()) return fail("expected a name after the dot");
    text = std::string(word);
    scanner_.go_to(scanner_.at() + word.size());
  }
  auto node = make(NodeKind::member, {left});
  node->text = text;
  return node;
}

NodePtr Parser::filter(NodePtr left) {
  scanner_.take("[");
  ++filters_;
  NameScope items{scope_, {"item"}};
  const NameScope* outer = scope_;
  scope_ = &items;
  int range_ends = std::exchange(range_ends_, 0);
  NodePtr condition = expression();
  range_ends_ = range_ends;
  scope_ = outer;
  --filters_;
  if (!condition || !expect("]")) return nullptr;
  return make(NodeKind::filter, {left, condition});
}

bool Parser::sees_named_argument() const {
  std::string_view rest = scanner_.text().substr(scanner_.at());
  if (rest.empty() || !is_name_start(rest[0])) return false;
  std::size_t end = 0;
  while (end < rest.size() && (is_name_part(rest[end]) || rest[end] == ' ')) ++end;
  return end < rest.size() && rest[end] == ':';
}

NodePtr Parser::call(NodePtr callee) {
  Depth depth(*this);
  if (depth.too_deep()) return fail("is nested too deeply");
  scanner_.take("(");
  int range_ends = std::exchange(range_ends_, 0);
  auto node = make(NodeKind::call, {callee});
  bool named = sees_named_argument();
  while (!scanner_.sees(")")) {
    if (named) {
      node->names.push_back(raw_until(":"));
      if (!expect(":")) return nullptr;
    }
    NodePtr argument = expression();
    if (!argument) return nullptr;
    node->kids.push_back(argument);
    if (!scanner_.take(",")) break;
  }
  range_ends_ = range_ends;
  return expect(")") ? node : nullptr;
}

bool Parser::take_test_operator(Op& op) {
  for (const OpSpelling& spelling : kComparisons) {
    if (!scanner_.take(spelling.text)) continue;
    op = spelling.op;
    return true;
  }
  return false;
}

NodePtr Parser::test() {
  Op op = Op::equal;
  if (take_test_operator(op)) {
    NodePtr operand = sum();
    if (!operand) return nullptr;
    auto node = make(NodeKind::test, {operand});
    node->op = op;
    return node;
  }
  return expression();
}

// Tests with commas between, up to the closing symbol ("" means the end of the text). A range that
// is open below looks like a list at first: (1..5].
NodePtr Parser::test_list(std::string_view closing) {
  auto node = make(NodeKind::tests);
  do {
    NodePtr entry = test();
    if (entry && node->kids.empty() && !closing.empty() && scanner_.sees("..")) {
      NodePtr range = range_after(entry, false);
      return range ? make(NodeKind::tests, {range}) : nullptr;
    }
    if (!entry) return nullptr;
    node->uses_input |= mentions(*entry, "?");
    node->kids.push_back(entry);
  } while (scanner_.take(","));
  if (!closing.empty() && !expect(closing)) return nullptr;
  if (closing.empty() && !scanner_.done()) return fail("did not expect more");
  return node;
}

std::string Parser::raw_until(std::string_view stops) {
  std::string_view rest = scanner_.text().substr(scanner_.at());
  std::size_t end = std::min(rest.find_first_of(stops), rest.size());
  scanner_.go_to(scanner_.at() + end);
  return normal_name(rest.substr(0, end));
}

ParseContext::ParseContext() : members(property_names().begin(), property_names().end()) {}

kernel::Result<NodePtr> parse_expression(std::string_view text, const NameScope& scope,
                                         ParseContext& context) {
  Parser parser(text, scope, context);
  NodePtr node = parser.whole_expression();
  if (!node) return parser.error();
  return node;
}

kernel::Result<NodePtr> parse_iteration(std::string_view text, const NameScope& scope,
                                        ParseContext& context) {
  Parser parser(text, scope, context);
  NodePtr node = parser.whole_iteration();
  if (!node) return parser.error();
  return node;
}

kernel::Result<NodePtr> parse_unary_tests(std::string_view text, const NameScope& scope,
                                          ParseContext& context) {
  NameScope with_input{&scope, {"?"}};
  Parser parser(text, with_input, context);
  NodePtr node = parser.whole_tests();
  if (!node) return parser.error();
  return node;
}

kernel::Result<TypePtr> parse_type(std::string_view text, ParseContext& context) {
  NameScope none;
  Parser parser(text, none, context);
  TypePtr type = parser.whole_type();
  if (!type) return parser.error();
  return type;
}

}  // namespace decision
