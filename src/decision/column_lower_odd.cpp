// Lowering of tests that need more than their input: comparisons with other inputs, calculations.

#include "decision/cell_tests.h"
#include "decision/column_lower.h"

namespace decision {

std::optional<int> Lowering::compared(Op op, int left, int right) {
  if (info(left).kind != info(right).kind) return std::nullopt;
  bool ordered = op != Op::equal && op != Op::not_equal;
  if (info(left).kind == ColumnKind::boolean && ordered) return std::nullopt;
  if (info(left).kind == ColumnKind::string) {
    if (ordered || info(left).dictionary >= 0 || info(right).dictionary >= 0) return std::nullopt;
  }
  if (info(left).kind == ColumnKind::number && !align(left, right)) return std::nullopt;
  Step step;
  step.kind = StepKind::compare;
  step.op = op;
  step.in = {left, right, 0};
  return emit(step, ColumnKind::boolean);
}

// True where the test holds; false or null where not.
std::optional<int> Lowering::odd_test(const Lowered& input, const Node& tests,
                                      const Bindings& names) {
  int reg = input.single;
  if (reg >= 0 && info(reg).kind == ColumnKind::string && needs_only_input(tests)) {
    auto plain = std::make_shared<Node>(tests);
    plain->negated = false;
    auto bit = test_bit(reg, plain);
    return bit ? std::optional(bit->single) : std::nullopt;
  }
  if (tests.kind != NodeKind::tests) return std::nullopt;
  std::optional<int> any;
  for (const NodePtr& test : tests.kids) {
    auto one = odd_entry(input, *test, names);
    if (!one) return std::nullopt;
    if (any) {
      Step step;
      step.kind = StepKind::either;
      step.in = {*any, *one, 0};
      one = emit(step, ColumnKind::boolean);
    }
    any = one;
  }
  return any;
}

std::optional<int> Lowering::odd_entry(const Lowered& input, const Node& test,
                                       const Bindings& names) {
  int reg = input.single;
  bool asks_input = mentions(test, "?");
  if (reg < 0 && !asks_input) return std::nullopt;  // a list is no word
  if (test.kind == NodeKind::test) {
    if (reg < 0) return std::nullopt;
    auto bound = expression(*test.kids[0], names);
    if (!bound || bound->single < 0) return std::nullopt;
    return compared(test.op, reg, bound->single);
  }
  if (asks_input) {
    Bindings with_input = names;
    with_input["?"] = input;
    auto truth = expression(test, with_input);
    if (!truth || !is_kind(*truth, ColumnKind::boolean)) return std::nullopt;
    return truth->single;
  }
  if (test.kind == NodeKind::range) {
    auto low = expression(*test.kids[0], names);
    auto high = low ? expression(*test.kids[1], names) : std::nullopt;
    if (!high || low->single < 0 || high->single < 0) return std::nullopt;
    auto above = compared(test.low_closed ? Op::greater_equal : Op::greater, reg, low->single);
    auto below = compared(test.high_closed ? Op::less_equal : Op::less, reg, high->single);
    if (!above || !below) return std::nullopt;
    Step step;
    step.kind = StepKind::both;
    step.in = {*above, *below, 0};
    return emit(step, ColumnKind::boolean);
  }
  auto wanted = expression(test, names);
  if (!wanted || wanted->single < 0) return std::nullopt;
  return compared(Op::equal, reg, wanted->single);
}

}  // namespace decision
