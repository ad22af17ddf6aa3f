#include "decision/check_cover.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace decision {

namespace {

void multiply(Volume& volume, std::uint64_t factor) {
  unsigned __int128 carry = 0;
  for (std::uint64_t& limb : volume) {
    carry += static_cast<unsigned __int128>(limb) * factor;
    limb = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
}

void add_to(Volume& volume, const Volume& more) {
  unsigned __int128 carry = 0;
  for (std::size_t i = 0; i < volume.size(); ++i) {
    carry += static_cast<unsigned __int128>(volume[i]) + more[i];
    volume[i] = static_cast<std::uint64_t>(carry);
    carry >>= 64;
  }
}

}  // namespace

Volume volume_of_common(const Layout& layout, const std::uint64_t* a, const std::uint64_t* b) {
  Volume volume{1};
  for (std::size_t input = 0; input < layout.inputs(); ++input) {
    std::uint64_t count = 0;
    for (std::size_t w = layout.begins[input]; w < layout.begins[input + 1]; ++w) {
      count += static_cast<std::uint64_t>(std::popcount(a[w] & b[w]));
    }
    multiply(volume, count);
  }
  return volume;
}

Volume volume_of(const Layout& layout, const std::uint64_t* box) {
  return volume_of_common(layout, box, box);
}

void Cover::add(const Box& box) {
  boxes_.insert(boxes_.end(), box.begin(), box.end());
  for (std::size_t input = 0; input < layout_.inputs(); ++input) {
    hulls_[input].push_back(hull_of(box.data(), input));
  }
  ++size_;
}

Cover::Hull Cover::hull_of(const std::uint64_t* box, std::size_t input) const {
  Hull hull;
  std::uint32_t count = 0;
  for (std::size_t w = layout_.begins[input]; w < layout_.begins[input + 1]; ++w) {
    if (box[w] == 0) continue;
    const auto base = static_cast<std::uint32_t>((w - layout_.begins[input]) * 64);
    const auto first = base + static_cast<std::uint32_t>(std::countr_zero(box[w]));
    if (count == 0) hull.low = first;
    hull.high = base + 63 - static_cast<std::uint32_t>(std::countl_zero(box[w]));
    count += static_cast<std::uint32_t>(std::popcount(box[w]));
  }
  hull.solid = count > 0 && count == hull.high - hull.low + 1;
  return hull;
}

std::vector<std::size_t> Cover::narrowest_first(const std::uint64_t* target) const {
  std::vector<std::pair<std::uint32_t, std::size_t>> inputs;
  for (std::size_t input = 0; input < layout_.inputs(); ++input) {
    const Hull hull = hull_of(target, input);
    inputs.emplace_back(hull.high - hull.low, input);
  }
  std::sort(inputs.begin(), inputs.end());
  std::vector<std::size_t> order;
  for (const auto& [width, input] : inputs) order.push_back(input);
  return order;
}

// Whether the sets of one input have a class in common. Their hulls settle most.
inline bool Cover::meet_in(std::size_t input, const Hull& hull, const std::uint64_t* target,
                           std::size_t at) {
  const Hull& other = hulls_[input][at];
  if (hull.low > other.high || other.low > hull.high) return false;
  if (hull.solid && other.solid) return true;
  const std::uint64_t* words = box(at);
  const std::size_t begin = layout_.begins[input], end = layout_.begins[input + 1];
  std::size_t w = begin;
  while (w < end && (target[w] & words[w]) == 0) ++w;
  work_left_ -= static_cast<std::int64_t>(w - begin);
  return w < end;
}

// Leaves of the boxes in the list those that meet the target.
void Cover::keep_meeting(const std::uint64_t* target, std::vector<std::size_t>& list) {
  for (const std::size_t input : narrowest_first(target)) {
    const Hull hull = hull_of(target, input);
    work_left_ -= static_cast<std::int64_t>(list.size());
    std::erase_if(list, [&](std::size_t at) { return !meet_in(input, hull, target, at); });
  }
}

bool Cover::contains(const std::uint64_t* outer, const std::uint64_t* inner) const {
  for (std::size_t w = 0; w < layout_.words(); ++w) {
    if ((inner[w] & ~outer[w]) != 0) return false;
  }
  return true;
}

std::vector<std::size_t> Cover::meeting(const std::uint64_t* target, std::size_t begin,
                                        std::size_t end) {
  std::vector<std::size_t> found;
  if (layout_.inputs() == 0) {
    found.resize(end - begin);
    std::iota(found.begin(), found.end(), begin);
    return found;
  }
  const std::size_t first = narrowest_first(target)[0];
  const Hull hull = hull_of(target, first);
  for (std::size_t at = begin; at < end; ++at) {
    if (meet_in(first, hull, target, at)) found.push_back(at);
  }
  work_left_ -= static_cast<std::int64_t>(end - begin) / 4;
  keep_meeting(target, found);
  return found;
}

bool Cover::counted_full(const Box& target, const std::vector<std::size_t>& by) {
  Volume sum{};
  for (std::size_t at : by) add_to(sum, volume_of_common(layout_, target.data(), box(at)));
  work_left_ -= static_cast<std::int64_t>(by.size() * layout_.words());
  return sum == volume_of(layout_, target.data());
}

std::vector<std::size_t> Cover::lacking(const Box& target, const std::uint64_t* other) {
  std::vector<std::size_t> inputs;
  for (std::size_t input = 0; input < layout_.inputs(); ++input) {
    std::size_t w = layout_.begins[input];
    while (w < layout_.begins[input + 1] && (target[w] & ~other[w]) == 0) ++w;
    if (w < layout_.begins[input + 1]) inputs.push_back(input);
  }
  work_left_ -= static_cast<std::int64_t>(layout_.words());
  return inputs;
}

// Takes off what a box takes but for one input: no branch is needed for those.
Cover::Trimmed Cover::trim(Box& target, const std::vector<std::size_t>& by, Split& split) {
  Trimmed result = Trimmed::nothing;
  std::size_t fewest = layout_.inputs() + 1;
  for (std::size_t at : by) {
    const std::vector<std::size_t> lacks = lacking(target, box(at));
    if (lacks.empty()) return Trimmed::all;
    if (lacks.size() == 1) {
      bool any = false;
      for (std::size_t w = layout_.begins[lacks[0]]; w < layout_.begins[lacks[0] + 1]; ++w) {
        target[w] &= ~box(at)[w];
        any |= target[w] != 0;
      }
      if (!any) return Trimmed::all;
      result = Trimmed::some;
    } else if (lacks.size() < fewest) {
      fewest = lacks.size();
      split = {lacks, at};
    }
  }
  return result;
}

// The input by which the target is best cut in two: few boxes lie on both sides.
std::size_t Cover::choose(const Box& target, const std::vector<std::size_t>& by,
                          const Split& split) {
  const std::uint64_t* cutter = box(split.by);
  std::size_t best = split.inputs[0], fewest = by.size() + 1;
  for (std::size_t input : split.inputs) {
    std::size_t both = 0;
    for (std::size_t at : by) {
      bool inside = false, outside = false;
      for (std::size_t w = layout_.begins[input]; w < layout_.begins[input + 1]; ++w) {
        inside |= (target[w] & cutter[w] & box(at)[w]) != 0;
        outside |= (target[w] & ~cutter[w] & box(at)[w]) != 0;
      }
      both += inside && outside ? 1 : 0;
    }
    work_left_ -= static_cast<std::int64_t>(by.size());
    if (both < fewest) {
      fewest = both;
      best = input;
    }
  }
  return best;
}

std::optional<Box> Cover::uncovered(const Box& target, const std::vector<std::size_t>& by,
                                    bool disjoint) {
  Box rest = target;
  std::vector<std::size_t> left = by;
  while (true) {
    keep_meeting(rest.data(), left);
    if (left.empty()) return rest;
    if (used_up()) return std::nullopt;
    if (disjoint && counted_full(rest, left)) return std::nullopt;
    Split split;
    const Trimmed trimmed = trim(rest, left, split);
    if (trimmed == Trimmed::all) return std::nullopt;
    if (trimmed == Trimmed::some) continue;
    const std::size_t input = choose(rest, left, split);
    Box outside = rest;
    for (std::size_t w = layout_.begins[input]; w < layout_.begins[input + 1]; ++w) {
      outside[w] &= ~box(split.by)[w];
      rest[w] &= box(split.by)[w];
    }
    if (auto found = uncovered(outside, left, disjoint)) return found;
    if (used_up()) return std::nullopt;
  }
}

Box Cover::widened(Box wide, const Box& limit) {
  for (std::size_t input = 0; input < layout_.inputs(); ++input) {
    const std::size_t begin = layout_.begins[input], end = layout_.begins[input + 1];
    for (std::size_t w = begin; w < end; ++w) wide[w] = limit[w];
    const auto in_the_way = meeting(wide.data(), 0, size_);
    for (std::size_t at : in_the_way) {
      for (std::size_t w = begin; w < end; ++w) wide[w] &= ~box(at)[w];
    }
  }
  return wide;
}

}  // namespace decision
