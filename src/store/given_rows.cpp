#include "store/given_rows.h"

#include <string>

#include "kernel/check.h"
#include "store/checkpoint.h"
#include "store/connection.h"

namespace store {
namespace {

constexpr std::int64_t rows_a_sync = 65'536;
constexpr const char* pointer_type = "evenhand_given_rows";

int give(sqlite3_context* to, const Param::Variant& value) {
  CHECK_MSG(!std::holds_alternative<const Array*>(value), "SQLite has no arrays");
  // Borrowed: a row is written before the next is asked for.
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    sqlite3_result_int64(to, *number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    sqlite3_result_text64(to, text->data() ? text->data() : "", text->size(), SQLITE_STATIC,
                          SQLITE_UTF8);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    sqlite3_result_blob64(to, blob->bytes.data() ? blob->bytes.data() : "", blob->bytes.size(),
                          SQLITE_STATIC);
  } else {
    sqlite3_result_null(to);
  }
  return SQLITE_OK;
}

}  // namespace

struct GivenRows::Reading {
  struct Cursor : sqlite3_vtab_cursor {
    GivenRows* rows = nullptr;
  };
  static GivenRows*& of(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->rows; }

  static int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
    std::string sql = "CREATE TABLE given_row (";
    for (std::size_t i = 0; i < columns_max; ++i) sql += "c" + std::to_string(i) + ", ";
    const int declared = sqlite3_declare_vtab(db, (sql + "rows HIDDEN)").c_str());
    if (declared == SQLITE_OK) *table = new sqlite3_vtab{};
    return declared;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete table;
    return SQLITE_OK;
  }
  // Its one way to be read: with the parameter.
  static int plan(sqlite3_vtab*, sqlite3_index_info* info) {
    for (int i = 0; i < info->nConstraint; ++i) {
      const auto& constraint = info->aConstraint[i];
      if (constraint.iColumn != static_cast<int>(columns_max) || !constraint.usable ||
          constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
        continue;
      info->aConstraintUsage[i] = {.argvIndex = 1, .omit = 1};
      return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
  }
  static int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
    *cursor = new Cursor;
    return SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  }
  static int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** values) {
    of(cursor) = static_cast<GivenRows*>(sqlite3_value_pointer(values[0], pointer_type));
    return of(cursor) ? next(cursor) : SQLITE_MISUSE;
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    return of(cursor)->next() ? SQLITE_OK : SQLITE_ABORT;
  }
  static int at_end(sqlite3_vtab_cursor* cursor) { return of(cursor)->more_ ? 0 : 1; }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int column) {
    return give(to, of(cursor)->row_[static_cast<std::size_t>(column)].get());
  }
  static int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = of(cursor)->count_;
    return SQLITE_OK;
  }
};

int GivenRows::declare(sqlite3* db) {
  static const sqlite3_module module = [] {
    sqlite3_module reading{};
    reading.xConnect = Reading::connect;
    reading.xDisconnect = Reading::disconnect;
    reading.xBestIndex = Reading::plan;
    reading.xOpen = Reading::open;
    reading.xClose = Reading::close;
    reading.xFilter = Reading::filter;
    reading.xNext = Reading::next;
    reading.xEof = Reading::at_end;
    reading.xColumn = Reading::column;
    reading.xRowid = Reading::row_id;
    return reading;
  }();
  return sqlite3_create_module_v2(db, "given_row", &module, nullptr, nullptr);
}

std::string GivenRows::insert_into(std::string_view table,
                                   const std::vector<std::string_view>& columns) {
  CHECK_MSG(columns.size() <= columns_max, "too many columns");
  // What was inserted before a row that fails stays, as with a statement a row: else SQLite would
  // keep each page as it was until the statement ends.
  std::string sql = "INSERT OR FAIL INTO " + std::string(table) + " (", values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    sql += (i ? ", " : "") + std::string(columns[i]);
    values += (i ? ", c" : "c") + std::to_string(i);
  }
  return sql + ") SELECT " + values + " FROM given_row($1)";
}

int GivenRows::bind(sqlite3_stmt* statement, int at) {
  return sqlite3_bind_pointer(statement, at, this, pointer_type, nullptr);
}

void GivenRows::rethrow() const {
  if (thrown_) std::rethrow_exception(thrown_);
}

bool GivenRows::next() noexcept {
  try {
    row_.clear();
    more_ = next_row_(row_);
    if (!more_) return true;
    CHECK_MSG(row_.size() == columns_, "a value for each column");
    for (const Param& value : row_)
      if (const auto* text = std::get_if<std::string_view>(&value.get())) check_text(*text);
    if (++count_ % rows_a_sync == 0 && checkpointer_ != nullptr) checkpointer_->sync_early();
    return true;
  } catch (...) {
    thrown_ = std::current_exception();
    return false;
  }
}

}  // namespace store
