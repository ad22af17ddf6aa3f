// The tightest level of FEEL: literals, names, brackets, and the keyword expressions.

#include <cctype>

#include "decision/parse_state.h"

namespace decision {

namespace {

std::shared_ptr<Node> make(NodeKind kind, std::vector<NodePtr> kids = {}) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->kids = std::move(kids);
  return node;
}

Value temporal_value(const std::string& text) {
  if (auto date = parse_date(text)) return *date;
  if (auto moment = parse_date_time(text)) return *moment;
  if (auto time = parse_time(text)) return *time;
  if (auto days = parse_days_duration(text)) return *days;
  if (auto months = parse_months_duration(text)) return *months;
  return {};
}

}  // namespace

NodePtr Parser::primary() {
  if (scanner_.done()) return fail("expected an expression");
  if (scanner_.sees_number()) return number();
  if (scanner_.sees("\"")) return string();
  if (scanner_.sees("@")) return at_literal();
  if (scanner_.sees("(")) return parenthesis();
  if (scanner_.sees("[") || scanner_.sees("]")) return bracket();
  if (scanner_.sees("{")) return context();
  if (!is_name_start(scanner_.peek())) return fail("did not expect this");
  auto known = longest_name(scanner_.text(), scanner_.at(), *scope_);
  bool longer = known && known->end > scanner_.at() + scanner_.peek_word().size();
  if (!longer) {
    if (NodePtr node = keyword_expression()) return node;
    if (!message_.empty()) return nullptr;
  }
  return name();
}

NodePtr Parser::keyword_expression() {
  if (scanner_.take_word("null")) return literal_node({});
  if (scanner_.take_word("true")) return literal_node(true);
  if (scanner_.take_word("false")) return literal_node(false);
  if (scanner_.sees_word("if")) return conditional();
  if (scanner_.take_word("for")) return loop(NodeKind::for_loop);
  if (scanner_.take_word("some")) return loop(NodeKind::some);
  if (scanner_.take_word("every")) return loop(NodeKind::every);
  if (scanner_.sees_word("function")) return function();
  return nullptr;
}

NodePtr Parser::number() {
  auto value = scanner_.take_number();
  return value ? literal_node(*value) : fail("is not a number");
}

NodePtr Parser::string() {
  auto value = scanner_.take_string();
  return value ? literal_node(*value) : fail("the string does not end, or has a bad escape");
}

NodePtr Parser::at_literal() {
  scanner_.take("@");
  if (!scanner_.sees("\"")) return fail("expected a string after @");
  auto text = scanner_.take_string();
  return text ? literal_node(temporal_value(*text)) : fail("the string does not end");
}

NodePtr Parser::name() {
  auto node = make(NodeKind::name);
  auto known = longest_name(scanner_.text(), scanner_.at(), *scope_);
  if (!known && filters_ > 0) {
    known = longest_name(scanner_.text(), scanner_.at(), context_.members);
  }
  if (known) {
    node->text = known->name;
    scanner_.go_to(known->end);
    return node;
  }
  std::string_view word = scanner_.peek_word();
  node->text = std::string(word);
  scanner_.go_to(scanner_.at() + word.size());
  if (filters_ == 0) context_.unknown_names.push_back(node->text);
  return node;
}

NodePtr Parser::parenthesis() {
  scanner_.take("(");
  Op op = Op::equal;
  if (take_test_operator(op)) {  // a range written as a test: (< 10)
    NodePtr operand = sum();
    if (!operand || !expect(")")) return nullptr;
    auto node = make(NodeKind::test, {operand});
    node->op = op;
    return node;
  }
  int range_ends = std::exchange(range_ends_, 0);
  NodePtr inner = expression();
  range_ends_ = range_ends;
  if (inner && scanner_.sees("..")) return range_after(inner, false);
  return inner && expect(")") ? inner : nullptr;
}

NodePtr Parser::bracket() {
  bool low_closed = scanner_.sees("[");
  scanner_.take(low_closed ? "[" : "]");
  auto node = make(NodeKind::list);
  if (low_closed && scanner_.take("]")) return node;
  int range_ends = std::exchange(range_ends_, 0);
  NodePtr first = test();
  range_ends_ = range_ends;
  if (!first) return nullptr;
  if (scanner_.sees("..")) return range_after(first, low_closed);
  if (!low_closed) return fail("expected \"..\"");
  node->kids.push_back(first);
  while (scanner_.take(",")) {
    node->kids.push_back(test());
    if (!node->kids.back()) return nullptr;
  }
  return expect("]") ? node : nullptr;
}

NodePtr Parser::range_after(NodePtr low, bool low_closed) {
  scanner_.take("..");
  ++range_ends_;
  NodePtr high = sum();
  --range_ends_;
  if (!high) return nullptr;
  auto node = make(NodeKind::range, {low, high});
  node->low_closed = low_closed;
  node->high_closed = scanner_.sees("]");
  if (scanner_.take("]") || scanner_.take(")") || scanner_.take("[")) return node;
  return fail("expected the end of the range");
}

NodePtr Parser::conditional() {
  scanner_.take_word("if");
  NodePtr condition = expression();
  if (!condition || !expect_word("then")) return nullptr;
  NodePtr yes = expression();
  if (!yes || !expect_word("else")) return nullptr;
  NodePtr no = expression();
  return no ? make(NodeKind::conditional, {condition, yes, no}) : nullptr;
}

bool Parser::loop_variable(Node& node, Frame& frame) {
  std::string_view rest = scanner_.text().substr(scanner_.at());
  std::size_t end = 0;
  auto space = [&](std::size_t i) {
    return i < rest.size() && std::isspace(static_cast<unsigned char>(rest[i])) != 0;
  };
  while (end < rest.size() &&
         !(space(end) && rest.substr(end + 1).starts_with("in") && !is_name_part(rest[end + 3]))) {
    ++end;
    if (end + 3 >= rest.size()) {
      fail("expected \"in\"");
      return false;
    }
  }
  std::string variable = normal_name(rest.substr(0, end));
  scanner_.go_to(scanner_.at() + end);
  if (variable.empty() || !is_name_start(variable[0]) || !expect_word("in")) {
    fail("expected a name");
    return false;
  }
  NodePtr domain = iteration();
  if (!domain) return false;
  node.names.push_back(variable);
  node.kids.push_back(domain);
  frame.names.names.push_back(variable);
  return true;
}

// What a loop goes over: an expression, or 1..n without brackets.
NodePtr Parser::iteration() {
  NodePtr domain = expression();
  if (!domain || !scanner_.take("..")) return domain;
  NodePtr high = expression();
  return high ? make(NodeKind::span, {domain, high}) : nullptr;
}

NodePtr Parser::loop(NodeKind kind) {
  Frame frame(*this);
  auto node = make(kind);
  do {
    if (!loop_variable(*node, frame)) return nullptr;
  } while (scanner_.take(","));
  if (!expect_word(kind == NodeKind::for_loop ? "return" : "satisfies")) return nullptr;
  if (kind == NodeKind::for_loop) frame.names.names.push_back("partial");
  NodePtr body = expression();
  if (!body) return nullptr;
  node->kids.push_back(body);
  return node;
}

NodePtr Parser::function() {
  scanner_.take_word("function");
  if (!expect("(")) return nullptr;
  Frame frame(*this);
  auto node = make(NodeKind::function);
  while (!scanner_.sees(")")) {
    node->names.push_back(raw_until(":,)"));
    node->types.push_back(nullptr);
    if (scanner_.take(":")) {
      node->types.back() = type();
      if (!node->types.back()) return nullptr;
    }
    if (!scanner_.take(",")) break;
  }
  if (!expect(")")) return nullptr;
  frame.names.names = node->names;
  bool external = scanner_.take_word("external");
  NodePtr body = expression();
  if (body && external) body = error_node("functions in other languages are not run");
  if (!body) return nullptr;
  node->kids.push_back(body);
  return node;
}

NodePtr Parser::context() {
  Depth depth(*this);
  scanner_.take("{");
  Frame frame(*this);
  int range_ends = std::exchange(range_ends_, 0);
  auto node = make(NodeKind::context);
  while (!scanner_.sees("}")) {
    std::string key;
    if (scanner_.sees("\"")) {
      key = scanner_.take_string().value_or("");
    } else {
      key = raw_until(":");
      if (key.empty() || !is_name_start(key[0])) return fail("expected a name");
    }
    if (!expect(":")) return nullptr;
    bool is_function = scanner_.sees_word("function");
    if (is_function) frame.names.names.push_back(key);  // it may call itself
    NodePtr value = expression();
    if (!value) return nullptr;
    node->names.push_back(key);
    node->kids.push_back(value);
    if (!is_function) frame.names.names.push_back(key);
    context_.members.insert(key);
    if (!scanner_.take(",")) break;
  }
  range_ends_ = range_ends;
  return expect("}") ? node : nullptr;
}

TypePtr Parser::whole_type() {
  TypePtr found = type();
  if (found && !scanner_.done()) fail("did not expect more");
  return message_.empty() ? found : nullptr;
}

TypePtr Parser::type() {
  Depth depth(*this);
  if (depth_ > 100) {
    fail("is nested too deeply");
    return nullptr;
  }
  if (scanner_.sees_word("list") || scanner_.sees_word("range")) {
    bool is_list = scanner_.sees_word("list");
    scanner_.take_word(is_list ? "list" : "range");
    auto made = std::make_shared<Type>(*built_in_type(is_list ? "list" : "range"));
    if (!scanner_.take("<")) return made;
    made->element = type();
    return made->element && expect(">") ? made : nullptr;
  }
  if (scanner_.sees_word("context")) return context_type();
  if (scanner_.sees_word("function")) return function_type();
  return named_type();
}

TypePtr Parser::context_type() {
  scanner_.take_word("context");
  auto made = std::make_shared<Type>(*built_in_type("context"));
  if (!scanner_.take("<")) return made;
  while (!scanner_.sees(">")) {
    std::string field = raw_until(":");
    if (!expect(":")) return nullptr;
    TypePtr field_type = type();
    if (!field_type) return nullptr;
    made->fields.emplace_back(field, field_type);
    if (!scanner_.take(",")) break;
  }
  return expect(">") ? made : nullptr;
}

TypePtr Parser::function_type() {
  scanner_.take_word("function");
  auto made = std::make_shared<Type>(*built_in_type("function"));
  if (!scanner_.take("<")) return made;
  while (!scanner_.sees(">")) {
    TypePtr parameter = type();
    if (!parameter) return nullptr;
    made->parameters.push_back(parameter);
    if (!scanner_.take(",")) break;
  }
  if (!expect(">") || !expect("->")) return nullptr;
  made->result = type();
  return made->result ? made : nullptr;
}

TypePtr Parser::named_type() {
  TypePtr best;
  std::size_t best_end = 0;
  auto consider = [&](std::string_view known, const TypePtr& found) {
    auto end = match_name(scanner_.text(), scanner_.at(), known);
    if (!end || *end <= best_end) return;
    best = found;
    best_end = *end;
  };
  for (const auto& [known, found] : context_.types) consider(known, found);
  for (const char* known : {"number", "string", "boolean", "date", "time", "date and time",
                            "dateTime", "Any", "days and time duration", "dayTimeDuration",
                            "years and months duration", "yearMonthDuration", "Null"}) {
    consider(known, built_in_type(known));
  }
  if (!best) {
    fail("does not name a type");
    return nullptr;
  }
  scanner_.go_to(best_end);
  return best;
}

}  // namespace decision
