#include "tlog/tlog.h"

#include <gtest/gtest.h>

#include <bit>
#include <filesystem>
#include <fstream>

#include "tlog/files.h"

namespace tlog {
namespace {

namespace fs = std::filesystem;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("evenhand_tlog_" + std::to_string(::getpid()) + "_" + test->name());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

std::string entry_of(std::uint64_t i) {
  return "entry " + std::to_string(i) + std::string(i % 97, 'x');
}

// RFC 6962 §2.1 word by word, as the other way to the same hashes.
Hash mth(std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return sha256("");
  if (end - begin == 1) return sha256(std::string(1, '\0') + entry_of(begin));
  std::uint64_t k = 1;
  while (k * 2 < end - begin) k *= 2;
  const Hash left = mth(begin, begin + k), right = mth(begin + k, end);
  return sha256("\x01" + std::string(bytes_of(left)) + std::string(bytes_of(right)));
}

TEST(Hash, AgreesWithTheRfc) {
  EXPECT_EQ(base64(bytes_of(empty_root())), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  for (const std::uint64_t n : {1, 2, 3, 4, 5, 6, 7, 8, 31, 33, 255, 256}) {
    std::vector<Hash> leaves;
    for (std::uint64_t i = 0; i < n; ++i) leaves.push_back(leaf_hash(entry_of(i)));
    EXPECT_EQ(subtree_root(leaves), mth(0, n)) << n;
  }
}

TEST(Base64, IsStrict) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(*parse_base64(base64(text)), text);
  }
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  for (const char* bad :
       {"Zm9vYg=", "Zm9vYh==", "Zm9vYg==\n", "Zm9v YmE", "Zg==Zg==", "====", "Z==="})
    EXPECT_FALSE(parse_base64(bad)) << bad;
}

TEST(Tile, PathsGoBothWays) {
  EXPECT_EQ(tile_path({0, 1234067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({0, 67, 12}), "tile/0/067.p/12");
  EXPECT_EQ(tile_path({entries_level, 1000, 256}), "tile/entries/x001/000");
  for (const std::uint64_t index : {0, 7, 999, 1000, 999'999, 1'000'000, 1'234'067})
    for (const unsigned width : {1U, 255U, 256U})
      for (const int level : {entries_level, 0, 3}) {
        const TileName tile{level, index, width};
        EXPECT_EQ(parse_tile_path(tile_path(tile)), tile);
      }
  for (const char* bad : {"",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/0/1",
                          "tile/0/0001",
                          "tile/00/001",
                          "tile/64/001",
                          "tile/0/001.p/0",
                          "tile/0/001.p/256",
                          "tile/0/001.p/01",
                          "tile/0/x000/001",
                          "tile/0/x001",
                          "tile/0/x001/",
                          "tile/0/001/002",
                          "tile/0/001.tmp",
                          "tile/0/001.p/1.tmp",
                          "tile/0/001.p",
                          "tile/entries/a01",
                          "tile/-1/001",
                          "tile/0/x999/x999/x999/x999/x999/x999/x999/999"})
    EXPECT_FALSE(parse_tile_path(bad)) << bad;
}

TEST_F(Folder, RootsAndProofsAtEverySize) {
  constexpr std::uint64_t most = 700;
  auto writer = Writer::open(folder_, {});
  ASSERT_TRUE(writer) << writer.error().message;
  std::vector<Tree> trees{Tree{}};
  for (std::uint64_t i = 0; i < most; ++i) {
    ASSERT_TRUE(writer->add(entry_of(i)));
    if (i % 50 == 7) {
      ASSERT_TRUE(writer->flush());
    }
    trees.push_back(writer->tree());
  }
  ASSERT_TRUE(writer->flush());
  const Reader reader(folder_, most);
  for (std::uint64_t size = 1; size <= most; size += size < 20 ? 1 : 37) {
    const Tree& tree = trees[size];
    ASSERT_EQ(tree.root, mth(0, size)) << size;
    ASSERT_EQ(*reader.root(size), tree.root);
    for (std::uint64_t i = 0; i < size; i += size < 20 ? 1 : 29) {
      const auto path = reader.inclusion(i, size);
      ASSERT_TRUE(path);
      EXPECT_EQ(*reader.leaf(i), leaf_hash(entry_of(i)));
      EXPECT_EQ(*reader.entry(i), entry_of(i));
      EXPECT_TRUE(check_inclusion(i, leaf_hash(entry_of(i)), *path, tree)) << i << " " << size;
      EXPECT_FALSE(check_inclusion(i, leaf_hash("else"), *path, tree));
      EXPECT_FALSE(check_inclusion(i + 1, leaf_hash(entry_of(i)), *path, tree));
    }
    for (std::uint64_t from = 0; from <= size; from += size < 20 ? 1 : 23) {
      const auto path = reader.consistency(from, size);
      ASSERT_TRUE(path);
      EXPECT_TRUE(check_consistency(trees[from], tree, *path)) << from << " " << size;
      if (from == 0 || from == size) continue;
      Tree other = trees[from];
      other.root[5] ^= 1;
      EXPECT_FALSE(check_consistency(other, tree, *path));
      auto cut = *path;
      cut.pop_back();
      EXPECT_FALSE(check_consistency(trees[from], tree, cut));
      EXPECT_FALSE(check_consistency(trees[from - 1], tree, *path));
    }
  }
}

TEST_F(Folder, GoesOnWhereItWasStopped) {
  Tree good;
  {
    auto writer = Writer::open(folder_, {});
    for (std::uint64_t i = 0; i < 70'000; ++i) ASSERT_TRUE(writer->add(entry_of(i)));
    good = *writer->flush();
    ASSERT_TRUE(writer->publish("a note\n"));
    // These are written and durable, but nobody recorded them.
    for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(writer->add("lost"));
    ASSERT_TRUE(writer->flush());
    EXPECT_EQ(Writer::open(folder_, good).error().code, kernel::Code::conflict);
  }
  EXPECT_TRUE(fs::exists(folder_ / tile_path({0, 275, 256})));
  std::ofstream(folder_ / "tile/0/275.tmp") << "half";
  std::ofstream(folder_ / "tile/0/276") << "half";
  fs::remove_all(folder_ / "tile/0/273.p");  // as after publish() of a tree the store lost
  {
    auto writer = Writer::open(folder_, good);
    ASSERT_TRUE(writer) << writer.error().message;
    EXPECT_FALSE(fs::exists(folder_ / tile_path({0, 275, 256})));
    EXPECT_FALSE(fs::exists(folder_ / tile_path({0, 273, 256})));
    EXPECT_FALSE(fs::exists(folder_ / "tile/0/275.tmp"));
    EXPECT_FALSE(fs::exists(folder_ / "tile/0/276"));
    EXPECT_TRUE(fs::exists(folder_ / tile_path({0, 273, 112})));
    EXPECT_EQ(writer->tree(), good);
    for (std::uint64_t i = 70'000; i < 71'000; ++i) ASSERT_TRUE(writer->add(entry_of(i)));
    good = *writer->flush();
    EXPECT_TRUE(fs::exists(folder_ / tile_path({0, 273, 112})));
    ASSERT_TRUE(writer->publish("a note\n"));
    EXPECT_FALSE(fs::exists(folder_ / "tile/0/273.p"));
  }
  EXPECT_EQ(good.root, mth(0, 71'000));
  EXPECT_EQ(*Reader(folder_, 71'000).root(71'000), good.root);
  Tree other = good;
  other.root[0] ^= 1;
  EXPECT_EQ(Writer::open(folder_, other).error().code, kernel::Code::corrupt);
}

TEST_F(Folder, AFileThatIsThereIsReplacedWholeAndNeverAddedTo) {
  FileBatch batch(folder_);
  ASSERT_TRUE(batch.add("tile/0/000", "first"));
  EXPECT_EQ(batch.add("tile/0/000", "second").error().code, kernel::Code::conflict);
  ASSERT_TRUE(batch.replace("tile/0/000", "third"));
  EXPECT_EQ(*read_whole(folder_ / "tile/0/000"), "first");
  ASSERT_TRUE(batch.commit());
  EXPECT_EQ(*read_whole(folder_ / "tile/0/000"), "third");
  EXPECT_FALSE(fs::exists(folder_ / "tile/0/000.tmp"));
}

TEST_F(Folder, AnEntryOfAnyLengthThatFits) {
  auto writer = Writer::open(folder_, {});
  ASSERT_TRUE(writer->add(""));
  ASSERT_TRUE(writer->add(std::string(65'535, 'a')));
  EXPECT_EQ(writer->add(std::string(65'536, 'a')).error().code, kernel::Code::invalid_input);
  ASSERT_TRUE(writer->flush());
  const Reader reader(folder_, 2);
  EXPECT_EQ(*reader.entry(0), "");
  EXPECT_EQ(reader.entry(1)->size(), 65'535);
  EXPECT_FALSE(reader.entry(2));
}

TEST(Note, TheSpecificationsExample) {
  const auto key =
      Verifier::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  ASSERT_TRUE(key);
  const std::string note =
      "This is an example message.\n\n"
      "— example.com/foo "
      "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwH"
      "jG1Yu72IneyaQM=\n";
  const auto opened = open_note(note, {&*key, 1});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->text, "This is an example message.\n");
  EXPECT_EQ(render_note(*parse_note(note)), note);
  std::string other = note;
  other[3] = 'z';
  EXPECT_EQ(open_note(other, {&*key, 1}).error().code, kernel::Code::corrupt);
  const Signer stranger = Signer::generate("example.com/foo");
  EXPECT_EQ(open_note(note, {&stranger.verifier(), 1}).error().code, kernel::Code::unauthenticated);
}

TEST_F(Folder, AKeyFileIsMadeOnceAndKept) {
  const std::string file = folder_ / "log.key";
  EXPECT_EQ(Signer::open(file, "example.com/log", false).error().code, kernel::Code::not_found);
  const auto made = Signer::open(file, "example.com/log", true);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto again = Signer::open(file, "", false);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->vkey(), made->vkey());
  EXPECT_EQ(Signer::open(file, "example.com/other", true).error().code, kernel::Code::conflict);
  const Tree tree{3, mth(0, 3)};
  const std::string note = sign_checkpoint(tree, *again);
  const auto opened = open_checkpoint(note, {&made->verifier(), 1});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint.tree, tree);
  EXPECT_EQ(opened->checkpoint.origin, "example.com/log");
}

TEST(Note, ACosignatureSaysWhen) {
  const Signer log = Signer::generate("example.com/log");
  const Signer witness = Signer::generate("example.com/witness", KeyType::cosignature);
  auto note = parse_note(sign_checkpoint({3, mth(0, 3)}, log));
  note->signatures.push_back(witness.cosign(note->text, 1'679'315'147));
  const std::vector<Verifier> both{log.verifier(), witness.verifier()};
  const auto opened = open_checkpoint(render_note(*note), both);
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->note.verified.size(), 2);
  EXPECT_EQ(cosigned_at(opened->note.verified[1]), 1'679'315'147);
  // A witness alone is not the log.
  EXPECT_EQ(open_checkpoint(render_note(*note), {&witness.verifier(), 1}).error().code,
            kernel::Code::unauthenticated);
  note->signatures[1].bytes[7] ^= 1;  // another time
  EXPECT_EQ(open_checkpoint(render_note(*note), both).error().code, kernel::Code::corrupt);
}

TEST(Proof, TextGoesBothWaysAndIsChecked) {
  const Signer log = Signer::generate("example.com/log");
  const Tree tree{2, mth(0, 2)};
  Proof proof{"more", 1, {mth(0, 1)}, sign_checkpoint(tree, log)};
  const std::string text = render_proof(proof);
  const auto parsed = parse_proof(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(render_proof(*parsed), text);
  EXPECT_EQ(parsed->extra, "more");
  EXPECT_TRUE(check_proof(*parsed, entry_of(1), {&log.verifier(), 1}));
  EXPECT_EQ(check_proof(*parsed, entry_of(0), {&log.verifier(), 1}).error().code,
            kernel::Code::corrupt);
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const auto part = parse_proof(text.substr(0, cut));
    EXPECT_FALSE(part && check_proof(*part, entry_of(1), {&log.verifier(), 1})) << cut;
  }
}

}  // namespace
}  // namespace tlog
