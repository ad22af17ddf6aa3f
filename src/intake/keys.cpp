#include "intake/keys.h"

#include <cstring>
#include <functional>

namespace intake {

// The place of the key, or the free place where it belongs.
std::size_t KeySet::slot_of(std::string_view key, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const auto low = static_cast<std::uint32_t>(hash);
  for (std::size_t at = (hash >> 32) & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (!slot.bytes) return at;
    if (slot.hash == low && std::string_view(slot.bytes, slot.size) == key) return at;
  }
}

const std::uint64_t* KeySet::find(std::string_view key) const {
  if (slots_.empty()) return nullptr;
  const Slot& slot = slots_[slot_of(key, std::hash<std::string_view>{}(key))];
  return slot.bytes ? &slot.content : nullptr;
}

void KeySet::add(std::string_view key, std::uint64_t content) {
  if (size_ * 8 >= slots_.size() * 5) grow();
  const std::uint64_t hash = std::hash<std::string_view>{}(key);
  Slot& slot = slots_[slot_of(key, hash)];
  if (slot.bytes) return;
  char* bytes = static_cast<char*>(bytes_.allocate(key.size() + 1, 1));
  std::memcpy(bytes, key.data(), key.size());
  slot = {bytes, static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(hash), content};
  ++size_;
}

void KeySet::grow() {
  std::vector<Slot> before(std::max<std::size_t>(slots_.size() * 2, 64));
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (!slot.bytes) continue;
    const std::string_view key(slot.bytes, slot.size);
    slots_[slot_of(key, std::hash<std::string_view>{}(key))] = slot;
  }
}

}  // namespace intake
