// Whole nights over a small made-up portfolio, on both stores: twice, in blocks, with an edited
// table, with a late batch.

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "tests/whole_nights.h"

namespace flow {
namespace {

namespace fs = std::filesystem;
using kernel::Date;
using tests::all_schema;
using tests::as_of;
using tests::book_files;
using tests::count_rows;
using tests::facts;
using tests::first_night;
using tests::import_sample;
using tests::options_for;
using tests::run;
using tests::second_night;

TEST(Night, TwiceGivesTheSameBytesAndTellsNothingTwice) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    const NightReport first = run(store, options_for(folder, first_night));
    EXPECT_EQ(first.state, "made");
    EXPECT_EQ(first.accounts, 300);
    EXPECT_GT(first.changed_accounts, 0);
    const auto files = book_files(folder, first_night);
    const auto told = facts(store);
    EXPECT_FALSE(told.empty());

    NightOptions again = options_for(folder, first_night);
    again.threads = 1;
    again.now = again.now.plus_seconds(3600);
    const NightReport second = run(store, again);
    EXPECT_EQ(second.state, "nothing_to_do");
    EXPECT_EQ(second.report_json, first.report_json);
    EXPECT_EQ(book_files(folder, first_night), files);
    EXPECT_EQ(facts(store), told);

    // Made afresh from the same inputs, the edition is the same to the byte.
    fs::remove_all(folder / "data" / "book");
    const NightReport third = run(store, options_for(folder, first_night));
    EXPECT_EQ(third.edition, first.edition);
    EXPECT_EQ(book_files(folder, first_night), files);
  });
}

void edit(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = tests::read_file(file);
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  std::ofstream(file, std::ios::binary) << text;
}

// Two nights in blocks of several sizes, the first of which is the whole book.
void expect_same_in_blocks(store::Store& store, const fs::path& folder) {
  std::map<std::string, std::string> first, second;
  for (const std::size_t rows : {std::size_t{131'072}, std::size_t{64}, std::size_t{7}}) {
    fs::remove_all(folder / "data" / "book");
    for (const Date date : {first_night, second_night}) {
      NightOptions options = options_for(folder, date);
      options.block_rows = rows;
      EXPECT_EQ(run(store, options).state, "made");
    }
    const auto one = book_files(folder, first_night), other = book_files(folder, second_night);
    if (first.empty()) {
      first = one;
      second = other;
    }
    EXPECT_TRUE(one == first) << "blocks of " << rows;
    EXPECT_TRUE(other == second) << "blocks of " << rows;
  }
}

TEST(Night, IsTheSameBytesInBlocksOfAnySize) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    expect_same_in_blocks(store, folder);
  });
}

TEST(Night, IsTheSameBytesWhereATableMakesWordsUp) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    fs::copy("decisions", folder / "decisions", fs::copy_options::recursive);
    const fs::path file = folder / "decisions" / "allocation.dmn";
    const std::string none = "<outputEntry><text>\"none\"</text></outputEntry>";
    edit(file, none + none, none + "<outputEntry><text>bucket</text></outputEntry>");
    edit(file,
         "<outputValues><text>\"none\", \"remind\", \"negotiate\", \"relief\", \"firm\", "
         "\"trace\", \"visit\", \"care\", \"agency\", \"legal\"</text></outputValues>",
         "");
    expect_same_in_blocks(store, folder);
    const auto book = book::BookView::open(folder / "data", second_night);
    ASSERT_TRUE(book);
    EXPECT_GE(book->accounts().codes("skill").find("M0"), 0);
  });
}

TEST(Night, SharedWithOthersIsTheSameBytes) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    run(store, options_for(folder, first_night));
    const auto alone = book_files(folder, first_night);
    fs::remove_all(folder / "data" / "book");
    NightOptions options = options_for(folder, first_night);
    options.shared = true;
    options.block_rows = 16;
    const auto on_postgres = store.read([](store::Transaction& tx) { return tx.on_postgres(); });
    ASSERT_TRUE(on_postgres);
    if (!*on_postgres) {
      const auto refused = run_night(store, options);
      ASSERT_FALSE(refused);
      EXPECT_NE(refused.error().message.find("PostgreSQL"), std::string::npos);
      EXPECT_FALSE(work_for_nights(
          store,
          {.data_dir = options.data_dir, .threads = 1, .stop = [] { return true; }, .failed = {}}));
      return;
    }
    std::atomic<bool> over = false;
    std::atomic<std::int64_t> blocks = 0;
    std::vector<std::thread> workers;
    for (int i = 0; i < 3; ++i) {
      workers.emplace_back([&] {
        const auto done = work_for_nights(
            store, {.data_dir = options.data_dir,
                    .threads = 1,
                    .stop = [&] { return over.load(); },
                    .failed = [](const kernel::Error& error) { ADD_FAILURE() << error.message; }});
        EXPECT_TRUE(done);
        if (done) blocks += *done;
      });
    }
    EXPECT_EQ(run(store, options).state, "made");
    over = true;
    for (std::thread& worker : workers) worker.join();
    EXPECT_GT(blocks, 0);
    EXPECT_TRUE(book_files(folder, first_night) == alone);
    EXPECT_EQ(count_rows(store, "night_block"), 0);
  });
}

TEST(Night, SecondNightTellsOnlyWhatChanged) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    run(store, options_for(folder, first_night));
    const std::size_t told = facts(store).size();
    const NightReport second = run(store, options_for(folder, second_night));
    EXPECT_EQ(second.state, "made");
    EXPECT_NE(second.report_json.find("\"previous\":\"2026-11-20 "), std::string::npos);
    EXPECT_LT(facts(store).size() - told, told / 2);
    // The night before can be made again after it, and stays what it was.
    EXPECT_EQ(run(store, options_for(folder, first_night)).state, "nothing_to_do");
  });
}

// ---- other inputs ------------------------------------------------------------------------------

TEST(Night, AnEditedThresholdChangesTreatmentsInANewEditionBesideTheOld) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    fs::copy("decisions", folder / "decisions", fs::copy_options::recursive);
    import_sample(store, folder);
    const NightReport before = run(store, options_for(folder, first_night));
    const std::size_t told = facts(store).size();

    edit(folder / "decisions" / "bucket.dmn", "[31..60]", "[31..40]");
    edit(folder / "decisions" / "bucket.dmn", "[61..90]", "[41..90]");
    const NightReport after = run(store, options_for(folder, first_night));
    EXPECT_EQ(after.state, "made");
    EXPECT_NE(after.edition, before.edition);
    const fs::path day = book::book_folder(folder / "data", first_night);
    EXPECT_TRUE(fs::exists(day / before.edition / "book.json"));
    EXPECT_EQ(*book::current_edition(folder / "data", first_night), after.edition);

    const auto old_book = book::BookView::open_edition(day / before.edition, first_night);
    const auto new_book = book::BookView::open(folder / "data", first_night);
    ASSERT_TRUE(old_book && new_book);
    std::size_t buckets = 0, treatments = 0;
    for (std::size_t row = 0; row < new_book->accounts().rows(); ++row) {
      const auto differs = [&](const char* name) {
        return old_book->accounts().codes(name).at(row) != new_book->accounts().codes(name).at(row);
      };
      buckets += differs("bucket") ? 1 : 0;
      treatments += differs("treatment") ? 1 : 0;
    }
    EXPECT_GT(buckets, 0U);
    EXPECT_GT(treatments, 0U);
    // Only what the edit changed is told, beside cases that changed hands by it.
    const auto all = facts(store);
    const auto of_accounts = std::count_if(all.begin(), all.end(), [&](const std::string& fact) {
      return fact.find("account:") != std::string::npos &&
             fact.find(after.edition) != std::string::npos;
    });
    EXPECT_EQ(static_cast<std::size_t>(of_accounts), buckets + treatments);
    EXPECT_GT(all.size(), told);

    // Edited back: the old edition is current again, not made anew.
    fs::copy("decisions/bucket.dmn", folder / "decisions" / "bucket.dmn",
             fs::copy_options::overwrite_existing);
    const NightReport back = run(store, options_for(folder, first_night));
    EXPECT_EQ(back.state, "published");
    EXPECT_EQ(back.edition, before.edition);
    EXPECT_EQ(back.report_json, before.report_json);
  });
}

TEST(Night, OpeningBookExportsWithTheSameBucketsBeforeAndAfterItsNight) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    const NightOptions options = options_for(folder, as_of);
    const auto buckets = [&] {
      const kernel::Result<std::string> csv = export_book_csv(store, options);
      EXPECT_TRUE(csv) << csv.error().message;
      std::istringstream lines(*csv);
      std::string line, header;
      std::getline(lines, header);
      std::map<std::string, int> counts;
      while (std::getline(lines, line)) {
        std::istringstream cells(line), names(header);
        std::string cell, name;
        while (std::getline(names, name, ',') && std::getline(cells, cell, ',')) {
          if (name == "bucket") ++counts[cell];
        }
      }
      return std::pair(header, counts);
    };
    const auto before = buckets();
    run(store, options);
    EXPECT_EQ(buckets(), before);
    EXPECT_GT(before.second.size(), 2U);
  });
}

TEST(Night, WorklistIsInOrderAndGivesEachPersonOneLine) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    run(store, options_for(folder, first_night));
    const auto csv = worklist_csv(folder / "data", first_night);
    ASSERT_TRUE(csv);
    std::istringstream lines(*csv);
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line.substr(0, 52), "rank,collector,team,customer_no,account_no,accounts,");
    EXPECT_TRUE(line.ends_with(",expected_recovery_fen,expected_cost_fen")) << line;
    std::set<std::string> people;
    int count = 0;
    while (std::getline(lines, line)) {
      ++count;
      std::istringstream cells(line);
      std::string cell;
      for (int i = 0; i < 4; ++i) std::getline(cells, cell, ',');
      EXPECT_TRUE(people.insert(cell).second) << cell;
    }
    EXPECT_GT(count, 10);
  });
}

TEST(Night, OnlyOneAtATime) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    NightOptions options = options_for(folder, first_night);
    bool asked = false;
    options.after_step = [&](std::string_view) {
      if (asked) return;
      asked = true;
      const auto second = run_night(store, options_for(folder, second_night));
      ASSERT_FALSE(second);
      EXPECT_EQ(second.error().code, kernel::Code::conflict);
    };
    EXPECT_EQ(run(store, options).state, "made");
    EXPECT_TRUE(asked);
  });
}

TEST(Night, AFactThatComesLateButBelongsBeforeIsAnotherInput) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder);
    const NightReport before = run(store, options_for(folder, first_night));
    NightOptions later = options_for(folder, first_night);
    later.ports.read_known = [](store::Transaction&,
                                kernel::Instant) -> kernel::Result<Ports::Placing> {
      return Ports::Placing([](const book::BookView& opening, column::Sheet& cut) {
        auto flag = cut.add_codes("flag", {"none", "dispute"});
        for (std::size_t row = 0; row < opening.accounts().rows(); ++row) flag[row] = row % 7 == 0;
      });
    };
    const NightReport after = run(store, later);
    EXPECT_EQ(after.state, "made");
    EXPECT_NE(after.edition, before.edition);
    EXPECT_EQ(run(store, later).state, "nothing_to_do");
  });
}

}  // namespace
}  // namespace flow
