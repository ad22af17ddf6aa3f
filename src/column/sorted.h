#pragma once
// Texts by their order: where one stands in a column whose values rise, and what order others are
// in.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "column/column.h"

namespace column {

// Its row, or nothing. Of equal values the first.
inline std::optional<std::size_t> find_sorted(const Texts& texts, std::string_view wanted) {
  std::size_t low = 0, high = texts.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (texts.at(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < texts.size() && texts.at(low) == wanted) return low;
  return std::nullopt;
}

// Places of texts in the order of the texts, equal ones as they stand. Takes no memory where they
// are in order already; else four bytes a text, and sixteen while they are sorted.
class Order {
 public:
  Order() = default;
  // `text(place)` gives the text of a place from 0 to size − 1.
  template <class Text>
  Order(std::size_t size, unsigned threads, const Text& text);
  std::size_t at(std::size_t i) const { return places_.empty() ? i : places_[i]; }

 private:
  // Most comparisons end at the eight bytes behind those that all texts begin with, big-endian.
  struct Key {
    std::uint64_t head = 0;
    std::uint32_t place = 0;
  };
  static std::uint64_t head_of(std::string_view text, std::size_t from) {
    std::uint64_t head = 0;
    for (std::size_t i = from; i < from + sizeof head; ++i) {
      head = head << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    return head;
  }
  static std::size_t alike(std::string_view a, std::string_view b) {
    const std::size_t size = std::min(a.size(), b.size());
    return static_cast<std::size_t>(
        std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin()).first -
        a.begin());
  }
  std::vector<std::uint32_t> places_;
};

template <class Text>
Order::Order(std::size_t size, unsigned threads, const Text& text) {
  bool in_order = true;
  for (std::size_t i = 1; in_order && i < size; ++i) in_order = !(text(i) < text(i - 1));
  if (in_order) return;
  const std::size_t length = std::string_view(text(0)).size();
  std::size_t same = length;
  bool one_length = true;
  for (std::size_t i = 1; i < size; ++i) {
    const std::string_view other(text(i));
    one_length = one_length && other.size() == length;
    same = alike(std::string_view(text(0)).substr(0, same), other);
  }
  const bool heads_tell = one_length && length - same <= sizeof(Key::head);
  std::vector<Key> keys(size);
  const auto before = [&](const Key& a, const Key& b) {
    if (a.head != b.head) return a.head < b.head;
    const int order = heads_tell ? 0 : std::string_view(text(a.place)).compare(text(b.place));
    return order != 0 ? order < 0 : a.place < b.place;
  };
  const auto at = [&](std::size_t i) { return keys.begin() + static_cast<std::ptrdiff_t>(i); };
  const std::size_t parts = std::max<std::size_t>(threads, 1);
  const auto cut = [&](std::size_t part) { return size * part / parts; };
  std::vector<std::thread> sorting;
  for (std::size_t part = 0; part < parts; ++part) {
    sorting.emplace_back([&, part] {
      for (std::size_t i = cut(part); i < cut(part + 1); ++i) {
        keys[i] = {head_of(text(i), same), static_cast<std::uint32_t>(i)};
      }
      std::sort(at(cut(part)), at(cut(part + 1)), before);
    });
  }
  for (std::thread& thread : sorting) thread.join();
  for (std::size_t part = 1; part < parts; ++part) {
    std::inplace_merge(keys.begin(), at(cut(part)), at(cut(part + 1)), before);
  }
  places_.resize(size);
  for (std::size_t i = 0; i < size; ++i) places_[i] = keys[i].place;
}

}  // namespace column
