#include "flow/settling.h"

#include <gtest/gtest.h>

#include <fstream>

#include "flow/stages.h"
#include "tests/stores.h"

namespace flow {
namespace {

namespace fs = std::filesystem;

void make_stage(const fs::path& part, std::size_t position) {
  const fs::path accounts = part / stage_folder_name(position) / "accounts";
  fs::create_directories(accounts);
  std::ofstream(accounts / "bucket.packed") << "bytes";
}

TEST(Settling, stages_are_marked_once_on_disk_and_known_to_the_next_night) {
  for (const unsigned threads : {1U, 2U}) {
    const tests::Folder folder;
    {
      Settling settling(folder.path(), threads);
      for (const std::size_t position : {0U, 1U}) {
        make_stage(folder.path(), position);
        settling.begin(position);
        EXPECT_TRUE(threads > 1 || settling.has(position)) << "with one thread at once";
      }
      ASSERT_TRUE(settling.wait());
      EXPECT_TRUE(settling.has(0) && settling.has(1));
      EXPECT_FALSE(settling.has(2));
      make_stage(folder.path(), 2);
      EXPECT_FALSE(settling.has(2)) << "nobody said that it is whole";
    }
    const Settling next(folder.path(), threads);
    EXPECT_TRUE(next.has(1));
    fs::remove_all(folder.path() / stage_folder_name(1));
    EXPECT_FALSE(next.has(1)) << "a mark of nothing";
    next.remove_marks();
    EXPECT_FALSE(next.has(0));
  }
}

TEST(Settling, what_is_begun_settles_though_nobody_waits) {
  const tests::Folder folder;
  make_stage(folder.path(), 0);
  { Settling(folder.path(), 2).begin(0); }
  EXPECT_TRUE(Settling(folder.path(), 2).has(0));
}

TEST(Settling, after_a_file_that_cannot_be_put_on_disk_nothing_is_marked) {
  for (const unsigned threads : {1U, 2U}) {
    const tests::Folder folder;
    Settling settling(folder.path(), threads);
    for (const std::size_t position : {0U, 1U, 2U}) make_stage(folder.path(), position);
    const fs::path gone = folder.path() / stage_folder_name(1) / "accounts" / "dpd.packed";
    fs::create_symlink(folder.path() / "nowhere", gone);
    for (const std::size_t position : {0U, 1U, 2U}) settling.begin(position);
    const kernel::Status settled = settling.wait();
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, kernel::Code::unavailable);
    EXPECT_EQ(settled.error().where, gone.string());
    EXPECT_TRUE(settling.has(0));
    EXPECT_FALSE(settling.has(1));
    EXPECT_FALSE(settling.has(2)) << "it was made from what may be gone";
  }
}

}  // namespace
}  // namespace flow
