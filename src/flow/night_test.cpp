// Whole nights over a small made-up portfolio, on both stores: twice, killed at every step, with an
// edited table, with a late batch.

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "experiment/types.h"
#include "flow/types.h"
#include "intake/types.h"
#include "sample/types.h"
#include "tables/types.h"
#include "tests/files.h"
#include "tests/stores.h"

namespace flow {
namespace {

namespace fs = std::filesystem;
using kernel::Date;

const Date as_of = Date::from_ymd(2026, 11, 19);
const Date first_night = Date::from_ymd(2026, 11, 20);
const Date second_night = Date::from_ymd(2026, 11, 21);

std::vector<store::Migration> all_schema() {
  std::vector<store::Migration> all = store::schema();
  for (const auto* more : {&intake::schema(), &book::schema(), &tables::schema(),
                           &experiment::schema(), &allocation::schema(), &flow::schema()}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  return all;
}

std::vector<allocation::Collector> staff() {
  std::vector<allocation::Collector> all;
  for (const char* team : {"early", "middle", "late", "care", "legal_desk", "agency_desk"}) {
    for (const char* number : {"1", "2"}) {
      all.push_back({.user_name = std::string(team) + number,
                     .team = team,
                     .skills = {"remind", "negotiate", "relief", "firm", "trace", "visit", "care",
                                "agency", "legal"},
                     .capacity = 20});
    }
  }
  return all;
}

NightOptions options_for(const fs::path& folder, Date date) {
  NightOptions options;
  options.data_dir = folder / "data";
  options.decisions_dir = fs::exists(folder / "decisions") ? folder / "decisions" : "decisions";
  options.date = date;
  options.now = kernel::Instant::china(date, 120);
  options.threads = 2;
  options.chunk_rows = 70;
  options.ports.load_collectors = [](store::Transaction&, Date) { return kernel::Result(staff()); };
  return options;
}

void import_sample(store::Store& store, const fs::path& folder) {
  const fs::path sample = folder / "sample";
  const auto made =
      sample::make_sample({.accounts = 300, .seed = 5, .as_of = as_of, .out_dir = sample});
  ASSERT_TRUE(made) << made.error().message;
  intake::ImportOptions options{.data_dir = folder / "data",
                                .mapping = sample / "mapping.toml",
                                .imported_by = "test",
                                .now = kernel::Instant::china(as_of, 60)};
  for (const auto& entry : fs::directory_iterator(sample)) {
    if (entry.path().extension() == ".csv") options.files.push_back(entry.path());
  }
  const auto imported = intake::import_files(store, options);
  ASSERT_TRUE(imported) << imported.error().message;
  ASSERT_GT(imported->accepted, 300);
}

NightReport run(store::Store& store, const NightOptions& options) {
  kernel::Result<NightReport> report = run_night(store, options);
  EXPECT_TRUE(report) << report.error().message << " " << report.error().where;
  return report ? *report : NightReport{};
}

// All of an edition that must agree between two runs: relative path and bytes.
std::map<std::string, std::string> book_files(const fs::path& folder, Date date) {
  std::map<std::string, std::string> files;
  const fs::path day = book::book_folder(folder / "data", date);
  for (const auto& entry : fs::recursive_directory_iterator(day)) {
    const std::string name = fs::relative(entry.path(), day).string();
    if (!entry.is_regular_file() || entry.path().filename() == "timings.json") continue;
    files[name] = tests::read_file(entry.path());
  }
  return files;
}

std::vector<std::string> facts(store::Store& store) {
  std::vector<std::string> all;
  const auto read = store.read([&](store::Transaction& tx) {
    tx.query(
        "SELECT kind, subject, made_by, made_at, body FROM fact WHERE kind IN ('bucket_changed', "
        "'treatment_decided', 'case_allotted', 'case_released')",
        {}, [&](const store::Row& row) {
          all.push_back(row.text(0) + " " + row.text(1) + " " + row.text(2) + " " +
                        std::to_string(row.i64(3)) + " " + row.text(4));
        });
    return true;
  });
  EXPECT_TRUE(read);
  std::sort(all.begin(), all.end());
  return all;
}

std::int64_t count_rows(store::Store& store, const std::string& table) {
  const auto count = store.read(
      [&](store::Transaction& tx) { return *tx.query_i64("SELECT COUNT(*) FROM " + table); });
  return count ? *count : -1;
}

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

// ---- killed ------------------------------------------------------------------------------------

using OpenStore = std::function<std::unique_ptr<store::Store>()>;

// Runs the night in a process that kills itself after the first step not yet in `seen`; tells
// whether it was killed.
bool run_and_die(const OpenStore& open, const fs::path& folder, const fs::path& seen) {
  const pid_t child = ::fork();
  if (child == 0) {
    NightOptions options = options_for(folder, first_night);
    options.threads = 1;
    options.after_step = [&](std::string_view step) {
      const std::string done = tests::read_file(seen);
      const std::string line = std::string(step) + "\n";
      if (done.find(line) != std::string::npos) return;
      std::ofstream(seen, std::ios::app) << line;
      ::kill(::getpid(), SIGKILL);
    };
    const auto store = open();
    const auto report = run_night(*store, options);
    ::_exit(report ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return true;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return false;
}

void expect_killed_equals_whole(const OpenStore& open, const fs::path& folder,
                                const std::map<std::string, std::string>& whole,
                                const std::vector<std::string>& told) {
  import_sample(*open(), folder);
  const fs::path seen = folder / "seen";
  std::ofstream(seen).close();
  int kills = 0;
  while (run_and_die(open, folder, seen)) {
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
  {
    SCOPED_TRACE("on SQLite");
    const tests::Folder folder;
    const fs::path path = folder.path();
    expect_killed_equals_whole(
        [path] {
          return tests::open_store((path / "casebook.sqlite").string(), path, all_schema());
        },
        path, whole, told);
  }
  const tests::Folder folder;
  const fs::path path = folder.path();
  const std::string url = tests::fresh_postgres_url(path);
  if (url.empty()) return;
  SCOPED_TRACE("on PostgreSQL");
  expect_killed_equals_whole([path, url] { return tests::open_store(url, path, all_schema()); },
                             path, whole, told);
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
    later.ports.load_cut = [](store::Transaction&, kernel::Instant, const book::BookView& opening,
                              column::Sheet& cut) -> kernel::Status {
      auto flag = cut.add_codes("flag", {"none", "dispute"});
      for (std::size_t row = 0; row < opening.accounts().rows(); ++row) flag[row] = row % 7 == 0;
      return kernel::Ok{};
    };
    const NightReport after = run(store, later);
    EXPECT_EQ(after.state, "made");
    EXPECT_NE(after.edition, before.edition);
    EXPECT_EQ(run(store, later).state, "nothing_to_do");
  });
}

}  // namespace
}  // namespace flow
