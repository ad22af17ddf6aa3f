#include "column/sorted.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>

namespace column {
namespace {

std::vector<std::size_t> places_of(const std::vector<std::string>& texts, unsigned threads) {
  const Order order(texts.size(), threads,
                    [&](std::size_t i) { return std::string_view(texts[i]); });
  std::vector<std::size_t> places(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) places[i] = order.at(i);
  return places;
}

TEST(Order, is_that_of_a_stable_sort_whatever_the_threads) {
  std::mt19937 dice(7);
  for (const char* begin : {"", "C0000000000", "\xff\xfe"}) {
    for (std::size_t size = 0; size < 60; ++size) {
      std::vector<std::string> texts;
      for (std::size_t i = 0; i < size; ++i) {
        texts.push_back(begin + std::string(dice() % 12, static_cast<char>('a' + dice() % 2)));
      }
      std::vector<std::size_t> wanted(size);
      std::iota(wanted.begin(), wanted.end(), std::size_t{0});
      std::stable_sort(wanted.begin(), wanted.end(),
                       [&](std::size_t a, std::size_t b) { return texts[a] < texts[b]; });
      for (const unsigned threads : {1U, 2U, 7U}) EXPECT_EQ(places_of(texts, threads), wanted);
    }
  }
}

}  // namespace
}  // namespace column
