#include "decision/column_graph.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

namespace decision {

namespace {

using Word = TableGraph::Word;
using Words = std::vector<Word>;

constexpr std::size_t kEntriesMax = std::size_t{1} << 22;  // of one level: 16 MiB
constexpr std::size_t kWorkMax = std::size_t{1} << 28;     // words of sets looked at, for a graph
constexpr std::size_t kSetsLeast = std::size_t{1} << 15;   // of one level; more for more rules
constexpr std::size_t kSetsMost = std::size_t{1} << 20;
constexpr std::size_t kSetWordsMax = std::size_t{1} << 22;
constexpr std::size_t kListedMax = std::size_t{1} << 23;
constexpr std::size_t kMergedMax = std::size_t{1} << 15;

bool has_bit(const std::uint64_t* bits, std::size_t bit) {
  return (bits[bit / 64] >> (bit % 64) & 1) != 0;
}

// Sets of rules by number, each met once. Set 0 is what is refused; it holds no rule.
class Sets {
 public:
  Sets() { begin_ = {0, 0}; }
  std::uint32_t number(const Words& words) {
    std::uint64_t hash = 1;
    for (const Word& word : words) {
      hash = (hash ^ word.at ^ (word.bits * 0x9E3779B97F4A7C15U)) * 0xBF58476D1CE4E5B9U;
      hash ^= hash >> 31;
    }
    if (size() * 2 >= slots_.size()) grow();
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (hashes_[slots_[at]] != hash) continue;
      auto set = (*this)[slots_[at]];
      if (std::equal(words.begin(), words.end(), set.begin(), set.end(), same)) return slots_[at];
    }
    auto added = static_cast<std::uint32_t>(size());
    words_.insert(words_.end(), words.begin(), words.end());
    begin_.push_back(static_cast<std::uint32_t>(words_.size()));
    hashes_.push_back(hash);
    return slots_[at] = added;
  }
  std::span<const Word> operator[](std::size_t set) const {
    return {words_.data() + begin_[set], words_.data() + begin_[set + 1]};
  }
  std::size_t size() const { return begin_.size() - 1; }
  std::vector<std::uint32_t>& begins() { return begin_; }
  Words& words() { return words_; }

 private:
  static bool same(const Word& a, const Word& b) { return a.at == b.at && a.bits == b.bits; }
  void grow() {
    slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), 0);
    for (std::uint32_t set = 1; set < size(); ++set) {
      std::size_t at = hashes_[set] & (slots_.size() - 1);
      while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = set;
    }
  }
  Words words_;
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint64_t> hashes_ = {0};  // by set
  std::vector<std::uint32_t> slots_;         // by hash: a set, or 0
};

class Builder {
 public:
  Builder(const std::vector<ValueIndex>& indexes, TablePlan& plan,
          const std::vector<std::size_t>& order)
      : indexes_(indexes), plan_(plan), order_(order) {}

  void build() {
    always_.assign(order_.size() + 1, std::vector<std::uint64_t>(plan_.words, ~std::uint64_t{0}));
    for (std::size_t k = order_.size(); k-- > 0;) {
      always_[k] = always_[k + 1];
      const ValueIndex& index = index_of(k);
      for (std::size_t i = 0; i < index.class_bits.size(); ++i) {
        always_[k][i % plan_.words] &= index.class_bits[i];
      }
    }
    Words all;
    for (std::uint32_t i = 0; i * 64 < plan_.rules; ++i) all.push_back({i, ~std::uint64_t{0}});
    all.back().bits >>= (64 - plan_.rules % 64) % 64;
    reduce(all, always_[0]);
    std::size_t level = 0;
    if (order_.empty()) {
      graph.root = winner(plan_, all);
      return;
    }
    sets_.number(all);
    while (level < order_.size() && add_level(level)) ++level;
    finish(level);
  }

  TableGraph graph;
  std::map<std::vector<std::int32_t>, std::uint32_t> lists;  // rules → leaf

 private:
  const ValueIndex& index_of(std::size_t level) const {
    return indexes_[plan_.indexes[order_[level]]];
  }

  // Drops what can no longer matter, where every rule of `always` matches whatever comes.
  void reduce(Words& words, const std::vector<std::uint64_t>& always) const {
    bool first_wins = !plan_.collects && plan_.hit_policy != HitPolicy::unique &&
                      plan_.hit_policy != HitPolicy::any;
    if (!first_wins) return;
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::uint64_t sure = words[i].bits & always[words[i].at];
      if (sure == 0) continue;
      std::uint64_t lowest = sure & (~sure + 1);
      words[i].bits &= lowest | (lowest - 1);
      words.resize(i + 1);
      return;
    }
  }

  bool is_refused(const std::uint64_t* bits) const {
    return plan_.checks_allowed && !(has_bit(bits, plan_.rules) && has_bit(bits, plan_.rules + 1));
  }

  std::uint32_t leaf(const Words& words) {
    if (!plan_.collects || words.empty()) return winner(plan_, words);
    std::vector<std::int32_t> rules;
    for (const Word& word : words) {
      for (std::uint64_t rest = word.bits; rest != 0; rest &= rest - 1) {
        auto bit = word.at * 64 + static_cast<std::size_t>(std::countr_zero(rest));
        rules.push_back(plan_.order[bit] + 1);
      }
    }
    listed_ += rules.size();
    auto number = static_cast<std::uint32_t>(lists.size()) + kFirstLeaf;
    return lists.try_emplace(std::move(rules), number).first->second;
  }

  bool add_level(std::size_t level) {
    const ValueIndex& index = index_of(level);
    TableGraph::Level made;
    made.states = sets_.size();
    made.width = index.classes;
    made.inputs = {{order_[level], 1}};
    if (made.states * made.width > kEntriesMax) return false;
    made.next.assign(made.states * made.width, 0);
    bool last = level + 1 == order_.size();
    std::size_t sets_max = std::clamp(plan_.rules * 64, kSetsLeast, kSetsMost);
    Sets next;
    Words child;
    for (std::size_t state = 1; state < made.states; ++state) {
      auto set = sets_[state];
      work_ += (set.size() + 2) * made.width;
      bool large = next.size() > sets_max || next.words().size() > kSetWordsMax ||
                   listed_ > kListedMax || lists.size() > sets_max;
      if (work_ > kWorkMax || large) return false;
      for (std::uint32_t number = 0; number < made.width; ++number) {
        const std::uint64_t* bits = &index.class_bits[number * plan_.words];
        if (is_refused(bits)) continue;
        child.clear();
        for (const Word& word : set) {
          if (std::uint64_t both = word.bits & bits[word.at]) child.push_back({word.at, both});
        }
        reduce(child, always_[level + 1]);
        made.next[state * made.width + number] = last ? leaf(child) : next.number(child);
      }
    }
    graph.levels.push_back(std::move(made));
    sets_ = std::move(next);
    return true;
  }

  void finish(std::size_t level) {
    if (level < order_.size()) {
      graph.rest.assign(order_.begin() + static_cast<std::ptrdiff_t>(level), order_.end());
      graph.root = 1;  // the set of all
      graph.set_begin = std::move(sets_.begins());
      graph.words = std::move(sets_.words());
    }
    // The walk starts in state 1: leave out state 0 of the first level by starting at its row.
    if (!graph.levels.empty()) {
      auto& first = graph.levels[0];
      first.next.erase(first.next.begin(), first.next.begin() + first.width);
      first.states = 1;
    }
    merge_levels();
    for (std::size_t i = 0; i + 1 < graph.levels.size(); ++i) {
      for (std::uint32_t& state : graph.levels[i].next) state *= graph.levels[i + 1].width;
    }
  }

  // Takes neighbours together while the table of both stays small: one look instead of two.
  void merge_levels() {
    std::vector<TableGraph::Level> merged;
    for (auto& level : graph.levels) {
      bool joins = !merged.empty() && merged.back().next.size() * level.width <= kMergedMax;
      if (!joins) {
        merged.push_back(std::move(level));
        continue;
      }
      auto& before = merged.back();
      std::vector<std::uint32_t> next;
      next.reserve(before.next.size() * level.width);
      for (std::uint32_t state : before.next) {
        auto from = level.next.begin() + static_cast<std::ptrdiff_t>(state * level.width);
        next.insert(next.end(), from, from + level.width);
      }
      before.next = std::move(next);
      for (auto& input : before.inputs) input.stride *= level.width;
      before.inputs.push_back(level.inputs[0]);
      before.width *= level.width;
    }
    graph.levels = std::move(merged);
  }

  const std::vector<ValueIndex>& indexes_;
  TablePlan& plan_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<std::uint64_t>> always_;  // by level: rules that all that follows passes
  Sets sets_;
  std::size_t work_ = 0;
  std::size_t listed_ = 0;
};

struct Made {
  TableGraph graph;
  std::map<std::vector<std::int32_t>, std::uint32_t> lists;

  std::size_t entries() const {
    std::size_t sum = 0;
    for (const auto& level : graph.levels) sum += level.next.size();
    return sum;
  }
  bool whole() const { return graph.rest.empty(); }
};

Made make(const std::vector<ValueIndex>& indexes, TablePlan& plan,
          const std::vector<std::size_t>& order) {
  Builder builder(indexes, plan, order);
  builder.build();
  return {std::move(builder.graph), std::move(builder.lists)};
}

// How many rules a class of the input leaves, on average, in parts of a thousand.
std::size_t share_left(const TablePlan& plan, const ValueIndex& index) {
  std::size_t left = 0;
  for (std::uint64_t word : index.class_bits) left += static_cast<std::size_t>(std::popcount(word));
  return left * 1000 /
         (std::max<std::size_t>(1, index.classes) * std::max<std::size_t>(1, plan.rules));
}

void keep_lists(const std::map<std::vector<std::int32_t>, std::uint32_t>& lists, TablePlan& plan) {
  std::vector<const std::vector<std::int32_t>*> by_leaf(lists.size());
  for (const auto& [rules, leaf] : lists) by_leaf[leaf - kFirstLeaf] = &rules;
  plan.list_begin.assign(kFirstLeaf + 1, 0);
  plan.list_first.assign(kFirstLeaf, 0);
  for (const auto* rules : by_leaf) {
    plan.list_rules.insert(plan.list_rules.end(), rules->begin(), rules->end());
    plan.list_begin.push_back(static_cast<std::uint32_t>(plan.list_rules.size()));
    plan.list_first.push_back(*std::min_element(rules->begin(), rules->end()));
  }
}

}  // namespace

std::uint32_t winner(const TablePlan& plan, std::span<const Word> words) {
  std::uint32_t picked = kNoRule;
  for (const Word& word : words) {
    for (std::uint64_t rest = word.bits; rest != 0; rest &= rest - 1) {
      auto bit = word.at * 64 + static_cast<std::size_t>(std::countr_zero(rest));
      auto rule = static_cast<std::uint32_t>(plan.order[bit]) + kFirstLeaf;
      if (picked == kNoRule) {
        picked = rule;
        if (plan.hit_policy != HitPolicy::unique && plan.hit_policy != HitPolicy::any) return rule;
        continue;
      }
      if (plan.hit_policy == HitPolicy::unique) return kRefused;
      if (plan.output_class[rule - kFirstLeaf] != plan.output_class[picked - kFirstLeaf]) {
        return kRefused;
      }
    }
  }
  return picked;
}

void build_graph(const std::vector<ValueIndex>& indexes, TablePlan& plan) {
  std::vector<std::size_t> order(plan.inputs.size());
  std::iota(order.begin(), order.end(), 0);
  auto classes = [&](std::size_t input) { return indexes[plan.indexes[input]].classes; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return classes(a) < classes(b); });
  Made best = make(indexes, plan, order);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return share_left(plan, indexes[plan.indexes[a]]) < share_left(plan, indexes[plan.indexes[b]]);
  });
  Made other = make(indexes, plan, order);
  bool better = other.whole() != best.whole() ? other.whole() : other.entries() < best.entries();
  if (better) std::swap(best, other);
  plan.graph = std::move(best.graph);
  if (plan.collects) keep_lists(best.lists, plan);
}

}  // namespace decision
