#pragma once
// Cover: boxes over the classes of several inputs, one set of classes for each input, and whether
// some boxes take all of another. This is what gaps, overlaps and rows that never decide come down
// to. Exact; a bound on the work makes it stop, and it says so.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "decision/check_classes.h"

namespace decision {

// Box: the sets of all inputs, one after another. Layout says where each begins.
using Box = std::vector<std::uint64_t>;
struct Layout {
  std::vector<std::size_t> begins;  // one for each input, and the end
  std::size_t inputs() const { return begins.size() - 1; }
  std::size_t words() const { return begins.back(); }
};

// How many points a box has, exactly: up to 2^320, more than 19 inputs of 65,536 classes.
using Volume = std::array<std::uint64_t, 5>;
Volume volume_of(const Layout& layout, const std::uint64_t* box);
Volume volume_of_common(const Layout& layout, const std::uint64_t* a, const std::uint64_t* b);

class Cover {
 public:
  Cover(const Layout& layout, std::int64_t work)
      : layout_(layout), hulls_(layout.inputs()), work_left_(work) {}

  void add(const Box& box);
  std::size_t size() const { return size_; }
  const std::uint64_t* box(std::size_t at) const { return &boxes_[at * layout_.words()]; }

  bool contains(const std::uint64_t* outer, const std::uint64_t* inner) const;
  // All those of the boxes that meet the target.
  std::vector<std::size_t> meeting(const std::uint64_t* target, std::size_t begin, std::size_t end);

  // A box within the target that none of the boxes meets; nullopt where they take all of it, or
  // where the work is used up. `disjoint`: no two of them meet, so that counting decides.
  std::optional<Box> uncovered(const Box& target, const std::vector<std::size_t>& by,
                               bool disjoint = false);
  // The box made as large as the boxes leave room for, within the limit.
  Box widened(Box box, const Box& limit);

  bool used_up() const { return work_left_ < 0; }

 private:
  struct Split {
    std::vector<std::size_t> inputs;  // where the box lacks some of the target
    std::size_t by = 0;
  };
  struct Hull {  // from the first class of a set to its last
    std::uint32_t low = UINT32_MAX, high = 0;
    bool solid = false;  // the set is all of it
  };
  enum class Trimmed { nothing, some, all };

  Hull hull_of(const std::uint64_t* box, std::size_t input) const;
  std::vector<std::size_t> narrowest_first(const std::uint64_t* target) const;
  bool meet_in(std::size_t input, const Hull& hull, const std::uint64_t* target, std::size_t at);
  void keep_meeting(const std::uint64_t* target, std::vector<std::size_t>& list);
  bool counted_full(const Box& target, const std::vector<std::size_t>& by);
  std::vector<std::size_t> lacking(const Box& target, const std::uint64_t* other);
  Trimmed trim(Box& target, const std::vector<std::size_t>& by, Split& split);
  std::size_t choose(const Box& target, const std::vector<std::size_t>& by, const Split& split);

  Layout layout_;
  std::vector<std::uint64_t> boxes_;
  std::vector<std::vector<Hull>> hulls_;  // by input, then box
  std::size_t size_ = 0;
  std::int64_t work_left_;
};

}  // namespace decision
