// Ranges: Allen's relations between points and intervals, and range("[1..5]").

#include "decision/builtins.h"
#include "decision/compare.h"
#include "decision/evaluate.h"
#include "decision/parser.h"

namespace decision {

namespace {

// A point is a range of one.
std::optional<Range> interval(const Value& value) {
  if (value.kind() == Kind::range) return value.range();
  if (!feel_order(value, value)) return std::nullopt;
  return Range{true, true, value, value};
}

bool is_range(const Value& value) {
  return value.kind() == Kind::range;
}

// What two ranges have in common to be compared: every end of one with every end of the other.
class Pair {
 public:
  static std::optional<Pair> of(Arguments arguments) {
    auto a = interval(arguments[0]);
    auto b = interval(arguments[1]);
    if (!a || !b || !feel_order(a->low, b->low) || !feel_order(a->high, b->high) ||
        !feel_order(a->low, b->high)) {
      return std::nullopt;
    }
    return Pair{*a, *b};
  }
  Pair swapped() const { return {b, a}; }

  bool before() const {
    auto order = *feel_order(a.high, b.low);
    return order < 0 || (order == 0 && !(a.high_closed && b.low_closed));
  }
  bool meets() const { return a.high_closed && b.low_closed && *feel_order(a.high, b.low) == 0; }
  // a begins no later than b does.
  bool starts_no_later() const {
    auto order = *feel_order(a.low, b.low);
    return order < 0 || (order == 0 && (a.low_closed || !b.low_closed));
  }
  bool ends_no_earlier() const {
    auto order = *feel_order(a.high, b.high);
    return order > 0 || (order == 0 && (a.high_closed || !b.high_closed));
  }
  bool includes() const { return starts_no_later() && ends_no_earlier(); }
  bool same_start() const { return *feel_order(a.low, b.low) == 0 && a.low_closed == b.low_closed; }
  bool same_end() const {
    return *feel_order(a.high, b.high) == 0 && a.high_closed == b.high_closed;
  }
  bool overlaps() const { return !before() && !swapped().before(); }

  Range a;
  Range b;
};

template <bool (*holds)(const Pair&)>
Value relation(Evaluator&, Arguments arguments) {
  auto pair = Pair::of(arguments);
  return pair ? Value(holds(*pair)) : Value();
}

// As relation, where one side must be a range.
template <bool (*holds)(const Pair&), std::size_t side>
Value relation_of_range(Evaluator& evaluator, Arguments arguments) {
  return is_range(arguments[side]) ? relation<holds>(evaluator, arguments) : Value();
}

template <bool (*holds)(const Pair&)>
Value relation_of_ranges(Evaluator& evaluator, Arguments arguments) {
  bool both = is_range(arguments[0]) && is_range(arguments[1]);
  return both ? relation<holds>(evaluator, arguments) : Value();
}

bool before(const Pair& pair) {
  return pair.before();
}
bool after(const Pair& pair) {
  return pair.swapped().before();
}
bool meets(const Pair& pair) {
  return pair.meets();
}
bool met_by(const Pair& pair) {
  return pair.swapped().meets();
}
bool overlaps(const Pair& pair) {
  return pair.overlaps();
}
bool overlaps_before(const Pair& pair) {
  return pair.overlaps() && pair.starts_no_later() && !pair.same_start() &&
         pair.swapped().ends_no_earlier();
}
bool overlaps_after(const Pair& pair) {
  return pair.overlaps() && pair.swapped().starts_no_later() && !pair.same_start() &&
         pair.ends_no_earlier();
}
bool includes(const Pair& pair) {
  return pair.includes();
}
bool during(const Pair& pair) {
  return pair.swapped().includes();
}
bool finishes(const Pair& pair) {
  return pair.same_end() && pair.swapped().starts_no_later();
}
bool finished_by(const Pair& pair) {
  return finishes(pair.swapped());
}
bool starts(const Pair& pair) {
  return pair.same_start() && pair.swapped().ends_no_earlier();
}
bool started_by(const Pair& pair) {
  return starts(pair.swapped());
}
bool coincides(const Pair& pair) {
  return pair.same_start() && pair.same_end();
}

// Only ends that are literals or calls of constructors: nothing else is known in a text.
Value make_range(Evaluator& evaluator, Arguments arguments) {
  if (arguments[0].kind() != Kind::string) return {};
  ParseContext context;
  auto node = parse_expression(arguments[0].string(), built_in_names(), context);
  if (!node || (*node)->kind != NodeKind::range || !context.unknown_names.empty()) return {};
  for (const NodePtr& end : (*node)->kids) {
    bool simple = end->kind == NodeKind::literal || end->kind == NodeKind::negate ||
                  (end->kind == NodeKind::call && end->kids.size() == 2 &&
                   end->kids[1]->kind == NodeKind::literal);
    if (!simple) return {};
  }
  Value range = evaluator.evaluate(**node, Scope{});
  if (range.kind() != Kind::range) return {};
  const Range& made = range.range();
  if (made.low.is_null() && made.high.is_null()) return {};
  bool open = (made.low.is_null() && made.low_closed) || (made.high.is_null() && made.high_closed);
  bool falls = !made.low.is_null() && !made.high.is_null() &&
               compare(Op::greater, made.low, made.high).value_or(true);
  return open || falls ? Value() : range;
}

constexpr BuiltIn kBuiltIns[] = {
    {"before", "point1,point2|point,range|range,point|range1,range2", relation<before>},
    {"after", "point1,point2|point,range|range,point|range1,range2", relation<after>},
    {"meets", "range1,range2", relation_of_ranges<meets>},
    {"met by", "range1,range2", relation_of_ranges<met_by>},
    {"overlaps", "range1,range2", relation_of_ranges<overlaps>},
    {"overlaps before", "range1,range2", relation_of_ranges<overlaps_before>},
    {"overlaps after", "range1,range2", relation_of_ranges<overlaps_after>},
    {"includes", "range,point|range1,range2", relation_of_range<includes, 0>},
    {"during", "point,range|range1,range2", relation_of_range<during, 1>},
    {"finishes", "point,range|range1,range2", relation_of_range<finishes, 1>},
    {"finished by", "range,point|range1,range2", relation_of_range<finished_by, 0>},
    {"starts", "point,range|range1,range2", relation_of_range<starts, 1>},
    {"started by", "range,point|range1,range2", relation_of_range<started_by, 0>},
    {"coincides", "point1,point2|range1,range2", relation<coincides>},
    {"range", "from", make_range},
};

}  // namespace

std::span<const BuiltIn> range_built_ins() {
  return kBuiltIns;
}

}  // namespace decision
