#pragma once
// Rows that a callback gives, as a table that SQLite reads: many are inserted by one statement,
// whose place in a tree stays beside the last row. A statement a row begins at the root for each.

#include <sqlite3.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace store {

class Checkpointer;

class GivenRows {
 public:
  // Of the table given_row(rows): c0, c1, …
  static constexpr std::size_t columns_max = 64;
  static int declare(sqlite3* db);  // once for each connection; SQLITE_OK

  // The statement that reads them; its one parameter is for bind().
  static std::string insert_into(std::string_view table,
                                 const std::vector<std::string_view>& columns);

  using NextRow = std::function<bool(Params&)>;
  // `checkpointer` may be null; else the log goes to disk while many rows are inserted.
  GivenRows(std::size_t columns, const NextRow& next_row, Checkpointer* checkpointer)
      : columns_(columns), next_row_(next_row), checkpointer_(checkpointer) {}
  GivenRows(const GivenRows&) = delete;
  GivenRows& operator=(const GivenRows&) = delete;
  // As the parameter `rows`. It is read once, and the object stands until the statement is reset.
  int bind(sqlite3_stmt* statement, int at);

  std::int64_t count() const { return count_; }  // given so far
  // What the callback threw, which SQLite could not carry: the statement has failed, and is reset.
  void rethrow() const;

 private:
  struct Reading;  // SQLite's side
  bool next() noexcept;

  std::size_t columns_;
  const NextRow& next_row_;
  Checkpointer* checkpointer_;
  Params row_;
  bool more_ = true;
  std::int64_t count_ = 0;
  std::exception_ptr thrown_;
};

}  // namespace store
