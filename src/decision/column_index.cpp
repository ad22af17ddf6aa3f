#include "decision/column_index.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "decision/cell_tests.h"
#include "decision/evaluate.h"

namespace decision {

namespace {

constexpr std::uint64_t kDirectSpan = 8192;
constexpr std::uint64_t kBuckets = 4096;
constexpr std::size_t kWordsMax = std::size_t{1} << 23;  // 64 MiB of class bits

bool passes(const Node& question, const Value& value, bool& complaining) {
  Evaluator evaluator;
  bool yes = evaluator.passes(question, value, Scope{});
  complaining |= !evaluator.take_messages().empty();
  return yes;
}

// The first whole number (at the scale) of each class of numbers that no constant divides.
std::set<std::int64_t> class_starts(const std::vector<Value>& constants, int scale) {
  std::set<std::int64_t> starts{INT64_MIN};
  for (const Value& constant : constants) {
    if (constant.kind() != Kind::number) continue;
    Decimal floor = constant.number().round(scale, RoundingMode::floor);
    auto at = floor.to_scaled(scale);
    if (floor == Decimal::scaled(INT64_MIN, scale)) starts.insert(INT64_MIN + 1);
    if (!at) continue;  // out of the range of the column
    if (floor == constant.number()) starts.insert(*at);
    if (*at < INT64_MAX) starts.insert(*at + 1);
  }
  return starts;
}

// Makes the classes of one index: bits that were met before have their class already.
class Builder {
 public:
  Builder(const IndexRequest& request, ValueIndex& index)
      : request_(request), index_(index), now_(index.words), yes_(request.questions.size()) {}

  void answer(std::size_t question, bool yes) {
    if (yes_[question] == (yes ? 1 : 0)) return;
    yes_[question] = yes ? 1 : 0;
    for (std::uint32_t bit : request_.bits_of[question]) {
      now_[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    }
  }
  void ask_all(const Value& value) {
    for (std::size_t i = 0; i < yes_.size(); ++i) answer(i, ask(i, value));
  }
  bool ask(std::size_t question, const Value& value) {
    return passes(*request_.questions[question], value, index_.complaining);
  }
  std::uint32_t current() {
    std::uint64_t hash = 0;
    for (std::uint64_t word : now_) hash = (hash ^ word) * 0x9E3779B97F4A7C15U + (hash >> 29);
    auto [from, to] = known_.equal_range(hash);
    for (; from != to; ++from) {
      if (std::equal(now_.begin(), now_.end(), &index_.class_bits[from->second * index_.words])) {
        return from->second;
      }
    }
    index_.class_bits.insert(index_.class_bits.end(), now_.begin(), now_.end());
    known_.emplace(hash, index_.classes);
    return index_.classes++;
  }
  bool too_large() const { return index_.class_bits.size() > kWordsMax; }
  const std::vector<std::uint8_t>& answers() const { return yes_; }

 private:
  const IndexRequest& request_;
  ValueIndex& index_;
  std::vector<std::uint64_t> now_;
  std::vector<std::uint8_t> yes_;  // by question
  std::unordered_multimap<std::uint64_t, std::uint32_t> known_;
};

// Buckets of equal width over the starts, so that few steps of halving are left in each.
void add_buckets(ValueIndex& index) {
  std::int64_t base = index.starts[1] - 1;
  auto range = static_cast<std::uint64_t>(index.starts.back()) - static_cast<std::uint64_t>(base);
  index.low = base;
  index.high = index.starts.back();
  while ((range >> index.shift) >= kBuckets) ++index.shift;
  if (range <= kDirectSpan) index.shift = 0;
  std::size_t most = 0;
  std::uint32_t at = 0;
  for (std::uint64_t bucket = 0; bucket <= range >> index.shift; ++bucket) {
    auto value =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + (bucket << index.shift));
    std::uint32_t before = at;
    while (at + 1 < index.starts.size() && index.starts[at + 1] <= value) ++at;
    if (bucket > 0) most = std::max<std::size_t>(most, at - before);
    index.first.push_back(at);
  }
  most = std::max<std::size_t>(most, index.starts.size() - 1 - at);
  index.steps = index.shift == 0 ? 0 : static_cast<int>(std::bit_width(most));
  if (index.shift == 0) {
    for (std::uint32_t& first : index.first) first = index.class_of[first];
  }
  for (std::size_t pad = 0; pad < std::size_t{1} << index.steps; ++pad) {
    index.starts.push_back(INT64_MAX);
    index.class_of.push_back(index.class_of.back());
  }
}

// Sweeps over the numbers from below; each question is asked only where its own constants are.
bool index_numbers(const IndexRequest& request, Builder& builder, ValueIndex& index) {
  std::map<std::int64_t, std::vector<std::pair<std::size_t, bool>>> changes;
  for (std::size_t i = 0; i < request.questions.size(); ++i) {
    const CellTests tests = tests_of(*request.questions[i]);
    bool before = false;
    for (std::int64_t start : class_starts(tests.constants, request.scale)) {
      bool yes = builder.ask(i, Decimal::scaled(start, request.scale));
      if (start == INT64_MIN || yes != before) changes[start].emplace_back(i, yes);
      before = yes;
    }
  }
  changes.try_emplace(INT64_MIN);
  for (const auto& [start, answers] : changes) {
    for (auto [question, yes] : answers) builder.answer(question, yes);
    std::uint32_t number = builder.current();
    if (builder.too_large()) return false;
    if (!index.class_of.empty() && index.class_of.back() == number) continue;
    index.starts.push_back(start);
    index.class_of.push_back(number);
  }
  if (index.starts.size() > 1) add_buckets(index);
  return true;
}

// A string that no question names answers as any other such; a named one differs where named.
bool index_strings(const IndexRequest& request, Builder& builder, ValueIndex& index) {
  std::map<std::string, std::vector<std::size_t>> named;
  std::string other = "\x01";
  for (std::size_t i = 0; i < request.questions.size(); ++i) {
    const CellTests tests = tests_of(*request.questions[i]);
    for (const Value& constant : tests.constants) {
      if (constant.kind() != Kind::string) continue;
      auto& questions = named[constant.string()];
      if (questions.empty() || questions.back() != i) questions.push_back(i);
    }
  }
  for (const auto& [text, questions] : named) {
    if (text.size() >= other.size()) other.resize(text.size() + 1, '\x01');
  }
  builder.ask_all(other);
  index.other_class = builder.current();
  std::vector<std::uint8_t> usual = builder.answers();
  for (const auto& [text, questions] : named) {
    for (std::size_t i : questions) builder.answer(i, builder.ask(i, text));
    index.listed[text] = builder.current();
    for (std::size_t i : questions) builder.answer(i, usual[i] != 0);
    if (builder.too_large()) return false;
  }
  return true;
}

}  // namespace

bool is_indexable(const Node& question, ColumnKind kind, bool from_pool) {
  const CellTests tests = tests_of(question);
  if (kind == ColumnKind::number) return tests.understood;
  if (kind == ColumnKind::string && !from_pool) return tests.understood && !tests.ordered;
  return tests.only_input;
}

std::optional<ValueIndex> build_index(const IndexRequest& request) {
  ValueIndex index;
  index.kind = request.kind;
  index.dictionary = request.dictionary;
  index.words = std::max<std::size_t>(1, (request.bits + 63) / 64);
  Builder builder(request, index);
  builder.ask_all(Value());
  index.null_class = builder.current();
  if (request.kind == ColumnKind::number) {
    if (!index_numbers(request, builder, index)) return std::nullopt;
  } else if (request.kind == ColumnKind::boolean) {
    for (bool value : {false, true}) {
      builder.ask_all(value);
      index.class_of.push_back(builder.current());
    }
  } else if (request.dictionary < 0) {
    index.class_of.resize(request.pool->size(), index.null_class);
    for (int code : request.codes) {
      builder.ask_all((*request.pool)[static_cast<std::size_t>(code)]);
      index.class_of[static_cast<std::size_t>(code)] = builder.current();
      if (builder.too_large()) return std::nullopt;
    }
  } else if (!index_strings(request, builder, index)) {
    return std::nullopt;
  }
  return index;
}

std::optional<ValueIndex> build_test(IndexRequest request, const NodePtr& question) {
  bool from_pool = request.dictionary < 0;
  request.questions = {question};
  request.bits_of = {{0}};
  if (is_indexable(*question, request.kind, from_pool)) return build_index(request);
  if (request.kind != ColumnKind::string || !needs_only_input(*question)) return std::nullopt;
  ValueIndex index;
  index.kind = request.kind;
  index.dictionary = request.dictionary;
  index.class_bits = {0, 1};
  index.classes = 2;
  index.complaining = true;
  index.null_class = passes(*question, Value(), index.complaining) ? 1 : 0;
  index.asked = question;
  return index;
}

std::vector<std::uint32_t> classes_of_dictionary(const ValueIndex& index,
                                                 std::span<const std::string> dictionary) {
  std::vector<std::uint32_t> classes = {index.null_class};
  bool ignored = false;  // complaining already
  for (const std::string& text : dictionary) {
    if (index.asked) {
      classes.push_back(passes(*index.asked, text, ignored) ? 1 : 0);
      continue;
    }
    auto listed = index.listed.find(text);
    classes.push_back(listed == index.listed.end() ? index.other_class : listed->second);
  }
  return classes;
}

}  // namespace decision
