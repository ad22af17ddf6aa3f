#pragma once
// How a sheet holds a column. Known to column.cpp (in memory), folder.cpp and writer.cpp (on disk).

#include <memory>
#include <optional>

#include "column/column.h"

namespace column {

inline constexpr const char* packed_extension = ".packed";

// A column as the manifest lists it.
struct Described {
  std::string name;
  Type type = Type::i64;
  std::string sha256;
  std::vector<std::string> words;
};
std::string render_manifest(std::size_t rows, const std::vector<Described>& columns);
// Last of all: with it the folder is a sheet.
kernel::Status write_manifest(const std::filesystem::path& folder, std::size_t rows,
                              const std::vector<Described>& columns, bool durable = true);

inline std::size_t width_of(Type type) {
  switch (type) {
    case Type::i8:
      return 1;
    case Type::i16:
    case Type::code:
      return 2;
    case Type::i32:
    case Type::text:
      return 4;  // text: the end of each value, then the bytes
    case Type::i64:
      return 8;
  }
  return 0;
}

// A column as a folder holds it.
struct Sheet::File {
  MappedFile mapped;
  std::filesystem::path path;
  std::string sha256;
  std::size_t rows = 0;
  std::optional<Packed> packed;  // nothing: plain values, of an older program

  std::string_view texts() const {
    const std::size_t from = packed ? packed->bytes_used() : rows * 4;
    return {mapped.bytes().data() + from, mapped.bytes().size() - from};
  }
};

// Plain values while they are made, then a file. Plain text: the end of each value, then the bytes.
struct Sheet::Column {
  std::string name;
  Type type = Type::i64;
  std::vector<std::string> words;  // of Type::code
  std::shared_ptr<Bytes> plain;
  std::size_t plain_rows = 0;
  std::shared_ptr<const File> file;
  std::size_t first = 0;  // row of the values that is row 0 here: not 0 in a window

  const char* bytes() const { return file ? file->mapped.bytes().data() : plain->data(); }
  // All rows that the file has, and one that stays: who saved it said its hash.
  bool is_file(std::size_t rows) const {
    return file && first == 0 && file->rows == rows && !file->sha256.empty();
  }

  template <class T>
  Values<T> values(std::size_t rows) const {
    return values_from<T>(first, rows);
  }
  Texts texts(std::size_t rows) const {
    const std::uint32_t begin = first == 0 ? 0 : values_from<std::uint32_t>(first - 1, 1)[0];
    return {values<std::uint32_t>(rows), text_bytes(), begin};
  }
  // Of all the file's rows, whatever part of them the column shows.
  std::string_view text_bytes() const {
    if (file) return file->texts();
    return {plain->data() + plain_rows * 4, plain->size() - plain_rows * 4};
  }
  std::string hash(std::size_t rows) const;  // SHA-256 of the plain values, in hex

  // What `work` says of the values, of whatever width they are.
  template <class Work>
  auto with_values(std::size_t rows, const Work& work) const {
    switch (type) {
      case Type::i8:
        return work(values<std::int8_t>(rows));
      case Type::i16:
      case Type::code:
        return work(values<std::int16_t>(rows));
      case Type::i32:
        return work(values<std::int32_t>(rows));
      case Type::i64:
        return work(values<std::int64_t>(rows));
      case Type::text:
        break;
    }
    return work(values<std::uint32_t>(rows));
  }
  Bytes packed(std::size_t rows) const;
  Bytes unpacked(std::size_t rows) const;

 private:
  template <class T>
  Values<T> values_from(std::size_t row, std::size_t rows) const {
    if (file && file->packed) return Values<T>(*file->packed, row, rows);
    return Values<T>(std::span<const T>(reinterpret_cast<const T*>(bytes()) + row, rows));
  }
};

}  // namespace column
