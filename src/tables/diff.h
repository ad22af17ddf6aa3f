#pragma once
// Two versions of a file side by side: which decisions, columns and rows differ, and in words. Rows
// are matched by rule id, then by what they say, then by likeness.

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tables/types.h"

namespace tables {

struct CellDiff {
  std::string from, to;  // FEEL as it stands; empty on the side that has no such column or row
  bool changed = false;
};
BOOST_DESCRIBE_STRUCT(CellDiff, (), (from, to, changed))

struct RowDiff {
  std::string kind;                       // added | removed | changed | moved
  std::int64_t from_row = 0, to_row = 0;  // 0: not there
  bool moved = false;                     // a changed row that also moved
  std::string rule_id;
  std::vector<CellDiff> cells;  // one a column of the decision's `columns`
  std::string zh, en;
};
BOOST_DESCRIBE_STRUCT(RowDiff, (), (kind, from_row, to_row, moved, rule_id, cells, zh, en))

struct ColumnDiff {
  std::string part;  // input | output | annotation
  std::string name, label;
  std::string kind;  // same | added | removed
};
BOOST_DESCRIBE_STRUCT(ColumnDiff, (), (part, name, label, kind))

struct PropertyDiff {
  std::string what;  // hit_policy | expression | input_values | output_values | default | column …
  std::string from, to, zh, en;
};
BOOST_DESCRIBE_STRUCT(PropertyDiff, (), (what, from, to, zh, en))

struct DecisionDiff {
  std::string name, title, kind;  // same | added | removed | changed
  std::vector<PropertyDiff> properties;
  std::vector<ColumnDiff> columns;
  std::vector<RowDiff> rows;  // those that differ, in the order of `to`, removed ones at the end
  std::int64_t same_rows = 0;
};
BOOST_DESCRIBE_STRUCT(DecisionDiff, (), (name, title, kind, properties, columns, rows, same_rows))

struct TableDiff {
  std::string file, from, to;  // versions
  std::string zh, en;          // in one sentence
  std::vector<DecisionDiff> decisions;
};
BOOST_DESCRIBE_STRUCT(TableDiff, (), (file, from, to, zh, en, decisions))

TableDiff diff_models(const decision::Model& from, const decision::Model& to,
                      const strategy::Words& words);
// An empty version is the one in force today.
kernel::Result<TableDiff> diff_versions(const Deps& deps, const std::string& file,
                                        const std::string& from, const std::string& to,
                                        kernel::Date today);

}  // namespace tables
