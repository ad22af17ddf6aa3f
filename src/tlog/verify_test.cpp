// Each manipulation of a real log is found, and named with its kind and place.
#include "tlog/verify.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tlog/files.h"
#include "tlog/timestamp.h"
#include "tlog/tlog.h"

namespace tlog {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t entry_count = 5'000;
constexpr int rounds = 25;  // of each manipulation, at other places

using Entries = std::vector<std::string>;

void write(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// A log sealed in several steps, each checkpoint of which was kept.
void make_log(const fs::path& log, const Entries& entries, const Signer& signer,
              const std::vector<std::uint64_t>& sizes) {
  auto writer = Writer::open(log, {});
  ASSERT_TRUE(writer);
  std::uint64_t at = 0;
  for (const std::uint64_t size : sizes) {
    for (; at < size; ++at) ASSERT_TRUE(writer->add(entries[at]));
    const auto tree = writer->flush();
    ASSERT_TRUE(tree);
    const std::string note = sign_checkpoint(*tree, signer);
    ASSERT_TRUE(writer->publish(note));
    ASSERT_TRUE(keep_checkpoint(log, note));
  }
  write(log / "vkey", signer.vkey() + "\n");
}

class Tampered : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    // In memory where there is such a folder: a thousand logs are copied.
    const fs::path memory = "/dev/shm";
    root_ = (fs::exists(memory) ? memory : fs::temp_directory_path()) /
            ("evenhand_tamper_" + std::to_string(::getpid()));
    fs::remove_all(root_);
    std::mt19937_64 random(7);
    entries_ = new Entries;
    for (std::uint64_t i = 0; i < entry_count; ++i) {
      std::string entry = "entry " + std::to_string(i) + " ";
      while (entry.size() < 40 + random() % 400) entry += static_cast<char>(random() % 256);
      entries_->push_back(entry);
    }
    signer_ = new Signer(Signer::generate("example.com/log"));
    make_log(root_ / "good", *entries_, *signer_, {0, 700, 768, 3'001, entry_count});
  }
  static void TearDownTestSuite() {
    fs::remove_all(root_);
    delete entries_;
    delete signer_;
  }

  void SetUp() override { again(); }
  void again() {
    fs::remove_all(log_);
    fs::copy(root_ / "good", log_, fs::copy_options::recursive);
  }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::uint64_t pick(std::uint64_t from, std::uint64_t below) { return from + pick(below - from); }

  static std::string bundle_path(std::uint64_t bundle) {
    return tile_path({entries_level, bundle, tile_width_at(entry_count, 0, bundle)});
  }
  static std::string leaves_path(std::uint64_t tile) {
    return tile_path({0, tile, tile_width_at(entry_count, 0, tile)});
  }
  // Writes these entries as bundles, and leaves the tiles as they are.
  void write_bundles(const Entries& entries) {
    for (std::uint64_t bundle = 0; bundle * tile_width < entry_count; ++bundle) {
      std::string bytes;
      const std::uint64_t end = (bundle + 1) * tile_width;
      for (std::uint64_t i = bundle * tile_width; i < std::min<std::uint64_t>(end, entries.size());
           ++i)
        append_to_bundle(bytes, entries[i]);
      write(log_ / bundle_path(bundle), bytes);
    }
  }
  void write_bundle(std::uint64_t bundle, const Entries& entries) {
    std::string bytes;
    for (const std::string& entry : entries) append_to_bundle(bytes, entry);
    write(log_ / bundle_path(bundle), bytes);
  }
  Entries entries_of(std::uint64_t bundle) const {
    const auto begin = static_cast<std::ptrdiff_t>(bundle * tile_width);
    const auto end = std::min<std::ptrdiff_t>(begin + tile_width, entry_count);
    return {entries_->begin() + begin, entries_->begin() + end};
  }
  Report check(const std::vector<std::pair<std::string, std::string>>& older = {}) {
    VerifyOptions options;
    options.keys = {signer_->verifier()};
    options.older = older;
    return verify(log_, options);
  }
  // Exactly this finding and no other.
  void expect_one(const std::string& kind, std::optional<std::uint64_t> entry,
                  const std::string& file = "") {
    const Report report = check();
    std::string all;
    for (const Finding& f : report.findings)
      all += "\n  " + f.kind + " " + f.file + " " + f.message_en;
    ASSERT_EQ(report.findings.size(), 1) << kind << " expected; found:" << all;
    EXPECT_EQ(report.finding_count, 1);
    const Finding& found = report.findings[0];
    EXPECT_EQ(found.kind, kind) << all;
    if (entry) {
      ASSERT_TRUE(found.entry) << all;
      EXPECT_EQ(*found.entry, *entry) << all;
    }
    if (!file.empty()) {
      EXPECT_EQ(found.file, file);
    }
    EXPECT_FALSE(found.message_zh.empty());
  }
  bool has(const Report& report, const std::string& kind) {
    for (const Finding& f : report.findings)
      if (f.kind == kind) return true;
    return false;
  }
  void flip(const std::string& path, std::uint64_t at) {
    std::string bytes = *read_whole(log_ / path);
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << pick(8)));
    write(log_ / path, bytes);
  }

  static inline fs::path root_;
  static inline Entries* entries_ = nullptr;
  static inline Signer* signer_ = nullptr;
  fs::path log_ = root_ / "tampered";
  std::mt19937_64 random_{20261122};
};

constexpr std::uint64_t bundles = (entry_count + tile_width - 1) / tile_width;

TEST_F(Tampered, AGoodLogHasNoFinding) {
  const Report report = check();
  for (const Finding& f : report.findings) ADD_FAILURE() << f.kind << " " << f.file;
  EXPECT_EQ(report.tree.size, entry_count);
  EXPECT_EQ(report.older_checkpoints, 5);
  EXPECT_TRUE(report.signed_by_known_key);
  EXPECT_FALSE(report.key_from_log);
  EXPECT_TRUE(verify(log_, {}).key_from_log);
}

TEST_F(Tampered, AFlippedBitOfAnEntry) {
  for (int i = 0; i < rounds * 4; ++i, again()) {
    const std::uint64_t bundle = pick(bundles);
    const std::uint64_t size = fs::file_size(log_ / bundle_path(bundle));
    const std::uint64_t at = pick(size);
    std::uint64_t entry = bundle * tile_width, end = 0;
    while (end + 2 + (*entries_)[entry].size() <= at) end += 2 + (*entries_)[entry++].size();
    flip(bundle_path(bundle), at);
    expect_one("entry_altered", entry, bundle_path(bundle));
  }
}

TEST_F(Tampered, AFlippedBitOfATile) {
  for (int i = 0; i < rounds; ++i, again()) {
    const std::uint64_t tile = pick(bundles), width = tile_width_at(entry_count, 0, tile);
    const std::uint64_t at = pick(width);
    flip(leaves_path(tile), at * 32 + pick(32));
    expect_one("hash_altered", tile * tile_width + at, leaves_path(tile));
    again();
    const std::uint64_t above = pick(bundles - 1);
    flip(tile_path({1, 0, bundles - 1}), above * 32 + pick(32));
    expect_one("hash_altered", above * tile_width, tile_path({1, 0, bundles - 1}));
  }
}

TEST_F(Tampered, AFlippedBitOfTheCheckpoint) {
  const std::size_t size = fs::file_size(log_ / "checkpoint");
  for (std::size_t at = 0; at < size; ++at, again()) {
    flip("checkpoint", at);
    const Report report = check();
    EXPECT_FALSE(report.signed_by_known_key) << at;
    EXPECT_TRUE(has(report, "signature_wrong") || has(report, "key_unknown") ||
                has(report, "checkpoint_garbage"))
        << at;
  }
}

TEST_F(Tampered, ADroppedEntry) {
  for (int i = 0; i < rounds; ++i, again()) {
    const std::uint64_t entry = pick(entry_count), bundle = entry / tile_width;
    Entries left = entries_of(bundle);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(entry % tile_width));
    write_bundle(bundle, left);
    expect_one("entry_dropped", entry, bundle_path(bundle));
    again();
    // All later ones move up, so that every bundle but the last is full.
    Entries all = *entries_;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(entry));
    write_bundles(all);
    expect_one("entry_dropped", entry);
  }
  // The last entry of a bundle: only the next bundle shows what happened.
  for (const std::uint64_t entry : {255, 511, 4863}) {
    again();
    Entries all = *entries_;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(entry));
    write_bundles(all);
    expect_one("entry_dropped", entry);
  }
}

TEST_F(Tampered, AnInsertedEntry) {
  for (int i = 0; i < rounds + 3; ++i, again()) {
    const std::uint64_t edges[] = {255, 511, 4863};
    const std::uint64_t entry = i < rounds ? pick(entry_count) : edges[i - rounds];
    const std::uint64_t bundle = entry / tile_width;
    Entries more = entries_of(bundle);
    more.insert(more.begin() + static_cast<std::ptrdiff_t>(entry % tile_width), "not the log's");
    write_bundle(bundle, more);
    expect_one("entry_inserted", entry, bundle_path(bundle));
    again();
    Entries all = *entries_;
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(entry), "not the log's");
    write_bundles(all);  // without the last, which has no place
    if (entry / tile_width == bundles - 1) {
      const Report report = check();
      EXPECT_TRUE(has(report, "entry_inserted") || has(report, "entry_altered")) << entry;
    } else {
      expect_one("entry_inserted", entry);
    }
  }
}

TEST_F(Tampered, SwappedEntries) {
  for (int i = 0; i < rounds; ++i, again()) {
    std::uint64_t a = pick(entry_count), b = i % 2 ? pick(entry_count) : a / 256 * 256 + pick(136);
    if (a == b) continue;
    if (a > b) std::swap(a, b);
    Entries all = *entries_;
    std::swap(all[a], all[b]);
    write_bundles(all);
    expect_one("entries_swapped", a);
    EXPECT_EQ(*check().findings[0].entry_end, b);
  }
  Entries all = *entries_;
  std::swap(all[1000], all[1001]);
  write_bundles(all);
  expect_one("entries_swapped", 1000);
}

TEST_F(Tampered, SwappedTiles) {
  for (int i = 0; i < rounds; ++i, again()) {
    std::uint64_t a = pick(bundles - 1), b = pick(bundles - 1);
    if (a == b) continue;
    if (a > b) std::swap(a, b);
    for (const auto& path : {bundle_path, leaves_path}) {
      again();
      fs::rename(log_ / path(a), log_ / "t");
      fs::rename(log_ / path(b), log_ / path(a));
      fs::rename(log_ / "t", log_ / path(b));
      expect_one("tiles_swapped", a * tile_width, path(a));
      EXPECT_EQ(*check().findings[0].entry_end, b * tile_width);
    }
  }
}

TEST_F(Tampered, ATruncatedFile) {
  for (int i = 0; i < rounds; ++i, again()) {
    const std::uint64_t tile = pick(bundles);
    fs::resize_file(log_ / leaves_path(tile), pick(fs::file_size(log_ / leaves_path(tile))));
    expect_one("file_truncated", tile * tile_width, leaves_path(tile));
    again();
    const std::uint64_t keep = pick(fs::file_size(log_ / bundle_path(tile)) - 1);
    std::uint64_t entry = tile * tile_width, end = 0;
    while (end + 2 + (*entries_)[entry].size() <= keep) end += 2 + (*entries_)[entry++].size();
    if (end == keep && entry + 1 == std::min(entry_count, (tile + 1) * tile_width)) continue;
    fs::resize_file(log_ / bundle_path(tile), keep);
    expect_one("file_truncated", entry, bundle_path(tile));
    again();
    std::ofstream(log_ / bundle_path(tile), std::ios::app) << "more than it had";
    EXPECT_TRUE(has(check(), "file_too_long"));
  }
}

TEST_F(Tampered, AMissingFile) {
  for (int i = 0; i < rounds; ++i, again()) {
    const std::uint64_t tile = pick(bundles);
    fs::remove(log_ / leaves_path(tile));
    expect_one("file_missing", tile * tile_width, leaves_path(tile));
    again();
    fs::remove(log_ / bundle_path(tile));
    expect_one("file_missing", tile * tile_width, bundle_path(tile));
  }
  fs::remove(log_ / tile_path({1, 0, bundles - 1}));
  expect_one("file_missing", 0, tile_path({1, 0, bundles - 1}));
  again();
  fs::remove(log_ / "checkpoint");
  expect_one("checkpoint_missing", std::nullopt, "checkpoint");
  again();
  fs::remove(log_ / "vkey");
  expect_one("key_missing", std::nullopt, "vkey");
  again();
  fs::remove_all(log_ / "tile");
  EXPECT_GE(check().finding_count, 2 * bundles);
}

TEST_F(Tampered, AFileThatDoesNotBelong) {
  for (const char* path : {"tile/0/007x", "tile/0/000.tmp", "tile/0/0000", "notes.txt", "tile/x",
                           "tile/entries/000.p/0", "checkpoints/abc", "timestamps/1.txt"}) {
    write(log_ / path, "x");
    expect_one("file_foreign", std::nullopt, path);
    again();
  }
  fs::create_symlink("000", log_ / "tile/0/100");
  expect_one("file_foreign", std::nullopt, "tile/0/100");
  again();
  write(log_ / "packs/cn.dmn", "x");
  EXPECT_TRUE(has(check(), "file_foreign"));
  VerifyOptions options;
  options.other_folders = {"packs"};
  EXPECT_EQ(verify(log_, options).finding_count, 0);
}

TEST_F(Tampered, APartialTileOfBefore) {
  // The checkpoint of 3,001 entries left a partial tile of level 1 (11 of now 19 hashes).
  ASSERT_TRUE(fs::exists(log_ / tile_path({1, 0, 11})));
  for (int i = 0; i < rounds; ++i, again()) {
    flip(tile_path({1, 0, 11}), pick(11 * 32));
    expect_one("partial_differs", std::nullopt, tile_path({1, 0, 11}));
  }
}

TEST_F(Tampered, ARolledBackCheckpoint) {
  fs::copy(log_ / "checkpoints/3001", log_ / "checkpoint", fs::copy_options::overwrite_existing);
  const Report report = check();
  ASSERT_EQ(report.findings.size(), 2);  // by the tiles, and by the kept checkpoint
  EXPECT_TRUE(has(report, "beyond_checkpoint"));
  EXPECT_TRUE(has(report, "rolled_back"));
  for (const Finding& f : report.findings) EXPECT_EQ(f.entry, 3001);
  // Everything rolled back, so that the folder agrees with itself: only who kept a checkpoint sees.
  const std::string kept = *read_whole(root_ / "good/checkpoint");
  fs::remove_all(log_);
  make_log(log_, *entries_, *signer_, {3'001});
  EXPECT_EQ(check().finding_count, 0);
  const Report seen = check({{"mine", kept}});
  ASSERT_EQ(seen.findings.size(), 1);
  EXPECT_EQ(seen.findings[0].kind, "rolled_back");
  EXPECT_EQ(seen.findings[0].file, "mine");
}

TEST_F(Tampered, AHistoryMadeAgain) {
  const std::string kept = *read_whole(root_ / "good/checkpoints/3001");
  Entries other = *entries_;
  other[2'500] = "it was otherwise";
  // By a stranger: it agrees with itself but is not signed by the log.
  fs::remove_all(log_);
  make_log(log_, other, Signer::generate("example.com/log"), {entry_count});
  EXPECT_TRUE(has(check(), "key_unknown"));
  // With the log's own key: only who kept a checkpoint sees.
  fs::remove_all(log_);
  make_log(log_, other, *signer_, {entry_count});
  EXPECT_EQ(check().finding_count, 0);
  const Report seen = check({{"mine", kept}});
  ASSERT_EQ(seen.findings.size(), 1);
  EXPECT_EQ(seen.findings[0].kind, "inconsistent");
  // All made again below the true checkpoint.
  fs::copy(root_ / "good/checkpoint", log_ / "checkpoint", fs::copy_options::overwrite_existing);
  fs::remove_all(log_ / "checkpoints");
  expect_one("root_differs", std::nullopt, "checkpoint");
}

TEST_F(Tampered, AnEntryAndItsHashTogether) {
  for (int i = 0; i < rounds; ++i, again()) {
    const std::uint64_t entry = pick(entry_count / 256 * 256), bundle = entry / tile_width;
    Entries some = entries_of(bundle);
    some[entry % tile_width] = "it was otherwise";
    write_bundle(bundle, some);
    std::string tile = *read_whole(log_ / leaves_path(bundle));
    tile.replace(entry % tile_width * 32, 32, bytes_of(leaf_hash("it was otherwise")));
    write(log_ / leaves_path(bundle), tile);
    expect_one("tile_forged", bundle * tile_width, leaves_path(bundle));
  }
}

TEST_F(Tampered, WrongKeysAndGarbage) {
  VerifyOptions options;
  options.keys = {Signer::generate("example.com/log").verifier()};
  const Report report = verify(log_, options);
  EXPECT_TRUE(has(report, "key_unknown"));
  EXPECT_FALSE(report.signed_by_known_key);
  for (const char* garbage : {"", "\n\n", "not a note", "a\n1\nb\n\n— x y\n"}) {
    write(log_ / "checkpoint", garbage);
    EXPECT_TRUE(has(check(), "checkpoint_garbage"));
  }
  again();
  write(log_ / "vkey", "garbage");
  EXPECT_TRUE(has(verify(log_, {}), "key_garbage"));
  again();
  write(log_ / "checkpoints/3001", "garbage");
  expect_one("checkpoint_garbage", std::nullopt, "checkpoints/3001");
  // A huge size nobody signed does not keep us busy.
  write(log_ / "checkpoint",
        render_note({render_checkpoint({"example.com/log", {1ULL << 60, {}}, {}}),
                     {Signer::generate("example.com/log").sign("x")}}));
  EXPECT_TRUE(has(check(), "key_unknown"));
  // Random bytes in any file are never taken for good, and never end the program.
  for (int i = 0; i < rounds * 2; ++i) {
    again();
    std::vector<fs::path> files;
    for (const auto& at : fs::recursive_directory_iterator(log_))
      if (at.is_regular_file()) files.push_back(at.path());
    std::sort(files.begin(), files.end());
    std::string bytes(pick(20'000), '\0');
    for (char& c : bytes) c = static_cast<char>(pick(256));
    write(files[pick(files.size())], bytes);
    EXPECT_GE(check().finding_count, 1);
  }
}

}  // namespace
}  // namespace tlog
