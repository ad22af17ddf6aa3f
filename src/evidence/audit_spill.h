#pragma once
// Spill: more records than memory should hold, cut into parts by a hash. Everything of one key ends
// in one part, so that a part can be loaded, sorted and judged alone; what waits lies in one
// temporary file that nobody else sees. Memory: one part, and a block per part.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

#include "kernel/result.h"

namespace evidence {

template <class T>
class Spill {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr std::size_t parts = 64;
  static constexpr std::size_t block_records = std::max<std::size_t>(1, (128 << 10) / sizeof(T));

  explicit Spill(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;
  ~Spill() {
    if (file_ >= 0) ::close(file_);
  }

  void add(std::uint64_t hash, const T& record) {
    Part& part = parts_[hash % parts];
    part.waiting.push_back(record);
    if (part.waiting.size() == block_records) write(part);
    ++size_;
  }
  std::size_t size() const { return size_; }

  // All of one part, in the order they came; the part is empty afterwards.
  kernel::Result<std::vector<T>> take(std::size_t index) {
    if (!failure_.empty()) return failed();
    Part& part = parts_[index];
    std::vector<T> all(part.blocks.size() * block_records);
    std::size_t at = 0;
    for (const std::int64_t offset : part.blocks) {
      if (!read_whole(reinterpret_cast<char*>(&all[at]), block_bytes, offset)) return failed();
      at += block_records;
    }
    all.insert(all.end(), part.waiting.begin(), part.waiting.end());
    part = Part();
    return all;
  }

 private:
  static constexpr std::size_t block_bytes = block_records * sizeof(T);
  struct Part {
    std::vector<T> waiting;
    std::vector<std::int64_t> blocks;  // offsets
  };

  kernel::Error failed() const {
    return {kernel::Code::unavailable, "a temporary file cannot be written or read: " + failure_,
            folder_.string()};
  }

  void write(Part& part) {
    if (file_ < 0) file_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    const char* bytes = reinterpret_cast<const char*>(part.waiting.data());
    for (std::size_t done = 0; done < block_bytes && failure_.empty();) {
      const ssize_t some =
          ::pwrite(file_, bytes + done, block_bytes - done, end_ + static_cast<std::int64_t>(done));
      if (some <= 0)
        failure_ = std::error_code(errno, std::generic_category()).message();
      else
        done += static_cast<std::size_t>(some);
    }
    part.blocks.push_back(end_);
    part.waiting.clear();
    end_ += static_cast<std::int64_t>(block_bytes);
  }

  bool read_whole(char* into, std::size_t bytes, std::int64_t offset) {
    while (bytes > 0) {
      const ssize_t some = ::pread(file_, into, bytes, offset);
      if (some <= 0) {
        failure_ = "it ended early";
        return false;
      }
      into += some, offset += some, bytes -= static_cast<std::size_t>(some);
    }
    return true;
  }

  std::filesystem::path folder_;
  std::array<Part, parts> parts_;
  std::string failure_;
  std::size_t size_ = 0;
  std::int64_t end_ = 0;
  int file_ = -1;
};

}  // namespace evidence
