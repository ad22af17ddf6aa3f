#pragma once
// Keys met so far, each with a word about its record. Holds tens of millions: 24 bytes a place,
// open addressing. A key is known by its SipHash-2-4 of 128 bits under a secret of this process, so
// that nobody can write a file whose keys meet; that two meet by chance is one in 10^24 at ten
// million.

#include <cstdint>
#include <string_view>
#include <vector>

namespace intake {

struct KeyHash {
  std::uint64_t low = 0, high = 0;
};
KeyHash hash_key(std::string_view key);

class KeySet {
 public:
  bool has(const KeyHash& key) const { return find(key) != nullptr; }
  const std::uint64_t* find(const KeyHash& key) const;      // the content it was put with
  void put(const KeyHash& key, std::uint64_t content = 0);  // one that is there gets this content
  void prefetch(const KeyHash& key) const;                  // it is asked for in a moment
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    KeyHash key;  // both words 0: free
    std::uint64_t content = 0;
  };
  std::size_t slot_of(const KeyHash& key) const;
  void grow();

  std::vector<Slot> slots_;  // a power of two, at most five eighths full
  std::size_t size_ = 0;
};

}  // namespace intake
