#include <charconv>

#include "intake/expression.h"
#include "kernel/date.h"

namespace intake {

bool fail(Context& context, Reason reason, const Value& blame, std::string detail) {
  context.problem.reason = reason;
  context.problem.value = blame.kind == Value::Kind::text ? blame.text : std::string_view();
  context.problem.detail = std::move(detail);
  context.problem.column = blame.column;
  return false;
}

bool Expression::eval(int index, Context& context, Value& out) const {
  const Node& node = nodes_[static_cast<std::size_t>(index)];
  switch (node.op) {
    case Op::column: {
      out.kind = Value::Kind::text;
      out.text = trim((*context.fields)[static_cast<std::size_t>(node.column)].value);
      out.column = node.column;
      return true;
    }
    case Op::text:
      out = Value{.kind = Value::Kind::text, .text = node.text};
      return true;
    case Op::number:
      out = Value{.kind = Value::Kind::number, .number = node.number};
      return true;
    case Op::as_of:
      out = Value{.kind = Value::Kind::date, .count = context.as_of};
      return true;
    case Op::call:
      return node.function->run(*this, node.arguments, context, out);
    case Op::negate:
    case Op::plus:
    case Op::minus:
    case Op::times:
      return arithmetic(node, context, out);
    case Op::both:
    case Op::either:
    case Op::no:
      return logic(node, context, out);
    default:
      return comparison(node, context, out);
  }
}

bool Expression::eval_text(int index, Context& context, Value& out) const {
  if (!eval(index, context, out)) return false;
  std::string* made = nullptr;
  switch (out.kind) {
    case Value::Kind::text:
      return true;
    case Value::Kind::number:
      made = &context.scratch->take();
      *made = std::to_string(out.number.units);
      if (out.number.scale > 0) {
        const bool negative = out.number.units < 0;
        std::string digits = negative ? made->substr(1) : *made;
        const auto scale = static_cast<std::size_t>(out.number.scale);
        if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
        digits.insert(digits.size() - scale, 1, '.');
        *made = (negative ? "-" : "") + digits;
      }
      break;
    case Value::Kind::date:
      made = &context.scratch->take();
      *made = kernel::Date::from_days(static_cast<std::int32_t>(out.count)).format();
      break;
    case Value::Kind::time:
      made = &context.scratch->take();
      *made = kernel::Instant::from_micros(out.count).format();
      break;
    case Value::Kind::flag:
      out.text = out.count ? "1" : "0";
      out.kind = Value::Kind::text;
      return true;
  }
  out.kind = Value::Kind::text;
  out.text = *made;
  return true;
}

bool Expression::eval_number(int index, Context& context, Value& out) const {
  if (!eval(index, context, out)) return false;
  if (out.kind == Value::Kind::number) return true;
  if (out.kind != Value::Kind::text) {
    return fail(context, Reason::wrong_type, out, "a number is needed in `" + text_ + "`");
  }
  if (out.text.empty()) return fail(context, Reason::missing_value, out, "a number is needed");
  const auto parsed = parse_decimal(out.text);
  if (!parsed) return fail(context, Reason::broken_number, out, "a number is needed");
  out.kind = Value::Kind::number;
  out.number = *parsed;
  return true;
}

bool Expression::eval_flag(int index, Context& context, bool& out) const {
  Value value;
  if (!eval(index, context, value)) return false;
  if (value.kind == Value::Kind::flag) {
    out = value.count != 0;
    return true;
  }
  if (value.kind == Value::Kind::text && (value.text == "1" || value.text == "0")) {
    out = value.text == "1";
    return true;
  }
  return fail(context, Reason::broken_flag, value, "a comparison is needed in `" + text_ + "`");
}

bool Expression::arithmetic(const Node& node, Context& context, Value& out) const {
  Value left, right;
  if (!eval_number(node.arguments[0], context, left)) return false;
  if (node.op == Op::negate) {
    right = left;
    left.number = {};
  } else if (!eval_number(node.arguments[1], context, right)) {
    return false;
  }
  const auto made = node.op == Op::times ? multiply(left.number, right.number)
                                         : add(left.number, right.number, node.op != Op::plus);
  const int column = left.column >= 0 ? left.column : right.column;
  out = Value{.kind = Value::Kind::number, .column = column};
  if (!made) return fail(context, Reason::out_of_range, out, "the result is too large");
  out.number = *made;
  return true;
}

bool Expression::comparison(const Node& node, Context& context, Value& out) const {
  Value left, right;
  if (!eval(node.arguments[0], context, left) || !eval(node.arguments[1], context, right)) {
    return false;
  }
  int order = 0;
  using Kind = Value::Kind;
  if (left.kind == Kind::number || right.kind == Kind::number) {
    for (Value* side : {&left, &right}) {
      if (side->kind == Kind::number) continue;
      const auto parsed =
          side->kind == Kind::text ? parse_decimal(side->text) : std::optional<Decimal>();
      if (!parsed) {
        return fail(context, side->empty() ? Reason::missing_value : Reason::broken_number, *side,
                    "it is compared with a number in `" + text_ + "`");
      }
      side->number = *parsed;
    }
    order = compare(left.number, right.number);
  } else if (left.kind != right.kind) {
    return fail(context, Reason::wrong_type, left.kind == Kind::text ? left : right,
                "the two sides of `" + text_ + "` are of different kinds");
  } else if (left.kind == Kind::text) {
    order = left.text.compare(right.text);
  } else {
    order = left.count < right.count ? -1 : left.count > right.count ? 1 : 0;
  }
  const bool answer = node.op == Op::equal        ? order == 0
                      : node.op == Op::differs    ? order != 0
                      : node.op == Op::less       ? order < 0
                      : node.op == Op::more       ? order > 0
                      : node.op == Op::less_equal ? order <= 0
                                                  : order >= 0;
  const int column = left.column >= 0 ? left.column : right.column;
  out = Value{.kind = Kind::flag, .count = answer, .column = column};
  return true;
}

bool Expression::logic(const Node& node, Context& context, Value& out) const {
  bool answer = false;
  if (!eval_flag(node.arguments[0], context, answer)) return false;
  if (node.op == Op::no) {
    answer = !answer;
  } else if (answer == (node.op == Op::both)) {  // the first side does not settle it
    if (!eval_flag(node.arguments[1], context, answer)) return false;
  }
  out = Value{.kind = Value::Kind::flag, .count = answer};
  return true;
}

}  // namespace intake
