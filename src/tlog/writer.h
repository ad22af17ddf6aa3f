#pragma once
// Appends entries to a log folder. One writer a folder (it holds a lock on the folder while open).

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/checkpoint.h"
#include "tlog/files.h"
#include "tlog/tile.h"

namespace tlog {

// Order of durability: add…, flush() (tiles are durable), the caller commits its own record of the
// tree, publish(). After a crash open() at the recorded tree: what lies beyond is removed and
// made again.
class Writer {
 public:
  // At a known good tree (size 0: a new log; the folder is made). Checks that the folder's right
  // edge and last entries give that tree's root. Errors: corrupt where they do not, conflict while
  // another writer is open, unavailable.
  static kernel::Result<Writer> open(const std::filesystem::path& folder, const Tree& good);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  // At most 65,535 bytes (invalid_input). After an error of the disk the writer is of no more use.
  kernel::Status add(std::string_view entry);
  Tree tree() const;  // with all added entries; costs a few hundred hashes
  // Writes what is not written yet and makes it all durable.
  kernel::Result<Tree> flush();
  // Writes LOG/checkpoint; then removes partial tiles whose full tile is there (tlog-tiles, Partial
  // Tiles). The note must be of what flush() gave, or of an earlier tree.
  kernel::Status publish(std::string_view note);

 private:
  explicit Writer(const std::filesystem::path& folder) : folder_(folder), files_(folder) {}
  kernel::Status lock();
  kernel::Status load(const Tree& good);
  kernel::Status load_bundle(std::uint64_t size);
  kernel::Status remove_beyond(std::uint64_t size);
  kernel::Status push(int level, const Hash& hash);

  std::filesystem::path folder_;
  FileBatch files_;
  std::uint64_t size_ = 0, flushed_ = 0;
  std::string bundle_;                     // entries of the last, partial bundle
  std::vector<std::vector<Hash>> levels_;  // the right edge: hashes of each level's partial tile
  std::vector<TileName> outgrown_;         // full tiles that were partial before
  int lock_ = -1;
};

// The root over a right edge: levels[l] holds fewer than 256 roots of full subtrees of 256^l
// leaves.
Hash root_of_edge(const std::vector<std::vector<Hash>>& levels);

}  // namespace tlog
