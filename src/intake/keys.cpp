#include "intake/keys.h"

#include <sodium.h>

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
  if (slots_.empty()) return nullptr;
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
  if (!slots_.empty()) __builtin_prefetch(&slots_[key.low & (slots_.size() - 1)]);
}

void KeySet::grow() {
  std::vector<Slot> before(std::max<std::size_t>(slots_.size() * 2, 64));
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (!is_free(slot.key)) slots_[slot_of(slot.key)] = slot;
  }
}

}  // namespace intake
