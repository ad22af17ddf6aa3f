#pragma once
// Id<Tag>: which one, of what. Comparable and explicit; no arithmetic, and ids of two kinds do not
// mix. Ids are made by store::Store::next_id(); on the wire they are decimal strings (JavaScript
// numbers end at 2^53).

#include <compare>
#include <cstdint>
#include <functional>

namespace kernel {

template <class Tag>
class Id {
 public:
  explicit constexpr Id(std::int64_t value) : value_(value) {}
  constexpr std::int64_t value() const { return value_; }
  auto operator<=>(const Id&) const = default;

 private:
  std::int64_t value_;
};

}  // namespace kernel

template <class Tag>
struct std::hash<kernel::Id<Tag>> {
  std::size_t operator()(kernel::Id<Tag> id) const { return std::hash<std::int64_t>{}(id.value()); }
};
