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

void expect_stable(const std::vector<std::string>& texts) {
  std::vector<std::size_t> wanted(texts.size());
  std::iota(wanted.begin(), wanted.end(), std::size_t{0});
  std::stable_sort(wanted.begin(), wanted.end(),
                   [&](std::size_t a, std::size_t b) { return texts[a] < texts[b]; });
  for (const unsigned threads : {1U, 2U, 7U}) EXPECT_EQ(places_of(texts, threads), wanted);
}

TEST(Order, is_that_of_a_stable_sort_whatever_the_threads) {
  std::mt19937 dice(7);
  for (const char* begin : {"", "C0000000000", "\xff\xfe"}) {
    for (std::size_t size = 0; size < 60; ++size) {
      std::vector<std::string> texts;
      for (std::size_t i = 0; i < size; ++i) {
        texts.push_back(begin + std::string(dice() % 12, static_cast<char>('a' + dice() % 2)));
      }
      expect_stable(texts);
    }
  }
}

// Eight bytes behind what all begin with are compared first: texts that end there, and behind it.
TEST(Order, is_so_for_texts_of_one_length) {
  std::mt19937 dice(8);
  for (const std::size_t length : {std::size_t{1}, std::size_t{8}, std::size_t{9}}) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < 500; ++i) {
      std::string text = "C00";
      for (std::size_t c = 0; c < length; ++c) {
        const bool fixed = c > 0 && c + 1 < length;  // they differ in the first and the last
        text += fixed ? 'x' : static_cast<char>('a' + dice() % 3);
      }
      texts.push_back(text);
    }
    expect_stable(texts);
  }
}

}  // namespace
}  // namespace column
