#pragma once
// The little language of mapping files: columns, constants, + - *, comparisons and the functions of
// functions() below. Enters: text, once; then a record at a time. Leaves: a Value, or a Problem
// that names the column to blame. Exact, without loops and without side effects.

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "intake/scan.h"
#include "intake/value.h"
#include "kernel/result.h"

namespace intake {

struct CodeTable {
  std::string name;
  std::map<std::string, std::string, std::less<>> words;  // "*" stands for every other code
};
using CodeTables = std::map<std::string, CodeTable, std::less<>>;

// Strings made while a record is worked on; views stay valid until clear().
class Scratch {
 public:
  std::string& take() {
    if (used_ == strings_.size()) strings_.emplace_back();
    std::string& s = strings_[used_++];
    s.clear();
    return s;
  }
  void clear() { used_ = 0; }

 private:
  std::deque<std::string> strings_;
  std::size_t used_ = 0;
};

struct Context {
  const std::vector<Field>* fields = nullptr;
  std::int64_t as_of = 0;
  Scratch* scratch = nullptr;
  Problem problem;  // filled when run() says false
};

class Expression {
 public:
  // `tables` must outlive the expression.
  static kernel::Result<Expression> parse(std::string_view text, const CodeTables& tables);
  static Expression column(std::string_view name);

  // Finds the columns by name ("#3": the third); an Error names the one that is not there.
  kernel::Status bind(const std::vector<std::string>& header);
  bool run(Context& context, Value& out) const { return eval(root_, context, out); }
  bool run_text(Context& context, Value& out) const { return eval_text(root_, context, out); }
  bool run_flag(Context& context, bool& out) const { return eval_flag(root_, context, out); }
  const std::string& text() const { return text_; }

  enum class Op {
    text,
    number,
    column,
    as_of,
    negate,
    plus,
    minus,
    times,
    equal,
    differs,
    less,
    less_equal,
    more,
    more_equal,
    both,
    either,
    no,
    call
  };
  using Function = bool (*)(const Expression&, const std::vector<int>& arguments, Context&,
                            Value& out);
  struct FunctionSpec {
    const char* name;
    std::size_t at_least, at_most;
    Function run;
    const char* help;
  };
  static const std::vector<FunctionSpec>& functions();

  bool eval(int node, Context& context, Value& out) const;
  bool eval_text(int node, Context& context, Value& out) const;    // any value, as text
  bool eval_number(int node, Context& context, Value& out) const;  // text is parsed
  bool eval_flag(int node, Context& context, bool& out) const;
  const CodeTable* table_of(int node) const { return nodes_[static_cast<std::size_t>(node)].table; }

 private:
  friend class ExpressionParser;
  struct Node {
    Op op;
    std::string text;
    Decimal number;
    int column = -1;
    const FunctionSpec* function = nullptr;
    const CodeTable* table = nullptr;
    std::vector<int> arguments;
  };
  bool arithmetic(const Node& node, Context& context, Value& out) const;
  bool comparison(const Node& node, Context& context, Value& out) const;
  bool logic(const Node& node, Context& context, Value& out) const;

  std::string text_;
  std::vector<Node> nodes_;
  int root_ = 0;
};

// Says what went wrong; always false, so that `return fail(…)` reads well.
bool fail(Context& context, Reason reason, const Value& blame, std::string detail);

}  // namespace intake
