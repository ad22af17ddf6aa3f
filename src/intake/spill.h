#pragma once
// What an import holds until its transaction, beyond a block: on disk, in a file without a name,
// encrypted with a key that is in memory only. When the process ends, however it ends, nothing of
// it can be read. Put all, then get all, in order, as often as wanted.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "kernel/result.h"

namespace intake {

class Spill {
 public:
  // Its file is made with the first bytes put; a folder on the disk of the data.
  explicit Spill(std::filesystem::path folder);
  Spill(Spill&& other) noexcept;
  Spill& operator=(Spill&&) = delete;
  ~Spill();

  kernel::Status put(std::string_view bytes);    // under 4 GiB, not none
  kernel::Result<bool> get(std::string& bytes);  // false: that was all
  void rewind() { got_ = at_ = 0; }

 private:
  kernel::Status make();
  kernel::Error failed(const char* what) const;

  std::filesystem::path folder_;
  int fd_ = -1;
  std::array<unsigned char, 32> key_{};
  std::uint64_t put_ = 0, got_ = 0;  // how many; the nonce of each is its number
  std::size_t end_ = 0, at_ = 0;
  std::string sealed_;
};

}  // namespace intake
