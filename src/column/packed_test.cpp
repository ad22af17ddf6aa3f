#include "column/packed.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace column {
namespace {

using Numbers = std::vector<std::int64_t>;

Bytes packed(const Numbers& numbers) {
  return pack(numbers.size(), [&](std::size_t begin, std::size_t end, std::int64_t* out) {
    std::copy(numbers.begin() + static_cast<std::ptrdiff_t>(begin),
              numbers.begin() + static_cast<std::ptrdiff_t>(end), out);
  });
}

// How many bits a number takes, the head and the segments' lines apart.
std::size_t bits_a_number(const Numbers& numbers) {
  const Bytes bytes = packed(numbers);
  const std::size_t segments = (numbers.size() + Packed::segment_rows - 1) / Packed::segment_rows;
  return (bytes.size() - 16 - 24 * segments - 8) * 8 / numbers.size();
}

void expect_same(const Numbers& numbers) {
  const Bytes bytes = packed(numbers);
  const auto read = Packed::open(bytes);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), numbers.size());
  EXPECT_EQ(read->bytes_used(), bytes.size());
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    ASSERT_EQ(read->at(row), numbers[row]) << row;
  }
  for (const auto& [begin, end] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, numbers.size()},
           {numbers.size() / 3, numbers.size() - numbers.size() / 5},
           {numbers.size(), numbers.size()}}) {
    Numbers some(end - begin);
    read->read<std::int64_t>(begin, end, some.data());
    EXPECT_TRUE(
        std::equal(some.begin(), some.end(), numbers.begin() + static_cast<std::ptrdiff_t>(begin)));
  }
}

Numbers made(std::size_t size, const std::function<std::int64_t(std::size_t)>& number) {
  Numbers numbers(size);
  for (std::size_t row = 0; row < size; ++row) numbers[row] = number(row);
  return numbers;
}

TEST(Packed, numbers_come_back_as_they_were) {
  std::mt19937_64 random(7);
  const auto least = std::numeric_limits<std::int64_t>::min();
  const auto most = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t size : {0U, 1U, 2U, 63U, 16'383U, 16'384U, 16'385U, 40'000U}) {
    expect_same(made(size, [](std::size_t) { return 0; }));
    expect_same(made(size, [](std::size_t) { return -7; }));
    expect_same(made(size, [](std::size_t row) { return static_cast<std::int64_t>(row); }));
    expect_same(made(size, [](std::size_t row) { return -3 * static_cast<std::int64_t>(row); }));
    expect_same(made(size, [&](std::size_t row) { return row % 2 == 0 ? least : most; }));
    expect_same(made(size, [&](std::size_t row) { return row == 5 ? most : 0; }));
    expect_same(made(size, [&](std::size_t) { return static_cast<std::int64_t>(random()); }));
    for (unsigned bits = 1; bits < 64; ++bits) {
      if (size > 20'000 && bits % 13 != 0) continue;
      expect_same(made(size, [&](std::size_t) {
        return static_cast<std::int64_t>(random() >> (64 - bits)) - 1000;
      }));
    }
    std::int64_t at = 0;  // ends of texts, row numbers
    expect_same(
        made(size, [&](std::size_t) { return at += static_cast<std::int64_t>(random() % 9); }));
  }
}

TEST(Packed, what_says_little_takes_little) {
  EXPECT_EQ(bits_a_number(made(100'000, [](std::size_t) { return 20'777; })), 0U);
  EXPECT_EQ(
      bits_a_number(made(100'000, [](std::size_t row) { return static_cast<std::int64_t>(row); })),
      0U);
  EXPECT_EQ(bits_a_number(made(
                100'000, [](std::size_t row) { return 12 * static_cast<std::int64_t>(row + 1); })),
            0U);
  EXPECT_LE(bits_a_number(
                made(100'000, [](std::size_t row) { return static_cast<std::int64_t>(row / 3); })),
            2U);
  EXPECT_EQ(
      bits_a_number(made(
          100'000, [](std::size_t row) { return static_cast<std::int64_t>(row * 7919 % 200); })),
      8U);
}

TEST(Packed, bytes_that_are_no_run_are_refused) {
  const Bytes whole = packed(
      made(20'000, [](std::size_t row) { return static_cast<std::int64_t>(row * 7919 % 1000); }));
  for (std::size_t size = 0; size < whole.size(); size += size < 100 ? 1 : 997) {
    EXPECT_FALSE(Packed::open({whole.data(), size})) << size;
  }
  const auto with = [&](std::size_t at, char value) {
    Bytes bytes = whole;
    bytes[at] = value;
    return bytes;
  };
  EXPECT_FALSE(Packed::open(with(0, 'X')));
  EXPECT_FALSE(Packed::open(with(15, 1)));    // more numbers than the bytes can hold
  EXPECT_FALSE(Packed::open(with(31, 127)));  // a slope that leaves 64 bits
  EXPECT_FALSE(Packed::open(with(32, 60)));   // bits that do not lie in one word
  EXPECT_FALSE(Packed::open(with(34, 1)));    // bits that lie elsewhere
}

}  // namespace
}  // namespace column
