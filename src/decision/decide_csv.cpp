#include "decision/decide_csv.h"

#include <algorithm>
#include <vector>

#include "decision/csv.h"

namespace decision {

namespace {

using Line = CsvReader::Line;

void append_cell(std::string& csv, const std::string& cell, bool first) {
  if (!first) csv += ',';
  if (cell.find_first_of(",\"\r\n") == std::string::npos) {
    csv += cell;
    return;
  }
  csv += '"';
  for (char c : cell) csv += c == '"' ? "\"\"" : std::string(1, c);
  csv += '"';
}

void append_line(std::string& csv, const Line& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) append_cell(csv, cells[i], i == 0);
  csv += "\r\n";
}

std::vector<std::string> output_names(const DecisionInfo& info) {
  std::vector<std::string> names;
  if (info.table && info.table->outputs.size() > 1) {
    for (const OutputClause& output : info.table->outputs) names.push_back(output.name);
  } else {
    names.push_back(info.name);
  }
  return names;
}

std::string shown(const Value& value) {
  return value.is_null() ? "" : value.text();
}

// The outputs of a line; the values of a list stand side by side, with "; " between.
Line output_cells(const Value& value, const std::vector<std::string>& names) {
  Line cells;
  for (const std::string& name : names) {
    auto part = [&](const Value& item) {
      if (names.size() == 1 || item.kind() != Kind::context) return item;
      const Value* entry = item.context().find(name);
      return entry != nullptr ? *entry : Value();
    };
    std::string cell;
    if (value.kind() == Kind::list) {
      for (const Value& item : value.list()) cell += (cell.empty() ? "" : "; ") + shown(part(item));
    } else {
      cell = names.size() > 1 && value.is_null() ? "" : shown(part(value));
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

std::string fired_cell(const Evaluation& evaluation, const std::string& decision) {
  std::string cell;
  for (const FiredRow& row : evaluation.fired) {
    if (row.decision == decision) cell += (cell.empty() ? "" : "; ") + std::to_string(row.row);
  }
  return cell;
}

struct Columns {
  Line header;
  std::vector<std::string> types;  // of the model's inputs; "-" for a column that is none of them
};

kernel::Result<Columns> read_header(CsvReader& reader, const DecisionInfo& info) {
  TRY_ASSIGN(Line header, reader.take_line());
  Columns columns{header, {}};
  for (const std::string& name : header) {
    auto input = std::find_if(info.inputs.begin(), info.inputs.end(),
                              [&](const InputInfo& known) { return known.name == name; });
    columns.types.push_back(input == info.inputs.end() ? "-" : input->base_type);
  }
  for (const InputInfo& input : info.inputs) {
    if (std::find(header.begin(), header.end(), input.name) != header.end()) continue;
    return reader.error("the header has no column \"" + input.name + "\"");
  }
  return columns;
}

kernel::Result<Context> read_inputs(const CsvReader& reader, const Columns& columns,
                                    const Line& cells) {
  Context inputs;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns.types[i] == "-") continue;
    auto value = read_csv_value(cells[i], columns.types[i]);
    if (!value) {
      return reader.error("\"" + cells[i] + "\" in column " + columns.header[i] + " is not a " +
                          columns.types[i]);
    }
    inputs.set(columns.header[i], *value);
  }
  return inputs;
}

}  // namespace

kernel::Result<std::string> decide_csv(const Model& model, std::string_view decision,
                                       std::string_view csv, std::string_view where) {
  auto infos = model.decisions();
  auto info = std::find_if(infos.begin(), infos.end(),
                           [&](const DecisionInfo& known) { return known.name == decision; });
  if (info == infos.end()) {
    return kernel::Error{kernel::Code::not_found,
                         "there is no decision \"" + std::string(decision) + "\"", model.name()};
  }
  CsvReader reader(csv, where);
  TRY_ASSIGN(Columns columns, read_header(reader, *info));
  auto names = output_names(*info);
  Line header = columns.header;
  header.insert(header.end(), names.begin(), names.end());
  header.push_back("fired row");
  std::string result;
  append_line(result, header);
  while (!reader.done()) {
    TRY_ASSIGN(Line cells, reader.take_line());
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (cells.size() != columns.header.size()) {
      return reader.error("has " + std::to_string(cells.size()) + " cells, not " +
                          std::to_string(columns.header.size()));
    }
    TRY_ASSIGN(Context inputs, read_inputs(reader, columns, cells));
    Evaluation evaluation = model.evaluate(decision, inputs);
    Line outputs = output_cells(evaluation.value, names);
    cells.insert(cells.end(), outputs.begin(), outputs.end());
    cells.push_back(fired_cell(evaluation, info->name));
    append_line(result, cells);
  }
  return result;
}

}  // namespace decision
