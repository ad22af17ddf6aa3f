// What became of each person, read from made-up books, imported payments and told facts, on both
// stores.

#include "experiment/outcomes.h"

#include <gtest/gtest.h>

#include <fstream>

#include "experiment/rows.h"
#include "intake/types.h"
#include "tests/stores.h"

namespace experiment {
namespace {

namespace fs = std::filesystem;
using kernel::Date;
using kernel::Instant;

const Date start = Date::from_ymd(2026, 11, 21);
const std::vector<std::string> customers = {"C1", "C1b", "C2", "C3", "C4"};  // C1 and C1b: one

std::vector<store::Migration> all_schema() {
  std::vector<store::Migration> all = store::schema();
  for (const auto* room : {&intake::schema(), &book::schema(), &experiment::schema()})
    all.insert(all.end(), room->begin(), room->end());
  return all;
}

// A book of one account a customer; `arms` empty: a night without experiments.
void save_book(const fs::path& data, Date date, const std::vector<std::int32_t>& dpd,
               const std::vector<std::string>& arms) {
  const std::size_t rows = dpd.size();
  column::Sheet accounts(rows), people(rows);
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < rows; ++i) numbers.push_back("A" + customers[i]);
  accounts.add_texts("account_no", {numbers.begin(), numbers.end()});
  people.add_texts("customer_no", {customers.begin(), customers.begin() + dpd.size()});
  const auto owner = accounts.add<std::int32_t>("customer_row");
  const auto order = accounts.add<std::int32_t>("account_order");
  const auto late = accounts.add<std::int32_t>("dpd");
  const auto first = people.add<std::int32_t>("first_account");
  const auto count = people.add<std::int32_t>("account_count");
  for (std::size_t i = 0; i < rows; ++i) {
    owner[i] = order[i] = first[i] = static_cast<std::int32_t>(i);
    late[i] = dpd[i];
    count[i] = 1;
  }
  if (!arms.empty()) {
    const auto arm = accounts.add_codes("arm", {"e1=champion", "e1=challenger", "e2=challenger"});
    for (std::size_t i = 0; i < rows; ++i) arm[i] = accounts.codes("arm").find(arms[i]);
  }
  const fs::path stage = book::book_folder(data, date) / "e1" / "01-all";
  fs::create_directories(stage);
  CHECK(static_cast<bool>(accounts.save(stage / "accounts")));
  CHECK(static_cast<bool>(people.save(stage / "customers")));
  std::ofstream(stage.parent_path().parent_path() / "current") << "e1\n";
}

void import_lines(store::Store& store, const fs::path& data, const std::string& payments) {
  fs::create_directories(data / "in");
  std::ofstream people(data / "in" / "customers.csv"), accounts(data / "in" / "accounts.csv");
  people << "customer_no,name,citizen_id,region_code,address,birth_date,language\n";
  accounts << "account_no,customer_no,product,opened_on,credit_limit_fen,daily_rate_ppm,"
              "billing_day,status\n";
  for (const std::string& one : customers) {
    people << one << ",赵一,,440106,广东省虚构路1号,,\n";
    accounts << "A" << one << "," << one << ",card,2020-01-15,5000000,500,5,open\n";
  }
  people.close();
  accounts.close();
  std::ofstream(data / "in" / "payments.csv")
      << "payment_no,account_no,paid_on,amount_fen,channel\n"
      << payments;
  std::ofstream mapping(data / "in" / "mapping.toml");
  mapping << "[source]\nencoding = \"utf-8\"\nas_of = \"2026-11-24\"\n";
  intake::ImportOptions options{.data_dir = data,
                                .mapping = data / "in" / "mapping.toml",
                                .files = {},
                                .imported_by = "test",
                                .now = Instant::china(start, 60)};
  for (const char* kind : {"customers", "accounts", "payments"}) {
    mapping << "\n[[file]]\nmatch = \"" << kind << ".csv\"\n[[file.record]]\nkind = \"" << kind
            << "\"\ncontent = \"delta\"\n";
    options.files.push_back(data / "in" / (std::string(kind) + ".csv"));
  }
  mapping.close();
  const auto report = intake::import_files(store, options);
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->rejected, 0) << report->text();
}

Experiment made() {
  Experiment e;
  e.experiment_id = ExperimentId(77);
  e.asked = {.name = "e1",
             .title = "t",
             .file = "treatment.dmn",
             .seed = "7",
             .start_date = start,
             .end_date = start.plus_days(10),
             .horizon_days = 3};
  e.state = "running";
  e.reviewed_by = "admin";
  e.reviewed_at = Instant::china(start.plus_days(-1), 600);
  return e;
}

void hold(store::Transaction& tx, const std::string& customer_no, const std::string& kind,
          Instant at) {
  tx.append({"hold_set", "customer:" + customer_no, "user:li.na", at,
             R"({"hold_id":"5","kind":")" + kind +
                 R"(","person":"x","until":null,"nth":3,"revoked":["8"]})"});
}

const Followed& person(const Outcomes& outcomes, const std::string& person_no) {
  for (const Followed& one : outcomes.persons)
    if (one.person_no == person_no) return one;
  CHECK_MSG(false, "no such person");
  return outcomes.persons.front();
}

TEST(Outcomes, paymentsCuresContactsHoldsAndTablesOfTheDaysOfFollowing) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    const fs::path data = folder / "data";
    const std::vector<std::string> arms = {"e1=challenger", "e1=challenger", "e1=champion",
                                           "e1=champion", "e1=challenger"};
    // C2 was decided by the challenger on the second night; the third night knew no experiment.
    save_book(data, start, {20, 5, 10, 10, 10}, arms);
    save_book(data, start.plus_days(1), {21, 6, 11, 11, 11},
              {arms[0], arms[1], "e1=challenger", arms[3], arms[4]});
    save_book(data, start.plus_days(2), {22, 7, 12, 12, 12}, {});
    save_book(data, start.plus_days(3), {0, 8, 0, 13, 13}, arms);
    // Of C1: before, in and after the three days; a number told twice counts as the later says.
    import_lines(store, data,
                 "P1,AC1,2026-11-20,5000,counter\nP2,AC1,2026-11-21,2000,counter\n"
                 "P3,AC1b,2026-11-23,1000,counter\nP4,AC1,2026-11-24,9000,counter\n"
                 "P5,AC2,2026-11-22,99999,counter\nP6,AC4,2026-11-22,1,counter\n");
    const Experiment e = made();
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      insert_experiment(tx, e);
      insert_split(tx, e,
                   {{"C1", "C1", "challenger", "M1", 10'000},
                    {"C1b", "C1", "challenger", "M1", 2'000},
                    {"C2", "C2", "champion", "M1", 4'000},
                    {"C3", "C3", "champion", "M2", 4'000}},
                   0, 4);
      hold(tx, "C3", "hardship", Instant::china(start.plus_days(-1), 600));  // before: not later
      hold(tx, "C3", "complaint", Instant::china(start.plus_days(1), 600));
      hold(tx, "C1b", "plan", Instant::china(start.plus_days(2), 600));
      return true;
    }));
    const book::Shelf shelf(data);
    Deps deps{.store = store, .shelf = shelf, .decisions = "decisions"};
    deps.ports.contacts_between = [](store::Transaction&, Instant from, Instant to) {
      EXPECT_EQ(from, Instant::china(start, 0));
      EXPECT_EQ(to, Instant::china(start.plus_days(3), 0));
      return std::unordered_map<std::string, int>{{"C1", 2}, {"C1b", 1}, {"C9", 7}};
    };
    deps.ports.version_of = [](Date date, std::string_view) {
      return kernel::Result<std::string>(date < start.plus_days(2) ? "aaa" : "bbb");
    };
    const auto load = [&](Date today) {
      auto found =
          store.read([&](store::Transaction& tx) { return load_outcomes(tx, deps, e, today); });
      CHECK_MSG(static_cast<bool>(found), found ? "" : found.error().message.c_str());
      return std::move(*found);
    };
    const Outcomes all = load(start.plus_days(3));
    ASSERT_EQ(all.persons.size(), 3u);
    EXPECT_EQ(all.strata, 2u);
    const Followed& first = person(all, "C1");
    EXPECT_TRUE(first.full && first.challenger);
    EXPECT_EQ(first.overdue_fen, 12'000);
    EXPECT_EQ(first.paid_fen, 3'000);
    EXPECT_DOUBLE_EQ(outcome_of(first, "recovered"), 0.25);
    EXPECT_FALSE(first.cured);  // C1b is late still
    EXPECT_EQ(first.contacts, 3);
    EXPECT_EQ(first.held, "plan");
    EXPECT_FALSE(first.complained_at);
    EXPECT_EQ(first.other_table, 2);  // two numbers on the night without an experiment
    const Followed& second = person(all, "C2");
    EXPECT_TRUE(second.cured);
    EXPECT_DOUBLE_EQ(outcome_of(second, "recovered"), 1);  // never more than was overdue
    EXPECT_EQ(second.other_table, 1);
    const Followed& third = person(all, "C3");
    EXPECT_EQ(third.held, "complaint");
    EXPECT_EQ(third.complained_at, Instant::china(start.plus_days(1), 600));
    EXPECT_EQ(third.other_table, 0);
    EXPECT_EQ(all.champion_versions.size(), 2u);

    // A day earlier nobody was followed in full; stopped on the second day, nobody ever is.
    EXPECT_FALSE(person(load(start.plus_days(2)), "C1").full);
    Experiment stopped = e;
    stopped.stopped_on = start.plus_days(1);
    const auto early = store.read([&](store::Transaction& tx) {
      return load_outcomes(tx, deps, stopped, start.plus_days(3));
    });
    ASSERT_TRUE(early);
    EXPECT_FALSE(person(*early, "C1").full);
  });
}

TEST(Outcomes, whoLeftTheBookIsTold) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    const fs::path data = folder / "data";
    save_book(data, start.plus_days(3), {0, 0, 0}, {});  // C3 is gone
    const Experiment e = made();
    ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
      insert_experiment(tx, e);
      insert_split(tx, e, {{"C2", "C2", "champion", "M1", 10}, {"C3", "C3", "champion", "M1", 10}},
                   0, 2);
      return true;
    }));
    const book::Shelf shelf(data);
    const Deps deps{.store = store, .shelf = shelf, .decisions = "decisions"};
    const auto found = store.read(
        [&](store::Transaction& tx) { return load_outcomes(tx, deps, e, start.plus_days(5)); });
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(person(*found, "C2").in_book);
    EXPECT_FALSE(person(*found, "C3").in_book);
  });
}

}  // namespace
}  // namespace experiment
