#pragma once
// Numbers packed in few bits, read by row where they lie. Enters: a run of numbers. Leaves: bytes,
// the same for the same numbers, and the numbers again. 16,384 at a time are written as distances
// from a line (base + slope × place) in as many bits as the farthest needs: one value over and over
// takes none, dates two bytes or less, row numbers that rise evenly next to nothing.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "column/file.h"

namespace column {

// Little-endian; offsets count from byte 0.
//    0  "EHPACK1\n"
//    8  u64 how many numbers
//   16  of each segment: i64 base, i64 slope in 1/65536, u64 (offset of its bits << 8 | bits each)
//       then the bits of each segment, lowest first, filled up to a multiple of 8 bytes
//       then 8 bytes of zero, so that any number may be read as one u64

using Bytes = std::vector<char, AlignedAllocator<char>>;

class Packed {
 public:
  static constexpr std::size_t segment_rows_log2 = 14;
  static constexpr std::size_t segment_rows = std::size_t{1} << segment_rows_log2;

  Packed() = default;

  // Nothing where the bytes are not such a run: cut short, or bits outside them. Further bytes may
  // follow (`bytes_used`). They are borrowed.
  static std::optional<Packed> open(std::span<const char> bytes);

  std::size_t size() const { return size_; }
  std::size_t bytes_used() const { return used_; }

  std::int64_t at(std::size_t row) const {
    const Segment& segment = segments_[row >> segment_rows_log2];
    const std::uint64_t place = row & (segment_rows - 1);
    const std::uint64_t bits = segment.where & 255U;
    const std::uint64_t bit = place * bits;
    std::uint64_t word;
    std::memcpy(&word, bytes_ + (segment.where >> 8U) + (bit >> 3U), sizeof word);
    return segment.line(place, word >> (bit & 7U) & mask_of(bits));
  }
  // Numbers of rows [begin, end), each as the T it was.
  template <class T, class Out>
  void read(std::size_t begin, std::size_t end, Out* out) const;

 private:
  struct Segment {
    std::int64_t base, slope;
    std::uint64_t where;
    // Unsigned, since distances wrap around at the ends of 64 bits.
    std::int64_t line(std::uint64_t place, std::uint64_t distance) const {
      const std::int64_t rise = slope * static_cast<std::int64_t>(place) >> 16U;
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                       static_cast<std::uint64_t>(rise) + distance);
    }
  };
  static_assert(sizeof(Segment) == 24);
  static std::uint64_t mask_of(std::uint64_t bits) {
    return bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  }
  static Segment line_of(std::span<const std::int64_t> numbers);
  friend class Packer;

  const Segment* segments_ = nullptr;
  const char* bytes_ = nullptr;
  std::size_t size_ = 0, used_ = 0;
};

// Packs a run segment by segment: what stands before the bits is known when all of them are.
class Packer {
 public:
  // Adds the bits of the next segment to `bits`: segment_rows numbers, of the last one fewer.
  void add(std::span<const std::int64_t> numbers, Bytes& bits);
  std::size_t size() const { return size_; }
  // Bytes of a head of so many numbers.
  static std::size_t head_size(std::size_t size);
  // What goes before the bits, and the zeros behind them.
  Bytes head() const;
  static constexpr std::string_view tail{"\0\0\0\0\0\0\0\0", 8};

 private:
  std::vector<Packed::Segment> segments_;  // offsets from the first bit
  std::size_t size_ = 0;
  std::uint64_t bits_size_ = 0;
};

// `read(begin, end, out)` gives the numbers of those rows.
Bytes pack(std::size_t size,
           const std::function<void(std::size_t begin, std::size_t end, std::int64_t* out)>& read);

template <class T, class Out>
void Packed::read(std::size_t begin, std::size_t end, Out* out) const {
  while (begin < end) {
    const Segment segment = segments_[begin >> segment_rows_log2];
    const std::size_t stop = std::min(end, (begin | (segment_rows - 1)) + 1);
    const std::uint64_t bits = segment.where & 255U, mask = mask_of(bits);
    const char* from = bytes_ + (segment.where >> 8U);
    std::uint64_t place = begin & (segment_rows - 1);
    for (; begin < stop; ++begin, ++place) {
      const std::uint64_t bit = place * bits;
      std::uint64_t word;
      std::memcpy(&word, from + (bit >> 3U), sizeof word);
      *out++ = static_cast<T>(segment.line(place, word >> (bit & 7U) & mask));
    }
  }
}

}  // namespace column
