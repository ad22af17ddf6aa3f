#include "column/writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "tests/stores.h"

namespace column {
namespace {

namespace fs = std::filesystem;

// Of more rows than two segments, with what packs in no bits, in a few and in all.
Sheet sheet_of(std::size_t rows) {
  Sheet sheet(rows);
  std::mt19937_64 dice(5);
  const auto amount = sheet.add<std::int64_t>("amount_fen");
  const auto row = sheet.add<std::int32_t>("row");
  sheet.add<std::int8_t>("none");
  const auto bucket = sheet.add_codes("bucket", {"M0", "M1", "M2"});
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < rows; ++i) {
    amount[i] = static_cast<std::int64_t>(dice() >> (dice() % 64));
    row[i] = static_cast<std::int32_t>(i);
    bucket[i] = static_cast<std::int16_t>(static_cast<int>(dice() % 4) - 1);
    numbers.push_back(std::string(dice() % 12, 'a') + std::to_string(i));
  }
  sheet.add_texts("account_no", {numbers.begin(), numbers.end()});
  return sheet;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_equal_folders(const fs::path& one, const fs::path& other) {
  std::size_t files = 0, same = 0;
  for (const auto& entry : fs::directory_iterator(one)) {
    ++files;
    EXPECT_EQ(bytes_of(entry.path()), bytes_of(other / entry.path().filename())) << entry.path();
  }
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(other)) ++same;
  EXPECT_EQ(files, same);
}

TEST(SheetWriter, writes_what_save_writes_whatever_the_blocks) {
  const tests::Folder folder;
  const std::size_t rows = Packed::segment_rows * 2 + 77;
  const Sheet whole = sheet_of(rows);
  ASSERT_TRUE(whole.save(folder.path() / "whole"));
  for (const std::size_t block : {std::size_t{1000}, Packed::segment_rows, rows}) {
    for (const bool known : {true, false}) {
      SheetWriter writer(folder.path() / "blocks",
                         {.order = {},
                          .rows = known ? std::optional(rows) : std::nullopt,
                          .like = nullptr,
                          .threads = 3});
      for (std::size_t begin = 0; begin < rows; begin += block) {
        const Sheet part = whole.window(begin, std::min(rows, begin + block));
        ASSERT_TRUE(writer.agrees(part, part.names()));
        ASSERT_TRUE(writer.append(part));
      }
      EXPECT_FALSE(Sheet::open(folder.path() / "blocks"));
      ASSERT_TRUE(writer.finish());
      expect_equal_folders(folder.path() / "whole", folder.path() / "blocks");
    }
  }
}

TEST(SheetWriter, windows_of_a_saved_sheet_are_its_rows) {
  const tests::Folder folder;
  const std::size_t rows = Packed::segment_rows + 500;
  const Sheet made = sheet_of(rows);
  ASSERT_TRUE(made.save(folder.path() / "whole"));
  const auto saved = Sheet::open(folder.path() / "whole");
  ASSERT_TRUE(saved);
  const std::size_t begin = Packed::segment_rows - 3;
  const Sheet part = saved->window(begin, rows).window(1, 400);
  ASSERT_EQ(part.rows(), 399U);
  for (std::size_t i = 0; i < part.rows(); ++i) {
    const std::size_t row = begin + 1 + i;
    EXPECT_EQ(part.get<std::int64_t>("amount_fen")[i], made.get<std::int64_t>("amount_fen")[row]);
    EXPECT_EQ(part.codes("bucket").at(i), made.codes("bucket").at(row));
    EXPECT_EQ(part.texts("account_no").at(i), made.texts("account_no").at(row));
  }
  EXPECT_EQ(part.hash({"amount_fen"}), made.window(begin + 1, begin + 400).hash({"amount_fen"}));
}

TEST(SheetWriter, links_what_is_yesterdays_and_lists_columns_in_the_order_asked) {
  const tests::Folder folder;
  const std::size_t rows = 300;
  const Sheet whole = sheet_of(rows);
  ASSERT_TRUE(whole.save(folder.path() / "yesterday"));
  const auto yesterday = Sheet::open(folder.path() / "yesterday");
  ASSERT_TRUE(yesterday);
  for (const auto& known : {std::optional(rows), std::optional<std::size_t>()}) {
    SheetWriter writer(folder.path() / "today",
                       {.order = {"row", "account_no"}, .rows = known, .like = &*yesterday});
    ASSERT_TRUE(writer.append(whole, {"account_no", "amount_fen"}));
    ASSERT_TRUE(writer.share(*yesterday, "row"));
    ASSERT_TRUE(writer.finish());
    const auto today = Sheet::open(folder.path() / "today", true);
    ASSERT_TRUE(today) << today.error().message;
    EXPECT_EQ(today->names(), (std::vector<std::string>{"row", "account_no", "amount_fen"}));
    for (const std::string& name : today->names()) {
      EXPECT_TRUE(fs::equivalent(folder.path() / "today" / (name + ".packed"),
                                 folder.path() / "yesterday" / (name + ".packed")));
    }
  }
}

TEST(SheetWriter, sees_a_block_of_other_words) {
  const tests::Folder folder;
  Sheet first(1), second(1);
  first.add_codes("bucket", {"M0"});
  second.add_codes("bucket", {"M0", "M1"});
  SheetWriter writer(folder.path() / "book", {});
  ASSERT_TRUE(writer.append(first));
  EXPECT_TRUE(writer.agrees(first, {"bucket"}));
  EXPECT_FALSE(writer.agrees(second, {"bucket"}));
  EXPECT_TRUE(writer.agrees(second, {}));
}

TEST(SheetWriter, a_folder_that_cannot_be_made_is_said) {
  const tests::Folder folder;
  std::ofstream(folder.path() / "file") << "in the way";
  SheetWriter writer(folder.path() / "file" / "book", {});
  const auto done = writer.append(sheet_of(1));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, kernel::Code::unavailable);
}

}  // namespace
}  // namespace column
