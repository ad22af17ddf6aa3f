#include "intake/keys.h"

#include <sodium.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kernel/check.h"

namespace intake {
namespace {

bool is_free(const KeyHash& key) {
  return (key.low | key.high) == 0;
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
  return is_free(hash) ? KeyHash{1, 0} : hash;
}

// The place of the key, or the free place where it belongs.
std::size_t KeySet::slot_of(const KeyHash& key) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = key.low & mask;; at = (at + 1) & mask) {
    const KeyHash& there = slots_[at].key;
    if (is_free(there) || (there.low == key.low && there.high == key.high)) return at;
  }
}

const std::uint64_t* KeySet::find(const KeyHash& key) const {
  if (size_ == 0) return nullptr;
  const Slot& slot = slots_[slot_of(key)];
  return is_free(slot.key) ? nullptr : &slot.content;
}

void KeySet::put(const KeyHash& key, std::uint64_t content) {
  if (size_ * 8 >= slots_.size() * 5) grow();
  Slot& slot = slots_[slot_of(key)];
  if (is_free(slot.key)) ++size_;
  slot = {key, content};
}

void KeySet::prefetch(const KeyHash& key) const {
  if (slots_.size() > 0) __builtin_prefetch(&slots_[key.low & (slots_.size() - 1)]);
}

void KeySet::grow() {
  const Slots before = std::exchange(slots_, Slots(std::max<std::size_t>(slots_.size() * 2, 64)));
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (!is_free(before[at].key)) slots_[slot_of(before[at].key)] = before[at];
  }
}

KeySet::Slots::Slots(std::size_t count) : count_(count) {
  if (count == 0) return;
  const std::size_t bytes = count * sizeof(Slot);
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK_MSG(at != MAP_FAILED, "out of memory for the keys of an import");
  ::madvise(at, bytes, MADV_HUGEPAGE);  // refused: small pages, and slower
  slots_ = {static_cast<Slot*>(at), Unmap{bytes}};
}

void KeySet::Slots::Unmap::operator()(Slot* slots) const {
  ::munmap(slots, bytes);
}

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

}  // namespace intake
