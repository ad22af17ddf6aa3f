#pragma once
// For tests: reads the cells of a table well enough to look for cases that reach each of its rows.
// Knows the unary tests the shipped tables use: -, literals, ranges, comparisons, lists and not().

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "decision/decision.h"

namespace strategy::search {

using decision::Context;
using decision::Value;

// The parts of "a", "b" or [1..3], > 9: commas outside quotes part them.
inline std::vector<std::string> parts_of(const std::string& cell) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char c : cell) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) {
      parts.emplace_back();
    } else if (c != ' ' || quoted) {
      parts.back() += c;
    }
  }
  return parts;
}

inline bool part_passes(const std::string& part, const Value& value) {
  if (part == "-") return true;
  if (value.is_null()) return false;
  if (part[0] == '"') return value.kind() == decision::Kind::string && value.source() == part;
  const auto number = value.to_int64();
  if (!number) return false;
  const auto at = [&](std::size_t skip) { return std::stoll(part.substr(skip)); };
  if (part.starts_with("<=")) return *number <= at(2);
  if (part.starts_with(">=")) return *number >= at(2);
  if (part[0] == '<') return *number < at(1);
  if (part[0] == '>') return *number > at(1);
  const auto dots = part.find("..");
  if (dots == std::string::npos) return *number == at(0);
  const std::int64_t low = at(1), high = at(dots + 2);
  return (part[0] == '[' ? *number >= low : *number > low) &&
         (part.back() == ']' ? *number <= high : *number < high);
}

inline bool passes(const std::string& cell, const Value& value) {
  const bool inverted = cell.starts_with("not(");
  const std::string inner = inverted ? cell.substr(4, cell.size() - 5) : cell;
  if (inverted && value.is_null()) return false;
  const auto parts = parts_of(inner);
  const bool any = std::any_of(parts.begin(), parts.end(),
                               [&](const std::string& part) { return part_passes(part, value); });
  return any != inverted;
}

// Every value at which some cell of the column may change its mind: words, and numbers with their
// neighbours.
inline void add_candidates(const std::string& cell, std::set<std::string>& words,
                           std::set<std::int64_t>& numbers) {
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] == '"') {
      const std::size_t end = cell.find('"', i + 1);
      words.insert(cell.substr(i + 1, end - i - 1));
      i = end;
    } else if (std::isdigit(static_cast<unsigned char>(cell[i])) != 0) {
      std::size_t used = 0;
      std::int64_t number = std::stoll(cell.substr(i), &used);
      if (i > 0 && cell[i - 1] == '-') number = -number;
      for (const std::int64_t near : {number - 1, number, number + 1}) numbers.insert(near);
      i += used - 1;
    }
  }
}

inline std::vector<Value> candidates(const std::vector<decision::DecisionInfo>& all,
                                     const std::string& input) {
  std::set<std::string> words;
  std::set<std::int64_t> numbers;
  for (const decision::DecisionInfo& info : all) {
    if (!info.table) continue;
    for (std::size_t i = 0; i < info.table->inputs.size(); ++i) {
      if (info.table->inputs[i].expression != input) continue;
      add_candidates(info.table->inputs[i].allowed_values, words, numbers);
      for (const auto& rule : info.table->rules) add_candidates(rule.inputs[i], words, numbers);
    }
  }
  std::vector<Value> values(words.begin(), words.end());
  for (const std::int64_t number : numbers) values.emplace_back(number);
  return values;
}

inline const decision::DecisionInfo* find(const std::vector<decision::DecisionInfo>& all,
                                          const std::string& name) {
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& info) { return info.name == name; });
  return at == all.end() ? nullptr : &*at;
}

inline const Value& any_of(const std::vector<Value>& values, std::mt19937_64& random) {
  static const Value none;  // a column that no cell asks about
  return values.empty() ? none : values[random() % values.size()];
}

// Whether the row decided the case: the only or the first row of single hit tables, any of others.
inline bool fired(const decision::Evaluation& answer, const std::string& decision, int row) {
  return std::any_of(answer.fired.begin(), answer.fired.end(),
                     [&](const auto& of) { return of.decision == decision && of.row == row; });
}

// Mostly values that nothing special follows from, where they are among the values.
inline const std::map<std::string, Value> plain = {
    {"status", "open"}, {"flag", "none"}, {"promise", "none"}, {"contacts_7d", 0}};

inline Context random_case(const decision::DecisionInfo& info,
                           const std::map<std::string, std::vector<Value>>& values,
                           std::mt19937_64& random) {
  Context inputs;
  for (const auto& input : info.inputs) {
    const std::vector<Value>& of = values.at(input.name);
    const auto usual = plain.find(input.name);
    const bool plainly = usual != plain.end() && random() % 4 != 0 &&
                         std::find(of.begin(), of.end(), usual->second) != of.end();
    inputs.set(input.name, plainly ? usual->second : any_of(of, random));
  }
  return inputs;
}

inline std::map<std::string, std::vector<Value>> all_candidates(
    const decision::Model& of, const decision::DecisionInfo& info) {
  std::map<std::string, std::vector<Value>> values;
  for (const auto& input : info.inputs) {
    values[input.name] = candidates(of.decisions(), input.name);
  }
  return values;
}

// Values that this row's own cells let through; all where the column is worked out by the model.
inline std::map<std::string, std::vector<Value>> row_candidates(
    std::map<std::string, std::vector<Value>> values, const decision::TableInfo& table,
    std::size_t row) {
  for (std::size_t i = 0; i < table.inputs.size(); ++i) {
    const auto column = values.find(table.inputs[i].expression);
    if (column == values.end()) continue;
    std::erase_if(column->second,
                  [&](const Value& value) { return !passes(table.rules[row].inputs[i], value); });
  }
  return values;
}

}  // namespace strategy::search
