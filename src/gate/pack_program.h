#pragma once
// PackProgram: the tables of one pack, compiled. What enters are Facts; what leaves is every row
// that fires. The answers are those of the interpreter, word for word: whatever the compiled form
// cannot tell for certain, the interpreter is asked.

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decision/case_rows.h"
#include "decision/decision.h"
#include "gate/facts.h"
#include "gate/types.h"

namespace gate {

// The rows that fired, their words not copied: they lie in the PackSet, which must live as long, or
// here, where the interpreter was asked.
class Verdict {
 public:
  Verdict() = default;
  Verdict(Verdict&&) = default;
  Verdict& operator=(Verdict&&) = default;
  Verdict(const Verdict&) = delete;
  Verdict& operator=(const Verdict&) = delete;

  bool allowed() const { return rows_.empty(); }
  const std::vector<const Refusal*>& rows() const { return rows_; }
  void add(const Refusal* kept_elsewhere) { rows_.push_back(kept_elsewhere); }
  void make(Refusal refusal) { rows_.push_back(&made_.emplace_back(std::move(refusal))); }
  void clear() {
    rows_.clear();
    made_.clear();
  }

 private:
  std::vector<const Refusal*> rows_;
  std::deque<Refusal> made_;
};

struct PackTable {
  std::string name;                   // of the decision
  std::vector<Refusal> says;          // by row, where compiled
  std::optional<std::size_t> number;  // in the program; none: interpreted
  std::string why_interpreted;        // empty where compiled
};

// Whether a row counts on a day ("2026-11-22"): from its first day to its last, both included. A
// day that is not known, and a date that cannot be read, shut nothing out.
bool in_effect(const Refusal& row, std::string_view day);

class PackProgram {
 public:
  PackProgram(decision::Model model, std::string pack, std::vector<std::string> tables);
  PackProgram(const PackProgram&) = delete;
  PackProgram& operator=(const PackProgram&) = delete;
  ~PackProgram();

  void check(const Facts& facts, Verdict& verdict) const;
  void interpret(const Facts& facts, Verdict& verdict) const;  // the same, all by the interpreter
  const std::vector<PackTable>& tables() const { return tables_; }
  bool has_rows() const { return rows_.has_value(); }  // the fastest form

 private:
  struct Input {
    std::size_t slot;
    FactMember member;
  };
  // The same by type: what is asked a million times a second.
  template <class T>
  using Members = std::vector<std::pair<std::size_t, T Facts::*>>;
  struct ByType {
    Members<std::string> words;
    Members<bool> flags;
    Members<int> numbers;
    Members<std::optional<int>> missing;
    Members<std::vector<std::string>> lists;
  };
  void compile();
  void compile_rows();
  bool check_rows(const Facts& facts, Verdict& verdict) const;  // false: ask the interpreter
  void add_row(const PackTable& table, std::size_t row, const Facts& facts, Verdict& verdict) const;
  std::unique_ptr<decision::CaseRun> take_run() const;
  void put_back(std::unique_ptr<decision::CaseRun> run) const;
  void interpret_table(const PackTable& table, const decision::Context& context, const Facts& facts,
                       Verdict& verdict) const;

  decision::Model model_;
  std::string pack_;
  std::vector<PackTable> tables_;
  std::optional<decision::CaseProgram> program_;
  std::vector<Input> inputs_;
  std::optional<decision::CaseRows> rows_;  // the program again, where its tables are plain
  ByType by_type_;
  // A run holds a case's values and is nobody else's meanwhile: callers take one and put it back.
  static constexpr std::size_t kRunsMax = 32;
  mutable std::array<std::atomic<decision::CaseRun*>, kRunsMax> runs_{};
};

// Why a pack could not be asked; it refuses.
Refusal failed_pack(std::string_view pack, std::string_view version, std::string_view table,
                    std::string_view why);

}  // namespace gate
