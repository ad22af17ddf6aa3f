// Nights with an experiment, on both stores: the arm's table decides, newcomers get an arm once,
// a killed night goes on to the same bytes, and a night without experiments knows nothing of them.

#include <fstream>
#include <map>
#include <set>

#include "tests/whole_nights.h"

namespace flow {
namespace {

namespace fs = std::filesystem;
using kernel::Date;
using tests::all_schema;
using tests::book_files;
using tests::import_sample;
using tests::OpenStore;

const Date before = Date::from_ymd(2026, 11, 20);
const Date start = Date::from_ymd(2026, 11, 21);
constexpr const char* name = "offer-early";

NightOptions options_for(const fs::path& folder, Date date) {
  NightOptions options;
  options.data_dir = folder / "data";
  options.decisions_dir = "decisions";
  options.date = date;
  options.now = kernel::Instant::china(date, 120);
  options.chunk_rows = 200;
  return options;
}

NightReport run(store::Store& store, const fs::path& folder, Date date) {
  kernel::Result<NightReport> report = run_night(store, options_for(folder, date));
  EXPECT_TRUE(report) << report.error().message << " " << report.error().where;
  return report ? *report : NightReport{};
}

// Another treatment table: who would be asked why is offered instalments at once.
std::string keep_challenger(const fs::path& folder) {
  std::string bytes = tests::read_file("decisions/treatment.dmn");
  const std::string from = "<outputEntry><text>\"learn_why_call\"";
  const std::string to = "<outputEntry><text>\"instalment_offer_call\"";
  int changed = 0;
  for (std::size_t at = 0; (at = bytes.find(from, at)) != std::string::npos; ++changed) {
    bytes.replace(at, from.size(), to);
  }
  EXPECT_GT(changed, 1);
  const auto model = decision::Model::parse(bytes, "challenger");
  CHECK(static_cast<bool>(model));
  fs::create_directories(folder / "data" / "tables");
  std::ofstream(folder / "data" / "tables" / (model->version() + ".dmn"), std::ios::binary)
      << bytes;
  return model->version();
}

void start_experiment(store::Store& store, const fs::path& folder) {
  const book::Shelf shelf(folder / "data");
  const experiment::Deps deps{.store = store, .shelf = shelf, .decisions = "decisions"};
  experiment::Deps wired = deps;
  wired.ports.is_trial = [](store::Transaction&, std::string_view, std::string_view) {
    return kernel::Result<bool>(true);
  };
  const auto asked = experiment::request(wired,
                                         {.name = name,
                                          .title = "offer early",
                                          .file = "treatment.dmn",
                                          .challenger_version = keep_challenger(folder),
                                          .seed = "7",
                                          .strata = {"bucket", "balance_band"},
                                          .start_date = start,
                                          .end_date = start.plus_days(30)},
                                         "analyst", kernel::Instant::china(before, 600));
  ASSERT_TRUE(asked) << asked.error().message;
  const auto own = experiment::approve(wired, asked->experiment_id, "", "analyst",
                                       kernel::Instant::china(before, 610));
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, kernel::Code::forbidden);
  const auto approved = experiment::approve(wired, asked->experiment_id, "", "admin",
                                            kernel::Instant::china(before, 620));
  ASSERT_TRUE(approved) << approved.error().message;
  EXPECT_EQ(approved->state, "running");
}

// customer_no → "arm how assigned_on"
std::map<std::string, std::string> persons(store::Store& store) {
  std::map<std::string, std::string> all;
  EXPECT_TRUE(store.read([&](store::Transaction& tx) {
    tx.query("SELECT subject, body FROM fact WHERE kind = 'experiment_assigned'", {},
             [&](const store::Row& row) {
               EXPECT_TRUE(all.emplace(row.text(0), row.text(1)).second) << row.text(0);
             });
    return true;
  }));
  return all;
}

TEST(NightWithExperiment, TheTableOfItsArmDecidesEachAccountAndExplainsIt) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder, 600);
    run(store, folder, before);
    const auto plain = book::BookView::open(folder / "data", before);
    ASSERT_TRUE(plain);
    EXPECT_FALSE(plain->accounts().has("arm"));
    for (const auto& [file, bytes] : book_files(folder, before)) {
      EXPECT_EQ(file.find("experiments.json"), std::string::npos);
      EXPECT_EQ(file.find("newcomers"), std::string::npos);
    }
    start_experiment(store, folder);
    run(store, folder, start);

    const auto book = book::BookView::open(folder / "data", start);
    ASSERT_TRUE(book);
    const auto models = load_models_of(folder / "data", start);
    ASSERT_TRUE(models);
    ASSERT_EQ(models->challengers().size(), 1U);
    const auto arm = book->accounts().codes("arm");
    const auto treatment = book->accounts().codes("treatment");
    std::map<std::string, std::map<std::string, int>> counts;
    for (std::size_t row = 0; row < book->accounts().rows(); ++row) {
      ++counts[std::string(strategy::arm_in(arm.at(row), name))][std::string(treatment.at(row))];
      for (const auto& said : strategy::explain(*models, book->accounts(), row)) {
        EXPECT_TRUE(said.agrees.value_or(true)) << said.decision << " " << arm.at(row);
      }
    }
    EXPECT_GT(counts["challenger"]["instalment_offer_call"], 0);
    EXPECT_EQ(counts["challenger"]["learn_why_call"], 0);
    EXPECT_GT(counts["champion"]["learn_why_call"], 0);
    // Every account of a person is of one arm.
    for (std::size_t customer = 0; customer < book->customers().rows(); ++customer) {
      std::set<std::string_view> words;
      for (const std::int32_t account : book->accounts_of(customer)) {
        words.insert(arm.at(static_cast<std::size_t>(account)));
      }
      EXPECT_EQ(words.size(), 1U);
    }
  });
}

TEST(NightWithExperiment, AnArmIsGivenOnceAndStaysAndASecondMakingIsTheSame) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    import_sample(store, folder, 600);
    run(store, folder, before);
    start_experiment(store, folder);
    const auto split = persons(store);
    EXPECT_GT(split.size(), 50U);
    const NightReport first = run(store, folder, start);
    const auto files = book_files(folder, start);
    EXPECT_EQ(run(store, folder, start).state, "nothing_to_do");
    for (int day = 1; day <= 6; ++day) run(store, folder, start.plus_days(day));
    const auto later = persons(store);
    EXPECT_GT(later.size(), split.size());  // newcomers
    for (const auto& [customer, body] : split) EXPECT_EQ(later.at(customer), body);

    // An older night answers as it did, and made afresh it is the same to the byte.
    EXPECT_EQ(run(store, folder, start).state, "nothing_to_do");
    fs::remove_all(book::book_folder(folder / "data", start));
    EXPECT_EQ(run(store, folder, start).edition, first.edition);
    EXPECT_EQ(book_files(folder, start), files);
    EXPECT_EQ(persons(store), later);
  });
}

void expect_killed_equals_whole(const OpenStore& open, const fs::path& folder) {
  const Date second = start.plus_days(3);
  std::map<std::string, std::string> whole, told;
  {
    const auto store = open();
    import_sample(*store, folder, 600);
    run(*store, folder, before);
    start_experiment(*store, folder);
    run(*store, folder, start);
  }
  const fs::path seen = folder / "seen";
  std::ofstream(seen).close();
  int kills = 0;
  while (tests::run_and_die(open, options_for(folder, second), seen)) ASSERT_LT(++kills, 100);
  EXPECT_GE(kills, 15);
  const auto killed = book_files(folder, second);
  const auto store = open();
  told = persons(*store);
  fs::remove_all(book::book_folder(folder / "data", second));
  run(*store, folder, second);
  EXPECT_EQ(book_files(folder, second), killed);
  EXPECT_EQ(persons(*store), told);
  const auto book = book::BookView::open(folder / "data", second);
  ASSERT_TRUE(book);
  EXPECT_TRUE(book->accounts().has("arm"));
}

TEST(NightWithExperiment, KilledAtEveryStepGoesOnToTheSameBytesAndAssignsNobodyTwice) {
  tests::for_each_opened(expect_killed_equals_whole);
}

}  // namespace
}  // namespace flow
