#include "column/packed.h"

#include <bit>
#include <limits>
#include <string_view>

#include "kernel/check.h"

namespace column {

namespace {

constexpr std::string_view magic = "EHPACK1\n";
constexpr std::size_t before_segments = 16;

std::size_t segments_of(std::size_t size) {
  return (size + Packed::segment_rows - 1) / Packed::segment_rows;
}

// A number of up to 57 bits lies within one u64 read from any byte; beyond it takes all 64.
std::uint64_t bits_for(std::uint64_t farthest) {
  const auto bits = static_cast<std::uint64_t>(std::bit_width(farthest));
  return bits > 57 ? 64 : bits;
}

std::uint64_t bytes_for(std::uint64_t numbers, std::uint64_t bits) {
  return (numbers * bits + 63) / 64 * 8;
}

// Whether a line from the first number to the last can be followed without leaving 64 bits.
bool may_rise(std::int64_t low, std::int64_t high) {
  constexpr std::int64_t far = std::int64_t{1} << 45;
  return low > -far && high < far;
}

}  // namespace

// The line with the fewest bits: level at the lowest number, or from the first number to the last.
Packed::Segment Packed::line_of(std::span<const std::int64_t> numbers) {
  std::int64_t low = numbers.front(), high = low;
  for (const std::int64_t number : numbers) {
    low = std::min(low, number);
    high = std::max(high, number);
  }
  const auto distance = [](std::int64_t from, std::int64_t to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  };
  Segment level{low, 0, bits_for(distance(low, high))};
  if (numbers.size() < 2 || level.where == 0 || !may_rise(low, high)) return level;
  Segment rising{0, 0, 0};
  rising.slope =
      (numbers.back() - numbers.front()) * 65'536 / static_cast<std::int64_t>(numbers.size() - 1);
  std::int64_t below = std::numeric_limits<std::int64_t>::max();
  std::int64_t above = std::numeric_limits<std::int64_t>::min();
  constexpr std::size_t at_once = 64;
  for (std::size_t begin = 0; begin < numbers.size(); begin += at_once) {
    const std::size_t end = std::min(numbers.size(), begin + at_once);
    for (std::size_t i = begin; i < end; ++i) {
      const std::int64_t off = numbers[i] - rising.line(i, 0);
      below = std::min(below, off);
      above = std::max(above, off);
    }
    // What does not rise evenly shows it soon.
    if (bits_for(distance(below, above)) >= level.where) return level;
  }
  rising.base = below;
  rising.where = bits_for(distance(below, above));
  return rising;
}

void Packer::add(std::span<const std::int64_t> numbers, Bytes& bytes) {
  CHECK_MSG(size_ % Packed::segment_rows == 0, "only the last segment is shorter");
  Packed::Segment segment = Packed::line_of(numbers);
  const std::uint64_t bits = segment.where;
  const std::uint64_t length = bytes_for(numbers.size(), bits);
  segment.where |= bits_size_ << 8U;
  segments_.push_back(segment);
  size_ += numbers.size();
  bits_size_ += length;
  if (bits == 0) return;
  const std::size_t from = bytes.size();
  bytes.resize(from + length);
  char* out = bytes.data() + from;
  std::uint64_t word = 0, filled = 0;
  const auto flush = [&] {
    std::memcpy(out, &word, sizeof word);
    out += sizeof word;
  };
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    const std::uint64_t distance = static_cast<std::uint64_t>(numbers[place]) -
                                   static_cast<std::uint64_t>(segment.line(place, 0));
    word |= distance << filled;
    filled += bits;
    if (filled < 64) continue;
    flush();
    filled -= 64;
    word = filled == 0 ? 0 : distance >> (bits - filled);
  }
  if (filled > 0) flush();
}

std::size_t Packer::head_size(std::size_t size) {
  return before_segments + segments_of(size) * sizeof(Packed::Segment);
}

Bytes Packer::head() const {
  Bytes bytes(head_size(size_));
  const std::uint64_t count = size_;
  std::memcpy(bytes.data(), magic.data(), magic.size());
  std::memcpy(bytes.data() + magic.size(), &count, sizeof count);
  char* out = bytes.data() + before_segments;
  for (Packed::Segment segment : segments_) {
    segment.where += static_cast<std::uint64_t>(bytes.size()) << 8U;
    std::memcpy(out, &segment, sizeof segment);
    out += sizeof segment;
  }
  return bytes;
}

Bytes pack(std::size_t size,
           const std::function<void(std::size_t begin, std::size_t end, std::int64_t* out)>& read) {
  Packer packer;
  Bytes bytes(Packer::head_size(size));
  std::vector<std::int64_t> numbers;
  for (std::size_t begin = 0; begin < size; begin += Packed::segment_rows) {
    const std::size_t end = std::min(size, begin + Packed::segment_rows);
    numbers.resize(end - begin);
    read(begin, end, numbers.data());
    packer.add(numbers, bytes);
  }
  const Bytes head = packer.head();
  std::copy(head.begin(), head.end(), bytes.begin());
  bytes.insert(bytes.end(), Packer::tail.begin(), Packer::tail.end());
  return bytes;
}

std::optional<Packed> Packed::open(std::span<const char> bytes) {
  std::uint64_t count = 0;
  if (bytes.size() < before_segments + sizeof(std::uint64_t) ||
      std::memcmp(bytes.data(), magic.data(), magic.size()) != 0)
    return std::nullopt;
  std::memcpy(&count, bytes.data() + magic.size(), sizeof count);
  const std::uint64_t segments = segments_of(count);
  // A segment takes 24 bytes at least: a count beyond the file's length is no count.
  if (count > (std::uint64_t{1} << 48) ||
      bytes.size() < before_segments + segments * sizeof(Segment) + 8)
    return std::nullopt;
  Packed packed;
  packed.segments_ = reinterpret_cast<const Segment*>(bytes.data() + before_segments);
  packed.bytes_ = bytes.data();
  packed.size_ = count;
  // Each segment begins where the one before ends, so the bytes have one reading.
  std::uint64_t at = before_segments + segments * sizeof(Segment);
  for (std::uint64_t i = 0; i < segments; ++i) {
    const Segment& segment = packed.segments_[i];
    const std::uint64_t bits = segment.where & 255U;
    const std::uint64_t numbers = std::min<std::uint64_t>(segment_rows, count - i * segment_rows);
    if ((segment.where >> 8U) != at || bits > 64 || (bits > 57 && bits < 64)) return std::nullopt;
    const std::int64_t steepest = (std::int64_t{1} << 62U) /
                                  std::max<std::int64_t>(static_cast<std::int64_t>(numbers) - 1, 1);
    if (segment.slope > steepest || segment.slope < -steepest) return std::nullopt;
    at += bytes_for(numbers, bits);
    if (at > bytes.size()) return std::nullopt;
  }
  packed.used_ = at + sizeof(std::uint64_t);
  if (packed.used_ > bytes.size()) return std::nullopt;
  return packed;
}

}  // namespace column
