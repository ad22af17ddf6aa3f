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

class PackProgram {
 public:
  PackProgram(decision::Model model, std::string pack, std::vector<std::string> tables);
  PackProgram(const PackProgram&) = delete;
  PackProgram& operator=(const PackProgram&) = delete;
  ~PackProgram();

  void check(const Facts& facts, Verdict& verdict) const;
  void interpret(const Facts& facts, Verdict& verdict) const;  // the same, all by the interpreter
  const std::vector<PackTable>& tables() const { return tables_; }

 private:
  struct Input {
    std::size_t slot;
    FactMember member;
  };
  void compile();
  std::unique_ptr<decision::CaseRun> take_run() const;
  void put_back(std::unique_ptr<decision::CaseRun> run) const;
  void interpret_table(const PackTable& table, const decision::Context& facts,
                       Verdict& verdict) const;

  decision::Model model_;
  std::string pack_;
  std::vector<PackTable> tables_;
  std::optional<decision::CaseProgram> program_;
  std::vector<Input> inputs_;
  // A run holds a case's values and is nobody else's meanwhile: callers take one and put it back.
  static constexpr std::size_t kRunsMax = 32;
  mutable std::array<std::atomic<decision::CaseRun*>, kRunsMax> runs_{};
};

// Why a pack could not be asked; it refuses.
Refusal failed_pack(std::string_view pack, std::string_view version, std::string_view table,
                    std::string_view why);

}  // namespace gate
