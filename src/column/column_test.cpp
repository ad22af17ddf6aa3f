#include "column/column.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/stores.h"

namespace column {
namespace {

namespace fs = std::filesystem;

Sheet small() {
  Sheet sheet(3);
  auto amount = sheet.add<std::int64_t>("amount_fen");
  amount[0] = -5;
  amount[2] = INT64_MAX;
  sheet.add<std::int8_t>("flag")[1] = 1;
  auto bucket = sheet.add_codes("bucket", {"M0", "M1"});
  bucket[0] = 1;
  bucket[1] = -1;
  sheet.add_texts("account_no", {"a", "", "账户"});
  return sheet;
}

TEST(Sheet, comes_back_from_disk_as_it_was) {
  const tests::Folder folder;
  Sheet made = small();
  ASSERT_TRUE(made.save(folder.path() / "book"));
  const auto read = Sheet::open(folder.path() / "book", true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->rows(), 3U);
  EXPECT_EQ(read->get<std::int64_t>("amount_fen")[2], INT64_MAX);
  EXPECT_EQ(read->codes("bucket").at(0), "M1");
  EXPECT_EQ(read->codes("bucket").at(1), "");
  EXPECT_EQ(read->codes("bucket").at(2), "M0");
  EXPECT_EQ(read->texts("account_no").at(1), "");
  EXPECT_EQ(read->texts("account_no").at(2), "账户");
  EXPECT_EQ(read->hash(), made.hash());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made.add<std::int64_t>("more").data()) % 64, 0U);
}

// Neither its file nor its want of a hash gets into a sheet that stays.
TEST(Sheet, is_as_good_as_new_where_it_was_only_passing) {
  const tests::Folder folder;
  const Sheet made = small();
  ASSERT_TRUE(made.save(folder.path() / "block",
                        {.names = {}, .like = nullptr, .threads = 2, .passing = true}));
  const auto passed = Sheet::open(folder.path() / "block");
  ASSERT_TRUE(passed) << passed.error().message;
  EXPECT_EQ(passed->hash(), made.hash());
  ASSERT_TRUE(passed->save(folder.path() / "book"));
  const fs::path column = folder.path() / "book" / "amount_fen.packed";
  EXPECT_EQ(fs::hard_link_count(column), 1U);
  const auto read = Sheet::open(folder.path() / "book", true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->hash(), made.hash());
}

TEST(Sheet, finds_every_flipped_byte_and_every_cut) {
  const tests::Folder folder;
  const fs::path book = folder.path() / "book";
  for (const char* name : {"amount_fen", "flag", "bucket", "account_no"}) {
    const fs::path file = book / (std::string(name) + ".packed");
    fs::remove_all(book);
    ASSERT_TRUE(small().save(book));
    const auto size = fs::file_size(file);
    for (std::uintmax_t at = 0; at < size; ++at) {
      std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(static_cast<std::streamoff>(at));
      const int was = bytes.get();
      for (const int value : {was ^ 64, was}) {
        bytes.seekp(static_cast<std::streamoff>(at));
        bytes.put(static_cast<char>(value));
        bytes.flush();
        EXPECT_EQ(static_cast<bool>(Sheet::open(book, true)), value == was) << file << " " << at;
      }
    }
    fs::resize_file(file, size - 1);
    EXPECT_FALSE(Sheet::open(book)) << file;
  }
}

TEST(Sheet, links_what_is_as_it_was) {
  const tests::Folder folder;
  ASSERT_TRUE(small().save(folder.path() / "first"));
  const auto first = Sheet::open(folder.path() / "first");
  ASSERT_TRUE(first);
  Sheet next = small();
  next.add<std::int8_t>("flag")[1] = 2;
  next.drop("bucket");
  next.share(*first, "bucket");
  ASSERT_TRUE(next.save(folder.path() / "next", {.names = {}, .like = &*first, .threads = 2}));
  const auto links = [&](const char* name) {
    return fs::hard_link_count(folder.path() / "next" / (std::string(name) + ".packed"));
  };
  EXPECT_EQ(links("amount_fen"), 2U);
  EXPECT_EQ(links("account_no"), 2U);
  EXPECT_EQ(links("bucket"), 2U);
  EXPECT_EQ(links("flag"), 1U);
  const auto read = Sheet::open(folder.path() / "next", true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->hash(), next.hash());
  EXPECT_EQ(read->get<std::int8_t>("flag")[1], 2);
  // What is linked outlives the sheet it was taken from.
  fs::remove_all(folder.path() / "first");
  EXPECT_TRUE(Sheet::open(folder.path() / "next", true));
}

TEST(Sheet, links_no_other_words) {
  const tests::Folder folder;
  Sheet first(1), next(1);
  first.add_codes("bucket", {"M0"});
  next.add_codes("bucket", {"M1"});
  ASSERT_TRUE(first.save(folder.path() / "first"));
  const auto saved = Sheet::open(folder.path() / "first");
  ASSERT_TRUE(saved);
  ASSERT_TRUE(next.save(folder.path() / "next", {.names = {}, .like = &*saved, .threads = 1}));
  EXPECT_EQ(Sheet::open(folder.path() / "next", true)->codes("bucket").at(0), "M1");
}

// Folders of older programs: the plain values, under the same hash.
TEST(Sheet, reads_plain_columns) {
  const tests::Folder folder;
  const fs::path book = folder.path() / "book";
  ASSERT_TRUE(small().save(book));
  const auto write = [&](const char* name, const std::string& bytes) {
    fs::remove(book / (std::string(name) + ".packed"));
    std::ofstream(book / (std::string(name) + ".col"), std::ios::binary) << bytes;
  };
  write("flag", std::string("\0\1\0", 3));
  write("account_no", std::string("\1\0\0\0\1\0\0\0\7\0\0\0", 12) + "a账户");
  const auto read = Sheet::open(book, true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->hash(), small().hash());
  EXPECT_EQ(read->get<std::int8_t>("flag")[1], 1);
  EXPECT_EQ(read->texts("account_no").at(2), "账户");
  // Saved again they are packed.
  ASSERT_TRUE(read->save(folder.path() / "again"));
  EXPECT_TRUE(fs::exists(folder.path() / "again" / "flag.packed"));
  EXPECT_TRUE(Sheet::open(folder.path() / "again", true));
  write("flag", std::string("\0\2\0", 3));
  EXPECT_FALSE(Sheet::open(book, true));
}

TEST(Sheet, takes_columns_and_drops_them) {
  Sheet sheet = small();
  Sheet more(3);
  more.add<std::int64_t>("amount_fen")[0] = 7;
  more.add<std::int32_t>("dpd")[1] = 30;
  sheet.take(std::move(more));
  EXPECT_EQ(sheet.get<std::int64_t>("amount_fen")[0], 7);
  EXPECT_EQ(sheet.get<std::int32_t>("dpd")[1], 30);
  sheet.drop("dpd");
  EXPECT_FALSE(sheet.has("dpd"));
}

TEST(SheetDeathTest, a_wrong_type_is_our_mistake) {
  const Sheet sheet = small();
  EXPECT_DEATH((void)sheet.get<std::int32_t>("amount_fen"), "another type");
  EXPECT_DEATH((void)sheet.get<std::int32_t>("nothing"), "no column nothing");
}

}  // namespace
}  // namespace column
