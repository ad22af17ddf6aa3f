// The file: pages as they are made, then the footer that says where each begins.

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "column/new_file.h"
#include "parquet/compact.h"
#include "parquet/pages.h"
#include "parquet/types.h"

namespace parquet {

namespace fs = std::filesystem;

namespace {

// Numbers of parquet.thrift.
constexpr int type_int32 = 1, type_int64 = 2, type_byte_array = 6;
constexpr int plain = 0, rle = 3, rle_dictionary = 8;
constexpr int data_page = 0, dictionary_page = 2;
constexpr int zstd = 6;
constexpr int converted_utf8 = 0, converted_date = 6, converted_int8 = 15;  // then 16, 32, 64
constexpr int logical_string = 1, logical_date = 6, logical_integer = 10;
constexpr int required = 0, optional = 1;
constexpr int zstd_level = 3;
constexpr std::string_view magic = "PAR1";

struct Column {
  std::string name;
  column::Cells cells;
};

int physical_type(const column::Cells& cells) {
  switch (cells.type()) {
    case column::Type::i8:
    case column::Type::i16:
    case column::Type::i32:
      return type_int32;
    case column::Type::i64:
      return type_int64;
    case column::Type::code:
    case column::Type::text:
      return type_byte_array;
  }
  return type_byte_array;
}

unsigned width_bytes(column::Type type) {
  if (type == column::Type::i8) return 1;
  if (type == column::Type::i16) return 2;
  return type == column::Type::i32 ? 4 : 8;
}

// What the footer says of a column in a row group.
struct Chunk {
  std::int64_t begin = 0, first_data = 0, dictionary = -1, values = 0, plain_bytes = 0, bytes = 0;
};

struct Group {
  std::int64_t begin = 0, rows = 0;
  std::vector<Chunk> chunks;
};

class Writer {
 public:
  Writer(const Options& options, column::NewFile& out)
      : options_(options), out_(out), zstd_(ZSTD_createCCtx(), ZSTD_freeCCtx) {
    CHECK_MSG(zstd_ != nullptr, "zstd gives no context");
  }

  kernel::Result<Chunk> put_chunk(const column::Cells& cells, std::size_t begin, std::size_t end) {
    Chunk chunk{.begin = out_.size(), .values = static_cast<std::int64_t>(end - begin)};
    if (cells.type() == column::Type::code) {
      chunk.dictionary = out_.size();
      TRY(put_page(words_page(cells.words()), dictionary_page, cells.words().size(), plain, chunk));
    }
    chunk.first_data = out_.size();
    const int encoding = cells.type() == column::Type::code ? rle_dictionary : plain;
    for (std::size_t row = begin; row < end; row += options_.page_rows) {
      const std::size_t stop = std::min(row + options_.page_rows, end);
      std::string page;
      if (cells.optional()) put_levels(cells, row, stop, page);
      put_values(cells, row, stop, page);
      TRY(put_page(page, data_page, stop - row, encoding, chunk));
    }
    return chunk;
  }

 private:
  kernel::Status put_page(const std::string& page, int kind, std::size_t values, int encoding,
                          Chunk& chunk) {
    constexpr std::size_t page_max = 1U << 30;  // a page's length is an i32
    CHECK_MSG(page.size() < page_max, "a page's texts are longer than a page may be");
    packed_.resize(ZSTD_compressBound(page.size()));
    const std::size_t size = ZSTD_compressCCtx(zstd_.get(), packed_.data(), packed_.size(),
                                               page.data(), page.size(), zstd_level);
    CHECK_MSG(!ZSTD_isError(size), "zstd refuses a page");
    Compact head;
    head.i32(1, kind);
    head.i32(2, static_cast<std::int32_t>(page.size()));
    head.i32(3, static_cast<std::int32_t>(size));
    head.structure(kind == data_page ? 5 : 7, [&] {
      head.i32(1, static_cast<std::int32_t>(values));
      head.i32(2, encoding);
      if (kind != data_page) return;
      head.i32(3, rle);  // definition levels, then repetition levels, of which there are none
      head.i32(4, rle);
    });
    const std::string bytes = head.take();
    chunk.plain_bytes += static_cast<std::int64_t>(bytes.size() + page.size());
    chunk.bytes += static_cast<std::int64_t>(bytes.size() + size);
    TRY(out_.put(bytes));
    return out_.put({packed_.data(), size});
  }

  const Options& options_;
  column::NewFile& out_;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> zstd_;
  std::string packed_;
};

void put_schema(const std::vector<Column>& columns, Compact& footer) {
  footer.list(2, Compact::structure_type, columns.size() + 1);
  footer.structure_item([&] {
    footer.text(4, "schema");
    footer.i32(5, static_cast<std::int32_t>(columns.size()));
  });
  for (const Column& one : columns) {
    const column::Type type = one.cells.type();
    const bool text = type == column::Type::code || type == column::Type::text;
    footer.structure_item([&] {
      footer.i32(1, physical_type(one.cells));
      footer.i32(3, one.cells.optional() ? optional : required);
      footer.text(4, one.name);
      if (text) {
        footer.i32(6, converted_utf8);
        footer.structure(10, [&] { footer.structure(logical_string, [] {}); });
      } else if (one.cells.date()) {
        footer.i32(6, converted_date);
        footer.structure(10, [&] { footer.structure(logical_date, [] {}); });
      } else {
        footer.i32(6, converted_int8 + std::countr_zero(width_bytes(type)));
        footer.structure(10, [&] {
          footer.structure(logical_integer, [&] {
            footer.i8(1, static_cast<std::int8_t>(8 * width_bytes(type)));
            footer.boolean(2, true);
          });
        });
      }
    });
  }
}

void put_meta(const Column& one, const Chunk& chunk, Compact& footer) {
  footer.structure(3, [&] {
    footer.i32(1, physical_type(one.cells));
    const bool words = chunk.dictionary >= 0;
    footer.list(2, Compact::i32_type, words ? 3 : 2);
    footer.i32_item(plain);
    footer.i32_item(rle);
    if (words) footer.i32_item(rle_dictionary);
    footer.list(3, Compact::text_type, 1);
    footer.text_item(one.name);
    footer.i32(4, zstd);
    footer.i64(5, chunk.values);
    footer.i64(6, chunk.plain_bytes);
    footer.i64(7, chunk.bytes);
    footer.i64(9, chunk.first_data);
    if (words) footer.i64(11, chunk.dictionary);
  });
}

void put_group(const std::vector<Column>& columns, const Group& group, std::size_t position,
               Compact& footer) {
  std::int64_t plain_bytes = 0, bytes = 0;
  for (const Chunk& chunk : group.chunks) {
    plain_bytes += chunk.plain_bytes;
    bytes += chunk.bytes;
  }
  footer.structure_item([&] {
    footer.list(1, Compact::structure_type, columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      footer.structure_item([&] {
        footer.i64(2, group.chunks[i].begin);
        put_meta(columns[i], group.chunks[i], footer);
      });
    }
    footer.i64(2, plain_bytes);
    footer.i64(3, group.rows);
    footer.i64(5, group.begin);
    footer.i64(6, bytes);
    footer.i16(7, static_cast<std::int16_t>(position));
  });
}

std::string render_footer(const std::vector<Column>& columns, std::size_t rows,
                          const std::vector<Group>& groups, const Options& options) {
  Compact footer;
  footer.i32(1, 1);  // of the format
  put_schema(columns, footer);
  footer.i64(3, static_cast<std::int64_t>(rows));
  footer.list(4, Compact::structure_type, groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) put_group(columns, groups[i], i, footer);
  if (!options.notes.empty()) {
    footer.list(5, Compact::structure_type, options.notes.size());
    for (const auto& note : options.notes) {
      footer.structure_item([&] {
        footer.text(1, note.first);
        footer.text(2, note.second);
      });
    }
  }
  footer.text(6, "evenhand");
  std::string bytes = footer.take();
  const std::size_t size = bytes.size();
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(size >> (8 * i));
  bytes += magic;
  return bytes;
}

}  // namespace

kernel::Status save(const column::Table& table, const Options& options, const fs::path& file) {
  CHECK_MSG(options.group_rows > 0 && options.page_rows > 0, "groups and pages have rows");
  std::vector<Column> columns;
  for (const column::Field& field : table.fields) {
    if (field.sheet != nullptr) columns.push_back({field.name, column::Cells(field)});
  }
  column::NewFile out(file);
  TRY(out.put(magic));
  Writer writer(options, out);
  std::vector<Group> groups;
  for (std::size_t begin = 0; begin < table.rows; begin += options.group_rows) {
    const std::size_t end = std::min(begin + options.group_rows, table.rows);
    Group group{out.size(), static_cast<std::int64_t>(end - begin), {}};
    for (const Column& one : columns) {
      TRY_ASSIGN(const Chunk chunk, writer.put_chunk(one.cells, begin, end));
      group.chunks.push_back(chunk);
    }
    groups.push_back(std::move(group));
  }
  TRY(out.put(render_footer(columns, table.rows, groups, options)));
  return out.place();
}

}  // namespace parquet
