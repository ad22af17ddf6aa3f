#pragma once
// Numbers of a column by row, wherever they lie: plain in memory while made, packed in a file once
// saved. Borrowed from the sheet, cheap to copy. T: int8_t … int64_t; uint32_t for ends of texts.

#include <cstring>
#include <iterator>
#include <type_traits>

#include "column/packed.h"

namespace column {

template <class T>
class Values {
 public:
  class Iterator;
  class Slice;
  using value_type = T;
  using iterator = Iterator;
  using const_iterator = Iterator;

  Values() = default;
  explicit Values(std::span<const T> plain) : plain_(plain.data()), size_(plain.size()) {}
  // Those of rows [first, first + size).
  Values(const Packed& packed, std::size_t first, std::size_t size)
      : packed_(packed), first_(first), size_(size) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T operator[](std::size_t row) const {
    return plain_ != nullptr ? plain_[row] : static_cast<T>(packed_.at(first_ + row));
  }
  // Rows [begin, end) as plain numbers.
  template <class Out>
  void read(std::size_t begin, std::size_t end, Out* out) const {
    if (plain_ == nullptr) return packed_.read<T>(first_ + begin, first_ + end, out);
    std::copy(plain_ + begin, plain_ + end, out);
  }

  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }
  Slice slice(std::size_t first, std::size_t count) const { return {*this, first, first + count}; }

 private:
  const T* plain_ = nullptr;
  Packed packed_;
  std::size_t first_ = 0, size_ = 0;
};

template <class T>
class Values<T>::Iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = T;

  Iterator() = default;
  Iterator(const Values& values, std::size_t row) : values_(values), row_(row) {}
  T operator*() const { return values_[row_]; }
  T operator[](difference_type n) const { return values_[row_ + static_cast<std::size_t>(n)]; }
  Iterator& operator+=(difference_type n) {
    row_ += static_cast<std::size_t>(n);
    return *this;
  }
  Iterator& operator-=(difference_type n) { return *this += -n; }
  Iterator& operator++() { return *this += 1; }
  Iterator& operator--() { return *this += -1; }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend Iterator operator+(Iterator at, difference_type n) { return at += n; }
  friend Iterator operator-(Iterator at, difference_type n) { return at -= n; }
  friend difference_type operator-(const Iterator& a, const Iterator& b) {
    return static_cast<difference_type>(a.row_) - static_cast<difference_type>(b.row_);
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.row_ == b.row_; }
  friend auto operator<=>(const Iterator& a, const Iterator& b) { return a.row_ <=> b.row_; }

 private:
  Values values_;
  std::size_t row_ = 0;
};

// Some rows that follow one another.
template <class T>
class Values<T>::Slice {
 public:
  Slice() = default;
  Slice(const Values& values, std::size_t first, std::size_t end)
      : values_(values), first_(first), end_(end) {}
  std::size_t size() const { return end_ - first_; }
  bool empty() const { return end_ == first_; }
  T operator[](std::size_t i) const { return values_[first_ + i]; }
  T front() const { return values_[first_]; }
  Iterator begin() const { return {values_, first_}; }
  Iterator end() const { return {values_, end_}; }

 private:
  Values values_;
  std::size_t first_ = 0, end_ = 0;
};

template <class T>
using Slice = typename Values<T>::Slice;

}  // namespace column
