#pragma once
// Check: what is wrong with the tables of a model before anybody is decided by them. Exact where
// cells are the usual tests (literals, ranges, comparisons, lists, not(), dates, null); a cell that
// is more is said to be so and never leads to a false error. Every example of a finding has been
// run through the interpreter. Work is bounded; what was not settled is said (not_proven).

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decision/decision.h"
#include "kernel/result.h"

namespace decision {

// The kinds of findings, all there are:
//   gap                  a case that no row takes, and there is no default
//   no_default           the same, of a text that no list of values rules out
//   overlap              two rows take one case, where only one may (U) or the outputs differ (A)
//   shadowed             a row that never decides: the rows that go first take all its cases
//   only_missing         a row that decides only where an input is missing (note)
//   duplicate_row        a row that says what another says
//   never_fires          a row that no value can meet: a contradictory cell
//   allowed_values       a cell asks for a value that the input is not allowed
//   never_given          a cell asks for a value that the decision it comes from never gives
//   not_accepted         a decision gives a value that the table asking it does not allow
//   type_error           a cell, an output or a default of another type than its column
//   output_values        an output that is not among the output values
//   unreachable_output   an output value that no row which can decide gives
//   unused_input         an input that no row looks at
//   missing_requirement  a name of the model that is used without being required
//   unused_requirement   something required that is not used
//   unknown_name         a name that nothing has
//   not_understood       an expression that cannot be parsed (lenient models keep them)
//   not_reproducible     now() or today(): the same case may be decided otherwise tomorrow
//   not_analysed         a cell with more than tests of its input by constants (note)
//   not_proven           the bound of work was reached (note)
const std::vector<std::string>& finding_kinds();

struct Finding {
  std::string kind;      // one of finding_kinds()
  std::string severity;  // error, warning or note
  std::string decision;  // or knowledge model
  int row = 0;           // 1-based; 0 where it is of the whole table
  int other_row = 0;
  std::string column;  // expression of an input, name of an output, "" where it is of the row
  std::string message_zh, message_en;
  // Input expression and FEEL literal: a case that shows it. A value for every input column.
  std::vector<std::pair<std::string, std::string>> example;
};

struct CheckOptions {
  bool night = false;  // a table of the night: what cannot be reproduced is an error
  // Numbers that are compared with whole numbers only are whole (days, fen, counts): there is
  // nothing between 30 and 31. Otherwise every number is a point of the line.
  bool whole_numbers = true;
  std::size_t findings_max = 20;        // of a kind in a table
  std::int64_t work_max = 600'000'000;  // words of bits looked at, in a table
};

// Errors first, then by decision and row.
kernel::Result<std::vector<Finding>> check(const Model& model, const CheckOptions& options = {});

bool has_errors(const std::vector<Finding>& findings);
// One finding in words, with its example; language "zh" or "en".
std::string render_finding(const Finding& finding, std::string_view language);

}  // namespace decision
