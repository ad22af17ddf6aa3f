#pragma once
// Keys met so far, each with a hash of its record. Holds millions: open addressing, the hash beside
// each key, the bytes end to end.

#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace intake {

class KeySet {
 public:
  bool has(std::string_view key) const { return find(key) != nullptr; }
  const std::uint64_t* find(std::string_view key) const;      // the content it was added with
  void add(std::string_view key, std::uint64_t content = 0);  // a key that is there stays
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    const char* bytes = nullptr;  // null: free
    std::uint32_t size = 0, hash = 0;
    std::uint64_t content = 0;
  };
  std::size_t slot_of(std::string_view key, std::uint64_t hash) const;
  void grow();

  std::pmr::monotonic_buffer_resource bytes_;
  std::vector<Slot> slots_;  // a power of two, at most five eighths full
  std::size_t size_ = 0;
};

}  // namespace intake
