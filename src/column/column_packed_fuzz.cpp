// A packed run: bytes that are none are refused, what is one can be read to its end, and packing
// what was read gives a run of the same numbers.

#include <cstddef>
#include <cstdint>

#include "column/packed.h"
#include "kernel/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const column::Bytes bytes(data, data + size);
  const auto run = column::Packed::open(bytes);
  // A run of one number a segment may be far longer than its bytes.
  if (!run || run->size() > 1'000'000) return 0;
  std::vector<std::int64_t> numbers(run->size());
  run->read<std::int64_t>(0, run->size(), numbers.data());
  const column::Bytes again =
      column::pack(numbers.size(), [&](std::size_t begin, std::size_t end, std::int64_t* out) {
        std::copy(numbers.begin() + static_cast<std::ptrdiff_t>(begin),
                  numbers.begin() + static_cast<std::ptrdiff_t>(end), out);
      });
  const auto read = column::Packed::open(again);
  CHECK(read && read->size() == numbers.size());
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    CHECK(run->at(row) == numbers[row] && read->at(row) == numbers[row]);
  }
  return 0;
}
