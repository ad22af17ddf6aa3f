#pragma once
// ColumnPlan: a decision lowered to steps over blocks of rows. A register holds one int64 and one
// null flag for each row of a block: numbers are scaled, booleans are 0 or 1, strings are codes.
// A row whose arithmetic overflows is marked and asked of the interpreter instead.

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "decision/columns.h"
#include "decision/model.h"

namespace decision {

constexpr std::size_t kBlockRows = 1024;

struct RegisterInfo {
  ColumnKind kind = ColumnKind::number;
  int scale = 0;
  int dictionary = -1;     // of strings: the input column whose codes they are; -1: the pool
  std::vector<int> codes;  // of pool strings: which may come
};

// What each value means for a set of yes-no questions, as a row of bits; the questions are the
// rules of a table (and whether the value is allowed), or a single test.
struct ValueIndex {
  ColumnKind kind = ColumnKind::number;
  std::size_t words = 1;
  std::vector<std::int64_t> starts;  // numbers: the first value of each class; starts[0] is least
  std::vector<std::uint64_t> bits;   // numbers by class, booleans by 0 and 1, pool strings by code
  std::vector<std::uint64_t> null_bits;
  std::vector<std::uint64_t> direct;  // numbers in a narrow span: bits by value - direct_low
  std::int64_t direct_low = 0;
  std::int64_t direct_high = -1;
  // Strings of an input column are looked up when the program runs.
  int dictionary = -1;
  bool listed_only = true;  // only equality with the listed strings matters
  std::unordered_map<std::string, std::vector<std::uint64_t>> listed;
  std::vector<std::uint64_t> other_bits;
  std::vector<NodePtr> questions;  // asked for each string of the dictionary where not listed_only
};

struct TableOutputPlan {
  int out = 0;                       // register
  std::vector<std::int64_t> values;  // by rule
  std::vector<std::uint8_t> nulls;   // by rule
  std::vector<int> registers;        // by rule, where the entries are calculated
  std::int64_t default_value = 0;
  bool default_null = true;
};

struct TablePlan {
  std::string owner;
  HitPolicy hit_policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::size_t rules = 0;
  std::size_t words = 1;
  bool checks_allowed = false;       // the two bits after the rules say that it is allowed
  std::vector<int> inputs;           // registers
  std::vector<std::size_t> indexes;  // into ColumnPlan::indexes
  std::vector<std::int32_t> order;   // bit → rule: by priority, else as written
  std::vector<std::int32_t>
      output_class;  // rules with the same class give the same (hit policy any)
  std::vector<TableOutputPlan> outputs;
  int fired = 0;  // register: 1-based row, 0 for none
};

enum class StepKind {
  load,      // from column `index`
  constant,  // immediate; null where flag
  rescale,   // times (index > 0) or divided (index < 0) by a power of ten, rounded by mode
  add,
  subtract,
  multiply,
  negate,
  absolute,
  minimum,
  maximum,
  compare,    // op on two numbers, two booleans or two pool strings
  both,       // and, three-valued
  either,     // or
  invert,     // not
  choose,     // in[0] true ? in[1] : in[2]
  look_up,    // in[0] by index `index`: one bit, never null
  constrain,  // in[0], null where index `index` says no
  table,      // table `index`
};

struct Step {
  StepKind kind = StepKind::load;
  int out = 0;
  std::array<int, 3> in{};
  Op op = Op::equal;
  std::int64_t immediate = 0;
  bool flag = false;
  std::size_t index = 0;
  int shift = 0;
  RoundingMode mode = RoundingMode::half_even;
};

struct OutputPlan {
  int in = 0;                        // register
  std::vector<std::int32_t> recode;  // pool code → code of the output's dictionary
};

struct ColumnPlan {
  std::shared_ptr<const Definitions> model;
  std::string decision;
  std::vector<ColumnType> inputs;
  std::vector<OutputType> outputs;
  bool structured = false;  // the answer is a context with a value for each output
  bool collects = false;    // the answer is a list: only the fired rows are given
  std::vector<std::string> tables;
  std::string why_interpreted;

  std::vector<std::string> pool;  // strings known when compiling
  std::vector<RegisterInfo> registers;
  std::vector<Step> steps;
  std::vector<ValueIndex> indexes;
  std::vector<TablePlan> table_plans;
  std::vector<OutputPlan> output_plans;
  std::vector<std::size_t> fired_plans;  // the table plan of each of `tables`
  int top_table = -1;                    // the table plan that is the decision itself
};

}  // namespace decision
