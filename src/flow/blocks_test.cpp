// Blocks put together while the next is decided: what fails on either side ends both.

#include "flow/blocks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/stores.h"

namespace flow {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_rows = 10;
constexpr std::size_t blocks = 6;

// A block of the rows' numbers, all of one word.
Block numbered(std::size_t first, std::size_t end, const char* word) {
  Block block;
  block.first = first;
  block.sheets.accounts = column::Sheet(end - first);
  const auto number = block.sheets.accounts.add<std::int64_t>("number");
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<std::int64_t>(first + i);
  block.sheets.accounts.add_codes("word", {word});
  return block;
}

// Put together by one thread, and by two.
class Blocks : public testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    options_.threads = GetParam();
    night_.sheets.accounts = column::Sheet(blocks * block_rows);
  }
  fs::path stage() const { return folder_.path() / "stage"; }
  kernel::Result<bool> put(const BlockOf& block_of) {
    return put_together(night_, stage(), block_rows, block_of);
  }

  tests::Folder folder_;
  std::unique_ptr<store::Store> store_ = tests::open_store(
      (folder_.path() / "casebook.sqlite").string(), folder_.path(), store::schema());
  NightOptions options_;
  Inputs inputs_;
  Night night_{.options = options_, .store = *store_, .inputs = inputs_};
};

TEST_P(Blocks, LieInTheOrderOfTheBook) {
  std::vector<std::size_t> asked;
  const auto put_all = put([&](std::size_t first, std::size_t end) -> kernel::Result<Block> {
    asked.push_back(first);
    return numbered(first, end, "one");
  });
  ASSERT_TRUE(put_all) << put_all.error().message;
  EXPECT_TRUE(*put_all);
  EXPECT_EQ(asked, (std::vector<std::size_t>{0, 10, 20, 30, 40, 50}));
  const auto whole = column::Sheet::open(stage() / "accounts", true);
  ASSERT_TRUE(whole) << whole.error().message;
  const auto number = whole->get<std::int64_t>("number");
  ASSERT_EQ(number.size(), blocks * block_rows);
  for (std::size_t row = 0; row < number.size(); ++row) {
    EXPECT_EQ(number[row], static_cast<std::int64_t>(row));
  }
}

TEST_P(Blocks, AreNotAskedForBehindOneThatFails) {
  std::atomic<int> asked = 0;
  const auto failed = put([&](std::size_t first, std::size_t end) -> kernel::Result<Block> {
    ++asked;
    if (first == 20) return kernel::Error{kernel::Code::not_found, "no such table", "block 20"};
    return numbered(first, end, "one");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().where, "block 20");
  EXPECT_EQ(asked, 3);
  EXPECT_FALSE(fs::exists(stage() / "accounts" / "manifest.json"));
}

// A disk that takes no more bytes of the first block: the second, which is being decided, is
// waited for, since it reads what the caller holds.
TEST_P(Blocks, ThatAreBegunAreWaitedForWhenTheDiskFails) {
  std::ofstream(stage()) << "a file where the folder should be";
  std::atomic<int> begun = 0, ended = 0;
  const auto failed = put([&](std::size_t first, std::size_t end) -> kernel::Result<Block> {
    ++begun;
    if (first > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ++ended;
    return numbered(first, end, "one");
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, kernel::Code::unavailable);
  EXPECT_EQ(begun, ended);
  EXPECT_LE(begun, 2);
}

TEST_P(Blocks, OfOtherWordsAreToldAndTheNextIsWaitedFor) {
  std::atomic<int> begun = 0, ended = 0;
  const auto put_some = put([&](std::size_t first, std::size_t end) -> kernel::Result<Block> {
    ++begun;
    if (first > 10) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ++ended;
    return numbered(first, end, first < 10 ? "one" : "another");
  });
  ASSERT_TRUE(put_some) << put_some.error().message;
  EXPECT_FALSE(*put_some);
  EXPECT_EQ(begun, ended);
  EXPECT_EQ(begun, GetParam() > 1 ? 3 : 2);
}

INSTANTIATE_TEST_SUITE_P(Threads, Blocks, testing::Values(1U, 2U));

}  // namespace
}  // namespace flow
