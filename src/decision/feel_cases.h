#pragma once
// For tests of FEEL: rows of "expression -> answer", each asked and its answer written as FEEL.

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "decision/builtins.h"
#include "decision/evaluate.h"
#include "decision/parser.h"

namespace decision {

struct FeelAnswer {
  std::string text;  // "error" where it could not be read
  std::vector<std::string> messages;
};

inline FeelAnswer ask_feel(const std::string& text) {
  ParseContext context;
  auto node = parse_expression(text, built_in_names(), context);
  if (!node) return {"error", {node.error().message}};
  DateTime now{CalendarDate{2026, 11, 22}, ClockTime{9, 30, 0, 0, {}}};
  Context none;
  Evaluator evaluator(none, &now);
  std::string answer = evaluator.evaluate(**node, Scope{}).source();
  return {answer, evaluator.take_messages()};
}

inline void expect_feel(const char* cases, int wanted_rows) {
  std::istringstream lines(cases);
  std::string line;
  int rows = 0;
  while (std::getline(lines, line)) {
    std::size_t arrow = line.rfind(" -> ");
    if (arrow == std::string::npos) continue;
    FeelAnswer got = ask_feel(line.substr(0, arrow));
    std::string why = got.messages.empty() ? "" : got.messages[0];
    EXPECT_EQ(got.text, line.substr(arrow + 4)) << line << "\n" << why;
    ++rows;
  }
  EXPECT_EQ(rows, wanted_rows);
}

}  // namespace decision
