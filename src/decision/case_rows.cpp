#include "decision/case_rows.h"

#include <algorithm>
#include <set>

#include "decision/case_plan.h"
#include "decision/column_index.h"

namespace decision {

namespace {

constexpr std::size_t kListWordsMax = 64;  // a bit each
constexpr std::size_t kStepsMax = 256;

}  // namespace

// ---- making ------------------------------------------------------------------------------------

class CaseRows::Maker {
 public:
  explicit Maker(const CasePlan& of) : of_(of), plan_(*of.plan) {}

  std::optional<CaseRows> make() {
    if (!of_.of_tables || !plan_.why_interpreted.empty() || !plan_.null_complains.empty())
      return {};
    if (!place_bits() || !sort_steps()) return {};
    rows_.start_ = all_;
    rows_.slots_.resize(of_.inputs.size());
    for (std::size_t slot = 0; slot < of_.inputs.size(); ++slot)
      if (!make_slot(slot)) return {};
    for (const auto& [reg, value] : constants_) narrow_start(reg, value);
    return std::move(rows_);
  }

 private:
  using Mask = std::vector<std::uint64_t>;
  // A table's question about a register.
  struct Question {
    const TablePlan* table;
    std::size_t begin;  // its first bit
    std::size_t index;
  };

  // Every table's rows, and two more where it has values that are allowed.
  bool place_bits() {
    std::size_t bits = 0;
    std::vector<std::size_t> begins;
    for (const TablePlan& table : plan_.table_plans) {
      if (!table.collects || !table.outputs.empty()) return false;
      begins.push_back(bits);
      bits += table.rules + (table.checks_allowed ? 2 : 0);
    }
    rows_.words_ = std::max<std::size_t>((bits + 63) / 64, 1);
    if (rows_.words_ > kWordsMax) return false;
    all_.assign(rows_.words_, 0);
    rows_.must_ = all_;
    for (std::size_t bit = 0; bit < bits; ++bit) set(all_, bit);
    for (std::size_t i = 0; i < plan_.table_plans.size(); ++i) {
      const TablePlan& table = plan_.table_plans[i];
      for (std::size_t k = 0; table.checks_allowed && k < 2; ++k)
        set(rows_.must_, begins[i] + table.rules + k);
      for (std::size_t k = 0; k < table.inputs.size(); ++k)
        asked_[table.inputs[k]].push_back({&table, begins[i], table.indexes[k]});
    }
    for (const std::size_t at : plan_.fired_plans) {
      const TablePlan& table = plan_.table_plans[at];
      TableBits of{begins[at], begins[at] + table.rules, {}};
      for (std::size_t i = 0; i < table.rules; ++i)
        if (table.order[i] != static_cast<std::int32_t>(i)) of.order = table.order;
      rows_.tables_.push_back(std::move(of));
    }
    return true;
  }

  // Steps by what they are made of: constants, columns as they are, words of a list.
  bool sort_steps() {
    for (std::size_t reg = 0; reg < plan_.registers.size(); ++reg)
      if (plan_.registers[reg].column >= 0)
        column_of_[static_cast<int>(reg)] = static_cast<std::size_t>(plan_.registers[reg].column);
    for (const decision::Step& step : plan_.steps) {
      switch (step.kind) {
        case StepKind::table:
          break;
        case StepKind::load:
          column_of_[step.out] = step.index;
          break;
        case StepKind::constant:
          if (step.flag) return false;
          constants_[step.out] = step.immediate;
          break;
        case StepKind::both:
        case StepKind::either:
        case StepKind::invert:
          made_.push_back(&step);
          break;
        default:
          return false;
      }
    }
    return true;
  }

  bool make_slot(std::size_t slot) {
    Slot& made = rows_.slots_[slot];
    made.kind = of_.inputs[slot].kind;
    if (of_.list[slot] >= 0) return make_list(made, static_cast<std::size_t>(of_.list[slot]));
    if (of_.column[slot] < 0) return false;
    const auto column = static_cast<std::size_t>(of_.column[slot]);
    const std::vector<int> regs = registers_of(column);
    for (const int reg : regs)
      for (const decision::Step* step : made_)
        if (step->in[0] == reg || (step->kind != StepKind::invert && step->in[1] == reg))
          return false;
    made.null = add(regs, [](const ValueIndex& index) { return index.null_class; });
    if (made.kind == ColumnKind::number) return make_number(made, regs);
    if (made.kind == ColumnKind::boolean) {
      made.first = add(regs, [](const ValueIndex& index) { return index.class_of[0]; });
      add(regs, [](const ValueIndex& index) { return index.class_of[1]; });
      return true;
    }
    const Words& words = of_.words[column];
    if (words.asked) return false;
    const auto class_of = [](const ValueIndex& index, const std::string& text) {
      const auto found = index.listed.find(text);
      return found == index.listed.end() ? index.other_class : found->second;
    };
    for (const auto& [text, code] : words.codes) {
      const std::string& word = text;
      made.words.push_back(
          {word, add(regs, [&](const ValueIndex& index) { return class_of(index, word); })});
    }
    made.other = add(regs, [](const ValueIndex& index) { return index.other_class; });
    return true;
  }

  bool make_number(Slot& made, const std::vector<int>& regs) {
    std::set<std::int64_t> starts;
    for (const int reg : regs)
      for (const Question& question : asked_[reg]) {
        const auto& of = plan_.indexes[question.index].starts;
        starts.insert(of.begin(), of.end());
      }
    starts.insert(INT64_MIN);
    made.first = masks();
    for (const std::int64_t start : starts) {
      add(regs, [&](const ValueIndex& index) { return class_of_number(index, start); });
      if (start != INT64_MIN) made.starts.push_back(start);
    }
    return true;
  }

  // The words that are asked for, and what is made of them.
  bool make_list(Slot& made, std::size_t list) {
    made.list = true;
    std::map<int, std::size_t> place;  // register → step
    const auto mask_of = [&](int reg) {
      if (!asked_.contains(reg)) return std::size_t{0};
      const std::vector<int> one = {reg};
      const std::size_t first = add(one, [](const ValueIndex& index) { return index.class_of[0]; });
      add(one, [](const ValueIndex& index) { return index.class_of[1]; });
      return first;
    };
    if (masks() == 0) rows_.masks_.insert(rows_.masks_.end(), all_.begin(), all_.end());
    for (const auto& [word, column] : plan_.lists[list].words) {
      if (made.words.size() == kListWordsMax) return false;
      for (const int reg : registers_of(column)) {
        place[reg] = made.steps.size();
        made.steps.push_back({Step::Kind::word, made.words.size(), 0, false, mask_of(reg)});
      }
      made.words.push_back({word, 0});
    }
    for (const decision::Step* step : made_) {
      const bool one = step->kind == StepKind::invert;
      if (!add_constant(made, place, step->in[0]) ||
          (!one && !add_constant(made, place, step->in[1])))
        return false;
      const Step::Kind kind = one                            ? Step::Kind::invert
                              : step->kind == StepKind::both ? Step::Kind::both
                                                             : Step::Kind::either;
      place[step->out] = made.steps.size();
      made.steps.push_back({kind, place.at(step->in[0]), one ? 0 : place.at(step->in[1]), false,
                            mask_of(step->out)});
    }
    return finish_list(made);
  }

  // A constant that a step is made of; false: it is made of something else than this list.
  bool add_constant(Slot& made, std::map<int, std::size_t>& place, int reg) const {
    if (place.contains(reg)) return true;
    const auto constant = constants_.find(reg);
    if (constant == constants_.end()) return false;
    place[reg] = made.steps.size();
    made.steps.push_back({Step::Kind::constant, 0, 0, constant->second == 1, 0});
    return true;
  }

  // Most lists are empty or have one word: what they leave is known beforehand.
  bool finish_list(Slot& made) {
    if (made.steps.size() > kStepsMax) return false;
    const auto whole = [&](std::uint64_t there) {
      Bits bits;
      bits.fill(~std::uint64_t{0});
      rows_.by_words(bits, made, there);
      const std::size_t at = masks();
      for (std::size_t i = 0; i < rows_.words_; ++i) rows_.masks_.push_back(bits[i] & all_[i]);
      return at;
    };
    made.other = whole(0);
    for (std::size_t i = 0; i < made.words.size(); ++i)
      made.words[i].mask = whole(std::uint64_t{1} << i);
    return true;
  }

  std::vector<int> registers_of(std::size_t column) const {
    std::vector<int> regs;
    for (const auto& [reg, of] : column_of_)
      if (of == column) regs.push_back(reg);
    return regs;
  }

  static void set(Mask& mask, std::size_t bit) { mask[bit / 64] |= std::uint64_t{1} << bit % 64; }
  std::size_t masks() const { return rows_.masks_.size() / rows_.words_; }

  // What a value of these registers leaves, given its class in each index.
  template <class ClassOf>
  Mask mask(const std::vector<int>& regs, const ClassOf& class_of) const {
    Mask made = all_;
    for (const int reg : regs) {
      const auto questions = asked_.find(reg);
      if (questions == asked_.end()) continue;
      for (const Question& question : questions->second) {
        const ValueIndex& index = plan_.indexes[question.index];
        const std::uint64_t* leaves = &index.class_bits[class_of(index) * index.words];
        const std::size_t bits = question.table->rules + (question.table->checks_allowed ? 2 : 0);
        for (std::size_t bit = 0; bit < bits; ++bit)
          if ((leaves[bit / 64] >> bit % 64 & 1) == 0)
            made[(question.begin + bit) / 64] &= ~(std::uint64_t{1} << (question.begin + bit) % 64);
      }
    }
    return made;
  }
  template <class ClassOf>
  std::size_t add(const std::vector<int>& regs, const ClassOf& class_of) {
    const std::size_t at = masks();
    const Mask made = mask(regs, class_of);
    rows_.masks_.insert(rows_.masks_.end(), made.begin(), made.end());
    return at;
  }

  void narrow_start(int reg, std::int64_t value) {
    const Mask made = mask({reg}, [&](const ValueIndex& index) {
      if (index.kind == ColumnKind::number) return class_of_number(index, value);
      return index.class_of[static_cast<std::size_t>(value)];
    });
    for (std::size_t i = 0; i < made.size(); ++i) rows_.start_[i] &= made[i];
  }

  const CasePlan& of_;
  const ColumnPlan& plan_;
  CaseRows rows_;
  Mask all_;                                    // every bit
  std::map<int, std::vector<Question>> asked_;  // by register
  std::map<int, std::size_t> column_of_;        // of registers that are a column as it is
  std::map<int, std::int64_t> constants_;       // by register
  std::vector<const decision::Step*> made_;     // both, either, invert
};

std::optional<CaseRows> CaseRows::of(const CaseProgram& program) {
  return Maker(*program.plan_).make();
}

// ---- narrowing ---------------------------------------------------------------------------------

void CaseRows::by_number(Bits& bits, std::size_t slot, std::int64_t number) const {
  const Slot& of = slots_[slot];
  std::size_t at = of.first;
  for (const std::int64_t start : of.starts) at += number >= start ? 1 : 0;
  narrow(bits, at);
}

void CaseRows::by_null(Bits& bits, std::size_t slot) const {
  narrow(bits, slots_[slot].null);
}

void CaseRows::by_boolean(Bits& bits, std::size_t slot, bool value) const {
  narrow(bits, slots_[slot].first + (value ? 1 : 0));
}

void CaseRows::by_string(Bits& bits, std::size_t slot, std::string_view text) const {
  const Slot& of = slots_[slot];
  for (const Word& word : of.words)
    if (word.text == text) return narrow(bits, word.mask);
  narrow(bits, of.other);
}

void CaseRows::by_list(Bits& bits, std::size_t slot, std::span<const std::string> items) const {
  const Slot& of = slots_[slot];
  std::uint64_t there = 0;
  for (const std::string& item : items)
    for (std::size_t i = 0; i < of.words.size(); ++i)
      if (of.words[i].text == item) there |= std::uint64_t{1} << i;
  if (there == 0) return narrow(bits, of.other);
  if ((there & (there - 1)) == 0)
    return narrow(bits, of.words[static_cast<std::size_t>(std::countr_zero(there))].mask);
  by_words(bits, of, there);
}

void CaseRows::by_words(Bits& bits, const Slot& slot, std::uint64_t there) const {
  bool values[kStepsMax];
  for (std::size_t i = 0; i < slot.steps.size(); ++i) {
    const Step& step = slot.steps[i];
    switch (step.kind) {
      case Step::Kind::word:
        values[i] = (there >> step.a & 1) != 0;
        break;
      case Step::Kind::constant:
        values[i] = step.value;
        break;
      case Step::Kind::both:
        values[i] = values[step.a] && values[step.b];
        break;
      case Step::Kind::either:
        values[i] = values[step.a] || values[step.b];
        break;
      case Step::Kind::invert:
        values[i] = !values[step.a];
        break;
    }
    if (step.mask != 0) narrow(bits, step.mask + (values[i] ? 1 : 0));
  }
}

bool CaseRows::certain(const Bits& bits) const {
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < words_; ++i) missing |= must_[i] & ~bits[i];
  return missing == 0;
}

}  // namespace decision
