#pragma once
// Evaluator: works out one expression or decision, with everything it needs on the way, and keeps
// what went wrong and which rows fired. One per question; never shared between threads. It stops
// (with null and a message) after a bounded number of steps.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "decision/decision.h"
#include "decision/function.h"
#include "decision/model.h"
#include "decision/node.h"

namespace decision {

// The values in force by name, innermost first.
struct Scope {
  const Scope* outer = nullptr;
  const Context* values = nullptr;
  const Value* find(std::string_view name) const;
};

class Evaluator {
 public:
  Evaluator() = default;
  explicit Evaluator(const Context& inputs, const DateTime* now = nullptr)
      : inputs_(&inputs), now_(now) {}

  Value evaluate(const Node& node, const Scope& scope);
  bool passes(const Node& tests, const Value& input, const Scope& scope);
  Value call(const Function& function, std::span<const Value> arguments);
  Value decide(const Definitions& model, std::size_t decision);
  Value serve(const Definitions& model, const Service& service, std::span<const Value> arguments);

  bool exhausted() const;  // too many steps: every answer is null from here on
  const DateTime* now() const { return now_; }
  void complain(std::string message);
  void spend(std::int64_t steps);  // for work that is done outside of nodes
  void spend_on(const Value& value);
  std::vector<std::string> take_messages() { return std::move(messages_); }
  std::vector<FiredRow> take_fired() { return std::move(fired_); }

 private:
  struct Nesting {
    explicit Nesting(Evaluator& evaluator) : evaluator_(evaluator) { ++evaluator_.nesting_; }
    ~Nesting() { --evaluator_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    Evaluator& evaluator_;
  };
  bool too_deep();

  Value evaluate_kind(const Node& node, const Scope& scope);
  Value name(const Node& node, const Scope& scope);
  Value binary(const Node& node, const Scope& scope);
  Value combined(const Node& node, const Value& left, const Value& right);
  Value logic(const Node& node, const Scope& scope);
  Value in(const Node& node, const Scope& scope);
  Value conditional(const Node& node, const Scope& scope);
  Value between(const Node& node, const Scope& scope);
  Value instance_of(const Node& node, const Scope& scope);
  Value member(const Node& node, const Scope& scope);
  Value member_of(const Value& value, const std::string& name);
  Value filter(const Node& node, const Scope& scope);
  static Value item_at(const List& items, const Value& position);
  Value list(const Node& node, const Scope& scope);
  Value bounded(Value made);  // says why a list or context that was made is null
  Value context(const Node& node, const Scope& scope);
  Value make_function(const Node& node, const Scope& scope);
  static Value named_function(const Value& value, const std::string& name);
  Value range(const Node& node, const Scope& scope);
  Value test_as_range(const Node& node, const Scope& scope);
  bool passes_one(const Node& test, const Value& input, const Scope& scope, bool uses_input);

  Value for_loop(const Node& node, const Scope& scope);
  bool loop(const Node& node, std::size_t variable, const Scope& scope,
            const std::function<bool(const Scope&)>& body);
  Value quantified(const Node& node, const Scope& scope);
  std::optional<List> domain(const Node& node, const Scope& scope);

  Value call_node(const Node& node, const Scope& scope);
  Value call_built_in(const BuiltIn& built_in, const Node& node, const Scope& scope);
  Value call_checked(const Function& function, std::vector<Value> arguments);
  Value call_knowledge(const Function& function, const Context& arguments);

  Value table(const Table& table, const Scope& scope);
  std::optional<List> table_inputs(const Table& table, const Scope& scope);
  Value table_outputs(const Table& table, const std::vector<std::size_t>& rules,
                      const Scope& scope);
  std::vector<std::size_t> ranked_rules(const Table& table, std::vector<std::size_t> rules,
                                        const Scope& scope);
  Value no_rule(const Table& table, const Scope& scope);
  Value rule_output(const Table& table, std::size_t rule, const Scope& scope);
  Value aggregate(const Table& table, const List& values);
  void fire(const Table& table, std::size_t rule, const List& inputs);

  Context requirements(const Definitions& model, const std::vector<Requirement>& required);
  Value required_value(const Definitions& model, const Requirement& required);
  Value input_value(const InputData& input, const std::string& import_name);
  Value typed(const Value& value, const TypePtr& type, const std::string& what);

  const Context* inputs_ = nullptr;
  const DateTime* now_ = nullptr;  // the caller's; nullptr where there is no clock
  std::map<const Decision*, Value> decided_;
  std::vector<std::string> messages_;
  std::vector<FiredRow> fired_;
  std::int64_t steps_ = 0;
  int nesting_ = 0;
};

}  // namespace decision
