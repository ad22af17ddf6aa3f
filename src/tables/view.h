#pragma once
// Tables as the pages show them: the files in force, and one file row by row, in any version.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tables/types.h"

namespace tables {

struct DecisionLine {
  std::string name, title, kind, hit_policy;
  std::int64_t rows = 0;
};
BOOST_DESCRIBE_STRUCT(DecisionLine, (), (name, title, kind, hit_policy, rows))

// A file of tables in force on the date asked for.
struct TableLine {
  std::string file, title, version;
  VersionId version_id{0};  // 0: shipped
  std::string source;       // shipped | released
  std::optional<kernel::Date> effective_from;
  // Since this one was released the shipped file changed too: what is released holds.
  bool shipped_changed = false;
  bool editable = true;  // false: what the law forbids, no setting
  bool needs_simulation = false;
  std::int64_t open_drafts = 0;
  std::optional<kernel::Date> next_from;  // another version is approved from then
  std::vector<DecisionLine> decisions;
};
BOOST_DESCRIBE_STRUCT(TableLine, (),
                      (file, title, version, version_id, source, effective_from, shipped_changed,
                       editable, needs_simulation, open_drafts, next_from, decisions))

struct TableList {
  std::vector<TableLine> items;
};
BOOST_DESCRIBE_STRUCT(TableList, (), (items))

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

kernel::Result<TableList> list_tables(const Deps& deps, kernel::Date date);
// An empty version is the one in force today.
kernel::Result<TableFile> show_table(const Deps& deps, const std::string& file,
                                     const std::string& version, kernel::Date today);

}  // namespace tables
