#pragma once
// The tree of a log folder against a root: from the top down, so that what is true is known before
// what is below it is judged. Inside of verify.cpp.

#include <map>

#include "tlog/tile.h"
#include "tlog/verify.h"

namespace tlog {

// The findings, in order; the first `most` are kept, all are counted.
class Findings {
 public:
  explicit Findings(std::size_t most) : most_(most) {}
  // Its place among the kept ones, or none.
  std::optional<std::size_t> add(Finding finding);
  Finding& at(std::size_t place) { return kept_[place]; }
  std::uint64_t count() const { return count_; }
  // Two that are one: the second goes, the first becomes `merged`.
  void merge(std::size_t first, std::size_t second, Finding merged);
  std::vector<Finding> take();

 private:
  std::size_t most_;
  std::uint64_t count_ = 0;
  std::vector<Finding> kept_;
  std::vector<std::size_t> gone_;
};

struct FoundEntries {
  std::string bytes;         // of the bundle
  std::vector<Hash> hashes;  // of its entries, as far as it can be read
  bool there = false;
  bool whole = false;  // its bytes are entries to their end
};

// How a bundle's entries differ from the hashes they should have.
class EntryDiff {
 public:
  explicit EntryDiff(Findings& findings) : findings_(findings) {}
  void compare(const TileName& bundle, const std::vector<Hash>& right, const FoundEntries& found);
  void all_right() { shift_ = 0, last_one_.reset(); }  // this bundle was
  void finish();                                       // names pairs that were swapped

 private:
  struct Altered {
    std::size_t place;
    std::uint64_t entry;
    Hash right, found;
  };
  bool goes_on_shifted(const std::vector<Hash>& right, const std::vector<Hash>& found) const;
  bool explains_last_one(const std::vector<Hash>& right, const std::vector<Hash>& found);
  void of_same_count(std::uint64_t first, const std::string& file, std::size_t at,
                     const std::vector<Hash>& right, const std::vector<Hash>& found);
  void of_other_count(std::uint64_t first, const std::string& file, std::size_t at,
                      const std::vector<Hash>& right, const FoundEntries& found);
  void altered(const std::string& file, std::uint64_t entry, const Hash& right, const Hash& found);

  Findings& findings_;
  std::vector<Altered> altered_, replaced_;
  int shift_ = 0;  // -1: an entry was dropped before, all later stand one too early; 1: inserted
  std::optional<Altered> last_one_;  // the only difference of the bundle before: its last entry
};

class TreeCheck {
 public:
  // Asked for before run(), answered by what the tree's hashes turned out to be (not by what is
  // stored, which may be altered): the root it had at a size; whether a partial tile is the first
  // part of its tile.
  void want_root(std::uint64_t size);
  void want_partial(const TileName& tile);
  // Nothing where the hashes below it are not known.
  std::optional<Hash> root_at(std::uint64_t size) const;

  TreeCheck(std::filesystem::path log, const Tree& tree, Findings& findings,
            std::function<void(std::uint64_t)> progress);
  void run();
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Expected {
    std::optional<Hash> root;  // over the tile, as the tile above says
    bool certain = false;      // by a chain up to the checkpoint
  };
  struct Visited {
    std::optional<Hash> root;
    std::vector<Hash> hashes;  // as far as they are known
  };
  struct Replaced {
    std::size_t place;
    TileName tile;
    Hash right, found;
  };
  Visited visit(const TileName& tile, const Expected& expected);
  Visited visit_tile(const TileName& tile, const Expected& expected);
  void answer_wanted(const TileName& tile, const std::vector<Hash>& hashes);
  void check_partial(const TileName& tile, const std::vector<Hash>& hashes);
  Visited visit_leaves(const TileName& tile, const Expected& expected);
  Visited judge(const TileName& tile, const Expected& expected,
                const std::optional<std::vector<Hash>>& stored,
                std::vector<std::optional<Hash>> below);
  std::optional<std::vector<Hash>> read_tile(const TileName& tile, bool tell);
  FoundEntries read_bundle(const TileName& tile, bool tell);
  std::optional<std::string> read(const TileName& tile, bool tell);
  void find_edge();
  void altered_hashes(const TileName& tile, const std::vector<Hash>& stored,
                      const std::vector<Hash>& right);
  void forged(const TileName& tile);
  void name_swapped();

  std::filesystem::path log_;
  Tree tree_;
  Findings& findings_;
  EntryDiff entries_;
  std::function<void(std::uint64_t)> progress_;
  std::vector<std::optional<std::vector<Hash>>> edge_;  // of each level, where it is certain
  bool edge_certain_ = false;
  std::vector<Replaced> replaced_;
  using Place = std::pair<int, std::uint64_t>;  // level and index of a tile
  std::map<Place, std::vector<std::uint64_t>> wanted_sizes_;
  std::map<Place, std::vector<TileName>> wanted_partials_;
  std::map<std::uint64_t, std::vector<std::vector<Hash>>> edges_;  // of wanted sizes
  std::uint64_t bytes_ = 0;
};

}  // namespace tlog
