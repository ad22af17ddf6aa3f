#pragma once
// Apache Thrift's compact protocol, as far as Parquet's headers and footer need it: structs of
// integers, strings, structs and lists. Enters: fields in the order of their numbers. Leaves:
// bytes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parquet {

class Compact {
 public:
  // The outermost struct begins with the writer and ends with take().
  std::string take() {
    bytes_ += '\0';
    return std::move(bytes_);
  }

  void i8(int field, std::int8_t value) {
    head(field, 3);
    bytes_ += static_cast<char>(value);
  }
  void i16(int field, std::int16_t value) { integer(field, 4, value); }
  void i32(int field, std::int32_t value) { integer(field, 5, value); }
  void i64(int field, std::int64_t value) { integer(field, 6, value); }
  void boolean(int field, bool value) { head(field, value ? 1 : 2); }
  void text(int field, std::string_view value) {
    head(field, 8);
    text_item(value);
  }
  template <class Fill>
  void structure(int field, Fill fill) {
    head(field, 12);
    structure_item(fill);
  }

  void list(int field, int element, std::size_t size) {
    head(field, 9);
    if (size < 15) {
      bytes_ += static_cast<char>(size << 4 | static_cast<unsigned>(element));
    } else {
      bytes_ += static_cast<char>(0xF0 | element);
      varint(size);
    }
  }
  // Items of a list, which have no head.
  void i32_item(std::int32_t value) { varint(zigzag(value)); }
  void text_item(std::string_view value) {
    varint(value.size());
    bytes_ += value;
  }
  template <class Fill>
  void structure_item(Fill fill) {
    const int outside = last_;
    last_ = 0;
    fill();
    bytes_ += '\0';
    last_ = outside;
  }

  static constexpr int i32_type = 5, text_type = 8, structure_type = 12;

 private:
  static std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  void head(int field, int type) {
    const int step = field - last_;
    last_ = field;
    if (step > 0 && step < 16) {
      bytes_ += static_cast<char>(step << 4 | type);
    } else {
      bytes_ += static_cast<char>(type);
      varint(zigzag(field));
    }
  }
  void integer(int field, int type, std::int64_t value) {
    head(field, type);
    varint(zigzag(value));
  }

  std::string bytes_;
  int last_ = 0;
};

}  // namespace parquet
