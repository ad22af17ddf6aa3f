#pragma once
// Keys met so far, each with a word about its record. Holds tens of millions: 24 bytes a place,
// open addressing. A key is known by its SipHash-2-4 of 128 bits under a secret of this process, so
// that nobody can write a file whose keys meet; that two meet by chance is one in 10^24 at ten
// million.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
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
  // Zeroed, on large pages where the system has them: a key's place is anywhere, and among small
  // ones finding the page takes longer than reading it.
  class Slots {
   public:
    explicit Slots(std::size_t count = 0);
    std::size_t size() const { return count_; }
    Slot& operator[](std::size_t at) { return slots_.get()[at]; }
    const Slot& operator[](std::size_t at) const { return slots_.get()[at]; }

   private:
    struct Unmap {
      std::size_t bytes;
      void operator()(Slot* slots) const;
    };
    std::size_t count_ = 0;
    std::unique_ptr<Slot, Unmap> slots_{nullptr, Unmap{0}};
  };
  std::size_t slot_of(const KeyHash& key) const;
  void grow();

  Slots slots_;  // a power of two, at most five eighths full
  std::size_t size_ = 0;
};

// Puts many keys: the places of a few are asked for before the first of them is put.
class KeyFeed {
 public:
  explicit KeyFeed(KeySet& keys) : keys_(keys) {}
  KeyFeed(const KeyFeed&) = delete;
  KeyFeed& operator=(const KeyFeed&) = delete;
  void put(const KeyHash& key, std::uint64_t content);
  void flush();  // last

 private:
  KeySet& keys_;
  std::vector<std::pair<KeyHash, std::uint64_t>> waiting_;
};

}  // namespace intake
