#pragma once
// Keys met so far, each with a word about its record. Holds tens of millions: 12 bytes a key where
// their number was foreseen, up to 15 where not, and ten more where the words differ; open
// addressing, in the order of the hashes. A key is known by 79 bits of its SipHash-2-4 under a
// secret of this process, so that nobody can write a file whose keys meet; that any two meet by
// chance is one in 10^10 at ten million keys.

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/spill.h"

namespace intake {

struct KeyHash {
  std::uint64_t low = 0, high = 0;
};
KeyHash hash_key(std::string_view key);

// With it: of a record that this import has met. Without: of one the store had before.
constexpr std::uint64_t of_this_import = std::uint64_t{1} << 63;

class KeySet {
 public:
  bool has(const KeyHash& key) const { return find(key).has_value(); }
  std::optional<std::uint64_t> find(const KeyHash& key) const;  // the content it was put with
  void put(const KeyHash& key, std::uint64_t content = 0);  // one that is there gets this content
  void prefetch(const KeyHash& key) const;                  // it is asked for in a moment
  void reserve(std::size_t count);                          // about so many there will be in all
  std::size_t size() const { return size_; }

 private:
  // Zeroed, on large pages where the system has them: a key's place is anywhere, and among small
  // ones finding the page takes longer than reading it.
  template <class T>
  class Pages {
   public:
    explicit Pages(std::size_t count = 0);
    std::size_t size() const { return count_; }
    T& operator[](std::size_t at) { return of_.get()[at]; }
    const T& operator[](std::size_t at) const { return of_.get()[at]; }
    void make_room(std::size_t at, std::size_t end);  // what is in [at, end) moves one on
    void give_back(std::size_t count);  // the first so many are not asked for any more

   private:
    struct Unmap {
      std::size_t bytes;
      void operator()(T* of) const;
    };
    std::size_t count_ = 0, given_back_ = 0;
    std::unique_ptr<T, Unmap> of_{nullptr, Unmap{0}};
  };
  struct Slot {
    std::uint16_t low[4] = {}, rest = 0;  // low 0: free; the last bit of rest: of_this_import
    std::uint64_t low_word() const;
    bool is_free() const { return low_word() == 0; }
  };
  static Slot slot_of(const KeyHash& key);
  std::size_t home_of(std::uint64_t low_word) const;
  bool is_at(std::size_t at, const Slot& slot) const;
  std::size_t place_of(const Slot& slot) const;
  bool make_room(std::size_t at);
  void grow(std::size_t slots);

  // At most five sixths full, and none from the last to the first: the last of all is free.
  Pages<Slot> slots_;
  std::size_t homes_ = 0;  // of the slots, those where a key may have its place by hash
  // Beside the slots, once one of them holds more than the bit of_this_import.
  Pages<std::uint64_t> contents_;
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

// The same for texts: another thread hashes and puts some while the caller reads the next.
class TextKeyFeed {
 public:
  explicit TextKeyFeed(KeySet& keys) : keys_(keys) {}
  TextKeyFeed(const TextKeyFeed&) = delete;
  TextKeyFeed& operator=(const TextKeyFeed&) = delete;
  void put(std::string_view key, std::uint64_t content);
  void flush();  // last

 private:
  struct Some {
    std::string bytes;
    std::vector<std::size_t> ends;
    std::vector<std::uint64_t> contents;
  };
  void hand_on();

  KeySet& keys_;
  Some some_;
  std::future<void> putting_;  // of those before; waited for as this goes
};

// Keys of this import that only have to be told from one another. While their first parts (an
// account, a customer) never fall, as in most exports, those of the last one are all that must be
// known: the hashes wait on disk, for the first that does.
class RisingKeys {
 public:
  explicit RisingKeys(std::filesystem::path folder) : spill_(std::move(folder)) {}
  bool rise() const { return rise_; }
  // Another than all that were put. Parts between 0x1F: the longer, and of one length the larger.
  // False as well where that cannot be said: a first part below the last, or one of very many.
  bool is_new(std::string_view key) const;
  kernel::Status put(std::string_view key, const KeyHash& hash);
  // They rise no more: all that were put, into `keys`.
  kernel::Status end(KeySet& keys);

 private:
  bool rise_ = true;
  std::string first_;                         // of the last key
  std::vector<std::string> rests_;            // of the keys with that first part: the first
  std::size_t rest_count_ = 0, largest_ = 0;  // so many, and which of them is above the others
  std::size_t count_ = 0;                     // of all keys
  std::vector<KeyHash> waiting_;
  Spill spill_;
};

}  // namespace intake
