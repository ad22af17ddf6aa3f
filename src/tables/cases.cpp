// case,decision,<input>…,expect_<output>…: docs/tables.md says how to write them.

#include "tables/cases.h"

#include <algorithm>
#include <map>

#include "decision/csv.h"

namespace tables {

using decision::CsvReader;
using decision::Value;
using kernel::Result;

namespace {

constexpr std::string_view expect_begin = "expect_";
constexpr std::string_view defaults_name = "*";
constexpr std::size_t cases_max = 5'000;

struct Column {
  enum class Kind { name, decision, input, expected } kind = Kind::input;
  std::string name;  // of the input, or of what is expected
  std::string type;  // of the input
};

struct Header {
  std::vector<Column> columns;
  std::vector<decision::DecisionInfo> decisions;
};

Result<Header> read_header(CsvReader& reader, const decision::Model& model) {
  TRY_ASSIGN(const CsvReader::Line names, reader.take_line());
  Header header;
  header.decisions = model.decisions();
  const auto inputs = model.inputs();
  for (const std::string& name : names) {
    const auto input = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const auto& known) { return known.name == name; });
    if (name == "case") {
      header.columns.push_back({Column::Kind::name, name, ""});
    } else if (name == "decision") {
      header.columns.push_back({Column::Kind::decision, name, ""});
    } else if (name.starts_with(expect_begin)) {
      header.columns.push_back({Column::Kind::expected, name.substr(expect_begin.size()), ""});
    } else if (input != inputs.end()) {
      header.columns.push_back({Column::Kind::input, name, input->base_type});
    } else {
      return reader.error("column '" + name +
                          "' is no input of the model; a column is case, "
                          "decision, an input, or expect_ and the name of an output");
    }
  }
  const auto has = [&](Column::Kind kind) {
    return std::any_of(header.columns.begin(), header.columns.end(),
                       [&](const Column& column) { return column.kind == kind; });
  };
  if (!has(Column::Kind::name) || !has(Column::Kind::decision) || !has(Column::Kind::expected))
    return reader.error("the first line needs the columns case, decision and an expect_ column");
  return header;
}

std::optional<Value> read_cell(const std::string& cell, const std::string& type) {
  if (type != "list" && !type.starts_with("list<")) return decision::read_csv_value(cell, type);
  decision::List items;
  std::size_t from = 0;
  while (from < cell.size()) {
    const std::size_t end = std::min(cell.find('|', from), cell.size());
    items.push_back(Value(cell.substr(from, end - from)));
    from = end + 1;
  }
  return Value(std::move(items));
}

// What a person compares: a text as it is, a number whatever its zeros, several joined by "; ".
std::string shown(const Value& value) {
  if (value.is_null()) return "null";
  if (value.kind() != decision::Kind::list) return value.text();
  std::string text;
  for (const Value& item : value.list()) text += (text.empty() ? "" : "; ") + shown(item);
  return text.empty() ? "null" : text;
}

Value part_of(const Value& value, const std::string& name) {
  if (value.kind() == decision::Kind::context) {
    const Value* found = value.context().find(name);
    return found != nullptr ? *found : Value();
  }
  if (value.kind() != decision::Kind::list) return value;
  decision::List parts;
  for (const Value& item : value.list()) parts.push_back(part_of(item, name));
  return Value(std::move(parts));
}

bool same(const std::string& expected, const std::string& got) {
  if (expected == got) return true;
  const auto a = decision::Decimal::parse(expected), b = decision::Decimal::parse(got);
  return a && b && *a == *b;
}

std::string fired_rules(const decision::Evaluation& answer, const std::string& decision) {
  std::string rules;
  for (const decision::FiredRow& row : answer.fired)
    if (row.decision == decision) rules += (rules.empty() ? "" : "; ") + row.rule_id;
  return rules.empty() ? "null" : rules;
}

// The names something can be expected of: outputs, the decision itself, and the rules that fired.
bool gives(const decision::DecisionInfo& info, const std::string& name) {
  if (name == info.name || name == "rule") return true;
  if (!info.table) return true;  // a context's entries are known once it is asked
  return std::any_of(info.table->outputs.begin(), info.table->outputs.end(),
                     [&](const auto& output) { return output.name == name; });
}

class Runner {
 public:
  Runner(const decision::Model& model, Header header) : model_(model), header_(std::move(header)) {}

  Result<std::optional<TableTest>> run(const CsvReader& reader, const CsvReader::Line& cells) {
    if (cells.size() == 1 && cells[0].empty()) return std::optional<TableTest>();
    if (cells.size() != header_.columns.size())
      return reader.error("the line has " + std::to_string(cells.size()) + " cells, the first " +
                          std::to_string(header_.columns.size()));
    const std::string name = cell(cells, Column::Kind::name);
    if (name == defaults_name) {
      defaults_ = cells;
      return std::optional<TableTest>();
    }
    TRY_ASSIGN(const decision::DecisionInfo* info, find(reader, cells));
    TRY_ASSIGN(const decision::Context inputs, read_inputs(reader, cells));
    TableTest test{.name = name, .line = static_cast<std::int64_t>(reader.line()), .passed = true};
    const decision::Evaluation answer = model_.evaluate(info->name, inputs);
    bool any = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const Column& column = header_.columns[i];
      if (column.kind != Column::Kind::expected || cells[i].empty()) continue;
      if (!gives(*info, column.name))
        return reader.error("decision '" + info->name + "' has no output '" + column.name + "'");
      compare(column.name, cells[i], *info, answer, test);
      any = true;
    }
    if (!any) return reader.error("the case expects nothing: fill one of its expect_ cells");
    if (!test.passed && !answer.messages.empty()) test.got += " (" + answer.messages.front() + ")";
    return std::optional(std::move(test));
  }

 private:
  std::string cell(const CsvReader::Line& cells, Column::Kind kind) const {
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (header_.columns[i].kind == kind) return cells[i];
    return "";
  }

  Result<const decision::DecisionInfo*> find(const CsvReader& reader,
                                             const CsvReader::Line& cells) const {
    std::string name = cell(cells, Column::Kind::decision);
    if (name.empty() && !defaults_.empty()) name = cell(defaults_, Column::Kind::decision);
    for (const auto& info : header_.decisions)
      if (info.name == name) return &info;
    return reader.error("the model has no decision '" + name + "'");
  }

  Result<decision::Context> read_inputs(const CsvReader& reader,
                                        const CsvReader::Line& cells) const {
    decision::Context inputs;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const Column& column = header_.columns[i];
      if (column.kind != Column::Kind::input) continue;
      const bool own = !cells[i].empty() || defaults_.empty();
      const std::string& text = own ? cells[i] : defaults_[i];
      const auto value = text == "null" ? std::optional(Value()) : read_cell(text, column.type);
      if (!value)
        return reader.error("'" + text + "' in column " + column.name + " is not a " + column.type);
      inputs.set(column.name, *value);
    }
    return inputs;
  }

  static void compare(const std::string& name, const std::string& expected,
                      const decision::DecisionInfo& info, const decision::Evaluation& answer,
                      TableTest& test) {
    const std::string got =
        name == "rule" ? fired_rules(answer, info.name) : shown(part_of(answer.value, name));
    const auto add = [&](std::string& to, const std::string& text) {
      to += (to.empty() ? "" : ", ") + name + " = " + text;
    };
    add(test.expected, expected);
    add(test.got, got);
    test.passed = test.passed && same(expected, got);
  }

  const decision::Model& model_;
  Header header_;
  CsvReader::Line defaults_;
};

}  // namespace

Result<std::vector<TableTest>> run_cases(const decision::Model& model, std::string_view tests_csv,
                                         std::string_view where) {
  std::vector<TableTest> tests;
  if (tests_csv.find_first_not_of(" \t\r\n") == tests_csv.npos) return tests;
  CsvReader reader(tests_csv, where);
  TRY_ASSIGN(Header header, read_header(reader, model));
  Runner runner(model, std::move(header));
  while (!reader.done()) {
    TRY_ASSIGN(const CsvReader::Line cells, reader.take_line());
    TRY_ASSIGN(auto test, runner.run(reader, cells));
    if (test) tests.push_back(std::move(*test));
    if (tests.size() > cases_max) return reader.error("more than 5,000 cases");
  }
  return tests;
}

std::string shipped_cases(const std::filesystem::path& decisions, const std::string& file) {
  const std::string name = file.substr(0, file.size() - std::string_view(".dmn").size());
  const auto found = read_shipped(decisions, name + ".tests.csv");
  if (!found) return "";
  const std::string first = found->bytes->substr(0, found->bytes->find('\n'));
  return first.find(expect_begin) == first.npos ? "" : *found->bytes;
}

}  // namespace tables
