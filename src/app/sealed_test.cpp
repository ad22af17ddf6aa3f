// Every column that the vault seals is in a room's list: one in none would be lost with its key.

#include <gtest/gtest.h>

#include <set>

#include "app/rooms.h"
#include "tests/stores.h"

namespace app {
namespace {

// Columns of bytes that are not sealed by the vault, and what they are.
const std::set<std::string> in_clear = {
    "contact_point.row_key",      // keyed indexes
    "contact_point.value_index",  //
    "customer.citizen_id_index",  //
    "customer.name_index",        //
    "customer.row_key",           //
    "guarantor.phone_index",      //
    "guarantor.row_key",          //
    "past_contact.row_key",       //
    "gate_calendar.bytes",        // the lender's calendar
    "gate_pack.bytes",            // policy packs
    "table_version.xml",          // decision tables
    "seal.ranges",                // which facts a seal holds
    "log_key.key",                // of commitments in the log; destroyed to erase a subject
    "log_key.ref",                //
    "vault_check.sealed",         // of the first format, taken away when it is left
    "vault_wrap.wrapped",         // by the root
};

TEST(Sealed, every_column_of_bytes_is_in_a_list_or_known_to_be_clear) {
  const tests::Folder folder;
  const auto store =
      tests::open_store((folder.path() / "s.sqlite").string(), folder.path(), all_migrations());
  std::set<std::string> listed;
  const auto tables = all_sealed();
  for (const auto& table : tables)
    for (const auto& column : table.columns)
      EXPECT_TRUE(listed.insert(table.table + "." + column.name).second)
          << table.table << "." << column.name << " is listed twice";
  std::set<std::string> there;
  ASSERT_TRUE(store->read([&](store::Transaction& tx) {
    tx.query(
        "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND c.type = 'BLOB'",
        {}, [&](const store::Row& row) { there.insert(row.text(0)); });
  }));
  for (const std::string& column : there)
    EXPECT_NE(listed.count(column) + in_clear.count(column), 0U)
        << column << " is in no room's sealed.h: is it sealed? Else say here what it is.";
  for (const std::string& column : listed)
    EXPECT_EQ(there.count(column) + in_clear.count(column), 1U) << column;
  for (const std::string& column : in_clear) EXPECT_EQ(there.count(column), 1U) << column;
}

TEST(Sealed, keys_of_the_lists_are_the_tables_own) {
  tests::for_each_store(all_migrations(), [](store::Store& store, const auto&) {
    // A page of each, of which none has rows: names and types fit both engines.
    EXPECT_TRUE(store.read([](store::Transaction& tx) {
      for (const auto& table : all_sealed())
        for (const auto& key : table.key)
          tx.query("SELECT " + key + " FROM " + table.table + " WHERE " + key + " > $1",
                   {table.key_is_number ? store::Param(0) : store::Param("")}, nullptr);
    }));
  });
}

}  // namespace
}  // namespace app
