#pragma once
// What findings say, in Chinese and English.

#include <string>
#include <vector>

#include "decision/check.h"

namespace decision {

struct Say {
  const char* kind;
  std::string zh, en;
};

namespace say {

// Columns are named as people see them: label and expression.
Say gap(const std::string& region);
Say open_gap(const std::string& region);
Say overlap(int row, int other, bool any);
Say duplicate(int row, int other, bool same_outputs);
Say shadowed(int row, const std::vector<int>& by);
Say only_missing(int row);
Say never_fires(const std::string& column, const std::string& cell);
Say not_allowed(const std::string& column, const std::string& value, const std::string& allowed);
Say never_given(const std::string& column, const std::string& cell, const std::string& decision);
Say not_accepted(const std::string& column, const std::string& value, const std::string& decision);
Say wrong_type(const std::string& column, const std::string& value, const std::string& type);
Say wrong_output(const std::string& column, const std::string& value, const std::string& type);
Say not_listed(const std::string& column, const std::string& value);
Say unreachable_output(const std::string& column, const std::string& value);
Say unused_input(const std::string& column);
Say missing_requirement(const std::string& name);
Say unused_requirement(const std::string& name);
Say unknown_name(const std::string& name);
Say not_understood(const std::string& why);
Say not_reproducible(const std::string& name);
Say not_analysed(const std::string& columns);
Say not_proven();

}  // namespace say
}  // namespace decision
