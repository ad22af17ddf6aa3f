// Jobs on both stores: in the background, in line, cancelled, cut off.

#include "simulation/jobs.h"

#include <chrono>
#include <map>
#include <thread>

#include "http/json.h"
#include "tests/small_book.h"

namespace simulation {
namespace {

using namespace small;  // a test of one thing

Setup setup_of(const fs::path& folder) {
  Setup setup{.data_dir = folder / "data", .runner = "test"};
  setup.ports.models_in_force = [](store::Transaction&, Date) {
    return kernel::Result<strategy::Models>(shipped());
  };
  setup.ports.models_with = [folder](store::Transaction&, Date,
                                     const std::vector<std::int64_t>& ids) {
    return kernel::Result<strategy::Models>(ids.empty() ? shipped()
                                                        : one_row_changed(folder / "draft"));
  };
  setup.ports.find_version = [](store::Transaction&, std::int64_t id) {
    return id == 3 ? kernel::Result<TableVersion>(TableVersion{3, "treatment.dmn", "as asked"})
                   : kernel::Result<TableVersion>(
                         kernel::Error{kernel::Code::not_found, "no such version", "version_ids"});
  };
  setup.ports.record_simulated = [](store::Transaction& tx, std::string_view version,
                                    std::string_view simulation_id, kernel::Instant now) {
    tx.append({.kind = "recorded",
               .subject = "table:" + std::string(version),
               .made_by = std::string(simulation_id),
               .made_at = now});
  };
  setup.ports.caps = [](store::Transaction&, kernel::Date) { return Caps{}; };
  return setup;
}

Standing wait_for(Jobs& jobs, std::int64_t id) {
  for (int i = 0; i < 3'000; ++i) {
    auto standing = jobs.inside().find(id);
    CHECK(standing);
    if (standing->job.state != "queued" && standing->job.state != "running") return *standing;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "it never ended";
  return {};
}

std::map<std::string, std::string> files_under(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files[fs::relative(entry.path(), folder).string()] = tests::read_file(entry.path());
  return files;
}

// What the casebook tells of the night, and every fact that is not of a simulation.
std::string told_by(store::Store& store) {
  std::string text;
  const auto read = store.read([&](store::Transaction& tx) {
    tx.query(
        "SELECT kind, subject, body FROM fact WHERE kind NOT IN ('simulation_asked', "
        "'simulation_ended', 'recorded') ORDER BY fact_id",
        {}, [&](const store::Row& row) {
          text += row.text(0) + " " + row.text(1) + " " + row.text(2) + "\n";
        });
    for (const allocation::Allotment& one : allocation::load_allotments(tx))
      text += one.customer_no + " " + one.collector + " " + one.since.format() + "\n";
    return true;
  });
  EXPECT_TRUE(read);
  return text;
}

TEST(Jobs, RunInTheBackgroundAndTouchNothingLive) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    make_book(store, folder, 400);
    const auto book_before = files_under(folder / "data" / "book");
    const std::string rows_before = told_by(store);
    Jobs jobs(store, setup_of(folder));
    jobs.start(&tests::Clock::now);
    const auto asked = jobs.inside().ask(
        {.version_ids = {3}, .nights = 3, .seed = 2, .by = "qian", .now = tests::Clock::now()});
    ASSERT_TRUE(asked) << asked.error().message;
    const Standing done = wait_for(jobs, asked->job.simulation_id);
    EXPECT_EQ(done.job.state, "done") << done.job.message;
    ASSERT_EQ(done.job.versions.size(), 1u);
    EXPECT_EQ(done.job.versions[0].version.size(), 12u) << "of the bytes that were run";
    const auto report = jobs.inside().load_report(done.job.simulation_id);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->nights, 3);
    EXPECT_EQ(report->overrides.at(0).version_draft, done.job.versions[0].version);
    const auto recorded = store.read([&](store::Transaction& tx) {
      return *tx.query_i64("SELECT COUNT(*) FROM fact WHERE kind = 'recorded' AND subject = $1",
                           {"table:" + done.job.versions[0].version});
    });
    EXPECT_EQ(*recorded, 1);
    EXPECT_EQ(files_under(folder / "data" / "book"), book_before);
    EXPECT_EQ(told_by(store), rows_before);
    const auto wrong = jobs.inside().ask({.version_ids = {4}, .now = tests::Clock::now()});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, kernel::Code::not_found);
  });
}

TEST(Jobs, WaitInLineAndStopAtOnce) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    make_book(store, folder, 400);
    Jobs jobs(store, setup_of(folder));
    const auto ask = [&](std::int64_t nights) {
      const auto asked = jobs.inside().ask(
          {.nights = nights, .seed = 1, .by = "qian", .now = tests::Clock::now()});
      CHECK(asked);
      return asked->job.simulation_id;
    };
    const std::int64_t first = ask(400), second = ask(1), third = ask(1);
    jobs.start(&tests::Clock::now);
    for (int i = 0; i < 500 && jobs.inside().find(first)->job.state != "running"; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(jobs.inside().find(second)->job.state, "queued");
    EXPECT_EQ(jobs.inside().cancel(third, tests::Clock::now())->job.state, "cancelled");
    EXPECT_EQ(jobs.inside().cancel(first, tests::Clock::now())->job.state, "cancelled");
    EXPECT_EQ(wait_for(jobs, second).job.state, "done");
    EXPECT_EQ(jobs.inside().find(third)->job.state, "cancelled");
    EXPECT_FALSE(jobs.inside().load_report(first));
    EXPECT_FALSE(fs::exists(folder / "data" / "simulations" / std::to_string(first)));
  });
}

TEST(Jobs, WhatRanWhenTheProcessEndedHasFailed) {
  tests::for_each_store(all_schema(), [](store::Store& store, const fs::path& folder) {
    make_book(store, folder, 400);
    std::int64_t id = 0;
    {
      Jobs jobs(store, setup_of(folder));
      const auto asked = jobs.inside().ask({.nights = 2, .by = "qian", .now = tests::Clock::now()});
      ASSERT_TRUE(asked);
      id = asked->job.simulation_id;
      ASSERT_TRUE(store.transact([&](store::Transaction& tx) {
        save_started(tx, *find_job(tx, id), tests::Clock::now());
        return true;
      }));
    }
    Jobs jobs(store, setup_of(folder));
    jobs.start(&tests::Clock::now);
    const auto standing = jobs.inside().find(id);
    ASSERT_TRUE(standing);
    EXPECT_EQ(standing->job.state, "failed");
    EXPECT_NE(standing->job.message.find("ended while this was running"), std::string::npos);
  });
}

}  // namespace
}  // namespace simulation
