#include "intake/keys.h"

#include <sodium.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kernel/check.h"

namespace intake {
namespace {

constexpr std::uint16_t flag_bit = 1U << 15U;
constexpr std::size_t behind_the_last = 256;  // slots for keys whose place is near the end
constexpr std::size_t waiting_max = 32'768;   // hashes
constexpr std::size_t rests_max = 256;        // so many in any order behind one first part

// The first part of a key, and the others.
std::pair<std::string_view, std::string_view> cut(std::string_view key) {
  const std::size_t at = key.find('\x1f');
  return {key.substr(0, at), at == key.npos ? std::string_view() : key.substr(at + 1)};
}

// Whether a is below b: of their parts the first that differ, by length and then by bytes.
bool rises(std::string_view a, std::string_view b) {
  while (true) {
    const std::string_view one = a.substr(0, a.find('\x1f')), other = b.substr(0, b.find('\x1f'));
    if (one.size() != other.size()) return one.size() < other.size();
    if (const int order = one.compare(other); order != 0) return order < 0;
    if (one.size() == a.size() || other.size() == b.size()) return a.size() < b.size();
    a.remove_prefix(one.size() + 1);
    b.remove_prefix(other.size() + 1);
  }
}

}  // namespace

KeyHash hash_key(std::string_view key) {
  static const auto secret = [] {
    CHECK(sodium_init() >= 0);
    std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
  }();
  unsigned char out[crypto_shorthash_siphashx24_BYTES];
  crypto_shorthash_siphashx24(out, reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                              secret.data());
  KeyHash hash;
  static_assert(sizeof hash == sizeof out);
  std::memcpy(&hash, out, sizeof hash);
  return hash;
}

std::uint64_t KeySet::Slot::low_word() const {
  std::uint64_t word = 0;
  std::memcpy(&word, low, sizeof word);
  return word;
}

KeySet::Slot KeySet::slot_of(const KeyHash& key) {
  Slot slot;
  const std::uint64_t word = key.low != 0 ? key.low : 1;  // 0 is free
  std::memcpy(slot.low, &word, sizeof word);
  slot.rest = static_cast<std::uint16_t>(key.high & ~std::uint64_t{flag_bit});
  return slot;
}

// Rises with the hash, so that a larger set has the keys in the same order.
std::size_t KeySet::home_of(std::uint64_t low_word) const {
  return static_cast<std::size_t>(static_cast<unsigned __int128>(low_word) * homes_ >> 64U);
}

// The place of the key, or where it belongs: free, or that of the first key above it.
std::size_t KeySet::place_of(const Slot& slot) const {
  const std::uint64_t low_word = slot.low_word();
  for (std::size_t at = home_of(low_word);; ++at) {
    const std::uint64_t there = slots_[at].low_word();
    if (there == 0 || there > low_word || (there == low_word && is_at(at, slot))) return at;
  }
}

bool KeySet::is_at(std::size_t at, const Slot& slot) const {
  return slots_[at].low_word() == slot.low_word() &&
         ((slots_[at].rest ^ slot.rest) & ~int{flag_bit}) == 0;
}

std::optional<std::uint64_t> KeySet::find(const KeyHash& key) const {
  if (size_ == 0) return std::nullopt;
  const Slot slot = slot_of(key);
  const std::size_t at = place_of(slot);
  if (!is_at(at, slot)) return std::nullopt;
  if (contents_.size() > 0) return contents_[at];
  return (slots_[at].rest & flag_bit) != 0 ? of_this_import : 0;
}

void KeySet::put(const KeyHash& key, std::uint64_t content) {
  constexpr std::size_t small = std::size_t{1} << 20U;
  const auto larger = [this] { return homes_ + homes_ / (homes_ < small ? 1 : 4); };
  if ((size_ + 1) * 6 > homes_ * 5) grow(larger());
  if (contents_.size() == 0 && (content & ~of_this_import) != 0) {
    contents_ = Pages<std::uint64_t>(slots_.size());
    for (std::size_t at = 0; size_ > 0 && at < slots_.size(); ++at) {
      if ((slots_[at].rest & flag_bit) != 0) contents_[at] = of_this_import;
    }
  }
  Slot slot = slot_of(key);
  std::size_t at = place_of(slot);
  if (!is_at(at, slot)) {
    while (!make_room(at)) {
      grow(larger());
      at = place_of(slot);
    }
    ++size_;
  }
  if ((content & of_this_import) != 0) slot.rest |= flag_bit;
  slots_[at] = slot;
  if (contents_.size() > 0) contents_[at] = content;
}

// False: the keys behind it reach to the last slot.
bool KeySet::make_room(std::size_t at) {
  std::size_t end = at;
  while (!slots_[end].is_free()) ++end;
  if (end + 1 >= slots_.size()) return false;
  slots_.make_room(at, end);
  if (contents_.size() > 0) contents_.make_room(at, end);
  return true;
}

void KeySet::prefetch(const KeyHash& key) const {
  if (homes_ == 0) return;
  const std::size_t home = home_of(key.low);
  __builtin_prefetch(&slots_[home]);
  __builtin_prefetch(&slots_[home] + 6);  // mostly the next line
  if (contents_.size() > 0) __builtin_prefetch(&contents_[home]);
}

void KeySet::reserve(std::size_t count) {
  const std::size_t homes = count + count / 5 + 1;
  if (homes > homes_) grow(homes);
}

// From the first place to the last of both sets: what is behind is given back as the new one fills.
void KeySet::grow(std::size_t wanted) {
  constexpr std::size_t at_a_time = std::size_t{1} << 20U;
  homes_ = std::max<std::size_t>(wanted, 64);
  const std::size_t size = homes_ + behind_the_last;
  Pages<Slot> slots = std::exchange(slots_, Pages<Slot>(size));
  Pages<std::uint64_t> contents =
      std::exchange(contents_, Pages<std::uint64_t>(contents_.size() > 0 ? size : 0));
  std::size_t free = 0;  // keys rise: the next one's place is not before it
  for (std::size_t at = 0; at < slots.size(); ++at) {
    if (!slots[at].is_free()) {
      const std::size_t place = std::max(free, home_of(slots[at].low_word()));
      CHECK_MSG(place + 1 < size, "the keys of an import lie together");
      slots_[place] = slots[at];
      if (contents.size() > 0) contents_[place] = contents[at];
      free = place + 1;
    }
    if ((at + 1) % at_a_time != 0) continue;
    slots.give_back(at + 1);
    contents.give_back(std::min(at + 1, contents.size()));
  }
}

template <class T>
KeySet::Pages<T>::Pages(std::size_t count) : count_(count) {
  if (count == 0) return;
  const std::size_t bytes = count * sizeof(T);
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK_MSG(at != MAP_FAILED, "out of memory for the keys of an import");
  ::madvise(at, bytes, MADV_HUGEPAGE);  // refused: small pages, and slower
  of_ = {static_cast<T*>(at), Unmap{bytes}};
}

template <class T>
void KeySet::Pages<T>::make_room(std::size_t at, std::size_t end) {
  std::memmove(of_.get() + at + 1, of_.get() + at, (end - at) * sizeof(T));
}

template <class T>
void KeySet::Pages<T>::give_back(std::size_t count) {
  constexpr std::size_t page = std::size_t{2} << 20U;
  const std::size_t end = count * sizeof(T) / page * page;
  if (end <= given_back_) return;
  ::madvise(reinterpret_cast<char*>(of_.get()) + given_back_, end - given_back_, MADV_DONTNEED);
  given_back_ = end;
}

template <class T>
void KeySet::Pages<T>::Unmap::operator()(T* of) const {
  ::munmap(of, bytes);
}

template class KeySet::Pages<KeySet::Slot>;
template class KeySet::Pages<std::uint64_t>;

void KeyFeed::put(const KeyHash& key, std::uint64_t content) {
  constexpr std::size_t at_a_time = 64;
  keys_.prefetch(key);
  waiting_.emplace_back(key, content);
  if (waiting_.size() == at_a_time) flush();
}

void KeyFeed::flush() {
  for (const auto& [key, content] : waiting_) keys_.put(key, content);
  waiting_.clear();
}

void TextKeyFeed::put(std::string_view key, std::uint64_t content) {
  constexpr std::size_t at_a_time = 8'192;
  some_.bytes += key;
  some_.ends.push_back(some_.bytes.size());
  some_.contents.push_back(content);
  if (some_.ends.size() == at_a_time) hand_on();
}

void TextKeyFeed::hand_on() {
  if (putting_.valid()) putting_.get();
  putting_ = std::async(std::launch::async, [this, some = std::exchange(some_, {})] {
    KeyFeed feed(keys_);
    const std::string_view bytes = some.bytes;
    for (std::size_t i = 0, begin = 0; i < some.ends.size(); begin = some.ends[i++])
      feed.put(hash_key(bytes.substr(begin, some.ends[i] - begin)), some.contents[i]);
    feed.flush();
  });
}

void TextKeyFeed::flush() {
  hand_on();
  putting_.get();
}

bool RisingKeys::is_new(std::string_view key) const {
  const auto [first, rest] = cut(key);
  if (count_ == 0 || first != first_) return count_ == 0 || rises(first_, first);
  if (rises(rests_[largest_], rest)) return true;
  if (rest_count_ > rests_max) return false;
  return std::find(rests_.begin(), rests_.begin() + static_cast<std::ptrdiff_t>(rest_count_),
                   rest) == rests_.begin() + static_cast<std::ptrdiff_t>(rest_count_);
}

kernel::Status RisingKeys::put(std::string_view key, const KeyHash& hash) {
  const auto [first, rest] = cut(key);
  if (count_ == 0 || first != first_) {
    first_ = first;
    rest_count_ = largest_ = 0;
  }
  if (rest_count_ > 0 && rises(rests_[largest_], rest)) largest_ = rest_count_;
  if (rest_count_ == rests_.size()) rests_.emplace_back();
  rests_[rest_count_++] = rest;
  ++count_;
  waiting_.push_back(hash);
  if (waiting_.size() < waiting_max) return kernel::Ok{};
  TRY(spill_.put(
      {reinterpret_cast<const char*>(waiting_.data()), waiting_.size() * sizeof(KeyHash)}));
  waiting_.clear();
  return kernel::Ok{};
}

kernel::Status RisingKeys::end(KeySet& keys) {
  rise_ = false;
  keys.reserve(keys.size() + count_);
  KeyFeed feed(keys);
  std::string bytes;
  for (bool any = true; any;) {
    for (const KeyHash& hash : waiting_) feed.put(hash, of_this_import);
    TRY_ASSIGN(any, spill_.get(bytes));
    waiting_.resize(any ? bytes.size() / sizeof(KeyHash) : 0);
    if (any) std::memcpy(waiting_.data(), bytes.data(), bytes.size());
  }
  feed.flush();
  waiting_ = {};
  return kernel::Ok{};
}

}  // namespace intake
