#pragma once
// Typed columns of one length, in memory or memory-mapped from a folder: the book, and batches on
// their way to it. A folder is <name>.col files (64-byte aligned, little-endian) and manifest.json
// with type, rows and SHA-256 of each; saved whole or not at all. Never edited once saved.
// Knows nothing of debts. Same values, same bytes.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/result.h"

namespace column {

enum class Type { i8, i16, i32, i64, code, text };

// Words by code: value i stands for words[i]; -1 is "none".
struct Codes {
  std::span<const std::int16_t> values;
  const std::vector<std::string>* words = nullptr;
  std::string_view at(std::size_t row) const {
    return values[row] < 0 ? std::string_view()
                           : std::string_view((*words)[static_cast<std::size_t>(values[row])]);
  }
  std::int16_t find(std::string_view word) const;  // -1 when no row can have it
};

class Texts {
 public:
  Texts() = default;
  Texts(std::span<const std::uint32_t> ends, std::string_view bytes) : ends_(ends), bytes_(bytes) {}
  std::size_t size() const { return ends_.size(); }
  std::string_view at(std::size_t row) const {
    const std::uint32_t begin = row == 0 ? 0 : ends_[row - 1];
    return bytes_.substr(begin, ends_[row] - begin);
  }

 private:
  std::span<const std::uint32_t> ends_;  // total under 4 GiB a column
  std::string_view bytes_;
};

class Sheet {
 public:
  explicit Sheet(std::size_t rows = 0);
  Sheet(Sheet&&) noexcept;
  Sheet& operator=(Sheet&&) noexcept;
  ~Sheet();

  // Maps a saved folder. `verify` reads every byte against its hash (1–2 GB/s).
  static kernel::Result<Sheet> open(const std::filesystem::path& folder, bool verify = false);

  std::size_t rows() const { return rows_; }
  bool has(std::string_view name) const;
  Type type(std::string_view name) const;
  std::vector<std::string> names() const;  // in the order added

  // Reading: CHECKs that the column is there and of that type. T: int8_t … int64_t.
  template <class T>
  std::span<const T> get(std::string_view name) const;
  Codes codes(std::string_view name) const;
  Texts texts(std::string_view name) const;

  // Adding: a zeroed column to fill; a column of that name is replaced.
  template <class T>
  std::span<T> add(std::string_view name);
  std::span<std::int16_t> add_codes(std::string_view name, std::vector<std::string> words);
  void add_texts(std::string_view name, const std::vector<std::string_view>& values);
  void drop(std::string_view name);

  // Takes all columns of another sheet of the same number of rows (replacing by name).
  void take(Sheet&& other);

  // Writes the columns named (all when empty) to a new folder: to <folder>.tmp, fsync, rename.
  kernel::Status save(const std::filesystem::path& folder,
                      const std::vector<std::string>& names = {}) const;
  // SHA-256 in hex over manifest-to-be of the columns named: two sheets with equal values agree.
  std::string hash(const std::vector<std::string>& names = {}) const;

 private:
  struct Column;
  const Column& find(std::string_view name, Type type) const;
  Column& place(std::string_view name, Type type);

  std::size_t rows_ = 0;
  std::vector<std::unique_ptr<Column>> columns_;
};

}  // namespace column
