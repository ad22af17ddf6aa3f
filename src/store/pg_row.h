#pragma once
// A row of a result of libpq's, as the store's callers read it.

#include <libpq-fe.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "kernel/check.h"
#include "store/store.h"

namespace store {

class PgRow final : public Row {
 public:
  explicit PgRow(const PGresult* result) : result_(result) {}
  void go_to(int row) { row_ = row; }
  bool is_null(int c) const override { return PQgetisnull(result_, row_, c) != 0; }
  std::int64_t i64(int c) const override {
    CHECK_MSG(!is_null(c), "column is null");
    const char* begin = PQgetvalue(result_, row_, c);
    const char* end = begin + PQgetlength(result_, row_, c);
    std::int64_t value = 0;
    const auto parsed = std::from_chars(begin, end, value);
    CHECK_MSG(parsed.ec == std::errc() && parsed.ptr == end, "column is not an integer");
    return value;
  }
  std::string_view text_view(int c) const override {
    CHECK_MSG(!is_null(c), "column is null");
    return {PQgetvalue(result_, row_, c), static_cast<std::size_t>(PQgetlength(result_, row_, c))};
  }
  std::string blob(int c) const override {
    CHECK_MSG(!is_null(c), "column is null");
    std::size_t size = 0;
    unsigned char* bytes = PQunescapeBytea(
        reinterpret_cast<const unsigned char*>(PQgetvalue(result_, row_, c)), &size);
    CHECK(bytes);
    std::string out(reinterpret_cast<const char*>(bytes), size);
    PQfreemem(bytes);
    return out;
  }

 private:
  const PGresult* result_;
  int row_ = 0;
};

}  // namespace store
