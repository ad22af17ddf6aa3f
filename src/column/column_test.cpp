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
  const Sheet made = small();
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
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made.get<std::int64_t>("amount_fen").data()) % 64, 0U);
}

TEST(Sheet, finds_every_flipped_byte_and_every_cut) {
  const tests::Folder folder;
  const fs::path book = folder.path() / "book";
  for (const char* name : {"amount_fen", "flag", "bucket", "account_no"}) {
    const fs::path file = book / (std::string(name) + ".col");
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
