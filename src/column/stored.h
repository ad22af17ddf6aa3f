#pragma once
// How a sheet holds a column. Known to column.cpp (in memory) and folder.cpp (on disk) only.

#include <memory>
#include <optional>

#include "column/column.h"

namespace column {

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
  std::optional<Packed> packed;  // nothing: plain values, of an older program

  std::string_view texts(std::size_t rows) const {
    const std::size_t from = packed ? packed->bytes_used() : rows * 4;
    return {mapped.bytes().data() + from, mapped.bytes().size() - from};
  }
};

// Plain values while they are made, then a file. Plain text: the end of each value, then the bytes.
struct Sheet::Column {
  std::string name;
  Type type = Type::i64;
  std::vector<std::string> words;  // of Type::code
  Bytes plain;
  std::shared_ptr<const File> file;

  template <class T>
  Values<T> values(std::size_t rows) const {
    if (file && file->packed) return Values<T>(*file->packed);
    const char* bytes = file ? file->mapped.bytes().data() : plain.data();
    return Values<T>(std::span<const T>(reinterpret_cast<const T*>(bytes), rows));
  }
  std::string_view texts(std::size_t rows) const {
    if (file) return file->texts(rows);
    return {plain.data() + rows * 4, plain.size() - rows * 4};
  }
  std::string hash() const;  // SHA-256 of the plain values, in hex

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
};

}  // namespace column
