// /tables: the decision tables, in force or as they were under the version that decided a case.

#include <algorithm>

#include "reports/cases.h"

namespace reports {

using kernel::Code;
using kernel::Error;
using kernel::Result;

struct DecisionLine {
  std::string name, title, kind, hit_policy;
  std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(DecisionLine, (), (name, title, kind, hit_policy, rows))

struct TableLine {
  std::string file, title, version;
  std::vector<DecisionLine> decisions;
};
BOOST_DESCRIBE_STRUCT(TableLine, (), (file, title, version, decisions))

struct TableList {
  std::vector<TableLine> items;
};
BOOST_DESCRIBE_STRUCT(TableList, (), (items))

struct TableInput {
  std::string file;  // "packs~cn-bank-card.dmn": ~ stands for the slash
  std::optional<std::string> version;
};
BOOST_DESCRIBE_STRUCT(TableInput, (), (file, version))

struct InputColumn {
  std::string label, expression;
};
BOOST_DESCRIBE_STRUCT(InputColumn, (), (label, expression))

struct OutputColumn {
  std::string name, label;
};
BOOST_DESCRIBE_STRUCT(OutputColumn, (), (name, label))

struct TableRow {
  std::int64_t row = 0;
  std::string rule_id;
  std::vector<std::string> inputs, outputs;
  std::string annotation;
};
BOOST_DESCRIBE_STRUCT(TableRow, (), (row, rule_id, inputs, outputs, annotation))

struct DecisionTable {
  std::string name, title, kind, hit_policy, literal;
  std::vector<std::string> needs;  // decisions it rests on
  std::vector<InputColumn> inputs;
  std::vector<OutputColumn> outputs;
  std::vector<TableRow> rows;
};
BOOST_DESCRIBE_STRUCT(DecisionTable, (),
                      (name, title, kind, hit_policy, literal, needs, inputs, outputs, rows))

struct TableFile {
  std::string file, title, version;
  bool in_force = true;
  std::vector<DecisionTable> decisions;
};
BOOST_DESCRIBE_STRUCT(TableFile, (), (file, title, version, in_force, decisions))

namespace {

std::string in_path(std::string file) {
  std::replace(file.begin(), file.end(), '/', '~');
  return file;
}

std::string title_of(const decision::DecisionInfo& info) {
  return info.label.empty() ? info.name : info.label;
}

std::string kind_of(const decision::DecisionInfo& info) {
  return info.table ? "table" : info.expression.empty() ? "context" : "literal";
}

DecisionLine render_line(const decision::DecisionInfo& info) {
  DecisionLine line{info.name, title_of(info), kind_of(info), "", 0};
  if (info.table) {
    line.hit_policy = decision::hit_policy_letter(info.table->hit_policy, info.table->aggregation);
    line.rows = static_cast<std::int64_t>(info.table->rules.size());
  }
  return line;
}

DecisionTable render_decision(const decision::DecisionInfo& info, const strategy::Words& words) {
  const DecisionLine line = render_line(info);
  DecisionTable out{
      line.name, line.title, line.kind, line.hit_policy, info.expression, info.decisions,
      {},        {},         {}};
  if (!info.table) return out;
  const auto named = [&](const std::string& label, const std::string& name) {
    return !label.empty() ? label : words.has(name, "") ? words.zh(name) : name;
  };
  for (const auto& input : info.table->inputs)
    out.inputs.push_back({named(input.label, input.expression), input.expression});
  for (const auto& output : info.table->outputs) {
    const std::string name = output.name.empty() ? info.name : output.name;
    out.outputs.push_back({name, named(output.label, name)});
  }
  std::int64_t row = 0;
  for (const auto& rule : info.table->rules) {
    std::string annotation;
    for (const std::string& note : rule.annotations) {
      if (!note.empty()) annotation += (annotation.empty() ? "" : "；") + note;
    }
    out.rows.push_back({++row, rule.id, rule.inputs, rule.outputs, annotation});
  }
  return out;
}

std::string title_of_file(const strategy::ModelFile& file, const strategy::Words& words) {
  return words.has("file", file.file) ? words.zh("file", file.file) : file.model->name();
}

Result<TableList> list_tables(const Deps& deps) {
  TRY_ASSIGN(const auto models, strategy::Models::load(deps.decisions));
  TRY_ASSIGN(const auto words, strategy::Words::load(deps.decisions));
  TableList list;
  for (const strategy::ModelFile& file : models.files()) {
    TableLine line{in_path(file.file), title_of_file(file, words), file.version, {}};
    for (const auto& info : file.model->decisions()) line.decisions.push_back(render_line(info));
    list.items.push_back(std::move(line));
  }
  return list;
}

Result<TableFile> show_table(const Deps& deps, const TableInput& in) {
  std::string name = in.file;
  std::replace(name.begin(), name.end(), '~', '/');
  TRY_ASSIGN(auto models, strategy::Models::load(deps.decisions));
  const strategy::ModelFile* file = models.find(name);
  TableFile out;
  if (in.version && (!file || file->version != *in.version)) {
    if (in.version->size() != 12 ||
        in.version->find_first_not_of("0123456789abcdef") != std::string::npos)
      return Error{Code::invalid_input, "a version is 12 hexadecimal digits", "version"};
    TRY_ASSIGN(models, strategy::Models::load_kept(deps.shelf.data_dir() / "tables",
                                                   {{name, *in.version}}));
    file = models.find(name);
    out.in_force = false;
  }
  if (!file) return Error{Code::not_found, "no such table", in.file};
  TRY_ASSIGN(const auto words, strategy::Words::load(deps.decisions));
  out.file = in_path(file->file);
  out.title = title_of_file(*file, words);
  out.version = file->version;
  for (const auto& info : file->model->decisions())
    out.decisions.push_back(render_decision(info, words));
  return out;
}

}  // namespace

std::vector<http::Route> table_routes(const Deps& deps) {
  std::vector<http::Route> all;
  all.push_back(http::route<http::Nothing, TableList>(
      "GET", "/api/v1/tables", "reports", "The decision tables in force", {},
      [deps](const http::Nothing&, const http::Request&) { return list_tables(deps); }));
  all.push_back(http::route<TableInput, TableFile>(
      "GET", "/api/v1/tables/{file}", "reports",
      "One file of tables, row by row; with a version, as it was then", {},
      [deps](const TableInput& in, const http::Request&) { return show_table(deps, in); }));
  return all;
}

}  // namespace reports
