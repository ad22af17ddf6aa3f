#pragma once
// Reads a log folder: entries, hashes and proofs. What it gives is as true as the files: check it
// against a signed checkpoint (proof.h), or run verify() (verify.h) first.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "tlog/checkpoint.h"
#include "tlog/tile.h"

namespace tlog {

// Not for two threads at once; it keeps the last tiles it read (1 MiB).
class Reader {
 public:
  // `size`: of a tree whose tiles are in the folder (the checkpoint's, or what flush() gave).
  Reader(std::filesystem::path folder, std::uint64_t size)
      : folder_(std::move(folder)), size_(size) {}

  std::uint64_t size() const { return size_; }
  // Errors: invalid_input beyond the size; not_found, unavailable, corrupt of the files.
  kernel::Result<std::string> entry(std::uint64_t index) const;
  kernel::Result<Hash> leaf(std::uint64_t index) const;
  kernel::Result<Hash> root(std::uint64_t size) const;
  // RFC 6962 §2.1.1 and §2.1.2, from the leaf's sibling upwards.
  kernel::Result<std::vector<Hash>> inclusion(std::uint64_t index, std::uint64_t size) const;
  kernel::Result<std::vector<Hash>> consistency(std::uint64_t from, std::uint64_t to) const;
  // Entries from … to-1 in order, bundle by bundle; ends early with the callback's error.
  kernel::Status entries(
      std::uint64_t from, std::uint64_t to,
      const std::function<kernel::Status(std::uint64_t index, std::string_view entry)>& each) const;

 private:
  kernel::Result<std::vector<Hash>> tile(int level, std::uint64_t index) const;
  kernel::Result<std::string> bundle(std::uint64_t index) const;
  kernel::Result<std::string> file(int level, std::uint64_t index) const;
  kernel::Result<Hash> range(std::uint64_t begin, std::uint64_t end) const;
  kernel::Status inclusion_path(std::uint64_t index, std::uint64_t begin, std::uint64_t end,
                                std::vector<Hash>& path) const;
  kernel::Status consistency_path(std::uint64_t from, std::uint64_t begin, std::uint64_t end,
                                  bool whole, std::vector<Hash>& path) const;

  struct Cached {
    int level;
    std::uint64_t index;
    std::vector<Hash> hashes;
  };
  std::filesystem::path folder_;
  std::uint64_t size_;
  mutable std::list<Cached> cache_;  // the last used first
};

}  // namespace tlog
