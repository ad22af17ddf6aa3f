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
  int column = -1;         // the input column it is a plain copy of
};

// To which class each value belongs. Values of one class answer all questions alike; the questions
// are the rules of a table (and whether the value is allowed), or a single test.
struct ValueIndex {
  ColumnKind kind = ColumnKind::number;
  std::size_t words = 1;
  std::uint32_t classes = 0;
  std::vector<std::uint64_t> class_bits;  // by class: the answers
  std::uint32_t null_class = 0;
  std::vector<std::int64_t> starts;     // numbers: where a class begins; starts[0] is least
  std::vector<std::uint32_t> class_of;  // numbers by start, booleans by 0 and 1, strings by pool
  // Numbers: where to look among the starts, by (value - low) >> shift; with a shift of 0, the
  // class itself.
  std::vector<std::uint32_t> first;
  std::int64_t low = 0;
  std::int64_t high = 0;
  int shift = 0;
  int steps = 0;
  // Strings of an input column are looked up when the program runs.
  int dictionary = -1;
  std::unordered_map<std::string, std::uint32_t> listed;
  std::uint32_t other_class = 0;
  NodePtr asked;             // asked of each string of the dictionary instead
  bool complaining = false;  // the interpreter may say something when it is asked a question
};

// A decision table as a graph: each level maps what is left of the rules, and the classes of a few
// inputs, to what is left after them; the last gives a leaf. See docs/decisions/0012.
struct TableGraph {
  struct Input {
    std::size_t input = 0;  // of TablePlan::inputs
    std::uint32_t stride = 1;
  };
  struct Level {
    std::vector<Input> inputs;
    std::size_t states = 1;
    std::uint32_t width = 1;
    std::vector<std::uint32_t> next;  // by state + sum of class * stride
  };
  struct Word {
    std::uint32_t at = 0;
    std::uint64_t bits = 0;
  };
  std::vector<Level> levels;
  std::uint32_t root = 0;  // the leaf where there is no level
  // A graph that would be too large ends early: it gives sets of rules, as words that are not zero,
  // and the bits of these inputs are still to be taken.
  std::vector<std::size_t> rest;
  std::vector<std::uint32_t> set_begin;
  std::vector<Word> words;
};

// Leaves: what a table says. Rules come after these two.
constexpr std::uint32_t kRefused = 0;  // an input is not allowed, or rules contradict each other
constexpr std::uint32_t kNoRule = 1;
constexpr std::uint32_t kFirstLeaf = 2;

struct TableOutputPlan {
  int out = 0;                       // register
  std::vector<std::int64_t> values;  // by rule
  std::vector<std::uint8_t> nulls;   // by rule
  std::vector<int> registers;        // by rule, where the entries are calculated
  std::int64_t default_value = 0;
  bool default_null = true;
  std::vector<std::int64_t> leaf_values;  // by leaf, where the entries are constant
  std::vector<std::uint8_t> leaf_nulls;
  bool null_rules = false;  // whether a leaf of a rule may be null
  bool needed = false;      // by another step, so that the register must be filled
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
  std::vector<int> columns;  // registers of the columns of the table, for explanations
  TableGraph graph;
  // Tables that collect: the rules of each leaf from kFirstLeaf on, in order.
  bool collects = false;
  std::vector<std::uint32_t> list_begin;
  std::vector<std::int32_t> list_rules;  // 1-based
  std::vector<std::int32_t> list_first;  // by leaf: the least of its rules, 0 for none
  std::vector<std::uint8_t> overflow;    // by leaf: what it adds up to is out of range
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
  look_up,    // in[0] by test `index`: yes or no, never null
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
  int dictionary = -1;     // the input column whose strings it gives, not those of the pool
  int table = -1;          // the table plan whose constant output it is
  std::size_t output = 0;  // of that table
  std::vector<std::int32_t> leaf_codes;  // strings of a table: by leaf, in the output's dictionary
};

// An input that is a list of strings, and the words it is asked for: each is a column, which says
// whether the list contains it.
struct ListInput {
  std::string name;
  std::vector<std::pair<std::string, std::size_t>> words;  // and their columns
};

struct ColumnPlan {
  std::shared_ptr<const Definitions> model;
  std::string decision;
  std::vector<ColumnType> inputs;
  std::vector<ListInput> lists;  // only of programs that decide one case
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
  bool hidden_tables = false;            // tables of knowledge models, which fire unseen
  // Where the interpreter may have something to say besides its answer: always, or where one of
  // these registers is null.
  bool complaining = false;
  std::vector<int> null_complains;
};

}  // namespace decision
