// Nights that somebody kills, or that a power cut ends, and the one that goes on.

#include <fstream>
#include <stdexcept>
#include <tuple>

#include "tests/whole_nights.h"

namespace flow {
namespace {

namespace fs = std::filesystem;
using tests::all_schema;
using tests::book_files;
using tests::count_rows;
using tests::facts;
using tests::first_night;
using tests::import_sample;
using tests::OpenStore;
using tests::options_for;
using tests::run;

void expect_killed_equals_whole(const OpenStore& open, const fs::path& folder,
                                const std::map<std::string, std::string>& whole,
                                const std::vector<std::string>& told) {
  import_sample(*open(), folder);
  const fs::path seen = folder / "seen";
  std::ofstream(seen).close();
  int kills = 0;
  while (tests::run_and_die(open, options_for(folder, first_night), seen)) {
    ++kills;
    ASSERT_LT(kills, 100);
  }
  EXPECT_GE(kills, 18) << tests::read_file(
      seen);  // nine stages, four steps of sealing, chunks, allotments
  EXPECT_EQ(book_files(folder, first_night), whole);
  const auto store = open();
  EXPECT_EQ(facts(*store), told);
  EXPECT_EQ(run(*store, options_for(folder, first_night)).state, "nothing_to_do");
  EXPECT_EQ(count_rows(*store, "night WHERE state = 'done'"), 1);
}

TEST(Night, KilledAtEveryStepAndResumedGivesTheSameBytesAndNoFactTwice) {
  std::map<std::string, std::string> whole;
  std::vector<std::string> told;
  {
    const tests::Folder folder;
    const auto store = tests::open_store((folder.path() / "casebook.sqlite").string(),
                                         folder.path(), all_schema());
    import_sample(*store, folder.path());
    run(*store, options_for(folder.path(), first_night));
    whole = book_files(folder.path(), first_night);
    told = facts(*store);
  }
  tests::for_each_opened([&](const OpenStore& open, const fs::path& folder) {
    expect_killed_equals_whole(open, folder, whole, told);
  });
}

TEST(Night, AStageThatAPowerCutTookIsMadeAgainAndSoIsWhatFollows) {
  const tests::Folder folder;
  const auto store =
      tests::open_store((folder.path() / "casebook.sqlite").string(), folder.path(), all_schema());
  import_sample(*store, folder.path());
  NightOptions options = options_for(folder.path(), first_night);
  options.after_step = [](std::string_view step) {
    if (step == "treat") throw std::runtime_error("killed");
  };
  EXPECT_THROW(std::ignore = run_night(*store, options), std::runtime_error);
  const fs::path day = book::book_folder(options.data_dir, first_night);
  const fs::path part = fs::directory_iterator(day)->path();
  for (const char* stage : {"05-score", "06-treat"}) {
    EXPECT_TRUE(fs::remove(part / "on-disk" / stage)) << stage;
    for (const auto& file : fs::recursive_directory_iterator(part / stage))
      if (file.is_regular_file()) fs::resize_file(file, 0);
  }
  options.after_step = nullptr;
  const NightReport report = run(*store, options);
  const auto resumed = std::ranges::count(report.stages, "resumed", &StageReport::state);
  EXPECT_EQ(resumed, 4);
  const std::map<std::string, std::string> files = book_files(folder.path(), first_night);
  fs::remove_all(day);
  EXPECT_EQ(run(*store, options).state, "made");
  EXPECT_EQ(book_files(folder.path(), first_night), files);
}

}  // namespace
}  // namespace flow
