#include "decision/check_classes.h"

#include <algorithm>

#include "decision/check_line.h"
#include "decision/compare.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

bool listed_kind(Kind kind) {
  return kind == Kind::list || kind == Kind::context || kind == Kind::range ||
         kind == Kind::function;
}

}  // namespace

bool has_bit(const std::uint64_t* bits, std::size_t bit) {
  return (bits[bit / 64] >> (bit % 64) & 1) != 0;
}

void set_bit(Bits& bits, std::size_t bit) {
  bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

void Variable::gather(const Table& table, std::vector<Value>& constants, bool& ordered,
                      bool& null_named) {
  auto add = [&](const CellTests& tests) {
    ordered |= tests.ordered;
    for (const Value& constant : tests.constants) {
      null_named |= constant.is_null();
      if (!constant.is_null()) constants.push_back(constant);
    }
  };
  for (const NodePtr& tests : allowed) add(tests_of(*tests));
  null_named = false;  // null is always allowed; it counts where a row asks for it
  std::map<std::string, bool> seen;
  for (std::size_t column : columns) {
    for (std::size_t row = 0; row < table.rules.size(); ++row) {
      if (seen.emplace(table.info.rules[row].inputs[column], true).second) {
        add(tests_of(*table.rules[row].tests[column]));
      }
    }
  }
  if (given.values) constants.insert(constants.end(), given.values->begin(), given.values->end());
  std::erase_if(constants, [](const Value& value) { return value.is_null(); });
}

void Variable::find_classes(const Table& table, bool whole_numbers) {
  std::vector<Value> constants;
  bool ordered = false, null_named = false;
  gather(table, constants, ordered, null_named);
  std::map<Kind, std::vector<Value>> by_kind;
  for (Value& constant : constants) by_kind[constant.kind()].push_back(std::move(constant));
  bool typed = type && !type->any;
  opaque = typed ? listed_kind(type->kind) : by_kind.empty();
  if (opaque) {
    if (typed && type->kind == Kind::list) values_.push_back(List{});
    if (typed && type->kind == Kind::context) values_.push_back(Context{});
    if (values_.empty()) values_.push_back(Value());
    other_.push_back(false);
    plain_ = open_ = all_ = allowed_classes_ = Bits{1};
    return;
  }
  if (typed) {
    by_kind.try_emplace(type->kind);
    std::erase_if(by_kind, [&](const auto& entry) { return entry.first != type->kind; });
  }
  values_.push_back(Value());
  other_.push_back(false);
  whole = whole_numbers && std::all_of(by_kind[Kind::number].begin(), by_kind[Kind::number].end(),
                                       [](const Value& v) { return v.number().is_integer(); });
  for (auto& [kind, of_kind] : by_kind) {
    if (of_kind.empty() && !(typed && kind == type->kind)) continue;
    add_segment(kind, std::move(of_kind), kind != Kind::string || ordered);
  }
  mark(null_named, given.values.has_value());
}

void Variable::add_segment(Kind kind, std::vector<Value> constants, bool line) {
  Segment segment{kind, values_.size(), 0, line};
  if (kind == Kind::boolean) {
    values_.push_back(false);
    values_.push_back(true);
  } else {
    sort_on_line(constants);
    auto made = line ? line_of(kind, constants, whole) : constants;
    values_.insert(values_.end(), made.begin(), made.end());
  }
  if (kind == Kind::string && !line) {
    values_.push_back(text_unlike(constants));
  }
  segment.end = values_.size();
  other_.resize(values_.size(), false);
  if (kind == Kind::string) {
    for (std::size_t at = segment.begin; at < segment.end; ++at) {
      other_[at] = !std::binary_search(
          constants.begin(), constants.end(), values_[at],
          [](const Value& a, const Value& b) { return a.string() < b.string(); });
    }
  }
  segments_.push_back(segment);
}

void Variable::mark(bool null_named, bool listed) {
  plain_ = open_ = all_ = allowed_classes_ = Bits(words());
  names_all_ = true;
  Evaluator evaluator;
  for (std::size_t at = 0; at < values_.size(); ++at) {
    const Value& value = values_[at];
    bool is_allowed = value.is_null() || std::all_of(allowed.begin(), allowed.end(), [&](auto& t) {
                        return evaluator.passes(*t, value, Scope{});
                      });
    if (!is_allowed) continue;
    set_bit(allowed_classes_, at);
    if (listed && !value.is_null() &&
        std::find(given.values->begin(), given.values->end(), value) == given.values->end()) {
      continue;
    }
    set_bit(all_, at);
    if (value.is_null() && !null_named) continue;
    set_bit(open_, at);
    if (!other_[at]) set_bit(plain_, at);
    // A class of numbers, dates… stands for many values; only words and booleans are themselves.
    bool itself = value.kind() == Kind::boolean || (value.kind() == Kind::string && !other_[at]);
    names_all_ &= itself || value.is_null();
  }
}

Variable::Taken Variable::taken(const Node& cell) const {
  Taken taken{Bits(words()), Bits(words()), true};
  if (cell.kind == NodeKind::anything) {
    taken.must = taken.may = Bits(words(), ~std::uint64_t{0});
    if (values_.size() % 64 != 0) taken.must.back() >>= 64 - values_.size() % 64;
    taken.may = taken.must;
    return taken;
  }
  const CellTests tests = tests_of(cell);
  if (opaque || (!tests.understood && !(tests.only_input && names_all_))) {
    taken.may = Bits(words(), ~std::uint64_t{0});
    if (values_.size() % 64 != 0) taken.may.back() >>= 64 - values_.size() % 64;
    taken.analysed = false;
    return taken;
  }
  Evaluator evaluator;
  if (evaluator.passes(cell, Value(), Scope{})) set_bit(taken.must, 0);
  for (const Segment& segment : segments_) {
    if (tests.understood && segment.kind != Kind::boolean) {
      fill(cell, segment, tests.constants, taken.must);
      continue;
    }
    for (std::size_t at = segment.begin; at < segment.end; ++at) {
      if (evaluator.passes(cell, values_[at], Scope{})) set_bit(taken.must, at);
    }
  }
  taken.may = taken.must;
  return taken;
}

// The answer changes only at the cell's own constants: it is asked at each and once between.
void Variable::fill(const Node& cell, const Segment& segment, const std::vector<Value>& constants,
                    Bits& bits) const {
  std::vector<std::size_t> stops;
  for (const Value& constant : constants) {
    if (constant.kind() != segment.kind) continue;
    auto begin = values_.begin() + static_cast<std::ptrdiff_t>(segment.begin);
    auto end = values_.begin() + static_cast<std::ptrdiff_t>(segment.end);
    auto found = find_on_line(begin, segment.line ? end : end - 1, constant);
    if (!segment.line && found == end - 1) continue;
    if (found != end) stops.push_back(static_cast<std::size_t>(found - values_.begin()));
  }
  std::sort(stops.begin(), stops.end());
  stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
  stops.push_back(segment.end);
  Evaluator evaluator;
  std::size_t at = segment.begin;
  std::optional<bool> between;
  for (std::size_t stop : stops) {
    if (at < stop && (segment.line || !between)) {
      // Unordered texts answer alike wherever they are not named.
      std::size_t ask = segment.line ? at : segment.end - 1;
      between = evaluator.passes(cell, values_[ask], Scope{});
    }
    for (; at < stop && *between; ++at) set_bit(bits, at);
    at = stop;
    if (stop < segment.end && evaluator.passes(cell, values_[stop], Scope{})) set_bit(bits, stop);
    ++at;
  }
}

std::string Variable::shown_stretch(const Segment& segment, std::size_t first,
                                    std::size_t last) const {
  const bool from_start = first == segment.begin, to_end = last + 1 == segment.end;
  if (first == last && !from_start && !to_end) return values_[first].source();
  // Whole numbers have a last one before the next class; of others the neighbour is named.
  std::string low = values_[first].source(), high = values_[last].source();
  if (!to_end && whole && segment.kind == Kind::number) {
    high = Value(values_[last + 1].number().minus(1).value_or(Decimal())).source();
  }
  if (from_start && to_end) return "-";
  if (from_start) return "<= " + high;
  if (to_end) return ">= " + low;
  return low == high ? low : low + ".." + high;
}

std::string Variable::shown(const std::uint64_t* bits) const {
  std::string text;
  std::size_t parts = 0;
  auto add = [&](const std::string& part) {
    if (++parts <= 6) text += (text.empty() ? "" : ", ") + part;
    if (parts == 7) text += ", …";
  };
  for (const Segment& segment : segments_) {
    const bool line = segment.line && segment.kind != Kind::boolean;
    for (std::size_t at = segment.begin; at < segment.end; ++at) {
      if (!has_bit(bits, at)) continue;
      const std::size_t first = at;
      while (line && at + 1 < segment.end && has_bit(bits, at + 1)) ++at;
      add(line ? shown_stretch(segment, first, at) : values_[at].source());
    }
  }
  if (!segments_.empty() && has_bit(bits, 0)) add("null");
  return text;
}

std::vector<Variable> variables_of(const Table& table, const GivenOf& given, bool whole_numbers) {
  std::vector<Variable> variables;
  for (std::size_t column = 0; column < table.inputs.size(); ++column) {
    const TableInput& input = table.inputs[column];
    const std::string& expression = table.info.inputs[column].expression;
    auto at = std::find_if(variables.begin(), variables.end(),
                           [&](const Variable& v) { return v.expression == expression; });
    if (at == variables.end()) {
      Variable variable;
      variable.expression = expression;
      variable.given = given(*input.expression);
      at = variables.insert(at, std::move(variable));
    }
    at->columns.push_back(column);
    if (!at->type) at->type = input.type;
    for (const TypePtr& type : {input.type, at->given.type}) {
      if (type && type->allowed) at->allowed.push_back(type->allowed);
    }
    if (input.allowed) at->allowed.push_back(input.allowed);
  }
  for (Variable& variable : variables) {
    if (!variable.type || variable.type->any) variable.type = variable.given.type;
    variable.find_classes(table, whole_numbers);
  }
  return variables;
}

}  // namespace decision
