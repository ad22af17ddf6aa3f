#pragma once
// What a room keeps sealed by the vault: each table with its primary key and its sealed columns. A
// change of keys goes through these and seals again; a column that is in no list would be lost with
// its key, so a test holds them against the schema (app/sealed_test.cpp).

#include <string>
#include <vector>

namespace store {

struct SealedColumn {
  std::string name, purpose;
};

struct SealedTable {
  std::string table;
  std::vector<std::string> key;  // columns of the primary key, all TEXT or all BIGINT
  bool key_is_number = false;
  std::vector<SealedColumn> columns;  // of type {blob}; empty or null: nothing there
};
using SealedTables = std::vector<SealedTable>;

}  // namespace store
