#pragma once
// CaseRows: which rows of several tables that collect fire on one case, by narrowing. A bit stands
// for a row; each value of an input leaves some of them, and what all inputs leave fires. What
// enters is a program of Model::prepare_tables; the answers are its own. Where a table asks more
// than the inputs one by one, there is no such form, and CaseRun is asked.

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decision/case_program.h"

namespace decision {

class CaseRows {
 public:
  static constexpr std::size_t kWordsMax = 4;
  using Bits = std::array<std::uint64_t, kWordsMax>;

  static std::optional<CaseRows> of(const CaseProgram& program);

  // Start, then narrow by every slot of the program once; a number has its slot's scale.
  void start(Bits& bits) const { narrow(bits, start_.data()); }
  void by_number(Bits& bits, std::size_t slot, std::int64_t number) const;
  void by_null(Bits& bits, std::size_t slot) const;
  void by_boolean(Bits& bits, std::size_t slot, bool value) const;
  void by_string(Bits& bits, std::size_t slot, std::string_view text) const;
  void by_list(Bits& bits, std::size_t slot, std::span<const std::string> items) const;

  // False: a value is not allowed, so the interpreter has something to say.
  bool certain(const Bits& bits) const;
  // The rows of a table that fire, 0-based, as CaseRun::fired_rows gives them.
  template <class Each>
  void each_row(const Bits& bits, std::size_t table, const Each& each) const;

  std::size_t slots() const { return slots_.size(); }

 private:
  class Maker;
  struct Word {
    std::string text;
    std::size_t mask = 0;
  };
  // A boolean as the rows ask for it, made of the words of a list; or a word itself.
  struct Step {
    enum class Kind { word, constant, both, either, invert } kind = Kind::word;
    std::size_t a = 0, b = 0;  // steps before it, or the word
    bool value = false;
    std::size_t mask = 0;  // of false, then of true; 0: no row asks
  };
  struct Slot {
    ColumnKind kind = ColumnKind::number;
    bool list = false;
    std::size_t null = 0;              // masks_ by place
    std::vector<std::int64_t> starts;  // of numbers, but the least
    std::size_t first = 0;             // by start; of booleans false, then true
    std::vector<Word> words;           // of strings and lists
    std::size_t other = 0;             // any other string; an empty list
    std::vector<Step> steps;           // of lists
  };
  struct TableBits {
    std::size_t begin = 0, end = 0;
    std::vector<std::int32_t> order;  // bit → row; empty: as they stand
  };

  CaseRows() = default;
  void narrow(Bits& bits, const std::uint64_t* mask) const {
    for (std::size_t i = 0; i < words_; ++i) bits[i] &= mask[i];
  }
  void narrow(Bits& bits, std::size_t mask) const { narrow(bits, &masks_[mask * words_]); }
  void by_words(Bits& bits, const Slot& slot, std::uint64_t there) const;

  std::size_t words_ = 1;
  std::vector<std::uint64_t> start_, masks_, must_;
  std::vector<Slot> slots_;
  std::vector<TableBits> tables_;
};

template <class Each>
void CaseRows::each_row(const Bits& bits, std::size_t table, const Each& each) const {
  const TableBits& of = tables_[table];
  for (std::size_t word = of.begin / 64; word * 64 < of.end; ++word) {
    std::uint64_t left = bits[word];
    if (word == of.begin / 64) left &= ~std::uint64_t{0} << of.begin % 64;
    if (of.end < word * 64 + 64) left &= (std::uint64_t{1} << of.end % 64) - 1;
    for (; left != 0; left &= left - 1) {
      const std::size_t bit = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
      const std::size_t row = bit - of.begin;
      each(of.order.empty() ? row : static_cast<std::size_t>(of.order[row]));
    }
  }
}

}  // namespace decision
