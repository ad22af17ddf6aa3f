#include "decision/column_index.h"

#include <algorithm>
#include <set>

#include "decision/builtins.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

constexpr std::int64_t kDirectSpan = 8192;
constexpr std::size_t kBitsMax = std::size_t{1} << 28;

bool is_input(const Node& node) {
  return node.kind == NodeKind::name && node.text == "?";
}

// The constants a test compares the input with; false where it does anything else.
class Constants {
 public:
  bool gather(const Node& node) {
    switch (node.kind) {
      case NodeKind::anything:
        return true;
      case NodeKind::tests:
      case NodeKind::list:
      case NodeKind::conjunction:
      case NodeKind::disjunction:
        return gather_all(node);
      case NodeKind::test:
        ordered_ |= node.op != Op::equal && node.op != Op::not_equal;
        return keep(*node.kids[0]);
      case NodeKind::range:
        ordered_ = true;
        return keep(*node.kids[0]) && keep(*node.kids[1]);
      case NodeKind::between:
        ordered_ = true;
        return is_input(*node.kids[0]) && keep(*node.kids[1]) && keep(*node.kids[2]);
      case NodeKind::in:
        return is_input(*node.kids[0]) && gather(*node.kids[1]);
      case NodeKind::binary:
        return gather_binary(node);
      default:
        return keep(node);
    }
  }
  const std::vector<Value>& values() const { return values_; }
  bool ordered() const { return ordered_; }

 private:
  bool gather_all(const Node& node) {
    return std::all_of(node.kids.begin(), node.kids.end(),
                       [this](const NodePtr& kid) { return gather(*kid); });
  }
  bool gather_binary(const Node& node) {
    if (is_constant(node)) return keep(node);
    if (node.op < Op::equal) return false;
    ordered_ |= node.op != Op::equal && node.op != Op::not_equal;
    if (is_input(*node.kids[0])) return keep(*node.kids[1]);
    return is_input(*node.kids[1]) && keep(*node.kids[0]);
  }
  bool keep(const Node& node) {
    if (!is_constant(node)) return false;
    Evaluator evaluator;
    values_.push_back(evaluator.evaluate(node, Scope{}));
    return true;
  }
  std::vector<Value> values_;
  bool ordered_ = false;
};

// Asks every question about one value. Questions that are the same node are asked once.
std::vector<std::uint64_t> answers(const std::vector<NodePtr>& questions, std::size_t words,
                                   const Value& value) {
  std::vector<std::uint64_t> bits(words);
  Evaluator evaluator;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (evaluator.passes(*questions[i], value, Scope{})) {
      bits[i / 64] |= std::uint64_t{1} << (i % 64);
    }
  }
  return bits;
}

void append(std::vector<std::uint64_t>& all, const std::vector<std::uint64_t>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// The first whole number (at the scale) of each class of numbers that no constant divides.
std::vector<std::int64_t> class_starts(const std::vector<Value>& constants, int scale) {
  std::set<std::int64_t> starts{INT64_MIN};
  for (const Value& constant : constants) {
    if (constant.kind() != Kind::number) continue;
    Decimal floor = constant.number().round(scale, RoundingMode::floor);
    auto at = floor.to_scaled(scale);
    if (!at) continue;  // out of the range of the column
    if (floor == constant.number()) starts.insert(*at);
    if (*at < INT64_MAX) starts.insert(*at + 1);
  }
  return {starts.begin(), starts.end()};
}

void index_numbers(const IndexRequest& request, const Constants& constants, ValueIndex& index) {
  index.starts = class_starts(constants.values(), request.scale);
  for (std::int64_t start : index.starts) {
    append(index.bits,
           answers(request.questions, index.words, Decimal::scaled(start, request.scale)));
  }
  if (index.starts.size() < 2) return;
  std::int64_t low = index.starts[1] - 1;
  std::int64_t high = index.starts.back();
  if (low < -kDirectSpan * 1024 || high > kDirectSpan * 1024 || high - low > kDirectSpan) return;
  index.direct_low = low;
  index.direct_high = high;
  std::size_t at = 0;
  for (std::int64_t value = low; value <= high; ++value) {
    while (at + 1 < index.starts.size() && index.starts[at + 1] <= value) ++at;
    for (std::size_t word = 0; word < index.words; ++word) {
      index.direct.push_back(index.bits[at * index.words + word]);
    }
  }
}

void index_strings(const IndexRequest& request, const Constants& constants, bool understood,
                   ValueIndex& index) {
  if (request.dictionary < 0) {
    for (const std::string& text : *request.pool) {
      append(index.bits, answers(request.questions, index.words, text));
    }
    return;
  }
  index.listed_only = understood && !constants.ordered();
  if (!index.listed_only) {
    index.questions = request.questions;
    return;
  }
  std::string other = "\x01";
  for (const Value& constant : constants.values()) {
    if (constant.kind() != Kind::string) continue;
    index.listed[constant.string()] = answers(request.questions, index.words, constant.string());
    other += constant.string();  // longer than, so unlike, any listed one
  }
  index.other_bits = answers(request.questions, index.words, other);
}

// Whether every name it uses is the input or one of FEEL's own functions.
bool needs_only_input(const Node& node) {
  if (node.kind == NodeKind::name) return is_input(node) || find_built_in(node.text) != nullptr;
  if (node.kind == NodeKind::error || node.kind == NodeKind::table) return false;
  bool binds = node.kind == NodeKind::for_loop || node.kind == NodeKind::function ||
               node.kind == NodeKind::some || node.kind == NodeKind::every ||
               node.kind == NodeKind::filter || node.kind == NodeKind::context;
  return !binds && std::all_of(node.kids.begin(), node.kids.end(),
                               [](const NodePtr& kid) { return needs_only_input(*kid); });
}

}  // namespace

bool is_constant(const Node& node) {
  bool calculates = node.kind == NodeKind::negate || node.kind == NodeKind::binary;
  if (node.kind == NodeKind::literal) return true;
  return calculates && std::all_of(node.kids.begin(), node.kids.end(),
                                   [](const NodePtr& kid) { return is_constant(*kid); });
}

std::optional<ValueIndex> build_index(const IndexRequest& request) {
  Constants constants;
  bool understood = true;
  for (const NodePtr& question : request.questions) understood &= constants.gather(*question);
  if (!understood && request.kind == ColumnKind::number) return std::nullopt;
  if (!understood && request.kind != ColumnKind::number) {
    // Any question will do for a small set of values, as long as it needs only the value.
    for (const NodePtr& question : request.questions) {
      if (!needs_only_input(*question)) return std::nullopt;
    }
  }
  ValueIndex index;
  index.kind = request.kind;
  index.dictionary = request.dictionary;
  index.words = std::max<std::size_t>(1, (request.questions.size() + 63) / 64);
  index.null_bits = answers(request.questions, index.words, Value());
  if (request.kind == ColumnKind::number) {
    if (constants.values().size() * index.words * 128 > kBitsMax) return std::nullopt;
    index_numbers(request, constants, index);
  } else if (request.kind == ColumnKind::boolean) {
    append(index.bits, answers(request.questions, index.words, false));
    append(index.bits, answers(request.questions, index.words, true));
  } else {
    index_strings(request, constants, understood, index);
  }
  return index;
}

std::vector<std::uint64_t> bits_of_dictionary(const ValueIndex& index,
                                              std::span<const std::string> dictionary) {
  std::vector<std::uint64_t> bits = index.null_bits;
  for (const std::string& text : dictionary) {
    if (!index.listed_only) {
      append(bits, answers(index.questions, index.words, text));
      continue;
    }
    auto listed = index.listed.find(text);
    append(bits, listed == index.listed.end() ? index.other_bits : listed->second);
  }
  return bits;
}

}  // namespace decision
