#include <fmt/core.h>

#include <algorithm>

#include "intake/expression.h"

namespace intake {
namespace {

constexpr int depth_max = 50;
constexpr std::size_t length_max = 4000;

bool starts_name(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;  // 客户号 is a name like any other
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

// Recursive descent, one function a level: either < both < no < comparison < sum < product < unary.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, const CodeTables& tables) : text_(text), tables_(tables) {
    made_.text_ = text;
  }

  kernel::Result<Expression> run() {
    if (text_.size() > length_max) return error("an expression is at most 4000 bytes long");
    TRY_ASSIGN(made_.root_, either());
    skip();
    if (at_ < text_.size()) return error("expected an operator or the end");
    return std::move(made_);
  }

 private:
  using Op = Expression::Op;
  using NodeResult = kernel::Result<int>;
  using Level = NodeResult (ExpressionParser::*)();

  kernel::Error error(std::string what) const {
    return {kernel::Code::invalid_input, std::move(what),
            fmt::format("character {} of `{}`", at_ + 1, text_)};
  }
  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(std::string_view symbol) {
    skip();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }
  bool take_word(std::string_view word) {
    skip();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    if (rest.size() > word.size() &&
        (starts_name(rest[word.size()]) || is_digit(rest[word.size()])))
      return false;
    at_ += word.size();
    return true;
  }
  int add(Expression::Node node) {
    made_.nodes_.push_back(std::move(node));
    return static_cast<int>(made_.nodes_.size()) - 1;
  }

  NodeResult words(std::string_view word, Op op, Level below) {
    TRY_ASSIGN(int left, (this->*below)());
    while (take_word(word)) {
      TRY_ASSIGN(const int right, (this->*below)());
      left = add({.op = op, .arguments = {left, right}});
    }
    return left;
  }
  NodeResult either() {
    if (++depth_ > depth_max) return error("too deeply nested");
    auto made = words("or", Op::either, &ExpressionParser::both);
    --depth_;
    return made;
  }
  NodeResult both() { return words("and", Op::both, &ExpressionParser::no); }
  NodeResult no() {
    bool negated = false;
    while (take_word("not")) negated = !negated;
    TRY_ASSIGN(const int of, comparison());
    return negated ? add({.op = Op::no, .arguments = {of}}) : of;
  }
  NodeResult comparison() {
    static constexpr std::pair<std::string_view, Op> symbols[] = {
        {"!=", Op::differs}, {"<=", Op::less_equal}, {">=", Op::more_equal},
        {"<", Op::less},     {">", Op::more},        {"=", Op::equal}};
    TRY_ASSIGN(const int left, sum());
    for (const auto& [symbol, op] : symbols) {
      if (!take(symbol)) continue;
      TRY_ASSIGN(const int right, sum());
      return add({.op = op, .arguments = {left, right}});
    }
    return left;
  }
  NodeResult sum() {
    TRY_ASSIGN(int left, product());
    while (true) {
      const Op op = take("+") ? Op::plus : take("-") ? Op::minus : Op::text;
      if (op == Op::text) return left;
      TRY_ASSIGN(const int right, product());
      left = add({.op = op, .arguments = {left, right}});
    }
  }
  NodeResult product() {
    TRY_ASSIGN(int left, unary());
    while (take("*")) {
      TRY_ASSIGN(const int right, unary());
      left = add({.op = Op::times, .arguments = {left, right}});
    }
    return left;
  }
  NodeResult unary() {
    bool negated = false;
    while (take("-")) negated = !negated;
    TRY_ASSIGN(const int of, primary());
    return negated ? add({.op = Op::negate, .arguments = {of}}) : of;
  }

  NodeResult primary() {
    skip();
    if (at_ == text_.size()) return error("the expression ends where a value should stand");
    const char c = text_[at_];
    if (take("(")) {
      TRY_ASSIGN(const int inner, either());
      if (!take(")")) return error("expected )");
      return inner;
    }
    if (c == '\'' || c == '"') {
      TRY_ASSIGN(std::string text, quoted());
      return add({.op = Op::text, .text = std::move(text)});
    }
    if (c == '[') return bracketed_column();
    if (is_digit(c)) return number();
    if (c == '#') return numbered_column();
    if (starts_name(c)) return name();
    return error("expected a column, a constant or a function");
  }
  kernel::Result<std::string> quoted() {
    const char quote = text_[at_];
    const std::size_t close = text_.find(quote, at_ + 1);
    if (close == text_.npos) return error("a constant is opened and not closed");
    std::string text(text_.substr(at_ + 1, close - at_ - 1));
    at_ = close + 1;
    return text;
  }
  NodeResult bracketed_column() {
    const std::size_t close = text_.find(']', at_);
    if (close == text_.npos) return error("expected ] after the column's name");
    std::string name(trim(text_.substr(at_ + 1, close - at_ - 1)));
    if (name.empty()) return error("a column has no empty name");
    at_ = close + 1;
    return add({.op = Op::column, .text = std::move(name)});
  }
  NodeResult numbered_column() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    std::string name(text_.substr(at_, end - at_));
    if (name.size() < 2 || name.size() > 5 || name[1] == '0') {
      return error("a column number looks like #3");
    }
    at_ = end;
    const auto number = parse_decimal(std::string_view(name).substr(1));
    return add({.op = Op::column, .text = std::move(name), .number = *number});
  }
  NodeResult number() {
    std::size_t end = at_;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
    const auto value = parse_decimal(text_.substr(at_, end - at_));
    if (!value) return error("not a number");
    at_ = end;
    return add({.op = Op::number, .number = *value});
  }
  NodeResult name() {
    std::size_t end = at_;
    while (end < text_.size() && (starts_name(text_[end]) || is_digit(text_[end]))) ++end;
    std::string name(text_.substr(at_, end - at_));
    const std::size_t begin = at_;
    at_ = end;
    if (take("(")) return call(name, begin);
    if (name == "as_of") return add({.op = Op::as_of});
    return add({.op = Op::column, .text = std::move(name)});
  }

  NodeResult call(const std::string& name, std::size_t begin) {
    const auto& all = Expression::functions();
    const auto spec =
        std::find_if(all.begin(), all.end(), [&](const auto& f) { return name == f.name; });
    if (spec == all.end()) {
      at_ = begin;
      std::string known;
      for (const auto& f : all) known += known.empty() ? f.name : fmt::format(", {}", f.name);
      return error(fmt::format("no function `{}`; there are {}", name, known));
    }
    Expression::Node node{.op = Op::call, .function = &*spec};
    const bool is_code = name == "code";
    while (!take(")")) {
      if (!node.arguments.empty() && !take(",")) return error("expected , or )");
      if (is_code && node.arguments.size() == 1) {
        TRY_ASSIGN(const CodeTable* words, table());
        if (!take(")")) return error("code is used as code(x, table)");
        node.arguments.push_back(add({.op = Op::text, .table = words}));
        return add(std::move(node));
      }
      TRY_ASSIGN(const int argument, either());
      node.arguments.push_back(argument);
    }
    const std::size_t count = node.arguments.size();
    if (count < spec->at_least || count > spec->at_most || is_code) {
      return error(fmt::format("{} is used as {}", name, spec->help));
    }
    return add(std::move(node));
  }
  kernel::Result<const CodeTable*> table() {
    skip();
    std::size_t end = at_;
    while (end < text_.size() && (starts_name(text_[end]) || is_digit(text_[end]))) ++end;
    const std::string_view name = text_.substr(at_, end - at_);
    const auto found = tables_.find(name);
    if (found == tables_.end()) {
      return error(fmt::format("no code table [codes.{}] in this mapping", name));
    }
    at_ = end;
    return &found->second;
  }

  std::string_view text_;
  const CodeTables& tables_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Expression made_;
};

kernel::Result<Expression> Expression::parse(std::string_view text, const CodeTables& tables) {
  return ExpressionParser(text, tables).run();
}

Expression Expression::column(std::string_view name) {
  Expression made;
  made.text_ = name;
  made.nodes_.push_back({.op = Op::column, .text = std::string(name)});
  return made;
}

kernel::Status Expression::bind(const std::vector<std::string>& header) {
  for (Node& node : nodes_) {
    if (node.op != Op::column) continue;
    if (node.number.units > 0) {  // by number
      node.column = static_cast<int>(node.number.units) - 1;
      if (static_cast<std::size_t>(node.column) < header.size()) continue;
      return kernel::Error{
          kernel::Code::invalid_input,
          fmt::format("there is no column {}: the file has {}", node.text, header.size()), text_};
    }
    const auto count = std::count(header.begin(), header.end(), node.text);
    if (count != 1) {
      return kernel::Error{
          kernel::Code::invalid_input,
          count == 0 ? fmt::format("there is no column `{}`", node.text)
                     : fmt::format("there are {} columns `{}`; name it by number, as in #3", count,
                                   node.text),
          text_};
    }
    node.column =
        static_cast<int>(std::find(header.begin(), header.end(), node.text) - header.begin());
  }
  return kernel::Ok{};
}

}  // namespace intake
