// Lists: counting, sums, statistics, building and searching.

#include <algorithm>

#include "decision/builtins.h"
#include "decision/compare.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

using Numbers = std::vector<Decimal>;

constexpr std::size_t kItemsMax = 1'000'000;  // of a list that is joined from others

// A list, or a single value as a list of one; a null has none.
std::optional<List> list_at(Arguments arguments, std::size_t i) {
  if (i >= arguments.size() || arguments[i].is_null()) return std::nullopt;
  if (arguments[i].kind() == Kind::list) return arguments[i].list();
  return List{arguments[i]};
}

// min([1, 2]) and min(1, 2) are the same.
std::optional<List> items(Arguments arguments) {
  if (arguments.empty()) return std::nullopt;
  if (arguments.size() == 1) return list_at(arguments, 0);
  return List(arguments.begin(), arguments.end());
}

std::optional<Numbers> numbers(Arguments arguments) {
  auto list = items(arguments);
  if (!list) return std::nullopt;
  Numbers result;
  for (const Value& item : *list) {
    if (item.kind() != Kind::number) return std::nullopt;
    result.push_back(item.number());
  }
  return result;
}

Value or_null(const std::optional<Decimal>& number) {
  return number ? Value(*number) : Value();
}

std::optional<Decimal> total(const Numbers& values) {
  std::optional<Decimal> sum = Decimal();
  for (const Decimal& value : values) sum = sum ? sum->plus(value) : sum;
  return sum;
}

template <bool smallest>
Value extreme(Evaluator&, Arguments arguments) {
  auto list = items(arguments);
  if (!list || list->empty()) return {};
  Value best = (*list)[0];
  if (!feel_order(best, best)) return {};
  for (const Value& item : *list) {
    auto order = feel_order(item, best);
    if (!order) return {};
    if (smallest ? *order < 0 : *order > 0) best = item;
  }
  return best;
}

Value sum(Evaluator&, Arguments arguments) {
  auto list = items(arguments);
  if (!list || list->empty()) return {};
  Value result = (*list)[0];
  Kind kind = result.kind();
  if (kind != Kind::number && kind != Kind::days_duration && kind != Kind::months_duration) {
    return {};
  }
  for (std::size_t i = 1; i < list->size(); ++i) {
    if ((*list)[i].kind() != kind) return {};
    result = arithmetic(Op::add, result, (*list)[i]);
  }
  return result;
}

Value mean(Evaluator& evaluator, Arguments arguments) {
  auto list = items(arguments);
  if (!list || list->empty()) return {};
  return arithmetic(Op::divide, sum(evaluator, arguments), static_cast<std::int64_t>(list->size()));
}

Value product(Evaluator&, Arguments arguments) {
  auto values = numbers(arguments);
  if (!values || values->empty()) return {};
  std::optional<Decimal> result = Decimal(1);
  for (const Decimal& value : *values) result = result ? result->times(value) : result;
  return or_null(result);
}

Value median(Evaluator&, Arguments arguments) {
  auto values = numbers(arguments);
  if (!values || values->empty()) return {};
  std::sort(values->begin(), values->end());
  std::size_t half = values->size() / 2;
  if (values->size() % 2 == 1) return (*values)[half];
  auto pair = (*values)[half - 1].plus((*values)[half]);
  return pair ? or_null(pair->over(Decimal(2))) : Value();
}

Value standard_deviation(Evaluator&, Arguments arguments) {
  auto values = numbers(arguments);
  if (!values || values->size() < 2) return {};
  Decimal count(static_cast<std::int64_t>(values->size()));
  auto sum_of = total(*values);
  auto average = sum_of ? sum_of->over(count) : std::nullopt;
  if (!average) return {};
  Numbers squares;
  for (const Decimal& value : *values) {
    auto distance = value.minus(*average);
    auto square = distance ? distance->times(*distance) : std::nullopt;
    if (!square) return {};
    squares.push_back(*square);
  }
  auto variance = total(squares)->over(*count.minus(Decimal(1)));
  return variance ? or_null(variance->square_root()) : Value();
}

Value mode(Evaluator&, Arguments arguments) {
  auto values = numbers(arguments);
  if (!values) return {};
  std::sort(values->begin(), values->end());
  List result;
  std::ptrdiff_t most = 0;
  for (auto at = values->begin(); at != values->end();) {
    auto end = std::upper_bound(at, values->end(), *at);
    if (end - at > most) result.clear();
    if (end - at >= most) result.emplace_back(*at);
    most = std::max(most, end - at);
    at = end;
  }
  return result;
}

Value count(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  return list ? Value(static_cast<std::int64_t>(list->size())) : Value();
}

// all() and any(), three-valued: `decisive` settles it.
Value quantified(Arguments arguments, bool decisive) {
  auto list = items(arguments);
  if (!list) return {};
  bool unknown = false;
  for (const Value& item : *list) {
    if (item.kind() == Kind::boolean && item.boolean() == decisive) return decisive;
    unknown |= item.kind() != Kind::boolean;
  }
  return unknown ? Value() : Value(!decisive);
}

Value all(Evaluator&, Arguments arguments) {
  return quantified(arguments, false);
}
Value any(Evaluator&, Arguments arguments) {
  return quantified(arguments, true);
}

bool same(const Value& a, const Value& b) {
  return feel_equal(a, b).value_or(false);
}

bool holds(const List& list, const Value& value) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Value& item) { return same(item, value); });
}

Value list_contains(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  return list ? Value(holds(*list, arguments[1])) : Value();
}

Value append(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  if (!list) return {};
  list->insert(list->end(), arguments.begin() + 1, arguments.end());
  return *list;
}

Value concatenate(Evaluator&, Arguments arguments) {
  List result;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto list = list_at(arguments, i);
    if (!list || result.size() + list->size() > kItemsMax) return {};
    result.insert(result.end(), list->begin(), list->end());
  }
  return result;
}

// The place in a list that a position means, from 1, or from the end where negative.
std::optional<std::size_t> place(const List& list, const Value& position) {
  auto at = position.to_int64();
  auto size = static_cast<std::int64_t>(list.size());
  if (!at || *at == 0) return std::nullopt;
  std::int64_t index = *at > 0 ? *at - 1 : size + *at;
  if (index < 0 || index >= size) return std::nullopt;
  return static_cast<std::size_t>(index);
}

Value insert_before(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  auto at = list ? place(*list, arguments[1]) : std::nullopt;
  if (!at) return {};
  list->insert(list->begin() + static_cast<std::ptrdiff_t>(*at), arguments[2]);
  return *list;
}

Value remove(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  auto at = list ? place(*list, arguments[1]) : std::nullopt;
  if (!at) return {};
  list->erase(list->begin() + static_cast<std::ptrdiff_t>(*at));
  return *list;
}

Value list_replace(Evaluator& evaluator, Arguments arguments) {
  auto list = list_at(arguments, 0);
  if (!list) return {};
  if (arguments[1].kind() == Kind::function) {
    for (Value& item : *list) {
      Value pair[] = {item, arguments[2]};
      Value answer = evaluator.call(*arguments[1].function(), pair);
      if (answer.kind() != Kind::boolean) return {};
      if (answer.boolean()) item = arguments[2];
    }
    return *list;
  }
  auto at = place(*list, arguments[1]);
  if (!at) return {};
  (*list)[*at] = arguments[2];
  return *list;
}

Value sublist(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  auto at = list ? place(*list, arguments[1]) : std::nullopt;
  if (!at) return {};
  std::size_t length = list->size() - *at;
  if (arguments.size() > 2) {
    auto given = arguments[2].to_int64();
    if (!given || *given < 1 || *given > static_cast<std::int64_t>(length)) return {};
    length = static_cast<std::size_t>(*given);
  }
  auto from = list->begin() + static_cast<std::ptrdiff_t>(*at);
  return List(from, from + static_cast<std::ptrdiff_t>(length));
}

Value reverse(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  if (!list) return {};
  std::reverse(list->begin(), list->end());
  return *list;
}

Value index_of(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  if (!list) return {};
  List places;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (same((*list)[i], arguments[1])) places.emplace_back(static_cast<std::int64_t>(i) + 1);
  }
  return places;
}

Value distinct(Evaluator& evaluator, const List& list) {
  List result;
  for (const Value& item : list) {
    evaluator.spend(static_cast<std::int64_t>(result.size() / 16));
    if (evaluator.exhausted()) return {};
    if (!holds(result, item)) result.push_back(item);
  }
  return result;
}

Value distinct_values(Evaluator& evaluator, Arguments arguments) {
  auto list = list_at(arguments, 0);
  return list ? distinct(evaluator, *list) : Value();
}

Value unite(Evaluator& evaluator, Arguments arguments) {
  Value joined = concatenate(evaluator, arguments);
  return joined.is_null() ? Value() : distinct(evaluator, joined.list());
}

void flatten_into(const List& list, List& result) {
  for (const Value& item : list) {
    if (item.kind() == Kind::list) {
      flatten_into(item.list(), result);
    } else {
      result.push_back(item);
    }
  }
}

Value flatten(Evaluator&, Arguments arguments) {
  auto list = list_at(arguments, 0);
  if (!list) return {};
  List result;
  flatten_into(*list, result);
  return result;
}

// A stable merge of two sorted halves: a given order may be no order at all, which must not matter.
void merge_sort(List& list, const std::function<bool(const Value&, const Value&)>& before) {
  if (list.size() < 2) return;
  auto middle = list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2);
  List left(list.begin(), middle);
  List right(middle, list.end());
  merge_sort(left, before);
  merge_sort(right, before);
  std::size_t a = 0;
  std::size_t b = 0;
  for (Value& place : list) {
    bool take_right = a == left.size() || (b < right.size() && before(right[b], left[a]));
    place = take_right ? right[b++] : left[a++];
  }
}

Value sort(Evaluator& evaluator, Arguments arguments) {
  auto list = list_at(arguments, 0);
  bool given = arguments.size() > 1;
  if (!list || (given && arguments[1].kind() != Kind::function)) return {};
  merge_sort(*list, [&](const Value& a, const Value& b) {
    if (!given) return compare(Op::less, a, b).value_or(false);
    Value pair[] = {a, b};
    return evaluator.call(*arguments[1].function(), pair).is_true();
  });
  return *list;
}

constexpr BuiltIn kBuiltIns[] = {
    {"min", "list|...", extreme<true>},
    {"max", "list|...", extreme<false>},
    {"sum", "list|...", sum},
    {"mean", "list|...", mean},
    {"product", "list|...", product},
    {"median", "list|...", median},
    {"stddev", "list|...", standard_deviation},
    {"mode", "list|...", mode},
    {"count", "list", count},
    {"all", "list|...", all, true},
    {"any", "list|...", any, true},
    {"list contains", "list,element", list_contains},
    {"append", "list,item,...", append},
    {"concatenate", "list,...", concatenate},
    {"insert before", "list,position,newItem", insert_before},
    {"remove", "list,position", remove},
    {"list replace", "list,position,newItem|list,match,newItem", list_replace},
    {"sublist", "list,start position,length?", sublist},
    {"reverse", "list", reverse},
    {"index of", "list,match", index_of},
    {"distinct values", "list", distinct_values},
    {"union", "list,...", unite},
    {"flatten", "list", flatten},
    {"sort", "list,precedes?", sort},
};

}  // namespace

std::span<const BuiltIn> list_built_ins() {
  return kBuiltIns;
}

}  // namespace decision
