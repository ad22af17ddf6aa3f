#include "tlog/writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tlog {

namespace fs = std::filesystem;
using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

std::string_view as_bytes(const std::vector<Hash>& hashes) {
  return {reinterpret_cast<const char*>(hashes.data()), hashes.size() * sizeof(Hash)};
}

// A tile of `width`, or the first of a wider one: a crash may have left only the full tile.
Result<std::string> read_tile(const fs::path& folder, TileName tile) {
  auto bytes = read_whole(folder / tile_path(tile));
  if (bytes || bytes.error().code != Code::not_found) return bytes;
  tile.width = tile_width;
  return read_whole(folder / tile_path(tile));
}

fs::path partials_of(const fs::path& folder, TileName tile) {
  tile.width = tile_width;
  return folder / (tile_path(tile) + ".p");
}

Status remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return Error{Code::unavailable, "cannot remove: " + error.message(), path.string()};
  return kernel::Ok{};
}

}  // namespace

Hash root_of_edge(const std::vector<std::vector<Hash>>& levels) {
  bool some = false;
  Hash root = empty_root();
  for (const std::vector<Hash>& level : levels) {  // from the right and low end to the left
    std::span<const Hash> rest = level;
    while (!rest.empty()) {  // the lowest set bit of its count is its last whole subtree
      const std::size_t last = rest.size() & (~rest.size() + 1);
      const Hash left = subtree_root(rest.last(last));
      root = some ? node_hash(left, root) : left;
      some = true;
      rest = rest.first(rest.size() - last);
    }
  }
  return root;
}

Writer::Writer(Writer&& other) noexcept
    : folder_(std::move(other.folder_)),
      files_(std::move(other.files_)),
      size_(other.size_),
      flushed_(other.flushed_),
      bundle_(std::move(other.bundle_)),
      levels_(std::move(other.levels_)),
      outgrown_(std::move(other.outgrown_)),
      lock_(std::exchange(other.lock_, -1)) {}

Writer& Writer::operator=(Writer&& other) noexcept {
  folder_ = std::move(other.folder_);
  files_ = std::move(other.files_);
  size_ = other.size_;
  flushed_ = other.flushed_;
  bundle_ = std::move(other.bundle_);
  levels_ = std::move(other.levels_);
  outgrown_ = std::move(other.outgrown_);
  std::swap(lock_, other.lock_);
  return *this;
}

Writer::~Writer() {
  if (lock_ >= 0) ::close(lock_);
}

Result<Writer> Writer::open(const fs::path& folder, const Tree& good) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return Error{Code::unavailable, "cannot make the folder: " + error.message(), folder.string()};
  Writer writer(folder);
  TRY(writer.lock());
  TRY(writer.load(good));
  TRY(writer.remove_beyond(good.size));
  return writer;
}

Status Writer::lock() {
  lock_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0)
    return Error{Code::unavailable, std::string("cannot open: ") + std::strerror(errno),
                 folder_.string()};
  // Where a file system knows no such locks the caller's own (a store's) must do.
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Error{Code::conflict, "another writer has this log open", folder_.string()};
  return kernel::Ok{};
}

Status Writer::load(const Tree& good) {
  size_ = flushed_ = good.size;
  for (int level = 0; level_size(good.size, level) > 0; ++level) {
    const std::uint64_t hashes = level_size(good.size, level);
    const auto width = static_cast<unsigned>(hashes % tile_width);
    levels_.emplace_back().reserve(tile_width);
    if (width == 0) continue;
    const TileName tile{level, hashes / tile_width, width};
    TRY_ASSIGN(std::string bytes, read_tile(folder_, tile));
    bytes.resize(std::min(bytes.size(), width * sizeof(Hash)));
    auto read = parse_tile(bytes, width);
    if (!read) return Error{Code::corrupt, read.error().message, tile_path(tile)};
    levels_.back().assign(read->begin(), read->end());
  }
  if (root_of_edge(levels_) != good.root)
    return Error{Code::corrupt, "the log's tiles do not give the root they gave before",
                 folder_.string()};
  return load_bundle(good.size);
}

Status Writer::load_bundle(std::uint64_t size) {
  const auto width = static_cast<unsigned>(size % tile_width);
  if (width == 0) return kernel::Ok{};
  const TileName tile{entries_level, size / tile_width, width};
  TRY_ASSIGN(const std::string bytes, read_tile(folder_, tile));
  std::string_view rest = bytes;
  for (unsigned i = 0; i < width; ++i) {
    const std::size_t length =
        rest.size() < 2 ? rest.size() + 1
                        : static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8 |
                              static_cast<unsigned char>(rest[1]);
    if (rest.size() < 2 + length || leaf_hash(rest.substr(2, length)) != levels_[0][i])
      return Error{Code::corrupt, "an entry of the last bundle is not what was sealed",
                   tile_path(tile)};
    rest.remove_prefix(2 + length);
  }
  bundle_ = bytes.substr(0, bytes.size() - rest.size());
  return kernel::Ok{};
}

// A writer that was stopped leaves whole and temporary files beyond the tree it is opened at.
Status Writer::remove_beyond(std::uint64_t size) {
  std::error_code error;
  std::vector<fs::path> doomed;
  auto at = fs::recursive_directory_iterator(folder_ / "tile", error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->is_directory(error)) continue;
    const std::string path = at->path().lexically_relative(folder_).generic_string();
    const auto tile = parse_tile_path(path);
    if (tile && tile->width <= tile_width_at(size, tile->level, tile->index)) continue;
    // Only what we make ourselves; what else lies there `verify` names.
    if (tile || path.ends_with(FileBatch::temporary)) doomed.push_back(at->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Error{Code::unavailable, "cannot read the folder: " + error.message(), folder_.string()};
  // The right edge as files of its own, before a full tile that holds it goes.
  if (!doomed.empty() && size > 0) {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (levels_[level].empty()) continue;
      const TileName tile{static_cast<int>(level), level_size(size, static_cast<int>(level)) / 256,
                          static_cast<unsigned>(levels_[level].size())};
      TRY(files_.replace(tile_path(tile), as_bytes(levels_[level])));
    }
    if (!bundle_.empty())
      TRY(files_.replace(tile_path({entries_level, size / 256, static_cast<unsigned>(size % 256)}),
                         bundle_));
    TRY(files_.commit());
  }
  for (const fs::path& file : doomed) TRY(remove_tree(file));
  return kernel::Ok{};
}

Status Writer::add(std::string_view entry) {
  if (entry.size() > longest_entry)
    return Error{Code::invalid_input, "an entry of a log has at most 65,535 bytes", ""};
  append_to_bundle(bundle_, entry);
  if (size_ % tile_width == tile_width - 1) {
    const TileName tile{entries_level, size_ / tile_width};
    TRY(files_.add(tile_path(tile), bundle_));
    if (flushed_ > tile.index * tile_width) outgrown_.push_back(tile);
    bundle_.clear();
  }
  ++size_;
  return push(0, leaf_hash(entry));
}

Status Writer::push(int level, const Hash& hash) {
  const auto at = static_cast<std::size_t>(level);
  if (levels_.size() <= at) levels_.emplace_back().reserve(tile_width);
  levels_[at].push_back(hash);
  if (levels_[at].size() < tile_width) return kernel::Ok{};
  const TileName tile{level, level_size(size_, level) / tile_width - 1};
  TRY(files_.add(tile_path(tile), as_bytes(levels_[at])));
  if (level_size(flushed_, level) > tile.index * tile_width) outgrown_.push_back(tile);
  const Hash above = subtree_root(levels_[at]);
  levels_[at].clear();
  return push(level + 1, above);
}

Tree Writer::tree() const {
  return {size_, root_of_edge(levels_)};
}

Result<Tree> Writer::flush() {
  if (size_ > flushed_) {
    if (!bundle_.empty())
      TRY(files_.add(
          tile_path({entries_level, size_ / tile_width, static_cast<unsigned>(size_ % tile_width)}),
          bundle_));
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const int level = static_cast<int>(i);
      if (levels_[i].empty() || level_size(size_, level) == level_size(flushed_, level)) continue;
      TRY(files_.add(tile_path({level, level_size(size_, level) / tile_width,
                                static_cast<unsigned>(levels_[i].size())}),
                     as_bytes(levels_[i])));
    }
  }
  TRY(files_.commit());
  flushed_ = size_;
  return tree();
}

Status Writer::publish(std::string_view note) {
  TRY(replace_file(folder_ / "checkpoint", note));
  for (const TileName& tile : outgrown_) TRY(remove_tree(partials_of(folder_, tile)));
  outgrown_.clear();
  return kernel::Ok{};
}

}  // namespace tlog
