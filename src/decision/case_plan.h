#pragma once
// CasePlan: what a CaseProgram is made of, and CaseRun runs.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "decision/column_plan.h"
#include "decision/table.h"

namespace decision {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

// The strings of an input that the program tells apart; any other has the code after them.
struct Words {
  std::vector<std::string> dictionary;  // and, last, a string unlike any of them
  std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> codes;
  bool asked = false;  // others are told apart too, by the interpreter
};

struct CasePlan {
  std::shared_ptr<const ColumnPlan> plan;
  std::size_t decision = 0;
  bool of_tables = false;                      // of several tables
  std::vector<std::vector<Value>> row_values;  // of those, by table
  std::vector<ColumnType> inputs;              // slots
  std::vector<int> column;           // by slot: of the plan; -1: of no kind that columns have
  std::vector<int> list;             // by slot: of the plan's lists; -1: no list
  std::vector<Words> words;          // by column
  std::vector<const Table*> tables;  // by table plan, where all of them are decisions'
};

}  // namespace decision
