#include "decision/decide_csv.h"

#include <algorithm>
#include <vector>

namespace decision {

namespace {

using Line = std::vector<std::string>;

// RFC 4180: cells in quotes may hold commas, quotes (doubled) and line ends.
class CsvReader {
 public:
  CsvReader(std::string_view text, std::string_view where) : text_(text), where_(where) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }
  bool done() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }

  kernel::Result<Line> take_line() {
    Line cells;
    ++line_;
    while (true) {
      TRY_ASSIGN(std::string cell, take_cell());
      cells.push_back(std::move(cell));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      return cells;
    }
  }

  kernel::Error error(std::string message) const {
    return {kernel::Code::invalid_input, std::move(message),
            std::string(where_) + ":" + std::to_string(line_)};
  }

 private:
  kernel::Result<std::string> take_cell() {
    std::string cell;
    if (at_ >= text_.size() || text_[at_] != '"') {
      std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      cell = text_.substr(at_, end - at_);
      at_ = end;
      return cell;
    }
    ++at_;
    while (true) {
      std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) return error("a quoted cell does not end");
      cell += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (at_ >= text_.size() || text_[at_] != '"') break;
      cell += '"';
      ++at_;
    }
    bool ends =
        at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\r' || text_[at_] == '\n';
    if (!ends) return error("there is something after a quoted cell");
    return cell;
  }

  std::string_view text_;
  std::string_view where_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;
};

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

std::optional<Value> read_value(const std::string& cell, const std::string& type) {
  if (cell.empty()) return Value();
  auto some = [](const auto& parsed) {
    return parsed ? std::optional<Value>(*parsed) : std::nullopt;
  };
  if (type == "number") return some(Decimal::parse(cell));
  if (type == "date") return some(parse_date(cell));
  if (type == "time") return some(parse_time(cell));
  if (type == "date and time") return some(parse_date_time(cell));
  if (type == "days and time duration") return some(parse_days_duration(cell));
  if (type == "years and months duration") return some(parse_months_duration(cell));
  if (type == "boolean") {
    if (cell == "true" || cell == "false") return Value(cell == "true");
    return std::nullopt;
  }
  if (type.empty()) {  // an open type: what the cell looks like
    if (cell == "true" || cell == "false") return Value(cell == "true");
    if (auto number = Decimal::parse(cell)) return Value(*number);
  }
  return Value(cell);
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
    auto value = read_value(cells[i], columns.types[i]);
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
