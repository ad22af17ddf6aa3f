#include "tlog/reader.h"

#include <algorithm>
#include <bit>

#include "tlog/files.h"

namespace tlog {

using kernel::Code;
using kernel::Error;
using kernel::Result;
using kernel::Status;

namespace {

constexpr std::size_t cached_tiles = 128;

Error beyond() {
  return Error{Code::invalid_input, "the log has no such entry or size", ""};
}

}  // namespace

// The width this tree needs, or more: partial tiles go once the full one is there.
Result<std::string> Reader::file(int level, std::uint64_t index) const {
  const unsigned width = tile_width_at(size_, level, index);
  if (width == 0) return beyond();
  auto bytes = read_whole(folder_ / tile_path({level, index, width}));
  if (bytes || bytes.error().code != Code::not_found || width == tile_width) return bytes;
  return read_whole(folder_ / tile_path({level, index, tile_width}));
}

Result<std::vector<Hash>> Reader::tile(int level, std::uint64_t index) const {
  const auto found = std::find_if(cache_.begin(), cache_.end(), [&](const Cached& c) {
    return c.level == level && c.index == index;
  });
  if (found != cache_.end()) {
    cache_.splice(cache_.begin(), cache_, found);
    return found->hashes;
  }
  TRY_ASSIGN(std::string bytes, file(level, index));
  const unsigned width = tile_width_at(size_, level, index);
  bytes.resize(std::min(bytes.size(), width * sizeof(Hash)));
  auto hashes = parse_tile(bytes, width);
  if (!hashes)
    return Error{Code::corrupt, hashes.error().message, tile_path({level, index, width})};
  if (cache_.size() == cached_tiles) cache_.pop_back();
  cache_.push_front({level, index, *hashes});
  return hashes;
}

Result<std::string> Reader::bundle(std::uint64_t index) const {
  return file(entries_level, index);
}

Result<std::string> Reader::entry(std::uint64_t index) const {
  if (index >= size_) return beyond();
  std::string found;
  TRY(entries(index, index + 1, [&](std::uint64_t, std::string_view entry) -> Status {
    found = entry;
    return kernel::Ok{};
  }));
  return found;
}

Result<Hash> Reader::leaf(std::uint64_t index) const {
  if (index >= size_) return beyond();
  return range(index, index + 1);
}

Result<Hash> Reader::root(std::uint64_t size) const {
  if (size > size_) return beyond();
  if (size == 0) return empty_root();
  return range(0, size);
}

// MTH(D[begin:end]) of a range that RFC 6962's splitting gives: a whole subtree, or ragged at the
// right end.
Result<Hash> Reader::range(std::uint64_t begin, std::uint64_t end) const {
  const std::uint64_t length = end - begin;
  if (std::has_single_bit(length)) {
    const int height = std::countr_zero(length);
    const int level = height / 8;
    const std::uint64_t first = begin >> (8 * level);
    TRY_ASSIGN(const std::vector<Hash> hashes, tile(level, first / tile_width));
    const std::size_t count = std::size_t{1} << (height % 8), at = first % tile_width;
    CHECK(at + count <= hashes.size());
    return subtree_root(std::span(hashes).subspan(at, count));
  }
  const std::uint64_t split = std::bit_floor(length - 1);
  TRY_ASSIGN(const Hash left, range(begin, begin + split));
  TRY_ASSIGN(const Hash right, range(begin + split, end));
  return node_hash(left, right);
}

Status Reader::inclusion_path(std::uint64_t index, std::uint64_t begin, std::uint64_t end,
                              std::vector<Hash>& path) const {
  if (end - begin == 1) return kernel::Ok{};
  const std::uint64_t middle = begin + std::bit_floor(end - begin - 1);
  const bool left = index < middle;
  TRY(left ? inclusion_path(index, begin, middle, path) : inclusion_path(index, middle, end, path));
  TRY_ASSIGN(const Hash sibling, left ? range(middle, end) : range(begin, middle));
  path.push_back(sibling);
  return kernel::Ok{};
}

Result<std::vector<Hash>> Reader::inclusion(std::uint64_t index, std::uint64_t size) const {
  if (size > size_ || index >= size) return beyond();
  std::vector<Hash> path;
  TRY(inclusion_path(index, 0, size, path));
  return path;
}

// SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2; `whole`: the old tree's root is this very subtree.
Status Reader::consistency_path(std::uint64_t from, std::uint64_t begin, std::uint64_t end,
                                bool whole, std::vector<Hash>& path) const {
  if (from == end) {
    if (whole) return kernel::Ok{};
    TRY_ASSIGN(const Hash hash, range(begin, end));
    path.push_back(hash);
    return kernel::Ok{};
  }
  const std::uint64_t middle = begin + std::bit_floor(end - begin - 1);
  const bool left = from <= middle;
  TRY(left ? consistency_path(from, begin, middle, whole, path)
           : consistency_path(from, middle, end, false, path));
  TRY_ASSIGN(const Hash other, left ? range(middle, end) : range(begin, middle));
  path.push_back(other);
  return kernel::Ok{};
}

Result<std::vector<Hash>> Reader::consistency(std::uint64_t from, std::uint64_t to) const {
  if (from > to || to > size_) return beyond();
  std::vector<Hash> path;
  if (from > 0 && from < to) TRY(consistency_path(from, 0, to, true, path));
  return path;
}

Status Reader::entries(std::uint64_t from, std::uint64_t to,
                       const std::function<Status(std::uint64_t, std::string_view)>& each) const {
  if (from > to || to > size_) return beyond();
  for (std::uint64_t index = from; index < to;) {
    const std::uint64_t number = index / tile_width;
    TRY_ASSIGN(const std::string bytes, bundle(number));
    std::string_view rest = bytes;
    for (std::uint64_t at = number * tile_width; at < to && at / tile_width == number; ++at) {
      const std::size_t length =
          rest.size() < 2 ? rest.size() + 1
                          : static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8 |
                                static_cast<unsigned char>(rest[1]);
      if (rest.size() < 2 + length)
        return Error{Code::corrupt, "the bundle ends before its entries do",
                     tile_path({entries_level, number, tile_width_at(size_, 0, number)})};
      if (at >= index) TRY(each(at, rest.substr(2, length)));
      rest.remove_prefix(2 + length);
    }
    index = (number + 1) * tile_width;
  }
  return kernel::Ok{};
}

}  // namespace tlog
