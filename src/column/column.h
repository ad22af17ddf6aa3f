#pragma once
// Typed columns of one length, in memory or memory-mapped from a folder: the book, and batches on
// their way to it. A folder is <name>.packed files (packed.h; of texts the ends, then all bytes)
// and manifest.json with type, rows and the SHA-256 of each column's plain values; saved whole or
// not at all. Never edited once saved. Knows nothing of debts. Same values, same bytes. Folders of
// older programs hold <name>.col, the plain values themselves, and are read as well.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column/values.h"
#include "kernel/result.h"

namespace column {

enum class Type { i8, i16, i32, i64, code, text };

// Words by code: value i stands for words[i]; -1 is "none".
struct Codes {
  Values<std::int16_t> values;
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
  // `begin`: where the first of them begins.
  Texts(const Values<std::uint32_t>& ends, std::string_view bytes, std::uint32_t begin = 0)
      : ends_(ends), bytes_(bytes), begin_(begin) {}
  std::size_t size() const { return ends_.size(); }
  const Values<std::uint32_t>& ends() const { return ends_; }
  std::string_view at(std::size_t row) const {
    const std::uint32_t begin = row == 0 ? begin_ : ends_[row - 1];
    return bytes_.substr(begin, ends_[row] - begin);
  }

 private:
  Values<std::uint32_t> ends_;  // total under 4 GiB a column
  std::string_view bytes_;
  std::uint32_t begin_ = 0;
};

class Sheet {
 public:
  explicit Sheet(std::size_t rows = 0);
  Sheet(Sheet&&) noexcept;
  Sheet& operator=(Sheet&&) noexcept;
  ~Sheet();

  // Maps a saved folder. `verify` holds every byte against the hash of the values.
  static kernel::Result<Sheet> open(const std::filesystem::path& folder, bool verify = false);

  std::size_t rows() const { return rows_; }
  bool has(std::string_view name) const;
  Type type(std::string_view name) const;
  std::vector<std::string> names() const;  // in the order added

  // Reading: CHECKs that the column is there and of that type. T: int8_t … int64_t.
  template <class T>
  Values<T> get(std::string_view name) const;
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
  // A column of another sheet as it is; its values are not copied.
  void share(const Sheet& other, std::string_view name);
  // Rows [begin, end) as a sheet of their own; the values are not copied.
  Sheet window(std::size_t begin, std::size_t end) const;

  struct Saving {
    std::vector<std::string> names;  // columns; all when empty
    // A sheet saved before: a column of the same values is linked to its file, not written again.
    const Sheet* like = nullptr;
    unsigned threads = 1;
    // Read at once and thrown away: neither hashed nor synced.
    bool passing = false;
  };
  // Writes to a new folder: to <folder>.tmp, fsync, rename.
  kernel::Status save(const std::filesystem::path& folder, const Saving& saving) const;
  kernel::Status save(const std::filesystem::path& folder) const { return save(folder, Saving()); }
  // SHA-256 in hex over manifest-to-be of the columns named: two sheets with equal values agree.
  std::string hash(const std::vector<std::string>& names = {}) const;

 private:
  friend class SheetWriter;
  struct File;
  struct Column;
  kernel::Status open_column(Column& column, const std::filesystem::path& folder,
                             std::string_view sha256) const;
  kernel::Status save_column(const Column& column, const std::string& sha256,
                             const std::filesystem::path& folder, const Saving& saving) const;
  // The file of a column of that name and those values; none where it has none.
  const File* file_like(std::string_view name, Type type, std::string_view sha256) const;
  static bool link(const File& file, const std::filesystem::path& as);
  const Column& find(std::string_view name, Type type) const;
  Column& place(std::string_view name, Type type);

  std::size_t rows_ = 0;
  std::vector<std::unique_ptr<Column>> columns_;
};

}  // namespace column
