#include "strategy/arms.h"

#include <algorithm>
#include <set>

namespace strategy {

namespace {

using Rows = std::vector<std::size_t>;

Rows rows_of_arm(const column::Sheet& accounts, std::string_view experiment) {
  const column::Codes arm = accounts.codes(arm_column);
  std::vector<char> tried;
  for (const std::string& word : *arm.words) {
    tried.push_back(arm_in(word, experiment) == arm_challenger ? 1 : 0);
  }
  Rows rows;
  for (std::size_t row = 0; row < arm.values.size(); ++row) {
    if (arm.values[row] >= 0 && tried[static_cast<std::size_t>(arm.values[row])] != 0) {
      rows.push_back(row);
    }
  }
  return rows;
}

template <class T>
void gather(const column::Sheet& from, const std::string& name, const Rows& rows,
            column::Sheet& to) {
  const auto values = from.get<T>(name);
  const auto out = to.add<T>(name);
  for (std::size_t i = 0; i < rows.size(); ++i) out[i] = values[rows[i]];
}

void gather(const column::Sheet& from, const std::string& name, const Rows& rows,
            column::Sheet& to) {
  switch (from.type(name)) {
    case column::Type::i8:
      return gather<std::int8_t>(from, name, rows, to);
    case column::Type::i16:
      return gather<std::int16_t>(from, name, rows, to);
    case column::Type::i32:
      return gather<std::int32_t>(from, name, rows, to);
    case column::Type::i64:
      return gather<std::int64_t>(from, name, rows, to);
    case column::Type::code: {
      const column::Codes codes = from.codes(name);
      const auto out = to.add_codes(name, *codes.words);
      for (std::size_t i = 0; i < rows.size(); ++i) out[i] = codes.values[rows[i]];
      return;
    }
    case column::Type::text:
      return;  // no table can have it as an input
  }
}

template <class T>
void scatter(const column::Sheet& from, const std::string& name, const Rows& rows,
             column::Sheet& to) {
  const auto old = to.get<T>(name);
  std::vector<T> values(old.begin(), old.end());
  const auto decided = from.get<T>(name);
  for (std::size_t i = 0; i < rows.size(); ++i) values[rows[i]] = decided[i];
  const auto out = to.add<T>(name);
  std::copy(values.begin(), values.end(), out.begin());
}

// Words only the challenger has come after those of the table in force.
void scatter_codes(const column::Sheet& from, const std::string& name, const Rows& rows,
                   column::Sheet& to) {
  const column::Codes old = to.codes(name), decided = from.codes(name);
  std::vector<std::string> words = *old.words;
  std::vector<std::int16_t> renamed;
  for (const std::string& word : *decided.words) {
    const auto found = std::find(words.begin(), words.end(), word);
    renamed.push_back(static_cast<std::int16_t>(found - words.begin()));
    if (found == words.end()) words.push_back(word);
  }
  std::vector<std::int16_t> values(old.values.begin(), old.values.end());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int16_t code = decided.values[i];
    values[rows[i]] = code < 0 ? std::int16_t{-1} : renamed[static_cast<std::size_t>(code)];
  }
  const auto out = to.add_codes(name, std::move(words));
  std::copy(values.begin(), values.end(), out.begin());
}

kernel::Status scatter(const column::Sheet& from, const std::string& name, const Rows& rows,
                       const Challenger& challenger, column::Sheet& to) {
  if (to.type(name) != from.type(name)) {
    return kernel::Error{kernel::Code::invalid_input,
                         "the challenger of experiment " + challenger.experiment + " gives " +
                             name + " as another kind of value than the table in force",
                         challenger.table.file};
  }
  switch (from.type(name)) {
    case column::Type::i8:
      scatter<std::int8_t>(from, name, rows, to);
      break;
    case column::Type::i16:
      scatter<std::int16_t>(from, name, rows, to);
      break;
    case column::Type::i32:
      scatter<std::int32_t>(from, name, rows, to);
      break;
    case column::Type::i64:
      scatter<std::int64_t>(from, name, rows, to);
      break;
    case column::Type::code:
      scatter_codes(from, name, rows, to);
      break;
    case column::Type::text:
      break;
  }
  return kernel::Ok{};
}

// What the table in force gives, the challenger must give too: else its rows would keep answers of
// the other table.
kernel::Status all_given(const decision::Model& in_force, const column::Sheet& part,
                         const Challenger& challenger, const std::vector<book::TableRun>& runs) {
  for (const decision::DecisionInfo& info : in_force.decisions()) {
    const bool run = std::any_of(runs.begin(), runs.end(),
                                 [&](const auto& one) { return one.decision == info.name; });
    if (!run) continue;
    std::vector<std::string> wanted;
    if (info.table) {
      for (const auto& output : info.table->outputs) wanted.push_back(output.name);
    }
    if (wanted.size() < 2) wanted = {info.name};
    for (const std::string& name : wanted) {
      if (part.has(name)) continue;
      return kernel::Error{kernel::Code::invalid_input,
                           "the challenger of experiment " + challenger.experiment +
                               " does not give " + name + ", which the table in force gives",
                           challenger.table.file};
    }
  }
  return kernel::Ok{};
}

kernel::Status decide_arm(column::Sheet& accounts, const decision::Model& in_force,
                          const Challenger& challenger, const std::vector<book::TableRun>& runs) {
  const Rows rows = rows_of_arm(accounts, challenger.experiment);
  if (rows.empty()) return kernel::Ok{};
  column::Sheet part(rows.size());
  std::set<std::string> given;
  for (const decision::DecisionInfo& info : challenger.table.model->decisions()) {
    for (const decision::InputInfo& input : info.inputs) {
      if (accounts.has(input.name) && given.insert(input.name).second) {
        gather(accounts, input.name, rows, part);
      }
    }
  }
  for (const book::TableRun& run : runs) {
    TRY(book::decide_by_table(part, *challenger.table.model, run));
  }
  TRY(all_given(in_force, part, challenger, runs));
  for (const std::string& name : part.names()) {
    if (given.contains(name) || !accounts.has(name)) continue;
    TRY(scatter(part, name, rows, challenger, accounts));
  }
  return kernel::Ok{};
}

}  // namespace

kernel::Status decide_file(column::Sheet& accounts, const Models& models, std::string_view file,
                           const std::vector<book::TableRun>& runs) {
  TRY_ASSIGN(const decision::Model* const in_force, models.need(file));
  for (const book::TableRun& run : runs) TRY(book::decide_by_table(accounts, *in_force, run));
  if (!accounts.has(arm_column)) return kernel::Ok{};
  for (const Challenger& challenger : models.challengers()) {
    if (challenger.table.file == file) TRY(decide_arm(accounts, *in_force, challenger, runs));
  }
  return kernel::Ok{};
}

}  // namespace strategy
