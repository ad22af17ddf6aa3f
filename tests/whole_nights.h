#pragma once
// Whole nights over a small made-up portfolio: what flow's tests share.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "experiment/types.h"
#include "flow/types.h"
#include "intake/types.h"
#include "sample/types.h"
#include "tables/types.h"
#include "tests/files.h"
#include "tests/stores.h"

namespace tests {

namespace fs = std::filesystem;
using flow::NightOptions;
using flow::NightReport;
using kernel::Date;
using store::Store;

inline const kernel::Date as_of = kernel::Date::from_ymd(2026, 11, 19);
inline const kernel::Date first_night = kernel::Date::from_ymd(2026, 11, 20);
inline const kernel::Date second_night = kernel::Date::from_ymd(2026, 11, 21);

inline std::vector<store::Migration> all_schema() {
  std::vector<store::Migration> all = store::schema();
  for (const auto* more : {&intake::schema(), &book::schema(), &tables::schema(),
                           &experiment::schema(), &allocation::schema(), &flow::schema()}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  return all;
}

inline std::vector<allocation::Collector> staff() {
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

inline NightOptions options_for(const fs::path& folder, Date date) {
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

inline void import_sample(store::Store& store, const fs::path& folder,
                          std::int64_t accounts = 300) {
  const fs::path sample = folder / "sample";
  const auto made =
      sample::make_sample({.accounts = accounts, .seed = 5, .as_of = as_of, .out_dir = sample});
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
  ASSERT_GT(imported->accepted, accounts);
}

inline NightReport run(store::Store& store, const NightOptions& options) {
  kernel::Result<NightReport> report = run_night(store, options);
  EXPECT_TRUE(report) << report.error().message << " " << report.error().where;
  return report ? *report : NightReport{};
}

// All of an edition that must agree between two runs: relative path and bytes.
inline std::map<std::string, std::string> book_files(const fs::path& folder, Date date) {
  std::map<std::string, std::string> files;
  const fs::path day = book::book_folder(folder / "data", date);
  for (const auto& entry : fs::recursive_directory_iterator(day)) {
    const std::string name = fs::relative(entry.path(), day).string();
    if (!entry.is_regular_file() || entry.path().filename() == "timings.json") continue;
    files[name] = tests::read_file(entry.path());
  }
  return files;
}

inline std::vector<std::string> facts(store::Store& store) {
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

inline std::int64_t count_rows(store::Store& store, const std::string& table) {
  const auto count = store.read(
      [&](store::Transaction& tx) { return *tx.query_i64("SELECT COUNT(*) FROM " + table); });
  return count ? *count : -1;
}

// ---- killed ------------------------------------------------------------------------------------

using OpenStore = std::function<std::unique_ptr<store::Store>()>;

// On both stores, whatever process opens them.
inline void for_each_opened(
    const std::function<void(const OpenStore& open, const fs::path& folder)>& act) {
  {
    SCOPED_TRACE("on SQLite");
    const Folder folder;
    const fs::path path = folder.path();
    act([path] { return open_store((path / "casebook.sqlite").string(), path, all_schema()); },
        path);
  }
  const Folder folder;
  const fs::path path = folder.path();
  const std::string url = fresh_postgres_url(path);
  if (url.empty()) return;
  SCOPED_TRACE("on PostgreSQL");
  act([path, url] { return open_store(url, path, all_schema()); }, path);
}

// Runs the night in a process that kills itself after the first step not yet in `seen`; tells
// whether it was killed.
inline bool run_and_die(const OpenStore& open, NightOptions options, const fs::path& seen) {
  const pid_t child = ::fork();
  if (child == 0) {
    options.threads = 1;
    options.after_step = [&](std::string_view step) {
      const std::string line = std::string(step) + "\n";
      if (read_file(seen).find(line) != std::string::npos) return;
      std::ofstream(seen, std::ios::app) << line;
      ::kill(::getpid(), SIGKILL);
    };
    const auto store = open();
    ::_exit(run_night(*store, options) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return true;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return false;
}

}  // namespace tests
