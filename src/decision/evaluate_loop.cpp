// for, some and every: nested loops over lists, ranges of whole numbers and of days.

#include "decision/compare.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

constexpr std::int64_t kSpanMax = 1'000'000;

std::optional<List> whole_numbers(std::int64_t from, std::int64_t to) {
  if (from > to ? from - to > kSpanMax : to - from > kSpanMax) return std::nullopt;
  List numbers;
  std::int64_t step = from <= to ? 1 : -1;
  for (std::int64_t i = from; i != to + step; i += step) numbers.emplace_back(i);
  return numbers;
}

std::optional<List> span_items(const Value& low, const Value& high) {
  if (low.kind() == Kind::date && high.kind() == Kind::date) {
    auto days = whole_numbers(days_since_epoch(low.date()), days_since_epoch(high.date()));
    if (!days) return std::nullopt;
    for (Value& day : *days) day = date_of_days(*day.to_int64());
    return days;
  }
  auto from = low.to_int64();
  auto to = high.to_int64();
  if (!from || !to || std::max(std::abs(*from), std::abs(*to)) > INT64_MAX / 4) return std::nullopt;
  return whole_numbers(*from, *to);
}

// A range as a list: its first and last whole number or day, where it has both ends.
std::optional<List> range_items(const Range& range) {
  auto items = span_items(range.low, range.high);
  if (!items) return std::nullopt;
  if (!range.high_closed && !items->empty()) items->pop_back();
  if (!range.low_closed && !items->empty()) items->erase(items->begin());
  return items;
}

}  // namespace

std::optional<List> Evaluator::domain(const Node& node, const Scope& scope) {
  std::optional<List> items;
  if (node.kind == NodeKind::span) {
    items = span_items(evaluate(*node.kids[0], scope), evaluate(*node.kids[1], scope));
  } else {
    Value value = evaluate(node, scope);
    if (value.kind() == Kind::list) return value.list();
    if (value.kind() == Kind::range) {
      items = range_items(value.range());
    } else if (!value.is_null()) {
      items = List{value};
    }
  }
  if (!items) complain("there is nothing to loop over, or more than 1,000,000 items");
  if (items) spend(static_cast<std::int64_t>(items->size() / 8));
  return exhausted() ? std::nullopt : items;
}

// Runs the body for every combination of the variables from `variable` on, until it gives false.
// Gives false where a domain is no list.
bool Evaluator::loop(const Node& node, std::size_t variable, const Scope& scope,
                     const std::function<bool(const Scope&)>& body) {
  if (variable == node.names.size()) return body(scope);
  auto items = domain(*node.kids[variable], scope);
  if (!items) return false;
  for (const Value& item : *items) {
    Context values{{node.names[variable], item}};
    if (!loop(node, variable + 1, Scope{&scope, &values}, body)) return false;
  }
  return true;
}

Value Evaluator::for_loop(const Node& node, const Scope& scope) {
  List results;
  bool wants_partial = mentions(*node.kids.back(), "partial");
  bool done = loop(node, 0, scope, [&](const Scope& inner) {
    Context partial;
    if (wants_partial) {  // a copy each time
      spend(static_cast<std::int64_t>(results.size() / 8));
      partial.set("partial", results);
    }
    results.push_back(evaluate(*node.kids.back(), Scope{&inner, &partial}));
    return !exhausted();
  });
  return done ? bounded(std::move(results)) : Value();
}

Value Evaluator::quantified(const Node& node, const Scope& scope) {
  bool decisive = node.kind == NodeKind::some;  // one such answer settles it
  bool settled = false;
  bool unknown = false;
  bool done = loop(node, 0, scope, [&](const Scope& inner) {
    Value answer = evaluate(*node.kids.back(), inner);
    settled = answer.kind() == Kind::boolean && answer.boolean() == decisive;
    unknown |= answer.kind() != Kind::boolean;
    return !settled && !exhausted();
  });
  if (settled) return decisive;
  if (!done || unknown) return {};
  return !decisive;
}

}  // namespace decision
